"""``keyguard verify``: asks AWS about the keys of an earlier report, of a file, or of standard input."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from keyguard import cli, pipeline
from keyguard.cli import options, output, verifying
from keyguard.errors import UsageError
from keyguard.model import Origin
from keyguard.sources import Single, files

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from keyguard.model import Document, Report

STDIN: Final = "-"


def run(arguments: Sequence[str]) -> int:
    """Verify what the arguments name."""
    given = _parser().parse_args(arguments)
    config = options.config(given)
    report = _report(given, pipeline.Scanner(config))
    report = verifying.verified(report, given, config.deadline)
    return output.deliver(report, given, output.Setting("keyguard verify"))


def _parser() -> argparse.ArgumentParser:
    parser = options.parser("verify", "Ask AWS whether keys work: those of a report, or of any other text.")
    parser.add_argument(
        "report",
        nargs="?",
        default=STDIN,
        metavar="REPORT",
        help="a report in json or jsonl, written with --show-secrets, or any file; default: standard input",
    )
    parser.add_argument(
        "--timeout", type=options.duration, metavar="TIME", help="stop after, e.g. 30s or 5m (no limit)"
    )
    options.add_verify(parser, implied=True)
    options.add_report(parser)
    return parser


def _report(given: argparse.Namespace, scanner: pipeline.Scanner) -> Report:
    """The report that was named; or, when it is none, what a scan of it finds."""
    from keyguard.verify import recall  # noqa: PLC0415 - not for --help

    data = _read(given.report)
    report = recall.report(data)
    if report is not None:
        return report
    if not data.strip():
        raise UsageError(f"there is nothing in {_name(given.report)}", "name a report or a file with keys")
    return pipeline.scan([Single(lambda: iter([_document(given.report, data)]))], scanner)


def _document(path: str, data: bytes) -> Document:
    return files.document(Origin("stdin" if path == STDIN else "files", _name(path)), data)


def _name(path: str) -> str:
    return "<stdin>" if path == STDIN else path


def _read(path: str) -> bytes:
    if path != STDIN:
        if os.path.isdir(path):
            raise UsageError(f"{path} is a directory", f"write 'keyguard scan --verify {path}'")
        with open(path, "rb") as file:
            return file.read()
    if sys.stdin is None:
        raise UsageError("standard input is closed", "name a report, or redirect something to it")
    if sys.stdin.isatty():
        cli.say("keyguard: waiting for keys, or a report, on standard input; Ctrl-D ends it")
    return sys.stdin.buffer.read()
