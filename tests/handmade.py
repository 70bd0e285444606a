"""Writes packs by hand, for what git itself would never write."""

from __future__ import annotations

import hashlib
import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COMMIT, TREE, BLOB, TAG, OFS, REF = 1, 2, 3, 4, 6, 7


class Entry(NamedTuple):
    """An entry: its name, type and content; ``size``, ``deflated`` and ``place`` lie when they are given."""

    oid: bytes
    type: int
    content: bytes
    base: bytes = b""
    """The name of a REF delta's base, or how far back an OFS delta's is, encoded."""
    size: int | None = None
    deflated: bytes | None = None
    place: int | None = None


def name(content: bytes, kind: str = "blob") -> bytes:
    """The name of an object."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(content)) + content, usedforsecurity=False).digest()


def blob(content: bytes) -> Entry:
    """A blob that is stored as it is."""
    return Entry(name(content), BLOB, content)


def varint(value: int) -> bytes:
    """A number as deltas have it."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))


def back(distance: int) -> bytes:
    """How far back a base is."""
    found = [distance & 0x7F]
    while distance := distance >> 7:
        distance -= 1
        found.append(distance & 0x7F | 0x80)
    return bytes(reversed(found))


def copy(start: int, length: int) -> bytes:
    """The instruction to copy from the base."""
    return b"\xff" + start.to_bytes(4, "little") + length.to_bytes(3, "little")


def insert(text: bytes) -> bytes:
    """The instructions to insert ``text``."""
    return b"".join(
        bytes((len(text[at : at + 127]),)) + text[at : at + 127] for at in range(0, len(text), 127)
    )


def delta(base: int, result: int, *instructions: bytes) -> bytes:
    """A delta from ``base`` to ``result`` bytes."""
    return varint(base) + varint(result) + b"".join(instructions)


def appended(base: bytes, text: bytes) -> bytes:
    """The delta that appends ``text``."""
    return delta(len(base), len(base) + len(text), copy(0, len(base)), insert(text))


def head(entry: Entry) -> bytes:
    """What stands before the deflated bytes."""
    size = len(entry.content) if entry.size is None else entry.size
    first, rest = size & 15, size >> 4
    return (
        bytes((entry.type << 4 | first | (0x80 if rest else 0),))
        + (varint(rest) if rest else b"")
        + entry.base
    )


def write(
    objects: Path, entries: Sequence[Entry], *, label: str = "hand", cut: int = 0, count: int | None = None
) -> Path:
    """Write a pack and its index into the directory ``objects``; ``cut`` bytes are missing at the end."""
    data, places = bytearray(b"PACK" + struct.pack(">II", 2, len(entries) if count is None else count)), []
    for entry in entries:
        places.append(len(data) if entry.place is None else entry.place)
        data += head(entry)
        data += zlib.compress(entry.content) if entry.deflated is None else entry.deflated
    data += hashlib.sha1(data, usedforsecurity=False).digest()
    pack = objects / "pack" / f"pack-{label}.pack"
    pack.parent.mkdir(parents=True, exist_ok=True)
    pack.write_bytes(data[: len(data) - cut])
    order = sorted(range(len(entries)), key=lambda at: entries[at].oid)
    write_index(pack.with_suffix(".idx"), [(entries[at].oid, places[at]) for at in order], bytes(data[-20:]))
    return pack


def write_index(path: Path, rows: list[tuple[bytes, int]], trailer: bytes) -> None:
    """An index, version 2, with a table of distant places when it needs one."""
    fanout = [sum(oid[0] <= byte for oid, _ in rows) for byte in range(256)]
    far = [place for _, place in rows if place > 0x7FFFFFFF]
    near = [0x80000000 | far.index(place) if place in far else place for _, place in rows]
    body = b"\xfftOc" + struct.pack(">I256I", 2, *fanout) + b"".join(oid for oid, _ in rows)
    body += bytes(4 * len(rows)) + struct.pack(f">{len(rows)}I", *near) + struct.pack(f">{len(far)}Q", *far)
    path.write_bytes(body + trailer + hashlib.sha1(body + trailer, usedforsecurity=False).digest())
