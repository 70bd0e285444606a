"""Finds where a rule's pattern matches by going where its anchors stand, for that is seldom."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from keyguard.reach import around, windows

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    Span = tuple[int, int]

BEFORE: Final = 4096
"""Bytes before its anchor in which a value may begin."""

AFTER: Final = 16 << 10
"""Bytes from there on in which it ends: no rule that has a bound lets one be longer."""

DENSE: Final = 128
"""A pattern passes over so many bytes in the time that one anchor takes."""


def spans(
    data: bytes, anchors: Iterable[bytes], lead: int | None, pattern: re.Pattern[bytes]
) -> Iterator[Span]:
    """Where the group ``value`` of ``pattern`` matches, at most ``lead`` bytes before one of ``anchors``.

    None stands for :data:`BEFORE` bytes, and for patterns whose values need not hold an anchor.
    """
    if lead is None:
        near = windows(around(data, anchors, BEFORE, AFTER), len(data))
        return (match.span("value") for begin, end in near for match in pattern.finditer(data, begin, end))
    standing: list[list[int]] = []
    left = len(data) // DENSE
    for anchor in anchors:
        standing.append(list(islice(_places(data, anchor), left + 1)))
        left -= len(standing[-1])
        if left < 0:
            return (match.span("value") for match in pattern.finditer(data))
    return (span for places in standing for span in _leading(data, places, lead, pattern))


def _places(data: bytes, anchor: bytes) -> Iterator[int]:
    at = data.find(anchor)
    while at >= 0:
        yield at
        at = data.find(anchor, at + 1)


def _leading(data: bytes, places: Iterable[int], lead: int, pattern: re.Pattern[bytes]) -> Iterator[Span]:
    """Matches that begin up to ``lead`` bytes before one of ``places``, which are in order."""
    end = 0
    for at in places:
        if at < end:
            continue
        found = (pattern.match(data, begin) for begin in range(max(at - lead, 0), at + 1))
        match = next(filter(None, found), None)
        if match:
            yield match.span("value")
            end = match.end()
