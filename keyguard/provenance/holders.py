"""Finds the trees that hold given objects, themselves or in trees below them.

What is stored of trees is looked at once, for the names of all trees at once.  From there on only trees that
matter are made.  To look for the holders of the objects, then for the holders of these, and so on up to the
roots, would be to read everything as often as directories are deep.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keyguard.provenance import bulk
from keyguard.provenance.catalog import TREE, catalog
from keyguard.provenance.edges import Edges, Rows, joined
from keyguard.provenance.forest import Forest
from keyguard.provenance.hints import hints, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    import numpy.typing as npt

    from keyguard.packs import Store
    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes
    from keyguard.packs.pack import Pack
    from keyguard.provenance.bulk import Families
    from keyguard.provenance.catalog import Catalog
    from keyguard.provenance.hints import Hints
    from keyguard.provenance.run import Run

    Mask = npt.NDArray[np.bool_]


class Descent(NamedTuple):
    """Families in which to look for children, and the entries that may name them."""

    families: Families
    entries: Numbers
    children: Numbers


def holders(
    store: Store, found: list[bytes], loose: list[bytes], roots: Bytes, run: Run
) -> tuple[Catalog, Edges]:
    """Every entry of a tree that leads to one of the objects ``found``, and what the numbers in it stand for.

    ``loose`` are the loose trees, ``roots`` the trees of commits.
    """
    others = b"".join((*found, *loose))
    known = catalog(store, others)
    ahead = _Ahead(store, list(run(partial(hints, others=others), parts(store, loose))), roots)
    reached = np.zeros(len(known), bool)
    waiting = np.zeros((2, len(known)), bool)
    fresh = known.numbered(found)
    every: list[Edges] = []
    while len(fresh) or waiting.any():
        reached[fresh] = True
        waiting[:, fresh] = True
        turn = 0 if waiting[0].any() else 1
        wanted = waiting[turn].copy()
        waiting[turn] = False
        descents = list(ahead.descents(turn, wanted))
        one_by_one = map if len(descents) == 1 else run
        rows = joined([ahead.certain(wanted), *one_by_one(partial(descended, others=others), descents)])
        every.append(rows)
        fresh = np.unique(rows.trees[~reached[rows.trees]])
    return known, joined(every)


class _Ahead:
    """What trees may name, to go up from one to the next.

    Families with trees of commits among them have the second turn: most of the work is in them, and when
    there is nothing left to do in others, it is done once for all that is below.
    """

    def __init__(self, store: Store, those: Sequence[Hints], roots: Bytes) -> None:
        self._store = store
        self._certain = joined([one.certain for one in those])
        packed = [one for one in those if len(one.entries)]
        second = {number: _with_any(store.packs[number], roots) for number in {one.pack for one in packed}}
        tops = [store.packs[one.pack].table.tops[one.entries] for one in packed]
        nothing = [np.zeros(0, np.int32)]
        self._packs = np.repeat([one.pack for one in packed] or 0, [len(one.entries) for one in packed] or 0)
        self._entries = np.concatenate([*nothing, *(one.entries for one in packed)])
        self._children = np.concatenate([*nothing, *(one.children for one in packed)])
        self._tops = np.concatenate([*nothing, *tops])
        turns = [second[one.pack][own] for one, own in zip(packed, tops, strict=True)]
        self._turns = np.concatenate([*nothing, *turns])

    def certain(self, wanted: Mask) -> Edges:
        """The entries for what is wanted in trees that were made already."""
        return self._certain.at(np.flatnonzero(wanted[self._certain.children]))

    def descents(self, turn: int, wanted: Mask) -> Iterator[Descent]:
        """Where to look for what is wanted, among the families that have this turn."""
        chosen = np.flatnonzero(wanted[self._children] & (self._turns == turn))
        chosen = chosen[np.lexsort((self._tops[chosen], self._packs[chosen]))]
        for number in np.unique(self._packs[chosen]).tolist():
            own = chosen[self._packs[chosen] == number]
            tops = self._tops[own]
            for part in bulk.cut(self._store, number, np.unique(tops)):
                begin, end = (
                    np.searchsorted(tops, part.tops[0]),
                    np.searchsorted(tops, part.tops[-1], "right"),
                )
                yield Descent(part, self._entries[own[begin:end]], self._children[own[begin:end]])


def _with_any(pack: Pack, names: Bytes) -> Mask:
    """Of each entry, whether a family with any of ``names`` among them begins with it."""
    table = pack.table
    entries = np.full(len(pack.index.names), -1, np.int32)
    entries[table.positions] = np.arange(len(table.positions))
    places = pack.index.find_all(names)
    there = entries[places[places >= 0]]
    found = np.zeros(len(table.starts) + 1, bool)  # and one for entries without a family, whose first is -1
    found[table.tops[there[there >= 0]]] = True
    return found


def descended(part: Descent, others: bytes) -> Edges:
    """The entries for the children of a descent, in all trees of its families."""
    known = catalog(part.families.store, others)
    rows = Rows(known)
    forest = Forest(part.families)
    size, names = known.size, part.families.pack.rows(forest.entries).tobytes()
    hits = _hits(part, forest, known)

    def visit(at: int, tree: bytes, held: AbstractSet[bytes] | None) -> AbstractSet[bytes] | None:
        wanted: AbstractSet[bytes] | None = hits.get(at)
        wanted = wanted | held if wanted and held else wanted or held
        return rows.add(names[size * at : size * at + size], tree, wanted) if wanted else None

    broken = forest.walk(visit, forest.leading_to(np.array(list(hits), np.int64)))
    for name, _, tree in bulk.slowly(part.families, broken, TREE):
        rows.add(name, tree, set().union(*hits.values()))
    return rows.edges()


def _hits(part: Descent, forest: Forest, known: Catalog) -> dict[int, set[bytes]]:
    """What the entries of a forest, by their numbers there, may name."""
    order = np.argsort(forest.entries)
    places = order[np.searchsorted(forest.entries[order], part.entries)]
    named = {child: known.named(child) for child in np.unique(part.children).tolist()}
    hits: dict[int, set[bytes]] = {}
    for place, child in zip(places.tolist(), part.children.tolist(), strict=True):
        hits.setdefault(place, set()).add(named[child])
    return hits
