"""Reads what commits introduce: each commit of a push or a range by itself, not the difference in the end."""

from __future__ import annotations

from collections import deque
from functools import cached_property, partial
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.errors import GitError, UsageError
from keyguard.gitobjects import is_oid
from keyguard.model import Origin
from keyguard.signature import signature
from keyguard.sources import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from keyguard.git import Git
    from keyguard.gitobjects import Object
    from keyguard.model import Document, Skipped
    from keyguard.sources.changes import Change

SOURCE: Final = "history"

_BATCH: Final = 500
"""Commits whose changes are in memory at a time."""

_DIFF: Final = ("diff-tree", "-r", "-c", "--root", *changes.RAW)
"""For a merge (-c): what differs from every parent, so what it took over is left to where it comes from."""


def introduced(
    git: Git, revisions: Sequence[str], max_size: int | None = None
) -> Iterator[Document | Skipped]:
    """What the commits of ``revisions`` introduce: their messages, tags' messages, and every new blob once.

    A blob is new in a commit when no parent has it at that path; it belongs to the first such commit, and
    the lines that count are those that are in no parent's version.  ``revisions`` come from the functions
    below; ``max_size`` is in bytes.  Raises :class:`GitError`.
    """
    tips = [one for one in revisions if not one.startswith(("^", "--"))]
    commits: list[str] = []
    yield from _tips(git, tips, commits.append, max_size)
    if not commits:
        return
    excluded = [one for one in revisions if one.startswith("^")]
    options = [one for one in revisions if one.startswith("--")]
    names = "\n".join([*commits, *excluded]).encode()
    listed = git.run("rev-list", "--topo-order", "--reverse", "--stdin", *options, stdin=names)
    yield from _commits(git, listed.decode("ascii").split(), max_size)


def pushed(git: Git, lines: Iterable[str], remote: str) -> list[str]:
    """What a push adds to ``remote``, a name or a URL; ``lines`` are git's to a pre-push hook.

    ``<local ref> <local oid> <remote ref> <remote oid>`` each (githooks(5)).  Empty when it only deletes.
    """
    updates = [(fields[1], fields[3]) for fields in _fields(lines, 4, (1, 3))]
    tips = [local for local, _ in updates if local.strip("0")]
    there = [old for local, old in updates if local.strip("0") and old.strip("0")]
    return [*tips, *_known(git, there), *_not_on(remote)] if tips else []


def received(_: Git, lines: Iterable[str]) -> list[str]:
    """What a push that is being received adds; ``lines`` are git's to a pre-receive hook.

    ``<old oid> <new oid> <ref>`` each (githooks(5)).  Empty when it only deletes.
    """
    tips = [fields[1] for fields in _fields(lines, 3, (0, 1)) if fields[1].strip("0")]
    return [*tips, "--not", "--all"] if tips else []


