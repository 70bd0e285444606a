"""Reads the findings of a report that keyguard wrote before, so that its keys can be asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from keyguard.errors import UsageError
from keyguard.model import (
    CONFIDENCES,
    EXPIRED,
    NOT_CHECKED,
    SEVERITIES,
    Finding,
    Occurrence,
    Part,
    Report,
    Secret,
    Summary,
)
from keyguard.reporters import reading

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADVICE: Final = "write one with 'keyguard scan --show-secrets -f jsonl'"


def report(data: bytes) -> Report | None:
    """The report in ``data``, JSON or JSON Lines; None when it is something else.

    A secret that the report masks stays masked.  Raises :class:`UsageError` for a report that is damaged.
    """
    objects = _objects(data)
    if objects is None:
        return None
    try:
        findings = tuple(_finding(one) for one in objects if one.get("type") == "finding")
        totals: Mapping[str, Any] = next((one for one in objects if one.get("type") == "summary"), {})
        return Report(tuple(sorted(findings, key=lambda one: one.sort_key)), (), (), _summary(totals))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError("the report is damaged, or of another version of keyguard", _ADVICE) from None


def _objects(data: bytes) -> list[Any] | None:
    try:
        return reading.objects(reading.text(data))
    except UnicodeDecodeError:
        return None


def _finding(one: Mapping[str, Any]) -> Finding:
    given = {name: one[name] for name in Finding._fields if name in one}
    given |= {
        "secret": _secret(one["secret"]),
        "token": _secret(one["token"]),
        "parts": tuple(Part(**part) for part in one["parts"]),
        "occurrences": tuple(Occurrence(**place) for place in one["occurrences"]),
        "advice": tuple(one["advice"]),
        "triage": (),
        "status": EXPIRED if one["status"] == EXPIRED and not one.get("triage") else NOT_CHECKED,
        "identity": None,
    }
    found = Finding(**given)
    _check(found)
    return found


def _check(found: Finding) -> None:
    """Refuse values of other types than the ones that a report has: they would fail later, or lie."""
    texts = (found.rule, found.fingerprint, found.source, found.encoding, found.object, *found.advice)
    perhaps = (
        found.key_id,
        found.key_type,
        found.account,
        found.path,
        found.commit,
        found.author,
        found.date,
    )
    right = all(isinstance(text, str) for text in (*texts, *(one for one in perhaps if one is not None)))
    right &= all(type(number) is int for number in (found.line, found.column, found.end_line))
    right &= found.severity in SEVERITIES and found.confidence in CONFIDENCES
    right &= isinstance(found.score, int | float)
    if not right or (found.key_id is not None and not _is_id(found.key_id)):
        raise ValueError


def _is_id(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _secret(value: str | None) -> Secret | None:
    return None if value is None else Secret(value.encode("ascii"))


def _summary(totals: Mapping[str, Any]) -> Summary:
    numbers = {name: int(totals.get(name, 0)) for name in ("files", "objects", "bytes")}
    errors = [str(error) for error in totals.get("errors", ())]
    if totals.get("complete") is False:
        errors.append("the report that was read was incomplete")
    return Summary(**numbers, errors=tuple(errors))
