"""Searches much text with hyperscan: which anchors stand in it and where its long runs are, in one pass."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, NamedTuple

import hyperscan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Hit = Callable[[int, int, int, int, object], bool | None]
    Named = Sequence[tuple[bytes, bytes]]

FEW: Final = 32
MANY: Final = 7
"""Hits of runs that are waited for: :data:`FEW`, and one for every ``2 ** MANY`` bytes.

Each hit costs as much as searching a kilobyte, and a run of a thousand characters has nearly a thousand.
"""

_NOTHING: Final = frozenset[bytes]()


class Run(NamedTuple):
    """Runs of at least ``length`` characters, and what they are called."""

    name: bytes
    length: int


class Search:
    """Finds anchors and runs.  Safe to share between threads."""

    def __init__(self, named: Named, run: Run, bare: Sequence[bytes] = ()) -> None:
        """Find the ``named`` patterns of hyperscan's, by their names, and runs.

        A text with nothing but one of the patterns ``bare`` is only a hint.
        """
        self._made_of = named, run, bare
        self._local = threading.local()

    def prepare(self) -> None:
        """Compile what this thread, and any process that it is forked into, will need."""
        self._local.own = _OfThread(*self._made_of)
        self._local.own.prepare()

    def present(self, data: bytes) -> frozenset[bytes]:
        """The names of what is in ``data``."""
        try:
            own: _OfThread = self._local.own
        except AttributeError:
            own = self._local.own = _OfThread(*self._made_of)
        return own.present(data)

    def hints(self, data: bytes) -> bool:
        """Whether anything is in ``data``."""
        found = bool(self.present(data))
        own: _OfThread = self._local.own
        return found or own.hinted()

    def spans(self, data: bytes) -> Iterator[tuple[int, int]] | None:
        """Where runs begin and end, in order; None when there are too many to be found this way.

        It is known already of what this thread has searched last.
        """
        if getattr(self._local, "own", None) is None or self._local.own.searched is not data:
            self.present(data)
        own: _OfThread = self._local.own
        return own.spans()


class _OfThread:
    """What a thread searches with: a scratch space serves one scan at a time."""

    def __init__(self, named: Named, run: Run, bare: Sequence[bytes]) -> None:
        self._names = [run.name, *(name for name, _ in named)]
        self._length = run.length
        self._patterns = [b"[A-Za-z0-9+/]{%d}" % run.length, *(pattern for _, pattern in named), *bare]
        self._every = self._compiled(0)
        self._each: hyperscan.Database | None = None
        self._hits: list[bytes] = []
        self._ends: list[int] = []
        self._bare: list[int] = []
        self._most = [0]
        self._hit = self._noted()
        self.searched: bytes | None = None
        """The text whose runs are known."""

    def present(self, data: bytes) -> frozenset[bytes]:
        self._ends.clear()
        self._bare.clear()
        self.searched = None
        self._most[0] = FEW + (len(data) >> MANY)
        try:
            self._every.scan(data, match_event_handler=self._hit)
        except hyperscan.ScanTerminated:
            self._hits.clear()
            self._first(data)
        if self._ends:
            self.searched = data
            self._hits.append(self._names[0])
        if not self._hits:
            return _NOTHING
        found = frozenset(self._hits)
        self._hits.clear()
        return found

    def prepare(self) -> hyperscan.Database:
        """The database for texts with too many runs, which is compiled for the first of these."""
        if self._each is None:
            self._each = self._compiled(hyperscan.HS_FLAG_SINGLEMATCH)
        return self._each

    def hinted(self) -> bool:
        """Whether what was searched last has one of the bare patterns."""
        return bool(self._bare)

    def spans(self) -> Iterator[tuple[int, int]] | None:
        """The runs of what was searched last; None when they were too many."""
        ends = self._ends[:]
        self.searched = None
        return None if len(ends) > self._most[0] else self._grouped(ends)

    def _grouped(self, ends: list[int]) -> Iterator[tuple[int, int]]:
        """The runs, out of every place where the last characters, as many as a run has, are of one."""
        if not ends:
            return
        first = last = ends[0]
        for end in ends[1:]:
            if end != last + 1:
                yield first - self._length, last
                first = end
            last = end
        yield first - self._length, last

    def _noted(self) -> Hit:
        """What notes each hit, and says when they are enough; it is called a million times in a history."""
        names, most, hits, ends, bare = self._names, self._most, self._hits, self._ends, self._bare
        known = len(names)

        def hit(number: int, _start: int, end: int, _flags: int, _context: object) -> bool | None:
            if not number:
                ends.append(end)
                return len(ends) > most[0]
            if number < known:
                hits.append(names[number])
            else:
                bare.append(number)
            return None

        return hit

    def _first(self, data: bytes) -> None:
        """Search once more, for the first run only."""
        hit = self._hit
        self.prepare().scan(data, match_event_handler=lambda *given: hit(*given) and None)

    def _compiled(self, of_runs: int) -> hyperscan.Database:
        """A database that says of each pattern once that it is there; ``of_runs`` are the flags of runs."""
        database, count = hyperscan.Database(), len(self._patterns)
        flags = [of_runs, *[hyperscan.HS_FLAG_SINGLEMATCH] * (count - 1)]
        database.compile(expressions=self._patterns, ids=list(range(count)), elements=count, flags=flags)
        return database
