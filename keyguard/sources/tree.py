"""Finds the files that the user's paths stand for.

A directory inside a repository means its tracked files and the untracked ones that are not ignored; any
other directory means everything in it but ``.git``.
"""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from keyguard.errors import GitError, UsageError
from keyguard.sources.files import Entry

_LONGEST: Final = 4096
"""Characters of a path that no system opens if it is longer; a forged index could hold one."""


class Tree(NamedTuple):
    """How to walk: which paths are left out, and whether what a repository ignores is left out too."""

    excluded: Callable[[str], bool] | None
    gitignore: bool = True


def excluded(patterns: Sequence[str]) -> Callable[[str], bool] | None:
    """Whether a path matches one of ``patterns``, in the syntax of .gitignore; None without patterns.

    Raises :class:`UsageError` for what is no pattern.
    """
    if not patterns:
        return None
    import warnings  # noqa: PLC0415 - only when there are patterns

    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - likewise

    try:
        with warnings.catch_warnings(action="ignore"):  # of re's, about what it was made of the pattern
            matches = GitIgnoreSpec.from_lines(patterns).match_file
    except Exception:  # noqa: BLE001 - its own, re's and hyperscan's, which have nothing in common
        wrong = ", ".join(map(repr, patterns))
        raise UsageError(f"cannot use --exclude {wrong}", "write it as a line of .gitignore") from None
    return lambda path: matches(os.fsencode(path).decode("utf-8", "replace"))  # it takes no other names


def entries(paths: Iterable[str], tree: Tree) -> Iterator[Entry]:
    """The files of ``paths``, each once; each is named in reports as :func:`shown` says."""
    paths = list(paths)
    found = _every(paths, tree)
    if len(paths) == 1:  # a walk meets every file once
        yield from found
        return
    seen: set[str] = set()
    for entry in found:
        place = os.path.normpath(entry.location)
        if place not in seen:
            seen.add(place)
            yield entry


def _every(paths: Iterable[str], tree: Tree) -> Iterator[Entry]:
    for path in paths:
        if not os.path.isdir(path):
            yield Entry(path, shown(path, "."), named=True)
        elif _is_bare(path):
            yield Entry(
                path, shown(path, "."), trouble="it is a bare repository; 'keyguard history' reads those"
            )
        else:
            yield from _directory(path, tree)


def _is_bare(path: str) -> bool:
    from keyguard.gitplace import is_bare  # noqa: PLC0415 - only for directories

    return is_bare(path)


def shown(path: str, root: str) -> str:
    """How reports call a path: relative to the current directory, or, outside of it, to ``root``.

    ``root`` is the directory that the user named.  Separated by ``/`` on every system.
    """
    for base in (".", root):
        try:
            relative = os.path.relpath(path, base)
        except OSError:  # the current directory is gone
            break
        if relative != os.pardir and not relative.startswith(os.pardir + os.sep):
            return relative.replace(os.sep, "/")
    return path.replace(os.sep, "/")


def _directory(root: str, tree: Tree) -> Iterator[Entry]:
    waiting = [(root, _prefix(root))]
    while waiting:  # not by recursion: a hostile tree can be deeper than Python's stack
        folder, prefix = waiting.pop()
        try:
            listed = _listed(folder) if tree.gitignore else None
        except (GitError, OSError) as error:
            yield Entry(folder, prefix.rstrip("/") or ".", trouble=f"{error}, or use --no-gitignore")
            continue
        for entry in _walked(folder, prefix) if listed is None else _tracked(folder, prefix, listed):
            if tree.excluded and tree.excluded(entry.path):
                continue
            if listed is not None and os.path.isdir(entry.location) and not os.path.islink(entry.location):
                waiting.append(
                    (entry.location, entry.path.rstrip("/") + "/")
                )  # a submodule: one line for git
            else:
                yield entry


def _tracked(root: str, prefix: str, names: Sequence[str]) -> Iterator[Entry]:
    """The files that git names, but for those behind a symlink: that leads out of the tree."""
    linked: dict[str, bool] = {"": False}
    for name in sorted(names):
        if not _behind_a_link(root, os.path.dirname(name), linked):
            yield Entry(os.path.join(root, name), prefix + name)


def _behind_a_link(root: str, folder: str, known: dict[str, bool]) -> bool:
    """Whether ``folder``, relative to ``root``, is a symlink or below one; remembered in ``known``."""
    if len(folder) > _LONGEST:
        return False
    unknown = []
    while folder not in known:
        unknown.append(folder)
        folder = os.path.dirname(folder)
    behind = known[folder]
    for one in reversed(unknown):
        behind = known[one] = behind or os.path.islink(os.path.join(root, one))
    return behind


def _walked(root: str, prefix: str) -> Iterator[Entry]:
    """Every file below ``root``; symlinks are listed, not followed, and so is a directory that is closed."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as found:
                inside = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in found)
        except OSError as error:
            yield Entry(os.path.join(root, folder), prefix + folder or ".", trouble=str(error.strerror))
            continue
        above = f"{folder}/" if folder else ""
        waiting += [above + name for name, is_folder in reversed(inside) if is_folder and name != ".git"]
        for name, is_folder in inside:
            if not is_folder:
                yield Entry(os.path.join(root, above + name), prefix + above + name)


def _prefix(root: str) -> str:
    """What stands before the names of what is below ``root``."""
    prefix = shown(root, root)
    return "" if prefix == "." else prefix + "/"


def _listed(root: str) -> Sequence[str] | None:
    """What git knows of ``root`` or would add; None outside of a repository.

    Also where a submodule has its place but is not there, of which git says only that it is "here".
    """
    from keyguard.git import Git  # noqa: PLC0415 - only for directories

    names = Git.at(root).listed_files()
    return names if names is not None and all(map(_below, names)) else None


def _below(name: str) -> bool:
    """Whether a name leads below where it starts; a forged index could hold others."""
    return not {"", ".", ".."} & set(name.removesuffix("/").split("/"))
