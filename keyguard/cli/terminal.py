"""Reads single keys from a terminal, which waits for Enter unless it is told not to."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

END: Final = "\x04"
"""What is read at the end of the input: the key Ctrl-D."""

_ESCAPE: Final = b"\x1b"
_CHUNK: Final = 64


def is_there() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def keys() -> Iterator[Iterator[str]]:
    """The keys that are pressed, one by one, without Enter and without echo; the terminal is put back after.

    Ctrl-C still interrupts.  Where there is no termios (Windows), a line is read, and its keys are taken.
    """
    try:
        import termios  # noqa: PLC0415 - not everywhere
        import tty  # noqa: PLC0415 - likewise
    except ImportError:
        yield (key for line in sys.stdin for key in line.strip())
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSADRAIN)
        yield _pressed(terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _pressed(terminal: int) -> Iterator[str]:
    """Keys; those that send an escape sequence (arrows and the like) mean nothing here."""
    while chunk := os.read(terminal, _CHUNK):
        if not chunk.startswith(_ESCAPE):
            yield from chunk.decode("ascii", "replace")
    yield END
