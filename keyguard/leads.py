"""Finds where a rule's pattern matches by going where its anchors stand, for that is seldom."""

from __future__ import annotations

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
    if sum(map(data.count, anchors)) * DENSE > len(data):
        return (match.span("value") for match in pattern.finditer(data))
    return (span for anchor in anchors for span in _leading(data, anchor, lead, pattern))


def _leading(data: bytes, anchor: bytes, lead: int, pattern: re.Pattern[bytes]) -> Iterator[Span]:
    at = data.find(anchor)
    while at >= 0:
        found = (pattern.match(data, begin) for begin in range(max(at - lead, 0), at + 1))
        match = next(filter(None, found), None)
        if match:
            yield match.span("value")
        at = data.find(anchor, match.end() if match else at + 1)
