"""Turns a report into text, one module for each format, so that a new format is one file and one line."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.errors import UsageError
from keyguard.model import FORMATS, SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyguard.model import Report, Severity

_TEN: Final = 10
_KILO: Final = 1000


class RuleInfo(NamedTuple):
    """What a report says about a rule itself."""

    id: str
    name: str
    description: str
    help: str
    severity: Severity


class Style(NamedTuple):
    """How a report is to look.

    ``width`` is in columns; ``hook`` is the name of the git hook that the report may stop, and ``pre_commit``
    whether pre-commit runs it; ``committing`` whether a commit waits for it, as far as is known; ``command``
    is what was run, without its arguments; ``fail_on`` is the lowest severity that fails.
    """

    colour: bool = False
    width: int = 80
    show_secrets: bool = False
    hook: str | None = None
    pre_commit: bool = False
    committing: bool = True
    command: str = "keyguard scan"
    version: str = ""
    verbose: bool = False
    rules: tuple[RuleInfo, ...] = ()
    fail_on: Severity = "medium"


class Reporter(NamedTuple):
    """A way to render reports: in ``pieces``, so that a large one is never in memory as a whole.

    No piece is empty; all of them together end in a newline, or are nothing.  Does not touch the world.
    """

    pieces: Callable[[Report, Style], Iterator[str]]

    def render(self, report: Report, style: Style) -> str:
        """The whole report."""
        return "".join(self.pieces(report, style))


def get(name: str) -> Reporter:
    """The reporter of that format; its module is imported now, not before.

    Raises :class:`UsageError` for a name that is not in :data:`keyguard.model.FORMATS`.
    """
    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}", f"choose one of {', '.join(FORMATS)}")
    return Reporter(import_module(f"keyguard.reporters.{name}").pieces)


def summary_line(report: Report, thing: str = "object") -> str:
    """One line on the whole scan, e.g. ``2 findings (1 high, 1 low) in 14 files, 38 kB, 0.09 s``.

    ``thing`` is what an object is called.
    """
    total = report.summary
    # A history has a path for some of its objects only: whatever there is more of is what was read.
    read = counted(max(total.files, total.objects), thing if total.objects > total.files else "file")
    parts = [f"{_found(report)} in {read}", _size(total.bytes), f"{total.seconds:.2f} s"]
    parts += [f"{len(report.suppressed):,} accepted"] if report.suppressed else []
    parts += [f"{len(report.skipped):,} not read"] if report.skipped else []
    return ", ".join(parts if report.complete else [*parts, "INCOMPLETE"])


def counted(number: int, thing: str) -> str:
    """The number and the thing, in the plural if need be: ``1 file``, ``1,200 files``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _found(report: Report) -> str:
    if not report.findings:
        return "no findings"
    severities = [one.severity for one in report.findings]
    each = [f"{severities.count(one):,} {one}" for one in reversed(SEVERITIES) if one in severities]
    return f"{counted(len(severities), 'finding')} ({', '.join(each)})"


def _size(size: int) -> str:
    """``size`` in bytes, in decimal units, to two or three figures."""
    amount, unit = float(size), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if round(amount) < _KILO:
            break
        amount, unit = amount / _KILO, larger
    digits = 1 if unit != "B" and round(amount, 1) < _TEN else 0
    return f"{amount:.{digits}f} {unit}"
