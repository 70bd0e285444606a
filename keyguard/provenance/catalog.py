"""Numbers a repository's trees, so that what is known of them fits in a few bytes each."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from keyguard.packs.index import Index, prefixes
from keyguard.provenance import bulk
from keyguard.provenance.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.packs import Kind, Store
    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes, Offsets

TREE: Final[frozenset[Kind]] = frozenset(("tree",))


class Catalog:
    """The trees of a repository and other objects of interest, numbered in the order of their names."""

    def __init__(self, store: Store, others: bytes) -> None:
        """Number all packed trees of ``store`` and ``others``, whose names stand one behind the other."""
        self.size = store.hash_size
        packed = (pack.rows(bulk.members(pack, bulk.of_kind(pack, TREE))) for _, pack in bulk.readable(store))
        names = np.concatenate([rows_of(others, self.size), *packed])
        self._index = Index(names[distinct(names)], np.zeros(0, np.int64))
        self.pieces = Pieces(self._index.names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._index.names)

    def numbers(self, names: Bytes) -> Numbers:
        """The numbers of objects, -1 for those that have none; ``names`` has a row for each."""
        return self._index.find_all(names).astype(np.int32)

    def numbered(self, names: Sequence[bytes]) -> Numbers:
        """The same for names on their own."""
        return self.numbers(rows_of(b"".join(names), self.size))

    def named(self, number: int) -> bytes:
        """The name of an object."""
        return self._index.name(number)


def rows_of(names: bytes, size: int) -> Bytes:
    """Names of ``size`` bytes that stand one behind the other, a row each."""
    return np.frombuffer(names, np.uint8).reshape(-1, size)


def distinct(names: Bytes) -> Offsets:
    """Where each name is for the first time; in the order of the first eight bytes of the names."""
    begins = prefixes(names)
    order = np.argsort(begins, kind="stable")
    alike = np.flatnonzero(begins[order[1:]] == begins[order[:-1]]) + 1
    again = (names[order[alike]] == names[order[alike - 1]]).all(axis=1)
    return np.delete(order, alike[again])


@lru_cache(maxsize=1)
def catalog(store: Store, others: bytes) -> Catalog:
    """The catalogue of a store; made once in each process."""
    return Catalog(store, others)
