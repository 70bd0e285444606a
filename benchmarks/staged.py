"""A large commit: 2,000 files and 50 MB in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks import inputs, peers
from benchmarks.hook import GITS_OWN
from benchmarks.plan import keyguard
from benchmarks.table import Figure, Line, Table
from benchmarks.timing import measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.place import Place
    from benchmarks.plan import Plan
    from benchmarks.timing import Program

FILES: Final = 2000
SIZE: Final = 25_000
"""Bytes of each file."""

LIMIT: Final = 2.0
"""Seconds."""


def table(place: Place, plan: Plan, files: int = FILES, size: int = SIZE) -> Table:
    """Measure it."""
    content = inputs.many_files(files, size)
    ours, *others = measure([*_programs(place, plan, content)])
    on = f"{files:,} files, {sum(map(len, content.values())) / 1e6:.1f} MB"
    figures = (Figure("wall", ours.wall, LIMIT, " s"),) if ours.measured else ()
    lines = [Line(ours, on, ours, figures=figures), *(Line(other, on, ours) for other in others)]
    return Table("A large commit", "keyguard", (), lines, (plan.turns,))


def _programs(place: Place, plan: Plan, content: dict[str, str]) -> Iterator[Program]:
    environment = {**place.environment, **GITS_OWN}
    folder = inputs.repository(place, "large commit", content)
    hook = keyguard("hook", "pre-commit")
    yield plan.long("keyguard hook pre-commit", hook, (folder, environment))
    for peer in plan.peers:
        if argv := peer.command(peers.STAGED, names=sorted(content)):
            own = inputs.repository(place, f"large commit {peer.name}", content)  # some write to it
            yield plan.long(peer.name, argv, (own, environment), peer)
