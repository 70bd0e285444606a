"""Reads and writes the text of a baseline: a line that says what it is, then one line for each entry.

Each line is a JSON object, so that adding an entry changes no other line, not even by a comma; the lines
are sorted, and nothing in them tells of a path, a line or a time.  What people and merges do to such a file
is taken as far as it is harmless (order, repetition, empty lines); all else is an error that names the line.
"""

from __future__ import annotations

import json
import re
from typing import Final, cast

from keyguard.baseline.entries import COVERS, DIGITS, PREFIX, SALT_SIZE, VERDICTS, Baseline, Covers, Entry
from keyguard.errors import ConfigError

VERSION: Final = 1
KIND: Final = "keyguard"
SALT_PREFIX: Final = "hmac-sha256:"

_CONFLICT: Final = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_CREATE: Final = "make a new one with 'keyguard baseline create'"
_RESTORE: Final = "take the file from git again, or correct the line"
_HEX: Final = "0123456789abcdef"
_FIELDS: Final = "the fields of an entry are hash, rule, id, verdict and reason, all of them text"

_HASHED: Final = f"({PREFIX}[0-9a-f]{{{DIGITS}}})"
_CANONICAL: Final = (
    rf'^{{"hash":"{_HASHED}","rule":"([a-z0-9-]+)"(?:,"id":"{_HASHED}")?'
    r'(?:,"verdict":"(real|false)")?(?:,"reason":"([ !#-\[\]-~]*)")?}$'
)
"""A line as it is written here, with nothing in it that JSON would have to unescape."""


def render(baseline: Baseline) -> str:
    """The text of a baseline: the same bytes for the same entries, whatever order they are in."""
    header = {
        KIND: "baseline",
        "version": VERSION,
        "salt": SALT_PREFIX + baseline.salt.hex(),
        "covers": baseline.covers,
    }
    entries = ({name: value for name, value in one._asdict().items() if value} for one in baseline.entries)
    return "\n".join([_line(header), *sorted(map(_line, entries)), ""])


def _line(fields: dict[str, object] | dict[str, str]) -> str:
    return json.dumps(fields, separators=(",", ":"))


def parse(text: str, name: str) -> Baseline:
    """The baseline in ``text``; ``name`` is what errors call it.  Raises :class:`ConfigError`.

    Lines as :func:`render` writes them are read all at once, others one by one.
    """
    first, _, rest = text.partition("\n")
    found = list(map(Entry._make, re.findall(_CANONICAL, rest, re.MULTILINE)))
    if len(found) == rest.count("\n") and rest[-1:] in ("", "\n"):
        salt, covers = _header(first, name)
        return Baseline(salt, _without_repetition([*enumerate(found, 2)], name), covers)
    return _line_by_line(text, name)


def _line_by_line(text: str, name: str) -> Baseline:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    for number, line in lines:
        if line.startswith(_CONFLICT):
            advice = "keep the entries of both sides, in any order, and delete the lines of the markers"
            raise ConfigError(f"{name}:{number}: a merge conflict was left here", advice)
    salt, covers = _header(lines[0][1] if lines else "", name)
    entries = [(number, _numbered(number, line, name)) for number, line in lines[1:]]
    return Baseline(salt, _without_repetition(entries, name), covers)


def _header(line: str, name: str) -> tuple[bytes, Covers]:
    try:
        header = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or header.get(KIND) != "baseline":
        advice = "'keyguard baseline import' reads those of other scanners; " + _CREATE
        raise ConfigError(f"{name}:1: this is no baseline of keyguard", advice)
    version, salt, covers = (header.get(key) for key in ("version", "salt", "covers"))
    if isinstance(version, int) and version > VERSION:
        newer = f"the baseline is of version {version}, this keyguard reads up to {VERSION}"
        raise ConfigError(f"{name}:1: {newer}", "update keyguard")
    digits = re.fullmatch(f"{SALT_PREFIX}([0-9a-f]{{{2 * SALT_SIZE}}})", str(salt))
    if version != VERSION or digits is None or covers not in COVERS:
        raise ConfigError(f"{name}:1: the first line of the baseline was changed", _RESTORE)
    return bytes.fromhex(digits[1]), cast("Covers", covers)


def _numbered(number: int, line: str, name: str) -> Entry:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise ConfigError(f"{name}:{number}: this line is no JSON object", _RESTORE) from None
    if isinstance(fields, dict) and KIND in fields:
        advice = "keep one of the two, with its entries, then run 'keyguard baseline update --add'"
        raise ConfigError(f"{name}:{number}: a second baseline begins here, with another salt", advice)
    try:
        return _entry(fields)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{name}:{number}: {error}", _RESTORE) from None


def _entry(fields: object) -> Entry:
    """Raises ValueError or TypeError, with what is wrong, but with nothing of a value."""
    if not isinstance(fields, dict) or not all(type(value) is str for value in fields.values()):
        raise TypeError(_FIELDS)
    try:
        entry = Entry(**fields)
    except TypeError:
        raise TypeError(_FIELDS) from None
    if not _is_hash(entry.hash) or (entry.id and not _is_hash(entry.id)):
        raise ValueError(f"a hash is {PREFIX} and {DIGITS} hex digits")
    if entry.verdict not in VERDICTS:
        raise ValueError("the verdict is none of real and false")
    return entry


def _is_hash(text: str) -> bool:
    return len(text) == len(PREFIX) + DIGITS and text.startswith(PREFIX) and not text[4:].strip(_HEX)


def _without_repetition(entries: list[tuple[int, Entry]], name: str) -> tuple[Entry, ...]:
    """One entry for each key; that two branches have added the same key is no conflict, two verdicts are."""
    found: dict[str, tuple[int, Entry]] = {}
    for number, entry in entries:
        before, other = found.setdefault(entry.hash, (number, entry))
        if entry.verdict and other.verdict and entry.verdict != other.verdict:
            what = f"line {before} calls the same key {other.verdict}, this one calls it {entry.verdict}"
            raise ConfigError(f"{name}:{number}: {what}", "delete one of the two lines")
        if entry.verdict and not other.verdict:
            found[entry.hash] = number, entry
    return tuple(entry for _, entry in found.values())
