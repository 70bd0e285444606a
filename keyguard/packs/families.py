"""Knows which entry of a pack is made from which, so that each can be made once, its base before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from keyguard.packs.index import Offsets

    Numbers = npt.NDArray[np.int32]

_ROUNDS: Final = 40
"""More than enough to come to the end of any chain, as each round doubles the step."""


_CHUNK: Final = 1 << 16
"""Entries that are looked up at a time."""

_Value = TypeVar("_Value", bound=np.generic)


def tops(bases: Numbers) -> Numbers:
    """The first of each entry's chain of bases, which is an entry that is its own base.

    An entry whose chain has no end, because it is a cycle or leads into one, gets -1.
    """
    top = bases
    for _ in range(_ROUNDS):
        further = at(top, top)
        if np.array_equal(further, top):
            break
        top = further
    return np.where(at(bases, top) == top, top, np.int32(-1))


def at(values: npt.NDArray[_Value], places: Numbers) -> npt.NDArray[_Value]:
    """``values[places]``; of all places at once numpy would make a copy that is twice as wide."""
    found = np.empty(len(places), values.dtype)
    for begin in range(0, len(places), _CHUNK):
        found[begin : begin + _CHUNK] = values[places[begin : begin + _CHUNK]]
    return found


class Sequence(NamedTuple):
    """An order of entries in which each base comes before what is made from it.

    ``last`` says of an entry that it is the last to need its base, ``needed`` that it is a base itself.
    """

    order: list[int]
    last: bytearray
    needed: bytearray


def sequence(parents: list[int]) -> Sequence:
    """Walk the trees in which entry ``i`` has the parent ``parents[i] <= i``, itself when it has none.

    The child with the largest progeny comes last, when its parent need not be held any longer; so no more
    bases are ever held than the logarithm of their number.
    """
    count = len(parents)
    children = _children(parents)
    last, needed, order = bytearray(count), bytearray(count), []
    for root in range(count):
        if parents[root] != root:
            continue
        if root not in children:
            order.append(root)
            continue
        waiting = [root]
        while waiting:
            at = waiting.pop()
            order.append(at)
            own = children.get(at)
            if own:
                needed[at] = 1
                last[own[0]] = 1
                waiting += own
    return Sequence(order, last, needed)


def _children(parents: list[int]) -> dict[int, list[int]]:
    """The children of each parent: the one with the largest progeny, then the others from the last on."""
    progeny = [1] * len(parents)
    children: dict[int, list[int]] = {}
    for child in range(len(parents) - 1, -1, -1):
        parent = parents[child]
        if parent != child:
            progeny[parent] += progeny[child]
            children.setdefault(parent, []).append(child)
    for own in children.values():
        if len(own) > 1:
            own.insert(0, own.pop(own.index(max(own, key=progeny.__getitem__))))
    return children


def bases_first(parents: Offsets) -> Offsets:
    """An order in which every parent comes before its children: by depth."""
    depths = (parents != np.arange(len(parents))).astype(np.int64)
    ancestors = parents
    for _ in range(_ROUNDS):
        further = ancestors[ancestors]
        depths += depths[ancestors]
        if np.array_equal(further, ancestors):
            break
        ancestors = further
    return np.argsort(depths, kind="stable")
