"""Draws what ever more of something costs, beside a straight line through nothing and the whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks import svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MARKS: Final = 6
"""How many steps an axis has, at most."""

DASHED: Final = 'stroke-dasharray="4 4"'


class Point(NamedTuple):
    """Bytes that are stored, and seconds of processor time that they took."""

    size: int
    cpu: float

    @property
    def cost(self) -> float:
        """Seconds for a byte."""
        return self.cpu / self.size


def drawn(several: Mapping[str, Sequence[Point]]) -> str:
    """The picture: for each name, what was measured, in order, and what would be linear."""
    points = [point for line in several.values() for point in line]
    sizes = scale(max((point.size / 1e6 for point in points), default=1))
    times = scale(max((point.cpu for point in points), default=1))
    inside = []
    for number, (name, line) in enumerate(several.items()):
        color = svg.COLORS[number % len(svg.COLORS)]
        places = [(point.size / 1e6 / sizes[-1], point.cpu / times[-1]) for point in line]
        if places:
            inside.append(svg.line([_pixels((0, 0)), _pixels(places[-1])], color, DASHED))
            inside.append(svg.line(map(_pixels, places), color))
        inside += [svg.dot(place, color) for place in places]
        inside.append(svg.name(name, color, number, left=True))
    inside.append(svg.name("dashed: linear", "#555", len(several), left=True))
    return svg.picture(_axis("MB stored", sizes), _axis("seconds of processor time", times), inside)


def scale(most: float) -> list[float]:
    """Round numbers in equal steps, from 0 to ``most`` or the next one above."""
    power = 10.0 ** math.floor(math.log10(most))
    steps = [factor * power / 10 for factor in (1, 2, 5, 10, 20, 50)]
    step = next(one for one in steps if math.ceil(most / one) <= MARKS)
    return [step * number for number in range(math.ceil(most / step) + 1)]


def _axis(title: str, marks: Sequence[float]) -> svg.Axis:
    return svg.Axis(title, [(mark / marks[-1], f"{mark:g}") for mark in marks])


def _pixels(place: svg.Place) -> tuple[int, int]:
    return svg.x(place[0]), svg.y(place[1])
