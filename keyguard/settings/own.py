"""Makes rules of the tables that people write, and refuses what could not be matched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from keyguard.limits import Limits
from keyguard.rules import Rule
from keyguard.settings import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.model import Severity
    from keyguard.settings.toml import File, Key

LONGEST: Final = 20_000
"""Characters of a pattern: ten times the longest that anyone needs."""

HELP: Final = "Find out whose it is, and revoke it."


def rules(file: File, table: Mapping[str, object], at: Key = ()) -> tuple[Rule, ...]:
    """The rules of a file, in its order.  Raises :class:`ConfigError`."""
    found: dict[str, Rule] = {}
    for number, entry in enumerate(checked.tables(file, table, "rule", at)):
        key = (*at, "rule", number)
        one = _rule(file, key, entry)
        if one.id in found:
            raise file.error((*key, "id"), f"two rules are called {one.id!r}", "rule ids are unique")
        found[one.id] = one
    return tuple(found.values())


def _rule(file: File, key: Key, entry: dict[str, object]) -> Rule:
    name = cast("str", entry["id"])
    return Rule(
        id=name,
        name=cast("str", entry["name"] or entry["description"]),
        kind="token",
        severity=cast("Severity", entry["severity"]),
        description=cast("str", entry["description"]),
        help=cast("str", entry["help"] or HELP),
        anchors=tuple(text.encode() for text in _texts(entry, "anchors")),
        run=0,
        pattern=_pattern(file, (*key, "pattern"), cast("str", entry["pattern"])),
        examples=_texts(entry, "examples"),
        counterexamples=_texts(entry, "counterexamples"),
        added=True,
        limits=_limits(file, key, entry),
    )


def _texts(entry: Mapping[str, object], name: str) -> tuple[str, ...]:
    return cast("tuple[str, ...]", entry[name] or ())


def _limits(file: File, key: Key, entry: Mapping[str, object]) -> Limits:
    path = cast("str | None", entry["path"])
    if path is not None:
        wrong = trouble(path)
        if wrong:
            raise file.error((*key, "path"), f"path: {wrong}", "correct the regular expression")
    keywords = tuple(word.lower().encode() for word in _texts(entry, "keywords"))
    return Limits(keywords=keywords, entropy=cast("float", entry["entropy"] or 0.0), path=path)


def _pattern(file: File, key: Key, written: str) -> str:
    wrong = trouble(written)
    if wrong:
        raise file.error(key, f"pattern: {wrong}", "correct the regular expression")
    if matches_nothing(written):
        raise file.error(key, "pattern: it matches the empty text", "make it match a secret alone")
    return written


def trouble(pattern: str) -> str | None:
    """What is wrong with a pattern, in words; None when it can be used."""
    import regex  # noqa: PLC0415 - only where there are such rules

    if len(pattern) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    try:
        regex.compile(pattern.encode())
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        return str(error) or type(error).__name__
    return None


def matches_nothing(pattern: str) -> bool:
    """Whether a pattern that compiles matches a text without characters: it would match everywhere."""
    import regex  # noqa: PLC0415 - only where there are such rules

    return regex.compile(pattern.encode()).fullmatch(b"") is not None
