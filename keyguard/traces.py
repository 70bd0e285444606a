"""Knows the traces that keys leave where they are written in another way: only there is looked closer.

A trace is a literal; some count only with certain text directly before or behind them.  Which way to write
leaves which trace is said in ``decode``; the table of all ways is ``docs/reference/disguises.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

IDS: Final = frozenset((b"AKIA", b"ASIA"))
"""What the IDs begin with that have a secret; the traces below are those of these two."""

BASE64: Final = (b"QUtJQ", b"FLSU", b"BS0lB", b"QVNJQ", b"FTSU", b"BU0lB")
HEX: Final = (b"414b4941", b"414B4941", b"41534941")
HEX_LISTS: Final = (
    *(b"0x41, 0x4b", b"0x41,0x4b", b"0x41, 0x4B", b"0x41,0x4B", b"0x41, 0x53", b"0x41,0x53"),
    *(b"0x49, 0x41", b"0x49,0x41"),
)
DECIMAL_LISTS: Final = (
    *(b"65, 75, 7", b"65,75,7", b"65, 83, 7", b"65,83,7"),
    *(b"75, 73, 65", b"75,73,65", b"83, 73, 65", b"83,73,65"),
)
"""The beginning of ``AKIA`` and ``ASIA``, and their end, where a line ends after the first of them."""

DUMPS: Final = (
    *(b"41 4b 49 41", b"41 4B 49 41", b"41 53 49 41"),
    *(b"41:4b:49:41", b"41:4B:49:41", b"41:53:49:41"),
)
PERCENT: Final = (b"%2F", b"%2f", b"%2B", b"%2b", b"%252F", b"%252f", b"%252B", b"%252b")
BACKSLASH: Final = (b"\\/", b"\\u002", b"\\u{2", b"\\x2", b"\\\\\\/", b"\\\\u002")
SPELLED_PERCENT: Final = (b"%41%4", b"%41%5")
SPELLED_BACKSLASH: Final = (b"\\x41\\x4", b"\\x41\\x5", b"\\u0041\\u004", b"\\u0041\\u005")
SPELLED_BRACES: Final = (b"\\u{41}\\u{4", b"\\u{41}\\u{5")
SPELLED_OCTAL: Final = (b"\\101\\11", b"\\101\\12")
QUOTED: Final = (b"=3D", b"=2B", b"=2F")
SPELLED_HTML: Final = (b"&#65;&#", b"&#x41;&#x")
HTML: Final = (b"&#x2F", b"&#x2f", b"&#x2B", b"&#x2b", b"&#47", b"&#43", b"&sol;", b"&plus;")
INVISIBLE: Final = tuple(mark.encode() for mark in "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\xad")
"""Spaces without a width, joiners, marks of direction, the soft hyphen."""

_BEGUN: Final = (b"AK", b"AKI", b"AS", b"ASI", b"A")
_ENDED: Final = tuple(mark + piece for mark in (b'"', b"'", b"}", b">") for piece in (b"IA", b"KIA", b"SIA"))
_QUOTED: Final = (b'AKI"', b"AKI'", b'ASI"', b"ASI'")
_MARKED: Final = (b"AKI$", b"AKI<", b"ASI$", b"ASI<")
BROKEN: Final = frozenset((*_ENDED, *_QUOTED, *_MARKED, *(piece + b"\\" for piece in _BEGUN)))
"""Where an ID is broken within its first characters: the second piece, or the first one."""

NAMES: Final = frozenset((b"secret", b"SECRET", b"Secret"))
"""What a secret is called, before the first of several pieces."""

_BY_FACTOR: Final[dict[bytes, dict[bytes, tuple[bytes, ...]]]] = {
    b"": {
        b"JQ": (BASE64[0], BASE64[3]),
        b"SU": (BASE64[1], BASE64[4]),
        b"0lB": (BASE64[2], BASE64[5]),
        b"4941": HEX,
        b"0x4": HEX_LISTS,
        b"75,": tuple(one for one in DECIMAL_LISTS if b"75," in one),
        b"83,": tuple(one for one in DECIMAL_LISTS if b"83," in one),
        b"49 41": DUMPS[:3],
        b"49:41": DUMPS[3:],
        b"IA": _ENDED,
        b'I"': _QUOTED[::2],
        b"I'": _QUOTED[1::2],
        b"I$": _MARKED[::2],
        b"I<": _MARKED[1::2],
        b"ecret": (b"secret", b"Secret"),
        b"SECRET": (b"SECRET",),
    },
    b"%": {b"%": (*PERCENT, *SPELLED_PERCENT)},
    b"\\": {
        b"\\/": (b"\\/", b"\\\\\\/"),
        b"\\u00": (b"\\u002", b"\\\\u002", *SPELLED_BACKSLASH[2:]),
        b"\\u{": (b"\\u{2", *SPELLED_BRACES),
        b"\\x": (b"\\x2", *SPELLED_BACKSLASH[:2]),
        b"\\101": SPELLED_OCTAL,
        b"\\\n": tuple(piece + b"\\" for piece in _BEGUN),
        b"\\\r": tuple(piece + b"\\" for piece in _BEGUN),
    },
    b"=": {b"=3D": QUOTED[:1], b"=2": QUOTED[1:]},
    b"&": {b"&#": (*HTML[:6], *SPELLED_HTML), b"&sol;": HTML[6:7], b"&plus;": HTML[7:]},
}
"""All traces that are ASCII, by what several of them have in common: that is looked for first."""


def _pieces(ways: Iterable[bytes]) -> bytes:
    """What is behind the name of a secret that is written in one of ``ways``."""
    return rb"""[^"']{0,60}(?:""" + b"|".join(ways) + b")"


_SOME: Final = b"[A-Za-z0-9+/]"
_JOINT: Final = rb"""(?:\s{0,80}(?:[bBuUrRfFL]{1,2}["']|["'+.&|<>^~\\_`,@$])|\)\.)"""
_LINE: Final = rb"\r?\n[ \t]{0,80}[A-Z2-7]{4}"
_PIECES: Final = {
    (b'"', b"'"): rb"""["'][A-Za-z0-9+/\\%&;]{1,60}["'](?:\s{0,80}["'+.&|<>^~\\_`]|\)\.)""",
    (b"\\\n", b"\\\r", b"`\n", b"`\r", b"=\n", b"=\r"): rb"""["']?[A-Za-z0-9+/]{1,60}[\\`=]\r?\n""",
    (b"${", b"</", b"<wbr"): rb"""["'`>: =][A-Za-z0-9+/]{1,60}(?:\$\{\s{0,20}["'`]|</[a-z]{1,6}><|<wbr)""",
    (b"%2", b"\\", b"&#"): rb"""[=:>"' ]{1,8}[A-Za-z0-9+/]{0,7}(?:%2|\\[/ux]|&#)""",
}
"""The first of several pieces of a string and what shows that others follow; or a value that has escapes.

Each with literals, one of which every text has that it matches."""

GUARDED: Final = {
    **dict.fromkeys((*PERCENT, *BACKSLASH, *QUOTED), (_SOME + b"{8}", _SOME + b"{8}")),
    **dict.fromkeys(INVISIBLE, (_SOME, b"")),
    **dict.fromkeys(_ENDED, (b"", b"[A-Z2-7]{4}")),
    **dict.fromkeys(_QUOTED, (b"", _JOINT)),
    **dict.fromkeys(_MARKED, (b"", rb"""(?:\{\s{0,20}["'`]|/[a-z]{1,6}><|wbr)""")),
    **dict.fromkeys((piece + b"\\" for piece in _BEGUN), (b"", _LINE)),
    **dict.fromkeys(sorted(NAMES), (b"", _pieces(_PIECES.values()))),
}
"""The traces that count only with something beside them.

A secret with up to four escapes in it has eight other characters before or behind one of them."""


def present(data: bytes) -> Iterator[bytes]:
    """The traces in a little text."""
    factors = [one for gate, group in _BY_FACTOR.items() if gate in data for one in group.items()]
    likely = {one for factor, literals in factors if factor in data for one in literals}
    for literal in likely if data.isascii() else (*likely, *INVISIBLE):
        if literal in data and _counts(literal, data):
            yield literal


def _counts(literal: bytes, data: bytes) -> bool:
    if literal not in GUARDED:
        return True
    found = pattern(literal, data)
    return found is not None and found.search(data) is not None


def pattern(literal: bytes, data: bytes) -> re.Pattern[bytes] | None:
    """A pattern that finds a guarded literal where it counts; None when it does so nowhere in ``data``.

    A name counts in so many ways that to look for each of them takes long where it is repeated, as in prose.
    """
    from keyguard import guards  # noqa: PLC0415 - most runs see none

    if literal not in NAMES:
        return guards.pattern(literal, GUARDED[literal])
    ways = [way for gates, way in _PIECES.items() if any(gate in data for gate in gates)]
    return guards.pattern(literal, (b"", _pieces(ways))) if ways else None


def expressions() -> list[tuple[bytes, bytes]]:
    """Every trace with a pattern of hyperscan's; one that has two is there twice."""
    from keyguard import guards  # noqa: PLC0415 - only where there is much to read

    groups = (group.values() for group in _BY_FACTOR.values())
    literals = dict.fromkeys(one for group in groups for literals in group for one in literals)
    named = dict.fromkeys((*literals, *GUARDED))
    return [found for one in named for found in guards.expressions(one, GUARDED.get(one))]
