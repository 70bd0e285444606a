"""Loads the one configuration file that counts, the files it names, and `.keyguardignore`."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple, cast

from keyguard import allow
from keyguard.errors import ConfigError
from keyguard.settings import FILES, IGNORE, PYPROJECT, checked, toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from keyguard.allow import Base, Entry
    from keyguard.rules import Rule
    from keyguard.settings.places import Place
    from keyguard.settings.toml import File, Key


class Value(NamedTuple):
    """A setting's value, and the file and line that it comes from."""

    value: object
    origin: str


class Loaded(NamedTuple):
    """What configuration files say.

    ``exclude`` are its patterns as seen from ``base``; ``remarks`` are what of the rules of others could not
    be taken over, a sentence each, by file.
    """

    values: dict[str, Value] = {}  # noqa: RUF012 - a NamedTuple's field; nobody writes to it
    rules: tuple[Rule, ...] = ()
    entries: tuple[Entry, ...] = ()
    remarks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: Base = allow.Base()


class _Found(NamedTuple):
    """A configuration file, the directory it is in, and the table in it that is ours."""

    folder: str
    file: File
    at: Key

    @property
    def shown(self) -> str:
        """The file, and the line in it where the settings begin, if they are not all of it."""
        return f"{self.file.name}:{self.file.line(self.at)}" if self.at else self.file.name

    @property
    def table(self) -> dict[str, object]:
        found: object = self.file.table
        for name in self.at:
            found = cast("dict[str | int, object]", found)[name]
        return cast("dict[str, object]", found)


def nearest(place: Place, folders: Sequence[str], base: Callable[[str], Base]) -> Loaded:
    """What the first of ``folders`` says that has a configuration, and the first that has an ignore file.

    ``base`` tells how paths are seen from a folder.  Raises :class:`ConfigError`.
    """
    found = next((one for folder in folders if (one := _in(place, folder))), None)
    loaded = Loaded() if found is None else _loaded(place, found, base(found.folder))
    ignored = next((lines for folder in folders if (lines := _ignored(place, folder, base))), ())
    return loaded._replace(entries=(*loaded.entries, *ignored))


def named(place: Place, name: str) -> Loaded:
    """What the file ``name`` says; its paths are those of reports.  Raises :class:`ConfigError`."""
    data = place.read(name)
    if data is None:
        raise ConfigError(f"{place.shown(name)} does not exist", "name another file with --config")
    file = toml.parsed(data, place.shown(name))
    at = _ours(file) if posixpath.basename(name) == PYPROJECT else ()
    if at is None:
        raise ConfigError(f"{file.name} has no [tool.keyguard]", "add it, or name another file with --config")
    return _loaded(place, _Found(posixpath.dirname(name), file, at), allow.Base())


def _in(place: Place, folder: str) -> _Found | None:
    """The configuration of a directory; two of them contradict each other sooner or later."""
    found = list(_candidates(place, folder))
    if len(found) > 1:
        first, second = (one.shown for one in found[:2])
        raise ConfigError(f"there are two configurations: {first} and {second}", "keep one of them")
    return found[0] if found else None


def _candidates(place: Place, folder: str) -> Iterator[_Found]:
    for name in (*FILES, PYPROJECT):
        path = posixpath.join(folder, name)
        data = place.read(path)
        if data is None or (name == PYPROJECT and b"keyguard" not in data):
            continue
        file = toml.parsed(data, place.shown(path))
        at = _ours(file) if name == PYPROJECT else ()
        if at is not None:
            yield _Found(folder, file, at)


def _ours(file: File) -> Key | None:
    """Where a pyproject.toml has settings for keyguard, if anywhere."""
    tool = file.table.get("tool")
    if not isinstance(tool, dict) or "keyguard" not in tool:
        return None
    if not isinstance(tool["keyguard"], dict):
        raise file.error(("tool", "keyguard"), "tool.keyguard is no table", "write [tool.keyguard]")
    return ("tool", "keyguard")


def _loaded(place: Place, found: _Found, base: Base) -> Loaded:
    file, at = found.file, found.at
    said = checked.settings(file, found.table, at)
    values = {name: Value(value, f"{file.name}:{file.line((*at, name))}") for name, value in said.items()}
    missed = _locate_baseline(place, found, values)
    _check_paths(file, (*at, "exclude"), cast("tuple[str, ...]", said.get("exclude", ())))
    more = [_more(place, found, name) for name in cast("tuple[str, ...]", said.get("rules", ()))]
    added = [(file.name, _own(found), missed), *more]
    every, remarks = together(added)
    entries = _allow(file, found.table, at, base)
    _check_names(file, at, said, found.table, every)
    return Loaded(values, every, entries, remarks, base)


def _own(found: _Found) -> tuple[Rule, ...]:
    """The rules that stand in the configuration itself."""
    if "rule" not in found.table:
        return ()
    from keyguard.settings import own  # noqa: PLC0415 - most configurations have no rules

    return own.rules(found.file, found.table, found.at)


