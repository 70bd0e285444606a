"""Finds base64 of text: where it holds what an ID begins with, and where it is long enough for a secret.

Three bytes become four characters (RFC 4648 §4), so a key stands at one of three places in these, and its
first characters become one of three texts.  The characters of URL-safe base64 (§5) count as well, and there
need not be any padding.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from typing import TYPE_CHECKING, Final

from keyguard.anchors import BASE64, HEX_DIGITS
from keyguard.decode.splice import Part, Word
from keyguard.reach import left_of, right_of
from keyguard.traces import BASE64 as TRACES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Stretches = Sequence[tuple[int, int]]

PREFIXES: Final = dict(zip(TRACES, (0, 2, 3, 0, 2, 3), strict=True))
"""What ``AKIA`` and ``ASIA`` become, and at which of four characters that begins."""

LEAST_ID: Final = 27
"""Characters without padding that 20 bytes become."""

LONG: Final = 256
"""From so many characters on, what begins with something else than text may still hold some."""

_PROBE: Final = 16
_ALPHABET: Final = BASE64 + b"-_"
_TEXT: Final = b"(?:[%b][%b][%b][%b]){4}" % (
    BASE64[:32],
    bytes(one for value, one in enumerate(BASE64) if not value & 8),
    bytes(one for value, one in enumerate(BASE64) if not value & 2),
    BASE64,
)
"""Four groups of four characters whose twelve bytes are ASCII: the first bit of each is zero."""

_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_WRAP: Final = (
    rb"[A-Za-z0-9+/_-]{0,80}+([ \t]{0,80}+\r?\n[ \t]{0,80}+"
    rb"(?:[#*>|]{1,8}+[ \t]{0,80}+|//+[ \t]{1,80}+)?)(?=[A-Za-z0-9+/_-]{2})"
)
"""The end of a line and, as the group, what parts it from the next: spaces, marks of a comment or a quote."""


def unwrapped(data: bytes, stretches: Stretches) -> Iterator[Word]:
    """The line ends inside of base64 of text that is broken into lines, as parts without text.

    Every line but the last has to be one of ``stretches``, or end with one.
    """
    wrap, text = re.compile(_WRAP), re.compile(_TEXT)
    for begin, end in stretches:
        found = wrap.match(data, end)
        if found and _phase(text, data, begin, end) is not None:
            yield (Part(*found.span(1), b""),)


def decoded(data: bytes, present: frozenset[bytes], stretches: Stretches) -> Iterator[Word]:
    """What in ``data`` may be base64 of a key, decoded, in the order of the text."""
    at = 0
    for begin, end in sorted({*_with_ids(data, present), *_of_text(data, stretches)}):
        if begin >= at:
            yield (_part(data, begin, end),)
            at = end


def _with_ids(data: bytes, present: frozenset[bytes]) -> Iterator[tuple[int, int]]:
    """Where there is base64 that holds what an ID becomes; that says where groups of four begin, too."""
    for prefix in present & PREFIXES.keys():
        at = data.find(prefix)
        while at >= 0:
            begin, end = left_of(data, at, _ALPHABET), right_of(data, at, _ALPHABET)
            begin += (at - PREFIXES[prefix] - begin) % 4
            if end - begin >= LEAST_ID:
                yield begin, end
            at = data.find(prefix, end)


def is_text(data: bytes, begin: int, end: int) -> bool:
    """Whether a stretch may be base64 of text."""
    return _phase(re.compile(_TEXT), data, begin, end) is not None


def _of_text(data: bytes, stretches: Stretches) -> Iterator[tuple[int, int]]:
    """The stretches that are base64 of text."""
    text = re.compile(_TEXT)
    for begin, end in stretches:
        phase = _phase(text, data, begin, end)
        if phase is not None:
            yield begin + phase, end


def _phase(text: re.Pattern[bytes], data: bytes, begin: int, end: int) -> int | None:
    """After how many characters of a stretch groups of four begin that are text; None when it is none."""
    if text.match(data, begin, end):
        return 0
    middle = begin + ((end - begin) // 2 - _PROBE // 2) // 4 * 4
    found = text.search(data, middle, min(middle + _PROBE + 3, end))
    if found:
        return found.start() - middle
    return 0 if end - begin >= LONG and data[middle : middle + _PROBE].translate(None, HEX_DIGITS) else None


def _part(data: bytes, begin: int, end: int) -> Part:
    """The base64 in ``data[begin:end]`` decoded; the padding behind it stands for nothing."""
    padding = data[end : end + 2]
    return Part(begin, end + len(padding) - len(padding.lstrip(b"=")), plain(data[begin:end]), 4, 3)


def plain(text: bytes) -> bytes:
    """What base64 of either alphabet, cut off anywhere and without its padding, stands for.

    Raises :class:`binascii.Error` for what has other characters, or more padding than it needs.
    """
    text = text.translate(_URL_SAFE)
    rest = len(text) % 4
    return a2b_base64(text[:-1] if rest == 1 else text + b"=" * (-rest % 4))
