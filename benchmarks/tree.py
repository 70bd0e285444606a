"""A scan of a large source tree, which the user names: what real code holds cannot be made up."""

from __future__ import annotations

import os
import sysconfig
from typing import TYPE_CHECKING, Final

from benchmarks import peers, probe
from benchmarks.plan import keyguard
from benchmarks.table import EMPTY, Figure, Line, Table
from benchmarks.timing import measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.place import Place
    from benchmarks.plan import Plan
    from benchmarks.timing import Program, Result

SMALLEST: Final = 500_000_000
"""Bytes of a tree for which the figures hold."""

SPEED: Final = 400.0
"""Megabytes a second and core, at least."""

MEMORY: Final = 300.0
"""Megabytes, at most."""

JOBS: Final = (1, 2)
TWO: Final = "keyguard -j 2"
COLUMNS: Final = ("MB/s per core", "MB/s of CPU", probe.COLUMN)
TITLE: Final = "A source tree"
HOW: Final = (
    "Not measured: name a source tree of 500 MB or more with `--tree DIR`, for instance that of Linux: "
    "`git clone --depth 1 https://github.com/torvalds/linux`."
)


def table(place: Place, plan: Plan) -> Table:
    """Measure it, on the tree of the plan or else on this interpreter's packages if they are large enough."""
    tree = plan.tree or sysconfig.get_path("stdlib")
    files, size = content(tree)
    if size < SMALLEST and not plan.tree:
        return Table(TITLE, notes=(HOW,))
    results = measure([*_programs(place, plan, os.path.abspath(tree))])
    verdicts = probe.verdicts(place, _programs(place, plan, probe.planted(place, "planted tree")))
    on = f"{files:,} files, {size / 1e6:.0f} MB"
    lines = []
    for position, result in enumerate(results):
        jobs = JOBS[position] if position < len(JOBS) else 0
        cells = (*_speeds(result, size, jobs), verdicts[position])
        lines.append(Line(result, on, results[1], cells, _figures(result, size, jobs)))
    return Table(TITLE, TWO, COLUMNS, lines, (plan.turns,))


def content(tree: str) -> tuple[int, int]:
    """How many files there are below a directory, without ``.git``, and how many bytes they hold."""
    files = size = 0
    for folder, folders, names in os.walk(tree):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                files += 1
                size += os.path.getsize(path)
    return files, size


def _programs(place: Place, plan: Plan, tree: str) -> Iterator[Program]:
    where = tree, place.environment  # detect-secrets reads nothing, and does not say so, from anywhere else
    for jobs in JOBS:
        argv = keyguard("scan", "--exit-zero", "--no-gitignore", "-j", str(jobs), ".")
        yield plan.long(f"keyguard scan -j {jobs}", argv, where)
    for peer in plan.peers:
        if argv := peer.command(peers.DIRECTORY, "."):
            yield plan.long(peer.name, argv, where, peer)


def _speeds(result: Result, size: int, jobs: int) -> tuple[str, str]:
    """Megabytes a second: of wall time, for each process where their number is known; of processor time."""
    if not result.measured:
        return EMPTY, EMPTY
    by_wall = f"{size / result.wall / jobs / 1e6:.0f}" if jobs else EMPTY
    return by_wall, f"{size / result.cpu / 1e6:.0f}"


def _figures(result: Result, size: int, jobs: int) -> tuple[Figure, ...]:
    if not jobs or not result.measured:
        return ()
    speed = Figure("per core", size / result.wall / jobs / 1e6, SPEED, " MB/s", at_least=True)
    return speed, Figure("memory", result.memory / 1e6, MEMORY, " MB")
