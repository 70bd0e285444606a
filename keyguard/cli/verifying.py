"""Verifies the report of a command, when and only when the user asked for it on the command line."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from keyguard import __version__, cli
from keyguard.cli import progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from keyguard.model import Report
    from keyguard.verify.model import Settings

BUNDLES: Final = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Variables that name the certificates to trust; the first that is set counts."""


def verified(report: Report, given: argparse.Namespace, deadline: float | None) -> Report:
    """The report with what AWS says about its keys, if ``given`` asks for that; ``deadline`` bounds it.

    It is a time of ``time.monotonic()``.
    """
    if not getattr(given, "verify", True) or report.interrupted:
        return report
    from keyguard.verify import run  # noqa: PLC0415 - only to verify

    settings = _settings(given, deadline)
    if given.dry_run or given.verbose:
        for line in _described(report, settings, "would ask" if given.dry_run else "asking"):
            cli.say(line)
    if given.dry_run:
        return report
    begun = time.monotonic()
    with progress.asking(given) as watch:
        report = run.verified(report, settings, watch)
    seconds = report.summary.seconds + time.monotonic() - begun
    return report._replace(summary=report.summary._replace(seconds=seconds))


def _settings(given: argparse.Namespace, deadline: float | None) -> Settings:
    from keyguard.verify.model import Settings  # noqa: PLC0415 - only to verify
    from keyguard.verify.partitions import DEFAULT_REGION  # noqa: PLC0415 - likewise

    return Settings(
        ids=given.verify_ids,
        canaries=given.verify_canaries,
        deep=given.deep,
        regions=tuple(given.region or (DEFAULT_REGION,)),
        sts_endpoint=given.sts_endpoint,
        iam_endpoint=given.iam_endpoint,
        ca_bundle=next(filter(None, map(os.environ.get, BUNDLES)), None),
        agent=f"keyguard/{__version__}",
        today=time.strftime("%Y-%m-%d", time.gmtime()),
        deadline=deadline,
    )


def _described(report: Report, settings: Settings, verb: str) -> Iterator[str]:
    """What is or would be asked, a line for each key, without asking."""
    from keyguard.reporters import counted  # noqa: PLC0415 - only to verify
    from keyguard.verify import run  # noqa: PLC0415 - likewise

    first = run.planned(report.findings, settings)
    cases = run.everything(report.findings, first, settings)
    hosts = _hosts(None, settings)
    yield f"keyguard: {verb} {hosts} about {counted(len(cases), 'key')}" + (":" if cases else "")
    for case in cases:
        tries = f", with {len(case.tries)} secrets" if len(case.tries) > 1 else ""
        elsewhere = "" if (own := _hosts(case.region, settings)) == hosts else f", at {own}"
        yield f"  {case.id}{tries}{elsewhere}"
    for key_id, verdict in first.settled.items():
        yield f"  not {key_id}: {verdict.reason}"


def _hosts(region: str | None, settings: Settings) -> str:
    from keyguard.verify import partitions  # noqa: PLC0415 - only to verify

    route = partitions.route(region, settings.regions, settings.sts_endpoint)
    return ", then ".join(one.host for one in route)
