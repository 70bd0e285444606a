"""Tells the keys that AWS publishes as examples, and placeholders, from keys that somebody was given.

Which they are is data, in ``patterns/examples.toml``.  How little of a random key may look like one of them
is decided here: one ID in a million, one secret in ten million, or fewer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

from keyguard.errors import ConfigError
from keyguard.keyid import PREFIX_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyguard.model import Kind

DOCUMENTED: Final = "documented example"
PLACEHOLDER: Final = "placeholder"

END_WORD: Final = 5
CASED_WORD: Final = 6
LONG_WORD: Final = 7
"""Letters of a word that counts only at the ends, in a secret only in one case, and everywhere."""

ID_ROW: Final = 7
SECRET_ROW: Final = 8
"""Characters of a row that are no accident in 16 of 32, and in 40 of 64 in any case."""

ID_DISTINCT: Final = 5
DISTINCT: Final = 10
"""So many different characters, or fewer, are too few.  Not 16 for a secret: hex is no placeholder."""

RUN: Final = 7
"""As many of one character on end are no accident."""

_LEAST: Final = {"id_tails": 9, "secret_heads": 12, "words": END_WORD, "rows": ID_ROW}
_FILE: Final = "examples.toml"


class Examples(NamedTuple):
    """What ``examples.toml`` says, in the form in which it is looked for.

    The words are those for an ID, for a secret in upper case, for a secret as it is written, and for a
    token; ``ends`` are those that count at the beginning and the end.  ``rows`` are the pieces, of
    :data:`ID_ROW` and :data:`SECRET_ROW` characters, of what is typed in a row.
    """

    id_tails: tuple[bytes, ...]
    secret_heads: tuple[bytes, ...]
    id_words: tuple[bytes, ...]
    any_case_words: tuple[bytes, ...]
    cased_words: tuple[bytes, ...]
    token_words: tuple[bytes, ...]
    ends: tuple[bytes, ...]
    rows: frozenset[bytes]


def parse(table: Mapping[str, object]) -> Examples:
    """The examples in ``table``, the content of ``examples.toml``.

    Raises :class:`ConfigError` for another shape, and for words so short that real keys hold them.
    """
    if table.get("schema") != 1:
        raise ConfigError(f"{_FILE}: schema is {table.get('schema')!r}, not 1", "reinstall keyguard")
    words = _words(table)
    rows = _texts(table, "placeholder", "rows")
    ends = [word for word in words if len(word) == END_WORD]
    cased = [word for word in words if len(word) == CASED_WORD]
    long = [word for word in words if len(word) >= LONG_WORD]
    return Examples(
        id_tails=_texts(table, "documented", "id_tails"),
        secret_heads=_texts(table, "documented", "secret_heads"),
        id_words=(*long, *cased),
        any_case_words=tuple(long),
        cased_words=tuple(_cases(cased)),
        token_words=tuple(_cases(long)),
        ends=tuple(_cases(ends)),
        rows=frozenset([*_pieces(rows, ID_ROW), *_pieces(rows, SECRET_ROW)]),
    )


def reason(examples: Examples, kind: Kind, value: bytes) -> str | None:
    """Why ``value`` is nobody's key: :data:`DOCUMENTED` or :data:`PLACEHOLDER`; None when it may be one."""
    if kind == "token":
        return PLACEHOLDER if _is_token_placeholder(examples, value) else None
    body = value[PREFIX_LENGTH:] if kind == "id" else value
    if body.startswith(examples.id_tails if kind == "id" else examples.secret_heads):
        return DOCUMENTED
    made_up = _is_id_placeholder if kind == "id" else _is_secret_placeholder
    return PLACEHOLDER if made_up(examples, body) else None


def is_worded(examples: Examples, value: bytes) -> bool:
    """Whether a value of any form says itself that it is none: by a word, or by one character."""
    return len(set(value)) == 1 or _has(examples.token_words, value)


def _is_id_placeholder(examples: Examples, body: bytes) -> bool:
    upper = body.upper()
    return (
        body.isdigit()
        or _is_monotonous(body, ID_DISTINCT)
        or upper.startswith(examples.ends)
        or upper.endswith(examples.ends)
        or _has(examples.id_words, upper)
        or _has_row(examples, upper, ID_ROW)
    )


def _is_secret_placeholder(examples: Examples, value: bytes) -> bool:
    upper = value.upper()
    return (
        value.isdigit()
        or (value.isalpha() and value in {upper, value.lower()})
        or _is_monotonous(value, DISTINCT)
        or value.startswith(examples.ends)
        or value.endswith(examples.ends)
        or _has(examples.cased_words, value)
        or _has(examples.any_case_words, upper)
        or _has_row(examples, upper, SECRET_ROW)
    )


def _is_token_placeholder(examples: Examples, value: bytes) -> bool:
    """Only by words and variety: real tokens hold runs of ``/`` and fixed beginnings."""
    return len(set(value)) <= DISTINCT or _has(examples.token_words, value)


def _is_monotonous(value: bytes, too_few: int) -> bool:
    """Whether it has too few different characters, a run of one of them, or is a block that is repeated."""
    distinct, half = len(set(value)), len(value) // 2
    if distinct <= too_few or _has((bytes((one,)) * RUN for one in set(value)), value):
        return True
    return distinct <= half and any(value[period:] == value[:-period] for period in range(1, half + 1))


def _has_row(examples: Examples, upper: bytes, length: int) -> bool:
    texts = (upper, upper[::2], upper[1::2])
    return any(not examples.rows.isdisjoint(_windows(text, length)) for text in texts)


def _has(words: Iterable[bytes], value: bytes) -> bool:
    """Whether one of ``words`` is in ``value``; a pattern would take longer to compile than this takes."""
    return any(word in value for word in words)


def _windows(text: bytes, length: int) -> list[bytes]:
    return [text[at : at + length] for at in range(len(text) - length + 1)]


def _pieces(rows: Iterable[bytes], length: int) -> Iterator[bytes]:
    for row in rows:
        yield from _windows(row, length)
        yield from _windows(row[::-1], length)


def _cases(words: Iterable[bytes]) -> Iterator[bytes]:
    for word in words:
        yield from (word, word.lower(), word.capitalize())


def _words(table: Mapping[str, object]) -> tuple[bytes, ...]:
    words = _texts(table, "placeholder", "words")
    wrong = sorted(word for word in words if not word.isalnum() or word != word.upper())
    if wrong:
        raise ConfigError(
            f"{_FILE}: placeholder.words holds {wrong[0].decode()!r}",
            "write words in capital letters and digits",
        )
    return words


def _texts(table: Mapping[str, object], part: str, key: str) -> tuple[bytes, ...]:
    inner = table.get(part)
    found = cast("dict[str, object]", inner).get(key) if isinstance(inner, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, str) and one.isascii() for one in found):
        raise ConfigError(f"{_FILE}: {part}.{key} is not a list of ASCII strings", "reinstall keyguard")
    short = sorted(one for one in found if len(one) < _LEAST[key])
    if short:
        raise ConfigError(
            f"{_FILE}: {part}.{key} holds {short[0]!r}, which is so short that real keys hold it",
            f"write at least {_LEAST[key]} characters",
        )
    return tuple(one.encode() for one in found)
