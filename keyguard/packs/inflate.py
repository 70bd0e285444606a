"""Inflates what zlib deflated, but never more than was announced."""

from __future__ import annotations

import mmap
import zlib
from typing import TYPE_CHECKING, Final, cast

from isal import isal_zlib

from keyguard.packs.stored import PIECE, WHOLE, DamageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyguard.packs.file import PackFile

InflateError: Final = cast("type[Exception]", isal_zlib.error)
"""What the decompressor raises; typed as an instance in its stub."""

TAME: Final = 16 << 10
"""Bytes that cannot inflate to more than 16 MB: deflate's ratio has a limit of 1032 (RFC 1951)."""

STRIDE: Final = 8 << 20
"""Bytes between the places from which reading can begin; each costs 40 kB."""

_FED: Final = 64 << 10
"""Bytes given to the decompressor at a time."""

_RECENT: Final = 2
"""Strides that are held: deltas copy mostly in order."""


def inflate(raw: memoryview, size: int) -> bytes:
    """The ``size`` bytes that ``raw``, which may go on behind, holds.  Raises :class:`DamageError`."""
    if len(raw) > TAME:
        return b"".join(pieces(raw, size))
    try:
        data: bytes = isal_zlib.decompress(raw, 15, size + 1)
    except InflateError as error:
        raise DamageError(f"zlib: {error}") from None
    if len(data) != size:
        raise DamageError(f"{size} bytes were announced, there are {_count(len(data), size)}")
    return data


def inflater(file: PackFile) -> Callable[[tuple[int, int, int]], bytes | None]:
    """What inflates an entry of the pack ``file``: where it begins and ends, and the bytes it makes.

    Its result is None for what is damaged or larger than :data:`WHOLE`.  It runs for every tree and commit,
    so it makes no call that can be spared; what follows an entry is read with it.
    """
    decompress, read = isal_zlib.decompress, file.pread
    low, high, ahead = 0, 0, memoryview(b"")

    def inflated(place: tuple[int, int, int]) -> bytes | None:
        nonlocal low, high, ahead
        begin, end, size = place
        try:
            if end - begin <= TAME and size <= WHOLE:
                if begin < low or end > high:
                    ahead = memoryview(read(TAME, begin))
                    low, high = begin, begin + TAME
                data: bytes = decompress(ahead[begin - low : end - low], 15, size + 1)
            else:
                data = inflate(file.read(begin, end), size) if size <= WHOLE else b""
        except (InflateError, DamageError, OSError):
            return None
        return data if len(data) == size else None

    return inflated


def forget(raw: memoryview) -> None:
    """Give back the pages of the file that ``raw`` is of; they stay in the system's cache."""
    if isinstance(raw.obj, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        raw.obj.madvise(mmap.MADV_DONTNEED)


def _count(found: int, size: int) -> str:
    return str(found) if found < size else "more"


def pieces(raw: memoryview, size: int) -> Iterator[bytes]:
    """The same in pieces, never looking far behind its end.  Raises :class:`DamageError` in the middle."""
    stream = isal_zlib.decompressobj()
    left, at = size, 0
    tail: bytes = b""
    try:
        while not stream.eof:
            fed = tail or raw[at : at + _FED]
            at += 0 if tail else len(fed)
            data = stream.decompress(fed, min(PIECE, left + 1))
            tail = stream.unconsumed_tail
            left -= len(data)
            if left < 0 or not (fed or data):
                break
            yield data
            if at % STRIDE < len(fed):
                forget(raw)
    except InflateError as error:
        raise DamageError(f"zlib: {error}") from None
    if left or not stream.eof:
        raise DamageError(f"{size} bytes were announced, there are {_count(size - left, size)}")


class Seekable:
    """Reads a deflated object from any place: remembers the decompressor's state every :data:`STRIDE`."""

    def __init__(self, raw: memoryview, size: int) -> None:
        """Read ``size`` bytes out of ``raw``, which was checked."""
        self._raw = raw
        self._size = size
        self._marks = [(zlib.decompressobj(), 0)]
        self._recent: dict[int, bytes] = {}

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes from ``start`` on."""
        found = []
        end = start + length
        while start < end:
            number, skip = divmod(start, STRIDE)
            found.append(self._stride(number)[skip : skip + end - start])
            start += len(found[-1])
        return b"".join(found)

    def _stride(self, number: int) -> bytes:
        while number >= len(self._marks):
            self._make(len(self._marks) - 1)
        data = self._recent.pop(number, None)
        if data is None:
            data = self._make(number)
        self._recent[number] = data
        if len(self._recent) > _RECENT:
            del self._recent[next(iter(self._recent))]
        return data

    def _make(self, number: int) -> bytes:
        """The stride ``number``, whose beginning is marked; marks its end."""
        stream, at = self._marks[number][0].copy(), self._marks[number][1]
        wanted = min(STRIDE, self._size - number * STRIDE)
        found: list[bytes] = []
        while wanted:
            fed = self._raw[at : at + _FED]
            data = stream.decompress(fed, wanted)
            if not (fed or data):
                raise DamageError("it changed while it was read")
            at += len(fed) - len(stream.unconsumed_tail)
            wanted -= len(data)
            found.append(data)
        forget(self._raw)
        if number + 1 == len(self._marks):
            self._marks.append((stream, at))
        return b"".join(found)
