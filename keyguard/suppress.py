"""Reads the comments by which people accept a finding, so that nobody has to switch the hook off.

keyguard's own markers work in any kind of comment; those of other scanners work as these scanners read
them.  Only what stands near a match is read, so that a line of any length costs the same.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.model import MASK, PAIR_RULE

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from keyguard.model import Chunk, Kind

    _Style = tuple[re.Pattern[bytes], bytes]

REACH: Final = 8 << 10
"""Bytes before and after a match in which the ends of its line are looked for."""

FILE_LINES: Final = 10
FILE_BYTES: Final = 2 * REACH
"""Where a marker for the whole file may stand: so many lines, if they fit into so many bytes."""

DETECT_SECRETS: Final = "detect-secrets"
_SUBSTRINGS: Final = {
    "gitleaks": b"gitleaks:allow",
    "betterleaks": b"betterleaks:allow",
    "trufflehog": b"trufflehog:ignore",
}
FOREIGN: Final = (DETECT_SECRETS, *_SUBSTRINGS)
"""The scanners whose markers count."""

_SECRET: Final = "aws-secret-access-key"  # noqa: S105 - a rule's name
_NAMED_TOO: Final = {
    "aws-access-key-id": PAIR_RULE,
    "aws-legacy-access-key-id": PAIR_RULE,
    _SECRET: PAIR_RULE,
    PAIR_RULE: _SECRET,
}
"""The other name that accepts a rule: the pair's name its parts, the secret's name a pair."""

_BY_WORTH: Final[tuple[Kind, ...]] = ("secret", "token", "id")


class Suppression(NamedTuple):
    """What accepts a match: the marker's name, and what was written beside it.

    ``rules`` are those it is for (None: all), ``until`` the last day it holds, as ``YYYY-MM-DD``.
    """

    by: str
    reason: str | None = None
    rules: tuple[str, ...] | None = None
    until: str | None = None


class _Marker(NamedTuple):
    """One marker of keyguard's own; ``until`` is "" when it is written, but not as a date."""

    form: bytes
    rules: tuple[str, ...] | None
    reason: str | None
    until: str | None


def inline(  # noqa: PLR0913 - the place, the rule and the day are one question
    chunk: Chunk, start: int, end: int, rule: str, today: str, *, foreign: Collection[str] | None = None
) -> Suppression | None:
    """What accepts the match of ``rule`` at ``chunk.data[start:end]``, on its lines or the line above.

    ``today`` is ``YYYY-MM-DD``; without it nothing holds that has a date.  ``foreign`` names the other
    scanners whose markers count (None: all).  A match that spans lines is accepted by a marker on any of
    them.
    """
    foreign = FOREIGN if foreign is None else foreign
    lines = _lines(chunk, start, end)
    if not any(map(_is_hopeful, lines)):
        return None
    above, here = lines[:-1], lines[1:]
    own = _own(here, b"", rule, today) or _own(above, b"-next-line", rule, today)
    return own or _substring(here, foreign) or _pragma(here, above, foreign)


def whole_file(first: Chunk, rule: str, today: str) -> Suppression | None:
    """What accepts every match of ``rule`` in the document that begins with ``first``.

    Read it once per finding, not per document: it is only needed where there is one.
    """
    if first.start:
        return None
    lines = first.data[:FILE_BYTES].split(b"\n")
    if len(first.data) > FILE_BYTES:
        lines.pop()  # a marker cut in two could say more than it does
    return _own(lines[:FILE_LINES], b"-file", rule, today)


def combine(parts: Sequence[tuple[Kind, Suppression | None]]) -> Suppression | None:
    """What accepts a finding, from what accepts each of its ``parts``: the part worth most decides.

    A secret whose ID is accepted is still a secret, and an ID whose secret is accepted opens nothing: a
    pair goes with its secret, whatever stands on the ID's line; a lone part goes by its own marker.
    """
    for kind in _BY_WORTH:
        marks = [mark for one, mark in parts if one == kind]
        if marks:
            return None if None in marks else marks[0]
    return None


def _lines(chunk: Chunk, start: int, end: int) -> list[bytes]:
    """The line above the match and the lines it is on; the match itself, unless it spans lines, as one NUL.

    So no marker is read out of a value, or out of what is left and right of it.
    """
    data = chunk.data
    inside = data[start:end] if end - start <= REACH else b""
    first = _line_start(data, start)
    middle = inside if b"\n" in inside else b"\0"
    text = data[first:start] + middle + data[end : _line_end(chunk, end)]
    return [_line_above(data, first), *text.split(b"\n")]


def _is_hopeful(line: bytes) -> bool:
    """Whether the line may hold a marker; the colon is found fastest, and a line of keys has none."""
    if b":" not in line:
        return False
    lower = line.lower()
    return b"ignore" in lower or b"allow" in lower or b"whitelist" in lower


def _line_start(data: bytes, at: int) -> int:
    """Where the line of ``at`` begins, or the last byte that is near enough."""
    low = max(at - REACH, 0)
    return max(data.rfind(b"\n", low, at) + 1, low)


def _line_end(chunk: Chunk, at: int) -> int:
    """Where the line of ``at`` ends; when no end is in sight, ``at``: a marker cut in two could say more."""
    data = chunk.data
    found = data.find(b"\n", at, at + REACH)
    if found >= 0:
        return found
    complete = chunk.own_end is None or chunk.own_end >= len(data)
    return len(data) if complete and len(data) - at <= REACH else at


def _line_above(data: bytes, first: int) -> bytes:
    """The line that ends where the one at ``first`` begins; empty when it is not in sight as a whole."""
    if data[first - 1 : first] != b"\n":
        return b""
    begin = _line_start(data, first - 1)
    return data[begin : first - 1] if not begin or data[begin - 1 : begin] == b"\n" else b""


