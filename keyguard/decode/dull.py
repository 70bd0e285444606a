"""Remembers long runs that are nothing wherever they stand: a history repeats the same ones forever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.anchors import ESCAPED, RUN_LENGTH
from keyguard.decode import base64, numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    Stretch = tuple[int, int]

LONGEST: Final = 256
"""Characters of the longest run that is remembered."""

REMEMBERED: Final = 1 << 14
"""So many are remembered at a time; two and a half megabytes."""

_PASSWORD: Final = b"AB"
"""What a password of SES begins with, which is up to four characters longer than a secret."""


class Dull:
    """Knows runs that are no secret and hide none: longer, and neither base64 of text nor hex of text."""

    def __init__(self) -> None:
        """Know none."""
        self._known: set[bytes] = set()

    def without(self, data: bytes, stretches: Iterable[Stretch]) -> list[Stretch]:
        """The ``stretches`` of ``data`` that may be something."""
        known, left = self._known, []
        for stretch in stretches:
            begin, end = stretch
            written = data[begin - 1 if begin else 0 : end] if end - begin <= LONGEST else b""
            if written in known:
                continue
            if not written or not _is_dull(data, begin, end):
                left.append(stretch)
                continue
            if len(known) >= REMEMBERED:
                known.clear()
            known.add(written)
        return left


def _is_dull(data: bytes, begin: int, end: int) -> bool:
    """Whether a run is nothing; what is before it matters only where that may be a part of an escape."""
    extra = end - begin - RUN_LENGTH
    if extra <= 0 or (extra <= ESCAPED and (data[begin - 1 : begin] in b"\\%" or data[begin] in _PASSWORD)):
        return False
    return not base64.is_text(data, begin, end) and not numbers.is_text(data, begin, end)
