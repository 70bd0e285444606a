"""Knows the commits of a repository, how they descend from each other, and what reaches them."""

from __future__ import annotations

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
        self._begins, self._parents = self._linked(counts, parents, order)

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

    def parents(self, number: int) -> list[int]:
        """The parents of a commit that are here."""
        parents: list[int] = self._parents[self._begins[number] : self._begins[number + 1]].tolist()
        return parents

    def reached(self, tips: Sequence[Iterable[bytes]]) -> tuple[list[int], dict[bytes, int]]:
        """What reaches each commit, and the tags, trees and blobs that are tips; each as a place in REACHES.

        ``tips`` are what HEAD, refs and reflogs name.
        """
        reach = [LOST] * len(self)
        others: dict[bytes, int] = {}
        for number, names in enumerate(tips):
            for tip in names:
                name: bytes | None = tip
                while name is not None and name not in others:
                    commit = self.number(name)
                    if commit is not None:
                        self._spread(reach, commit, number)
                        break
                    others[name] = number
                    name = self.tags.get(name)
        return reach, others

    def _spread(self, reach: list[int], commit: int, number: int) -> None:
        begins, parents = self._lists
        waiting = [commit]
        while waiting:
            at = waiting.pop()
            if reach[at] > number:
                reach[at] = number
                waiting += parents[begins[at] : begins[at + 1]]

    @cached_property
    def _lists(self) -> tuple[list[int], list[int]]:
        """The columns as lists, of which single items are got ten times faster."""
        return self._begins.tolist(), self._parents.tolist()

    def differing(self, states: Numbers) -> Iterator[tuple[int, int, list[int]]]:
        """The commits whose state is neither 0 nor that of a parent; with it, and with the parents'."""
        counts = np.diff(self._begins)
        owners = np.repeat(np.arange(len(self)), counts)
        same = np.zeros(len(self), bool)
        same[owners[states[owners] == states[self._parents]]] = True
        for commit in np.flatnonzero((states != 0) & ~same).tolist():
            yield commit, int(states[commit]), states[self.parents(commit)].tolist()

    def age(self, number: int) -> tuple[int, bytes]:
        """What sorts commits: ancestors before descendants, others by date, or if that is the same, by name.

        A clock can be wrong; what is not later than a parent counts as one second later.
        """
        return self._times(number), self.name(number)

    def _times(self, number: int) -> int:
        times = self._known_times
        begins, parents = self._lists
        waiting = [number]
        while waiting:
            at = waiting.pop()
            if at < 0:  # its parents are done
                own = parents[begins[~at] : begins[~at + 1]]
                times[~at] = max([times[~at] or 0, *((times[one] or 0) + 1 for one in own)])
            elif times[at] is None:
                times[at] = int(self._dates[at])
                waiting += (~at, *parents[begins[at] : begins[at + 1]])
        return times[number] or 0

    @cached_property
    def _known_times(self) -> list[int | None]:
        return [None] * len(self)
