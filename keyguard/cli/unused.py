"""Says which entries of a baseline nothing was known by, so that what is accepted does not pile up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard import cli
from keyguard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from keyguard.cli.options import Definable
    from keyguard.model import Report

LISTED: Final = 20
"""Entries that are listed without ``-v``."""


def add(to: Definable) -> None:
    """Options on entries of the baseline that are not needed any more."""
    group = to.add_argument_group("unused")
    group.add_argument("--report-unused", action="store_true", help="say which entries nothing was known by")
    group.add_argument(
        "--fail-on-unused", action="store_true", help="the same, and exit with 1 if there are any"
    )


def told(report: Report, baseline: str | None, given: argparse.Namespace, code: int) -> int:
    """List the unused entries on standard error, if that was asked for; gives the exit code.

    Of a scan that is not complete nobody knows what it would have met.
    """
    if not (given.report_unused or given.fail_on_unused):
        return code
    if baseline is None:
        raise UsageError("there is no baseline to have unused entries", "name it with --baseline FILE")
    if not report.complete:
        cli.say("keyguard: what is unused in the baseline is not known: the scan is not complete")
        return code
    unused = _list(report.met, baseline, verbose=given.verbose)
    return code or int(given.fail_on_unused and unused and not given.exit_zero)


def _list(met: frozenset[str], baseline: str, *, verbose: bool) -> bool:
    """Print the entries of ``baseline`` that a scan could have met, and has not; whether there are any."""
    from keyguard.baseline import files  # noqa: PLC0415 - only on request
    from keyguard.baseline.entries import of_account  # noqa: PLC0415 - likewise
    from keyguard.reporters.safe import safe  # noqa: PLC0415 - likewise

    entries = [one for one in files.load(baseline).entries if not of_account(one.rule)]
    unused = {one.hash: one for one in entries if one.hash not in met}
    places = list(files.lines(baseline, unused))
    shown = places if verbose else places[:LISTED]
    for number, digest in shown:
        cli.say(f"{safe(baseline)}:{number}: unused: no {safe(unused[digest].rule)} is known by it")
    if len(places) > len(shown):
        cli.say(f"and {len(places) - len(shown):,} more; -v lists them")
    if unused:
        cli.say("keyguard: 'keyguard baseline update' drops what is gone")
    return bool(unused)
