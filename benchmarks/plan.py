"""What the user asked to measure."""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.timing import Program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.peers import Peer


Where = tuple[str, "Mapping[str, str]"]
"""A directory to run in, and an environment."""


class Plan(NamedTuple):
    """How often to run what, and on what.

    ``runs`` for programs that take milliseconds, ``long_runs`` for those that take seconds, ``peer_runs`` for
    peers that take minutes; ``limit``: seconds for each run; ``plot``: the file for the figure of "linear".
    """

    runs: int = 11
    long_runs: int = 5
    peer_runs: int = 3
    limit: float = 300.0
    peers: Sequence[Peer] = ()
    tree: str | None = None
    histories: Sequence[str] = ()
    plot: str | None = None

    @property
    def turns(self) -> str:
        """How programs that take seconds were run."""
        others = f"{self.peer_runs} of the others, with as many threads as they like, " if self.peers else ""
        return f"{self.long_runs} runs of keyguard, {others}in turns, with the files in memory; medians."

    def long(self, name: str, argv: Sequence[str], where: Where, peer: Peer | None = None) -> Program:
        """A program that takes seconds: keyguard, or a ``peer``, which finds the files in memory then."""
        codes = (0,) if peer is None else (0, peer.found)
        runs = self.long_runs if peer is None else min(self.peer_runs, self.long_runs)
        return Program(name, tuple(argv), *where, codes, runs, self.limit, warm_up=peer is None)


def keyguard(*arguments: str) -> tuple[str, ...]:
    """The command line of the keyguard that is installed for this interpreter."""
    return (os.path.join(sysconfig.get_path("scripts"), "keyguard"), *arguments)


def bare() -> tuple[str, ...]:
    """The command line of this interpreter when it has nothing to do."""
    return (sys.executable, "-c", "pass")
