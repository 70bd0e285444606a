"""A log of a million lines through the filter that masks keys: what it costs, and whether a key is left."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Final

from benchmarks.table import EMPTY, Figure, Line, Table
from benchmarks.timing import Program, measure

if TYPE_CHECKING:
    from benchmarks.place import Place
    from benchmarks.plan import Plan
    from benchmarks.timing import Result

LINES: Final = 1_000_000
LIMIT: Final = 10.0
"""Microseconds of processor time that a line may cost more."""

LOGGER: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "logger.py")
_KEY: Final = re.compile(r"key (\w{4})([A-Z2-7]{16}|\*{12}), .{4}(.{36}|\*{12})$")


def table(place: Place, plan: Plan, lines: int = LINES) -> Table:
    """Measure it."""
    bare, filtered = measure([_program(place, plan, lines, kind) for kind in ("none", "filter")])
    on = f"{lines:,} lines"
    figures: tuple[Figure, ...] = ()
    if bare.measured and filtered.measured:
        more = (filtered.cpu - bare.cpu) / lines * 1e6
        figures = (Figure("CPU for each line", more, LIMIT, " µs"),)
    return Table(
        "A log",
        "no filter",
        ("the keys",),
        (Line(bare, on, bare, (EMPTY,)), Line(filtered, on, bare, (_verdict(filtered),), figures)),
        (f"One line in a thousand holds a key; {plan.long_runs} runs of each, in turns; medians.",),
    )


def _program(place: Place, plan: Plan, lines: int, kind: str) -> Program:
    argv = (sys.executable, LOGGER, str(lines), kind)
    name = {"none": "logging", "filter": "logging, RedactingFilter"}[kind]
    output = place.path(f"log with {kind}")
    return Program(
        name, argv, place.folder, place.environment, (0,), plan.long_runs, plan.limit, output, warm_up=False
    )


def _verdict(result: Result) -> str:
    """Whether every key in the log is masked."""
    if result.failed:
        return EMPTY
    with open(result.program.output, encoding="utf-8", errors="replace") as file:
        keys = [found for found in map(_KEY.search, file) if found]
    left = sum("*" not in found[2] or "*" not in found[3] for found in keys)
    return f"{len(keys):,} masked" if keys and not left else f"{left:,} of {len(keys):,} LEFT"
