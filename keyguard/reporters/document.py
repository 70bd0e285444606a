"""A report as plain objects, so that every machine format says the same with the same names.

The names and their order are a contract that other programs rely on: a field is always there, and null when
it is not known.  Text that is not well-formed Unicode is made so here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from keyguard.model import Occurrence
from keyguard.reporters.safe import well_formed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyguard.model import Finding, Holder, Report, Secret, Skipped, Suppressed
    from keyguard.reporters import Style


def finding(one: Finding, style: Style) -> dict[str, object]:
    """A finding's object; its secrets are masked unless ``style`` says otherwise."""
    occurrences = one.occurrences or (Occurrence(one.path, one.line, one.commit, one.reachable),)
    return {
        "type": "finding",
        "rule": one.rule,
        "severity": one.severity,
        "confidence": one.confidence,
        "score": round(one.score, 3),
        "fingerprint": one.fingerprint,
        "key_id": one.key_id,
        "key_type": one.key_type,
        "account": one.account,
        "secret": _secret(one.secret, style),
        "token": _secret(one.token, style),
        "source": one.source,
        "path": _text(one.path),
        "line": one.line,
        "column": one.column,
        "end_line": one.end_line,
        "end_column": one.end_column,
        "encoding": one.encoding,
        "commit": one.commit,
        "object": one.object,
        "author": _text(one.author),
        "date": one.date,
        "reachable": one.reachable,
        "parts": [part._asdict() for part in one.parts],
        "occurrence_count": one.occurrence_count,
        "occurrences": [place._asdict() | {"path": _text(place.path)} for place in occurrences],
        "in_head": one.in_head,
        "region": one.region,
        "expires": one.expires,
        "status": one.status,
        "identity": _text(one.identity),
        "message": _text(one.message),
        "holder": _holder(one.holder),
        "triage": {name: well_formed(answer) for name, answer in one.triage} or None,
        "advice": [well_formed(step) for step in one.advice],
    }


def suppressed(one: Suppressed, style: Style) -> dict[str, object]:
    """An accepted finding's object: that of the finding, and by what it was accepted, and why."""
    accepted = {"type": "suppressed", "by": well_formed(one.by), "reason": _text(one.reason)}
    return accepted | {name: value for name, value in finding(one.finding, style).items() if name != "type"}


def skipped(one: Skipped) -> dict[str, object]:
    """The object of something that was not read."""
    return {"type": "skipped", "path": well_formed(one.path), "reason": well_formed(one.reason)}


def summary(report: Report) -> dict[str, object]:
    """The object that ends a report: what was covered; ``bytes`` in bytes, ``seconds`` of wall clock."""
    return {
        "type": "summary",
        "complete": report.complete,
        "findings": len(report.findings),
        "suppressed": len(report.suppressed),
        "skipped": len(report.skipped),
        "files": report.summary.files,
        "objects": report.summary.objects,
        "bytes": report.summary.bytes,
        "seconds": round(report.summary.seconds, 3),
        "errors": [well_formed(error) for error in report.summary.errors],
    }


def accepted(report: Report, style: Style) -> Sequence[Suppressed]:
    """What was accepted, as far as ``style`` wants to list it."""
    return report.suppressed if style.verbose else ()


def listed(objects: Iterable[object]) -> Iterator[str]:
    """The pieces of a JSON array with an object a line."""
    before = start = "[\n"
    for one in objects:
        yield before + encoded(one)
        before = ",\n"
    yield "[]" if before is start else "\n]"


def encoded(value: object) -> str:
    r"""``value`` as JSON on one line, every character of it printable.

    JSON escapes only ASCII's control characters by itself; those above, the invisible ones and the ones that
    turn the direction of text come out as ``\uXXXX`` too, so that a report does no harm in a terminal.
    """
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def _secret(secret: Secret | None, style: Style) -> str | None:
    if secret is None:
        return None
    return secret.reveal().decode("utf-8", "backslashreplace") if style.show_secrets else secret.masked()


def _holder(holder: Holder | None) -> dict[str, object] | None:
    if holder is None:
        return None
    return {
        name: _text(value) if isinstance(value, str) else value for name, value in holder._asdict().items()
    }


def _text(text: str | None) -> str | None:
    return None if text is None else well_formed(text)
