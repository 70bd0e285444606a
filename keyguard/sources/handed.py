"""Reads what pre-commit hands to a hook: names of files, which may be about the index or not."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from keyguard.sources import Single, files
from keyguard.sources.staged import staged, staged_changes
from keyguard.sources.tree import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keyguard.git import Git
    from keyguard.sources.part import Part


def handed(
    git: Git, names: Sequence[str], excluded: Callable[[str], bool] | None, max_size: int | None
) -> list[Part]:
    """The source for a hook that was given ``names``, relative to the current directory.

    Without names, and when all of them are staged, it is what the next commit would record: of these
    files, and of symlinks, which pre-commit by default does not name.  Otherwise pre-commit was told which
    files to look at (``--all-files``, ``--files``, ``--from-ref``): then these files, whole, from the disk,
    and what is staged of them too.  A symlink is its target's name, as it is for git.
    """
    if not names:
        return [Single(partial(staged, git, max_size=max_size), excluded)]
    prefix = git.prefix()
    named = {os.path.normpath(prefix + name).replace(os.sep, "/") for name in names}
    _, changes = staged_changes(git)
    index = Single(partial(staged, git, named, max_size), excluded)
    if named <= {change.path for change in changes}:
        return [index]
    wanted = [name for name in names if not (excluded and excluded(name))]
    disk = files.batches((_entry(name) for name in wanted), max_size)
    return [*([index] if changes else []), *disk]


def _entry(name: str) -> files.Entry:
    return files.Entry(name, shown(name, "."), named=not os.path.islink(name))
