"""Says of every tree what it may name, after one look at what is stored of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from keyguard.packs import DamageError
from keyguard.provenance import bulk
from keyguard.provenance.catalog import TREE, catalog
from keyguard.provenance.edges import Edges, Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.packs import Store
    from keyguard.packs.families import Numbers
    from keyguard.provenance.bulk import Families

LOOSE: Final = 200
"""Loose trees in a part."""


class Hints(NamedTuple):
    """What trees may name: the one at an entry of a pack, a child that the tree it is made from does not."""

    pack: int
    entries: Numbers
    children: Numbers
    certain: Edges
    """Of trees that had to be made, what they do name."""


class LooseTrees(NamedTuple):
    """Some trees that have a file of their own."""

    store: Store
    names: list[bytes]


def parts(store: Store, loose: list[bytes]) -> Iterator[Families | LooseTrees]:
    """All trees, in parts that can be read in any process."""
    for number, pack in bulk.readable(store):
        yield from bulk.cut(store, number, bulk.of_kind(pack, TREE))
    for at in range(0, len(loose), LOOSE):
        yield LooseTrees(store, loose[at : at + LOOSE])


def hints(part: Families | LooseTrees, others: bytes) -> Hints:
    """What the trees of a part may name; ``others`` has a number in the catalogue, too."""
    known = catalog(part.store, others)
    rows = Rows(known)
    entries, children = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    if isinstance(part, LooseTrees):
        rows.add_whole(_loaded(part))
        return Hints(0, entries[0], children[0], rows.edges())
    for batch in bulk.batches(part):
        if isinstance(batch, bulk.Batch):
            places, found = known.pieces.find(batch.raws)
            entries.append(batch.entries[places].astype(np.int32))
            children.append(found)
        else:
            rows.add_whole((name, content) for name, _, content in bulk.slowly(part, batch, TREE))
    return Hints(part.number, np.concatenate(entries), np.concatenate(children), rows.edges())


def _loaded(part: LooseTrees) -> Iterator[tuple[bytes, bytes]]:
    for name in part.names:
        try:
            found = part.store.load(name)
        except DamageError:
            continue
        if found is not None and isinstance(found[1], bytes):
            yield name, found[1]
