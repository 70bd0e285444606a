"""One JSON document with the same objects as jsonl, for programs that read a report as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.reporters import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyguard.model import Report
    from keyguard.reporters import Style

SCHEMA: Final = "keyguard-report/1"


def render(report: Report, style: Style) -> str:
    """The document, one finding a line; a clean run is a document too."""
    accepted = report.suppressed if style.verbose else ()
    members = {
        "schema": document.encoded(SCHEMA),
        "complete": document.encoded(report.complete),
        "findings": _lines(document.finding(one, style) for one in report.findings),
        "suppressed": _lines(document.suppressed(one, style) for one in accepted),
        "skipped": _lines(document.skipped(one) for one in report.skipped),
        "summary": document.encoded(document.summary(report)),
    }
    inside = ",\n".join(f"{document.encoded(name)}: {value}" for name, value in members.items())
    return f"{{\n{inside}\n}}\n"


def _lines(objects: Iterable[object]) -> str:
    inside = ",\n".join(map(document.encoded, objects))
    return f"[\n{inside}\n]" if inside else "[]"
