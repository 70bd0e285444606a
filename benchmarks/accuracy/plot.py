"""Draws what a threshold gains and costs, as an SVG that is the same in every run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.accuracy.chance import Scores

WIDTH, HEIGHT, LEFT, TOP = 640, 400, 70, 40
RIGHT, BOTTOM = WIDTH - 20, HEIGHT - 50
COLORS: Final = ("#b35806", "#2166ac")
RATES: Final = (-1, 3)
"""Powers of ten of the false positives in 100 MB, from left to right."""

MISSED: Final = (-5, -1)
"""Powers of ten of the share of secrets that is missed, from top to bottom."""


class Point(NamedTuple):
    """A threshold's outcome: false positives in 100 MB, and the share of secrets that is missed."""

    rate: float
    missed: float


def curve(scores: Scores) -> list[Point]:
    """The outcome at each threshold that differs, from the strictest to the most tolerant."""
    thresholds = sorted({*scores.negatives, *scores.secrets[: len(scores.secrets) // 10]}, reverse=True)
    points = [Point(scores.rate(one), 1 - scores.recall(one)) for one in thresholds]
    changes = zip([None, *points], points, strict=False)
    return [point for before, point in changes if before != point]


def drawn(several: Sequence[Scores]) -> str:
    """The picture."""
    space = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    lines = [
        f'<svg {space} font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        *_axes(),
        *_target(),
    ]
    for number, scores in enumerate(several):
        lines += _line(scores, COLORS[number], TOP + 18 + 16 * number)
    return "\n".join([*lines, "</svg>", ""])


def _axes() -> Iterator[str]:
    middle = (LEFT + RIGHT) // 2
    below = f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">'
    yield f"{below}false positives in 100 MB of text</text>"
    yield f'<text x="{LEFT}" y="22">random secrets found</text>'
    for power in range(RATES[0], RATES[1] + 1):
        x = _x(10.0**power)
        yield f'<path d="M{x} {TOP}V{BOTTOM}" stroke="#ddd"/>'
        yield f'<text x="{x}" y="{BOTTOM + 18}" text-anchor="middle">{10.0**power:g}</text>'
    for power in range(MISSED[0], MISSED[1] + 1):
        y = _y(10.0**power)
        yield f'<path d="M{LEFT} {y}H{RIGHT}" stroke="#ddd"/>'
        found = f"{100 * (1 - 10.0**power):.{max(0, -2 - power)}f}"
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{found}%</text>'


def _target() -> Iterator[str]:
    """What is to be reached: the corner at one false positive and 99.9%."""
    width, height = _x(1) - LEFT, _y(1e-3) - TOP
    yield f'<rect x="{LEFT}" y="{TOP}" width="{width}" height="{height}" fill="#e0f0e0" opacity="0.6"/>'


def _line(scores: Scores, color: str, y: int) -> Iterator[str]:
    steps = [(_x(point.rate), _y(point.missed)) for point in curve(scores)]
    path = "".join(f"L{x} {y}" for x, y in _corners(steps))
    yield f'<path d="M{path[1:]}" fill="none" stroke="{color}" stroke-width="2"/>'
    yield f'<text x="{RIGHT - 6}" y="{y}" text-anchor="end" fill="{color}">{scores.name}</text>'


def _corners(steps: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Steps instead of slopes, without repetitions."""
    last: tuple[int, int] | None = None
    for x, y in steps:
        for point in ([(x, last[1])] if last else []) + [(x, y)]:
            if point != last:
                yield point
            last = point


def _x(rate: float) -> int:
    return round(LEFT + (RIGHT - LEFT) * _between(rate, *RATES))


def _y(missed: float) -> int:
    return round(TOP + (BOTTOM - TOP) * _between(missed, *MISSED))


def _between(value: float, least: int, most: int) -> float:
    """Where it is on an axis of powers of ten, 0 to 1; what is beyond an end is at the end."""
    return min(1.0, max(0.0, (math.log10(max(value, 1e-12)) - least) / (most - least)))
