"""Reads what pre-commit hands to a hook: names of files, which may be about the index or not."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final

from keyguard import text
from keyguard.sources import Single, files
from keyguard.sources.changes import SYMLINK
from keyguard.sources.staged import staged, staged_changes
from keyguard.sources.tree import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keyguard.git import Git
    from keyguard.sources.part import Part

SHA1_LENGTH: Final = 40
"""Digits of an object's name, in a repository that does not use SHA-256."""


def handed(
    git: Git, names: Sequence[str], excluded: Callable[[str], bool] | None, max_size: int | None
) -> list[Part]:
    """The source for a hook that was given ``names``, relative to the current directory.

    Without names, and when all of them are staged, it is what the next commit would record: of these
    files, and of symlinks, which pre-commit by default does not name.  Otherwise pre-commit was told which
    files to look at (``--all-files``, ``--files``, ``--from-ref``): then these files, whole, from the disk,
    and what is staged of them too, where that is something else.  A symlink is its target's name, as it is
    for git.
    """
    if not names:
        return [Single(partial(staged, git, max_size=max_size), excluded)]
    prefix = git.prefix()
    named = {os.path.normpath(prefix + name).replace(os.sep, "/"): name for name in names}
    known = staged_changes(git)
    changes = known[1]
    if named.keys() <= {change.path for change in changes}:
        return [Single(partial(staged, git, frozenset(named), max_size, known), excluded)]
    links = {change.path for change in changes if change.mode == SYMLINK}
    other = {one.path for one in changes if one.path in named and not _is_on_disk(named[one.path], one.oid)}
    index = [Single(partial(staged, git, other, max_size, known), excluded)] if links or other else []
    wanted = [name for path, name in named.items() if path not in links and not (excluded and excluded(name))]
    return [*index, *files.batches((_entry(name) for name in wanted), max_size)]


def _is_on_disk(name: str, oid: str) -> bool:
    """Whether the file is just what is staged, so that reading both would tell everything twice.

    git's name for a blob is a hash of its length and content (gitformat-pack(5), "Object types").
    """
    import hashlib  # noqa: PLC0415 - not for a commit

    if os.path.islink(name) or not os.path.isfile(name):
        return False
    try:
        with open(name, "rb") as file:
            head = f"blob {os.fstat(file.fileno()).st_size}\0".encode()
            digest = hashlib.new("sha1" if len(oid) == SHA1_LENGTH else "sha256", head, usedforsecurity=False)
            while piece := file.read(text.PIECE):
                digest.update(piece)
    except OSError:
        return False
    return digest.hexdigest() == oid


def _entry(name: str) -> files.Entry:
    return files.Entry(name, shown(name, "."), named=not os.path.islink(name))
