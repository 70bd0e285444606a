"""Says how far to look around a place, so that no look is longer than it has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STEP: Final = 4096


def left_of(data: bytes, at: int, alphabet: bytes) -> int:
    """Where the characters of ``alphabet`` that end at ``at`` begin."""
    while at:
        low = max(at - _STEP, 0)
        at = low + len(data[low:at].rstrip(alphabet))
        if at > low:
            break
    return at


def right_of(data: bytes, at: int, alphabet: bytes) -> int:
    """Where the characters of ``alphabet`` that begin at ``at`` end."""
    while at < len(data):
        high = min(at + _STEP, len(data))
        rest = len(data[at:high].lstrip(alphabet))
        at = high - rest
        if rest:
            break
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