def handed(git: Git, environment: Mapping[str, str]) -> list[str]:
    """What a push adds, from the variables that pre-commit sets for its hooks.

    It names no range when a new branch brings its own first commit, nor when it is run by hand.
    """
    old, new = (environment.get(f"PRE_COMMIT_{end}_REF") for end in ("FROM", "TO"))
    remote = environment.get("PRE_COMMIT_REMOTE_NAME", "")
    if old and new:
        return [*between(git, [f"{old}..{new}"]), *(_not_on(remote) if remote else ())]
    return [_resolved(git, environment.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"), *_not_on(remote)]


def between(git: Git, ranges: Sequence[str]) -> list[str]:
    """What ``A..B``, ``A...B`` or a single revision stand for, as git means them; an empty side is HEAD.

    Raises :class:`UsageError` for what is no revision here.
    """
    return [one for given in ranges for one in _range(git, given)]


def _range(git: Git, given: str) -> list[str]:
    dots = "..." if "..." in given else ".."
    left, found, right = given.partition(dots)
    if not found:
        return [_resolved(git, given)]
    start, end = _resolved(git, left or "HEAD"), _resolved(git, right or "HEAD")
    if dots == "..":
        return [end, f"^{start}"]
    return git.run("rev-parse", f"{start}...{end}").decode("ascii").split()


def _resolved(git: Git, name: str) -> str:
    oid = None if name.startswith(("-", "^")) else git.resolve(name + "^{object}")
    if oid is None:
        raise UsageError(f"there is no revision {name!r}", "if this clone is shallow, fetch its history")
    return oid


def _fields(lines: Iterable[str], count: int, oids: tuple[int, int]) -> Iterator[list[str]]:
    """The fields of each line, of which those at ``oids`` must be full object names."""
    for number, line in enumerate(lines, 1):
        fields = line.rstrip("\n").rsplit(" ", count - 1)  # the first can hold spaces: HEAD@{1 day ago}
        if len(fields) != count or not all(is_oid(fields[at]) for at in oids):
            raise UsageError(f"line {number} of standard input is not what git tells a hook")
        yield fields


def _known(git: Git, oids: Sequence[str]) -> list[str]:
    """Exclusions for those that are here; nobody may have fetched what a forced push replaces."""
    listed = git.run("cat-file", "--batch-check", stdin="".join(f"{oid}\n" for oid in oids).encode())
    answers = [line.split() for line in listed.decode("ascii").splitlines()]
    return [f"^{oid}" for oid, kind, *_ in answers if kind in ("commit", "tag")]


def _not_on(remote: str) -> tuple[str, str]:
    """Exclude what a remote has, as far as is known here; for a URL, what any has."""
    named = remote and not remote.startswith(("/", ".")) and not set(remote) & set(":*?[\\")
    return "--not", f"--remotes={remote}" if named else "--remotes"


def _tips(
    git: Git, tips: Sequence[str], commit: Callable[[str], None], max_size: int | None
) -> Iterator[Document | Skipped]:
    """Follow tags to what they name; documents for all but the commits, which go to ``commit``."""
    trees: list[str] = []
    while tips:
        following: list[str] = []
        for found in git.objects(dict.fromkeys(tips)):
            if found.reason:
                raise GitError(f"object {found.oid} cannot be read: {found.reason}", "run 'git fsck'")
            if found.kind == "commit":
                commit(found.oid)
            elif found.kind == "tree":
                trees.append(found.oid)
            else:
                yield from _tip(found, following.append, max_size)
        tips = following
    for tree in trees:
        yield from _tree(git, tree, max_size)


def _tip(
    found: Object, following: Callable[[str], None], max_size: int | None
) -> Iterator[Document | Skipped]:
    """The document in a tag or a blob."""
    origin = Origin(SOURCE, None, found.kind)
    if found.kind == "tag":
        head = next(found.pieces, b"")
        found = found._replace(pieces=chain([head], found.pieces))
        author, date = signature(head, b"tagger ")
        origin = origin._replace(author=author, date=date)
        following(_target(head, found.oid))
    yield from changes.documents(found, origin, f"{found.kind} {found.oid}", max_size)


def _target(head: bytes, tag: str) -> str:
    oid = head.split(b"\n", 1)[0].removeprefix(b"object ").decode("ascii", "replace")
    if not is_oid(oid):
        raise GitError(f"tag {tag} does not say what it is of", "run 'git fsck'")
    return oid


def _tree(git: Git, tree: str, max_size: int | None) -> Iterator[Document | Skipped]:
    """The blobs of a tree that no commit is needed for: a tag can name one."""
    raw = git.run(*_DIFF, git.empty_tree(), tree, "--")
    blobs = [change for _, change in changes.parse(raw) if change and change.readable]
    for found, change in zip(git.objects([blob.oid for blob in blobs]), blobs, strict=True):
        origin = Origin(SOURCE, change.path)
        yield from changes.documents(found, origin, f"{tree}:{change.path}", max_size)


class _Wanted(NamedTuple):
    """An object to read: a commit, or a blob that a change in it introduced."""

    oid: str
    commit: _Commit
    change: Change | None


def _commits(git: Git, oids: Sequence[str], max_size: int | None) -> Iterator[Document | Skipped]:
    """The commits, which must stand behind their parents, each followed by its blobs."""
    asked: deque[_Wanted] = deque()
    author = date = None
    for found in git.objects(_noted(_wanted(git, oids), asked.append)):
        one = asked.popleft()
        if one.change is None:
            head = next(found.pieces, b"")
            found = found._replace(pieces=chain([head], found.pieces))  # noqa: PLW2901 - the same object
            author, date = signature(head, b"author ")
            name, origin, added = f"commit {one.oid}", Origin(SOURCE, None, "commit"), None
        else:
            name = f"{one.commit.oid}:{one.change.path}"
            origin, added = Origin(SOURCE, one.change.path), one.commit.lines(one.change)
        origin = origin._replace(commit=one.commit.oid, author=author, date=date)
        yield from changes.documents(found, origin, name, max_size, added)


def _noted(wanted: Iterable[_Wanted], note: Callable[[_Wanted], None]) -> Iterator[str]:
    """The names to ask git for, each noted for when its answer comes."""
    for one in wanted:
        note(one)
        yield one.oid


def _wanted(git: Git, oids: Sequence[str]) -> Iterator[_Wanted]:
    seen: set[str] = set()
    for start in range(0, len(oids), _BATCH):
        for commit in _changed(git, oids[start : start + _BATCH]):
            yield _Wanted(commit.oid, commit, None)
            for change in commit.changes:
                if change.readable and change.oid not in seen:
                    seen.add(change.oid)
                    yield _Wanted(change.oid, commit, change)


def _changed(git: Git, oids: Sequence[str]) -> list[_Commit]:
    """The commits with their changes; that git leaves one out without an error is known to happen."""
    names = "".join(f"{oid}\n" for oid in oids).encode()
    raw = git.run(*_DIFF, "--stdin", "--always", "--no-renames", stdin=names)
    grouped = groupby(changes.parse(raw), key=itemgetter(0))
    commits = [_Commit(git, oid, [change for _, change in group if change]) for oid, group in grouped]
    if [commit.oid for commit in commits] != list(oids):
        raise GitError("git did not show the changes of every commit", "run 'git fsck'")
    return commits


class _Commit:
    """A commit and what it changes."""

    def __init__(self, git: Git, oid: str, changed: list[Change]) -> None:
        self._git = git
        self.oid = oid
        self.changes = changed
        self._moved = any(change.mode == changes.DELETED for change in changed)

    def lines(self, change: Change) -> Callable[[], frozenset[int]] | None:
        """What tells which lines of a changed file are new; None when all are."""
        if change.bases or self._moved or len(change.status) > 1:
            return partial(self._added, change)
        return None

    def _added(self, change: Change) -> frozenset[int]:
        if "A" in change.status:
            change = self._renamed.get(change.path, change)
        return changes.added_lines(self._git, change.oid, change.bases)

    @cached_property
    def _renamed(self) -> dict[str, Change]:
        """The changes again, with what was renamed set against what it was."""
        try:
            raw = self._git.run(*_DIFF, *changes.RENAMES, self.oid, "--")
        except GitError:  # what was renamed cannot be read: then it counts as new
            return {}
        return {change.path: change for _, change in changes.parse(raw) if change}
