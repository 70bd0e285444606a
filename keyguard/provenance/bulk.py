"""Reads what packs store of many objects: as it is, to search it, or made, family by family.

A tree is stored as a delta of a few hundred bytes to another one, and to apply it copies tens of kilobytes.
What is new in the tree stands in the delta.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from keyguard.packs import DamageError, Stored
from keyguard.packs.inflate import inflater
from keyguard.packs.reader import Reader, plan
from keyguard.packs.stored import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from keyguard.packs import Kind, Store
    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Offsets
    from keyguard.packs.pack import Pack
    from keyguard.packs.table import Firsts

    Mask = npt.NDArray[np.bool_]

BATCH: Final = 8 << 20
"""Bytes, inflated, that are in memory at a time, unless a single object is larger."""

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
    heads = _heads(store.packs[number])
    costs = np.cumsum(heads.costs[np.searchsorted(heads.entries, tops)], dtype=np.float64)
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


@lru_cache(maxsize=1)
def _heads(pack: Pack) -> Firsts:
    """Its families: what leads to a key is cut into parts several times."""
    return pack.table.firsts()


def ranges(begins: Offsets, counts: Offsets) -> Offsets:
    """The numbers from each of ``begins`` on, so many as ``counts`` says."""
    return np.arange(counts.sum()) + np.repeat(begins - np.cumsum(counts) + counts, counts)


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
        raws = list(map(inflater(pack.file()), pack.places(batch)))
        good = np.array([raw is not None for raw in raws], bool)
        odd.append(table.tops[batch[~good]])
        yield Batch(batch[good], [raw for raw in raws if raw is not None])
        pack.forget()
    poor = np.unique(np.concatenate(odd))
    if len(poor):
        yield members(pack, poor)


def slowly(part: Families, entries: Offsets, kinds: frozenset[Kind]) -> Iterator[tuple[bytes, Kind, bytes]]:
    """Name, kind and content of what is in whole families, whatever the matter, as far as it can be read.

    What is larger than :data:`~keyguard.packs.stored.WHOLE` is left out.
    """
    entries = np.sort(entries)
    steps = plan(part.pack, entries, np.ones(len(entries), bool))
    for one in Reader(part.pack, steps, part.store, kinds).objects():
        if isinstance(one, Stored) and isinstance(one.data, bytes):
            yield one.oid, one.kind, one.data
