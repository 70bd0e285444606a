"""Finds the trees that hold given objects, themselves or in trees below them.

What is stored of trees is looked at once, for the names of all trees at once.  From there on only trees that
matter are made.  To look for the holders of the objects, then for the holders of these, and so on up to the
roots, would be to read everything as often as directories are deep.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keyguard.attribution import bulk
from keyguard.attribution.catalog import TREE, catalog
from keyguard.attribution.edges import Edges, Rows, joined
from keyguard.attribution.hints import hints, parts
from keyguard.packs import DamageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from keyguard.attribution import Run
    from keyguard.attribution.bulk import Batch, Families
    from keyguard.attribution.catalog import Catalog
    from keyguard.attribution.hints import Hints
    from keyguard.packs import Store
    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes

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

    ``loose`` are the loose trees, ``roots`` the trees of commits.  Families of trees among which there are
    roots are looked at when there is nothing left to do in others: most of the work is in them, and it is
    done once for all that is below.
    """
    others = b"".join((*found, *loose))
    known = catalog(store, others)
    all_hints = list(run(partial(hints, others=others), parts(store, loose)))
    search = _Search(store, all_hints, {one.pack: _outer(store, one.pack, roots) for one in all_hints})
    fresh = known.numbered(found)
    reached = np.zeros(len(known), bool)
    waiting = np.zeros((2, len(known)), bool)
    rows: list[Edges] = []
    while len(fresh) or waiting.any():
        reached[fresh] = True
        waiting[:, fresh] = True
        last = not waiting[0].any()
        wanted = waiting[int(last)].copy()
        waiting[int(last)] = False
        more = list(run(partial(descended, others=others), search.descents(wanted, last=last)))
        rows += more if last else [*more, search.certain(wanted)]
        trees = np.unique(np.concatenate([one.trees for one in rows[-len(more) - 1 :]]))
        fresh = trees[~reached[trees]]
    return known, joined(rows)


def _outer(store: Store, number: int, roots: Bytes) -> Mask:
    """Of each entry of a pack, whether a family of trees with roots begins with it."""
    table = store.packs[number].table
    places = store.packs[number].index.find_all(roots)
    entries = np.full(len(store.packs[number].index.names), -1, np.int32)
    entries[table.positions] = np.arange(len(table.positions))
    there = entries[places[places >= 0]]
    found = np.zeros(len(table.starts) + 1, bool)
    found[table.tops[there[there >= 0]]] = True
    return found


class _Search:
    """What trees may name, to be asked again and again."""

    def __init__(self, store: Store, those: list[Hints], outer: dict[int, Mask]) -> None:
        self._store = store
        self._certain = joined([one.certain for one in those])
        self._packs = np.repeat([one.pack for one in those], [len(one.entries) for one in those])
        self._entries = np.concatenate([one.entries for one in those])
        self._children = np.concatenate([one.children for one in those])
        tops = [store.packs[one.pack].table.tops[one.entries] for one in those]
        self._tops = np.concatenate(tops)
        self._last = np.concatenate([outer[one.pack][own] for one, own in zip(those, tops, strict=True)])

    def certain(self, wanted: Mask) -> Edges:
        """The entries for what is wanted, of trees that were made already."""
        return self._certain.at(np.flatnonzero(wanted[self._certain.children]))

    def descents(self, wanted: Mask, *, last: bool) -> Iterator[Descent]:
        """Where to look for what is wanted: in families with roots if it is the ``last`` thing to do."""
        chosen = np.flatnonzero(wanted[self._children] & (self._last == last))
        chosen = chosen[np.lexsort((self._tops[chosen], self._packs[chosen]))]
        packs = self._packs[chosen]
        for number in np.unique(packs).tolist():
            own = chosen[packs == number]
            tops = self._tops[own]
            for part in bulk.cut(self._store, number, np.unique(tops)):
                here = own[np.searchsorted(tops, part.tops[0]) : np.searchsorted(tops, part.tops[-1], "right")]
                yield Descent(part, self._entries[here], self._children[here])


def descended(part: Descent, others: bytes) -> Edges:
    """The entries for the children of a descent, in all trees of its families."""
    known = catalog(part.families.store, others)
    rows = Rows(known)
    named = {child: known.named(child) for child in np.unique(part.children).tolist()}
    hits: dict[int, set[bytes]] = {}
    for entry, child in zip(part.entries.tolist(), part.children.tolist(), strict=True):
        hits.setdefault(entry, set()).add(named[child])
    for batch in bulk.batches(part.families):
        if not isinstance(batch, bulk.Batch):
            continue  # its trees had to be made, so they are certain
        for family in range(len(batch.begins) - 1):
            try:
                _descend(batch, family, hits, rows)
            except DamageError:
                entries = batch.entries[batch.begins[family] : batch.begins[family + 1]]
                wanted = set().union(*(hits.get(entry, ()) for entry in entries))
                for name, _, content in bulk.slowly(part.families, np.array(entries), TREE):
                    rows.add(name, content, wanted)
    return rows.edges()


def _descend(batch: Batch, family: int, hits: dict[int, set[bytes]], rows: Rows) -> None:
    begin, end = batch.begins[family : family + 2]
    useful = bytearray(end - begin)
    for at in range(end - 1, begin - 1, -1):
        if useful[at - begin] or batch.entries[at] in hits:
            useful[at - begin] = useful[batch.parents[at] - begin] = 1

    def visit(at: int, content: bytes, held: frozenset[bytes] | None) -> frozenset[bytes]:
        wanted = hits.get(batch.entries[at], frozenset()) | (held or frozenset())
        return rows.add(batch.name(at), content, wanted) if wanted else frozenset()

    bulk.walk(batch, family, visit, useful)
