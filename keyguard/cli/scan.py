"""``keyguard scan``: files, directories and standard input."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from keyguard import pipeline
from keyguard.cli import options, output, unused, verifying
from keyguard.errors import UsageError
from keyguard.sources import files, tree

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from keyguard.cli.parser import Parser
    from keyguard.model import Report
    from keyguard.sources.part import Part


def run(arguments: Sequence[str]) -> int:
    """Scan what the arguments name."""
    given = _parser().told(arguments)
    config = options.config(given, _start(given.paths), here=True)
    scanner = pipeline.Scanner(config)
    report = pipeline.scan(_parts(given), scanner, given.jobs)
    if report.complete and not report.summary.files:
        raise _nothing(given.paths, report)
    report = verifying.verified(report, given, config.deadline)
    code = output.deliver(report, given, output.Setting("keyguard scan"))
    return unused.told(report, config.baseline, given, code)


def _parser() -> Parser:
    parser = options.parser("scan", "Scan files, directories, or standard input ('-'), for AWS access keys.")
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="default: the current directory"
    )
    parser.add_argument("--no-gitignore", action="store_true", help="also what a repository ignores")
    parser.add_argument("--stdin-filename", default="<stdin>", metavar="NAME", help="what reports call '-'")
    parser.add_argument(
        "-j", "--jobs", type=options.jobs, default=1, metavar="N", help="processes (1); 0: all"
    )
    options.add_scan(parser)
    options.add_verify(parser)
    unused.add(parser)
    options.add_report(parser)
    return parser


def _start(paths: Sequence[str]) -> str:
    """The directory around all of ``paths``, whose configuration counts."""
    try:
        common = os.path.commonpath([os.path.abspath(path) for path in paths if path != "-"])
    except (ValueError, OSError):  # standard input alone, several drives, or no current directory
        return "."
    while not os.path.isdir(common) and common != os.path.dirname(common):
        common = os.path.dirname(common)
    return common


def _nothing(paths: Sequence[str], report: Report) -> UsageError:
    """Nothing was read although something was named: that must not look like a clean scan."""
    where = paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
    reasons = sorted({skipped.reason for skipped in report.skipped})
    why = f"what is there was left out: {', '.join(reasons)}" if reasons else "is it empty, or ignored?"
    return UsageError(f"nothing to scan in {where}", why)


def _parts(given: argparse.Namespace) -> Iterator[Part]:
    if "-" in given.paths:
        from keyguard.sources.stdin import Stdin  # noqa: PLC0415 - only for standard input

        if sys.stdin is None:
            raise UsageError("standard input is closed", "leave out '-', or redirect something to it")
        yield Stdin(sys.stdin.buffer, given.stdin_filename)
    paths = [path for path in given.paths if path != "-"]
    walk = tree.Tree(options.excluded(given), not given.no_gitignore)
    report = os.path.abspath(given.output) if given.output else None  # of an earlier scan, and full of IDs
    found = (one for one in tree.entries(paths, walk) if os.path.abspath(one.location) != report)
    yield from files.batches(found, given.max_file_size)
