"""Reads families of a pack, each object once: from the first of the family down to what is made from it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
from isal import isal_zlib

from keyguard.model import Skipped
from keyguard.packs import contents, families
from keyguard.packs.deltas import ApplyDeltaError, apply_delta, small
from keyguard.packs.entries import BATCH
from keyguard.packs.inflate import TAME, InflateError
from keyguard.packs.stored import HELD, KINDS, REF_DELTA, WHOLE, DamageError, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from keyguard.packs.contents import Content
    from keyguard.packs.index import Offsets
    from keyguard.packs.pack import Pack
    from keyguard.packs.stored import Kind

    Step = tuple[int, int, int, int, bool, int, int, int, bool, bytes]

HEAVY: Final = 1 << 20
"""Bytes of a base from which on it is asked whether too much is held; there are never more than a few."""

HEIR: Final = 5
"""Stands for both types of delta where the base is in the plan; packs have no type of this number."""


class Others(Protocol):
    """The rest of the repository's objects."""

    def load(self, oid: bytes, but: Pack | None = None) -> tuple[Kind, Content] | None:
        """An object of any other pack than ``but``; None when there is none.  Raises :class:`DamageError`."""


class Alone:
    """No other objects."""

    def load(self, oid: bytes, but: Pack | None = None) -> None:
        """None."""


class Plan(NamedTuple):
    """The entries to read, in their order; every list has an item for each."""

    parents: list[int]
    """Where in the lists the base is; its own place when there is none."""
    begins: list[int]
    ends: list[int]
    sizes: list[int]
    quick: list[bool]
    """Whether it is so small that it can be inflated before anything is asked."""
    codes: list[int]
    """The type, or :data:`HEIR`."""
    last: bytes
    needed: bytes
    wanted: list[bool]
    names: list[bytes]


def plan(pack: Pack, entries: Offsets, wanted: npt.NDArray[np.bool_]) -> Plan:
    """How to read ``entries``, which are whole families, of which those that are ``wanted`` are given."""
    table = pack.table
    parents = np.searchsorted(entries, table.bases[entries])
    if (parents > np.arange(len(parents))).any():
        order = families.bases_first(parents)
        entries, wanted, parents = entries[order], wanted[order], np.argsort(order)[parents[order]]
    walk = families.sequence(parents.tolist())
    order = np.array(walk.order, np.int64)
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    entries = entries[order]
    begins = table.starts[entries] + table.heads[entries]
    sizes = table.sizes[entries]
    ends = table.ends(entries)
    codes = np.where(table.bases[entries] == entries, table.types[entries], HEIR)
    return Plan(
        places[parents[order]].tolist(),
        begins.tolist(),
        ends.tolist(),
        sizes.tolist(),
        ((ends - begins <= TAME) & (sizes <= WHOLE)).tolist(),
        codes.tolist(),
        np.frombuffer(walk.last, np.uint8)[order].tobytes(),
        np.frombuffer(walk.needed, np.uint8)[order].tobytes(),
        wanted[order].tolist(),
        pack.names(entries),
    )


