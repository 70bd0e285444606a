"""Finds objects among the entries of a tree without taking all of it apart (gitformat-pack has no better)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

GITLINK: Final = b"160000"
"""The mode of a submodule, which names a commit of another repository."""

MANY: Final = 16
"""Objects from which on it is cheaper to look at each entry than to search for each object."""

_SHORTEST: Final = 8
"""Bytes before the object's name: a mode of at least five digits, a space, a letter and a zero."""


class Entries:
    """Finds entries; remembers how they began, which is the same in thousands of trees."""

    def __init__(self, hash_size: int) -> None:
        """Read trees of a repository whose object names have ``hash_size`` bytes."""
        self._size = hash_size
        self._heads: dict[bytes, list[tuple[bytes, bytes]]] = {}
        self._entry = re.compile(rb"([0-7]+) ([^\0]+)\0(.{%d})" % hash_size, re.DOTALL)

    def of(self, tree: bytes, oids: AbstractSet[bytes]) -> list[tuple[bytes, bytes]]:
        """The entries for any of ``oids``: the name in the tree and the object."""
        if len(oids) > MANY:
            every = self._entry.findall(tree)
            return [(name, oid) for mode, name, oid in every if oid in oids and mode != GITLINK]
        found = []
        for oid in oids:
            at = tree.find(oid)
            while at >= 0:
                name = self._name(tree, at)
                if name:
                    found.append((name, oid))
                at = tree.find(oid, at + self._size)
        return found

    def _name(self, tree: bytes, end: int) -> bytes:
        """The name whose object stands at ``end``; empty if none does, or a submodule's."""
        last = tree[end - _SHORTEST : end]
        for head, name in self._heads.get(last, ()):
            begin = end - len(head)
            if tree.startswith(head, begin) and (not begin or tree[begin - self._size - 1] == 0):
                return name
        head = self._head(tree, end)
        mode, _, name = head[:-1].partition(b" ")
        name = b"" if mode == GITLINK else name
        if head:
            self._heads.setdefault(last, []).append((head, name))
        return name

    def _head(self, tree: bytes, end: int) -> bytes:
        """Mode, space, name and zero before the object at ``end``; empty if none stands there."""
        begin = 0
        while begin < end:
            zero = tree.find(b"\0", begin)
            if zero < 0 or zero + 1 == end:
                return tree[begin:end] if zero >= 0 else b""
            begin = zero + 1 + self._size
        return b""
