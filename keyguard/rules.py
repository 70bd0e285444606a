"""Reads the rules from their TOML files, so that what to look for is data."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from keyguard import placeholders, tokens
from keyguard.errors import ConfigError
from keyguard.model import SEVERITIES, Severity

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from keyguard.limits import Limits

SCHEMA: Final = 1
KINDS: Final = ("pair", "id", "secret", "token")
TOLD: Final = ("account", "region")
WHERE: Final = ("before", "after", "around", "above", "value", "near", "path")


class Rule(NamedTuple):
    """What to look for, and what it is called.

    ``anchors`` are literals, one of which every match holds; ``run`` says instead that a run of that many
    base64 characters is the anchor.  ``pattern`` has a group ``value``; it is None for the pair, which is
    made of two other rules' matches.  A value begins at most ``lead`` bytes before its anchor; without that,
    somewhere near it.

    ``near`` has to match within reach of the value, which then is a run; the groups of ``beside``, where it
    matches within reach, tell the ``account`` and the ``region``.  ``reader`` is the name of what
    reads the value itself, and refuses what cannot be one.
    """

    id: str
    name: str
    kind: str
    severity: Severity
    description: str
    help: str
    anchors: tuple[bytes, ...]
    run: int
    pattern: str | None
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    lead: int | None = None
    near: str | None = None
    beside: str | None = None
    reader: str | None = None
    added: bool = False
    """Whether it is not keyguard's own, so that its pattern runs with a bound, and only adds findings."""
    limits: Limits | None = None


class Evidence(NamedTuple):
    """What it means when ``pattern`` matches around a value of ``kind``: ``weight`` in log-odds.

    ``where`` says in which text; ``patterns/evidence.toml`` describes them.  ``needs`` are literals, one of
    which is in every text that matches, whatever their case.
    """

    kind: str
    name: str
    where: str
    weight: float
    pattern: str
    needs: tuple[bytes, ...] = ()

    def may_be_in(self, text: bytes) -> bool:
        """Whether ``text`` has what the pattern needs: to compile that takes longer than to look."""
        lowered = text.lower() if self.needs else b""
        return not self.needs or any(need in lowered for need in self.needs)


class RuleSet(NamedTuple):
    """Everything that the pattern files say."""

    rules: tuple[Rule, ...]
    evidence: tuple[Evidence, ...]
    examples: placeholders.Examples
    own: bool = False
    """Whether they are keyguard's, so that their patterns are known to be linear."""

    def rule(self, name: str) -> Rule:
        """The rule of that id."""
        return next(rule for rule in self.rules if rule.id == name)


def directory() -> str:
    """Where the pattern files are: inside the installed package, or at the top level of a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(package, "patterns")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "patterns")


@cache
def builtin() -> RuleSet:
    """The rules that keyguard ships.

    Raises :class:`ConfigError` when the installation is damaged.
    """
    return load(directory())._replace(own=True)


def extended(added: tuple[Rule, ...]) -> RuleSet:
    """Keyguard's own rules, and others behind them."""
    own = builtin()
    return own._replace(rules=(*own.rules, *added))


def load(folder: str) -> RuleSet:
    """The rules of a folder that holds ``aws.toml``, ``examples.toml``, and perhaps ``evidence.toml``.

    The first may hold evidence too.

    Raises :class:`ConfigError`, which names the file and the rule, for anything that is not as it should be.
    """
    path = os.path.join(folder, "aws.toml")
    table = read(path)
    if table.get("schema") != SCHEMA:
        raise ConfigError(f"{path}: schema is {table.get('schema')!r}, not {SCHEMA}", "reinstall keyguard")
    rules = tuple(_rule(path, number, entry) for number, entry in enumerate(_tables(path, table, "rule"), 1))
    more = os.path.join(folder, "evidence.toml")
    evidence = _all_evidence(path, table) + (_all_evidence(more, read(more)) if os.path.exists(more) else ())
    _unique(path, [rule.id for rule in rules])
    examples = os.path.join(folder, "examples.toml")
    return RuleSet(rules, evidence, placeholders.parse(read(examples)))


def read(path: str) -> dict[str, object]:
    """A TOML file's content; a byte order mark and CRLF are fine.  Raises :class:`ConfigError`."""
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8-sig").replace("\r\n", "\n")
        return tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"{path}: {error}", "correct the file, or reinstall keyguard if it is keyguard's own"
        ) from None


def _tables(path: str, table: Mapping[str, object], name: str) -> list[dict[str, object]]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ConfigError(f"{path}: {name} is not a list of tables", f"write [[{name}]]")
    return cast("list[dict[str, object]]", found)


