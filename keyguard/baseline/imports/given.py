"""Tells what kind of file it is that somebody wants to import."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import json
import os
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final, NamedTuple

from keyguard.baseline.imports import (
    detect_secrets,
    git_secrets,
    gitleaks,
    gitleaksignore,
    kingfisher,
    ripsecrets,
    trufflehog,
)
from keyguard.baseline.imports.claims import Claim
from keyguard.errors import ConfigError
from keyguard.reporters import reading

KINDS: Final[Mapping[str, ModuleType]] = {
    module.NAME: module
    for module in (
        detect_secrets,
        gitleaksignore,
        gitleaks,
        trufflehog,
        kingfisher,
        ripsecrets,
        git_secrets,
    )
}
_MOST: Final = 6
"""Fields that are named of an object that is none of these."""


class Given(NamedTuple):
    """A file: its name, its text, and what that is as JSON (None: it is none)."""

    name: str
    text: str
    data: Any

    @property
    def base(self) -> str:
        """Its name without the directory."""
        return os.path.basename(self.name)

    @property
    def rows(self) -> list[tuple[int, str]]:
        """Its lines with their numbers, but for empty ones and comments."""
        lines = ((number, line.strip()) for number, line in enumerate(self.text.splitlines(), 1))
        return [(number, line) for number, line in lines if line and not line.startswith("#")]


def given(name: str) -> Given:
    """The file of that name.  Raises :class:`ConfigError`."""
    try:
        with open(name, "rb") as file:
            data = file.read()
    except OSError as error:
        raise ConfigError(f"{name} cannot be read: {error.strerror}", "name the file to import") from None
    text = reading.text(data, "surrogateescape")
    return Given(name, text, _data(text))


def claims(one: Given, kind: str | None) -> list[Claim]:
    """What it accepts; ``kind`` is one of :data:`KINDS`, or None to find out.  Raises ConfigError."""
    _check_conflict(one)
    module = KINDS[kind] if kind else _kind(one)
    if kind and not module.recognised(one._replace(name=f"{one.name}/.{kind}")):
        raise ConfigError(f"{one.name}: this is not {module.WHAT}, but {_seen(one)}", "leave --from out")
    found: list[Claim] = []
    try:
        for claim in module.read(one):
            found.append(claim)  # noqa: PERF402 - to know how many there were before one that is wrong
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        wrong = f"has no {error}" if isinstance(error, KeyError) else "is not as it is written"
        what = f"{one.name}: this is not quite {module.WHAT}: its entry {len(found) + 1:,} {wrong}"
        raise ConfigError(what, "was it changed by hand? make it again") from None
    return found


def _check_conflict(one: Given) -> None:
    starts = [number for number, line in enumerate(one.text.splitlines(), 1) if line.startswith("<<<<<<< ")]
    if starts and re.search("^>{7} ", one.text, re.MULTILINE):
        what = f"{one.name}:{starts[0]}: a merge conflict was left here"
        raise ConfigError(what, "resolve it, then import the file")


def _kind(one: Given) -> ModuleType:
    for module in KINDS.values():
        if module.recognised(one):
            return module
    if one.data is None and one.text.lstrip()[:1] in ("{", "["):
        what = f"{one.name}:{_broken(one.text)}: this is JSON up to here, and then it is not"
        raise ConfigError(what, "was it cut off, or changed by hand? make it again")
    first = _first(one)
    if isinstance(first, dict) and first.get("keyguard") == "baseline":
        advice = "name it with --baseline, or as 'baseline' in keyguard.toml"
        raise ConfigError(f"{one.name}: this is a baseline of keyguard already", advice)
    known = "; ".join(module.WHAT for module in KINDS.values())
    raise ConfigError(f"{one.name}: this is {_seen(one)}", f"what can be imported: {known}")


def _broken(text: str) -> int:
    """The line where a JSON document, or a value a line, stops being that."""
    lines = enumerate(text.splitlines(), 1)
    alone = next((number for number, line in lines if line.strip() and _data(line) is None), 1)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return max(alone, error.lineno)
    except RecursionError:
        pass
    return alone


def _data(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    """The value of a JSON document, or the values of one a line; None when it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()] or None
    except (ValueError, RecursionError):
        return None


def _seen(one: Given) -> str:
    """What it is instead, without a word of its content but names of fields."""
    first = _first(one)
    if isinstance(first, dict):
        names = ", ".join(repr(name) for name in list(first)[:_MOST] if name.isidentifier())
        kind = "a list of JSON objects" if isinstance(one.data, list) else "a JSON object"
        return f"{kind} with the fields {names or '(none)'}"
    if one.data is not None:
        return "JSON, but with nothing in it that was found"
    if not one.text.strip():
        return "an empty file"
    return f"text of {len(one.text.splitlines()):,} lines"


def _first(one: Given) -> Any:  # noqa: ANN401 - JSON is anything
    """The first of its values, or the only one."""
    return one.data[0] if isinstance(one.data, list) and one.data else one.data
