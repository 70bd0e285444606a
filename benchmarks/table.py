"""What was measured, as tables to read and to paste into the documentation, and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.timing import Result

EMPTY: Final = "–"  # noqa: RUF001 - a dash in a table
TIMES: Final = "×"  # noqa: RUF001 - a multiplication sign in a table
NUMERIC: Final = ("wall", "CPU", TIMES, "memory", "MB/s", "stored", "objects")
"""Columns whose names begin so are set to the right."""


class Figure(NamedTuple):
    """A figure to reach: what is measured, its value, and the limit that it must not be above, or below."""

    what: str
    value: float
    limit: float
    unit: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        """The figure, and what was measured."""
        sign = "≥" if self.at_least else "≤"
        reached = "met" if self.met else "missed"
        return f"{self.what} {sign} {self.limit:.3g}{self.unit}: {self.value:.3g}, {reached}"


class Line(NamedTuple):
    """A program's line in a table: what it ran on, what its times are compared with, and more cells."""

    result: Result
    on: str
    against: Result
    cells: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


class Table(NamedTuple):
    """Lines under a title; ``reference`` names what times are multiples of, ``columns`` more columns."""

    title: str
    reference: str = ""
    columns: tuple[str, ...] = ()
    lines: Sequence[Line] = ()
    notes: tuple[str, ...] = ()


def render(table: Table, *, markdown: bool = False) -> str:
    """The table as text, or as Markdown; both can be read on a terminal."""
    heading = f"### {table.title}" if markdown else table.title
    parts = [heading, *table.notes, grid(rows(table), markdown=markdown) if table.lines else ""]
    return "\n\n".join(part for part in parts if part)


def rows(table: Table) -> list[tuple[str, ...]]:
    """The cells of a table, names of the columns first."""
    times = f"{TIMES} {table.reference}"
    heads = ("program", "on", "wall", times, "CPU", times, "memory", *table.columns, "figure to reach")
    return [heads, *(_cells(line) for line in table.lines)]


def _cells(line: Line) -> tuple[str, ...]:
    result = line.result
    figures = "; ".join(map(str, line.figures))
    return (result.program.name, line.on, *_times(result, line.against), *line.cells, figures)


def _times(result: Result, against: Result) -> tuple[str, ...]:
    """Wall time, CPU time, each as a multiple too, and memory; for what was not measured, why."""
    if not result.measured:
        limit = f"> {seconds(result.program.limit)}"
        return (limit if result.cut else f"failed ({result.code})", *(EMPTY,) * 4)
    wall = cpu = EMPTY
    if against.measured:
        wall, cpu = f"{result.wall / against.wall:.2f}", f"{result.cpu / against.cpu:.2f}"
    return seconds(result.wall), wall, seconds(result.cpu), cpu, f"{result.memory / 1e6:.0f} MB"


def seconds(number: float) -> str:
    """A time with three digits."""
    return f"{number * 1000:.1f} ms" if number < 1 else f"{number:.3g} s"


def grid(cells: Sequence[tuple[str, ...]], *, markdown: bool) -> str:
    """Cells in columns, the first line being their names."""
    right = [name.startswith(NUMERIC) for name in cells[0]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    ends = [":" if one and markdown else "-" for one in right]
    rule = tuple("-" * (width - 1) + end for width, end in zip(widths, ends, strict=True))
    lines = []
    for line in (cells[0], rule, *cells[1:]):
        padded = [
            cell.rjust(width) if one else cell.ljust(width)
            for cell, width, one in zip(line, widths, right, strict=True)
        ]
        lines.append(f"| {' | '.join(padded)} |" if markdown else "  ".join(padded).rstrip())
    return "\n".join(lines)


def data(tables: Iterable[Table]) -> list[dict[str, object]]:
    """Everything that was measured, for JSON."""
    return [
        {"title": table.title, "notes": table.notes, "lines": [_line(line) for line in table.lines]}
        for table in tables
    ]


def _line(line: Line) -> dict[str, object]:
    result = line.result
    return {
        "program": result.program.name,
        "arguments": result.program.argv,
        "on": line.on,
        "cells": line.cells,
        "wall": None if not result.measured else result.wall,
        "cpu": None if not result.measured else result.cpu,
        "memory": result.memory,
        "cut": result.cut,
        "failed": result.failed,
        "runs": [sample._asdict() for sample in result.samples],
        "figures": [{**figure._asdict(), "met": figure.met} for figure in line.figures],
    }
