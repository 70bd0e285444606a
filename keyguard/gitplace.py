"""Finds git, and the repository around a directory, before anything is run."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from keyguard.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def program(search: str, top: str | None) -> str:
    """The git of ``search``, a PATH: one with an absolute place, outside of the work tree at ``top``."""
    if top == os.path.dirname(top or ""):  # everything is inside of a repository at the root
        top = None
    name = "git.exe" if os.name == "nt" else "git"
    refused = None
    for folder in search.split(os.pathsep):
        place = os.path.join(folder, name)
        if not (os.path.isabs(folder) and os.path.isfile(place) and os.access(place, os.X_OK)):
            continue
        if top is None or not _below(place, top):
            return place
        refused = refused or place
    if refused:
        raise GitError(
            f"{refused} is inside the repository that is to be read", "put a git outside of it on PATH"
        )
    raise GitError("git is not on PATH", "install git, or put it on PATH")


def _below(place: str, top: str) -> bool:
    """Whether a program is in ``top`` (without symlinks), by its name or by where that leads."""
    folder, target = os.path.realpath(os.path.dirname(place)), os.path.realpath(place)
    root = os.path.join(top, "")
    return os.path.join(folder, "").startswith(root) or target.startswith(root)


def enclosing(directory: str) -> str | None:
    """The nearest directory from ``directory`` upwards that has a ``.git``; without symlinks."""
    folder = os.path.realpath(directory)
    while not os.path.lexists(os.path.join(folder, ".git")):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder


def is_bare(directory: str) -> bool:
    """Whether the directory itself is a repository, one without a work tree (or the ``.git`` of one)."""
    if os.path.lexists(os.path.join(directory, ".git")):
        return False
    return os.path.isfile(os.path.join(directory, "HEAD")) and all(
        os.path.isdir(os.path.join(directory, name)) for name in ("objects", "refs")
    )


def repositories(directory: str) -> Iterator[str]:
    """The repositories below ``directory``, git's ``modules``: those of submodules, and of theirs, in order.

    A submodule's name, and so its place, may have several parts (gitrepository-layout(5), "modules").
    """
    waiting = [directory]
    while waiting:
        folder = waiting.pop()
        if is_bare(folder):
            yield folder
            waiting.append(os.path.join(folder, "modules"))
        elif os.path.isdir(folder):
            with os.scandir(folder) as found:
                inside = sorted(one.path for one in found if one.is_dir(follow_symlinks=False))
            waiting += reversed(inside)
