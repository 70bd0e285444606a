"""Reads a pack's index: the names of its objects and where each begins (gitformat-pack(5))."""

from __future__ import annotations

import os
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from keyguard.packs.stored import DamageError

if TYPE_CHECKING:
    from typing import Any

    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]
    Offsets = npt.NDArray[np.int64]
    Places = Offsets | npt.NDArray[np.int32]
    Prefixes = npt.NDArray[np.uint64]

_MAGIC: Final = b"\xfftOc"
_FANOUT: Final = 256
_FAR: Final = 0x80000000
NARROW: Final = (1 << 31) - (1 << 16)
"""Places and sizes below it are held in four bytes."""

_PREFIX: Final = 8
"""Bytes of a name that are compared at once."""


class Index:
    """The objects of a pack in the order of their names: one row of bytes each, and where each begins."""

    def __init__(self, names: Bytes, offsets: Places) -> None:
        """Hold ``names`` and ``offsets``; raises :class:`DamageError` when the names are not in order."""
        self.names = names
        self.offsets = offsets
        begins = prefixes(names)
        if (begins[1:] < begins[:-1]).any():
            raise DamageError("its index is not in order")

    @cached_property
    def _prefixes(self) -> Prefixes:
        return prefixes(self.names)

    def forget_offsets(self) -> None:
        """Keep the names only, once a table has the rest."""
        self.offsets = np.zeros(0, np.int64)

    def name(self, position: int) -> bytes:
        """The name of the object at ``position``."""
        name: bytes = self.names[position].tobytes()
        return name

    def find(self, oid: bytes) -> int | None:
        """The position of the object ``oid``; None when it is not there."""
        at = bisect_left(range(len(self.names)), oid, key=self.name)
        return at if at < len(self.names) and self.name(at) == oid else None

    def find_all(self, oids: Bytes) -> Offsets:
        """The position of each of ``oids``, -1 for those that are not there."""
        own, wanted = self._prefixes, prefixes(oids)
        places = np.searchsorted(own, wanted)
        found = np.full(len(oids), -1, np.int64)
        open_ = np.flatnonzero(places < len(own))
        while open_.size:
            at = places[open_]
            open_ = open_[own[at] == wanted[open_]]  # beyond those that begin alike: not there
            at = places[open_]
            same = (self.names[at] == oids[open_]).all(axis=1)
            found[open_[same]] = at[same]
            places[open_] += 1
            open_ = open_[~same]
            open_ = open_[places[open_] < len(own)]
        return found


def narrow(values: Offsets) -> Places:
    """The same in half the bytes, if they fit, with the few that are added to where an entry begins."""
    return values.astype(np.int32) if not len(values) or int(values.max()) < NARROW else values


def prefixes(names: Bytes) -> Prefixes:
    """The first eight bytes of each name, as a number."""
    return np.ascontiguousarray(names[:, :_PREFIX]).view(">u8").ravel().astype(np.uint64)


def duplicates(indexes: dict[int, Index]) -> dict[int, npt.NDArray[np.bool_]]:
    """Of the objects of each index, whether they are in an earlier one, too; for those of which any is.

    Of names that begin alike without being the same, some may go unnoticed, which does no harm.
    """
    if len(indexes) == 1:
        return {}
    found = {number: np.zeros(len(index.names), bool) for number, index in indexes.items()}
    numbers = np.repeat(list(indexes), [len(index.names) for index in indexes.values()])
    rows = np.concatenate([np.arange(len(index.names)) for index in indexes.values()])
    begin = np.concatenate([prefixes(index.names) for index in indexes.values()])
    order = np.argsort(begin, kind="stable")
    alike = np.flatnonzero(begin[order[1:]] == begin[order[:-1]])
    for one, other in zip(order[alike].tolist(), order[alike + 1].tolist(), strict=True):
        earlier, later = (indexes[numbers[at]].names[rows[at]] for at in (one, other))
        if (earlier == later).all():
            found[int(numbers[other])][rows[other]] = True
    return {number: again for number, again in found.items() if again.any()}


def read(path: str, hash_size: int) -> Index:
    """The index in the file at ``path``; raises :class:`DamageError` and :class:`OSError`."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        data = np.fromfile(file, np.uint8, size)
    if data[:4].tobytes() == _MAGIC:
        if data[4:8].tobytes() != b"\0\0\0\2":
            raise DamageError("its index is of a version that is not known")
        index = _second(data, hash_size)
    else:
        index = _first(data, hash_size)
    return index


def _count(fanout: npt.NDArray[Any]) -> int:
    """The number of objects: the last of the numbers of those whose first byte is at most so and so."""
    if len(fanout) != _FANOUT or (fanout[1:] < fanout[:-1]).any():
        raise DamageError("its index is damaged")
    return int(fanout[-1])


def _table(data: Bytes, start: int, count: int, of: str) -> npt.NDArray[Any]:
    dtype = np.dtype(of)
    if start + count * dtype.itemsize > len(data):
        raise DamageError("its index is truncated")
    return np.frombuffer(data, dtype, count, start)


def _second(data: Bytes, hash_size: int) -> Index:
    count = _count(_table(data, 8, _FANOUT, ">u4"))
    start = 8 + 4 * _FANOUT
    names = _table(data, start, count * hash_size, "u1").reshape(count, hash_size).copy()
    start += count * (hash_size + 4)  # a checksum of four bytes each
    offsets = _table(data, start, count, ">u4").astype(np.int64)
    start += 4 * count
    far = np.flatnonzero(offsets & _FAR)
    if far.size:
        offsets[far] = _distant(data, start, offsets[far] & ~_FAR)
    return Index(names, narrow(offsets))


def _distant(data: Bytes, start: int, rows: Offsets) -> Offsets:
    """Places beyond two gigabytes stand in a table of their own."""
    table = _table(data, start, int(rows.max()) + 1, ">i8")
    return table[rows].astype(np.int64)


def _first(data: Bytes, hash_size: int) -> Index:
    count = _count(_table(data, 0, _FANOUT, ">u4"))
    rows = _table(data, 4 * _FANOUT, count * (4 + hash_size), "u1").reshape(count, 4 + hash_size)
    offsets = np.ascontiguousarray(rows[:, :4]).view(">u4").ravel().astype(np.int64)
    return Index(rows[:, 4:].copy(), offsets)
