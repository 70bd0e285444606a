"""Opens a pack and gives what is stored in it, still deflated."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from keyguard.model import Skipped
from keyguard.packs import index, table, unindexed
from keyguard.packs.file import PackFile
from keyguard.packs.inflate import forget
from keyguard.packs.reader import Alone, Reader, plan
from keyguard.packs.stored import ALL, DamageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes, Index, Offsets
    from keyguard.packs.stored import Stored
    from keyguard.packs.table import Table


_BEGINNINGS: Final = (b"PACK\0\0\0\2", b"PACK\0\0\0\3")


class Entry(NamedTuple):
    """One entry: its type, the size of what is deflated, the deflated bytes, and its base."""

    type: int
    size: int
    raw: memoryview
    rest: memoryview
    """The same to the end of the pack: an index can say that an entry ends too early."""
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
        self._file: PackFile | None = None
        self.notes: list[Skipped] = []
        """What there is to say about the file, once its index was asked for."""

    @property
    def index(self) -> Index:
        """Its index; raises :class:`DamageError` and :class:`OSError`."""
        if self._index is None:
            self._index = self._read_index()
        return self._index

    def _read_index(self) -> Index:
        data = self.data()
        if len(data) < table.FIRST + self.hash_size or data[:8].tobytes() not in _BEGINNINGS:
            raise DamageError("it is not a pack")
        count = int.from_bytes(data[8:12].tobytes(), "big")
        try:
            found = index.read(self.path.removesuffix(".pack") + ".idx", self.hash_size)
            unindexed.check(found, count)
        except FileNotFoundError:
            return self._make_index(count, "it has no index")
        except DamageError as error:
            return self._make_index(count, error.message)
        return found

    def _make_index(self, count: int, reason: str) -> Index:
        """Do without: read everything once to know what it is called."""
        found, faults = unindexed.made(self.data(), count, self.hash_size, self._read_all)
        self.notes = [Skipped(self.path, f"{reason}; {fault}") for fault in faults]
        if not faults:
            self.notes = [Skipped(self.path, f"{reason}; all its objects were read without", failed=False)]
        return found

    def _read_all(self, found: Index, entries: Table) -> Iterator[Stored | Skipped]:
        self._index, self._table = found, entries
        every = np.arange(len(entries.starts))[entries.tops >= 0]
        yield from Reader(self, plan(self, every, every >= 0), Alone(), ALL).objects()
        self._index = self._table = None

    @property
    def table(self) -> Table:
        """Its entries."""
        if self._table is None:
            self._table = table.table(self.data(), self.index, self.forget)
            self.index.forget_offsets()
            give_back()
        return self._table

    def data(self) -> Bytes:
        """All its bytes."""
        return np.frombuffer(self.file().map, np.uint8)

    def view(self) -> memoryview:
        """All its bytes but the checksum at the end."""
        return memoryview(self.file().map)[: -self.hash_size]

    def file(self) -> PackFile:
        """The open file."""
        if self._file is None:
            self._file = PackFile(self.path)
        return self._file

    def forget(self) -> None:
        """Give back the pages that were read: they stay in the system's cache, but are no longer ours."""
        forget(self.view())

    def close(self) -> None:
        """Let go of the file; it is opened again when it is needed."""
        self._file = None

    def name(self, at: int) -> bytes:
        """The name of the object whose entry is ``at``."""
        return self.index.name(int(self.table.positions[at]))

    def names(self, entries: Offsets) -> list[bytes]:
        """The names of the objects whose entries these are."""
        found: list[bytes] = self.rows(entries).view(f"V{self.hash_size}").ravel().tolist()
        return found

    def rows(self, entries: Offsets | Numbers) -> Bytes:
        """The same names, a row of bytes each."""
        return self.index.names[self.table.positions[entries]]

    def places(self, entries: Offsets) -> list[tuple[int, int, int]]:
        """Where entries begin and end in the pack, behind their headers, and the bytes they inflate to."""
        table = self.table
        columns = (table.starts[entries] + table.heads[entries], table.ends(entries), table.sizes[entries])
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def find(self, oid: bytes) -> int | None:
        """The entry of the object ``oid``."""
        position = self.index.find(oid)
        if position is None:
            return None
        found = np.flatnonzero(self.table.positions == position)
        return int(found[0]) if found.size else None

    def entry(self, at: int) -> Entry:
        """The entry ``at``."""
        entries = self.table
        start, base = int(entries.starts[at]), int(entries.bases[at])
        body = start + int(entries.heads[at])
        end = int(entries.starts[at + 1]) if at + 1 < len(entries.starts) else entries.end
        return Entry(
            int(entries.types[at]),
            int(entries.sizes[at]),
            self.file().read(body, end),
            self.file().rest(body),
            None if base == at else base,
            self.file().read(max(body - self.hash_size, start), body).tobytes(),
        )


def give_back() -> None:
    """Give free memory back to the system: glibc keeps what the making of a table, or of parts, left.

    Elsewhere there is no such function (malloc_trim(3)), and nothing is done.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
