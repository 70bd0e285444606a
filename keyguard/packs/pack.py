"""Opens a pack and gives what is stored in it, still deflated."""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keyguard.packs import index, table
from keyguard.packs.entries import headers
from keyguard.packs.stored import DamageError

if TYPE_CHECKING:
    from keyguard.packs.index import Bytes, Index
    from keyguard.packs.table import Table


class Entry(NamedTuple):
    """One entry: its type, the size of what is deflated, the deflated bytes, and its base."""

    type: int
    size: int
    raw: memoryview
    base: int | None
    """The entry of its base, if that is in the same pack."""
    base_name: bytes


class Pack:
    """A pack file and its index.  Both are read when they are asked for and may be let go of in between."""

    def __init__(self, path: str, hash_size: int) -> None:
        """Read the pack at ``path``, in a repository whose object names have ``hash_size`` bytes."""
        self.path = path
        self.hash_size = hash_size
        self._index: Index | None = None
        self._table: Table | None = None
        self._map: mmap.mmap | None = None

    @property
    def index(self) -> Index:
        """Its index; raises :class:`DamageError` and :class:`OSError`."""
        if self._index is None:
            self._index = self._read_index()
        return self._index

    def _read_index(self) -> Index:
        read = index.read(self.path.removesuffix(".pack") + ".idx", self.hash_size)
        data = self.data()
        if data[:4].tobytes() != b"PACK" or data[4:8].tobytes() not in (b"\0\0\0\2", b"\0\0\0\3"):
            raise DamageError("it is not a pack")
        count = int.from_bytes(data[8:12].tobytes(), "big")
        if count != len(read.offsets):
            raise DamageError(f"its index has {len(read.offsets)} objects, it says that it holds {count}")
        return read

    @property
    def table(self) -> Table:
        """Its entries."""
        if self._table is None:
            self._table = table.table(self.data(), self.index, self.forget)
        return self._table

    def data(self) -> Bytes:
        """All its bytes."""
        if self._map is None:
            self._map = _mapped(self.path)
        return np.frombuffer(self._map, np.uint8)

    def view(self) -> memoryview:
        """All its bytes but the checksum at the end."""
        return memoryview(self.data()[: -self.hash_size])

    def forget(self) -> None:
        """Give back the pages that were read: they stay in the system's cache, but are no longer ours."""
        if self._map is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Let go of the file; it is opened again when it is needed."""
        self._map = None

    def name(self, at: int) -> bytes:
        """The name of the object whose entry is ``at``."""
        return self.index.name(int(self.table.positions[at]))

    def find(self, oid: bytes) -> int | None:
        """The entry of the object ``oid``."""
        position = self.index.find(oid)
        return None if position is None else self.table.entry(int(self.index.offsets[position]))

    def entry(self, at: int) -> Entry:
        """The entry ``at``."""
        start = int(self.table.starts[at])
        found = headers(self.data(), self.table.starts[at : at + 1], self.hash_size)
        body, base = int(found.bodies[0]), int(self.table.bases[at])
        view = self.view()
        return Entry(
            int(self.table.types[at]),
            int(found.sizes[0]),
            view[body:],
            None if base == at else base,
            view[max(body - self.hash_size, start) : body].tobytes(),
        )


def _mapped(path: str) -> mmap.mmap:
    with open(path, "rb") as file:
        if not os.fstat(file.fileno()).st_size:
            raise DamageError("it is empty")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
