"""Says where found objects come from: which commits hold them, at which paths, and what reaches those.

Objects are read from where git stores them, so commits that nothing reaches count as others do, what is
missing or damaged does not stop it, and replaced objects and grafts have no say.  Only what HEAD, refs and
reflogs name is asked of git.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.packs import DamageError
from keyguard.provenance import headers
from keyguard.provenance.graph import LOST, REACHES, Graph
from keyguard.provenance.holders import holders
from keyguard.provenance.paths import Shapes
from keyguard.provenance.tips import tips
from keyguard.signature import signature
from keyguard.sources import history

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from keyguard.git import Git
    from keyguard.packs import Store
    from keyguard.packs.families import Numbers
    from keyguard.provenance.run import Run

_NEVER: Final = (1 << 62, b"")
"""The age of what is in no commit: later than that of any that is."""


class Sighting(NamedTuple):
    """Where an object came into history.

    ``commit`` is None for what a ref names without a commit, ``path`` for what is in no tree.  ``date`` is
    the author's, ``YYYY-MM-DDTHH:MM:SSZ``.  ``reachable`` is head, refs, reflog or unreachable.
    """

    commit: str | None
    path: str | None
    author: str | None
    date: str | None
    reachable: str


class Whereabouts(NamedTuple):
    """Where an object comes from.

    There is a sighting for each path: the commit that brought the object there.  If several did, it is the
    one that is reached best, and of these the oldest; the sightings are in this order, too.  ``commits`` is
    the number of commits that hold it, ``in_head`` whether HEAD does.
    """

    sightings: tuple[Sighting, ...] = ()
    commits: int = 0
    reachable: str = REACHES[LOST]
    in_head: bool = False

    @property
    def introduced(self) -> Sighting | None:
        """The first sighting."""
        return self.sightings[0] if self.sightings else None


def attribute(
    git: Git, oids: Collection[str], store: Store | None = None, run: Run = map
) -> dict[str, Whereabouts]:
    """Where each of the objects ``oids`` comes from: blobs, trees, commits and tags, by their full names.

    ``store`` is the repository's, if it is open already; ``run`` may divide the work among processes.  What
    is in no commit has no sightings: the index is not history.  A commit or a tag comes from itself.  Raises
    :class:`GitError`.
    """
    if not oids:
        return {}
    known = _History(git, store or history.opened(git), run)
    names = {oid: bytes.fromhex(oid) for oid in oids}
    found = {name: known.itself(name) for name in names.values()}
    inside = [name for name, itself in found.items() if itself is None]
    found |= known.inside(inside, run) if inside else {}
    return {oid: found[name] or Whereabouts() for oid, name in names.items()}


class _Candidate(NamedTuple):
    """A commit that brought an object to a path, by its number; None for a ref that names no commit."""

    commit: int | None
    path: bytes
    reach: int


class _History:
    """All commits, what reaches them, and what they hold."""

    def __init__(self, git: Git, store: Store, run: Run) -> None:
        read = list(run(headers.headers, headers.parts(store)))
        self._store = store
        self._loose = [name for part in read for name in part.loose_trees]
        self._graph = Graph(read, store.hash_size)
        head, refs, reflogs = tips(git)
        self._head = next(map(self._graph.number, head), None)
        self._reach, self._others = self._graph.reached((head, refs, reflogs))
        self._authors: dict[int, tuple[str | None, str | None]] = {}

    def itself(self, name: bytes) -> Whereabouts | None:
        """Where a commit or a tag comes from; None for anything else."""
        commit = self._graph.number(name)
        if commit is not None:
            sighting = self._sighting(_Candidate(commit, b"", self._reach[commit]))
            return Whereabouts((sighting,), 1, sighting.reachable)
        if name in self._graph.tags:
            reach = REACHES[self._others.get(name, LOST)]
            author, date = self._signed(name, b"tagger ")
            return Whereabouts((Sighting(None, None, author, date, reach),), 0, reach)
        return None

    def inside(self, names: list[bytes], run: Run) -> dict[bytes, Whereabouts]:
        """Where blobs and trees come from."""
        known, edges = holders(self._store, names, self._loose, self._graph.trees, run)
        shapes = Shapes(edges, known.numbered(names).tolist(), len(known))
        held = shapes.of_all(known.numbers(self._graph.trees))
        tips = shapes.of_all(known.numbered(list(self._others))).tolist()
        candidates: list[list[_Candidate]] = [[] for _ in names]
        for place, candidate in self._candidates(shapes, held, tips):
            candidates[place].append(candidate)
        counts = shapes.counts(held)
        now = 0 if self._head is None else shapes.holds(int(held[self._head]))
        return {
            name: self._whereabouts(own)._replace(commits=counts[place], in_head=bool(now >> place & 1))
            for place, (name, own) in enumerate(zip(names, candidates, strict=True))
        }

    def _candidates(self, shapes: Shapes, held: Numbers, tips: list[int]) -> Iterator[tuple[int, _Candidate]]:
        """What came to be where, out of the shapes that commits and tips hold: which object, and the rest."""
        for shape, reach in zip(tips, self._others.values(), strict=True):
            for place, path in shapes.added(shape, ()):
                yield place, _Candidate(None, path, reach)
        for commit, shape, olds in self._graph.differing(held):
            for place, path in shapes.added(shape, olds):
                yield place, _Candidate(commit, path, self._reach[commit])

    def _whereabouts(self, candidates: list[_Candidate]) -> Whereabouts:
        if len(candidates) > 1:
            candidates.sort(key=self._order)
        first: dict[bytes, _Candidate] = {}
        for one in candidates:
            first.setdefault(one.path, one)
        sightings = tuple(map(self._sighting, first.values()))
        return Whereabouts(sightings, reachable=sightings[0].reachable if sightings else REACHES[LOST])

    def _order(self, one: _Candidate) -> tuple[int, tuple[int, bytes], bytes]:
        age = _NEVER if one.commit is None else self._graph.age(one.commit)
        return one.reach, age, one.path

    def _sighting(self, one: _Candidate) -> Sighting:
        path = os.fsdecode(one.path) or None
        if one.commit is None:
            return Sighting(None, path, None, None, REACHES[one.reach])
        name = self._graph.name(one.commit)
        if one.commit not in self._authors:
            self._authors[one.commit] = self._signed(name, b"author ")
        return Sighting(name.hex(), path, *self._authors[one.commit], REACHES[one.reach])

    def _signed(self, name: bytes, field: bytes) -> tuple[str | None, str | None]:
        """Who made a commit or a tag, and when."""
        try:
            found = self._store.load(name)
        except DamageError:
            found = None
        if found is None or not isinstance(found[1], bytes):
            return None, None
        return signature(found[1], field)
