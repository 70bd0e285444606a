"""Draws the frame, the axes and the lines of a figure, as an SVG that is the same in every run."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH, HEIGHT, LEFT, TOP = 640, 400, 70, 40
RIGHT, BOTTOM = WIDTH - 20, HEIGHT - 50
COLORS: Final = ("#b35806", "#2166ac", "#1b7837", "#762a83")
FIRST, NEXT = TOP + 18, 16
"""Where the names of lines begin, and how far each is below the one before."""

Place = tuple[float, float]
"""Somewhere in the frame: from left to right and from bottom to top, each from 0 to 1."""


class Axis(NamedTuple):
    """What an axis shows, and its marks: where each stands, from 0 to 1, and what it says."""

    title: str
    marks: Sequence[tuple[float, str]]


def picture(below: Axis, beside: Axis, inside: Iterable[str]) -> str:
    """The whole figure: two axes, and what is ``inside`` of them."""
    middle = (LEFT + RIGHT) // 2
    space = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    lines = [
        f'<svg {space} font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">{escape(below.title)}</text>',
        f'<text x="{LEFT}" y="22">{escape(beside.title)}</text>',
        *_below(below),
        *_beside(beside),
        *inside,
        "</svg>",
    ]
    return "\n".join([*lines, ""])


def x(share: float) -> int:
    """Where that is; what is beyond an end is at the end."""
    return round(LEFT + (RIGHT - LEFT) * _inside(share))


def y(share: float) -> int:
    """Where that is; what is beyond an end is at the end."""
    return round(TOP + (BOTTOM - TOP) * (1 - _inside(share)))


def line(points: Iterable[tuple[int, int]], color: str, more: str = 'stroke-width="2"') -> str:
    """A line from one point to the next."""
    path = "".join(f"L{across} {down}" for across, down in points)
    return f'<path d="M{path[1:]}" fill="none" stroke="{color}" {more}/>'


def dot(place: Place, color: str) -> str:
    """A point that was measured."""
    return f'<circle cx="{x(place[0])}" cy="{y(place[1])}" r="4" fill="{color}"/>'


def name(text: str, color: str, number: int, *, left: bool = False) -> str:
    """What a line is called, in its colour, below ``number`` others; in the upper right corner, or left."""
    across, anchor = (LEFT + 8, "start") if left else (RIGHT - 6, "end")
    where = f'x="{across}" y="{FIRST + NEXT * number}" text-anchor="{anchor}"'
    return f'<text {where} fill="{color}">{escape(text)}</text>'


def _below(axis: Axis) -> Iterator[str]:
    for share, text in axis.marks:
        yield f'<path d="M{x(share)} {TOP}V{BOTTOM}" stroke="#ddd"/>'
        yield f'<text x="{x(share)}" y="{BOTTOM + 18}" text-anchor="middle">{escape(text)}</text>'


def _beside(axis: Axis) -> Iterator[str]:
    for share, text in axis.marks:
        yield f'<path d="M{LEFT} {y(share)}H{RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y(share) + 4}" text-anchor="end">{escape(text)}</text>'


def _inside(share: float) -> float:
    return min(1.0, max(0.0, share))
