"""Finds the files that the user's paths stand for.

A directory inside a repository means its tracked files and the untracked ones that are not ignored; any
other directory means everything in it but ``.git``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from keyguard.sources.files import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Tree(NamedTuple):
    """How to walk: which paths are left out, and whether what a repository ignores is left out too."""

    excluded: Callable[[str], bool] | None
    gitignore: bool = True


def excluded(patterns: Sequence[str]) -> Callable[[str], bool] | None:
    """Whether a path matches one of ``patterns``, in the syntax of .gitignore; None without patterns."""
    if not patterns:
        return None
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only when there are patterns

    return GitIgnoreSpec.from_lines(patterns).match_file


def entries(paths: Iterable[str], tree: Tree) -> Iterator[Entry]:
    """The files of ``paths``; each is named in reports as :func:`shown` says."""
    for path in paths:
        if os.path.isdir(path):
            yield from _directory(path, tree)
        else:
            yield Entry(path, shown(path, "."), named=True)


def shown(path: str, root: str) -> str:
    """How reports call a path: relative to the current directory, or, outside of it, to ``root``.

    ``root`` is the directory that the user named.  Separated by ``/`` on every system.
    """
    for base in (".", root):
        relative = os.path.relpath(path, base)
        if relative != os.pardir and not relative.startswith(os.pardir + os.sep):
            return relative.replace(os.sep, "/")
    return path.replace(os.sep, "/")


def _directory(root: str, tree: Tree) -> Iterator[Entry]:
    prefix = shown(root, root)
    prefix = "" if prefix == "." else prefix + "/"
    listed = _listed(root) if tree.gitignore else None
    for name in _walked(root) if listed is None else sorted(listed):
        path = prefix + name
        if tree.excluded and tree.excluded(path):
            continue
        location = os.path.join(root, name)
        if listed is not None and os.path.isdir(location) and not os.path.islink(location):
            yield from _directory(location, tree)  # a submodule or an embedded repository: one line for git
        else:
            yield Entry(location, path)


def _walked(root: str) -> Iterator[str]:
    """Every file below ``root``, relative to it; symlinks are listed, not followed."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(os.path.join(root, folder)) as found:
            inside = sorted(found, key=lambda one: one.name, reverse=True)
        for one in inside:
            name = f"{folder}/{one.name}" if folder else one.name
            if not one.is_dir(follow_symlinks=False):
                yield name
            elif one.name != ".git":
                waiting.append(name)


def _listed(root: str) -> Sequence[str] | None:
    """What git knows of ``root`` or would add; None outside of a repository, or without git."""
    from keyguard.errors import GitError  # noqa: PLC0415 - only for directories
    from keyguard.git import Git  # noqa: PLC0415 - likewise

    try:
        return Git.at(root).listed_files()
    except GitError:
        return None