def _rule(path: str, number: int, entry: dict[str, object]) -> Rule:
    where = f"{path}: rule {entry.get('id', number)!r}"
    kind = _choice(where, entry, "kind", KINDS)
    pattern = None if kind == "pair" else _text(where, entry, "pattern")
    rule = Rule(
        id=_text(where, entry, "id"),
        name=_text(where, entry, "name"),
        kind=kind,
        severity=cast("Severity", _choice(where, entry, "severity", SEVERITIES)),
        description=_text(where, entry, "description"),
        help=_text(where, entry, "help"),
        anchors=tuple(anchor.encode() for anchor in _texts(where, entry, "anchors")),
        run=_number(where, entry, "run"),
        pattern=pattern,
        examples=_texts(where, entry, "examples"),
        counterexamples=_texts(where, entry, "counterexamples"),
        lead=_number(where, entry, "lead") if "lead" in entry else None,
        near=_optional(where, entry, "near"),
        beside=_optional(where, entry, "beside"),
        reader=_choice(where, entry, "reader", tuple(tokens.READERS)) if "reader" in entry else None,
    )
    if pattern is not None and not rule.anchors and not rule.run:
        raise ConfigError(f"{where} has no anchor", "name the literals that every match holds")
    return rule


def check_patterns(rules: RuleSet) -> None:
    """Compile every pattern; raises :class:`ConfigError` for what does not compile or finds no value."""
    import re  # noqa: PLC0415 - the matcher compiles the built-in rules, which are known to be good

    import regex  # noqa: PLC0415 - likewise

    for rule in rules.rules:
        where = f"rule {rule.id!r}"
        groups = {name for part in (rule.near, rule.beside) for name in _groups(where, part, regex)}
        if not groups <= set(TOLD):
            raise ConfigError(
                f"{where}: beside has a group {min(groups - set(TOLD))!r}", f"use {' or '.join(TOLD)}"
            )
        if rule.pattern is not None and not rule.added and "value" not in _groups(where, rule.pattern, regex):
            why = "write (?P<value>…) around what it finds"
            raise ConfigError(f"{where}: pattern has no group 'value'", why)
    for one in rules.evidence:
        _compiled(f"evidence {one.name!r}", one.pattern, re)


def _groups(where: str, pattern: str | None, engine: ModuleType) -> Iterable[str]:
    return () if pattern is None else _compiled(where, pattern, engine).groupindex


def _compiled(where: str, pattern: str, engine: ModuleType) -> re.Pattern[bytes]:
    try:
        compiled: re.Pattern[bytes] = engine.compile(pattern.encode(), engine.DOTALL)
    except engine.error as error:
        raise ConfigError(f"{where}: pattern: {error}", "correct the regular expression") from None
    return compiled


def _all_evidence(path: str, table: dict[str, object]) -> tuple[Evidence, ...]:
    if table.get("schema") != SCHEMA:
        raise ConfigError(f"{path}: schema is {table.get('schema')!r}, not {SCHEMA}", "reinstall keyguard")
    return tuple(
        _evidence(path, number, one) for number, one in enumerate(_tables(path, table, "evidence"), 1)
    )


def _evidence(path: str, number: int, entry: dict[str, object]) -> Evidence:
    where = f"{path}: evidence {entry.get('name', number)!r}"
    weight = entry.get("weight")
    if not isinstance(weight, int | float):
        raise ConfigError(f"{where}: weight is not a number", "write it in log-odds, e.g. 2.5")
    return Evidence(
        kind=_choice(where, entry, "kind", KINDS),
        name=_text(where, entry, "name"),
        where=_choice(where, entry, "where", WHERE),
        weight=float(weight),
        pattern=_text(where, entry, "pattern"),
        needs=tuple(one.encode() for one in _texts(where, entry, "needs")),
    )


def _text(where: str, entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{where}: {key} is missing or not a string", f'write {key} = "…"')
    return value


def _optional(where: str, entry: Mapping[str, object], key: str) -> str | None:
    return _text(where, entry, key) if key in entry else None


def _choice(where: str, entry: Mapping[str, object], key: str, choices: tuple[str, ...]) -> str:
    value = _text(where, entry, key)
    if value not in choices:
        raise ConfigError(f"{where}: {key} is {value!r}", f"use one of {', '.join(choices)}")
    return value


def _texts(where: str, entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ConfigError(f"{where}: {key} is not a list of strings", f'write {key} = ["…"]')
    return tuple(value)


def _number(where: str, entry: Mapping[str, object], key: str) -> int:
    value = entry.get(key, 0)
    if not isinstance(value, int) or value < 0:
        raise ConfigError(f"{where}: {key} is not a whole number", f"write {key} = 40")
    return value


def _unique(path: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{path}: two rules are called {twice[0]!r}", "rule ids are unique")
