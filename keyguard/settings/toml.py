"""Reads TOML such that a message about any key of it can name the line."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST: Final = 4 << 20
"""Bytes: ten times the largest collection of rules there is."""

_AT: Final = re.compile(r"(.*?) ?\(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)
_TOKEN: Final = re.compile(
    r"""(?P<text>"{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<word>[\w-]+)|(?P<other>.|\n)""",
    re.DOTALL,
)

Key = tuple[str | int, ...]


class File(NamedTuple):
    """A TOML file: what it is called in messages, what it says, and its text."""

    name: str
    table: dict[str, object]
    text: str

    def line(self, key: Key) -> int:
        """The line of ``key``, or of the first key in it, or of the nearest table around it.

        Numbers count tables of one name.
        """
        found = dict(_keys(self.text))
        while key and key not in found:
            if within := [line for one, line in found.items() if one[: len(key)] == key]:
                return min(within)
            key = key[:-1]
        return found.get(key, 1)

    def error(self, key: Key, what: str, advice: str) -> ConfigError:
        """An error that names file and line."""
        return ConfigError(f"{self.name}:{self.line(key)}: {what}", advice)


def parsed(data: bytes, name: str) -> File:
    """What a file says; a byte order mark and CRLF are fine.  Raises :class:`ConfigError`."""
    if len(data) > LARGEST:
        raise ConfigError(f"{name} is larger than {LARGEST >> 20} MiB", "is it the right file?")
    text = decoded(data, name)
    try:
        return File(name, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        what, line = _position(str(error), text)
        raise ConfigError(f"{name}:{line}: {what}", "correct the TOML") from None
    except RecursionError:
        raise ConfigError(f"{name}: it is nested too deeply", "correct the TOML") from None


def decoded(data: bytes, name: str) -> str:
    """A file's text, its lines ended by a newline alone.  Raises :class:`ConfigError`."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: it is not UTF-8", "save it as UTF-8") from None


def _position(message: str, text: str) -> tuple[str, int]:
    found = _AT.match(message)
    if not found:
        return message, 1
    return found[1], int(found[2] or text.count("\n") + 1)


def _keys(text: str) -> Iterator[tuple[Key, int]]:
    """Every key of a well-formed text with its line; keys inside of values are left out."""
    table: Key = ()
    counts: dict[Key, int] = {}
    for words, line, kind in _statements(text):
        if kind == "=":
            yield (*table, *words), line
            continue
        table = _resolved(words, counts)
        if kind == "[[":
            counts[table] = counts.get(table, -1) + 1
            table = (*table, counts[table])
        yield table, line


def _resolved(words: Sequence[str], counts: dict[Key, int]) -> Key:
    """The full key of a header: a name of tables above it means the last of these."""
    key: Key = ()
    for number, word in enumerate(words):
        key = (*key, word)
        if key in counts and number < len(words) - 1:
            key = (*key, counts[key])
    return key


def _statements(text: str) -> Iterator[tuple[list[str], int, str]]:
    """The key of each statement, its line, and what kind it is: ``=``, ``[`` or ``[[``."""
    line, depth = 1, 0
    words: list[str] = []
    begun, opening, in_value = 1, "", False
    for token in _TOKEN.finditer(text):
        said = token[0]
        if said == "\n" and not (depth and in_value):
            if opening and words:
                yield words, begun, opening
            words, opening, in_value, depth = [], "", False, 0
        elif in_value:
            depth += (said in "[{") - (said in "]}")
        elif said == "[" and not words:
            opening += said
        elif said == "=":
            yield words, begun, said
            in_value = True
        elif token["word"] or token["text"]:
            begun = begun if words else line
            words.append(_bare(said))
        line += said.count("\n")


def _bare(word: str) -> str:
    """A key without its quotes."""
    if word[0] not in "\"'":
        return word
    try:
        return next(iter(tomllib.loads(f"{word} = 0")))
    except tomllib.TOMLDecodeError:
        return word