class Reader:
    """Reads what a plan says; holds the bases that are needed again, in the order of the walk."""

    def __init__(self, pack: Pack, steps: Plan, others: Others, kinds: frozenset[Kind]) -> None:
        """Give the ``kinds`` among ``steps``; look among ``others`` for what is not there or damaged."""
        self._pack = pack
        self._plan = steps
        self._others = others
        self._kinds = kinds
        self._file = pack.file()
        self._held: list[Content | DamageError | None] = []
        self._owners: list[int] = []

    def objects(  # noqa: C901, PLR0912 - what its docstring says
        self, first: int = 0, end: int | None = None
    ) -> Iterator[Stored | Skipped]:
        """Every object of the steps from ``first`` to ``end`` that is wanted, or why it cannot be read.

        The loop runs a million times in a large repository, so it is written out: no call that can be
        spared, and no question that only an unusual object raises.  Those are for :meth:`_slowly`.
        """
        held, owners, kinds = self._held, self._owners, self._kinds
        read = self._file.pread
        decompress, faults = isal_zlib.decompress, (InflateError, ApplyDeltaError, IndexError, OSError)
        names, parents = self._plan.names, self._plan.parents
        kind = self._pass(first)
        for batch in self._batches(first, len(self._plan.codes) if end is None else end):
            for number, begin, stop, size, quick, code, last, needed, wanted, oid in batch:
                base: Content | DamageError | None = None
                content: Content | DamageError | None = None
                delta = None
                if code == HEIR:
                    base = held[-1]
                    if last:
                        held.pop()
                        owners.pop()
                if quick:
                    try:
                        data = decompress(read(stop - begin, begin), 15, size + 1)
                        if len(data) == size:
                            if code < HEIR:
                                kind = KINDS[code]
                                content = data if code else None
                            elif isinstance(base, bytes) and small(data):
                                content = apply_delta(base, data)[0]
                                delta = data
                    except faults:
                        pass
                if content is None:
                    kind, content = self._slowly(number, base, kind)
                if needed:
                    held.append(content)
                    owners.append(number)
                    if not isinstance(content, bytes) or len(content) > HEAVY:
                        self._lighten()
                if not wanted:
                    continue
                if isinstance(content, DamageError):
                    if kind is None or kind in kinds:
                        yield Skipped(f"object {oid.hex()}", f"cannot be read: {content.message}")
                elif kind is not None and kind in kinds:
                    if delta is None:
                        yield Stored(oid, kind, content)
                    else:
                        yield Stored(oid, kind, content, names[parents[number]], delta)

    def _batches(self, first: int, end: int) -> Iterator[Iterable[Step]]:
        """The steps from ``first`` to ``end``; what was read of the pack is given back after each batch."""
        steps = self._plan
        every = zip(
            range(len(steps.codes)), steps.begins, steps.ends, steps.sizes, steps.quick, steps.codes,
            steps.last, steps.needed, steps.wanted, steps.names, strict=True,
        )  # fmt: skip
        every_wanted = islice(every, first, end)
        for _ in range(first, end, BATCH):
            yield islice(every_wanted, BATCH)
            self._pack.forget()

    def _pass(self, first: int) -> Kind | None:
        """Go to the step ``first`` without reading; bases are made when they are asked for."""
        kind = None
        for number, code, last, needed in zip(range(first), *self._plan[5:8], strict=False):
            if code < HEIR:
                kind = KINDS[code]
            elif code == HEIR and last:
                self._held.pop()
                self._owners.pop()
            if needed:
                self._held.append(None)
                self._owners.append(number)
        return kind

    def _lighten(self) -> None:
        """Let go of bases beyond what may be held, but never of the one that is needed next."""
        room = HELD
        for place in range(len(self._held) - 1, -1, -1):
            base = self._held[place]
            room -= 0 if base is None or isinstance(base, DamageError) else contents.weight(base)
            if room < 0 and place < len(self._held) - 1:
                self._held[place] = None

    def _slowly(
        self, number: int, base: Content | DamageError | None, kind: Kind | None
    ) -> tuple[Kind | None, Content | DamageError]:
        """Kind and content of a step, or why there is none, of what is large, damaged or unusual."""
        try:
            return self._made(number, base, kind)
        except DamageError as error:
            fault = error
        try:
            found = self._others.load(self._plan.names[number], self._pack)
        except DamageError:
            found = None
        return found or (kind, fault)

    def _made(
        self, number: int, base: Content | DamageError | None, kind: Kind | None
    ) -> tuple[Kind | None, Content]:
        code = self._plan.codes[number]
        if code != HEIR:
            return self._first(number)
        if base is None:
            parent = self._plan.parents[number]
            base = self._again(parent)
            if self._owners and self._owners[-1] == parent:
                self._held[-1] = base
        if isinstance(base, DamageError):
            name = self._plan.names[self._plan.parents[number]]
            raise DamageError(f"it is made from {name.hex()}, which cannot be read")
        return kind, self._inflated(number, base)

    def _first(self, number: int) -> tuple[Kind, Content]:
        """Kind and content of the first of a family."""
        kind = KINDS[self._plan.codes[number]] if self._plan.codes[number] < HEIR else None
        if kind is not None:
            return kind, self._inflated(number, None)
        if self._plan.codes[number] != REF_DELTA:
            raise DamageError("its entry in the pack is damaged, or there is no base where it says")
        begin = self._plan.begins[number]
        name = self._file.read(begin - self._pack.hash_size, begin).tobytes()
        try:
            found = self._others.load(name)
        except DamageError as error:
            raise DamageError(f"it is made from {name.hex()}, which cannot be read: {error}") from None
        if found is None:
            raise DamageError(f"it is made from {name.hex()}, which is missing")
        return found[0], self._inflated(number, found[1])

    def _inflated(self, number: int, base: Content | None) -> Content:
        """The content; an entry that seems to end too early is read on, for an index can lie."""
        begin, end, size = (column[number] for column in self._plan[1:4])
        try:
            return contents.made(base, self._file.read(begin, end), size)
        except DamageError:
            return contents.made(base, self._file.rest(begin), size)

    def _again(self, number: int) -> Content | DamageError:
        """Make once more what was let go of, from the nearest ancestor that is held."""
        chain = [number]
        base: Content | DamageError | None = None
        while base is None and self._plan.codes[chain[-1]] == HEIR:
            parent = self._plan.parents[chain[-1]]
            if parent in self._owners:
                base = self._held[self._owners.index(parent)]
            if base is None:
                chain.append(parent)
        for step in reversed(chain):
            base = self._slowly(step, base, None)[1]
        return base if base is not None else DamageError("nothing makes it")
