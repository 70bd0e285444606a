"""Shows text that is written in another way, with a map back to where it stands."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from collections.abc import Iterator
from typing import NamedTuple


class View(NamedTuple):
    """A text hidden in another: its character ``i`` stands at ``shift + step * i``."""

    data: bytes
    encoding: str
    shift: int = 0
    step: int = 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the outer text of what stands at ``start:end`` here."""
        return self.shift + self.step * start, self.shift + self.step * end


def views(data: bytes) -> Iterator[View]:
    """The texts that ``data``, which has zeros in it, may hold besides itself.

    UTF-16 inside a binary file: the even and the odd bytes, each read as text of its own, whatever the
    byte order and the alignment.  :func:`is_wide` then tells what really was UTF-16.
    """
    yield View(data[::2], "utf-16", 0, 2)
    yield View(data[1::2], "utf-16", 1, 2)


def is_wide(data: bytes, start: int, end: int) -> bool:
    """Whether the ASCII characters at every other byte of ``data[start:end]`` have zeros on one side."""
    return not any(data[start + 1 : end - 1 : 2]) or (start > 0 and not any(data[start - 1 : end - 2 : 2]))
