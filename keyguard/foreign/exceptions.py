"""Takes over the allowlists of gitleaks: what a rule of it does not report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.foreign import re2
from keyguard.settings import own

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CRITERIA: Final = ("paths", "regexes", "stopwords", "commits")
_WIDER: Final = "finds also what an allowlist of it leaves out"


class Exceptions(NamedTuple):
    """Patterns for paths, values and whole matches, words in values, and what could not be taken over."""

    paths: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    stopwords: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


Targeted = tuple[tuple[frozenset[str], Exceptions], ...]
"""Exceptions, each with the rules that it is for; none: all."""


def of_rule(entry: Mapping[str, object]) -> Exceptions:
    """Those of one rule."""
    found = Exceptions()
    for one in _tables(entry):
        found = both(found, _taken(one))
    return found


def everywhere(table: Mapping[str, object]) -> tuple[Targeted, tuple[str, ...]]:
    """Those of a whole file, and what is to be said of them."""
    found = tuple((frozenset(texts(one.get("targetRules"))), _taken(one)) for one in _tables(table))
    said = tuple(f"allowlist: {what}" for _, one in found for what in one.said)
    if found:
        said += ("allowlist: holds for the rules of this file; for keyguard's own, write [[allow]]",)
    return found, said


def joined(every: Targeted, name: str) -> Exceptions:
    """Those of a whole file that are for the rule ``name``."""
    found = Exceptions()
    for rules, one in every:
        found = both(found, one) if not rules or name in rules else found
    return found


def both(one: Exceptions, other: Exceptions) -> Exceptions:
    """What either excepts."""
    return Exceptions(*(mine + theirs for mine, theirs in zip(one, other, strict=True)))


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list; nothing when it is none."""
    return tuple(one for one in value if isinstance(one, str) and one) if isinstance(value, list) else ()


def pattern(written: str) -> str:
    """A pattern for a path or a value.  Raises :class:`re2.UntranslatableError`."""
    found = re2.condition(written)
    wrong = own.trouble(found)
    if wrong is not None:
        raise re2.UntranslatableError(f"its pattern is not understood: {wrong}")
    return found


def _tables(entry: Mapping[str, object]) -> list[dict[str, object]]:
    """The allowlists: one table of old, a list of tables since."""
    one, many = entry.get("allowlist"), entry.get("allowlists")
    listed = [one, *(many if isinstance(many, list) else [many])]
    return [table for table in listed if isinstance(table, dict)]


def _taken(table: Mapping[str, object]) -> Exceptions:
    """One allowlist; where all of several conditions have to be met, nothing of it is taken over."""
    given = [name for name in CRITERIA if texts(table.get(name))]
    strict = str(table.get("condition", "OR")).upper() in {"AND", "&&"}
    if strict and len(given) > 1:
        return Exceptions(said=(f"{_WIDER}: it has several conditions ({', '.join(given)})",))
    said = [f"{_WIDER}: it names commits"] if "commits" in given else []
    target = str(table.get("regexTarget") or "secret")
    regexes = texts(table.get("regexes"))
    if target == "line" and regexes:
        said.append(f"{_WIDER}: it is held against whole lines")
    paths = _patterns(texts(table.get("paths")), said)
    wanted = {"secret": "values", "match": "matches"}.get(target)  # pragma: allowlist secret
    found = Exceptions(paths=paths, stopwords=texts(table.get("stopwords")))
    if wanted:
        found = found._replace(**{wanted: _patterns(regexes, said)})
    return found._replace(said=tuple(said))


def _patterns(written: Iterable[str], said: list[str]) -> tuple[str, ...]:
    found = []
    for one in written:
        try:
            found.append(pattern(one))
        except re2.UntranslatableError as error:
            said.append(f"{_WIDER}: {error}")
    return tuple(found)
