"""Reads whole delta families at once, so that they can be searched before any delta is applied.

A tree is stored as a delta of a few hundred bytes to another one; to apply it copies tens of kilobytes.  What
is new in the tree stands in the delta.
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
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from keyguard.packs import Kind, Store
    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Offsets
    from keyguard.packs.pack import Pack

    Mask = npt.NDArray[np.bool_]

BATCH: Final = 8 << 20
"""Bytes, inflated, of the families that are in memory at a time, unless a single one is larger."""

LARGE: Final = 64 << 20
"""Bytes, inflated, from which on a family is read by :func:`slowly`, which does not hold it."""

SHARE: Final = 200_000_000.0
"""Nanoseconds that the objects of a part would take to make; to search them takes a fifth of that."""

_State = TypeVar("_State")


class Families(NamedTuple):
    """Some families of a pack, by the entries that they begin with; small to pickle."""

    store: Store
    number: int
    tops: Numbers

    @property
    def pack(self) -> Pack:
        """The pack that they are in."""
        return self.store.use(self.store.packs[self.number])


class Batch(NamedTuple):
    """Whole families, one behind the other; the lists have an item for each object."""

    names: list[bytes]
    begins: list[int]
    """Where each family begins, and where the last one ends."""
    parents: list[int]
    """Where the base is, which comes before; an object's own place when it has none."""
    raws: list[bytes]
    """What is stored: a delta, or the first of a family as it is."""


def of_kind(pack: Pack, kinds: frozenset[Kind]) -> Numbers:
    """The first entries of the families of these kinds, and of those whose kind only reading them tells."""
    table = pack.table
    known = np.array([kind is None or kind in kinds for kind in (*KINDS, None, None, None)])
    tops = np.flatnonzero(table.tops == np.arange(len(table.tops)))
    return tops[known[table.types[tops]]].astype(np.int32)


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
    chosen = np.zeros(len(table.starts), bool)
    chosen[part.tops] = True
    entries = table.families[np.searchsorted(table.tops[table.families], 0) :].astype(np.int64)
    entries = entries[chosen[table.tops[entries]]]
    plain = np.array([kind is not None for kind in (*KINDS, None, None, None)])[
        table.types[table.tops[entries]]
    ]
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
    raws = _inflated(pack, entries)
    good = _whole(table.tops[entries], np.array([raw is not None for raw in raws]))
    good &= _whole(table.tops[entries], table.bases[entries] <= entries)
    if not good.all():
        yield entries[~good]
        raws = [raw for raw, kept in zip(raws, good.tolist(), strict=True) if kept]
        entries = entries[good]
    if not len(entries):
        return
    places = np.zeros(int(entries.max()) + 1, np.int32)
    places[entries] = np.arange(len(entries))
    rows = pack.index.names[table.positions[entries]]
    yield Batch(
        rows.view(f"V{pack.hash_size}").ravel().tolist(),
        [*np.flatnonzero(np.diff(table.tops[entries], prepend=-1)).tolist(), len(entries)],
        places[table.bases[entries]].tolist(),
        [raw for raw in raws if raw is not None],
    )


def _whole(tops: Numbers, good: Mask) -> Mask:
    """Of each entry, whether all of its family are good."""
    return good if good.all() else ~np.isin(tops, tops[~good])


def _inflated(pack: Pack, entries: Offsets) -> list[bytes | None]:
    """What is stored for each entry; None for what cannot be inflated just so.

    The loop runs for every tree of a repository, so it makes no call that can be spared.
    """
    table = pack.table
    bodies, ends, sizes = (
        table.starts[entries] + table.heads[entries],
        table.ends(entries),
        table.sizes[entries],
    )
    quick = (ends - bodies <= TAME) & (sizes <= WHOLE)
    view, decompress, fault = pack.view(), isal_zlib.decompress, isal_zlib.error
    raws: list[bytes | None] = []
    columns = (bodies, ends, sizes, quick)
    for begin, end, size, tame in zip(*(column.tolist() for column in columns), strict=True):
        try:
            data = decompress(view[begin:end], 15, size + 1) if tame else _large(view[begin:end], size)
        except fault:
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

    With ``useful``, only those that it marks, counting from the family's first, and those whose base's visit
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
            needed = base is not None and (useful is None or useful[at] or told)
            content = deltas.apply(base, content) if needed else None
        told = None if content is None else visit(begin + at, content, told)
        if steps.needed[at]:
            bases.append((content, told))


def slowly(part: Families, entries: Offsets, kinds: frozenset[Kind]) -> Iterator[Stored]:
    """Whole families, whatever is the matter with them, as far as they can be read."""
    entries = np.sort(entries)
    steps = plan(part.pack, entries, np.ones(len(entries), bool))
    for one in Reader(part.pack, steps, part.store, kinds).objects():
        if isinstance(one, Stored):
            yield one