def _names() -> tuple[str, ...]:
    """What keyguard's own rules are called."""
    from keyguard import rules  # noqa: PLC0415 - only where rules are named or added

    return tuple(rule.id for rule in rules.builtin().rules)


def _more(place: Place, found: _Found, name: str) -> tuple[str, tuple[Rule, ...], tuple[str, ...]]:
    """The rules of a file that the configuration names, which is not above it."""
    from keyguard.foreign import files  # noqa: PLC0415 - only for rules of others

    path = _inside(found, "rules", name)
    if place.shown(path) == found.file.name:
        key = (*found.at, "rules")
        raise found.file.error(key, f"{name!r} is this file itself", "its rules count anyway: leave it out")
    data = place.read(path)
    if data is None:
        raise found.file.error(
            (*found.at, "rules"), f"there is no file {name!r}", "paths are relative to the configuration"
        )
    return files.load(data, place.shown(path))


def _inside(found: _Found, setting: str, name: str) -> str:
    """The path below the place's top of a file that a setting names.  Raises :class:`ConfigError`."""
    path = posixpath.normpath(posixpath.join(found.folder, name))
    if posixpath.isabs(name) or path.startswith("../"):
        key = (*found.at, setting)
        raise found.file.error(key, f"{name!r} is outside of the repository", "put the file beside it")
    return path


def _locate_baseline(place: Place, found: _Found, values: dict[str, Value]) -> tuple[str, ...]:
    """Make the baseline's path one from the current directory; gives what is to be said of it.

    It is read from the disk alone: who reads the configuration from a commit names the file that he trusts.
    """
    if "baseline" not in values:
        return ()
    said = values.pop("baseline")
    path = place.location(_inside(found, "baseline", cast("str", said.value)))
    if path is None:
        return ("baseline: left out, it is not read from a commit; name a file with --baseline",)
    values["baseline"] = said._replace(value=path)
    return ()


def together(
    added: Sequence[tuple[str, tuple[Rule, ...], tuple[str, ...]]],
) -> tuple[tuple[Rule, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """The rules of several files, the first of each name, and what is to be said of each file."""
    known: dict[str, Rule] = {}
    remarks = []
    owners = dict.fromkeys(_names(), "keyguard") if any(found for _, found, _ in added) else {}
    for name, found, said in added:
        twice = tuple(
            f"{one.id}: left out, {owners[one.id]} has a rule of that name; call this one something else"
            for one in found
            if one.id in owners
        )
        new = {one.id: one for one in found if one.id not in owners}
        known |= new
        owners |= dict.fromkeys(new, name)
        if said or twice:
            remarks.append((name, (*said, *twice)))
    return tuple(known.values()), tuple(remarks)


def _check_names(
    file: File, at: Key, said: dict[str, object], table: dict[str, object], every: tuple[Rule, ...]
) -> None:
    """Rules that are named exist: what is misspelt would accept nothing, and nobody would know."""
    names = [((*at, "exclude-rule"), name) for name in cast("tuple[str, ...]", said.get("exclude-rule", ()))]
    for number, entry in enumerate(checked.tables(file, table, "allow", at)):
        names += [
            ((*at, "allow", number, "rules"), name) for name in cast("tuple[str, ...]", entry["rules"] or ())
        ]
    for key, name in names:
        wrong = unknown_rule(name, every)
        if wrong is not None:
            raise file.error(key, f"there is no rule {name!r}", wrong)


def unknown_rule(name: str, added: tuple[Rule, ...]) -> str | None:
    """What to say when there is no rule of that name, else None."""
    known = [*_names(), *(rule.id for rule in added)]
    if name in known:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong name

    near = get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else "see 'keyguard rules list'"


def _allow(file: File, table: dict[str, object], at: Key, base: Base) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for number, entry in enumerate(checked.tables(file, table, "allow", at)):
        key = (*at, "allow", number)
        fields = {name: value for name, value in entry.items() if value is not None}
        if not fields.keys() - {"reason", "until"}:
            raise file.error(key, "it would accept everything", "say what: paths, values, accounts, …")
        _check_paths(file, (*key, "paths"), cast("tuple[str, ...]", fields.get("paths", ())))
        found.append(allow.Allow(**fields, base=base))  # type: ignore[arg-type]  # the schema says which they are
    return tuple(found)


def _check_paths(file: File, key: Key, patterns: tuple[str, ...]) -> None:
    try:
        allow.check(patterns)
    except ConfigError as error:
        raise file.error(key, error.message, error.advice) from None


def _ignored(place: Place, folder: str, base: Callable[[str], Base]) -> tuple[Entry, ...]:
    path = posixpath.join(folder, IGNORE)
    data = place.read(path)
    if data is None:
        return ()
    from keyguard.settings import ignorefile  # noqa: PLC0415 - only where there is one

    name = place.shown(path)
    return ignorefile.entries(toml.decoded(data, name), name, base(folder))
