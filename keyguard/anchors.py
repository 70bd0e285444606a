"""Says which anchors stand in a text, fast enough that text without any costs next to nothing.

An anchor is a literal that a rule needs, a run of base64 characters as long as a secret, or a trace of a
key that is written in another way (``traces.py``).  A little text is searched with what Python has; once
there is much of it, hyperscan, whose import costs as much as searching ten megabytes without it, takes
over (measured in ``docs/explanation/speed.md``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard import traces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keyguard.guards import Guard
    from keyguard.spans import Search

LITERALS: Final = (
    b"AKIA",
    b"ASIA",
    b"ABIA",
    b"ACCA",
    b"A3T",
    b"b3JpZ2lu",
    b"oGZXIvYXdz",
    b"oDYXdz",
    b"ABSK",
    b"bedrock-api-key-",
    b"smtp",
    b"SMTP",
    b"-at-",
    b"da2-",
    b"amzn.mws.",
    b"k8s-aws-v1.",
    b"eyJ",
    b"QVdTOmV5S",
    b"aoaAAAAA",
    b"aorAAAAA",
)
"""Those of the built-in rules; here too, so that text without anchors needs no rules.  A test compares."""

IDS: Final = LITERALS[:5]
"""Those with which IDs begin."""

_ID: Final = (
    b"",
    b"(?:[A-Z0-9]{16}(?:[^A-Za-z0-9]|$)|[A-Z0-9]{0,15}+[\"'`%\\\\&=<$\\x80-\\xff])",
)
"""An ID, or the first piece of one and what goes on with it: a quote, an escape, markup, what is not seen."""

GUARDS: Final = {
    b"AKIA": _ID,
    b"ASIA": _ID,
    b"ABIA": (b"", b"[A-Z0-9]{16}(?:[^A-Za-z0-9]|$)"),
    b"ACCA": (b"", b"[A-Z0-9]{16}(?:[^A-Za-z0-9]|$)"),
    b"A3T": (b"", b"[A-Z0-9]{17}(?:[^A-Za-z0-9]|$)"),
    b"b3JpZ2lu": (b"(?:IQoJ|AgoJ|AgoG)", b""),
    b"oGZXIvYXdz": (b"F[wQ]", b""),
    b"oDYXdz": (b"[FA]Q", b""),
    b"ABSK": (b"", b"[A-Za-z0-9+/]{30}"),
    b"-at-": (b"", b"[0-9]{12}"),
    b"da2-": (b"", b"[a-z0-9]{26}"),
    b"eyJ": (b"", b"(?:wYXlsb2FkIjoi|2ZXIiOjEsImlzdSI6|raWQiOiJrZXkt)"),
}
"""What the rules want beside their literals: many of these stand in any base64.  A test compares."""

RUN_LENGTH: Final = 40
RUN: Final = b"run"
"""Stands for "a run of at least :data:`RUN_LENGTH` characters" among the anchors that are present."""

ANYWHERE: Final = b"anywhere"
"""Stands among the anchors of every text when there are rules without one."""

MUCH: Final = 2 << 20
"""Bytes after which hyperscan pays."""

BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CLASSES: Final = bytes(0x61 if byte in BASE64 else 0x20 for byte in range(256))
HEX_DIGITS: Final = b"0123456789abcdefABCDEF"
_ESCAPES: Final = {1: (b"\\", b"nrtbf"), 2: (b"%", HEX_DIGITS), 3: (b"\\", b"x"), 5: (b"\\", b"u")}
"""An escape sequence before a run looks like part of it: by length, what is before it, how it begins."""

ESCAPED: Final = max(_ESCAPES)
"""Characters of the longest escape sequence that looks like part of a run."""

_LEADS: Final = frozenset(lead for lead, _ in _ESCAPES.values())


class Anchors:
    """Finds anchors; counts what it has read, to know when hyperscan pays.  Safe to share between threads."""

    def __init__(self, added: tuple[bytes, ...] = (), *, anywhere: bool = False) -> None:
        """Look for runs, the built-in rules' literals, and those in ``added``, wherever these stand.

        With ``anywhere``, every text has an anchor.
        """
        self._added = added
        self._guards = {one: guard for one, guard in GUARDS.items() if one not in added}
        self._literals = tuple(dict.fromkeys((*LITERALS, *added)))
        self._always = frozenset((ANYWHERE,)) if anywhere else frozenset()
        self._read = 0
        self._search: Search | None = None

    def __reduce__(self) -> tuple[Callable[..., Anchors], tuple[tuple[bytes, ...], bool]]:
        """Pickle what to look for, not the machinery."""
        return _same, (self._added, bool(self._always))

    def prepare(self) -> None:
        """Get ready for much text at once."""
        self._search = _search(self._literals, self._guards)
        self._search.prepare()

    @property
    def much(self) -> bool:
        """Whether so much was read that what is remembered will come again."""
        return self._search is not None

    def present(self, data: bytes) -> frozenset[bytes]:
        """The literals that stand in ``data``, and :data:`RUN` if there is a long enough run."""
        found = self._little(data) if self._search is None else self._search.present(data)
        return found | self._always if self._always else found

    def hints(self, data: bytes) -> bool:
        """Whether ``data``, which may be in pieces, has an anchor, or what an ID begins with."""
        if self._search is None or self._always:
            return bool(self.present(data)) or any(one in data for one in IDS)
        return self._search.hints(data)

    def _little(self, data: bytes) -> frozenset[bytes]:
        self._read += len(data)
        if self._read > MUCH:
            self._search = _search(self._literals, self._guards)
            return self._search.present(data)
        found = {literal for literal in self._literals if literal in data and self._counts(literal, data)}
        found.update(traces.present(data))
        if b"a" * RUN_LENGTH in data.translate(_CLASSES):
            found.add(RUN)
        return frozenset(found)

    def _counts(self, literal: bytes, data: bytes) -> bool:
        guard = self._guards.get(literal)
        if guard is None:
            return True
        from keyguard import guards  # noqa: PLC0415 - most runs see none

        return guards.pattern(literal, guard).search(data) is not None

    def runs(self, data: bytes) -> Iterator[int]:
        """What :func:`runs` says; faster where much is read."""
        return _exact(data, self.stretches(data))

    def stretches(self, data: bytes) -> Iterator[tuple[int, int]]:
        """What :func:`stretches` says; faster where much is read."""
        spans = None if self._search is None else self._search.spans(data)
        return stretches(data) if spans is None else spans


def _same(added: tuple[bytes, ...], anywhere: bool) -> Anchors:  # noqa: FBT001 - as it was pickled
    return Anchors(added, anywhere=anywhere)


def runs(data: bytes, known: Iterable[tuple[int, int]] | None = None) -> Iterator[int]:
    r"""Where runs of exactly :data:`RUN_LENGTH` base64 characters begin, in order.

    ``known`` are the :func:`stretches` of ``data``, if someone has them already.
    An escape sequence in front (``\n``, ``%3D``, ``\x22``, ``\u0022``) does not count as a part of the run,
    and a run that is followed by padding (``=``) is no secret: 30 bytes need none (RFC 4648 §4).
    """
    return _exact(data, stretches(data) if known is None else known)


def stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Where runs of at least :data:`RUN_LENGTH` base64 characters begin and end, in order."""
    classes = data.translate(_CLASSES) + b" "
    needle = b"a" * RUN_LENGTH
    start = classes.find(needle)
    while start >= 0:
        end = classes.find(b" ", start + RUN_LENGTH)
        yield start, end
        start = classes.find(needle, end)


