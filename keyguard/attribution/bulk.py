"""Reads whole delta families at once, so that they can be searched before any delta is applied.

A tree is stored as a delta of a few hundred bytes to another one, and to apply it copies tens of kilobytes.
What is new in the tree stands in the delta.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
from isal import isal_zlib

from keyguard.packs import DamageError, Stored, deltas, families
from keyguard.packs.inflate import TAME, InflateError, inflate
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
"""Bytes, inflated, of the families that are in memory at a time, unless a single one is larger."""

LARGE: Final = 64 << 20
"""Bytes, inflated, from which on a family is read by :func:`slowly`, which does not hold it."""

SHARE: Final = 200_000_000.0
"""Nanoseconds that it would take to make the objects of a part; to search them takes a fifth of that."""

_State = TypeVar("_State")


class Families(NamedTuple):
    """Some families of a pack, by the entries that they begin with, in order; small to pickle."""

    store: Store
    number: int
    tops: Numbers

    @property
    def pack(self) -> Pack:
        """The pack that they are in."""
        return self.store.use(self.store.packs[self.number])


class Batch(NamedTuple):
    """Whole families, one behind the other; the lists have an item for each entry."""

    names: Bytes
    entries: list[int]
    begins: list[int]
    """Where each family begins, and where the last one ends."""
    parents: list[int]
    """Where the base is, which comes before; an entry's own place when it has none."""
    raws: list[bytes]
    """What is stored: a delta, or the first of a family as it is."""

    def name(self, at: int) -> bytes:
        """The name of an object."""
        name: bytes = self.names[at].tobytes()
        return name


def of_kind(pack: Pack, kinds: frozenset[Kind]) -> Numbers:
    """The first entries of the families of these kinds, and of those whose kind only reading them tells."""
    table = pack.table
    tops = np.flatnonzero(table.tops == np.arange(len(table.tops)))
    return tops[_known(kinds)[table.types[tops]]].astype(np.int32)


def _known(kinds: frozenset[Kind]) -> Mask:
    return np.array([kind is None or kind in kinds for kind in (*KINDS, None, None, None)])


def members(pack: Pack, tops: Numbers) -> Offsets:
    """The entries of the families that begin with ``tops``: by family, and within one in file order."""
    table = pack.table
    chosen = np.zeros(len(table.starts), bool)
    chosen[tops] = True
    entries = table.families[np.searchsorted(table.tops[table.families], 0) :].astype(np.int64)
    return entries[chosen[table.tops[entries]]]


def names(pack: Pack, entries: Offsets) -> Bytes:
    """The names of entries, a row each."""
    return pack.index.names[pack.table.positions[entries]]


def cut(store: Store, number: int, tops: Numbers) -> Iterator[Families]:
    """The families that begin with ``tops``, in parts that cost about the same."""
    costs = np.cumsum(store.packs[number].table.costs[tops], dtype=np.float64)
    for part in np.split(tops, np.flatnonzero(np.diff((costs / SHARE).astype(np.int64))) + 1):
        if len(part):
            yield Families(store, number, part)


def batches(part: Families) -> Iterator[Batch | Offsets]:
    """The families of a part; of those that are large, damaged or spread over packs, the entries alone."""
    pack = part.pack
    table = pack.table
    entries = members(pack, part.tops)
    plain = ~_known(frozenset())[table.types[table.tops[entries]]]
    if not plain.all():
        yield entries[~plain]
        entries = entries[plain]
    begins = np.flatnonzero(np.diff(table.tops[entries], prepend=-1))
    sizes = np.add.reduceat(table.sizes[entries], begins) if len(begins) else begins
    for first, end in _groups(sizes):
        group = entries[begins[first] : begins[end] if end < len(begins) else len(entries)]
        if sizes[first] > LARGE:
            yield group
        else:
            yield from _batch(pack, group)
        pack.forget()


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


def _batch(pack: Pack, entries: Offsets) -> Iterator[Batch | Offsets]:
    table = pack.table
    found = _inflated(pack, entries)
    good = np.array([raw is not None for raw in found]) & (table.bases[entries] <= entries)
    if not good.all():
        good = ~np.isin(table.tops[entries], table.tops[entries[~good]])
        yield entries[~good]
    raws = [raw for raw, whole in zip(found, good.tolist(), strict=True) if whole and raw is not None]
    entries = entries[good]
    if len(entries):
        begins = np.flatnonzero(np.diff(table.tops[entries], prepend=-1)).tolist()
        places = np.empty(int(entries.max()) + 1, np.int32)
        places[entries] = np.arange(len(entries))
        yield Batch(names(pack, entries), entries.tolist(), [*begins, len(entries)], places[table.bases[entries]].tolist(), raws)


def _inflated(pack: Pack, entries: Offsets) -> list[bytes | None]:
    """What is stored for each entry; None for what cannot be inflated just so.

    The loop runs for every tree of a repository, so it makes no call that can be spared.
    """
    table = pack.table
    sizes, ends = table.sizes[entries], table.ends(entries)
    begins = table.starts[entries] + table.heads[entries]
    quick = (ends - begins <= TAME) & (sizes <= WHOLE)
    view, decompress = pack.view(), isal_zlib.decompress
    raws: list[bytes | None] = []
    columns = (begins.tolist(), ends.tolist(), sizes.tolist(), quick.tolist())
    for begin, end, size, tame in zip(*columns, strict=True):
        try:
            data = decompress(view[begin:end], 15, size + 1) if tame else _large(view[begin:end], size)
        except InflateError:
            data = None
        raws.append(data if data is not None and len(data) == size else None)
    return raws


def _large(raw: memoryview, size: int) -> bytes | None:
    try:
        return inflate(raw, size) if size <= WHOLE else None
    except DamageError:
        return None


def walk(
    batch: Batch,
    family: int,
    visit: Callable[[int, bytes, _State | None], _State],
    useful: bytearray | None = None,
) -> None:
    """Make the objects of a family and ``visit`` each: its place, its content, and what its base's visit gave.

    With ``useful`` only those that it marks, counting from the family's first, and those whose base's visit
    gave something true; it must mark the bases of what it marks.  Raises :class:`DamageError`.
    """
    begin, end = batch.begins[family : family + 2]
    if end - begin == 1:
        visit(begin, batch.raws[begin], None)
        return
    steps = families.sequence([parent - begin for parent in batch.parents[begin:end]])
    bases: list[tuple[bytes | None, _State | None]] = []
    for at in steps.order:
        content: bytes | None = batch.raws[begin + at]
        told = None
        if at:
            base, told = bases[-1]
            if steps.last[at]:
                bases.pop()
            needed = useful is None or useful[at] or told
            content = deltas.apply(base, batch.raws[begin + at]) if base is not None and needed else None
        told = None if content is None else visit(begin + at, content, told)
        if steps.needed[at]:
            bases.append((content, told))


def slowly(
    part: Families, entries: Offsets, kinds: frozenset[Kind]
) -> Iterator[tuple[bytes, Kind, bytes]]:
    """Name, kind and content of what is in whole families, whatever is the matter with them, if it can be read.

    What is larger than :data:`~keyguard.packs.stored.WHOLE` is left out.
    """
    entries = np.sort(entries)
    steps = plan(part.pack, entries, np.ones(len(entries), bool))
    for one in Reader(part.pack, steps, part.store, kinds).objects():
        if isinstance(one, Stored) and isinstance(one.data, bytes):
            yield one.oid, one.kind, one.data
