"""Reads objects that have a file of their own (gitformat-loose(5))."""

from __future__ import annotations

import mmap
import os
import stat
from typing import TYPE_CHECKING, Final

from isal import isal_zlib

from keyguard.packs.inflate import InflateError, inflate
from keyguard.packs.large import Inflated
from keyguard.packs.stored import HUGE, KINDS, WHOLE, DamageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.packs.contents import Content
    from keyguard.packs.stored import Kind

_HEADER: Final = 64
"""Bytes that hold the longest header: ``commit 8589934592`` and a zero byte."""

_HEX: Final = frozenset("0123456789abcdef")
FANS: Final = tuple(f"{number:02x}" for number in range(256))
"""The names of the directories that they are in."""


def listed(directory: str, fan: str, hash_size: int) -> Iterator[str]:
    """The names of the objects in the subdirectory ``fan``, in order; raises :class:`OSError`."""
    below = os.path.join(directory, fan)
    if os.path.islink(below):
        raise OSError(0, "a symbolic link, which may lead anywhere")
    try:
        names = os.listdir(below)
    except FileNotFoundError:
        return
    for name in sorted(names):
        if len(name) == 2 * hash_size - 2 and _HEX.issuperset(name):
            yield fan + name


def place(directory: str, name: str) -> str:
    """Where the object ``name`` has its file."""
    return os.path.join(directory, name[:2], name[2:])


def read(directory: str, name: str) -> tuple[Kind, Content]:
    """Kind and content of the object ``name``; raises :class:`DamageError` and :class:`OSError`."""
    raw = _raw(place(directory, name))
    kind, size, skipped = _header(raw)
    if size > HUGE:
        raise DamageError(f"it claims to hold {size} bytes")
    if size > WHOLE:
        return kind, Inflated(raw, size, skipped)
    return kind, inflate(raw, skipped + size)[skipped:]


def _raw(path: str) -> memoryview:
    """The bytes of a file that is neither a symbolic link nor a pipe, which would never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise DamageError("not a regular file")
        if not state.st_size:
            raise DamageError("the file is empty")
        if state.st_size > WHOLE:
            return memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
        return memoryview(os.read(descriptor, state.st_size))
    finally:
        os.close(descriptor)


def _header(raw: memoryview) -> tuple[Kind, int, int]:
    """Kind, size, and the length of the header itself, out of ``<kind> <size>`` and a zero byte."""
    try:
        begin: bytes = isal_zlib.decompressobj().decompress(raw[:4096], _HEADER)
    except InflateError as error:
        raise DamageError(f"zlib: {error}") from None
    head, zero, _ = begin.partition(b"\0")
    kind, _, size = head.decode("ascii", "replace").partition(" ")
    for known in KINDS:
        if known == kind and zero and size.isdigit():
            return known, int(size), len(head) + 1
    raise DamageError("it does not begin as an object does")