def _exact(data: bytes, spans: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Where the runs begin that have the right length once the escape sequence in front is taken off."""
    for start, end in spans:
        extra = end - start - RUN_LENGTH
        escaped = extra in _ESCAPES and _is_escape(data, start, extra)
        if (escaped or not (extra or _begins_inside(data, start))) and data[end : end + 1] != b"=":
            yield start + extra


def _begins_inside(data: bytes, start: int) -> bool:
    """Whether a run begins with the rest of an escape sequence, which then is no part of a secret."""
    return data[start - 1 : start] in _LEADS and any(_is_escape(data, start, one) for one in _ESCAPES)


def _is_escape(data: bytes, start: int, length: int) -> bool:
    """Whether the ``length`` characters at ``start`` are the rest of an escape sequence."""
    lead, first = _ESCAPES[length]
    return data[start - 1 : start] == lead and data[start : start + 1] in first


def _search(literals: tuple[bytes, ...], guarded: Mapping[bytes, Guard]) -> Search:
    from keyguard import guards  # noqa: PLC0415 - only where there is much to read
    from keyguard.spans import Run, Search  # noqa: PLC0415 - loads hyperscan

    named = [found for one in literals for found in guards.expressions(one, guarded.get(one))]
    bare = [guards.escaped(one) for one in IDS]
    return Search([*named, *traces.expressions()], Run(RUN, RUN_LENGTH), bare)
