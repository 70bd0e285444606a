"""``keyguard history``: everything that a repository holds, or some of its commits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard import gitclone, pipeline
from keyguard.cli import options, output, progress, ranges, unused, verifying
from keyguard.git import Git
from keyguard.gitplace import repositories
from keyguard.model import Report, Summary

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from keyguard.cli.parser import Parser
    from keyguard.model import Finding


_ONE_THREAD = "OPENBLAS_NUM_THREADS", "1"
"""For a library that numpy loads: its threads wait by spinning, and nothing here asks it for anything."""


def run(arguments: Sequence[str]) -> int:
    """Scan the repositories that the arguments name."""
    given = _parser().told(arguments)
    os.environ.setdefault(*_ONE_THREAD)
    scanner = pipeline.Scanner(options.config(given, _start(given.repositories)))
    names = [one for name in given.repositories for one in _with_submodules(name, given)]
    reports = [_named(_place(name, given, scanner), name, names) for name in names]
    report = verifying.verified(_together(reports), given, scanner.config.deadline)
    code = output.deliver(report, given, output.Setting("keyguard history"))
    return unused.told(report, scanner.config.baseline, given, code)


def _parser() -> Parser:
    parser = options.parser(
        "history", "Scan everything that repositories hold: every object, reachable or not."
    )
    parser.add_argument(
        "repositories",
        nargs="*",
        default=["."],
        metavar="REPO",
        help="directories or URLs; default: the one here",
    )
    parser.add_argument(
        "--range",
        action="append",
        default=[],
        metavar="A..B",
        help="only what these commits introduce, each by itself",
    )
    parser.add_argument(
        "--branch", action="append", default=[], metavar="NAME", help="only the commits of a branch"
    )
    parser.add_argument(
        "--since",
        type=options.date,
        metavar="DATE",
        help="only commits since then: 2026-11-24, or 2.weeks.ago",
    )
    parser.add_argument(
        "--submodules", action="store_true", help="the repositories of submodules, too, where they are here"
    )
    parser.add_argument(
        "--all-occurrences", action="store_true", help="list every place of a key, not one for each path"
    )
    parser.add_argument(
        "-j", "--jobs", type=options.jobs, default=options.jobs("0"), metavar="N", help="processes (all)"
    )
    options.add_scan(parser)
    options.add_verify(parser)
    unused.add(parser)
    options.add_report(parser)
    return parser


def _start(repositories: Sequence[str]) -> str | None:
    """The repository whose configuration counts: the only one; several have no paths in common."""
    alone = len(repositories) == 1 and not gitclone.is_url(repositories[0])
    return repositories[0] if alone else None


def _with_submodules(name: str, given: argparse.Namespace) -> list[str]:
    """The repository, and on request those of its submodules; a copy of what is at a URL has none."""
    if not given.submodules or gitclone.is_url(name):
        return [name]
    inside = map(os.path.relpath, repositories(Git.at(name).path("modules")))
    return [name, *(os.path.abspath(one) if one.startswith(os.pardir) else one for one in inside)]


def _place(name: str, given: argparse.Namespace, scanner: pipeline.Scanner) -> Report:
    """The report on a directory, or on what is at a URL, which is cloned for as long as it takes."""
    if not gitclone.is_url(name):
        return _repository(name, given, scanner)
    with gitclone.cloned(name, scanner.config.deadline) as path:
        return _repository(path, given, scanner)


def _repository(path: str, given: argparse.Namespace, scanner: pipeline.Scanner) -> Report:
    git = Git.at(path)
    git.git_dir()  # says what is wrong with it, if anything is
    if given.range or given.branch or given.since:
        return _commits(git, given, scanner)
    from keyguard.sources.history import objects  # noqa: PLC0415 - loads numpy
    from keyguard.tracing import traced  # noqa: PLC0415 - likewise

    parts, skipped = objects(git, given.jobs, given.max_file_size)
    if len(parts) > given.jobs > 1:
        scanner.prepare()
    with progress.shown(parts, given) as watch:
        report = pipeline.scan(parts, scanner, given.jobs, watch)
    report = report._replace(skipped=(*skipped, *report.skipped))
    return traced(
        git,
        report,
        options.excluded(given),
        scanner.config,
        every=given.all_occurrences,
        jobs=given.jobs,
    )


def _commits(git: Git, given: argparse.Namespace, scanner: pipeline.Scanner) -> Report:
    from keyguard.sources import commits  # noqa: PLC0415 - only for ranges
    from keyguard.tracing import missing  # noqa: PLC0415 - likewise

    since = [f"--since={given.since}"] if given.since else []
    wanted = [commits.between(git, [one]) for one in [*given.range, *given.branch] or ["HEAD"]]
    report = ranges.scanned(git, [[*one, *since] for one in wanted], given, scanner)
    return ranges.incomplete(report, missing(git))


def _named(report: Report, path: str, every: Sequence[str]) -> Report:
    """The report with the repository's name before each path, when there are several."""
    if len(every) == 1:
        return report
    path = gitclone.shown(path) if gitclone.is_url(path) else path
    return report._replace(
        findings=tuple(_below(finding, path) for finding in report.findings),
        skipped=tuple(skipped._replace(path=f"{path}: {skipped.path}") for skipped in report.skipped),
    )


def _below(finding: Finding, path: str) -> Finding:
    occurrences = (one._replace(path=_joined(path, one.path)) for one in finding.occurrences)
    return finding._replace(path=_joined(path, finding.path), occurrences=tuple(occurrences))


def _joined(path: str, name: str | None) -> str | None:
    return None if name is None else f"{path.rstrip('/')}/{name}"


def _together(reports: Sequence[Report]) -> Report:
    summaries = [report.summary for report in reports]
    summary = Summary(
        files=sum(one.files for one in summaries),
        objects=sum(one.objects for one in summaries),
        bytes=sum(one.bytes for one in summaries),
        seconds=round(sum(one.seconds for one in summaries), 3),
        errors=tuple(error for one in summaries for error in one.errors),
    )
    return Report(
        tuple(sorted((one for report in reports for one in report.findings), key=lambda one: one.sort_key)),
        tuple(one for report in reports for one in report.suppressed),
        tuple(one for report in reports for one in report.skipped),
        summary,
        any(report.interrupted for report in reports),
        frozenset[str]().union(*(report.met for report in reports)),
    )
