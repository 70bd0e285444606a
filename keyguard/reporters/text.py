"""Text for people: a list of findings, or the screen of a developer whose commit was stopped."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from keyguard.reporters import blocked, lines
from keyguard.reporters.lines import FEW, LISTED
from keyguard.reporters.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyguard.model import Finding, Report, Skipped
    from keyguard.reporters import Style


def pieces(report: Report, style: Style) -> Iterator[str]:
    """What was found, or, in a hook that stops something, what to do now; nothing for a clean report."""
    between = ""
    for section in _sections(report, style):
        if text := "".join(f"{line}\n" for line in section):
            yield between + text
            between = "\n"


def _sections(report: Report, style: Style) -> Iterator[Iterable[str]]:
    if style.hook is None:
        yield from _listing(report.findings, style)
    else:
        yield from blocked.screen(report, style)
    yield _accepted(report, style)
    yield _unread(report, style)


def _listing(findings: Sequence[Finding], style: Style) -> Iterator[Iterator[str]]:
    """A block for each finding; examples that follow each other are one block, with a line for each."""
    first: dict[str, Finding] = {}
    for example, several in groupby(findings, lambda one: one.severity == "info"):
        if example:
            yield (lines.line(one, style) for one in several)
        else:
            yield from (_block(one, first.setdefault(one.fingerprint, one), style) for one in several)


def _block(one: Finding, first: Finding, style: Style) -> Iterator[str]:
    """All of a finding; what to do about a key is said only where it stands first."""
    yield lines.line(one, style)
    yield from lines.details(one, style)
    if first is not one:
        yield f"  the same as at {lines.place(first)}"
        return
    for number, step in enumerate(one.advice, 1):
        yield from lines.step(f"  {number}. ", step, style)


def _accepted(report: Report, style: Style) -> Iterator[str]:
    for one in report.suppressed if style.verbose else ():
        why = f": {safe(one.reason)}" if one.reason else ""
        yield f"{lines.place(one.finding)}: accepted {safe(one.finding.rule)} by {safe(one.by)}{why}"


def _unread(report: Report, style: Style) -> Iterator[str]:
    """What was left out; and, where it should not have been, that nobody knows what is in it."""
    yield from _skipped([one for one in report.skipped if not one.failed], FEW, style)
    yield from _skipped([one for one in report.skipped if one.failed], LISTED, style)
    yield from (f"error: {safe(error)}" for error in report.summary.errors)
    if report.complete:
        return
    asked = any(one.status == "unknown" for one in report.findings)
    why = "not everything could be read" + (" or asked about" if asked else "")
    why = "it was interrupted" if report.interrupted else why
    yield f"INCOMPLETE: {why}; there may be more than is said here."
    if style.hook is not None and not any(one.at_least(style.fail_on) for one in report.findings):
        hook = blocked.hook_of(style)
        yield f"keyguard {hook.did} for that reason."
        yield from blocked.way_out(hook, style)


def _skipped(several: Sequence[Skipped], limit: int, style: Style) -> Iterator[str]:
    shown = several if style.verbose or len(several) <= limit else several[: limit - 1]
    yield from (f"not read: {safe(one.path)}: {safe(one.reason)}" for one in shown)
    if len(shown) < len(several):
        yield f"not read: {len(several) - len(shown):,} more; -v lists them"
