"""One JSON object a line, for programs that read a report while it comes, or line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.reporters import document

if TYPE_CHECKING:
    from keyguard.model import Report
    from keyguard.reporters import Style


def render(report: Report, style: Style) -> str:
    """A line for each finding, each accepted one (only if verbose), each thing skipped; then the summary."""
    accepted = report.suppressed if style.verbose else ()
    objects = [
        *(document.finding(one, style) for one in report.findings),
        *(document.suppressed(one, style) for one in accepted),
        *(document.skipped(one) for one in report.skipped),
        document.summary(report),
    ]
    return "".join(f"{document.encoded(one)}\n" for one in objects)
