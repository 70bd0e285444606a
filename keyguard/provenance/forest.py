"""Makes the objects of delta families, from the first down to those that matter, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from keyguard.packs import DamageError, deltas
from keyguard.packs.inflate import inflater
from keyguard.provenance import bulk

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Offsets
    from keyguard.provenance.bulk import Families, Mask

_State = TypeVar("_State")


class Forest:
    """Families of a pack, whose entries are numbered here: by family, and within one in file order."""

    def __init__(self, part: Families) -> None:
        """See which entries are made from which."""
        self._pack = part.pack
        self.entries = bulk.members(self._pack, part.tops)
        places = np.empty(int(self.entries.max(initial=0)) + 1, np.int32)
        places[self.entries] = np.arange(len(self.entries))
        self._bases: Numbers = places[self._pack.table.bases[self.entries]]
        heirs = np.flatnonzero(self._bases != np.arange(len(self._bases)))
        heirs = heirs[np.argsort(self._bases[heirs], kind="stable")]
        self._begins = np.searchsorted(self._bases[heirs], np.arange(len(self._bases) + 1))
        self._levels = self._grown(heirs)
        self._heirs = heirs[np.lexsort((-self._progeny()[heirs], self._bases[heirs]))]

    def _grown(self, heirs: Offsets) -> list[Offsets]:
        """The firsts of families, then what is made from these, and so on."""
        levels = [np.flatnonzero(self._bases == np.arange(len(self._bases)))]
        while len(levels[-1]):
            begins = self._begins[levels[-1]]
            levels.append(heirs[bulk.ranges(begins, self._begins[levels[-1] + 1] - begins)])
        return levels

    def _progeny(self) -> Offsets:
        """How many entries are made from each, itself included."""
        progeny = np.ones(len(self._bases), np.int64)
        for level in reversed(self._levels[1:]):
            np.add.at(progeny, self._bases[level], progeny[level])
        return progeny

    def leading_to(self, places: Offsets) -> Mask:
        """The entries at ``places`` and what they are made from."""
        found = np.zeros(len(self._bases), bool)
        found[places] = True
        for level in reversed(self._levels[1:]):
            found[self._bases[level[found[level]]]] = True
        return found

    def walk(
        self, visit: Callable[[int, bytes, _State | None], _State], matters: Mask | None = None
    ) -> Offsets:
        """Make objects and ``visit`` each: its number here, its content, and what the visit to its base gave.

        With ``matters``, only those that do, and those whose base's visit gave something true; what they are
        made from has to matter.  Gives the entries of families that have to be read by :func:`bulk.slowly`.

        What most is made from comes last, when its base need not be held for others any longer; so no more
        bases are held than the logarithm of their number.
        """
        broken: list[int] = []
        places, inflated = self._pack.places(self.entries), inflater(self._pack.file())
        begins, heirs = self._begins.tolist(), self._heirs.tolist()
        marks = b"\1" * len(begins) if matters is None else matters.tobytes()
        for first in self._levels[0].tolist():
            waiting: list[tuple[int, bytes | None, _State | None]] = [(first, None, None)]
            try:
                while waiting:
                    at, base, told = waiting.pop()
                    if not (marks[at] or told):
                        continue
                    content = inflated(places[at])
                    if base is not None and content is not None:
                        content = deltas.apply(base, content)
                    if content is None:
                        broken.append(int(self.entries[first]))
                        break
                    told = visit(at, content, told)
                    waiting += [(heir, content, told) for heir in heirs[begins[at] : begins[at + 1]]]
            except DamageError:
                broken.append(int(self.entries[first]))
        self._pack.forget()
        return bulk.members(self._pack, np.array(broken, np.int32))
