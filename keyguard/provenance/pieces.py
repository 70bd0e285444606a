"""Finds the names of objects in stored bytes, even where a delta holds a name in several pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from keyguard.provenance.bulk import ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes

    Words = npt.NDArray[np.uint32]

WORD: Final = 4
"""Bytes that are compared at once; text is looked at in steps of as many."""

OFFSETS: Final = range(4, 12)
"""Where in a name pieces begin: two of them are in every name, wherever the steps fall.

A delta copies the bytes of a name that happen to be the same as before, at its ends, and inserts the rest;
what it inserts it cuts every 127 bytes.  So one of the two may be cut; for both, nine bytes would have to be
the same by chance, which is one case in 2**72.
"""

_ODD: Final = np.uint32(0x9E3779B1)
"""Multiplied with it, a word gives another, of which the high bits depend on all bits of the first."""

_CHUNK: Final = 1 << 18
"""Words that are handled at a time."""

_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)


class Pieces:
    """Names to look for; takes 64 bytes of memory for each, and 8 to 16 for filters."""

    def __init__(self, names: Bytes) -> None:
        """Look for ``names``, a row each."""
        owners = np.arange(len(names), dtype=np.uint64)
        pieces = np.empty((len(OFFSETS), len(names)), np.uint64)
        for at, row in zip(OFFSETS, pieces, strict=True):
            row[:] = _words(names[:, at : at + WORD].tobytes()).astype(np.uint64) << _HALF | owners
        self._pieces = pieces.ravel()
        self._pieces.sort()  # the word and whose it is as one: that is many times faster than by reference
        words = (self._pieces >> _HALF).astype(np.uint32)
        self._first, self._second = _Filter(words), _Filter(np.sort(words * _ODD))

    def find(self, raws: Sequence[bytes]) -> tuple[Numbers, Numbers]:
        """Pairs of a place in ``raws`` and the row of a name of which a piece is there, some by chance."""
        words = _words(b"".join(raws))
        places = np.flatnonzero(self._first.passes(words))
        places = places[self._second.passes(words[places] * _ODD)]
        found = words[places].astype(np.uint64) << _HALF | places.astype(np.uint64)
        found.sort()  # so that looking them up goes through memory in order
        begins = np.searchsorted(self._pieces, found & ~_LOW)
        counts = np.searchsorted(self._pieces, found | _LOW, "right") - begins
        owners = self._pieces[ranges(begins, counts)] & _LOW
        ends = np.cumsum([len(raw) for raw in raws])
        places = (found & _LOW).astype(np.int64) * WORD
        which = np.searchsorted(ends, np.repeat(places, counts), "right")
        both = np.unique(which.astype(np.uint64) << _HALF | owners)
        return (both >> _HALF).astype(np.int32), (both & _LOW).astype(np.int32)


class _Filter:
    """Says of words whether they may be among others, by as many of their high bits as are needed."""

    def __init__(self, words: Words) -> None:
        """Let pass ``words``, which are in order."""
        bits = min(max(16, len(words).bit_length() + 3), 30)
        self._shift = np.uint32(32 - bits)
        self._bits = np.zeros(1 << bits - 3, np.uint8)
        for at in range(0, len(words), _CHUNK):
            high = words[at : at + _CHUNK] >> self._shift
            begins = np.flatnonzero(np.diff(high >> np.uint32(3), prepend=~high[:1]))
            own = np.bitwise_or.reduceat(np.uint8(1) << _bit(high), begins)
            self._bits[high[begins] >> np.uint32(3)] |= own

    def passes(self, words: Words) -> npt.NDArray[np.bool_]:
        high = words >> self._shift
        held: npt.NDArray[np.uint8] = self._bits[high >> np.uint32(3)] >> _bit(high)
        return (held & 1).astype(bool)


def _bit(words: Words) -> npt.NDArray[np.uint8]:
    """Which of the eight bits of a byte stands for each."""
    return words.astype(np.uint8) & np.uint8(7)


def _words(data: bytes) -> Words:
    return np.frombuffer(data, "<u4", len(data) // WORD)
