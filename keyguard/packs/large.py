"""Holds objects that are too large for memory as the recipe by which any stretch of them can be read.

Nothing is written to disk: what is read here is full of secrets.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from keyguard.packs import inflate
from keyguard.packs.deltas import instructions
from keyguard.packs.stored import HELD, PIECE, DamageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVERY: Final = 64
"""Instructions between those whose place is remembered."""


class Inflated:
    """A deflated object.  Raises :class:`DamageError` when it is made from one that is damaged."""

    def __init__(self, raw: memoryview, size: int, skipped: int = 0) -> None:
        """Check that ``raw`` holds ``size`` bytes behind the ``skipped`` ones of a header."""
        for _ in inflate.pieces(raw, skipped + size):
            pass
        self._raw = raw
        self._size = size
        self._skipped = skipped
        self._seekable = inflate.Seekable(raw, skipped + size)

    weight: Final[int] = 0
    """Bytes of deltas that it holds on to."""

    def __len__(self) -> int:
        """Its size."""
        return self._size

    def pieces(self) -> Iterator[bytes]:
        """All of it."""
        pieces = inflate.pieces(self._raw, self._skipped + self._size)
        yield next(pieces)[self._skipped :]  # a header is shorter than a piece
        yield from pieces

    def read(self, start: int, length: int) -> bytes:
        """A stretch of it."""
        return self._seekable.read(self._skipped + start, length)


class Patched:
    """A base with a delta that is applied to each stretch as it is read."""

    def __init__(self, base: bytes | Large, delta: bytes, size: int) -> None:
        """Check the ``delta``, which makes ``size`` bytes; raises :class:`DamageError`."""
        self.weight: int = len(delta) + (0 if isinstance(base, bytes) else base.weight)
        if self.weight > HELD:
            raise DamageError("too much of it changed too often for it to be read within the memory allowed")
        self._base = base
        self._delta = delta
        self._size = size
        self._starts: list[int] = []
        self._ats: list[int] = []
        self._check()

    def _check(self) -> None:
        made = 0
        for number, (at, start, length) in enumerate(instructions(self._delta)):
            if number % _EVERY == 0:
                self._starts.append(made)
                self._ats.append(at)
            if start is not None and start + length > len(self._base):
                raise DamageError("its delta copies from behind the end of its base")
            made += length
        if made != self._size:
            raise DamageError(f"its delta makes {made} bytes, not the {self._size} that it announces")

    def __len__(self) -> int:
        """Its size."""
        return self._size

    def pieces(self) -> Iterator[bytes]:
        """All of it."""
        for start in range(0, self._size, PIECE):
            yield self.read(start, min(PIECE, self._size - start))

    def read(self, start: int, length: int) -> bytes:
        """A stretch of it.  Not recursive: a chain of deltas can be longer than Python's stack."""
        found = []
        waiting: list[tuple[bytes | Large, int, int]] = [(self, start, length)]
        while waiting:
            source, begin, count = waiting.pop()
            if isinstance(source, bytes):
                found.append(source[begin : begin + count])
            elif isinstance(source, Inflated):
                found.append(source.read(begin, count))
            else:
                waiting += reversed(source.sources(begin, count))
        return b"".join(found)

    def sources(self, start: int, length: int) -> list[tuple[bytes | Large, int, int]]:
        """Where a stretch of it comes from."""
        found: list[tuple[bytes | Large, int, int]] = []
        nearest = bisect_right(self._starts, start) - 1
        made, end = self._starts[nearest], start + length
        for at, origin, count in instructions(self._delta, self._ats[nearest]):
            if made >= end:
                break
            skip = max(start - made, 0)
            wanted = min(count, end - made) - skip
            if wanted > 0:
                source = (self._delta, at + 1) if origin is None else (self._base, origin)
                found.append((source[0], source[1] + skip, wanted))
            made += count
        return found


Large = Inflated | Patched
