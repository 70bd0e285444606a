"""Makes the JSON schema of configuration files, with which editors complete and check them."""

from __future__ import annotations

from typing import Final

from keyguard.settings.schema import SETTINGS, TABLES, Field

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""The one that editors and schemastore.org use."""


def schema() -> dict[str, object]:
    """The schema of a ``keyguard.toml``, and of the table ``tool.keyguard``."""
    settings = {one.name: _property(one) for one in SETTINGS if not one.own}
    tables = {name: {"type": "array", "items": _table(fields)} for name, fields in TABLES.items()}
    return {
        "$schema": DIALECT,
        "title": "keyguard",
        "description": "The configuration of keyguard",
        "type": "object",
        "additionalProperties": False,
        "properties": settings | tables,
    }


def _table(fields: tuple[Field, ...]) -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {one.name: _property(one) for one in fields},
        "required": [one.name for one in fields if one.required],
    }


def _property(one: Field) -> dict[str, object]:
    found: dict[str, object] = {"description": one.help, **_type(one)}
    if one.default not in (None, ()):
        found["default"] = list(one.default) if isinstance(one.default, tuple) else one.default
    return found


def _type(one: Field) -> dict[str, object]:
    text: dict[str, object] = {"type": "string", "minLength": 1}
    if one.choices:
        text = {"enum": list(one.choices)}
    elif one.form:
        text["pattern"] = f"^{one.form}$"
    kinds: dict[str, dict[str, object]] = {
        "choice": text,
        "string": text,
        "strings": {"type": "array", "items": text},
        "flag": {"type": "boolean"},
        "size": {
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+[kKmMgG]?$"}]
        },
        "time": {
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+[smh]?$"}]
        },
        "number": {"type": "number", "minimum": 0, "maximum": 8},
        "date": {"anyOf": [{"type": "string", "format": "date"}, {"type": "object"}]},
    }
    return kinds[one.kind]
