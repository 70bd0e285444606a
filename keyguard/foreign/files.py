"""Reads rules from files, whatever scanner they are for, and says what of them could not be taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.rules import Rule
    from keyguard.settings.toml import File, Key

INSTEAD: Final = "name them in the configuration itself, or with --rules"


def load(data: bytes, name: str) -> tuple[str, tuple[Rule, ...], tuple[str, ...]]:
    """The file's name, its rules, and what of it cannot be taken over, a sentence each, rule by rule.

    A TOML file holds tables ``rule`` of keyguard's, or ``rules`` of gitleaks' or betterleaks'.  A JSON file
    holds patterns by name, or a list of patterns; any other file a pattern a line.  Raises
    :class:`ConfigError` when it is none of these, or a table of keyguard's is wrong.
    """
    lower = name.lower()
    if lower.endswith(".toml"):
        return (name, *_toml(data, name))
    from keyguard.foreign import patterns  # noqa: PLC0415 - each format loads its own reader

    read = patterns.json_file if lower.endswith(".json") else patterns.text_file
    return (name, *read(data, name))


def _toml(data: bytes, name: str) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    from keyguard.settings import toml  # noqa: PLC0415 - likewise

    file = toml.parsed(data, name)
    if "rule" in file.table:
        from keyguard.settings import own  # noqa: PLC0415 - likewise

        return own.rules(file, file.table), _unread(file, file.table)
    tool = file.table.get("tool")
    inner = tool.get("keyguard") if isinstance(tool, dict) else None
    if isinstance(inner, dict) and "rule" in inner:
        from keyguard.settings import own  # noqa: PLC0415 - likewise

        at = ("tool", "keyguard")
        return own.rules(file, inner, at), _unread(file, inner, at)
    said = _unread(file, file.table)
    if said:
        raise ConfigError(
            f"{file.name}:{file.line(('rules',))}: it holds no rules, but names of files", INSTEAD
        )
    from keyguard.foreign import gitleaks  # noqa: PLC0415 - likewise

    return gitleaks.rules(file)


def _unread(file: File, table: Mapping[str, object], at: Key = ()) -> tuple[str, ...]:
    """What is to be said of files that a file of rules names: only a configuration names files.

    So no file can name itself by way of another.
    """
    named = table.get("rules")
    if not isinstance(named, list) or not named or not all(isinstance(one, str) for one in named):
        return ()
    return (f"line {file.line((*at, 'rules'))}: the files that 'rules' names are not read; {INSTEAD}",)
