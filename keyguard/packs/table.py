"""Knows of every entry of a pack where it is, what it is and what it is made from, in about 26 bytes each."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from keyguard.packs import families
from keyguard.packs.entries import INVALID, headers, in_order
from keyguard.packs.index import narrow
from keyguard.packs.stored import OFS_DELTA, REF_DELTA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes, Index, Offsets, Places

WINDOW: Final = 16 << 20
"""Bytes of the pack that are looked at before their pages are given back."""

FIRST: Final = 12
"""Where the first entry begins: behind a signature, a version and a count of four bytes each."""

ENTRY: Final = 4_000.0
"""Nanoseconds that an entry costs, however small.  This and the next two were measured on git/git."""

INFLATED: Final = 4.0
"""Nanoseconds that a stored byte costs."""

MADE: Final = 0.3
"""Nanoseconds that a byte of the result costs, which is guessed to be as long as the first of its family."""


class Firsts(NamedTuple):
    """Families, in order: the first entry of each, and how many entries it has."""

    entries: Numbers
    counts: Numbers
    costs: npt.NDArray[np.float32]
    """Nanoseconds that each takes; an estimate to divide the work by."""

    def only(self, chosen: npt.NDArray[np.bool_]) -> Firsts:
        """Those that are ``chosen``."""
        return Firsts(self.entries[chosen], self.counts[chosen], self.costs[chosen])


class Table(NamedTuple):
    """The entries of a pack in the order of the file."""

    starts: Places
    end: int
    positions: Numbers
    """Where the index has them."""
    types: Bytes
    sizes: Places
    """The bytes that each inflates to."""
    heads: Bytes
    """The bytes before what is deflated."""
    bases: Numbers
    """The entry that each is made from; itself when it is not made from another of this pack."""
    tops: Numbers
    """The first of each entry's family; -1 when there is none, because deltas form a cycle."""
    families: Numbers
    """The entries by family: in the order of :attr:`tops`, and within a family in that of the file."""
    lost: Numbers
    """What the index has outside of the pack."""

    def firsts(self) -> Firsts:
        """Its families, but for what is in a cycle."""
        grouped = families.at(self.tops, self.families)
        begins = np.flatnonzero(np.diff(grouped, prepend=-1))
        firsts, counts = grouped[begins], np.diff(begins, append=len(grouped)).astype(np.int32)
        stored = families.at(_lengths(self.starts, self.end), self.families)
        costs = np.float32(INFLATED) * np.add.reduceat(stored, begins) if len(begins) else stored[:0]
        costs += counts * (ENTRY + MADE * self.sizes[firsts])
        return Firsts(firsts, counts, costs)

    def family(self, begin: int, end: int) -> Offsets:
        """The entries whose families begin from ``begin`` to ``end``, in the order of the file."""
        first, last = (bisect_left(self.families, top, key=self.tops.__getitem__) for top in (begin, end))
        return np.sort(self.families[first:last]).astype(np.int64)

    def ends(self, entries: Offsets) -> Offsets:
        """Where ``entries`` end, at the latest."""
        last = len(self.starts) - 1
        following = self.starts[np.minimum(entries + 1, last)].astype(np.int64)
        return np.where(entries == last, self.end, following)


def table(data: Bytes, index: Index, forget: Callable[[], None]) -> Table:
    """The table of the pack that is ``data``; ``forget`` is called when the pages read may be given back."""
    end = len(data) - index.names.shape[1]
    positions = in_order(index.offsets).astype(np.int32)
    starts = index.offsets[positions]
    first, last = np.searchsorted(starts, (FIRST, end))
    lost = np.concatenate((positions[:first], positions[last:]))
    positions, starts = positions[first:last], starts[first:last]
    types, sizes, heads, bases = _read(data, index, starts, forget)
    tops = families.tops(bases)
    members = in_order(tops + 1).astype(np.int32)
    return Table(starts, end, positions, types, sizes, heads, bases, tops, members, lost)


def _read(
    data: Bytes, index: Index, starts: Places, forget: Callable[[], None]
) -> tuple[Bytes, Places, Bytes, Numbers]:
    """Types, sizes, lengths of headers and bases."""
    types = np.empty(len(starts), np.uint8)
    sizes = np.empty(len(starts), np.int64)
    heads = np.empty(len(starts), np.uint8)
    bases = np.arange(len(starts), dtype=np.int32)
    hash_size = index.names.shape[1]
    for window in _windows(starts):
        found = headers(data, starts[window].astype(np.int64), hash_size)
        types[window], sizes[window] = found.types, found.sizes
        heads[window] = found.bodies - starts[window]
        near = np.flatnonzero(found.types == OFS_DELTA)
        _link_near(types, bases, starts, window.start + near, found.backs[near])
        named = np.flatnonzero(found.types == REF_DELTA)
        if named.size:
            places = found.bodies[named, None] + np.arange(-hash_size, 0)
            _link_named(bases, starts, index, window.start + named, data[places])
        forget()
    return types, narrow(sizes), heads, bases


def _windows(starts: Places) -> Iterator[slice]:
    begin = 0
    while begin < len(starts):
        end = int(np.searchsorted(starts, starts[begin] + WINDOW))
        yield slice(begin, end)
        begin = end


def _link_near(types: Bytes, bases: Numbers, starts: Places, deltas: Offsets, backs: Offsets) -> None:
    """Find the bases that are so and so far back; where no entry begins, the delta is invalid."""
    wanted = starts[deltas] - backs
    found = np.searchsorted(starts, np.maximum(wanted, 0).astype(starts.dtype))
    known = starts[found] == wanted
    bases[deltas[known]] = found[known]
    types[deltas[~known]] = INVALID


def _link_named(bases: Numbers, starts: Places, index: Index, deltas: Offsets, names: Bytes) -> None:
    """Find the bases by their names; one that is not in this pack is not found here."""
    positions = index.find_all(names)
    known = positions >= 0
    wanted = index.offsets[positions[known]]
    found = np.minimum(np.searchsorted(starts, wanted), len(starts) - 1)
    there = starts[found] == wanted
    bases[deltas[known][there]] = found[there]


def _lengths(starts: Places, end: int) -> npt.NDArray[np.float32]:
    """The bytes that entries take, about."""
    lengths: npt.NDArray[np.float32] = np.empty(len(starts), np.float32)
    lengths[:-1] = np.diff(starts)
    lengths[-1:] = end - starts[-1:].astype(np.int64)
    return lengths
