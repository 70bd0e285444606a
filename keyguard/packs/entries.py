"""Reads the headers of many entries of a pack at once (gitformat-pack(5), "pack-*.pack files")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from keyguard.packs.stored import OFS_DELTA, REF_DELTA

if TYPE_CHECKING:
    from keyguard.packs.index import Bytes, Offsets, Places

_MORE: Final = 0x80
_LONGEST: Final = 8
"""Bytes that continue a number; with nine it would not fit 63 bits, and no object is that large."""

BATCH: Final = 2048
"""Entries after which pages are given back: for each, up to 64 kB around it may become ours (Linux)."""

_CHUNK: Final = 1 << 16
"""Keys that are numbered at a time."""

INVALID: Final = 0


class Headers(NamedTuple):
    """What entries say of themselves; ``types`` is :data:`INVALID` where that makes no sense.

    ``sizes`` is of what is deflated, ``bodies`` where that begins, ``backs`` how far back an OFS_DELTA's base
    is (0 for others).  A REF_DELTA has the name of its base right before its body.
    """

    types: Bytes
    sizes: Offsets
    bodies: Offsets
    backs: Offsets


def headers(data: Bytes, starts: Offsets, hash_size: int) -> Headers:
    """The headers of the entries at ``starts``, each at least a checksum before the end of ``data``."""
    first = data[starts]
    types = (first >> 4 & 7).astype(np.uint8)
    sizes = (first & 15).astype(np.int64)
    bodies = starts + 1
    open_ = np.flatnonzero(first & _MORE)
    for shift in range(4, 4 + 7 * _LONGEST, 7):
        if not open_.size:
            break
        byte = data[bodies[open_]]
        sizes[open_] |= (byte & 0x7F).astype(np.int64) << shift
        bodies[open_] += 1
        open_ = open_[byte & _MORE != 0]
    types[open_] = INVALID
    types[types == 5] = INVALID  # noqa: PLR2004 - reserved
    backs = _backs(data, types, bodies)
    bodies[types == REF_DELTA] += hash_size
    return Headers(types, sizes, bodies, backs)


def _backs(data: Bytes, types: Bytes, bodies: Offsets) -> Offsets:
    """How far back the bases are; moves ``bodies`` behind these numbers."""
    backs: Offsets = np.zeros(len(types), np.int64)
    deltas = np.flatnonzero(types == OFS_DELTA)
    byte = data[bodies[deltas]]
    value = (byte & 0x7F).astype(np.int64)
    places = bodies[deltas] + 1
    open_ = np.flatnonzero(byte & _MORE)
    for _ in range(_LONGEST):
        if not open_.size:
            break
        byte = data[places[open_]]
        value[open_] = (value[open_] + 1 << 7) | (byte & 0x7F)
        places[open_] += 1
        open_ = open_[byte & _MORE != 0]
    types[deltas[open_]] = INVALID
    types[deltas[value == 0]] = INVALID
    backs[deltas] = value
    bodies[deltas] = places
    return backs


def in_order(keys: Places) -> Offsets:
    """What a stable ``argsort`` gives, in a quarter of its time: key and number are sorted as one."""
    bits = len(keys).bit_length()
    if not len(keys) or int(keys.max()) >> (62 - bits) or int(keys.min()) < 0:
        return np.argsort(keys, kind="stable")
    both = keys.astype(np.int64)
    both <<= bits
    for begin in range(0, len(both), _CHUNK):  # numbers for all of them would take as much memory again
        both[begin : begin + _CHUNK] |= np.arange(begin, min(begin + _CHUNK, len(both)))
    both.sort()
    both &= (1 << bits) - 1
    return both
