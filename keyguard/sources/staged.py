"""Reads what the next commit would record: the blobs of the index, never the work tree."""

from __future__ import annotations

import os
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from keyguard import digests
from keyguard.errors import GitError
from keyguard.model import Origin
from keyguard.sources import changes
from keyguard.sources.changes import Change

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from keyguard.git import Git
    from keyguard.model import Document, Skipped

SOURCE: Final = "staged"

_HEAD: Final = "HEAD"
_UNMERGED: Final = "U"
_SPARSE: Final = b"sdir"
"""The extension of an index that has directories for entries (gitformat-index(5))."""


def staged(
    git: Git,
    only: Collection[str] | None = None,
    max_size: int | None = None,
    known: tuple[str, list[Change]] | None = None,
) -> Iterator[Document | Skipped]:
    """The blobs that the index has and HEAD has not, each with the lines that are in no parent.

    ``only``, paths relative to the top, limits it to these and to symlinks, which pre-commit never names;
    ``max_size`` is in bytes; ``known`` is what :func:`staged_changes` said, if it was asked.  Deletions and
    submodules give no document, an empty file does.  Raises :class:`GitError`.
    """
    if _SPARSE not in _index(git):
        yield from _staged(git, only, max_size, known or _since_head(git))
        return
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - hardly any repository has a sparse index

    # git fills the directories in and writes their trees; those it has already, it only touches.
    with TemporaryDirectory() as scratch:
        apart = git.writing_to(scratch)
        yield from _staged(apart, only, max_size, known or _since_head(apart))


def staged_changes(git: Git) -> tuple[str, list[Change]]:
    """What the index has changed, and since when: HEAD, or the empty tree before the first commit.

    A path with a conflict is there once, without an object.
    """
    if _SPARSE not in _index(git):
        return _since_head(git)
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - hardly any repository has a sparse index

    with TemporaryDirectory() as scratch:
        return _since_head(git.writing_to(scratch))


def _since_head(git: Git) -> tuple[str, list[Change]]:
    try:
        return _HEAD, _listing(git, _HEAD, "--no-renames")
    except GitError:
        if git.resolve(_HEAD) is not None:
            raise
        tree = git.empty_tree()
        return tree, _listing(git, tree, "--no-renames")


def _staged(
    git: Git, only: Collection[str] | None, max_size: int | None, known: tuple[str, list[Change]]
) -> Iterator[Document | Skipped]:
    head, listed = known
    parents = _Parents(git, head, moved=any(change.mode == changes.DELETED for change in listed))
    if any(change.status == _UNMERGED for change in listed):
        listed = [*listed, *_unmerged(git)]
    wanted = [change for change in listed if change.readable and _named(change, only)]
    for found, change in zip(git.objects([one.oid for one in wanted]), wanted, strict=True):
        added = partial(parents.added, change) if head == _HEAD else None
        yield from changes.documents(found, Origin(SOURCE, change.path), change.path, max_size, added)


def _named(change: Change, only: Collection[str] | None) -> bool:
    return only is None or change.path in only or change.mode == changes.SYMLINK


def _listing(git: Git, tree: str, *options: str) -> list[Change]:
    """What the index has other than ``tree``."""
    raw = git.run("diff-index", "--cached", *changes.RAW, "--no-relative", *options, tree, "--")
    return [change for _, change in changes.parse(raw) if change]


def _unmerged(git: Git) -> Iterator[Change]:
    """Both sides of every conflict.

    No commit can be made of them, but what stands there is what the user is about to resolve, and to say
    "clean" of something that was not read would be wrong.  Their common ancestor is history already.
    """
    entries = git.run("ls-files", "--unmerged", "-z", "--full-name", "--", git.top_level() or ".")
    for entry in entries.split(b"\0")[:-1]:
        description, path = entry.split(b"\t", 1)
        mode, oid, stage = description.decode("ascii").split(" ")
        if stage != "1":
            yield Change(os.fsdecode(path), _UNMERGED, mode, oid)


class _Parents:
    """What the parents of the next commit have; asked only when something was found."""

    def __init__(self, git: Git, head: str, *, moved: bool) -> None:
        """With ``moved``, something was deleted, so what was added may be renamed."""
        self._git = git
        self._head = head
        self._moved = moved

    def added(self, change: Change) -> frozenset[int]:
        """The numbers of the lines that are in none of the parents' versions of the file."""
        bases = self._in_head(change)
        for commit, differing in self._merged.items():
            other = differing.get(change.path)
            if other is None:
                return frozenset()  # just as it is there
            bases += self._blob(commit, change.path) if other.status == _UNMERGED else other.bases
        return changes.added_lines(self._git, change.oid, bases)

    def _in_head(self, change: Change) -> tuple[str, ...]:
        if change.status == _UNMERGED:
            return self._blob(self._head, change.path)
        if change.bases or not self._moved:
            return change.bases
        return self._renamed.get(change.path, change).bases

    def _blob(self, tree: str, path: str) -> tuple[str, ...]:
        oid = self._git.resolve(f"{tree}:{path}")
        return () if oid is None else (oid,)

    @cached_property
    def _renamed(self) -> dict[str, Change]:
        try:
            renamed = _listing(self._git, self._head, *changes.RENAMES, "--diff-filter=R")
        except GitError:  # what was renamed cannot be read: then it counts as new
            return {}
        return {change.path: change for change in renamed}

    @cached_property
    def _merged(self) -> dict[str, dict[str, Change]]:
        """For each commit that is merged: how the index differs from it."""
        return {
            commit: {change.path: change for change in _listing(self._git, commit, *changes.RENAMES)}
            for commit in self._git.merge_heads()
        }


def _index(git: Git) -> bytes:
    """The index as it is on disk, proved whole: git reads a truncated one without a word.

    Nothing when there is none yet.
    """
    path = git.index_path()
    if not os.path.isfile(path):
        return b""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise GitError(f"the index {path} cannot be read: {error.strerror}") from None
    if not (
        _skips_hash(data)
        or digests.sha1(data[:-20]) == data[-20:]
        or digests.sha256(data[:-32]) == data[-32:]
    ):
        raise GitError(f"the index {path} is damaged", "move it away and run 'git reset'")
    return data


def _skips_hash(index: bytes) -> bool:
    """Whether index.skipHash was set: zeros in place of the hash."""
    return not index[-20:].strip(b"\0")