def _own(lines: Iterable[bytes], form: bytes, rule: str, today: str) -> Suppression | None:
    for line in lines:
        for marker in _markers(line):
            if marker.form == form and _covers(marker.rules, rule) and holds(marker.until, today):
                return Suppression(
                    f"keyguard: ignore{form.decode()}", marker.reason, marker.rules, marker.until
                )
    return None


def _covers(names: tuple[str, ...] | None, rule: str) -> bool:
    return names is None or rule in names or _NAMED_TOO.get(rule) in names


def holds(until: str | None, today: str) -> bool:
    """Whether what has that last day holds today; ISO dates sort as text, "" is no date and never holds."""
    return until is None or (bool(today) and until >= today)


def _markers(line: bytes) -> Iterator[_Marker]:
    if b"keyguard" not in line.lower():
        return
    found = list(_patterns().marker.finditer(line))
    ends = [*(marker.start() for marker in found[1:]), len(line)]
    for marker, end in zip(found, ends, strict=False):  # where nothing was found, there is one end too many
        tail = line[marker.end() : end]
        yield _marker((marker[1] or b"").lower(), tail)


def _marker(form: bytes, tail: bytes) -> _Marker:
    """The marker whose name is followed by ``tail``: ``[rules]``, ``until=``, ``-- reason``."""
    patterns = _patterns()
    comment = patterns.comment_end.sub(b"", tail)
    dated = patterns.until.search(comment)
    rest = patterns.until.sub(b"", comment)
    named = patterns.rules.match(rest)
    reason = patterns.reason.match(rest, named.end() if named else 0)
    return _Marker(
        form,
        _names(named) if named else None,
        _reason(reason[1]) if reason else None,
        _date(dated[1]) if dated else None,
    )


def _names(brackets: re.Match[bytes]) -> tuple[str, ...]:
    """The rules in brackets; none when the bracket is not closed."""
    names = brackets[1].decode("ascii", "replace").lower().split(",") if brackets[2] else []
    return tuple(name.strip() for name in names)


def _date(text: bytes) -> str:
    """The date in ``=YYYY-MM-DD``, or "" when there is none."""
    from datetime import date  # noqa: PLC0415 - 2 ms that only a marker with a date costs

    written = _patterns().date.match(text)
    try:
        return date.fromisoformat(written[1].decode()).isoformat() if written else ""
    except ValueError:
        return ""


def _reason(text: bytes) -> str | None:
    """The reason, in which the match and anything as long as a secret is masked."""
    return _patterns().unspoken.sub(MASK.encode(), text).decode("utf-8", "backslashreplace").strip() or None


def _substring(lines: Iterable[bytes], foreign: Collection[str]) -> Suppression | None:
    for line in lines:
        for tool, marker in _SUBSTRINGS.items():
            if tool in foreign and marker in line:
                return Suppression(marker.decode())
    return None


def _pragma(here: Iterable[bytes], above: Iterable[bytes], foreign: Collection[str]) -> Suppression | None:
    if DETECT_SECRETS not in foreign:
        return None
    if any(_commented(_patterns().pragma, line) for line in here):
        return Suppression("pragma: allowlist secret")
    if any(_commented(_patterns().pragma_next, line) for line in above):
        return Suppression("pragma: allowlist nextline secret")
    return None


def _commented(styles: Iterable[_Style], line: bytes) -> bool:
    """Whether a pragma stands on the line in a comment that ends as its style wants."""
    end = line.rstrip(b" \t\r")
    return any(end.endswith(closing) and pragma.search(line) for pragma, closing in styles)


class _Patterns(NamedTuple):
    marker: re.Pattern[bytes]
    rules: re.Pattern[bytes]
    until: re.Pattern[bytes]
    date: re.Pattern[bytes]
    reason: re.Pattern[bytes]
    comment_end: re.Pattern[bytes]
    unspoken: re.Pattern[bytes]
    pragma: tuple[_Style, ...]
    pragma_next: tuple[_Style, ...]


@cache
def _patterns() -> _Patterns:
    """Compiled when the first marker is seen: most runs see none."""
    import re  # noqa: PLC0415 - likewise

    return _Patterns(
        marker=re.compile(rb"(?i)(?<![a-z0-9_])keyguard:[ \t]*ignore(-next-line|-file)?(?!\w|-\w)"),
        rules=re.compile(rb"[ \t]*\[([^\]]*)(\])?"),
        until=re.compile(rb"(?i)(?<!\w)until(=[^\s\[]*|[ \t:]+(?=\d))"),
        date=re.compile(rb"=(\d{4}-\d\d-\d\d)(?!\w|-\w)"),
        reason=re.compile(rb"[ \t]*--[ \t]+(.*)", re.DOTALL),
        comment_end=re.compile(rb"(?:\*/|-->|#\}).*", re.DOTALL),
        unspoken=re.compile(rb"[A-Za-z0-9+/]{40,}|\0"),
        pragma=_styles(rb"%b(?:allow|white)list[ -]secret"),
        # Nothing may stand before it, so that code cannot hide what is accepted in the line below it.
        pragma_next=_styles(rb"^[ \t]*%ballowlist[ -]nextline[ -]secret"),
    )


def _styles(pragma: bytes) -> tuple[_Style, ...]:
    """The kinds of comment in which detect-secrets reads a pragma; the last two must be closed."""
    import re  # noqa: PLC0415 - likewise

    openings = {
        rb"(?:#|//|'|--) *pragma: ?": b"",
        rb"/\* *pragma: ?": b"*/",
        rb"<!--[# \t]*pragma: ?": b"-->",
    }
    return tuple((re.compile(pragma % opening), closing) for opening, closing in openings.items())
