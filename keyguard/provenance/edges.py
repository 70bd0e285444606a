"""Holds entries of trees as numbers: in a long history, there are millions of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keyguard.provenance.entries import Entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Offsets
    from keyguard.provenance.catalog import Catalog


class Edges(NamedTuple):
    """Entries of trees: the tree, the name and the object, at the same place of each; objects are numbers."""

    trees: Numbers
    names: list[bytes]
    children: Numbers

    def at(self, places: Offsets) -> Edges:
        """Those at ``places``."""
        return Edges(self.trees[places], [self.names[at] for at in places.tolist()], self.children[places])


def joined(parts: Sequence[Edges]) -> Edges:
    """All of them."""
    nothing = np.zeros(0, np.int32)
    return Edges(
        np.concatenate([nothing, *(part.trees for part in parts)]),
        [name for part in parts for name in part.names],
        np.concatenate([nothing, *(part.children for part in parts)]),
    )


class Rows:
    """Edges in the making."""

    def __init__(self, known: Catalog) -> None:
        """Number objects as ``known`` does."""
        self._known = known
        self._entries = Entries(known.size)
        self._found: list[tuple[bytes, list[tuple[bytes, bytes]]]] = []

    def add(self, tree: bytes, content: bytes, children: AbstractSet[bytes]) -> AbstractSet[bytes]:
        """Look for ``children`` in a tree; what it gives holds those that are there, and hardly others."""
        found = self._entries.of(content, children)
        if found:
            self._found.append((tree, found))
        return children if len(found) == len(children) else {child for _, child in found}

    def add_whole(self, trees: Iterable[tuple[bytes, bytes]]) -> None:
        """Look for everything that has a number, in trees of which there are few."""
        for tree, content in trees:
            children = self._known.pieces.find([content])[1].tolist()
            self.add(tree, content, {self._known.named(child) for child in children})

    def edges(self) -> Edges:
        """All that were added."""
        trees = [tree for tree, found in self._found for _ in found]
        names = [name for _, found in self._found for name, _ in found]
        children = [child for _, found in self._found for _, child in found]
        return Edges(self._known.numbered(trees), names, self._known.numbered(children))
