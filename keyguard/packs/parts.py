"""Divides a store into parts that cost about the same, each of them a few numbers to pickle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from keyguard.model import Skipped
from keyguard.packs import loose
from keyguard.packs.entries import BATCH
from keyguard.packs.inflate import inflater
from keyguard.packs.pack import give_back
from keyguard.packs.reader import Reader, plan
from keyguard.packs.stored import KINDS, DamageError, Stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Offsets
    from keyguard.packs.pack import Pack
    from keyguard.packs.store import Store
    from keyguard.packs.stored import Kind
    from keyguard.packs.table import Firsts, Table

SHARES: Final = 16
"""Parts for each process, so that all have something to do until the end."""

LEAST: Final = 20_000_000.0
"""Nanoseconds that a part should take at least, so that it is worth sending to another process."""

MOST: Final = 250_000_000.0
"""Nanoseconds that a part takes at most, unless it is one family: what is planned is held in memory."""


MANY: Final = 16_384
"""Objects of a part at most, unless it is one family, for the same reason."""

LOST: Final = "the pack ends before it"
CYCLE: Final = "the deltas that make it form a cycle"

LOOSE: Final = 150_000.0
"""Nanoseconds that a loose object takes: its file has to be opened."""

ENDLESS: Final = -1
"""Where the entries whose deltas form a cycle seem to begin; so that they have a part of their own."""


class PackPart(NamedTuple):
    """The families of a pack that begin at the entries from ``begin`` to ``end``."""

    store: Store
    number: int
    begin: int
    end: int
    kinds: frozenset[Kind]
    share: int = 0
    shares: int = 1
    """When one family is too much for a part, this is the ``share``th of ``shares``."""

    @property
    def endless(self) -> bool:
        """Whether it is what the deltas of a pack make of nothing: only :meth:`objects` can read that."""
        return self.begin == ENDLESS

    def stored(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Name and inflated bytes of each entry just as it is stored, which may be as a delta.

        None for the bytes where only :meth:`Store.load` can tell what they are.  Deltas insert what is new
        (gitformat-pack(5)): whoever looks for something rare finds it in them without applying any.
        """
        pack = self.store.use(self.store.packs[self.number])
        table = pack.table
        entries = table.family(self.begin, self.end)
        entries = entries[_chosen(table, table.tops[entries], self.kinds)]
        first, last = (len(entries) * share // self.shares for share in (self.share, self.share + 1))
        inflated = inflater(pack.file())
        for batch in np.split(entries[first:last], range(BATCH, last - first, BATCH)):
            yield from zip(pack.names(batch), map(inflated, pack.places(batch)), strict=True)
            pack.forget()

    def objects(self) -> Iterator[Stored | Skipped]:
        """Every object, or why it cannot be read."""
        pack = self.store.use(self.store.packs[self.number])
        try:
            table = pack.table
        except DamageError as error:
            yield Skipped(pack.path, error.message)
            return
        except OSError as error:
            yield Skipped(pack.path, f"cannot be read: {error.strerror}")
            return
        if self.endless:
            yield from self._hopeless(pack)
            return
        entries = table.family(self.begin, self.end)
        entries = entries[_chosen(table, table.tops[entries], self.kinds)]
        again = self.store.again(self.number)
        wanted = np.ones(len(entries), bool) if again is None else ~again[table.positions[entries]]
        steps = plan(pack, entries, wanted)
        first, end = (len(steps.codes) * share // self.shares for share in (self.share, self.share + 1))
        yield from Reader(pack, steps, self.store, self.kinds).objects(first, end)

    def _hopeless(self, pack: Pack) -> Iterator[Stored | Skipped]:
        """What is outside of the pack, or made from itself; another pack may have it all the same."""
        table = pack.table
        endless = table.positions[np.flatnonzero(table.tops == ENDLESS)]
        for positions, reason in ((table.lost, LOST), (endless, CYCLE)):
            for position in positions.tolist():
                oid = pack.index.name(position)
                try:
                    found = self.store.load(oid, pack)
                except DamageError:
                    found = None
                if found is None:
                    yield Skipped(f"object {oid.hex()}", f"cannot be read: {reason}")
                elif found[0] in self.kinds:
                    yield Stored(oid, *found)


class LoosePart(NamedTuple):
    """The loose objects of a directory that are in the subdirectories ``fans``."""

    store: Store
    directory: str
    fans: tuple[str, ...]
    kinds: frozenset[Kind]

    def objects(self) -> Iterator[Stored | Skipped]:
        """Every object that is in no pack, or why it cannot be read."""
        for fan in self.fans:
            try:
                names = list(loose.listed(self.directory, fan, self.store.hash_size))
            except OSError as error:
                yield Skipped(f"{self.directory}/{fan}", f"cannot be read: {error.strerror}")
                continue
            for name in self.store.only_loose(self.directory, names):
                yield from self._read(name)

    def _read(self, name: str) -> Iterator[Stored | Skipped]:
        try:
            kind, content = loose.read(self.directory, name)
        except DamageError as error:
            yield Skipped(f"object {name}", f"cannot be read: {error.message}")
        except OSError as error:
            yield Skipped(f"object {name}", f"cannot be read: {error.strerror}")
        else:
            if kind in self.kinds:
                yield Stored(bytes.fromhex(name), kind, content)


Part = PackPart | LoosePart


def divided(store: Store, jobs: int, kinds: frozenset[Kind]) -> list[Part]:
    """The parts of a store, for so many processes."""
    usable = [number for number, pack in enumerate(store.packs) if store.fault(pack) is None]
    store.note(note for pack in store.packs for note in pack.notes)
    heads = {number: _heads(store, number, kinds) for number in usable}
    total = sum(float(of.costs.sum()) for of in heads.values())
    target = min(max(total / (jobs * SHARES), LEAST), MOST)
    parts: list[Part] = []
    for number, pack in enumerate(store.packs):
        if number not in heads:
            parts.append(PackPart(store, number, 0, 0, kinds))
            continue
        table = pack.table
        if len(table.lost) or (table.tops == ENDLESS).any():
            parts.append(PackPart(store, number, ENDLESS, 0, kinds))
        for begin, end, shares in _cut(heads[number], target):
            parts += [PackPart(store, number, begin, end, kinds, share, shares) for share in range(shares)]
    for directory in store.directories:
        parts += [
            LoosePart(store, directory, fans, kinds) for fans in _fans(directory, store.hash_size, target)
        ]
    give_back()
    return parts


def _chosen(table: Table, tops: Numbers | Offsets, kinds: frozenset[Kind]) -> npt.NDArray[np.bool_]:
    """Of each family, whether it is of these kinds, or of one that is known only when it is read."""
    known = np.array([kind is None or kind in kinds for kind in (*KINDS, None, None, None)])
    return known[table.types[tops]]


def _heads(store: Store, number: int, kinds: frozenset[Kind]) -> Firsts:
    """The families of which anything is to be given."""
    table = store.packs[number].table
    heads = table.firsts()
    heads = heads.only(_chosen(table, heads.entries, kinds))
    again = store.again(number)
    if again is None:
        return heads
    return heads.only(np.isin(heads.entries, table.tops[~again[table.positions]]))


def _cut(heads: Firsts, target: float) -> Iterator[tuple[int, int, int]]:
    """Where parts begin and end, and by how many processes each is to be shared."""
    begin, cost, count = 0, 0.0, 0
    costs, counts = np.cumsum(heads.costs, dtype=np.float64), np.cumsum(heads.counts)
    while begin < len(costs):
        within = (
            np.searchsorted(costs, cost + target, "right"),
            np.searchsorted(counts, count + MANY, "right"),
        )
        end = max(begin + 1, int(min(within)))
        own = float(costs[end - 1]) - cost
        yield int(heads.entries[begin]), int(heads.entries[end - 1]) + 1, max(1, round(own / target))
        begin, cost, count = end, float(costs[end - 1]), int(counts[end - 1])


def _fans(directory: str, hash_size: int, target: float) -> Iterator[tuple[str, ...]]:
    """The subdirectories of loose objects, in groups."""
    group: list[str] = []
    cost = 0.0
    for fan in loose.FANS:
        try:
            count = sum(1 for _ in loose.listed(directory, fan, hash_size))
        except OSError:
            count = 1  # reading it will say what is wrong
        if count:
            group.append(fan)
            cost += count * LOOSE
        if cost > target:
            yield tuple(group)
            group, cost = [], 0.0
    if group:
        yield tuple(group)
