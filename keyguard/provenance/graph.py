"""Knows the commits of a repository, how they descend from each other, and what reaches them."""

from __future__ import annotations

from array import array
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from keyguard.packs.index import Index
from keyguard.provenance.bulk import ranges
from keyguard.provenance.catalog import distinct, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Bytes, Offsets
    from keyguard.provenance.headers import Headers

REACHES: Final = ("head", "refs", "reflog", "unreachable")
"""What reaches an object, the best first; elsewhere a number is used for it, its place here."""

LOST: Final = len(REACHES) - 1


class Graph:
    """All commits, numbered in the order of their names; parents that are not here are left out."""

    def __init__(self, parts: Sequence[Headers], size: int) -> None:
        """Put together what was read; names have ``size`` bytes."""
        names = rows_of(b"".join(part.names for part in parts), size)
        order = distinct(names)
        self._index = Index(names[order], np.zeros(0, np.int64))
        self.trees: Bytes = rows_of(b"".join(part.trees for part in parts), size)[order]
        self._dates = np.concatenate([np.zeros(0, np.int64), *(part.dates for part in parts)])[order]
        self.tags = dict(chain.from_iterable(part.tags.items() for part in parts))
        counts = np.concatenate([np.zeros(0, np.int64), *(part.counts for part in parts)])
        parents = rows_of(b"".join(part.parents for part in parts), size)
        begins, numbers = self._linked(counts, parents, order)
        self._begins, self._parents = array("i", begins.tobytes()), array("i", numbers.tobytes())

    def _linked(self, counts: Offsets, parents: Bytes, order: Offsets) -> tuple[Numbers, Numbers]:
        """Where the parents of each commit begin, and the parents."""
        begins = np.cumsum(counts) - counts
        counts, begins = counts[order], begins[order]
        numbers = self._index.find_all(parents[ranges(begins, counts)])
        owners = np.repeat(np.arange(len(counts)), counts)[numbers >= 0]
        kept = np.cumsum(np.bincount(owners, minlength=len(counts)))
        return np.concatenate(([0], kept)).astype(np.int32), numbers[numbers >= 0].astype(np.int32)

    def __len__(self) -> int:
        """How many commits there are."""
        return len(self.trees)

    def number(self, name: bytes) -> int | None:
        """The number of a commit; None if it is none that is here."""
        return self._index.find(name)

    def name(self, number: int) -> bytes:
        """The name of a commit."""
        return self._index.name(number)

    def parents(self, number: int) -> array[int]:
        """The parents of a commit that are here."""
        return self._parents[self._begins[number] : self._begins[number + 1]]

    def reached(self, tips: Sequence[Iterable[bytes]]) -> tuple[list[int], dict[bytes, int]]:
        """What reaches each commit, and the tags, trees and blobs that are tips; each as a place in REACHES.

        ``tips`` are what HEAD, refs and reflogs name.
        """
        reach = [LOST] * len(self)
        others: dict[bytes, int] = {}
        for number, named in enumerate(tips):
            names = list(named)
            while names:
                following = []
                for name, commit in zip(names, self._numbers(names), strict=True):
                    if commit >= 0:
                        self._spread(reach, commit, number)
                    elif name not in others:
                        others[name] = number
                        following += [self.tags[name]] if name in self.tags else []
                names = following
        return reach, others

    def _numbers(self, names: list[bytes]) -> list[int]:
        found: list[int] = self._index.find_all(rows_of(b"".join(names), self.trees.shape[1])).tolist()
        return found

    def _spread(self, reach: list[int], commit: int, number: int) -> None:
        waiting = [commit]
        while waiting:
            at = waiting.pop()
            if reach[at] > number:
                reach[at] = number
                waiting += self._parents[self._begins[at] : self._begins[at + 1]]

    def differing(self, states: Numbers) -> Iterator[tuple[int, int, list[int]]]:
        """The commits whose state is neither 0 nor that of a parent; with it, and with the parents'."""
        begins, parents = (np.frombuffer(column, np.int32) for column in (self._begins, self._parents))
        owners = np.repeat(np.arange(len(self)), begins[1:] - begins[:-1])
        same = np.zeros(len(self), bool)
        same[owners[states[owners] == states[parents]]] = True
        for commit in np.flatnonzero((states != 0) & ~same).tolist():
            yield commit, int(states[commit]), [int(states[parent]) for parent in self.parents(commit)]

    def age(self, number: int) -> tuple[int, bytes]:
        """What sorts commits: ancestors before descendants, others by date, or if that is the same, by name.

        A clock can be wrong; what is not later than a parent counts as one second later.
        """
        return self._times(number), self.name(number)

    def _times(self, number: int) -> int:
        times, begins, parents = self._known_times, self._begins, self._parents
        waiting = [number]
        while waiting:
            at = waiting.pop()
            if at < 0:  # its parents are done
                time = times[~at] or 0
                for one in parents[begins[~at] : begins[~at + 1]]:
                    time = max(time, (times[one] or 0) + 1)
                times[~at] = time
            elif times[at] is None:
                times[at] = int(self._dates[at])
                waiting.append(~at)
                waiting += parents[begins[at] : begins[at + 1]]
        return times[number] or 0

    @cached_property
    def _known_times(self) -> list[int | None]:
        return [None] * len(self)
