"""An AWS on loopback: ``moto_server`` with authentication on, and a server that gets everything wrong.

moto checks signatures, but knows no root user and takes deactivated keys for valid.  Both are put right here
as AWS documents them: the root user's ARN ends in ``:root``, and a deactivated key is as unknown as one that
was deleted.

Run as a script, this is the server itself: it prints its port, and ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import keys

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

ACCOUNT = "123456789012"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
LIVE, ROOT, DEACTIVATED, POOR, MANAGER, INLINE = range(1, 7)
"""Seeds of the planted keys: of a user who may read IAM, of root, and so on."""

MANY = range(1000, 1100)
"""Seeds of a hundred live keys of one user each."""

READER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["iam:List*", "iam:Get*"], "Resource": "*"}],
}
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
USERS: dict[str, tuple[int, dict[str, Any] | None]] = {
    "alice": (LIVE, READER),
    "the-root": (ROOT, EVERYTHING),
    "carol": (DEACTIVATED, READER),
    "dave": (POOR, None),
    "erin": (MANAGER, None),
    "frank": (INLINE, EVERYTHING),
}


class Aws(NamedTuple):
    """The running server."""

    url: str
    process: subprocess.Popen[bytes]
    session: tuple[str, ...]
    """ID, secret and token of a session of the role ``deploy``, where there is one."""

    def requests(self) -> list[str]:
        """The access key IDs of the requests so far, in order."""
        return [line.split()[0] for line in self._log()]

    def actions(self) -> list[str]:
        """The actions of the requests so far."""
        return [line.split()[1] for line in self._log()]

    def agents(self) -> set[str]:
        """Who said that it was asking."""
        return {line.split(" ", 2)[2] for line in self._log()}

    def _log(self) -> list[str]:
        stream = self.process.stdin
        assert stream is not None
        stream.write(b"log\n")
        stream.flush()
        return list(json.loads(_line(self.process)))


def started(*, planted: bool = True) -> Iterator[Aws]:
    """The server, as long as it is needed; with the users and keys that are named here, or as moto has it."""
    environment = {
        **os.environ,
        "MOTO_IAM_LOAD_MANAGED_POLICIES": str(planted).lower(),  # each reset would read them again
        "PYTHONPATH": os.path.dirname(__file__),
    }
    environment = {name: value for name, value in environment.items() if "proxy" not in name.lower()}
    process = subprocess.Popen(
        [sys.executable, __file__, *(["planted"] if planted else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        begun = json.loads(_line(process))
        yield Aws(f"http://127.0.0.1:{begun['port']}", process, tuple(begun["session"]))
    finally:
        process.terminate()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


def _line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


Reply = tuple[int, dict[str, str], bytes]


class Fault:
    """A server that answers as a test says; it counts the requests, and keeps their headers."""

    def __init__(
        self,
        reply: Callable[[int, dict[str, str], bytes], Reply | None],
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Answer the nth request, from 0, with what ``reply`` gives for it; None: close the connection."""
        self.seen: list[dict[str, str]] = []
        self.times: list[float] = []
        fault = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                number, headers = len(fault.seen), dict(self.headers)
                fault.seen.append(headers)
                fault.times.append(time.monotonic())
                answer = reply(number, headers, body)
                if answer is None:
                    self.close_connection = True
                    return
                self._say(*answer)

            do_CONNECT = do_GET = do_POST  # noqa: N815 - likewise

            def _say(self, status: int, named: dict[str, str], body: bytes) -> None:
                self.send_response_only(status)
                for name, value in named.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._scheme = "https" if context else "http"
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Serve."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


def identity(arn: str = f"arn:aws:iam::{ACCOUNT}:user/alice", account: str = ACCOUNT) -> Reply:
    """What STS answers to a live key."""
    inner = f"<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{account}</Account>"
    result = f"<GetCallerIdentityResult>{inner}</GetCallerIdentityResult>"
    return 200, {}, f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>".encode()


def error(code: str, status: int = 403, message: str = "no", **headers: str) -> Reply:
    """What STS answers when it refuses."""
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    return status, headers, body.encode()


def _serve() -> None:
    from moto import settings  # noqa: PLC0415 - in the server's own process
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415 - likewise

    session = _plant() if sys.argv[1:] else []
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    log: list[str] = []
    application = DomainDispatcherApplication(create_backend_app)

    def counted(environ: dict[str, Any], start: Any) -> Any:  # noqa: ANN401 - WSGI's own types
        size = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(size)
        environ["wsgi.input"] = BytesIO(body)
        key = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition("/")[0]
        action = body.decode().partition("Action=")[2].partition("&")[0]
        log.append(f"{key} {action} {environ.get('HTTP_USER_AGENT', '')}")
        return application(environ, start)

    server = make_server("127.0.0.1", 0, counted, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _tell({"port": server.server_port, "session": session})
    for _ in sys.stdin:
        _tell(log)


def _tell(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _plant() -> list[str]:
    """Users and keys as the tests know them; gives the credentials of a session."""
    from moto.iam.access_control import CreateAccessKeyFailure, IAMUserAccessKey  # noqa: PLC0415
    from moto.iam.models import iam_backends  # noqa: PLC0415
    from moto.sts.models import STSBackend, sts_backends  # noqa: PLC0415

    iam = iam_backends[ACCOUNT]["aws"]
    everybody = {**USERS, **{f"user-{seed}": (seed, None) for seed in MANY}}
    for name, (seed, policy) in everybody.items():
        iam.create_user(ACCOUNT, name)
        key = iam.create_access_key(name)
        iam.access_keys.pop(key.access_key_id, None)
        key.access_key_id, key.secret_access_key = keys.pair(seed)
        iam.access_keys[key.access_key_id] = key
        key.status = "Inactive" if name == "carol" else "Active"
        if policy:
            iam.put_user_policy(name, "own", json.dumps(policy))
    iam.create_group("admins")
    iam.attach_group_policy(ADMINISTRATOR, "admins")
    iam.add_user_to_group("admins", "erin")
    original, told = IAMUserAccessKey.__init__, STSBackend.get_caller_identity

    def active_only(self: Any, account_id: str, partition: str, access_key_id: str, headers: Any) -> None:  # noqa: ANN401
        if access_key_id == keys.key_id(DEACTIVATED):
            raise CreateAccessKeyFailure(reason="InvalidId")
        original(self, account_id, partition, access_key_id, headers)

    def with_root(self: Any, access_key_id: str, region: str) -> tuple[str, str, str]:  # noqa: ANN401
        if access_key_id == keys.key_id(ROOT):
            return ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT
        return told(self, access_key_id, region)

    IAMUserAccessKey.__init__ = active_only
    STSBackend.get_caller_identity = with_root
    role = iam.create_role("deploy", "{}", "/", None, "", [], 3600)
    session = sts_backends[ACCOUNT]["aws"].assume_role("us-east-1", "ci", role.arn, "", 3600, "")
    return [session.access_key_id, session.secret_access_key, session.session_token]


if __name__ == "__main__":
    _serve()
