"""Reads git's raw diffs, and says which lines of a changed file are new."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from keyguard import text
from keyguard.errors import GitError
from keyguard.git import Git
from keyguard.gitobjects import Object
from keyguard.model import Document, Origin, Skipped
from keyguard.sources.files import size

RAW: Final = ("--raw", "-z", "--no-abbrev")
RENAMES: Final = ("-M", "-l200")
"""Renames with edits, if no more than 200 times 200 files come into question: a bound on git's time.

Beyond it, what was renamed counts as new: too much is reported then, never too little.
"""

SYMLINK: Final = "120000"
GITLINK: Final = "160000"
DELETED: Final = "000000"


class Change(NamedTuple):
    """What happened to one path.

    ``path`` is relative to the top.  ``status`` has one letter for each parent (A, M, T, R; U: unmerged).
    ``bases`` are the blobs that the parents have in its place, one for each parent that has one.
    """

    path: str
    status: str
    mode: str
    oid: str
    bases: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether there is a blob: neither deleted nor a submodule."""
        return self.mode not in (DELETED, GITLINK)


def parse(raw: bytes) -> Iterator[tuple[str, Change | None]]:
    """The changes in what git prints for :data:`RAW`, each with its commit.

    With None for every commit when it begins, so that those without a change are seen too; without
    commits (``diff-index``) the commit is empty.
    """
    fields = iter(raw.split(b"\0"))
    commit = ""
    for field in fields:
        if field.startswith(b":"):
            yield commit, _change(field.decode("ascii"), fields)
        elif field:
            commit = field.decode("ascii")
            yield commit, None


def _change(description: str, fields: Iterator[bytes]) -> Change:
    """A change, out of ``:mode … mode oid … oid status`` and the fields behind it, which are its paths.

    With as many colons, old modes and old objects as there are parents.
    """
    parents = len(description) - len(description.lstrip(":"))
    words = description[parents:].split(" ")
    modes, oids, status = words[: parents + 1], words[parents + 1 : -1], words[-1]
    path = next(fields)
    if parents == 1 and status[0] in "RC":  # behind the old path comes the new one
        path = next(fields)
    old = zip(modes[:-1], oids[:-1], strict=True)
    bases = tuple(oid for mode, oid in old if mode not in (DELETED, GITLINK))
    return Change(os.fsdecode(path), status, modes[-1], oids[-1], bases)


def added_lines(git: Git, oid: str, bases: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines that the blob ``oid`` has more often than all the ``bases`` together.

    Where a line was there before and is there more often now, the last ones count as new.  How lines end
    makes no difference.  A base that cannot be read counts as empty.  Raises :class:`GitError`.
    """
    if oid in bases:
        return frozenset()
    before: Counter[int] = Counter()
    added: frozenset[int] = frozenset()
    for found in git.objects([*bases, oid]):
        hashes = (hash(line.rstrip(b"\r")) for line in text.lines(found.pieces))  # lines would fill memory
        if found.oid != oid:
            before.update(hashes)
        elif found.reason:
            raise GitError(f"object {oid} is damaged: {found.reason}", "run 'git fsck'")
        else:
            added = frozenset(_surplus(hashes, before))
    return added


def _surplus(lines: Iterable[int], before: Counter[int]) -> Iterator[int]:
    """The numbers of the lines that ``before`` does not account for; uses it up."""
    for number, line in enumerate(lines, 1):
        if before[line] > 0:
            before[line] -= 1
        else:
            yield number


def documents(
    found: Object,
    origin: Origin,
    name: str,
    max_size: int | None,
    added: Callable[[], frozenset[int]] | None = None,
) -> Iterator[Document | Skipped]:
    """The document in an object; what could not be read of it comes as :class:`Skipped`, under ``name``."""
    if found.reason:
        yield Skipped(name, f"object {found.oid} cannot be read: {found.reason}")
    elif max_size is not None and found.size > max_size:
        yield Skipped(name, f"larger than --max-file-size {size(max_size)}", failed=False)
    else:
        broken: list[str] = []
        chunks, encoding = text.chunks_of(_unbroken(found.pieces, broken.append))
        yield Document(origin, chunks, encoding, added)
        for message in broken:
            yield Skipped(name, message)


def _unbroken(pieces: Iterator[bytes], note: Callable[[str], None]) -> Iterator[bytes]:
    """The pieces; where git ends in the middle, a note instead of an error, so that the rest is scanned."""
    try:
        yield from pieces
    except GitError as error:
        note(error.message)
