"""Verification: 1,000 findings of 100 keys, asked about at a server on this machine."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

from benchmarks.inputs import SEED
from benchmarks.plan import keyguard
from benchmarks.table import Figure, Line, Table
from benchmarks.timing import measure
from keyguard.samples import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.place import Place
    from benchmarks.plan import Plan

KEYS: Final = 100
FILES: Final = 10
"""Each has all the keys."""

LIMIT: Final = 10.0
"""Seconds; at keyguard's own limit of 20 requests a second, it takes five."""

PAIR: Final = "aws_access_key_id = {id}\naws_secret_access_key = {secret}\n\n"
ANSWER: Final = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>"
    b"<UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
    b"</GetCallerIdentityResponse>"
)


class Server(ThreadingHTTPServer):
    """Says of every key that it is live, and counts how often it is asked."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on this machine only."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = 0


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Say that the key is live."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if isinstance(self.server, Server):
            self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def table(place: Place, plan: Plan, keys: int = KEYS, files: int = FILES) -> Table:
    """Measure it."""
    folder = place.path("verify")
    os.mkdir(folder)
    text = filled(PAIR * keys, SEED)
    for number in range(files):
        with open(os.path.join(folder, f"{number}.ini"), "w", encoding="utf-8") as file:
            file.write(text)
    with serving() as server:
        command = keyguard("scan", "--verify", "--sts-endpoint", f"http://127.0.0.1:{server.server_port}")
        where = (folder, {**place.environment, "no_proxy": "127.0.0.1"})
        program = plan.long("keyguard scan --verify", command, where)._replace(codes=(1,))
        (ours,) = measure([program])
    requests = server.asked / (len(ours.samples) + 1)  # and the one to warm up
    figures = (Figure("wall", ours.wall, LIMIT, " s"), Figure("requests", requests, keys))
    line = Line(ours, f"{keys * files:,} findings, {keys} keys", ours, figures=figures)
    return Table("Verification", "keyguard", (), [line], (f"{plan.long_runs} runs; medians.",))


@contextmanager
def serving() -> Iterator[Server]:
    """The server, as long as it is needed."""
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
