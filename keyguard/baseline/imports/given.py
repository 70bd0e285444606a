"""Tells what kind of file it is that somebody wants to import."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import json
import os
from collections.abc import Iterator, Mapping
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
    text = data.decode(_encoding(data), "surrogateescape")
    return Given(name, text, _data(text))


def claims(one: Given, kind: str | None) -> list[Claim]:
    """What it accepts; ``kind`` is one of :data:`KINDS`, or None to find out.  Raises ConfigError."""
    module = KINDS[kind] if kind else _kind(one)
    if kind and not module.recognised(one._replace(name=f"{one.name}/.{kind}")):
        raise ConfigError(f"{one.name}: this is not {module.WHAT}, but {_seen(one)}", "leave --from out")
    try:
        found: Iterator[Claim] = module.read(one)
        return list(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{one.name}: this is not quite {module.WHAT}: {type(error).__name__}"
        raise ConfigError(what, "was it changed by hand? make it again") from None


def _kind(one: Given) -> ModuleType:
    for module in KINDS.values():
        if module.recognised(one):
            return module
    known = "; ".join(module.WHAT for module in KINDS.values())
    raise ConfigError(f"{one.name}: this is {_seen(one)}", f"what can be imported: {known}")


def _encoding(data: bytes) -> str:
    """PowerShell writes what is redirected in UTF-16."""
    return "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


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
    first = one.data[0] if isinstance(one.data, list) and one.data else one.data
    if isinstance(first, dict) and first.get("keyguard") == "baseline":
        return "a baseline of keyguard already"
    if isinstance(first, dict):
        names = ", ".join(repr(name) for name in list(first)[:_MOST] if name.isidentifier())
        kind = "a list of JSON objects" if isinstance(one.data, list) else "a JSON object"
        return f"{kind} with the fields {names or '(none)'}"
    if one.data is not None:
        return "JSON, but with nothing in it that was found"
    if not one.text.strip():
        return "an empty file"
    lines = len(one.text.splitlines())
    conflict = any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in one.text.splitlines())
    return "text with a merge conflict in it" if conflict else f"text of {lines:,} lines"
