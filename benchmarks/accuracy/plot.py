"""Draws what a threshold gains and costs, as an SVG that is the same in every run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks import svg

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.accuracy.chance import Scores

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
    return [Point(scores.rate(one), 1 - scores.recall(one)) for one in thresholds]


def drawn(several: Sequence[Scores]) -> str:
    """The picture."""
    inside = [_target()]
    for number, scores in enumerate(several):
        steps = [(_x(point.rate), _y(point.missed)) for point in curve(scores)]
        color = svg.COLORS[number]
        inside += [svg.line(_corners(steps), color), svg.name(scores.name, color, number)]
    return svg.picture(_rates(), _found(), inside)


def _rates() -> svg.Axis:
    powers = [10.0**power for power in range(RATES[0], RATES[1] + 1)]
    marks = [(_between(rate, *RATES), f"{rate:g}") for rate in powers]
    return svg.Axis("false positives in 100 MB of text", marks)


def _found() -> svg.Axis:
    """From 90% at the bottom to ever more nines."""
    marks = []
    for power in range(MISSED[0], MISSED[1] + 1):
        missed = 10.0**power
        text = f"{100 * (1 - missed):.{max(0, -2 - power)}f}%"
        marks.append((1 - _between(missed, *MISSED), text))
    return svg.Axis("random secrets found", marks)


def _target() -> str:
    """What is to be reached: the corner at one false positive and 99.9%."""
    width, height = _x(1) - svg.LEFT, _y(1e-3) - svg.TOP
    where = f'x="{svg.LEFT}" y="{svg.TOP}" width="{width}" height="{height}"'
    return f'<rect {where} fill="#e0f0e0" opacity="0.6"/>'


def _corners(steps: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Steps instead of slopes, without repetitions."""
    last: tuple[int, int] | None = None
    for x, y in steps:
        for point in ([(x, last[1])] if last else []) + [(x, y)]:
            if point != last:
                yield point
            last = point


def _x(rate: float) -> int:
    return svg.x(_between(rate, *RATES))


def _y(missed: float) -> int:
    return svg.y(1 - _between(missed, *MISSED))


def _between(value: float, least: int, most: int) -> float:
    """Where it is on an axis of powers of ten, 0 to 1; what is beyond an end is at the end."""
    return min(1.0, max(0.0, (math.log10(max(value, 1e-12)) - least) / (most - least)))
