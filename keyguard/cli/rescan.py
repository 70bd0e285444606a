"""Scans again what a baseline is about, for every action of ``keyguard baseline``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard import cli, pipeline
from keyguard.cli import options
from keyguard.sources import tree
from keyguard.sources.files import batches

if TYPE_CHECKING:
    import argparse

    from keyguard.model import Report


def scanned(given: argparse.Namespace, scanner: pipeline.Scanner, *, history: bool) -> Report:
    """What is in the files here, and, with ``history``, in all that the repository holds."""
    walk = tree.Tree(options.excluded(given), not given.no_gitignore)
    entries = tree.entries([os.curdir], walk)
    report = pipeline.scan(batches(entries, given.max_file_size), scanner, given.jobs)
    return _with_history(given, report, scanner) if history else report


def _with_history(given: argparse.Namespace, report: Report, scanner: pipeline.Scanner) -> Report:
    from keyguard.git import Git  # noqa: PLC0415 - only for histories
    from keyguard.sources.history import objects  # noqa: PLC0415 - loads numpy
    from keyguard.tracing import traced  # noqa: PLC0415 - likewise

    git = Git.at()
    parts, skipped = objects(git, given.jobs, given.max_file_size)
    old = pipeline.scan(parts, scanner, given.jobs)
    old = traced(git, old, options.excluded(given), jobs=given.jobs)
    return report._replace(
        findings=(*report.findings, *old.findings),
        skipped=(*report.skipped, *skipped, *old.skipped),
        summary=report.summary._replace(errors=(*report.summary.errors, *old.summary.errors)),
        interrupted=report.interrupted or old.interrupted,
    )


def say(given: argparse.Namespace, what: str) -> None:
    """Say on standard error what was done, unless nobody wants to know."""
    if not given.quiet:
        cli.say(f"keyguard: {what}")


def ended(report: Report) -> int:
    """The exit code; what could not be read is said."""
    for skipped in report.skipped:
        if skipped.failed:
            cli.complain(f"{skipped.path}: {skipped.reason}")
    for error in report.summary.errors:
        cli.complain(error)
    return cli.INTERRUPTED if report.interrupted else 0 if report.complete else cli.FAILED
