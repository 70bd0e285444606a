"""Whole histories of repositories that the user names, and a range of ten commits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from benchmarks import inputs, peers, probe
from benchmarks.plan import keyguard
from benchmarks.stored import stored
from benchmarks.table import TIMES, Figure, Line, Table
from benchmarks.timing import measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.place import Place
    from benchmarks.plan import Plan
    from benchmarks.timing import Program, Result

COMMITS: Final = 10
RANGE_LIMIT: Final = 0.5
"""Seconds."""

SPEED_UP: Final = 1.7
"""How many times as fast two processes must be as one, at least."""

MEMORY: Final = 400.0
"""Megabytes of the largest process, at most."""

ONE, TWO, RANGE = "keyguard history -j 1", "keyguard history -j 2", "keyguard history --range"
WALL_SHARES: Final = {
    "kingfisher --turbo": 1 / 3,
    "gitleaks": 1 / 8,
    "trufflehog": 1 / 8,
    "detect-secrets": 1 / 8,
}
CPU_SHARES: Final = {"kingfisher --turbo": 1 / 3}
"""What part of a peer's time keyguard may take."""

COLUMNS: Final = (probe.COLUMN,)
TITLE: Final = "A whole history"
HOW: Final = (
    "Not measured: name a repository with a pack of 400 MB or more with `--history REPO`, for instance "
    "`git clone --bare https://github.com/boto/botocore`."
)


def tables(place: Place, plan: Plan) -> list[Table]:
    """Measure each repository of the plan."""
    if not plan.histories:
        return [Table(TITLE, notes=(HOW,))]
    small = probe.planted(place, "planted history")
    verdicts = probe.verdicts(place, _programs(place, plan, small, _range(place, small)[0]))
    return [_table(place, plan, os.path.abspath(repository), verdicts) for repository in plan.histories]


def _table(place: Place, plan: Plan, repository: str, verdicts: Sequence[str]) -> Table:
    span, commits = _range(place, repository)
    results = measure([*_programs(place, plan, repository, span)])
    by_name = {result.program.name: result for result in results}
    lines = [
        Line(result, _on(result, commits), by_name[TWO], (verdict,), tuple(_figures(result, by_name)))
        for result, verdict in zip(results, verdicts, strict=True)
    ]
    name = os.path.basename(repository).removesuffix(".git")
    notes = (f"{name}: {_stored(place, repository)}.", plan.turns)
    return Table(f"{TITLE}: {name}", TWO.removeprefix("keyguard "), COLUMNS, lines, notes)


def _on(result: Result, commits: int) -> str:
    return f"{commits} commits" if result.program.name == RANGE else "everything"


def _range(place: Place, repository: str) -> tuple[str, int]:
    """The shortest range that ends at HEAD and holds ten commits, or a few more; and how many."""
    span, count = "HEAD", 1
    first_parents = inputs.git(place, repository, "rev-list", "--first-parent", f"-{COMMITS + 1}", "HEAD")
    for commit in first_parents.splitlines()[1:]:
        span = f"{commit}..HEAD"
        count = int(inputs.git(place, repository, "rev-list", "--count", span))
        if count >= COMMITS:
            break
    return span, count


def _stored(place: Place, repository: str) -> str:
    """How large the repository is."""
    held = stored(place, repository)
    commits = int(inputs.git(place, repository, "rev-list", "--all", "--count"))
    return f"{held.size / 1e6:.0f} MB in packs, {held.objects:,} objects, {commits:,} commits"


def _programs(place: Place, plan: Plan, repository: str, span: str) -> Iterator[Program]:
    ours = {
        ONE: ("history", "--exit-zero", "-j", "1", repository),
        TWO: ("history", "--exit-zero", "-j", "2", repository),
        RANGE: ("history", "--exit-zero", "--range", span, repository),
    }
    for name, arguments in ours.items():
        yield plan.long(name, keyguard(*arguments), (place.folder, place.environment))
    for peer in plan.peers:
        if argv := peer.command(peers.HISTORY, repository):
            yield plan.long(peer.name, argv, (place.folder, place.environment), peer)


def _figures(result: Result, by_name: Mapping[str, Result]) -> Iterator[Figure]:
    if not result.measured:
        return
    name = result.program.name
    if name == RANGE:
        yield Figure("wall", result.wall, RANGE_LIMIT, " s")
    elif name in (ONE, TWO):
        yield Figure("memory", result.memory / 1e6, MEMORY, " MB")
    if name == TWO:
        if by_name[ONE].measured:
            yield Figure(f"wall of {ONE}", by_name[ONE].wall / result.wall, SPEED_UP, TIMES, at_least=True)
        yield from _shares(result, by_name)


def _shares(ours: Result, by_name: Mapping[str, Result]) -> Iterator[Figure]:
    """Our part of each peer's time; of one that was cut only if the time it had is already enough to tell."""
    for name, share in WALL_SHARES.items():
        peer = by_name.get(name)
        if peer is not None and not peer.failed:
            figure = Figure(f"wall of {name}", ours.wall / peer.wall, share, TIMES)
            yield from [figure] if figure.met or not peer.cut else []
    for name, share in CPU_SHARES.items():
        peer = by_name.get(name)
        if peer is not None and peer.measured:
            yield Figure(f"CPU of {name}", ours.cpu / peer.cpu, share, TIMES)
