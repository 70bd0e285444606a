"""Shows that twice the history takes twice the time: a repository's first commits, ever more of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from benchmarks import history, probe
from benchmarks.growth import Point, drawn
from benchmarks.parts import WHOLE, parts
from benchmarks.plan import keyguard
from benchmarks.table import EMPTY, TIMES, Figure, Line, Table
from benchmarks.timing import measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.parts import Part
    from benchmarks.place import Place
    from benchmarks.plan import Plan
    from benchmarks.timing import Program, Result

LIMIT: Final = 1.25
"""How much more a stored byte may cost, at most, in a part than in the one that is half as large."""

ONE: Final = history.ONE
COLUMNS: Final = ("stored", "objects", "CPU per 100 MB", f"{TIMES} linear", probe.COLUMN)
TITLE: Final = "Twice the history"


def tables(place: Place, plan: Plan) -> list[Table]:
    """Measure each repository of the plan; draw all of them in one figure if that was asked for."""
    if not plan.histories:
        return [Table(TITLE, notes=(history.HOW,))]
    small = _program(place, plan, probe.planted(place, "planted history to grow"))
    (verdict,) = probe.verdicts(place, [small])
    made, lines = [], {}
    for number, repository in enumerate(map(os.path.abspath, plan.histories)):
        name = os.path.basename(repository).removesuffix(".git")
        grown = parts(place, repository, f"part-{number}")
        results = measure([_program(place, plan, part.folder) for part in grown])
        made.append(_table(name, plan, grown, results, verdict))
        lines[name] = [*_points(grown, results)]
    if plan.plot:
        with open(plan.plot, "w", encoding="utf-8") as file:
            file.write(drawn(lines))
    return made


def _program(place: Place, plan: Plan, repository: str) -> Program:
    argv = keyguard("history", "--exit-zero", "-j", "1", repository)
    program = plan.long(ONE, argv, (place.folder, place.environment))
    return program._replace(warm_up=False)  # what was just packed is still in memory


def _points(grown: Sequence[Part], results: Sequence[Result]) -> Iterator[Point]:
    for part, result in zip(grown, results, strict=True):
        if result.measured:
            yield Point(part.held.size, result.cpu)


def _table(name: str, plan: Plan, grown: Sequence[Part], results: Sequence[Result], verdict: str) -> Table:
    whole = Point(grown[-1].held.size, results[-1].cpu) if results[-1].measured else None
    lines, before = [], None
    for part, result in zip(grown, results, strict=True):
        point = Point(part.held.size, result.cpu) if result.measured else None
        cells = (f"{part.held.size / 1e6:.1f} MB", f"{part.held.objects:,}", *_costs(point, whole), verdict)
        lines.append(Line(result, _on(part), results[-1], cells, _figures(point, before)))
        before = point
    return Table(f"{TITLE}: {name}", WHOLE, COLUMNS, lines, (plan.turns,))


def _on(part: Part) -> str:
    return "all of HEAD" if part.name == WHOLE else f"the first {part.name}"


def _costs(point: Point | None, whole: Point | None) -> tuple[str, str]:
    """Seconds for 100 MB, and how many times what the whole takes for as much."""
    if point is None:
        return EMPTY, EMPTY
    times = EMPTY if whole is None else f"{point.cost / whole.cost:.2f}"
    return f"{point.cost * 1e8:.2f} s", times


def _figures(point: Point | None, before: Point | None) -> tuple[Figure, ...]:
    if point is None or before is None:
        return ()
    return (Figure("CPU per MB of the part above", point.cost / before.cost, LIMIT, TIMES),)
