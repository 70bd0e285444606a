"""Says what a delta has changed in a text, so that what its base held need not be looked at again."""

from __future__ import annotations

from typing import Final

LITTLE: Final = 32
"""How many times smaller than the text a delta has to be, so that reading it costs less than searching."""

AROUND: Final = 2048
"""Bytes around a change that are looked at with it: several times what bears on a match."""

LINE: Final = 16 << 10
"""Bytes beyond these within which lines are completed: no token whose rule bounds it is longer than both."""

_COPY: Final = 0x80
_OFFSET: Final = 0x0F
_SIZE: Final = 0x70
_ONE_BYTE: Final = 0x10
_TWO_BYTES: Final = 0x30
_DEFAULT: Final = 0x10000
_OPERANDS: Final = tuple(1 + (code & _OFFSET).bit_count() for code in range(256))
"""By instruction, the bytes before those that tell how much is copied."""


def changed(content: bytes, delta: bytes) -> bytes | None:
    """The lines of ``content`` that are not as they were in its base, with what is around them.

    ``delta`` has made ``content``, so it is sound.  None when that is no better than all of it.
    """
    if len(delta) * LITTLE > len(content):
        return None
    first, *rest = seams(delta)
    found = []
    start, until = max(first - AROUND, 0), first + AROUND
    for seam in rest:
        if seam - AROUND > until:
            found.append(_lines(content, start, until))
            start = seam - AROUND
        until = seam + AROUND
    found.append(_lines(content, start, until))
    return b"\n".join(found)


def seams(delta: bytes) -> list[int]:
    """Where, in what ``delta`` makes, its instructions meet, in order, its end included.

    Its beginning only when it was not that of the base.  What an instruction inserts is at most 127 bytes,
    so it is near a seam (gitformat-pack(5), "Deltified representation").
    """
    at, end, place = _first(delta), len(delta), 0
    found = [] if delta[at] >= _COPY and not delta[at] & _OFFSET else [0]
    while at < end:
        code = delta[at]
        if code < _COPY:
            at += code + 1
            place += code
        else:
            at += _OPERANDS[code]
            sizes = code & _SIZE
            if sizes == _ONE_BYTE:
                place += delta[at]
                at += 1
            elif sizes == _TWO_BYTES:
                place += delta[at] | delta[at + 1] << 8
                at += 2
            else:
                count = sizes.bit_count()
                place += _number(sizes, delta[at : at + count]) or _DEFAULT
                at += count
        found.append(place)
    return found


def _first(delta: bytes) -> int:
    """Where the first instruction is: behind two numbers, each of which ends with a byte below 128."""
    at = 0
    for _ in range(2):
        while delta[at] >= _COPY:
            at += 1
        at += 1
    return at


def _number(sizes: int, operands: bytes) -> int:
    """The number whose bytes, of which those that are zero are left out, are ``operands``."""
    given = iter(operands)
    return sum(next(given) << shift for bit, shift in ((0x10, 0), (0x20, 8), (0x40, 16)) if sizes & bit)


def _lines(content: bytes, start: int, end: int) -> bytes:
    """``content[start:end]`` with the rest of its first and last lines, if they are not too long."""
    start = max(content.rfind(b"\n", max(start - LINE, 0), start) + 1, start - LINE, 0)
    newline = content.find(b"\n", end, end + LINE)
    return content[start : end + LINE if newline < 0 else newline]
