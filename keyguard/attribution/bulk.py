"""Reads whole delta families at once, so that they can be searched before any delta is applied.

A tree differs little from the one that it is stored against: applying its delta copies twenty kilobytes to
change twenty bytes.  What is new in it stands in the delta.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
from isal import isal_zlib

from keyguard.packs import deltas, families
from keyguard.packs.inflate import TAME, inflate
from keyguard.packs.reader import Reader, plan
from keyguard.packs.stored import KINDS, WHOLE, DamageError, Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from keyguard.packs import Kind, Store
    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes, Offsets
    from keyguard.packs.pack import Pack
    from keyguard.packs.table import Table

    Mask = npt.NDArray[np.bool_]

BATCH: Final = 8 << 20
"""Bytes, inflated, of the families that are in memory at a time, unless one alone is larger."""

LARGE: Final = 64 << 20
"""Bytes, inflated, above which a family is read the slow way, which holds no more than it must."""

SHARE: Final = 200_000_000.0
"""Nanoseconds that a part takes if every object in it is made; to search it takes a fifth of that."""

_State = TypeVar("_State")


class Families(NamedTuple):
    """Some of the families of a pack, by the entries they begin with."""

    store: Store
    number: int
    tops: Numbers

    @property
    def pack(self) -> Pack:
        """The pack."""
        return self.store.use(self.store.packs[self.number])


class Batch(NamedTuple):
    """Whole families; the lists have an item for each entry."""

    pack: Pack
    entries: Offsets
    begins: Offsets
    """Where in the lists families begin."""
    parents: list[int]
    """Where in the lists the base is; its own place when there is none."""
    raws: list[bytes]
    """What is stored: a delta, or the first of a family."""

    def family(self, number: int) -> tuple[int, int]:
        """Where in the lists the family begins and ends."""
        end = len(self.raws) if number + 1 == len(self.begins) else int(self.begins[number + 1])
        return int(self.begins[number]), end

    def name(self, at: int) -> bytes:
        """The name of an object."""
        return self.pack.name(int(self.entries[at]))

    def names(self) -> list[bytes]:
        """The names of all."""
        rows: Bytes = self.pack.index.names[self.pack.table.positions[self.entries]]
        return rows.view(f"V{self.pack.hash_size}").ravel().tolist()


def of_kind(table: Table, kinds: frozenset[Kind]) -> Numbers:
    """The first entries of the families of these kinds, and of those whose kind cannot be told from it."""
    known = np.array([kind is None or kind in kinds for kind in (*KINDS, None, None, None)])
    tops = np.flatnonzero(table.tops == np.arange(len(table.tops)))
    return tops[known[table.types[tops]]].astype(np.int32)


def cut(store: Store, number: int, tops: Numbers) -> Iterator[Families]:
    """The families that begin with ``tops``, in parts that cost about the same."""
    costs = np.cumsum(store.packs[number].table.costs[tops], dtype=np.float64)
    shares = (costs / SHARE).astype(np.int64)
    for part in np.split(tops, np.flatnonzero(np.diff(shares)) + 1):
        if len(part):
            yield Families(store, number, part)


def batches(part: Families) -> Iterator[Batch | Offsets]:
    """Its families, and of those that are too large, damaged or not complete in this pack, the entries."""
    pack = part.pack
    table = pack.table
    chosen = np.zeros(len(table.starts), bool)
    chosen[part.tops] = True
    entries = table.families[table.tops[table.families] >= 0]
    entries = entries[chosen[table.tops[entries]]].astype(np.int64)
    odd = ~np.isin(table.types[table.tops[entries]], (1, 2, 3, 4))
    yield from (entries[odd],) if odd.any() else ()
    entries = entries[~odd]
    begins = np.flatnonzero(np.diff(table.tops[entries], prepend=-1))
    sizes = pack.headers(table.starts[entries]).sizes
    for first, end in _groups(np.add.reduceat(sizes, begins) if len(begins) else sizes):
        begin = int(begins[first])
        stop = len(entries) if end == len(begins) else int(begins[end])
        yield from _batch(pack, entries[begin:stop], begins[first:end] - begin)


def _groups(sizes: Offsets) -> Iterator[tuple[int, int]]:
    """Which families go together."""
    first, held = 0, 0
    for at, size in enumerate(sizes.tolist()):
        if at > first and held + size > BATCH:
            yield first, at
            first, held = at, 0
        held += size
    if len(sizes):
        yield first, len(sizes)


def _batch(pack: Pack, entries: Offsets, begins: Offsets) -> Iterator[Batch | Offsets]:
    table = pack.table
    places = np.searchsorted(entries, entries)  # placeholder, replaced below
    del places
    order = np.argsort(entries, kind="stable")
    parents = order[np.searchsorted(entries[order], table.bases[entries])]
    raws = _inflated(pack, entries)
    family = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(entries)))
    bad = np.array([raw is None for raw in raws]) | (parents > np.arange(len(parents)))
    if not bad.any():
        yield Batch(pack, entries, begins, parents.tolist(), raws)
        return
    poor = np.isin(family, family[bad])
    yield entries[poor]
    ...


def _inflated(pack: Pack, entries: Offsets) -> list[bytes | None]:
    ...
