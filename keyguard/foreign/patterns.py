"""Reads plain lists of patterns: one a line, or JSON with a name for each."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING

from keyguard import digests
from keyguard.errors import ConfigError
from keyguard.foreign import made
from keyguard.settings import toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.rules import Rule

    Named = tuple[str, str, str]
    """Where a pattern stands, its name, and itself."""


def text_file(data: bytes, name: str) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules of a list, a pattern a line, and what cannot be used of it; ``#`` begins a comment."""
    stem = posixpath.splitext(posixpath.basename(name.replace("\\", "/")))[0]
    lines = enumerate(toml.decoded(data, name).split("\n"), 1)
    wanted = ((number, line.strip()) for number, line in lines)
    return _rules(
        (f"line {number}", f"{stem}-{_short(line)}", line)
        for number, line in wanted
        if line and not line.startswith("#")
    )


def json_file(data: bytes, name: str) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules of an object of patterns by name, or of a list of patterns.  Raises :class:`ConfigError`."""
    written = toml.decoded(data, name)
    try:
        found = json.loads(written, object_pairs_hook=_each_once)
    except _TwiceError as error:
        line = _second(written, error.args[0])
        raise ConfigError(f"{name}{line}: two patterns are called {error.args[0]!r}", "rename one") from None
    except (ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigError(f"{name}{line}: it is no JSON", "correct it") from None
    if isinstance(found, list):
        found = {_short(str(one)): one for one in found}
    if not isinstance(found, dict):
        raise ConfigError(f"{name}: it has no patterns", 'write {"name": "pattern"} or ["pattern"]')
    return _rules((key, key, one) for key, value in found.items() for one in _listed(name, key, value))


class _TwiceError(Exception):
    """A JSON object has two values of one name, of which any reader forgets the first."""


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    for name, value in pairs:
        if found[name] is not value:
            raise _TwiceError(name)
    return found


def _second(text: str, name: str) -> str:
    """The line of the second key of that name, as ``:12``; nothing if it is written in another way."""
    keys = list(re.finditer(re.escape(json.dumps(name, ensure_ascii=False)) + r"\s*:", text))
    return f":{text.count(chr(10), 0, keys[1].start()) + 1}" if keys[1:] else ""


def _listed(name: str, key: str, value: object) -> list[str]:
    patterns = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one for one in patterns):
        raise ConfigError(f"{name}: {key!r} is no pattern", "write it as a text")
    return [str(one) for one in patterns]


def _rules(named: Iterable[Named]) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    found: list[Rule] = []
    said = []
    for where, name, pattern in named:
        wrong = made.trouble(pattern)
        if wrong is not None:
            said.append(f"{where}: left out, {wrong}")
        else:
            found.append(made.rule(name, f"Matches {pattern}", pattern))
    return tuple(_numbered(found)), tuple(said)


def _numbered(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules, the second and later of one name with a number behind it."""
    seen: dict[str, int] = {}
    for rule in rules:
        seen[rule.id] = seen.get(rule.id, 0) + 1
        number = seen[rule.id]
        yield rule if number == 1 else rule._replace(id=f"{rule.id}-{number}")


def _short(pattern: str) -> str:
    """A name for a pattern that has none, and that stays when lines above it change."""
    return digests.sha256(pattern.encode("utf-8", "surrogatepass")).hex()[:8]
