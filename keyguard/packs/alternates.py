"""Finds the object directories that a repository borrows objects from (gitrepository-layout(5))."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Sequence


def directories(first: Sequence[str]) -> tuple[list[str], list[Skipped]]:
    """The directories ``first`` and all that they borrow from, each once, and what cannot be used."""
    found: list[str] = []
    skipped: list[Skipped] = []
    seen: set[str] = set()
    waiting = list(reversed(first))
    while waiting:
        directory = waiting.pop()
        real = os.path.realpath(directory)
        if real in seen:
            continue
        seen.add(real)
        if not os.path.isdir(directory):
            skipped.append(Skipped(directory, "objects are borrowed from here, but it is not a directory"))
            continue
        found.append(directory)
        waiting += reversed(_borrowed(directory, skipped))
    return found, skipped


def _borrowed(directory: str, skipped: list[Skipped]) -> list[str]:
    path = os.path.join(directory, "info", "alternates")
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        skipped.append(Skipped(path, f"cannot be read: {error.strerror}"))
        return []
    named = [_unquoted(line) for line in lines if line and not line.startswith(b"#")]
    return [os.path.normpath(os.path.join(directory, os.fsdecode(name))) for name in named]


def _unquoted(line: bytes) -> bytes:
    """The path, which stands in quotes, with escapes, when it begins with a quote or holds a newline."""
    if not (line.startswith(b'"') and line.endswith(b'"')):
        return line
    inside = line[1:-1].decode("latin-1")
    return inside.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")
