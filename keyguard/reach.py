"""Says how far to look around a place, so that no look is longer than it has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.traces import GUARDED, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STEP: Final = 32
_LONGER: Final = 8
"""How many bytes are looked at first, and how many times more whenever that was not enough."""


def left_of(data: bytes, at: int, alphabet: bytes) -> int:
    """Where the characters of ``alphabet`` that end at ``at`` begin."""
    step = _STEP
    while at:
        low = max(at - step, 0)
        at = low + len(data[low:at].rstrip(alphabet))
        if at > low:
            break
        step *= _LONGER
    return at


def right_of(data: bytes, at: int, alphabet: bytes) -> int:
    """Where the characters of ``alphabet`` that begin at ``at`` end."""
    step = _STEP
    while at < len(data):
        high = min(at + step, len(data))
        rest = len(data[at:high].lstrip(alphabet))
        at = high - rest
        if rest:
            break
        step *= _LONGER
    return at


def windows(around: Iterable[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """What is ``around`` something, in order, once where it overlaps, in a text of ``size``."""
    start, end = 0, 0
    for begin, stop in around:
        if begin > end:
            if end:
                yield start, end
            start = begin
        end = max(end, min(stop, size))
    if end:
        yield start, end


def around(data: bytes, literals: Iterable[bytes], before: int, behind: int) -> list[tuple[int, int]]:
    """What is so many bytes ``before`` and ``behind`` places where one of ``literals`` counts, in order.

    What overlaps is one, for each of them.
    """
    found = (one for literal in literals for one in _around(data, literal, before, behind))
    return sorted(found)


def _around(data: bytes, literal: bytes, before: int, behind: int) -> Iterator[tuple[int, int]]:
    if literal in GUARDED:
        found = pattern(literal, data)
        places = (match.start() for match in found.finditer(data)) if found else ()
        yield from windows(((max(at - before, 0), at + behind) for at in places), len(data))
        return
    at = data.find(literal)
    while at >= 0:
        last = _last(data, literal, at, before + behind)
        yield max(at - before, 0), min(last + behind, len(data))
        at = data.find(literal, last + 1)


def _last(data: bytes, literal: bytes, at: int, reach: int) -> int:
    """The last of the places from ``at`` on that are within ``reach`` of each other."""
    last = at
    while (found := data.rfind(literal, last + 1, last + reach + len(literal))) > last:
        last = found
    return last
