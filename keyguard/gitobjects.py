"""Speaks the protocol of ``git cat-file --batch``, so that a blob of a gigabyte never sits in memory."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, Final, NamedTuple, Self

from keyguard.errors import GitError
from keyguard.text import PIECE

MISSING: Final = "missing"
"""The kind of an object that is not there, or that git cannot unpack: it calls both missing."""

UNREADABLE: Final = "unreadable"
"""The kind of an object at which git gave up."""

WINDOW: Final = 60
"""Names on their way to git.  With 65 bytes each they fit the smallest pipe there is, of one page."""

NOT_WORTH_READING: Final = 32 << 20
"""Bytes that nobody wants, above which a new process is cheaper than reading past them."""


def is_oid(name: str) -> bool:
    """Whether it has the form of a full object name, SHA-1 or SHA-256."""
    return len(name) in (40, 64) and not name.strip("0123456789abcdefABCDEF")


class Content:
    """What an object holds, in pieces; each can be had once, and only before the next object is asked for.

    Raises :class:`GitError` when git ends in the middle, :class:`ValueError` when it is too late.
    """

    def __init__(self, stream: IO[bytes], oid: str, size: int) -> None:
        """Read ``size`` bytes from ``stream``."""
        self._stream = stream
        self._oid = oid
        self.left = size
        self._open = True

    def close(self) -> int:
        """Give no more; says how many bytes were left."""
        left, self._open = self.left, False
        return left

    def __iter__(self) -> Self:
        """Itself."""
        return self

    def __next__(self) -> bytes:
        """The next piece."""
        if not self.left:
            raise StopIteration
        if not self._open:
            raise ValueError("the object was not read before the next one was asked for")
        data = self._stream.read(min(self.left, PIECE))
        if not data:
            raise GitError(f"object {self._oid} is damaged: git ended in the middle of it", "run 'git fsck'")
        self.left -= len(data)
        return data


class Object(NamedTuple):
    """An object: ``kind`` is blob, tree, commit or tag, or :data:`MISSING` or :data:`UNREADABLE`.

    ``size`` is in bytes; ``reason`` says why there is no content, when there is none.
    """

    oid: str
    kind: str
    size: int
    pieces: Iterator[bytes]
    reason: str = ""


class HungUpError(Exception):
    """The conversation ended early: at ``oid``, or, when that is None, behind the last object given."""

    def __init__(self, oid: str | None) -> None:
        """Remember where."""
        super().__init__(oid)
        self.oid = oid


def absent(oid: str, kind: str, reason: str) -> Object:
    """An object without content."""
    return Object(oid, kind, 0, iter(()), reason)


def answers(ask: IO[bytes], answer: IO[bytes], waiting: deque[str], more: Iterator[str]) -> Iterator[Object]:
    """Ask for the objects of ``waiting``, then of ``more``, and give them in that order.

    ``waiting`` holds what git was asked and has not answered; never more than :data:`WINDOW` of them, so
    that asking cannot block while git waits to be read.  Raises :class:`HungUpError`.
    """
    _ask(ask, waiting)
    while True:
        if len(waiting) <= WINDOW // 2:
            fresh = list(islice(more, WINDOW - len(waiting)))
            _ask(ask, fresh)
            waiting.extend(fresh)
        if not waiting:
            return
        yield from _next(answer, waiting)


def _next(answer: IO[bytes], waiting: deque[str]) -> Iterator[Object]:
    oid = waiting.popleft()
    kind, size = _header(answer.readline(), oid)
    if kind == MISSING:
        yield absent(oid, kind, "git says that the object is missing")
        return
    content = Content(answer, oid, size)
    yield Object(oid, kind, size, content)
    unread = content.close() + 1  # and a newline
    if unread > NOT_WORTH_READING or len(answer.read(unread)) != unread:
        raise HungUpError(None)


def _ask(ask: IO[bytes], oids: deque[str] | list[str]) -> None:
    if not oids:
        return
    with suppress(OSError):  # git has ended; reading its answers will tell
        os.write(ask.fileno(), "".join(f"{oid}\n" for oid in oids).encode())


def _header(line: bytes, oid: str) -> tuple[str, int]:
    """Type and size, out of ``<oid> <type> <size>`` or ``<oid> missing``."""
    match line.decode("ascii", "replace").split():
        case [name, kind, size] if name == oid:
            return kind, int(size)
        case [name, "missing"] if name == oid:
            return MISSING, 0
    raise HungUpError(oid)
