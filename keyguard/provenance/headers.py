"""Reads the headers of all commits and tags: where history goes, and how old it is."""

from __future__ import annotations

import binascii
import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from isal import isal_zlib

from keyguard.packs import DamageError, loose
from keyguard.packs.inflate import InflateError
from keyguard.provenance import bulk
from keyguard.provenance.forest import Forest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.packs import Kind, Store
    from keyguard.packs.families import Numbers
    from keyguard.packs.index import Offsets
    from keyguard.provenance.bulk import Families

KINDS: Final[frozenset[Kind]] = frozenset(("commit", "tag"))

FANS: Final = 16
"""Directories of loose objects in a part, of the 256 that there are."""


class LooseFans(NamedTuple):
    """The loose objects in some subdirectories of an object directory."""

    store: Store
    directory: str
    fans: tuple[str, ...]


class Headers(NamedTuple):
    """Commits, at the same place in every column, and what else was found.

    Names stand one behind the other, in bytes.  ``counts`` says how many of ``parents`` each commit has;
    ``dates`` are when it was committed, in seconds.
    """

    names: bytes
    trees: bytes
    parents: bytes
    counts: Numbers
    dates: Offsets
    tags: dict[bytes, bytes]
    """What each tag is of."""
    loose_trees: list[bytes]


def parts(store: Store) -> Iterator[Families | LooseFans]:
    """All commits and tags, and all loose objects, in parts that can be read in any process."""
    for number, pack in bulk.readable(store):
        yield from bulk.cut(store, number, bulk.of_kind(pack, KINDS))
    for directory in store.directories:
        for at in range(0, len(loose.FANS), FANS):
            yield LooseFans(store, directory, loose.FANS[at : at + FANS])


def headers(part: Families | LooseFans) -> Headers:
    """The headers in a part."""
    reading = _Reading(part.store.hash_size)
    if isinstance(part, LooseFans):
        _read_loose(part, reading)
        return reading.headers()
    forest = Forest(part)
    size, names = part.store.hash_size, part.pack.rows(forest.entries).tobytes()

    def visit(at: int, content: bytes, _: None) -> None:
        reading.add(names[size * at : size * at + size], content)

    for name, _, content in bulk.slowly(part, forest.walk(visit), KINDS):
        reading.add(name, content)
    return reading.headers()


def _read_loose(part: LooseFans, reading: _Reading) -> None:
    for fan in part.fans:
        try:
            names = list(loose.listed(part.directory, fan, part.store.hash_size))
        except OSError:
            continue
        for name in part.store.only_loose(part.directory, names):
            kind = _kind(loose.place(part.directory, name))
            if kind == b"tree":
                reading.loose_trees.append(bytes.fromhex(name))
            elif kind in (b"commit", b"tag"):
                try:
                    content = loose.read(part.directory, name)[1]
                except (DamageError, OSError):
                    continue
                if isinstance(content, bytes):
                    reading.add(bytes.fromhex(name), content)


def _kind(path: str) -> bytes:
    """What a loose object is, without inflating all of it; empty if that cannot be told."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            begin: bytes = isal_zlib.decompressobj().decompress(os.read(descriptor, 512), 32)
        finally:
            os.close(descriptor)
    except (OSError, InflateError):
        return b""
    return begin.partition(b" ")[0]


class _Reading:
    """Headers in the making."""

    def __init__(self, size: int) -> None:
        self._digits = 2 * size
        name = b"[0-9a-f]{%d}" % self._digits
        people = rb"author [^\n]*\ncommitter [^\n]*> (-?\d{1,12}) "
        self._commit = re.compile(b"tree (%b)\n((?:parent %b\n)*)(?:%b)?" % (name, name, people)).match
        self._tag = re.compile(b"object (%b)\n" % name).match
        self._names: list[bytes] = []
        self._trees: list[bytes] = []
        self._parents: list[bytes] = []
        self._counts: list[int] = []
        self._dates: list[int] = []
        self._tags: dict[bytes, bytes] = {}
        self.loose_trees: list[bytes] = []

    def add(self, name: bytes, content: bytes) -> None:
        """Read a commit or a tag."""
        found = self._commit(content)
        if found is not None:
            tree, parents, seconds = found.groups()
            self._names.append(name)
            self._trees.append(tree)
            self._parents.append(parents)
            self._counts.append(len(parents) // (self._digits + 8))
            self._dates.append(int(seconds or 0))
            return
        found = self._tag(content)
        if found is not None:
            self._tags[name] = binascii.unhexlify(found[1])

    def headers(self) -> Headers:
        """All that was read."""
        lines = np.frombuffer(b"".join(self._parents), np.uint8).reshape(-1, self._digits + 8)
        return Headers(
            b"".join(self._names),
            binascii.unhexlify(b"".join(self._trees)),
            binascii.unhexlify(lines[:, 7:-1].tobytes()),
            np.array(self._counts, np.int32),
            np.array(self._dates, np.int64),
            self._tags,
            self.loose_trees,
        )
