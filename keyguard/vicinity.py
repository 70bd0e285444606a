"""Looks around a value for what a rule wants to stand there, and for what that says about the value.

Some secrets have no beginning of their own: what they are follows only from a host, a user name or a label
beside them.  So a rule may say what has to stand near, and only what is near that is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.model import Reading

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    Span = tuple[int, int]

REACH: Final = 512
"""Bytes before and after: a dozen lines of a configuration."""

_LONGEST: Final = 512
"""Bytes beyond the reach in which a value that begins within it ends."""


def spans(
    data: bytes, anchors: Iterable[bytes], near: re.Pattern[bytes], pattern: re.Pattern[bytes]
) -> Iterator[Span]:
    """Where the group ``value`` of ``pattern`` matches within reach of a match of ``near``.

    ``near`` matches only where one of ``anchors`` begins: to look for literals is ten times as fast as to
    look for a pattern.  Linear in the length of ``data``: stretches that overlap are looked at once.
    """
    for start, end in _stretches(sorted(_neighbours(data, anchors, near)), len(data)):
        limit = min(end + _LONGEST, len(data))
        for match in pattern.finditer(data, start, limit):
            # What ends at the limit may go on behind it.
            if match.start() <= end and (match.end() < limit or limit == len(data)):
                yield match.span("value")


def _neighbours(data: bytes, anchors: Iterable[bytes], near: re.Pattern[bytes]) -> Iterator[Span]:
    for anchor in anchors:
        at = data.find(anchor)
        while at >= 0:
            match = near.match(data, at)
            if match:
                yield match.span()
            at = data.find(anchor, at + len(anchor))


def _stretches(neighbours: list[Span], size: int) -> Iterator[Span]:
    """What is within reach of ``neighbours``, which are in order; stretches that overlap are one."""
    start, end = 0, -1
    for first, last in neighbours:
        if end >= 0 and first - REACH > end:
            yield start, end
        if end < 0 or first - REACH > end:
            start = max(first - REACH, 0)
        end = max(end, last + REACH)
    if end >= 0:
        yield start, min(end, size)


def told(data: bytes, span: Span, beside: re.Pattern[bytes]) -> Reading:
    """What the nearest matches of ``beside`` say; its groups are called as the fields of a reading."""
    start, end = span
    found: dict[str, tuple[int, str]] = {}
    for match in beside.finditer(data, max(start - REACH, 0), min(end + REACH, len(data))):
        distance = max(start - match.end(), match.start() - end, 0)
        for name, value in match.groupdict().items():
            if value is not None and distance < found.get(name, (len(data), ""))[0]:
                found[name] = (distance, value.decode("ascii", "replace"))
    return Reading(**{name: value for name, (_, value) in found.items()})
