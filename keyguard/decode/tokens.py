"""Finds keys with characters that are written as escapes, and keys that are broken by what is not theirs.

A token is an escape, a character that is not seen, or what joins two pieces of a string.  Tokens with nothing
but characters of keys between them make one word; a word is decoded as a whole, with all of its tokens.
"""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

from keyguard import traces
from keyguard.anchors import BASE64
from keyguard.decode.escapes import BACKSLASH, HTML, PERCENT, QUOTED, backslash, html, percent, quoted
from keyguard.decode.joints import CONTINUATION, JOINT, LISTED, MARKUP, TEMPLATE, joint, listed
from keyguard.decode.splice import Part, Word
from keyguard.reach import around, right_of, windows

LEAST: Final = 20
"""Characters that a word has at least: as many as an ID."""

REACH: Final = 2048
"""Bytes around an anchor in which tokens are looked for."""

_WRITTEN: Final = BASE64 + b"%&#;\\"
"""Also what an escape is written with: there may be one inside of another."""

_INVISIBLE: Final = (
    rb"\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0-\xa4])|\xef\xbb\xbf|\xc2\xad|\xe1\xa0\x8e|\xcd\x8f"
)
"""No character before these: only so does re find the first byte fast."""


_NOT_ASCII: Final = (b"\xe2", b"\xef", b"\xc2", b"\xe1", b"\xcd")
_QUOTES: Final = (b'"', b"'")
_AT_THE_END: Final = (b"\\\n", b"\\\r", b"`\n", b"`\r")


class Kind(NamedTuple):
    """A way to write: its name, of what each token holds one, a pattern, what a token reads as, its traces.

    A match that reads as None is no token.
    """

    name: str
    gates: tuple[bytes, ...]
    pattern: bytes
    read: Callable[[re.Match[bytes]], bytes | None]
    traces: tuple[bytes, ...] = ()


class Token(NamedTuple):
    """One token: where it is, what it reads as, of which kind it is."""

    start: int
    end: int
    text: bytes
    kind: str


KINDS: Final = (
    Kind("percent", (b"%",), PERCENT, percent, (*traces.PERCENT, *traces.SPELLED_PERCENT)),
    Kind(
        "backslash",
        (b"\\",),
        BACKSLASH,
        backslash,
        (*traces.BACKSLASH, *traces.SPELLED_BACKSLASH, *traces.SPELLED_BRACES, *traces.SPELLED_OCTAL),
    ),
    Kind("html", (b"&",), HTML, html, (*traces.HTML, *traces.SPELLED_HTML)),
    Kind("quoted-printable", (b"=3D", b"=2", b"=\r", b"=\n"), QUOTED, quoted, traces.QUOTED),
    Kind("invisible", _NOT_ASCII, _INVISIBLE, lambda _: b"", traces.INVISIBLE),
    Kind("joined", _QUOTES, JOINT, joint),
    Kind("joined", _AT_THE_END, CONTINUATION, lambda _: b""),
    Kind("joined", (b",",), LISTED, listed),
    Kind("joined", (b"${",), TEMPLATE, lambda _: b""),
    Kind("joined", (b"</", b"<wbr"), MARKUP, lambda _: b""),
)


def words(
    data: bytes,
    present: frozenset[bytes],
    near: Sequence[tuple[int, int]],
    limit: int,
    cut: Callable[[str], None],
) -> dict[str, list[Word]]:
    """All words with tokens, by the names of their kinds; those with joints without them, too.

    A kind is looked for in ``near`` and around those of its traces that are ``present``.  ``cut`` is told
    when there are more tokens than ``limit``, and the rest is left out.
    """
    tokens = list(islice(_all_tokens(data, present, near), limit + 1))
    if len(tokens) > limit:
        cut("holds so many escapes that not all of it was decoded")
    tokens.sort()
    joined = [word for word in _words(data, tokens) if any(token.kind == "joined" for token in word)]
    escaped = _words(data, [token for token in tokens if token.kind != "joined"])
    found: dict[str, list[Word]] = {}
    for word in chain(escaped, joined):
        if _is_long(data, word):
            name = "+".join(dict.fromkeys(token.kind for token in word))
            found.setdefault(name, []).append([Part(*token[:3]) for token in word])
    return found


def _all_tokens(data: bytes, present: frozenset[bytes], near: Sequence[tuple[int, int]]) -> Iterator[Token]:
    for kind in KINDS:
        ours = around(data, present.intersection(kind.traces), REACH, REACH)
        for start, end in windows(sorted([*near, *ours]), len(data)):
            yield from _tokens(data, kind, start, end)


def _tokens(data: bytes, kind: Kind, start: int, end: int) -> Iterator[Token]:
    if all(data.find(gate, start, end) < 0 for gate in kind.gates):
        return
    for match in re.compile(kind.pattern).finditer(data, start, end):
        text = kind.read(match)
        if text is not None:
            yield Token(*match.span(), text, kind.name)


def _words(data: bytes, tokens: list[Token]) -> Iterator[list[Token]]:
    """Tokens, in order, that have nothing but characters of keys between them."""
    word: list[Token] = []
    for token in tokens:
        end = word[-1].end if word else 0
        if word and token.start < end:
            continue
        if word and right_of(data, end, BASE64) < token.start:
            yield word
            word = []
        word.append(token)
    if word:
        yield word


def _is_long(data: bytes, word: list[Token]) -> bool:
    """Whether the word with what stands beside it is long enough for a key."""
    first, last = word[0].start, word[-1].end
    written = sum(token.end - token.start - len(token.text) for token in word)
    wanting = LEAST - (last - first - written)
    if wanting <= 0:
        return True
    before, behind = data[max(first - wanting, 0) : first], data[last : last + wanting]
    return len(before) - len(before.rstrip(_WRITTEN)) + len(behind) - len(behind.lstrip(_WRITTEN)) >= wanting
