"""``keyguard config``: which settings count here and why, and what a configuration file can say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from keyguard.allow import Allow
from keyguard.cli import options
from keyguard.settings.schema import SETTINGS, Field
from keyguard.suppress import holds

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from keyguard.config import Config

MISSPELT: Final = "no date"
WIDTH: Final = 36
"""Columns up to which the origins of values are aligned."""


def run(arguments: Sequence[str]) -> int:
    """Show the settings that count, or the schema of configuration files."""
    parser = options.parser("config", "Show which settings count here, and where each comes from.")
    parser.add_argument("action", choices=("show", "schema"))
    parser.add_argument("--no-gitignore", action="store_true", help="also what a repository ignores")
    parser.add_argument("--all-occurrences", action="store_true", help="list every place of a key")
    parser.add_argument("-j", "--jobs", type=options.jobs, default=1, metavar="N", help="processes")
    options.add_scan(parser)
    options.add_report(parser)
    given = parser.told(arguments)
    if given.action == "schema":
        from keyguard.settings.jsonschema import schema  # noqa: PLC0415 - not to show settings

        print(json.dumps(schema(), indent=2))
        return 0
    found = options.config(given)
    print("\n".join(_lines(given, found)))
    return 0


def _lines(given: argparse.Namespace, found: Config) -> Iterator[str]:
    """The settings as TOML, each with where it comes from."""
    from keyguard.reporters.safe import safe  # noqa: PLC0415 - not for the schema

    origins = getattr(given, "origins", _said(given))
    written = [
        (f"{one.name} = {_toml(_value(one, given, found))}", origins.get(one.name)) for one in SETTINGS
    ]
    width = max(len(line) for line, _ in written if len(line) <= WIDTH)
    for line, origin in written:
        yield safe(f"{line:<{width}}  # {origin or 'default'}")
    for rule in found.rules:
        yield safe(f"# rule {rule.id}: {rule.severity}, {rule.description}")
    for entry in found.allow:
        yield safe(f"# {entry.by}: accepts {_described(entry, found.today)}")


def _said(given: argparse.Namespace) -> dict[str, str]:
    """Where the settings come from when there is nothing but the command line."""
    return {
        one.name: f"--{one.name}"
        for one in SETTINGS
        if hasattr(given, one.name.replace("-", "_")) and one.name.replace("-", "_") not in given.unset
    }


def _value(one: Field, given: argparse.Namespace, found: Config) -> object:
    if one.name == "foreign-ignores":
        return one.default if found.foreign_ignores is None else found.foreign_ignores
    value = getattr(given, one.name.replace("-", "_"))
    configured = getattr(given, "configured", {}).get(one.name, ())
    return [*configured, *value] if isinstance(value, list) else value


def _toml(value: object) -> str:
    """A value as TOML has it; what is not set has none."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, int) else json.dumps(str(value), ensure_ascii=False)


def _described(entry: object, today: str) -> str:
    """What an entry accepts, why, and until when."""
    if not isinstance(entry, Allow):
        return f"{len(entry.lines)} paths"  # type: ignore[attr-defined]  # it is the other of the two
    fields = ("paths", "values", "accounts", "commits", "stopwords", "rules")
    what = ", ".join(f"{name} {' '.join(found)}" for name in fields if (found := getattr(entry, name)))
    why = f" ({entry.reason})" if entry.reason else ""
    if entry.until is None:
        return what + why
    past = "" if holds(entry.until, today) else ", which is past"
    return f"{what}{why} until {entry.until or MISSPELT}{past if entry.until else ': it holds no more'}"
