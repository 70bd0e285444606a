"""Finds the trees that hold given objects, by one look at every stored byte of every tree."""

from __future__ import annotations

import re
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from keyguard.attribution import bulk
from keyguard.packs.stored import DamageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.attribution.bulk import Batch, Families

    Row = tuple[bytes, bytes, bytes]

TREE: Final = frozenset(("tree",))
MANY: Final = 16
"""Objects in a tree from which on it is cheaper to look at every entry than to search for each."""

GITLINK: Final = b"160000"
_WINDOW: Final = 4


class Matcher:
    """Finds pieces of names: wherever a name stands, several of these begin at a multiple of four.

    A delta need not hold a name in one piece: what happens to be the same as before is copied, and what is
    inserted is cut every 127 bytes.
    """

    def __init__(self, names: bytes, size: int) -> None:
        """Look for ``names`` of ``size`` bytes each, one behind the other."""
        self.names = [names[at : at + size] for at in range(0, len(names), size)]
        rows = np.frombuffer(names, np.uint8).reshape(-1, size)
        pieces = np.concatenate(
            [_numbers(rows[:, at : at + _WINDOW].tobytes()) for at in range(size - _WINDOW + 1)]
        )
        order = np.argsort(pieces, kind="stable")
        self._pieces = pieces[order]
        self._owners = (order % len(rows)).astype(np.int32)
        bits = min(max(16, len(pieces).bit_length() + 4), 22)
        self._mask, self._shift = np.uint32((1 << bits) - 1), np.uint32(32 - min(bits + 2, 24))
        self._first, self._second = np.zeros(1 << bits, bool), np.zeros(1 << 24, bool)
        self._first[pieces & self._mask] = True
        self._second[(pieces * _ODD) >> self._shift] = True

    def find(self, raws: list[bytes]) -> dict[int, set[bytes]]:
        """Of each of the ``raws`` in which pieces are, whose they are."""
        numbers = _numbers(b"".join(raws))
        places = np.flatnonzero(self._first[numbers & self._mask])
        places = places[self._second[(numbers[places] * _ODD) >> self._shift]]
        wanted = numbers[places]
        order = np.argsort(wanted)
        places, wanted = places[order], wanted[order]
        first = np.searchsorted(self._pieces, wanted)
        there = np.flatnonzero(self._pieces[np.minimum(first, len(self._pieces) - 1)] == wanted)
        first, places, wanted = first[there], places[there], wanted[there]
        last = np.searchsorted(self._pieces, wanted, "right")
        ends = np.cumsum([len(raw) for raw in raws])
        which = np.searchsorted(ends, places * _WINDOW, "right")
        found: dict[int, set[bytes]] = {}
        for at, start, end in zip(which.tolist(), first.tolist(), last.tolist(), strict=True):
            for owner in self._owners[start:end].tolist():
                found.setdefault(at, set()).add(self.names[owner])
        return found


_ODD = np.uint32(0x9E3779B1)


def _numbers(data: bytes):
    return np.frombuffer(data, "<u4", len(data) // _WINDOW)


@lru_cache(maxsize=1)
def _matcher(names: bytes, size: int) -> Matcher:
    return Matcher(names, size)


def search(part: Families, wanted: bytes) -> list[Row]:
    """The entries for the objects ``wanted`` in the trees of a part: the tree, the name, the object."""
    size = part.store.hash_size
    matcher = _matcher(wanted, size)
    every = frozenset(matcher.names)
    reader = Entries(size)
    rows: list[Row] = []
    for batch in bulk.batches(part):
        if isinstance(batch, bulk.Batch):
            rows += _searched(batch, matcher, reader)
        else:
            for one in bulk.slowly(part, batch, TREE):
                if isinstance(one.data, bytes):
                    rows += [(one.oid, name, oid) for name, oid in reader.among(one.data, every)]
    return rows


def _searched(batch: Batch, matcher: Matcher, reader) -> Iterator[Row]:
    hits = matcher.find(batch.raws)
    if not hits:
        return []
    rows: list[Row] = []

    def visit(at, content, told):
        wanted = hits.get(at, ())
        if told:
            wanted = told.union(wanted)
        if not wanted:
            return None
        found = reader.among(content, wanted)
        rows.extend([(batch.names[at], name, oid) for name, oid in found])
        return {oid for _, oid in found}

    begins = np.array(batch.begins)
    for family in np.unique(np.searchsorted(begins, sorted(hits), "right") - 1).tolist():
        begin, end = batch.begins[family : family + 2]
        useful = bytearray(end - begin)
        for at in range(end - 1, begin - 1, -1):
            if at in hits or useful[at - begin]:
                useful[at - begin] = 1
                useful[batch.parents[at] - begin] = 1
        if not useful[0]:
            continue
        bulk.walk(batch, family, visit, useful)
    return rows


class Entries:
    def __init__(self, size: int) -> None:
        self._size = size
        self._heads: dict[bytes, list[bytes]] = {}
        self._pattern = re.compile(rb"([0-7]+) ([^\0]+)\0(.{%d})" % size, re.S)

    def among(self, data, wanted):
        if len(wanted) > MANY:
            return [
                (name, oid)
                for mode, name, oid in self._pattern.findall(data)
                if oid in wanted and mode != GITLINK
            ]
        found = []
        for oid in wanted:
            at = data.find(oid)
            while at >= 0:
                head = self._head(data, at)
                if head is not None:
                    mode, _, name = head[:-1].partition(b" ")
                    if mode != GITLINK:
                        found.append((name, oid))
                at = data.find(oid, at + 1)
        return found

    def _head(self, data, at):
        last = data[at - 8 : at]
        for head in self._heads.get(last, ()):
            begin = at - len(head)
            if data.startswith(head, begin) and (
                begin == 0 or begin > self._size and data[begin - self._size - 1] == 0
            ):
                return head
        begin = 0
        while begin < at:
            end = data.find(b"\0", begin) + 1
            if end == at:
                head = data[begin:end]
                self._heads.setdefault(last, []).append(head)
                return head
            if not end:
                break
            begin = end + self._size
        return None
