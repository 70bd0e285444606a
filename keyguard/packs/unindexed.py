"""Makes the index of a pack that has none, or one that lies, by going through the pack."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
from isal import isal_zlib

from keyguard.packs import table as tables
from keyguard.packs.entries import headers
from keyguard.packs.index import Index
from keyguard.packs.inflate import InflateError
from keyguard.packs.stored import DamageError, Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keyguard.packs.index import Bytes, Offsets
    from keyguard.packs.table import Table

    Read = Callable[[Index, Table], Iterable[object]]

_FED: Final = 64 << 10
_ROUNDS: Final = 50
"""How often bases are looked for among the names that have become known; git's chains are no longer."""

_NUMBER: Final = 8
"""Bytes of the number that stands for a name that is not known."""


def made(data: Bytes, count: int, hash_size: int, read: Read) -> tuple[Index, list[str]]:
    """An index of the ``count`` objects that the pack ``data`` should hold, and what it does not name.

    ``read`` reads all objects of the pack with an index and a table.
    """
    starts, faults = _starts(data, count, hash_size)
    names: dict[int, bytes] = {}
    for _ in range(_ROUNDS):
        index = _provisional(starts, names, hash_size)
        known = len(names)
        for one in read(index, tables.table(data, index, _nothing)):
            if isinstance(one, Stored) and not any(one.oid[_NUMBER:]):
                names[int.from_bytes(one.oid[:_NUMBER], "big")] = _name(one, hash_size)
        if len(names) in (known, len(starts)):
            break
    faults += [
        f"the entry at byte {start} cannot be read" for at, start in enumerate(starts) if at not in names
    ]
    kept = [start for at, start in enumerate(starts) if at in names]
    return _provisional(kept, dict(enumerate(names[at] for at in sorted(names))), hash_size), faults


def _nothing() -> None:
    """Keep the pages: all are read again at once."""


def _starts(data: Bytes, count: int, hash_size: int) -> tuple[list[int], list[str]]:
    """Where the entries begin, and what is wrong when there are fewer than ``count``."""
    starts: list[int] = []
    at, end = tables.FIRST, len(data) - hash_size
    while len(starts) < count:
        after = _end(data, at, end, hash_size) if at < end else None
        if after is None:
            missing = count - len(starts)
            return starts, [
                f"damaged or truncated at byte {at}; {missing} of its {count} objects were not read"
            ]
        starts.append(at)
        at = after
    return starts, []


def _end(data: Bytes, start: int, end: int, hash_size: int) -> int | None:
    """Where the entry that begins at ``start`` ends; None when it does not."""
    found = headers(data, np.array([start]), hash_size)
    if not found.types[0]:
        return None
    at, left = int(found.bodies[0]), int(found.sizes[0])
    stream = isal_zlib.decompressobj()
    tail: bytes = b""
    try:
        while not stream.eof:
            fed = tail or data[at : min(at + _FED, end)].tobytes()
            made = stream.decompress(fed, min(_FED, left + 1))
            at += 0 if tail else len(fed)
            tail = stream.unconsumed_tail
            left -= len(made)
            if left < 0 or not (fed or made):
                return None
    except InflateError:
        return None
    return None if left else at - len(stream.unused_data)


def _provisional(starts: list[int], names: dict[int, bytes], hash_size: int) -> Index:
    """An index in which objects whose names are not known are named by their number."""
    rows = [names.get(at) or at.to_bytes(_NUMBER, "big").ljust(hash_size, b"\0") for at in range(len(starts))]
    order = sorted(range(len(rows)), key=rows.__getitem__)
    packed = b"".join(rows[at] for at in order)
    offsets: Offsets = np.array([starts[at] for at in order], np.int64)
    return Index(np.frombuffer(packed, np.uint8).reshape(-1, hash_size), offsets)


def _name(one: Stored, hash_size: int) -> bytes:
    """What git calls the object."""
    digest = hashlib.new("sha1" if hash_size == 20 else "sha256", usedforsecurity=False)  # noqa: PLR2004 - bytes
    digest.update(f"{one.kind} {len(one.data)}\0".encode())
    for piece in one.pieces():
        digest.update(piece)
    return digest.digest()


def check(index: Index, count: int) -> None:
    """Raise :class:`DamageError` when ``index`` cannot be that of a pack of ``count`` objects."""
    if len(index.offsets) != count:
        raise DamageError(f"its index has {len(index.offsets)} objects, it says itself that it holds {count}")
    ordered = np.sort(index.offsets)  # several times faster than `unique`
    if (ordered[1:] == ordered[:-1]).any():
        raise DamageError("its index has several objects at one place")
