"""Looks around a value for what a rule wants to stand there, and for what that says about the value.

Some secrets have no beginning of their own: what they are follows only from a host, a user name or a label
beside them.  So a rule may say what has to stand near, and only what is near that is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.model import Reading

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    Span = tuple[int, int]

REACH: Final = 512
"""Bytes before and after: a dozen lines of a configuration."""

_LONGEST: Final = 512
"""Bytes beyond the reach in which a value that begins within it ends."""


def spans(data: bytes, near: re.Pattern[bytes], pattern: re.Pattern[bytes], first: int) -> Iterator[Span]:
    """Where the group ``value`` of ``pattern`` matches within reach of a match of ``near``.

    ``near`` is looked for from ``first`` on.
    Linear in the length of ``data``: stretches that overlap are looked at once.
    """
    for start, end in _stretches(data, near, first):
        limit = min(end + _LONGEST, len(data))
        for match in pattern.finditer(data, start, limit):
            # What ends at the limit may go on behind it.
            if match.start() <= end and (match.end() < limit or limit == len(data)):
                yield match.span("value")


def _stretches(data: bytes, near: re.Pattern[bytes], first: int) -> Iterator[Span]:
    start, end = -1, -1
    for match in near.finditer(data, first):
        if end >= 0 and match.start() - REACH > end:
            yield start, end
            start = -1
        start = max(match.start() - REACH, 0) if start < 0 else start
        end = match.end() + REACH
    if end >= 0:
        yield start, min(end, len(data))


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
