"""Says how strings of several pieces are written in the common languages."""

from __future__ import annotations

import re
from typing import Final

JOINT: Final = (
    rb"[\"'](?<=[A-Za-z0-9+/;].)(?:[\s+.&|<>^~\\`_)]{1,120}+(?:(?:append|concat|push)\(\s{0,80}+)?"
    rb"(?:[@$]|[bBuUrRfFL]{1,2}|u8)?)?[\"'](?=[A-Za-z0-9+/\\%&])"
)
"""From the end of one piece to the beginning of the next."""

CONTINUATION: Final = rb"[\\`](?<=[A-Za-z0-9+/;].)\r?\n[ \t]{0,200}+(?=[A-Za-z0-9+/\\%&])"
"""The end of a line that goes on in the next one."""

LISTED: Final = rb"[\"'](?<=[A-Za-z0-9+/;].)\s{0,80}+,\s{0,80}+[\"'](?=[A-Za-z0-9+/\\%&])"
"""The same in a list of strings, of which a function makes one."""

TEMPLATE: Final = rb"\$\{\s{0,20}(?:\"\"|''|``)\s{0,20}\}"
"""An empty string that is put into another: JavaScript, Dart, Groovy, Kotlin."""

MARKUP: Final = rb"</(b|code|em|font|i|kbd|mark|samp|span|strong|tt|u|var)><\1(?:\s[^<>]{0,200})?>|<wbr\s?/?>"
"""The end of an element of HTML inside of a line and the beginning of the next, as editors write them."""

_LIST_WORDS: Final = rb"(?i)concat|join|paste0|implode|fmt|printf"
"""What such functions are called: ``concat("…", "…")``, ``["…", "…"].join("")``."""

_OPERATORS: Final = frozenset(
    {
        *(b"", b"+", b".", b"..", b"&", b"||", b"<>", b"++", b"^", b"~", b"<<", b"&_", b"+_"),
        *(b"\\", b"`", b"+\\", b".\\", b"+`"),
        *(b").append(", b").concat(", b".append(", b".concat(", b").push("),
    }
)
"""Without the spaces: C#, Go, Java, JavaScript, Python, Rust ``+``; Perl, PHP ``.``; Lua ``..``; VB ``& _``;
SQL ``||``; Elixir ``<>``; Haskell ``++``; OCaml ``^``; D, Raku ``~``; Ruby, C++ ``<<``; nothing: C, Python,
shell."""

_NEAR: Final = 100
_SPACES: Final = b" \t\r\n\v\f"
_PREFIXES: Final = b"@$bBuUrRfFL8"
"""What may stand before a quote and belongs to it."""


def joint(match: re.Match[bytes]) -> bytes | None:
    """Nothing, which is what a joint reads as; None when it joins nothing."""
    return b"" if match[0][1:-1].translate(None, _SPACES).rstrip(_PREFIXES) in _OPERATORS else None


def listed(match: re.Match[bytes]) -> bytes | None:
    """Nothing; None when no function near makes one string of the list."""
    start, end = match.span()
    return b"" if re.search(_LIST_WORDS, match.string[max(start - _NEAR, 0) : end + _NEAR]) else None
