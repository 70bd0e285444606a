"""Reads what packs store of many objects: as it is, to search it, or made, family by family.

A tree is stored as a delta of a few hundred bytes to another one, and to apply it copies tens of kilobytes.
What is new in the tree stands in the delta.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from isal import isal_zlib

from keyguard.packs import DamageError, Stored
from keyguard.packs.inflate import InflateError, inflate
from keyguard.packs.reader import Reader, plan
from keyguard.packs.stored import KINDS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from keyguard.packs import Kind, Store
    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes, Offsets
    from keyguard.packs.pack import Pack

    Mask = npt.NDArray[np.bool_]

BATCH: Final = 8 << 20
"""Bytes, inflated, that are in memory at a time, unless a single object is larger."""

TAME: Final = 64 << 10
"""Bytes that are inflated without a look at what comes of it: 66 MB at most (RFC 1951)."""

SHARE: Final = 200_000_000.0
"""Nanoseconds that it would take to make the objects of a part; to search them takes a fifth of that."""


class Families(NamedTuple):
    """Some families of a pack, by the entries that they begin with, in order; small to pickle."""

    store: Store
    number: int
    tops: Numbers

    @property
    def pack(self) -> Pack:
        """The pack that they are in."""
        return self.store.use(self.store.packs[self.number])


def readable(store: Store) -> Iterator[tuple[int, Pack]]:
    """The packs that can be read, with their numbers."""
    for number, pack in enumerate(store.packs):
        try:
            _ = store.use(pack).table
        except (DamageError, OSError):
            continue
        yield number, pack


def of_kind(pack: Pack, kinds: frozenset[Kind]) -> Numbers:
    """The first entries of the families of these kinds, and of those whose kind only reading them tells."""
    table = pack.table
    tops = np.flatnonzero(table.tops == np.arange(len(table.tops)))
    return tops[_known(kinds)[table.types[tops]]].astype(np.int32)


def _known(kinds: frozenset[Kind]) -> Mask:
    return np.array([kind is None or kind in kinds for kind in (*KINDS, None, None, None)])


def cut(store: Store, number: int, tops: Numbers) -> Iterator[Families]:
    """The families that begin with ``tops``, in parts that cost about the same."""
    costs = np.cumsum(store.packs[number].table.costs[tops], dtype=np.float64)
    for part in np.split(tops, np.flatnonzero(np.diff((costs / SHARE).astype(np.int64))) + 1):
        if len(part):
            yield Families(store, number, part)


def members(pack: Pack, tops: Numbers) -> Offsets:
    """The entries of the families that begin with ``tops``: by family, and within one in file order."""
    order = _order(pack)
    begins, ends = np.searchsorted(order, tops), np.searchsorted(order, tops, "right")
    return pack.table.families[ranges(begins, ends - begins)].astype(np.int64)


@lru_cache(maxsize=1)
def _order(pack: Pack) -> Numbers:
    """The family of each member, in the order in which the table has them."""
    return pack.table.tops[pack.table.families]


def ranges(begins: Offsets, counts: Offsets) -> Offsets:
    """The numbers from each of ``begins`` on, so many as ``counts`` says."""
    return np.arange(counts.sum()) + np.repeat(begins - np.cumsum(counts) + counts, counts)


def names(pack: Pack, entries: Offsets) -> Bytes:
    """The names of entries, a row each."""
    return pack.index.names[pack.table.positions[entries]]


class Batch(NamedTuple):
    """Entries, and what is stored for them: a delta, or an object as it is."""

    entries: Offsets
    raws: list[bytes]


def batches(part: Families) -> Iterator[Batch | Offsets]:
    """What is stored of the families; then the entries of those that are unusual or damaged."""
    pack = part.pack
    table = pack.table
    entries = members(pack, part.tops)
    odd = [part.tops[_known(frozenset())[table.types[part.tops]]]]
    entries = entries[~np.isin(table.tops[entries], odd[0])]
    total = np.cumsum(table.sizes[entries])
    for batch in np.split(entries, np.flatnonzero(np.diff(total // BATCH)) + 1):
        raws = list(map(inflater(pack), places(pack, batch)))
        good = np.array([raw is not None for raw in raws], bool)
        odd.append(table.tops[batch[~good]])
        yield Batch(batch[good], [raw for raw in raws if raw is not None])
        pack.forget()
    poor = np.unique(np.concatenate(odd))
    if len(poor):
        yield members(pack, poor)


def places(pack: Pack, entries: Offsets) -> list[tuple[int, int, int]]:
    """Where entries begin and end in the pack, behind their headers, and the bytes they inflate to."""
    table = pack.table
    columns = (table.starts[entries] + table.heads[entries], table.ends(entries), table.sizes[entries])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def inflater(pack: Pack) -> Callable[[tuple[int, int, int]], bytes | None]:
    """What inflates an entry at such a place; its result is None for what is damaged or very large.

    It runs for every tree and commit, so it makes no call that can be spared.
    """
    view, decompress = pack.view(), isal_zlib.decompress

    def inflated(place: tuple[int, int, int]) -> bytes | None:
        begin, end, size = place
        try:
            if end - begin <= TAME and size <= WHOLE:
                data: bytes = decompress(view[begin:end], 15, size + 1)
            else:
                data = inflate(view[begin:end], size) if size <= WHOLE else b""
        except (InflateError, DamageError):
            return None
        return data if len(data) == size else None

    return inflated


def slowly(part: Families, entries: Offsets, kinds: frozenset[Kind]) -> Iterator[tuple[bytes, Kind, bytes]]:
    """Name, kind and content of what is in whole families, whatever the matter, as far as it can be read.

    What is larger than :data:`~keyguard.packs.stored.WHOLE` is left out.
    """
    entries = np.sort(entries)
    steps = plan(part.pack, entries, np.ones(len(entries), bool))
    for one in Reader(part.pack, steps, part.store, kinds).objects():
        if isinstance(one, Stored) and isinstance(one.data, bytes):
            yield one.oid, one.kind, one.data
