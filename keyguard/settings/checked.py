"""Holds a configuration file against the schema, so that a slip of the pen is no silent default."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final, cast

from keyguard.settings.schema import REFUSED, SETTINGS, TABLES, Field, named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyguard.errors import ConfigError
    from keyguard.settings.toml import File, Key

_SIZE: Final = r"[0-9]{1,15}[kKmMgG]?"
_TIME: Final = r"[0-9]{1,15}[smh]?"
_LARGEST: Final = 10**15
MOST_BITS: Final = 8
"""The entropy of a byte, in bits."""


def settings(file: File, table: Mapping[str, object], at: Key = ()) -> dict[str, object]:
    """The settings of a table, by name.  Raises :class:`ConfigError` for what may not be there."""
    found = {}
    for name, value in table.items():
        if name in TABLES:
            continue
        field = named(SETTINGS, name)
        if name in REFUSED or (field and field.own):
            raise file.error(
                (*at, name),
                f"{name!r} cannot be set in a file",
                "whoever may change the file could use it: leave it out; the command line is for that",
            )
        if field is None:
            raise _unknown(file, (*at, name), [one.name for one in SETTINGS if not one.own] + list(TABLES))
        found[name] = _value(file, (*at, name), field, value)
    return found


def tables(file: File, table: Mapping[str, object], name: str, at: Key = ()) -> list[dict[str, object]]:
    """The tables called ``name``, each with all its fields; what is not said is None."""
    listed = table.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise file.error((*at, name), f"{name!r} is not a list of tables", f"write [[{name}]]")
    return [_table(file, (*at, name, number), TABLES[name], one) for number, one in enumerate(listed)]


def _table(file: File, at: Key, fields: tuple[Field, ...], table: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in table.items():
        field = named(fields, name)
        if field is None:
            raise _unknown(file, (*at, name), [one.name for one in fields])
        found[name] = _value(file, (*at, name), field, value)
    for field in fields:
        if field.required and field.name not in found:
            raise file.error(at, f"{field.name!r} is missing", f'write {field.name} = "…": {field.help}')
    return {field.name: found.get(field.name, field.default) for field in fields}


def _unknown(file: File, key: Key, known: list[str]) -> ConfigError:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong key

    near = get_close_matches(str(key[-1]), known, 1)
    advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    if key == ("tool",):
        advice = "all of this file is keyguard's: leave out [tool.keyguard]"
    return file.error(key, f"there is no setting {key[-1]!r}", advice)


def _value(file: File, key: Key, field: Field, value: object) -> object:
    """A value of the type that its field takes."""
    read, expected = _READERS[field.kind]
    made = read(field, value)
    if made is None:
        raise file.error(key, f"{field.name!r} is not {_described(field, expected)}", _advice(field, value))
    return made


def _described(field: Field, expected: str) -> str:
    choices = f": {', '.join(field.choices)}" if field.choices else ""
    formed = f", each {field.formed}" if field.kind == "strings" and field.formed else ""
    return f"{expected}{choices}{formed}" if field.kind == "strings" or not field.formed else field.formed


def _advice(field: Field, value: object) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong value

    if field.kind == "strings" and isinstance(value, str):
        import json  # noqa: PLC0415 - only for a wrong value

        return f"write {field.name} = [{json.dumps(value, ensure_ascii=False)}]"
    words = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
    wrong = [one for one in words if one not in field.choices]
    near = get_close_matches(wrong[0], field.choices, 1) if wrong else []
    return f"did you mean {near[0]!r}?" if near else f"it is for: {field.help}"


def _choice(field: Field, value: object) -> object:
    return value if value in field.choices else None


def _flag(_: Field, value: object) -> object:
    return value if isinstance(value, bool) else None


def _quantity(form: str) -> Callable[[Field, object], object]:
    def read(_: Field, value: object) -> object:
        if isinstance(value, str):
            return value if re.fullmatch(form, value) else None
        whole = isinstance(value, int) and not isinstance(value, bool)
        return str(value) if whole and 0 <= cast("int", value) < _LARGEST else None

    return read


def _string(field: Field, value: object) -> object:
    return value if isinstance(value, str) and value and _formed(field, value) else None


def _strings(field: Field, value: object) -> object:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        return None
    good = all(_formed(field, one) and (not field.choices or one in field.choices) for one in value)
    return tuple(value) if good else None


def _formed(field: Field, text: str) -> bool:
    return not field.form or re.fullmatch(field.form, text, re.DOTALL) is not None


def _date(_: Field, value: object) -> object:
    """A date, as ``YYYY-MM-DD``; "" for a text that is none, which then holds on no day."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    return day(value) if isinstance(value, str) else None


def day(text: str) -> str:
    """``text`` if it is a date, ``YYYY-MM-DD``, else ""."""
    try:
        return text if date.fromisoformat(text).isoformat() == text else ""
    except ValueError:
        return ""


def _number(_: Field, value: object) -> object:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_BITS
    return float(cast("float", value)) if fine else None


_READERS: Final[Mapping[str, tuple[Callable[[Field, object], object], str]]] = {
    "choice": (_choice, "one of the choices"),
    "flag": (_flag, "true or false"),
    "size": (_quantity(_SIZE), 'a size such as 800000 or "50M"'),
    "time": (_quantity(_TIME), 'a time such as 30 or "5m"'),
    "string": (_string, "a text"),
    "strings": (_strings, "a list of texts"),
    "date": (_date, "a date such as 2030-01-31"),
    "number": (_number, "a number from 0 to 8"),
}
