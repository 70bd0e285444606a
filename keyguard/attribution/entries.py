"""Finds objects among the entries of a tree without taking all of it apart (gitformat-pack has no better)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

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
        self._heads: dict[bytes, list[bytes]] = {}
        self._entry = re.compile(rb"([0-7]+) ([^\0]+)\0(.{%d})" % hash_size, re.DOTALL)

    def of(self, tree: bytes, oids: Collection[bytes]) -> list[tuple[bytes, bytes]]:
        """The entries for any of ``oids``: the name in the tree and the object."""
        if len(oids) > MANY:
            found = self._entry.findall(tree)
            return [(name, oid) for mode, name, oid in found if oid in oids and mode != GITLINK]
        return [entry for oid in oids for entry in self._for(tree, oid)]

    def _for(self, tree: bytes, oid: bytes) -> list[tuple[bytes, bytes]]:
        found = []
        at = tree.find(oid)
        while at >= 0:
            mode, _, name = self._head(tree, at).partition(b" ")
            if name and mode != GITLINK:
                found.append((name[:-1], oid))
            at = tree.find(oid, at + 1)
        return found

    def _head(self, tree: bytes, end: int) -> bytes:
        """What stands before the object at ``end``: mode, space, name, zero; empty if no entry ends there."""
        last = tree[end - _SHORTEST : end]
        for head in self._heads.get(last, ()):
            begin = end - len(head)
            if tree.startswith(head, begin) and (not begin or tree[begin - self._size - 1] == 0):
                return head
        begin = 0
        while 0 <= begin < end:
            zero = tree.find(b"\0", begin)
            if zero + 1 == end:
                head = tree[begin:end]
                self._heads.setdefault(last, []).append(head)
                return head
            begin = zero + 1 + self._size if zero >= 0 else end
        return b""
