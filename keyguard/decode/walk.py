"""Walks through all that a text hides, and what is hidden in that in turn, within bounds."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

from keyguard.anchors import RUN
from keyguard.decode import base64, numbers, tokens
from keyguard.decode.splice import Part, Word, spliced
from keyguard.decode.view import Piece, Sight, View
from keyguard.reach import around, windows
from keyguard.traces import BROKEN, IDS, NAMES

DEPTH: Final = 4
"""How many encodings around each other are undone."""

FACTOR: Final = 8
ALLOWANCE: Final = 1 << 20
"""All views of a text together may be so many times as long as the text is, and this much longer."""

PARTS: Final = 100_000
"""So many parts of a text are decoded: a part takes some hundred bytes of memory."""

_AROUND: Final = 1536
_BEFORE: Final = 64
_BEHIND: Final = 400
"""How far around an ID, and before and behind the name of a secret, to look for what is in pieces."""

_IN_WIDE: Final = b"\0" * 20
"""Every other byte of an ID in UTF-16."""

Look = Callable[[View], Sight]


def hidden(sight: Sight, look: Look, cut: Callable[[str], None]) -> Iterator[Sight]:
    """The views in which something may stand, the least hidden first.

    ``look`` says what is in a view.  ``cut`` is told when not all was decoded, and why.
    """
    left = FACTOR * len(sight.view.data) + ALLOWANCE
    level = [sight]
    for _ in range(DEPTH):
        deeper: list[Sight] = []
        for view in chain.from_iterable(_views(one, look, cut) for one in level):
            left -= len(view.data)
            if left < 0:
                cut("holds so much that is encoded that not all of it was decoded")
                return
            deeper.append(look(view))
        level = [one for one in deeper if one.present or _may_be_wide(one.view)]
        yield from level
    if any(look(view).present for one in level for view in _views(one, look, cut)):
        cut(f"is encoded more than {DEPTH} times, one in the other; only so many were undone")


def _views(sight: Sight, look: Look, cut: Callable[[str], None]) -> Iterator[View]:
    """What is hidden in one text."""
    view = sight.view
    if _may_be_wide(view):
        yield from _every_other(view)
    yield from _decoded(sight, cut)
    if sight.stretches:
        for joined in _spliced(view, "", base64.unwrapped(view.data, sight.stretches), cut):
            inner = look(joined)
            words = base64.decoded(joined.data, inner.present, inner.stretches)
            yield from _spliced(joined, "base64", words, cut)


def _decoded(sight: Sight, cut: Callable[[str], None]) -> Iterator[View]:
    view, present, stretches = sight
    yield from _spliced(view, "base64", base64.decoded(view.data, present, stretches), cut)
    yield from _spliced(view, "hex", numbers.on_end(view.data, present, stretches), cut)
    if present <= {RUN}:  # what follows needs a trace, or something near
        return
    for lists in numbers.in_lists(view.data, present):
        yield from _spliced(view, "numbers", lists, cut)
    for name, words in tokens.words(view.data, present, _near(sight), PARTS, cut).items():
        yield from _spliced(view, name, words, cut)


def _near(sight: Sight) -> list[tuple[int, int]]:
    """What is near to IDs and to the names of secrets."""
    data, present = sight.view.data, sight.present
    ids = around(data, present & (IDS | BROKEN), _AROUND, _AROUND)
    names = around(data, present & NAMES, _BEFORE, _BEHIND)
    return list(windows(sorted([*ids, *names]), len(data)))


def _spliced(view: View, name: str, words: Iterable[Word], cut: Callable[[str], None]) -> Iterator[View]:
    """The view with ``words`` decoded, without those that were seen already, where ``view`` was found."""
    parts: list[Part] = []
    for word in words:
        if view.outer is None or any(view.touches(part.start, part.end) for part in word):
            parts += word
        if len(parts) > PARTS:
            cut("holds so many escapes that not all of it was decoded")
            break
    if parts:
        yield spliced(view, name, parts)


def _may_be_wide(view: View) -> bool:
    """Whether zeros stand at every other byte, as many as beside an ID.

    In what was decoded, which is often not text, beside what can be read.
    """
    data = view.data
    if view.spread or b"\0" not in data or not any(_IN_WIDE in data[first::2] for first in (0, 1)):
        return False
    return view.outer is None or re.search(rb"(?:[!-~]\0){20}", data) is not None


def _every_other(view: View) -> Iterator[View]:
    """UTF-16 inside of something else: the even and the odd bytes, whatever the byte order."""
    for first in (0, 1):
        piece = Piece(0, first, 2, 1, decoded=True)
        yield View(view.data[first::2], view.named("utf-16"), view, (piece,), spread=True)
