"""Says of what was found in a repository's objects where it came from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard.errors import GitError
from keyguard.merging import merged, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyguard.git import Git
    from keyguard.model import Finding, Report


def traced(
    git: Git, report: Report, excluded: Callable[[str], bool] | None = None, *, every: bool = False
) -> Report:
    """The report of a scan of ``git``'s objects, with one finding for each key, at its places.

    What is only at paths that are ``excluded`` is left out.  Nothing is asked of git when nothing was found.
    What the repository never had is an error: a shallow or partial clone is not all of a history.
    """
    errors = [*report.summary.errors, *missing(git)]
    try:
        findings = merged(_placed(git, report.findings, excluded), every=every)
    except GitError as error:  # what was found is worth more than where it came from
        findings = merged(report.findings, every=every)
        errors.append(f"where the keys came from is not known: {error}")
    return report._replace(findings=tuple(findings), summary=report.summary._replace(errors=tuple(errors)))


def missing(git: Git) -> list[str]:
    """What of the history was never fetched; nothing is fetched here."""
    found = []
    if os.path.isfile(git.path("shallow")):
        found.append("the clone is shallow: what is older is not here, and was not read")
    packs = os.path.join(git.path("objects"), "pack")
    if os.path.isdir(packs) and any(name.endswith(".promisor") for name in os.listdir(packs)):
        found.append("the clone is partial: objects that were never fetched were not read")
    return found


def _placed(
    git: Git, findings: tuple[Finding, ...], excluded: Callable[[str], bool] | None
) -> Iterator[Finding]:
    if not findings:
        return
    from keyguard.attribution import attribute  # noqa: PLC0415 - nothing is spent when nothing was found

    oids = {finding.oid for finding in findings if finding.oid}
    for finding in placed(findings, attribute(git, oids)):
        if not (excluded and finding.path and excluded(finding.path)):
            yield finding
