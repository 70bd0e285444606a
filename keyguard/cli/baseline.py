"""``keyguard baseline``: makes, updates and judges the file of what is known, and takes over others."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from keyguard import cli, pipeline
from keyguard.baseline import files, updating
from keyguard.baseline.entries import SALT_SIZE
from keyguard.cli import options
from keyguard.cli.rescan import ended, say, scanned
from keyguard.errors import UsageError
from keyguard.reporters import counted
from keyguard.reporters.safe import safe

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from keyguard.baseline.entries import Covers
    from keyguard.cli.parser import Parser

_ONLY_FOR: Final[Mapping[str, str]] = {
    "history": "create",
    "force": "create",
    "add": "update",
    "all": "audit",
    "kind": "import",
    "file": "import",
}
"""What only one of the actions takes."""


def run(arguments: Sequence[str]) -> int:
    """Do with a baseline what the first argument says."""
    given = _parser().told(arguments)
    for name, action in _ONLY_FOR.items():
        if getattr(given, name) and given.action != action:
            what = {"kind": "--from", "file": "a file to read"}.get(name, f"--{name}")
            raise UsageError(f"{what} does not go with '{given.action}'", f"it is for 'baseline {action}'")
    scanner = pipeline.Scanner(options.config(given, here=True, apart=True))
    given.path = given.baseline or files.NAME
    return ACTIONS[given.action](given, scanner)


def _parser() -> Parser:
    parser = options.parser("baseline", "Accept what is there already, and keep the file that says so.")
    parser.add_argument("action", choices=tuple(ACTIONS))
    parser.add_argument("file", nargs="?", metavar="FILE", help="what 'import' is to read")
    add = parser.add_argument
    add("--history", action="store_true", help="create: know what the history has, not only the files")
    add("--force", action="store_true", help="create: replace a baseline that is there")
    add("--add", action="store_true", help="update: know also what is new")
    add("--all", action="store_true", help="audit: show also what was judged")
    add("--from", dest="kind", metavar="KIND", help="import: the kind of FILE, if it does not show")
    add("--no-gitignore", action="store_true", help="also what a repository ignores")
    add("-j", "--jobs", type=options.jobs, default=1, metavar="N", help="processes (1); 0: all")
    add("-q", "--quiet", action="store_true", help="say only what is wrong")
    add("-v", "--verbose", action="store_true", help="list everything, however long it is")
    options.add_scan(parser)
    parser.set_defaults(min_confidence="low", show_secrets=False, output=None, no_own_credentials=True)
    return parser


def _create(given: argparse.Namespace, scanner: pipeline.Scanner) -> int:
    if os.path.lexists(given.path) and not given.force:
        advice = "'keyguard baseline update --add' adds what is new; --force begins anew"
        raise UsageError(f"there is a baseline already: {given.path}", advice)
    covers: Covers = "history" if given.history else "files"
    report = scanned(given, scanner, history=given.history)
    if report.interrupted:
        return ended(report)
    baseline = updating.created(report.findings, os.urandom(SALT_SIZE), covers)
    files.save(given.path, baseline)
    say(given, f"{safe(given.path)} knows {counted(len(baseline.entries), 'key')}")
    return ended(report)


def _update(given: argparse.Namespace, scanner: pipeline.Scanner) -> int:
    baseline = files.load(given.path)
    report = scanned(given, scanner, history=baseline.covers == "history")
    if not report.complete:
        cli.complain("nothing was changed: what could not be read may still be there")
        return ended(report)
    change = updating.updated(baseline, report.findings, add=given.add)
    if change.baseline != baseline:
        files.save(given.path, change.baseline)
    gone, new = len(change.dropped), len(change.added)
    say(given, f"{safe(given.path)}: {gone:,} gone, {new:,} new, {len(change.baseline.entries):,} known")
    return 0


def _audit(given: argparse.Namespace, scanner: pipeline.Scanner) -> int:
    from keyguard.cli import audit  # noqa: PLC0415 - needs a terminal

    baseline = files.load(given.path)
    audit.check_terminal()
    report = scanned(given, scanner, history=baseline.covers == "history")
    return audit.session(given.path, baseline, report.findings, everything=given.all)


def _import(given: argparse.Namespace, scanner: pipeline.Scanner) -> int:
    from keyguard.cli.importing import take_over  # noqa: PLC0415 - loads a reader for each kind of file

    return take_over(given, scanner)


ACTIONS: Final[Mapping[str, Callable[[argparse.Namespace, pipeline.Scanner], int]]] = {
    "create": _create,
    "update": _update,
    "audit": _audit,
    "import": _import,
}
