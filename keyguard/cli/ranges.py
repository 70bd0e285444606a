"""Scans what commits introduce, for every command that is asked for some commits of a repository."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from keyguard import pipeline
from keyguard.cli import options
from keyguard.merging import merged
from keyguard.sources import Single, commits

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from keyguard.git import Git
    from keyguard.model import Report


def scanned(
    git: Git, wanted: Sequence[Sequence[str]], given: argparse.Namespace, scanner: pipeline.Scanner
) -> Report:
    """What is found in each of ``wanted`` by itself: what one leaves out, another may ask for.

    Each of them is what :func:`keyguard.sources.commits.introduced` takes.
    """
    reads = [partial(commits.introduced, git, one, max_size=given.max_file_size) for one in wanted]
    report = pipeline.scan([Single(read, options.excluded(given)) for read in reads], scanner)
    return report._replace(findings=tuple(merged(report.findings, every=given.all_occurrences)))


def incomplete(report: Report, errors: Sequence[str]) -> Report:
    """The report with more that was not read."""
    return report._replace(summary=report.summary._replace(errors=(*report.summary.errors, *errors)))
