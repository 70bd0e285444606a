"""Rewrites patterns of Go's (RE2) for the engine that keyguard runs them with, or says why it cannot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    r"(?P<quote>\\Q.*?(?:\\E|$))|(?P<code>\\x\{[0-9A-Fa-f]+\})|(?P<escape>\\.)"
    r"|(?P<class>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\])"
    r"|(?P<named>\(\?P?<\w+>)|(?P<flags>\(\?[A-Za-z-]*[:)])|(?P<open>\()|(?P<other>.)",
    re.DOTALL,
)
_IN_CLASS: Final = re.compile(r"\[:\^?\w+:\]|\\x\{[0-9A-Fa-f]+\}|\\.|.", re.DOTALL)
_OPERATORS: Final = "-&~|"
"""Written twice in a class they have a meaning that they do not have in RE2."""

VALUE: Final = "(?P<value>"
MODE: Final = "(?V1)"
"""Flags then hold from where they stand to the end of their group, as in RE2."""


class UntranslatableError(ValueError):
    """What of a pattern the engine does not have."""


def translated(written: str, group: int = 0) -> str:
    """The pattern, with the capturing group of that number called ``value``.

    0 is the first group, or, without groups, all of it.  Raises :class:`UntranslatableError`.
    """
    groups = count(written)
    if group > groups:
        raise UntranslatableError(f"it has no group {group}")
    wanted = group or min(groups, 1)
    body = "".join(_pieces(written, wanted))
    return MODE + (body if wanted else f"{VALUE}{body})")


def count(written: str) -> int:
    """The number of capturing groups."""
    return sum(1 for token in _TOKEN.finditer(written) if token["open"] or token["named"])


def condition(written: str) -> str:
    """A pattern of which only counts whether it matches.  Raises :class:`UntranslatableError`."""
    return MODE + "".join(_pieces(written, 0))


def _pieces(written: str, wanted: int) -> Iterator[str]:
    number = 0
    for token in _TOKEN.finditer(written):
        said = token[0]
        if token["open"] and written.startswith("?", token.end()):
            yield said  # a lookaround, which RE2 does not have, but others have written
        elif token["open"] or token["named"]:
            number += 1
            yield VALUE if number == wanted else "(?:"
        elif token["class"]:
            yield _class(said)
        else:
            yield _piece(said, token)


def _piece(said: str, token: re.Match[str]) -> str:
    if token["quote"]:
        return re.escape(said[2:].removesuffix(r"\E"))
    if token["code"]:
        return _bytes(chr(int(said[3:-1], 16)))
    if said == r"\z":
        return r"\Z"
    if said == r"\C":
        raise UntranslatableError(r"it has \C")
    if token["flags"] and "U" in said:
        raise UntranslatableError("it has the flag U")
    return said if said.isascii() else f"(?:{said})"


def _class(said: str) -> str:
    """A class in which nothing has a meaning that it does not have in RE2."""
    inner = said[2:-1] if said.startswith("[^") else said[1:-1]
    made = said[: len(said) - len(inner) - 1]
    before = ""
    for token in _IN_CLASS.findall(inner):
        made += _member(token, before)
        before = token
    return made + "]"


def _member(token: str, before: str) -> str:
    if not token.isascii():
        raise UntranslatableError("it has a class with characters that are not ASCII")
    if token.startswith(r"\x{"):
        code = int(token[3:-1], 16)
        if code > 0x7F:  # noqa: PLR2004 - the last of ASCII
            raise UntranslatableError("it has a class with characters that are not ASCII")
        return f"\\x{code:02x}"
    if token in {"[", "]"} or (token in _OPERATORS and before == token):
        return "\\" + token
    return token


def _bytes(character: str) -> str:
    return "(?:" + "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace")) + ")"
