"""Finds text whose bytes are written as numbers: hex, lists like ``0x41, 0x4b`` and ``65, 75``, dumps."""

from __future__ import annotations

import re
from binascii import unhexlify
from itertools import islice
from typing import TYPE_CHECKING, Final

from keyguard.anchors import HEX_DIGITS, RUN_LENGTH
from keyguard.decode.splice import Part, Word
from keyguard.reach import around, left_of, right_of, windows
from keyguard.traces import DECIMAL_LISTS, DUMPS, HEX, HEX_LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST: Final = 20
LEAST_SECRET: Final = 2 * RUN_LENGTH
"""Digits that forty bytes are written with."""

REACH: Final = 8192
"""Bytes before and after the beginning of an ID in which the rest of a list is looked for."""

_FORMS: Final = (
    (HEX_LISTS, rb"0x([0-9A-Fa-f]{2})", rb"[,\s]{1,80}+", 16),
    (DUMPS, rb"\b([0-9A-Fa-f]{2})\b", rb"[ :]", 16),
    (DECIMAL_LISTS, rb"\b([0-9]{2,3})\b", rb"[,\s]{1,80}+", 10),
)
"""Their traces, a pattern for a number, a pattern for what is between two, the base."""

_BYTE: Final = 255
_HEAD: Final = 16
_WORD: Final = 1000


def on_end(data: bytes, present: frozenset[bytes], stretches: Sequence[tuple[int, int]]) -> Iterator[Word]:
    """Hex that may be a key's, as text, in the order of the text."""
    at = 0
    for begin, end in sorted({*_with_ids(data, present), *_of_text(data, stretches)}):
        if begin >= at:
            at = end - (end - begin) % 2
            yield (Part(begin, at, unhexlify(data[begin:at]), 2, 1),)


def _with_ids(data: bytes, present: frozenset[bytes]) -> Iterator[tuple[int, int]]:
    for prefix in present.intersection(HEX):
        at = data.find(prefix)
        while at >= 0:
            begin, end = left_of(data, at, HEX_DIGITS), right_of(data, at, HEX_DIGITS)
            begin += (at - begin) % 2
            if end - begin >= 2 * LEAST:
                yield begin, end
            at = data.find(prefix, end)


def _of_text(data: bytes, stretches: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Hex that is long enough for a secret and not just bytes."""
    return (
        (begin, right_of(data, begin, HEX_DIGITS)) for begin, end in stretches if is_text(data, begin, end)
    )


def is_text(data: bytes, begin: int, end: int) -> bool:
    """Whether a stretch begins with hex that is long enough for a secret and not just bytes."""
    head = data[begin : begin + _HEAD]
    if end - begin < LEAST_SECRET or head.translate(None, HEX_DIGITS):
        return False
    return right_of(data, begin, HEX_DIGITS) - begin >= LEAST_SECRET and unhexlify(head).isascii()


def in_lists(data: bytes, present: frozenset[bytes]) -> Iterator[Iterator[Word]]:
    """For each form of a list the lists in which an ID may stand, a part for each number and each gap.

    A long list comes as several words.
    """
    for traces, number, gap, base in _FORMS:
        wanted = present.intersection(traces)
        if wanted:
            near = windows(around(data, wanted, REACH, REACH), len(data))
            pattern = re.compile(number + rb"(?:" + gap + number + rb"){%d,}+" % (LEAST - 1))
            yield _lists(data, near, pattern, (number, base))


def _lists(
    data: bytes,
    near: Iterator[tuple[int, int]],
    pattern: re.Pattern[bytes],
    form: tuple[bytes, int],
) -> Iterator[Word]:
    for start, end in near:
        for match in pattern.finditer(data, start, end):
            parts = _numbers(data, *match.span(), *form)
            while word := list(islice(parts, _WORD)):
                yield word


def _numbers(data: bytes, start: int, end: int, number: bytes, base: int) -> Iterator[Part]:
    at = start
    for match in re.compile(number).finditer(data, start, end):
        if match.start() > at:
            yield Part(at, match.start(), b"")
        at = match.end()
        value = int(match[1], base)
        yield Part(*match.span(), bytes((value,)) if value <= _BYTE else b"?")
