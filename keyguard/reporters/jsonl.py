"""One JSON object a line, for programs that read a report while it comes, or line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.reporters import document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Report
    from keyguard.reporters import Style


def pieces(report: Report, style: Style) -> Iterator[str]:
    """A line for each finding, each accepted one (only if verbose), each thing skipped; then the summary."""
    yield from (_line(document.finding(one, style)) for one in report.findings)
    yield from (_line(document.suppressed(one, style)) for one in document.accepted(report, style))
    yield from (_line(document.skipped(one)) for one in report.skipped)
    yield _line(document.summary(report))


def _line(value: object) -> str:
    return f"{document.encoded(value)}\n"
