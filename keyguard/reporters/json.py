"""One JSON document with the same objects as jsonl, for programs that read a report as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.reporters import document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Report
    from keyguard.reporters import Style

SCHEMA: Final = "keyguard-report/1"


def pieces(report: Report, style: Style) -> Iterator[str]:
    """The document, one finding a line; a clean run is a document too."""
    accepted = document.accepted(report, style)
    lists: tuple[tuple[str, Iterator[object]], ...] = (
        ("findings", (document.finding(one, style) for one in report.findings)),
        ("suppressed", (document.suppressed(one, style) for one in accepted)),
        ("skipped", (document.skipped(one) for one in report.skipped)),
    )
    yield f'{{\n"schema": {document.encoded(SCHEMA)},\n"complete": {document.encoded(report.complete)},\n'
    for name, objects in lists:
        yield f'"{name}": '
        yield from document.listed(objects)
        yield ",\n"
    yield f'"summary": {document.encoded(document.summary(report))}\n}}\n'
