"""Holds a pack file open: mapped, for what is read at once, and by its descriptor, for single entries.

An entry that is read through a map makes the pages around it ours, up to 2 MB where the system's cache has
pages of that size.  Read with pread(2), in about the same time, it takes what it is long.
"""

from __future__ import annotations

import mmap
import os
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from keyguard.packs.stored import DamageError

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE: Final = 4 << 20
"""Bytes that are read; of more than these, ever a part is looked at and given back."""


class PackFile:
    """An open pack; closed when nobody has it any longer, so that its number is nobody else's until then."""

    _close: ClassVar = staticmethod(os.close)  # at an exit there may be no os any longer

    def __init__(self, path: str) -> None:
        """Open ``path``; raises :class:`DamageError` when it is empty, and :class:`OSError`."""
        self.number = -1
        self.number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        if not os.fstat(self.number).st_size:
            raise DamageError("it is empty")
        self.map = mmap.mmap(self.number, 0, access=mmap.ACCESS_READ)
        self.pread: Callable[[int, int], bytes] = (
            partial(os.pread, self.number) if hasattr(os, "pread") else self._copied
        )
        """So many bytes from there on, or as many as there are; Windows has no such call."""

    def read(self, begin: int, end: int) -> memoryview:
        """The bytes from ``begin`` to ``end``: read, unless there are more than :data:`AT_ONCE`."""
        if 0 <= end - begin <= AT_ONCE:
            return memoryview(self.pread(end - begin, begin))
        return self.rest(begin)[: max(end - begin, 0)]

    def rest(self, begin: int) -> memoryview:
        """The bytes from ``begin`` to the end of the file.

        Raises :class:`DamageError` when the file was made shorter: to read a map behind the end of its file
        ends the process (SIGBUS, mmap(2)).
        """
        if os.fstat(self.number).st_size < len(self.map):
            raise DamageError("its pack was cut short while it was read")
        return memoryview(self.map)[begin:]

    def _copied(self, length: int, begin: int) -> bytes:
        return self.map[begin : begin + max(length, 0)]

    def __del__(self) -> None:
        """Close it."""
        if self.number >= 0:
            self._close(self.number)
