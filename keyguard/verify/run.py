"""Verifies a report: asks in rounds, of which each knows what came of the one before, and writes it down."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from keyguard import placeholders, rules
from keyguard.advice.plan import advised
from keyguard.verify import canaries, outcome, plan
from keyguard.verify.model import UnreachableError, unwatched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model import Finding, Kind, Report
    from keyguard.verify.model import Settings, Watch

MISSING: Final = "botocore is not installed: pip install 'keyguard[verify]'"


def verified(report: Report, settings: Settings, watch: Watch = unwatched) -> Report:
    """The report with what AWS says about its keys; what could not be asked is among its errors.

    ``watch`` is told how far it is.  Nothing is asked when there is nothing to ask about.  An interruption
    leaves what was answered before it.
    """
    first = planned(report.findings, settings)
    cases = everything(report.findings, first, settings)
    book = outcome.Book(dict(first.settled), {})
    interrupted = report.interrupted
    try:
        if cases:
            _ask(report, settings, first, book, watch)
    except UnreachableError as error:
        book.fill(cases, str(error))
    except KeyboardInterrupt:
        interrupted = True
        book.fill(cases, "interrupted")
    except Exception as error:  # noqa: BLE001 - what was found must be reported; its text could hold a secret
        book.fill(cases, f"unexpected {type(error).__name__}")
    return _applied(report, book, settings.today)._replace(interrupted=interrupted)


def _ask(report: Report, settings: Settings, first: plan.First, book: outcome.Book, watch: Watch) -> None:
    if find_spec("botocore") is None:
        raise UnreachableError(MISSING)
    try:
        from keyguard.verify.rounds import Rounds  # noqa: PLC0415 - loads botocore
    except ImportError as error:
        raise UnreachableError(f"botocore cannot be loaded ({error.name} is missing or too old)") from None
    Rounds(settings, book, canaries.accounts(), is_example, watch).ask(report.findings, first)


def everything(findings: Sequence[Finding], first: plan.First, settings: Settings) -> list[plan.Case]:
    """What may be asked before any answer is known."""
    cases = [*first.cases, *plan.guesses(findings, first.lone, {}, is_example)]
    lone = plan.throw_aways(first.lone, [key for case in cases for key in case.tries])
    return [*cases, *lone] if settings.ids else cases


def planned(findings: Sequence[Finding], settings: Settings) -> plan.First:
    """What would be asked of the pairs in ``findings``."""
    return plan.first(findings, settings, canaries.accounts(), is_example)


def is_example(kind: Kind, value: bytes) -> bool:
    """Whether AWS documents it as an example, or it is a placeholder."""
    return placeholders.reason(rules.builtin().examples, kind, value) is not None


def _applied(report: Report, book: outcome.Book, today: str) -> Report:
    """The report with the answers; what is known now changes what is to be done."""
    known = outcome.Verdicts(book)
    told = [outcome.applied(one, known.on(one)) for one in report.findings]
    found = zip(report.findings, told, advised(told, today), strict=True)
    findings = tuple(before if after is before else better for before, after, better in found)
    errors = tuple(dict.fromkeys((*report.summary.errors, *outcome.problems(book))))
    return report._replace(findings=findings, summary=report.summary._replace(errors=errors))
