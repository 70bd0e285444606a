"""Puts together what the command line, the environment and configuration files say, in this order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyguard import allow, cli, settings
from keyguard.allow import Allow, Base
from keyguard.errors import ConfigError, UsageError
from keyguard.settings import load, places
from keyguard.settings.schema import SETTINGS, Field

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from keyguard.rules import Rule
    from keyguard.settings.load import Loaded

    Converters = Mapping[str, Callable[[str], object]]

YES: Final = ("1", "true", "yes", "on")
NO: Final = ("0", "false", "no", "off")
WHERE: Final = ("config", "config-from", "no-config")
"""Settings that say where the others are."""

FOREIGN: Final = "foreign-ignores"
"""The setting that no option says, so that a variable cannot be put into one."""

APART: Final = ("exclude", "rules", FOREIGN)
"""Settings of a file that mean something else on the command line: their paths begin elsewhere."""

SERVER: Final = "pre-receive"
"""The hook whose environment is that of whoever pushes."""


class Told(NamedTuple):
    """A value that was not said on the command line, and where it was."""

    value: object
    origin: str


def apply(
    given: argparse.Namespace, start: str | None, converters: Converters, *, here: bool
) -> dict[str, Any]:
    """Put what is said elsewhere into ``given``, and give what it means for a scan: fields of Config.

    ``given.origins`` then says where each value comes from, by the name of its option.  Raises
    :class:`ConfigError` and :class:`UsageError`.  ``converters`` make what options make of their texts.
    """
    told = {} if getattr(given, "hook", None) == SERVER else _environment(os.environ)
    origins = {name: f"--{name}" for name in _names(given) if not _unset(given, name)}
    _put(given, {name: told[name] for name in WHERE if name in told}, origins, converters)
    found = _files(given, start, here=here)
    files = {name: Told(*one) for name, one in found.values.items() if name not in APART}
    apart = {name: Told(*one) for name, one in found.values.items() if name in APART}
    if FOREIGN in told:
        apart[FOREIGN] = told[FOREIGN]
    given.configured = {name: one.value for name, one in apart.items()}
    given.left_out = _left_out(given.configured.get("exclude", ()), found.base)
    for said in (files, told):
        _put(given, said, origins, converters)
    every, remarks = _rules(given, found)
    _say(given, (*found.remarks, *remarks))
    for name, one in apart.items():
        origins[name] = ", ".join([one.origin, *([origins[name]] if name in origins else [])])
    given.origins, given.added = origins, every
    fields: dict[str, Any] = {"rules": every, "allow": (*found.entries, *_without(given, every))}
    return fields | {"foreign_ignores": given.configured.get(FOREIGN)}


def _names(given: argparse.Namespace) -> list[str]:
    """The settings that the command knows."""
    return [one.name for one in SETTINGS if hasattr(given, _attribute(one.name))]


def _attribute(name: str) -> str:
    return name.replace("-", "_")


def _unset(given: argparse.Namespace, name: str) -> bool:
    """Whether the command line says nothing about it; without any option, it says nothing about all."""
    unset = getattr(given, "unset", None)
    return unset is None or _attribute(name) in unset


def _put(
    given: argparse.Namespace, told: Mapping[str, Told], origins: dict[str, str], converters: Converters
) -> None:
    """Set what the command line leaves open; lists are added up, as options that are repeated are."""
    for name, (value, origin) in told.items():
        attribute = _attribute(name)
        if not hasattr(given, attribute):
            continue
        if isinstance(value, tuple):
            setattr(given, attribute, [*getattr(given, attribute), *value])
            origins[name] = f"{origins[name]}, {origin}" if name in origins else origin
        elif _unset(given, name):
            setattr(given, attribute, _converted(name, value, origin, converters))
            origins[name] = origin


def _converted(name: str, value: object, origin: str, converters: Converters) -> object:
    if name not in converters:
        return value
    from argparse import ArgumentTypeError  # noqa: PLC0415 - a hook without options does without argparse

    try:
        return converters[name](str(value))
    except ArgumentTypeError as error:
        raise ConfigError(f"{origin}: {error}", "correct it") from None


def _environment(environ: Mapping[str, str]) -> dict[str, Told]:
    """What variables say; one that is empty says nothing."""
    known = {_variable(one): one for one in SETTINGS}
    found = {}
    for name, text in environ.items():
        if not name.startswith(settings.VARIABLES) or not text:
            continue
        if name in known:
            found[known[name].name] = Told(_read(known[name], name, text), name)
        else:
            _warn(name, list(known))
    return found


def _variable(one: Field) -> str:
    return settings.VARIABLES + _attribute(one.name).upper()


def _read(one: Field, variable: str, text: str) -> object:
    """The value of a variable.  Raises :class:`UsageError` for one that its option would not take."""
    if one.kind == "strings":
        values = tuple(part.strip() for part in text.split(",") if part.strip())
        _check_choices(one, variable, values)
        return values
    if one.kind == "flag":
        if text.lower() not in YES + NO:
            raise UsageError(f"{variable} is {text!r}", f"use one of {', '.join(YES + NO)}")
        return text.lower() in YES
    _check_choices(one, variable, (text,))
    return text


def _check_choices(one: Field, variable: str, values: Sequence[str]) -> None:
    wrong = [value for value in values if one.choices and value not in one.choices]
    if wrong:
        raise UsageError(f"{variable} is {wrong[0]!r}", f"use one of {', '.join(one.choices)}")


def _warn(name: str, known: list[str]) -> None:
    """Say that a variable may be misspelt; one that is like no other may be someone else's."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a strange variable

    from keyguard.reporters.safe import safe  # noqa: PLC0415 - likewise

    near = get_close_matches(name, known, 1, 0.85)
    if near:
        cli.say(f"keyguard: {safe(name)} is not used; did you mean {near[0]}?")


