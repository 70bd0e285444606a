"""A baseline of 50,000 entries: what it costs a hook that finds something, and one that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks import inputs
from benchmarks.hook import GITS_OWN, LINES
from benchmarks.inputs import CLEAN, KEY
from benchmarks.plan import keyguard
from benchmarks.table import Figure, Line, Table
from benchmarks.timing import Program, measure
from keyguard.baseline import files
from keyguard.baseline.entries import Baseline, Entry, hasher

if TYPE_CHECKING:
    from benchmarks.place import Place
    from benchmarks.plan import Plan

ENTRIES: Final = 50_000
MORE: Final = 0.3
"""Seconds that it may take to load and to match, when something was found."""

RATIO: Final = 1.3
"""At most as many times as long as without, when nothing was."""

SALT: Final = bytes(16)


def table(place: Place, plan: Plan, entries: int = ENTRIES) -> Table:
    """Measure it."""
    path = place.path("baseline.jsonl")
    keyed = hasher(SALT)
    known = (keyed(number.to_bytes(4, "big")) for number in range(entries))
    files.save(path, Baseline(SALT, tuple(Entry(one, "aws-access-key-pair", one) for one in known)))
    programs = [_program(place, plan, on, path) for on in (CLEAN, KEY)]
    results = measure([one for several in programs for one in several])
    lines = []
    for on, without, with_it in zip((CLEAN, KEY), results[::2], results[1::2], strict=True):
        ratio, more = with_it.wall / without.wall, with_it.wall - without.wall
        figure = Figure("wall", ratio, RATIO, " times") if on == CLEAN else Figure("more", more, MORE, " s")
        lines += [Line(without, on, without), Line(with_it, on, without, figures=(figure,))]
    note = f"One staged file of {LINES} lines, a baseline of {entries:,} entries; {plan.runs} runs, in turns."
    return Table("A hook with a baseline", "without", (), lines, (note,))


def _program(place: Place, plan: Plan, on: str, path: str) -> list[Program]:
    folder = inputs.repository(place, f"baseline {on}", {inputs.KEY_FILE: inputs.small_file(LINES, on)})
    environment = {**place.environment, **GITS_OWN}
    calls = {
        "keyguard hook pre-commit": ("hook", "pre-commit"),
        "keyguard hook pre-commit -b": ("hook", "pre-commit", "-b", path),
    }
    return [
        Program(name, keyguard(*argv), folder, environment, (0, 1), plan.runs, plan.limit)
        for name, argv in calls.items()
    ]
