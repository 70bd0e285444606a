"""Asks git where history begins: at HEAD, at refs, and at what reflogs remember."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from keyguard.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyguard.git import Git


def tips(git: Git) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """What HEAD, refs and reflogs name: tags, trees and blobs are among them, and what is missing.

    The HEADs of other work trees count as refs.  Raises :class:`GitError`.
    """
    refs = git.run("for-each-ref", "--format=%(objectname)")
    reflogs = git.run("rev-list", "--reflog", "--no-walk=unsorted", "--ignore-missing", "--stdin")
    return _resolved(git, ["HEAD"]), [*_named(refs), *_resolved(git, _heads(git))], _named(reflogs)


def _heads(git: Git) -> list[str]:
    """How git calls the HEADs of all work trees (gitrevisions has it not, git-worktree(1) does)."""
    with suppress(OSError):
        return [
            "main-worktree/HEAD",
            *(f"worktrees/{name}/HEAD" for name in os.listdir(git.path("worktrees"))),
        ]
    return []


def _resolved(git: Git, names: Iterable[str]) -> list[bytes]:
    """What of ``names`` names anything; a damaged one names nothing."""
    found = []
    for name in names:
        with suppress(GitError):
            oid = git.resolve(name)
            found += _named(oid.encode()) if oid else []
    return found


def _named(printed: bytes) -> list[bytes]:
    return [bytes.fromhex(name.decode("ascii")) for name in printed.split()]
