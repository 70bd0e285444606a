"""A text with a map back to where it stands, so that what is found in it has its true place."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional


class Piece(NamedTuple):
    """From ``at`` on, byte ``i`` of a view stands at ``place + (i - at) * wide / narrow`` of the outer text.

    It ends where the next piece begins.  ``decoded`` says whether it reads otherwise than it is written.
    """

    at: int
    place: int
    wide: int = 1
    narrow: int = 1
    decoded: bool = False


class View(NamedTuple):
    """A text, and, unless it is the outermost, the text it is hidden in and the map to that.

    ``encoding`` says how it is written, the outermost first: ``base64+percent`` is base64 of percent escapes.
    """

    data: bytes
    encoding: str = "plain"
    outer: Optional["View"] = None
    pieces: tuple[Piece, ...] = ()
    spread: bool = False
    """Whether it is every other byte of the outer text, as of UTF-16, which it then need not be."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the outermost text of what stands at ``start:end`` here; ``end`` is behind ``start``."""
        if self.outer is None:
            return start, end
        return self.outer.span(*self._local(start, end))

    def is_genuine(self, start: int, end: int) -> bool:
        """Whether ``start:end`` is really hidden, and not just text beside what is, which others find."""
        if self.outer is None:
            return True
        first, last = self._local(start, end)
        if self.spread:
            return is_wide(self.outer.data, first, last) and self.outer.is_genuine(first, last)
        beside = self.touches(max(start - 1, 0), end + 1)  # what is beside it may make it one
        return beside and self.outer.is_genuine(first, last)

    def touches(self, start: int, end: int) -> bool:
        """Whether anything in ``start:end`` reads otherwise than it is written."""
        return any(piece.decoded for piece in self._between(start, end))

    def named(self, encoding: str) -> str:
        """The name of ``encoding`` inside of this text."""
        return "+".join(one for one in (self.encoding, encoding) if one and one != "plain") or "plain"

    def _local(self, start: int, end: int) -> tuple[int, int]:
        first, last = self.pieces[self._index(start)], self.pieces[self._index(end - 1)]
        begin = first.place + (start - first.at) * first.wide // first.narrow
        return begin, last.place - (last.at - end) * last.wide // last.narrow

    def _between(self, start: int, end: int) -> Iterator[Piece]:
        index = self._index(start)
        while index < len(self.pieces) and self.pieces[index].at < end:
            yield self.pieces[index]
            index += 1

    def _index(self, offset: int) -> int:
        """The last piece that begins at ``offset`` or before."""
        from bisect import bisect_right  # noqa: PLC0415 - most runs find nothing

        return bisect_right(self.pieces, offset, key=lambda piece: piece.at) - 1


class Sight(NamedTuple):
    """What is known of a text before rules are applied: its anchors, where its long runs begin and end."""

    view: View
    present: frozenset[bytes]
    stretches: Sequence[tuple[int, int]] = ()


def is_wide(data: bytes, start: int, end: int) -> bool:
    """Whether the ASCII characters at every other byte of ``data[start:end]`` have zeros on one side."""
    return not any(data[start + 1 : end - 1 : 2]) or (start > 0 and not any(data[start - 1 : end - 2 : 2]))
