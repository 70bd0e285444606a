"""Shows the parts of a text that read otherwise than they are written, and what is beside them."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from keyguard.decode.view import Piece, View

BEFORE: Final = 256
AFTER: Final = 160
"""Bytes of the text before and behind a part that are in the view too, so that they count as surroundings."""

_GAP: Final = b"\n\n"
"""Stands for what was left out, so that nothing is read across it."""


class Part(NamedTuple):
    """``text`` is what ``start:end`` of a text reads as.

    ``narrow`` bytes of it are written as ``wide``; without these, all of it is one token.
    """

    start: int
    end: int
    text: bytes
    wide: int = 0
    narrow: int = 0


Word = Sequence[Part]
"""Parts that are decoded together or not at all, in order."""


def spliced(outer: View, encoding: str, parts: Iterable[Part]) -> View:
    """The view of ``outer`` in which ``parts``, in order and apart from each other, stand decoded."""
    made = _Made(outer.data)
    for part in parts:
        made.add(part)
    made.finish()
    return View(b"".join(made.texts), outer.named(encoding), outer, tuple(made.pieces))


class _Made:
    """A view while it is made."""

    def __init__(self, data: bytes) -> None:
        self.texts: list[bytes] = []
        self.pieces: list[Piece] = []
        self._data = data
        self._size = 0
        self._read = 0

    def add(self, part: Part) -> None:
        """Add what stands before ``part``, and the part."""
        self._approach(part.start)
        wide, narrow = part.wide or part.end - part.start, part.narrow or len(part.text)
        self._put(part.text, Piece(self._size, part.start, wide, narrow or 1, decoded=True))
        self._read = part.end

    def finish(self) -> None:
        """Add what stands behind the last part."""
        if self.pieces:
            self._copy(self._read, min(self._read + AFTER, len(self._data)))

    def _approach(self, start: int) -> None:
        begin = max(start - BEFORE, 0)
        if not self.pieces:
            self._read = begin
        elif begin > self._read + AFTER:
            self._copy(self._read, self._read + AFTER)
            self._put(_GAP, Piece(self._size, self._read + AFTER, 0))
            self._read = begin
        self._copy(self._read, start)

    def _copy(self, start: int, end: int) -> None:
        if end > start:
            self._put(self._data[start:end], Piece(self._size, start))

    def _put(self, text: bytes, piece: Piece) -> None:
        self.texts.append(text)
        self.pieces.append(piece)
        self._size += len(text)
