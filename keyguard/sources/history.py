"""Reads everything that a repository holds: every object, reachable or not, each once."""

from __future__ import annotations

import os
import re
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from keyguard import text
from keyguard.model import Chunk, Document, Origin, Skipped
from keyguard.packs import DamageError, Store, Stored, edits
from keyguard.packs.parts import LoosePart
from keyguard.sources.files import is_plain, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.git import Git
    from keyguard.packs import Part as StorePart
    from keyguard.pipeline import Glance

SOURCE: Final = "history"

_HEAD: Final = rb"tree [0-9a-f]{40,64}\n(?:parent [0-9a-f]{40,64}\n)*+"
"""How a commit begins (gitformat-commit): with hashes, each of which would be a run to be looked at."""


TOGETHER: Final = 64 << 10
"""Bytes of trees that are searched at once."""


class Objects(NamedTuple):
    """Some of a repository's objects, as a part of a source.  ``max_size`` is in bytes."""

    part: StorePart
    max_size: int | None = None

    @property
    def unit(self) -> Literal["files", "objects"]:
        """What its documents are counted as."""
        return "objects"

    def documents(self, glance: Glance) -> Iterator[Document | Skipped]:
        """Read them one after the other."""
        clean: set[bytes] = set()
        head = re.compile(_HEAD)
        for stored in self.part.objects():
            if isinstance(stored, Skipped):
                yield stored
            elif self.max_size is not None and len(stored.data) > self.max_size:
                reason = f"larger than --max-file-size {size(self.max_size)}"
                yield Skipped(f"object {stored.name}", reason, failed=False)
            elif isinstance(stored.data, bytes) and is_plain(stored.data):
                begin = found.end() if stored.kind == "commit" and (found := head.match(stored.data)) else 0
                is_clean = stored.base in clean
                chunk = glance(
                    stored.data,
                    partial(edits.changed, stored.data, stored.delta) if is_clean else None,
                    begin,
                )
                if chunk is None:
                    clean.add(stored.oid)
                else:
                    yield Document(_origin(stored), (chunk,))
            else:
                chunks, encoding = text.chunks_of(stored.pieces())
                yield Document(_origin(stored), chunks, encoding)


class Names(NamedTuple):
    """The names in some of a repository's trees, as a part of a source.

    A name that is new stands whole in the delta that brings it, so the deltas are looked at, and applied
    only where there is an anchor in one.
    """

    part: StorePart
    store: Store

    @property
    def unit(self) -> Literal["files", "objects"]:
        """What its documents are counted as."""
        return "objects"

    def documents(self, glance: Glance) -> Iterator[Document | Skipped]:
        """Read them one after the other."""
        for group in _groups(self._trees()):
            read = [(oid, data) for oid, data in group if data is not None]
            yield from (self._tree(oid) for oid, data in group if data is None)
            yield from (self._tree(read[number][0]) for number in glance.hinting([data for _, data in read]))

    def _trees(self) -> Iterator[tuple[bytes, bytes | None]]:
        if isinstance(self.part, LoosePart) or self.part.endless:
            whole = (one for one in self.part.objects() if isinstance(one, Stored))
            return ((one.oid, b"".join(one.pieces())) for one in whole)
        return self.part.stored()

    def _tree(self, oid: bytes) -> Document | Skipped:
        try:
            found = self.store.load(oid)
        except DamageError as error:
            return Skipped(f"object {oid.hex()}", f"cannot be read: {error.message}")
        if found is None:
            return Skipped(f"object {oid.hex()}", "is missing")
        stored = Stored(oid, *found)
        return Document(_origin(stored), (Chunk(b"\n".join(_names(stored))),))


def _groups(trees: Iterable[tuple[bytes, bytes | None]]) -> Iterator[list[tuple[bytes, bytes | None]]]:
    """The trees in groups of :data:`TOGETHER` bytes, or of one that is larger."""
    group, size = [], 0
    for one in trees:
        group.append(one)
        size += len(one[1] or b"")
        if size > TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def objects(git: Git, jobs: int, max_size: int | None = None) -> tuple[list[Objects | Names], list[Skipped]]:
    """Every object of the repository in parts for ``jobs`` processes, and what cannot be read at all."""
    store = opened(git)
    texts = [Objects(part, max_size) for part in store.parts(jobs)]
    names = [Names(part, store) for part in store.parts(jobs, frozenset({"tree"}))]
    return [*texts, *names], store.skipped


def opened(git: Git) -> Store:
    """The repository's objects: its own, and those that it borrows, quarantined ones included."""
    hash_size = 32 if git.run("rev-parse", "--show-object-format").strip() == b"sha256" else 20
    also = dict(git.told).get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
    return Store.open(git.path("objects"), hash_size, [folder for folder in also.split(os.pathsep) if folder])


def _origin(stored: Stored) -> Origin:
    return Origin(SOURCE, None, stored.kind, oid=stored.name)


def _names(tree: Stored) -> Iterator[bytes]:
    """The names of a tree's entries: each stands between a space and a zero, before a binary object name."""
    data = b"".join(tree.pieces())
    at = 0
    while (end := data.find(b"\0", at)) >= 0:
        yield data[data.find(b" ", at) + 1 : end]
        at = end + 1 + len(tree.oid)
