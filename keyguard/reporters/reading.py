"""Reads a report that keyguard wrote, in ``json`` or ``jsonl``, so that everyone takes the same for one."""

from __future__ import annotations

import json
from typing import Any, Final

from keyguard.reporters.json import SCHEMA

_ANY_VERSION: Final = f"{SCHEMA.partition('/')[0]}/"
_TYPES: Final = ("finding", "suppressed", "skipped", "summary")


_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def text(content: bytes, errors: str = "strict") -> str:
    """Text out of UTF-8, with a mark or without, or of UTF-16 with one: what is redirected in PowerShell.

    Raises :class:`UnicodeDecodeError`, unless ``errors`` says otherwise.
    """
    return content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig", errors)


def objects(text: str) -> list[Any] | None:
    """The objects of a report, its summary among them; None when ``text`` is something else.

    What is in a damaged report need not be objects.
    """
    if not text.lstrip().startswith("{"):
        return None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return _lines(text)
    if not str(whole.get("schema", "")).startswith(_ANY_VERSION):
        return _lines(text)  # one line alone is a document, too
    findings = whole.get("findings")
    return [*(findings if isinstance(findings, list) else [findings]), whole.get("summary", {})]


def _lines(text: str) -> list[Any] | None:
    try:
        several = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    whole = all(isinstance(one, dict) and one.get("type") in _TYPES for one in several)
    return several if whole else None