def _files(given: argparse.Namespace, start: str | None, *, here: bool) -> Loaded:
    """What the configuration files say that count."""
    if given.config and given.config_from:
        raise UsageError("--config and --config-from exclude each other", "leave out one of them")
    if given.config:
        folder, name = os.path.split(os.path.abspath(given.config))
        return load.named(places.Disk(folder, confined=False), name)
    if given.config_from:
        return _from_commit(given.config_from, start or ".", here=here)
    if given.no_config or start is None:
        return load.Loaded()
    folders = list(settings.upwards(start))
    top = folders[-1]
    root = os.path.realpath(".") if here else top
    return load.nearest(places.Disk(top), _below(top, folders), lambda folder: _base(root, top, folder))


def _from_commit(ref: str, start: str, *, here: bool) -> Loaded:
    from keyguard.git import Git  # noqa: PLC0415 - only to read a commit

    folders = list(settings.upwards(start))
    top = folders[-1]
    root = os.path.realpath(".") if here else top
    place = places.Commit(Git.here() if start == "." else Git.at(start), ref)
    return load.nearest(place, _below(top, folders), lambda folder: _base(root, top, folder))


def _below(top: str, folders: Sequence[str]) -> list[str]:
    """The names of ``folders`` below ``top``, separated by ``/``; its own is empty."""
    names = (os.path.relpath(folder, top).replace(os.sep, "/") for folder in folders)
    return ["" if name == "." else name for name in names]


def _base(root: str, top: str, folder: str) -> Base:
    """How paths of reports, which begin at ``root``, are seen from ``folder`` below ``top``."""
    place = os.path.join(top, folder)
    try:
        above = os.path.relpath(root, place).replace(os.sep, "/")
        below = os.path.relpath(place, root).replace(os.sep, "/")
    except ValueError:  # on another drive
        return Base()
    if above == ".":
        return Base()
    return Base(above=above) if below.startswith("..") else Base(below=below)


def _left_out(patterns: tuple[str, ...], base: Base) -> Callable[[str], bool] | None:
    """Whether a path is one that configuration leaves out."""
    if not patterns:
        return None
    lines = allow.Lines(tuple(allow.Line(pattern) for pattern in patterns), base)
    return lines.covers


def _rules(
    given: argparse.Namespace, found: Loaded
) -> tuple[tuple[Rule, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """The rules of the configuration, and of the files that the user names."""
    if not given.rules:
        return found.rules, ()
    return load.together([("the configuration", found.rules, ()), *map(read_rules, given.rules)])


def read_rules(name: str) -> tuple[str, tuple[Rule, ...], tuple[str, ...]]:
    """The rules of a file that the user names: what it is called, they, and what cannot be taken over."""
    from keyguard.foreign import files  # noqa: PLC0415 - only for rules of others

    folder, base = os.path.split(os.path.abspath(name))
    place = places.Disk(folder, confined=False)
    data = place.read(base)
    if data is None:
        raise UsageError(f"there is no file {name}", "name another with --rules")
    return files.load(data, place.shown(base))


def _say(given: argparse.Namespace, remarks: Sequence[tuple[str, tuple[str, ...]]]) -> None:
    """Say what of the rules of others could not be taken over; in a hook, only on request."""
    from keyguard.reporters.safe import safe  # noqa: PLC0415 - only when there is something to say

    if given.quiet or (hasattr(given, "hook") and not given.verbose):
        return
    for name, said in remarks:
        for what in said:
            cli.say(f"keyguard: {safe(name)}: {safe(what)}")


def _without(given: argparse.Namespace, added: tuple[Rule, ...]) -> tuple[Allow, ...]:
    """What accepts the findings of the rules that are excluded."""
    for name in given.exclude_rule:
        wrong = load.unknown_rule(name, added)
        if wrong is not None:
            raise UsageError(f"there is no rule {name!r}", wrong)
    names = tuple(given.exclude_rule)
    return (Allow(None, rules=names, by="exclude-rule"),) if names else ()
