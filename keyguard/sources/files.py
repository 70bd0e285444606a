"""Reads files and directories.

Only regular files are opened, never through a symlink that was not named, and never blocking: a FIFO, a
device or a directory loop cannot hold a scan up.
"""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import os
import stat
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from keyguard import text
from keyguard.model import Chunk, Document, Origin, Skipped

SOURCE: Final = "files"

_NONBLOCK: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)


class Entry(NamedTuple):
    """A file: where it is, how reports call it, and whether the user named it.

    ``trouble`` says why it cannot be read, when that is known already.
    """

    location: str
    path: str
    named: bool = False
    trouble: str = ""


class Files(NamedTuple):
    """Some files, as a part of a source.  ``max_size`` is in bytes."""

    entries: tuple[Entry, ...]
    max_size: int | None = None

    def documents(self) -> Iterator[Document | Skipped]:
        """Read them one after the other."""
        for entry in self.entries:
            yield from read(entry, self.max_size)


def read(entry: Entry, max_size: int | None) -> Iterator[Document | Skipped]:
    """The document in a file, or why there is none; a note behind it when the file changed meanwhile.

    Nothing for what was not named and is not there: it was deleted, since it was recorded or just now.
    """
    if entry.trouble:
        yield Skipped(entry.path, f"cannot be read: {entry.trouble}")
        return
    try:
        descriptor = os.open(entry.location, os.O_RDONLY | _NONBLOCK | (0 if entry.named else _NOFOLLOW))
    except OSError as error:
        yield from _unopened(entry, error)
        return
    try:
        yield from _opened(entry, descriptor, max_size)
    except OSError as error:
        yield Skipped(entry.path, f"cannot be read: {error.strerror}")
    finally:
        os.close(descriptor)


def _opened(entry: Entry, descriptor: int, max_size: int | None) -> Iterator[Document | Skipped]:
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        yield Skipped(entry.path, "not a regular file", failed=entry.named)
    elif max_size is not None and before.st_size > max_size:
        yield Skipped(entry.path, f"larger than --max-file-size {size(max_size)}", failed=False)
    else:
        yield _document(entry.path, descriptor, before.st_size)
        after = os.fstat(descriptor)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            yield Skipped(entry.path, "changed while it was read")


def _document(path: str, descriptor: int, expected: int) -> Document:
    """A document of one chunk when the file is small and plain, which most are; else one that streams."""
    origin = Origin(SOURCE, path)
    if expected > text.PIECE:
        chunks, encoding = text.chunks_of(_pieces(descriptor, b""))
        return Document(origin, chunks, encoding)
    data = os.read(descriptor, expected + 1)
    if len(data) != expected:  # a short read, or a file that grows
        data = b"".join(_pieces(descriptor, data))
    return document(origin, data)


def document(origin: Origin, data: bytes) -> Document:
    """The document whose whole content is ``data``."""
    if b"\0" in data or data[:1] in b"\xef\xfe\xff":
        chunks, encoding = text.chunks_of([data])
        return Document(origin, chunks, encoding)
    return Document(origin, (Chunk(data),))


def _pieces(descriptor: int, head: bytes) -> Iterator[bytes]:
    if head:
        yield head
    while piece := os.read(descriptor, text.PIECE):
        yield piece


def _unopened(entry: Entry, error: OSError) -> Iterator[Document | Skipped]:
    """What to say of a path that does not open: a symlink inside a tree is its target's name."""
    if not entry.named and os.path.islink(entry.location):
        yield document(Origin(SOURCE, entry.path), os.fsencode(os.readlink(entry.location)))
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        yield from [Skipped(entry.path, "does not exist")] if entry.named else []
    elif os.path.exists(entry.location) and not os.path.isfile(entry.location):
        yield Skipped(entry.path, "not a regular file", failed=entry.named)  # a socket does not open
    else:
        yield Skipped(entry.path, f"cannot be read: {error.strerror}")


def size(number: int) -> str:
    """A size as the user would write it."""
    for unit, factor in (("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)):
        if number and number % factor == 0:
            return f"{number // factor}{unit}"
    return str(number)


def batches(entries: Iterable[Entry], max_size: int | None, each: int = 256) -> Iterator[Files]:
    """The entries in parts of ``each``."""
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == each:
            yield Files(tuple(batch), max_size)
            batch = []
    if batch:
        yield Files(tuple(batch), max_size)
