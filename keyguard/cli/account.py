"""``keyguard account``: holds an account's access keys to AWS's practices."""

from __future__ import annotations

import io
import sys
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from keyguard.account import audit, credentialreport, matching
from keyguard.account.practices import PRACTICES
from keyguard.account.users import User
from keyguard.advice.practices import DAYS
from keyguard.baseline import files
from keyguard.baseline import matching as accepting
from keyguard.cli import options, output, progress
from keyguard.errors import SourceError, UsageError
from keyguard.model import Finding, Report, Skipped, Summary
from keyguard.reporters import RuleInfo, reading

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from keyguard.baseline.entries import Baseline

STDIN = "-"


def run(arguments: Sequence[str]) -> int:
    """Audit the account that the arguments name."""
    given = _parser().parse_args(arguments)
    options.config(given)  # what would keep the report from being delivered
    known = None if given.baseline is None else files.load(given.baseline)
    begun = time.monotonic()
    limits = audit.Limits(_now(), given.max_age, given.max_unused)
    report = _live(given, limits) if given.report is None else _file(given, limits)
    report = report if known is None else _without(known, report)
    summary = report.summary._replace(seconds=time.monotonic() - begun)
    rules = tuple(RuleInfo(*practice) for practice in PRACTICES)
    setting = output.Setting("keyguard account", rules=rules, thing="user")
    return output.deliver(report._replace(summary=summary), given, setting)


def _parser() -> argparse.ArgumentParser:
    parser = options.parser(
        "account",
        "Hold the access keys of an AWS account to AWS's practices: from a credential report, or by asking "
        "AWS with your own credentials.",
    )
    parser.add_argument(
        "report", nargs="?", metavar="CSV", help="a credential report ('-': standard input); default: ask AWS"
    )
    parser.add_argument(
        "--match", metavar="REPORT", help="look up the keys of a scan's report ('-': standard input)"
    )
    parser.add_argument(
        "--max-age", type=options.days, default=DAYS, metavar="DAYS", help=f"how old a key may be ({DAYS})"
    )
    parser.add_argument(
        "--max-unused",
        type=options.days,
        default=DAYS,
        metavar="DAYS",
        help=f"how long a key may lie idle ({DAYS})",
    )
    parser.add_argument(
        "-b", "--baseline", metavar="FILE", help="leave out what this file says is known and accepted"
    )
    parser.add_argument("--profile", metavar="NAME", help="the AWS profile to ask with")
    parser.add_argument("--endpoint-url", metavar="URL", help="ask there instead of AWS's own IAM")
    parser.add_argument(
        "--timeout",
        type=options.duration,
        metavar="TIME",
        help="stop asking after, e.g. 30s or 5m (no limit)",
    )
    options.add_report(parser)
    return parser


def _now() -> datetime:
    return datetime.now(UTC)


def _file(given: argparse.Namespace, limits: audit.Limits) -> Report:
    """What a credential report tells."""
    if given.match is not None:
        why = "a credential report holds no key IDs"
        raise UsageError(f"--match does not go with a file: {why}", "leave out the file, to ask AWS")
    content = _content(given.report)
    name = "<stdin>" if given.report == STDIN else given.report
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    users = 0
    for one in credentialreport.read(io.StringIO(_text(content, name), newline=""), name):
        if isinstance(one, User):
            users += 1
            findings += audit.findings(one, limits, name)
        else:
            skipped.append(one)
    unread = credentialreport.together(skipped)
    return _report(findings, unread, Summary(files=1, objects=users, bytes=len(content)))


def _live(given: argparse.Namespace, limits: audit.Limits) -> Report:
    """What AWS tells."""
    from keyguard.account import calls, live  # noqa: PLC0415 - not for a file

    wanted, notes = _wanted(given.match)
    deadline = None if given.timeout is None else time.monotonic() + given.timeout
    with progress.asking(given) as watch:
        iam = calls.connect(given.profile, given.endpoint_url)
        told = live.gather(iam, deadline, partial(watch, "users"))
    findings = [found for user in told.users for found in audit.findings(user, limits)]
    skipped = [*notes, *told.skipped]
    held = matching.holdings(told.users, all_keys=told.all_keys, root_keys=told.root_keys)
    for one in matching.matched(wanted, held):
        (findings if isinstance(one, Finding) else skipped).append(one)  # type: ignore[arg-type]
    report = _report(findings, skipped, Summary(objects=len(told.users), errors=told.errors))
    return report._replace(interrupted=told.interrupted)


def _wanted(path: str | None) -> tuple[tuple[matching.Found, ...], tuple[Skipped, ...]]:
    """The keys of the report to match, and what cannot be matched."""
    if path is None:
        return (), ()
    return matching.found(_text(_content(path), path), path)


def _report(findings: Iterable[Finding], skipped: Sequence[Skipped], summary: Summary) -> Report:
    """The report, in the order of all reports; where there is no line to go by, users come by name."""
    ordered = sorted(findings, key=lambda one: (*one.sort_key[:4], one.identity or "", one.message or ""))
    return Report(tuple(ordered), (), tuple(skipped), summary)


def _without(known: Baseline, report: Report) -> Report:
    """The report with what is known and accepted set aside."""
    left, accepted, _ = accepting.split(report.findings, known)
    return report._replace(findings=tuple(left), suppressed=tuple(accepted))


def _content(path: str) -> bytes:
    """All of a file, or of standard input.  Raises :class:`SourceError`."""
    try:
        if path != STDIN:
            with open(path, "rb") as file:
                return file.read()
        if sys.stdin is None:
            raise UsageError("standard input is closed", "name a file instead of '-'")
        return sys.stdin.buffer.read()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", "name a file that can be read") from None


def _text(content: bytes, name: str) -> str:
    """The text of a file, in one of the encodings that spreadsheets write.  Raises :class:`SourceError`."""
    try:
        return reading.text(content)
    except UnicodeDecodeError:
        raise SourceError(f"{name} is not UTF-8 text", "save it as AWS gave it") from None
