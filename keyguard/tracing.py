"""Says of what was found in a repository's objects where it came from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from keyguard.errors import DeadWorkerError, GitError
from keyguard.merging import merged, placed
from keyguard.model import Suppressed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keyguard.config import Config
    from keyguard.git import Git
    from keyguard.model import Finding, Report
    from keyguard.provenance.run import Run

P = TypeVar("P")
R = TypeVar("R")


def traced(  # noqa: PLR0913 - what was found, and all that says what of it counts
    git: Git,
    report: Report,
    excluded: Callable[[str], bool] | None = None,
    config: Config | None = None,
    *,
    every: bool = False,
    jobs: int = 1,
) -> Report:
    """The report of a scan of ``git``'s objects, with one finding for each key, at its places.

    What is only at paths that are ``excluded`` is left out; what ``config`` accepts at its place is accepted
    there.  Nothing is asked of git when nothing was found.
    What the repository never had is an error: a shallow or partial clone is not all of a history.  ``jobs``
    is the number of processes.
    """
    errors = [*report.summary.errors, *missing(git)]
    interrupted = report.interrupted
    accepted: tuple[Suppressed, ...] = ()
    try:
        found = list(_placed(git, report.findings, excluded, _run(jobs)))
        found, accepted = _sorted_out(found, config)
        findings = merged(found, every=every)
    except (GitError, DeadWorkerError) as error:  # what was found is worth more than where it came from
        findings = merged(report.findings, every=every)
        errors.append(f"where the keys came from is not known: {error}")
    except KeyboardInterrupt:
        findings = merged(report.findings, every=every)
        errors.append("where the keys came from is not known: interrupted")
        interrupted = True
    summary = report.summary._replace(errors=tuple(errors))
    suppressed = tuple(sorted((*report.suppressed, *accepted), key=lambda one: one.finding.sort_key))
    report = report._replace(suppressed=suppressed)
    return report._replace(findings=tuple(findings), summary=summary, interrupted=interrupted)


def _sorted_out(found: list[Finding], config: Config | None) -> tuple[list[Finding], tuple[Suppressed, ...]]:
    """What is reported, and what is accepted now that its paths and commits are known."""
    if config is None or not config.allow:
        return found, ()
    from keyguard import allow  # noqa: PLC0415 - most scans have no such list

    marked = [(one, allow.accepted(config.allow, one, config.today)) for one in found]
    accepted = (Suppressed(one, by.by, by.reason) for one, by in marked if by is not None)
    return [one for one, by in marked if by is None], tuple(accepted)


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
    git: Git, findings: tuple[Finding, ...], excluded: Callable[[str], bool] | None, run: Run
) -> Iterator[Finding]:
    if not findings:
        return
    from keyguard.attribution import attribute  # noqa: PLC0415 - nothing is spent when nothing was found

    oids = {finding.oid for finding in findings if finding.oid}
    for finding in placed(findings, attribute(git, oids, run=run)):
        if not (excluded and finding.path and excluded(finding.path)):
            yield finding


def _run(jobs: int) -> Run:
    """What maps a function over parts: processes where there are several, and parts enough for them."""
    if jobs == 1:
        return map
    from keyguard import processes  # noqa: PLC0415 - 40 ms that a single process does not need

    def run(function: Callable[[P], R], parts: Iterable[P]) -> Iterable[R]:
        listed = list(parts)
        return map(function, listed) if len(listed) == 1 else processes.mapped(function, listed, jobs)

    return run
