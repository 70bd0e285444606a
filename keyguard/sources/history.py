"""Reads everything that a repository holds: every object, reachable or not, each once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from keyguard import text
from keyguard.anchors import Anchors
from keyguard.model import Chunk, Document, Origin, Skipped
from keyguard.packs import ALL, Store
from keyguard.sources.files import is_plain, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyguard.git import Git
    from keyguard.packs import Part as StorePart
    from keyguard.packs import Stored

SOURCE: Final = "history"


class Objects(NamedTuple):
    """Some of a repository's objects, as a part of a source.  ``max_size`` is in bytes."""

    part: StorePart
    max_size: int | None = None

    @property
    def unit(self) -> Literal["files", "objects"]:
        """What its documents are counted as."""
        return "objects"

    def documents(self, glance: Callable[[bytes], frozenset[bytes] | None]) -> Iterator[Document | Skipped]:
        """Read them one after the other."""
        names = Anchors()
        for stored in self.part.objects():
            if isinstance(stored, Skipped):
                yield stored
            elif stored.kind == "tree":
                yield from _names(stored, names)
            elif self.max_size is not None and len(stored.data) > self.max_size:
                reason = f"larger than --max-file-size {size(self.max_size)}"
                yield Skipped(f"object {stored.name}", reason, failed=False)
            elif isinstance(stored.data, bytes) and is_plain(stored.data):
                present = glance(stored.data)
                if present is not None:
                    yield Document(_origin(stored), (Chunk(stored.data, present=present),))
            else:
                chunks, encoding = text.chunks_of(stored.pieces())
                yield Document(_origin(stored), chunks, encoding)


def objects(git: Git, jobs: int, max_size: int | None = None) -> tuple[list[Objects], list[Skipped]]:
    """Every object of the repository in parts for ``jobs`` processes, and what cannot be read at all."""
    store = opened(git)
    parts = [Objects(part, max_size) for part in store.parts(jobs, ALL)]
    return parts, store.skipped


def opened(git: Git) -> Store:
    """The repository's objects: its own, and those that it borrows, quarantined ones included."""
    hash_size = 32 if git.run("rev-parse", "--show-object-format").strip() == b"sha256" else 20
    also = dict(git.told).get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
    return Store.open(git.path("objects"), hash_size, [folder for folder in also.split(os.pathsep) if folder])


def _origin(stored: Stored) -> Origin:
    return Origin(SOURCE, None, stored.kind, oid=stored.name)


def _names(stored: Stored, anchors: Anchors) -> Iterator[Document]:
    """The names of a tree's entries as lines of a text, if a key can be among them."""
    data = b"".join(stored.pieces())
    if not anchors.present(data):
        return
    names, at = [], 0
    while (end := data.find(b"\0", at)) >= 0:
        names.append(data[data.find(b" ", at) + 1 : end])
        at = end + 1 + len(stored.oid)
    yield Document(_origin(stored), (Chunk(b"\n".join(names)),))
