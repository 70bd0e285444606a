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

_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)


class Pieces:
    """Names to look for; takes 64 bytes of memory for each, and 8 to 16 for a filter."""

    def __init__(self, names: Bytes) -> None:
        """Look for ``names``, a row each."""
        words = np.concatenate([_words(names[:, at : at + WORD].tobytes()) for at in OFFSETS])
        self._first = _Filter(words)
        self._second = _Filter(words * _ODD)
        owners = np.tile(np.arange(len(names), dtype=np.uint32), len(OFFSETS))
        self._words, self._owners = _sorted(words, owners)

    def find(self, raws: Sequence[bytes]) -> tuple[Numbers, Numbers]:
        """Pairs of a place in ``raws`` and the row of a name of which a piece is there, some by chance."""
        words = _words(b"".join(raws))
        places = np.flatnonzero(self._first.passes(words)).astype(np.uint32)
        places = places[self._second.passes(words[places] * _ODD)]
        found, places = _sorted(words[places], places)  # so that looking them up goes through memory in order
        begins = np.searchsorted(self._words, found)
        counts = np.searchsorted(self._words, found, "right") - begins
        owners = self._owners[ranges(begins, counts)]
        ends = np.cumsum([len(raw) for raw in raws])
        which = np.searchsorted(ends, np.repeat(places, counts).astype(np.int64) * WORD, "right")
        both = np.unique(which.astype(np.uint64) << _HALF | owners)
        return (both >> _HALF).astype(np.int32), (both & _LOW).astype(np.int32)


class _Filter:
    """Says of words whether they may be among others, by as many of their high bits as are needed."""

    def __init__(self, words: Words) -> None:
        bits = min(max(16, len(words).bit_length() + 3), 30)
        self._shift = np.uint32(32 - bits)
        full = np.zeros(1 << bits, bool)
        full[words >> self._shift] = True
        self._bits = np.packbits(full, bitorder="little")

    def passes(self, words: Words) -> npt.NDArray[np.bool_]:
        high = words >> self._shift
        held: npt.NDArray[np.uint8] = self._bits[high >> np.uint32(3)] >> (
            high.astype(np.uint8) & np.uint8(7)
        )
        return (held & 1).astype(bool)


def _words(data: bytes) -> Words:
    return np.frombuffer(data, "<u4", len(data) // WORD)


def _sorted(words: Words, values: Words) -> tuple[Words, Words]:
    """Both in the order of the words; sorted as one, which is many times faster than by reference."""
    both = words.astype(np.uint64) << _HALF | values
    both.sort()
    return (both >> _HALF).astype(np.uint32), (both & _LOW).astype(np.uint32)
