"""Reads files and directories.

Only regular files are opened, never through a symlink that was not named, and never blocking: a FIFO, a
device or a directory loop cannot hold a scan up.
"""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import os
import stat
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from keyguard import text
from keyguard.model import Chunk, Document, Origin, Skipped

if TYPE_CHECKING:
    from keyguard.pipeline import Glance

SOURCE: Final = "files"

_READ: Final = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
_MARKS: Final = frozenset((b"\xef", b"\xfe", b"\xff"))
"""What byte order marks begin with."""

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

    @property
    def unit(self) -> Literal["files", "objects"]:
        """What its documents are counted as."""
        return "files"

    def documents(self, glance: "Glance") -> Iterator[Document | Skipped]:
        """Read them one after the other."""
        for entry in self.entries:
            if entry.trouble:
                yield Skipped(entry.path, f"cannot be read: {entry.trouble}")
                continue
            try:
                descriptor = os.open(entry.location, _READ if entry.named else _READ | _NOFOLLOW)
            except OSError as error:
                yield from _unopened(entry, error)
                continue
            try:
                status = os.fstat(descriptor)
                small = self._is_small(status)
                data = os.read(descriptor, status.st_size + 1) if small else b""
                if not small or len(data) != status.st_size:
                    yield from _large(entry, descriptor, data, status, self.max_size)
                elif not is_plain(data):
                    yield document(Origin(SOURCE, entry.path), data)
                elif (chunk := glance(data)) is not None:
                    yield Document(Origin(SOURCE, entry.path), (chunk,))
            except OSError as error:
                yield Skipped(entry.path, f"cannot be read: {error.strerror}")
            finally:
                os.close(descriptor)

    def _is_small(self, status: os.stat_result) -> bool:
        """Whether it is a file that one call reads, as most are; what that reads was there at one time."""
        most = text.PIECE if self.max_size is None else min(text.PIECE, self.max_size)
        return status.st_size <= most and stat.S_ISREG(status.st_mode)


def _large(
    entry: Entry, descriptor: int, head: bytes, before: os.stat_result, max_size: int | None
) -> Iterator[Document | Skipped]:
    """The document in a file of which only ``head`` was read; a note behind it when it changed meanwhile."""
    if not stat.S_ISREG(before.st_mode):
        yield Skipped(entry.path, "not a regular file", failed=entry.named)
        return
    if max_size is not None and before.st_size > max_size:
        yield Skipped(entry.path, f"larger than --max-file-size {size(max_size)}", failed=False)
        return
    chunks, encoding = text.chunks_of(_pieces(descriptor, head))
    yield Document(Origin(SOURCE, entry.path), chunks, encoding)
    after = os.fstat(descriptor)
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        yield Skipped(entry.path, "changed while it was read")


def is_plain(data: bytes) -> bool:
    """Whether ``data`` is surely in no wide encoding, and has no mark of any."""
    return b"\0" not in data and data[:1] not in _MARKS


def document(origin: Origin, data: bytes) -> Document:
    """The document whose whole content is ``data``."""
    if is_plain(data):
        return Document(origin, (Chunk(data),))
    chunks, encoding = text.chunks_of([data])
    return Document(origin, chunks, encoding)


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
