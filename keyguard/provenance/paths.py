"""Says at which paths trees hold objects, without making a list of paths for every tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from keyguard.provenance.bulk import ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.packs.families import Numbers
    from keyguard.provenance.edges import Edges

NOTHING: Final = 0
"""The shape of a tree that holds none of the objects."""

STEPS: Final = 100_000
"""Directories and files that are visited for a commit: a few trees can stand for more than a disk holds."""

_ROW: Final = 8
"""Bytes of an entry in a shape: two numbers."""


class Shapes:
    """What trees hold: objects that are looked for, and other shapes, under names.

    Thousands of trees have the same shape, because most commits change other files.
    """

    def __init__(self, edges: Edges, found: Sequence[int], count: int) -> None:
        """Give shapes to the ``count`` objects that the numbers in ``edges`` and ``found`` may stand for."""
        self.of: Numbers = np.full(count, NOTHING, np.int32)
        self._found = {number: place for place, number in enumerate(found)}
        self._keys = [b""]
        self._own: list[int | None] = [None]
        self._holds = [0]
        self._numbers: dict[tuple[int | None, bytes], int] = {}
        self._names = list(dict.fromkeys(edges.names))
        self._shape(edges, np.array(sorted(self._found), np.int32))

    def _shape(self, edges: Edges, ready: Numbers) -> None:
        """Go up from the objects: a tree has its turn when all that it holds has a shape."""
        trees, names, children = self._distinct(edges)
        rows = np.zeros((len(trees) + 1, 2), np.int32)  # one more, as nothing has no view
        rows[:-1, 0] = names
        view = rows.data.cast("B")
        every = np.arange(len(self.of) + 1)
        begins = np.searchsorted(trees, every)
        upward = np.argsort(children, kind="stable")
        parents = np.searchsorted(children[upward], every)
        left = np.diff(begins)
        ready = ready[left[ready] == 0]
        while len(ready):
            for number, begin, end in zip(
                *(of.tolist() for of in (ready, begins[ready], begins[ready + 1])), strict=True
            ):
                self.of[number] = self._numbered(
                    self._found.get(number), bytes(view[_ROW * begin : _ROW * end])
                )
            counts = parents[ready + 1] - parents[ready]
            touched = upward[ranges(parents[ready], counts)]
            rows[touched, 1] = self.of[children[touched]]
            above, done = np.unique(trees[touched], return_counts=True)
            left[above] -= done
            ready = above[left[above] == 0]

    def _distinct(self, edges: Edges) -> tuple[Numbers, Numbers, Numbers]:
        """Trees, names (as numbers) and children, in this order, each combination once."""
        numbers = {name: number for number, name in enumerate(self._names)}
        names = np.fromiter((numbers[name] for name in edges.names), np.int32, len(edges.names))
        order = np.lexsort((edges.children, names, edges.trees))
        rows = np.stack((edges.trees, names, edges.children))[:, order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (rows[:, 1:] != rows[:, :-1]).any(axis=0)
        trees, names, children = rows[:, fresh]
        return trees, names, children

    def _numbered(self, own: int | None, key: bytes) -> int:
        """The number of a shape."""
        number = self._numbers.setdefault((own, key), len(self._keys))
        if number == len(self._keys):
            self._keys.append(key)
            self._own.append(own)
            holds = 0 if own is None else 1 << own
            for _, child in self._entries(number):
                holds |= self._holds[child]
            self._holds.append(holds)
        return number

    def _entries(self, shape: int) -> list[tuple[int, int]]:
        """The number of a name and that of a shape, for each entry."""
        rows: list[int] = np.frombuffer(self._keys[shape], np.int32).tolist()
        return list(zip(rows[::2], rows[1::2], strict=True))

    def of_all(self, numbers: Numbers) -> Numbers:
        """The shapes of objects; those that have no number, which is -1, hold nothing."""
        return np.where(numbers < 0, NOTHING, self.of[numbers]).astype(np.int32)

    def counts(self, held: Numbers) -> list[int]:
        """Of each object, how many of the shapes in ``held`` hold it."""
        counts = [0] * len(self._found)
        for shape, count in enumerate(np.bincount(held).tolist()):
            held_here = self._holds[shape] if count else 0
            while held_here:
                lowest = held_here & -held_here
                counts[lowest.bit_length() - 1] += count
                held_here ^= lowest
        return counts

    def holds(self, shape: int) -> int:
        """What is somewhere in a tree of this shape: a bit for each object, in the order they were given."""
        return self._holds[shape]

    def added(self, shape: int, olds: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """What a tree of this shape holds where none of the old ones does: which object, and the path."""
        waiting = [(b"", shape, frozenset(olds))]
        for _ in range(STEPS):
            if not waiting:
                return
            path, shape, before = waiting.pop()
            if shape in before:
                continue
            own = self._own[shape]
            if own is not None and all(self._own[old] != own for old in before):
                yield own, path
            below: dict[int, set[int]] = {}
            for old in before:
                for name, child in self._entries(old):
                    below.setdefault(name, set()).add(child)
            for name, child in self._entries(shape):
                inside = self._names[name] if not path else path + b"/" + self._names[name]
                waiting.append((inside, child, frozenset(below.get(name, ()))))
