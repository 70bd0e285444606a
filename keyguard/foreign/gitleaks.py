"""Takes over rules of gitleaks and betterleaks, as far as they can be, and says rule by rule what cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.errors import ConfigError
from keyguard.foreign import exceptions, made, re2
from keyguard.limits import Limits

if TYPE_CHECKING:
    from keyguard.foreign.exceptions import Exceptions
    from keyguard.rules import Rule
    from keyguard.settings.toml import File

UNDERSTOOD: Final = frozenset(
    {
        "id",
        "description",
        "regex",
        "secretGroup",
        "entropy",
        "keywords",
        "path",
        "tags",
        "allowlist",
        "allowlists",
    }
)

LEFT_OUT: Final = {
    "required": "left out, it is made of several rules",
    "skipReport": "left out, it is only a part of another",
}
"""Fields that a rule cannot do without; with what is said then."""

LOOSER: Final = {
    "filter": "finds also what its filter leaves out",
    "validate": "what it finds is not verified",
}


class _LeftOutError(Exception):
    """A rule cannot be taken over; the message says why."""


class _Made(NamedTuple):
    rule: Rule
    said: tuple[str, ...]


def rules(file: File) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules of a file, and what cannot be taken over of it.

    Raises :class:`ConfigError` when it has no rules at all.
    """
    listed = file.table.get("rules")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ConfigError(
            f"{file.name} has no rules", "write [[rule]] as keyguard does, or [[rules]] as gitleaks"
        )
    every, said = exceptions.everywhere(file.table)
    found: dict[str, Rule] = {}
    numbers: dict[str, int] = {}
    for number, entry in enumerate(listed, 1):
        name = str(entry.get("id") or f"rule {number}")
        try:
            one = _rule(name, entry, exceptions.joined(every, name))
        except (_LeftOutError, re2.UntranslatableError) as error:
            said += (f"{name}: left out, {error}",)
            continue
        said += tuple(f"{name}: {what}" for what in one.said)
        if one.rule.id in found:
            first, line = (file.line(("rules", at - 1, "id")) for at in (numbers[one.rule.id], number))
            said += (f"line {line}: {name}: left out, line {first} has a rule of that name; rename one",)
        found.setdefault(one.rule.id, one.rule)
        numbers.setdefault(one.rule.id, number)
    return tuple(found.values()), (*said, *_extended(file))


def _extended(file: File) -> tuple[str, ...]:
    extend = file.table.get("extend")
    if not isinstance(extend, dict):
        return ()
    said = []
    if extend.get("useDefault"):
        said.append("extend: the scanner's own rules are not here; keyguard's are used")
    if extend.get("path") or extend.get("url"):
        line = file.line(("extend",))
        said.append(f"line {line}: extend: other files are not read; name them in 'rules' too")
    return tuple(said)


def _rule(name: str, entry: dict[str, object], every: Exceptions) -> _Made:
    for key, why in LEFT_OUT.items():
        if entry.get(key):
            raise _LeftOutError(why.removeprefix("left out, "))
    own = exceptions.of_rule(entry)
    limits = _limits(entry, exceptions.both(every, own))
    pattern = _pattern(entry)
    said = [what for key, what in LOOSER.items() if entry.get(key)]
    strange = sorted(entry.keys() - UNDERSTOOD - LEFT_OUT.keys() - LOOSER.keys())
    said += [f"{key!r} is not taken over" for key in strange]
    made_of = made.rule(name, str(entry.get("description") or ""), pattern, limits)
    return _Made(made_of, (*own.said, *said))


def _pattern(entry: dict[str, object]) -> str:
    written = entry.get("regex")
    group = entry.get("secretGroup", 0)
    if not isinstance(written, str) or not written:
        raise _LeftOutError("it has no pattern for a value" if "path" in entry else "it has no pattern")
    if not isinstance(group, int):
        raise _LeftOutError("its secretGroup is no number")
    pattern = re2.translated(written, group)
    wrong = made.trouble(pattern)
    if wrong is not None:
        raise _LeftOutError(wrong)
    return pattern


def _limits(entry: dict[str, object], excepted: Exceptions) -> Limits:
    entropy, path = entry.get("entropy", 0), entry.get("path")
    if not isinstance(entropy, int | float) or isinstance(entropy, bool):
        raise _LeftOutError("its entropy is no number")
    keywords = exceptions.texts(entry.get("keywords"))
    made_of = exceptions.pattern(path) if isinstance(path, str) and path else None
    return Limits(
        keywords=tuple(word.lower().encode() for word in keywords),
        entropy=float(entropy),
        path=made_of,
        not_paths=excepted.paths,
        not_values=excepted.values,
        not_matches=excepted.matches,
        stopwords=excepted.stopwords,
    )
