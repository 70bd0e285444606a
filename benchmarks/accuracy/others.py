"""Runs the other scanners over a directory and reads what they report."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks import peers
from benchmarks.accuracy import hits, packages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.accuracy.hits import Hit
    from benchmarks.peers import Peer
    from benchmarks.place import Place

NOISE: Final = "--verbose"
"""An option that prints what was found beside the report."""

REPORT: Final[Mapping[str, tuple[str, ...]]] = {
    "gitleaks": ("--report-format", "json", "--report-path", "-"),
    "betterleaks": ("--report-format", "json", "--report-path", "-"),
    "trufflehog": ("--json",),
    "kingfisher": ("--format", "jsonl"),
}
"""What makes them print a report that can be read."""


class Outcome(NamedTuple):
    """What a scanner reported, and how much text it was given before its time was up."""

    name: str
    hits: tuple[Hit, ...]
    text: int
    whole: bool
    error: str = ""


def able(found: Iterable[Peer]) -> list[Peer]:
    """Those that can scan a directory, and whose reports can be read."""
    return [peer for peer in found if peer.command(peers.DIRECTORY, ".") and kind(peer) in hits.READERS]


def kind(peer: Peer) -> str:
    """Which scanner a peer is: other builds have other names."""
    known = {one.commands.get(peers.DIRECTORY): one.name for one in peers.PEERS}
    return known.get(peer.commands.get(peers.DIRECTORY), peer.name)


def run(peer: Peer, place: Place, folders: Sequence[str], limit: float) -> Outcome:
    """Scan ``folders`` one by one, the smallest first, for ``limit`` seconds in all."""
    ends = time.monotonic() + limit
    found: list[Hit] = []
    text = 0
    sizes = {folder: packages.content(folder).text for folder in folders}
    for folder in sorted(folders, key=sizes.__getitem__):
        try:
            found += _scan(peer, place, folder, ends - time.monotonic())
        except subprocess.TimeoutExpired:
            return Outcome(peer.name, tuple(found), text, whole=False)
        except (subprocess.CalledProcessError, ValueError) as error:
            return Outcome(peer.name, tuple(found), text, whole=False, error=type(error).__name__)
        text += sizes[folder]
    return Outcome(peer.name, tuple(found), text, whole=True)


def command(peer: Peer) -> list[str]:
    """How a peer is told to report on the current directory."""
    words = [word for word in peer.command(peers.DIRECTORY, ".") if word != NOISE]
    return [*words, *REPORT.get(kind(peer), ())]


def _scan(peer: Peer, place: Place, folder: str, seconds: float) -> list[Hit]:
    """The places that a peer reports, with the name of the folder before the path.

    What it prints may be keys: it is read here, and kept nowhere.
    """
    if seconds <= 0:
        raise subprocess.TimeoutExpired(peer.name, seconds)
    words = command(peer)
    done = subprocess.run(
        words, cwd=folder, env=place.environment, capture_output=True, check=False, timeout=seconds
    )
    if done.returncode not in {0, peer.found}:
        raise subprocess.CalledProcessError(done.returncode, words[:1])
    printed = done.stdout.decode("utf-8", "replace")
    if hits.READERS[kind(peer)] is hits.lines:
        printed += done.stderr.decode("utf-8", "replace")  # git-secrets writes there
    name = os.path.basename(folder)
    return [hit._replace(path=os.path.join(name, hit.path)) for hit in hits.read(kind(peer), printed)]
