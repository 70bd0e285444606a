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


def spans(
    data: bytes,
    begins: Iterable[int],
    anchors: frozenset[bytes],
    near: re.Pattern[bytes],
    pattern: re.Pattern[bytes],
) -> Iterator[Span]:
    """Where the group ``value`` of ``pattern`` matches within reach of a match of ``near``.

    ``begins`` are the places where a run begins, for only there such a value does.  ``near`` matches only
    where one of ``anchors`` begins: to look for literals is ten times as fast as to look for a pattern.
    """
    for begin in begins:
        match = pattern.match(data, begin)
        if match and _is_near(data, *match.span(), anchors, near):
            yield match.span("value")


def _is_near(data: bytes, start: int, end: int, anchors: frozenset[bytes], near: re.Pattern[bytes]) -> bool:
    first, last = max(start - REACH, 0), min(end + REACH, len(data))
    if all(data.find(anchor, first, last) < 0 for anchor in anchors):
        return False
    return next(near.finditer(data, first, last), None) is not None


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
