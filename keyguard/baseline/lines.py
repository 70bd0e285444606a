"""Gives the lines around a finding, from the file or the object that it was found in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from keyguard import text
from keyguard.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.git import Git
    from keyguard.model import Finding

REMEMBERED = 64
"""Texts that are kept: findings come file by file."""


@lru_cache(maxsize=REMEMBERED)
def _of_file(path: str) -> tuple[str, ...]:
    with open(path, "rb") as file:
        return _decoded(iter(lambda: file.read(text.PIECE), b""))


@lru_cache(maxsize=REMEMBERED)
def _of_object(git: Git, oid: str) -> tuple[str, ...]:
    return next((_decoded(found.pieces) for found in git.objects([oid])), ())


def lines(finding: Finding, git: Git | None = None) -> tuple[str, ...]:
    """The lines of the text that ``finding`` was found in; none when it cannot be read any more.

    What was found in an object is read with ``git``.
    """
    try:
        if finding.oid is not None and git is not None:
            return _of_object(git, finding.oid)
        return _of_file(finding.path or "")
    except (OSError, GitError):
        return ()


def _decoded(pieces: Iterator[bytes]) -> tuple[str, ...]:
    return tuple(line.decode("utf-8", "surrogateescape") for line in text.lines(pieces))
