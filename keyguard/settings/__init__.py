"""Finds, reads and checks configuration files; here, only whether there are any, which costs next to nothing.

A hook asks this for every commit, so nothing else is loaded, and no TOML is read, when there is none.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # `typing` is not needed to look for files
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

FILES: Final = ("keyguard.toml", ".keyguard.toml")
PYPROJECT: Final = "pyproject.toml"
IGNORE: Final = ".keyguardignore"
VARIABLES: Final = "KEYGUARD_"
"""How the variables begin that say what an option says."""
MENTION: Final = b"keyguard"
"""What a pyproject.toml with settings for keyguard holds; most hold none, and need not be parsed to know."""


def upwards(start: str) -> Iterator[str]:
    """The directory ``start`` and those above it, up to the top of the repository; else only ``start``."""
    folders = []
    folder = os.path.realpath(start)
    while True:
        folders.append(folder)
        if os.path.lexists(os.path.join(folder, ".git")):
            return iter(folders)
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return iter(folders[:1])


def any_file(start: str) -> bool:
    """Whether there may be a file that has something to say about what is in ``start``."""
    try:
        return any(_in(folder) for folder in upwards(start))
    except OSError:  # the current directory is gone
        return False


def _in(folder: str) -> bool:
    if any(os.path.lexists(os.path.join(folder, name)) for name in (*FILES, IGNORE)):
        return True
    try:
        with open(os.path.join(folder, PYPROJECT), "rb") as file:
            return MENTION in file.read()
    except OSError:
        return False
