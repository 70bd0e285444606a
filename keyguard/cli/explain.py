"""``keyguard explain``: why something on a line was reported, or was not."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from keyguard import pipeline, rules
from keyguard.cli import options
from keyguard.errors import SourceError, UsageError
from keyguard.explain import LEFT_OUT, REPORTED, explain
from keyguard.model import Document, Origin, Skipped
from keyguard.reporters import explanation
from keyguard.sources import Single, files
from keyguard.sources.tree import shown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


class _Place(NamedTuple):
    path: str
    line: int


def run(arguments: Sequence[str]) -> int:
    """Explain the line that the arguments name."""
    parser = options.parser("explain", "Explain why something on a line was reported, or was not.")
    parser.add_argument("place", metavar="FILE:LINE", help="as in a report; a column behind it does no harm")
    parser.add_argument("--staged", action="store_true", help="the file as the next commit would record it")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    options.add_scan(parser)
    given = parser.told(arguments)
    place = _place(given.place)
    document = _staged(place.path) if given.staged else _read(place.path)
    document = document._replace(chunks=tuple(document.chunks))
    _check(place, document)
    config = options.config(_as_scanned(given), here=not given.staged)
    scanner = pipeline.Scanner(config)
    report = pipeline.scan([Single(lambda: iter([document]))], scanner)
    explained = explain(document, place.line, rules.extended(config.rules), report)
    unread = _unread(given, place.path, document.origin.path or "")
    if unread is not None:
        judged = (
            one._replace(outcome=LEFT_OUT, why=unread) if one.outcome == REPORTED else one
            for one in explained.judged
        )
        explained = explained._replace(judged=tuple(judged))
    print((explanation.json if given.format == "json" else explanation.text)(explained), end="")
    return 0


def _as_scanned(given: argparse.Namespace) -> argparse.Namespace:
    """What is given, with what a scan is told besides: the configuration may say it."""
    report = {**vars(options.defaults(options.add_report)), "no_gitignore": False, "origins": {}}
    given.unset |= report.keys()
    vars(given).update({name: value for name, value in report.items() if name not in given})
    return given


def _unread(given: argparse.Namespace, path: str, name: str) -> str | None:
    """Why a scan of the directory, or, with ``--staged``, the hook, does not read the file, if it does not.

    ``name`` is what the hook's reports call it.
    """
    excluded = options.excluded(given)
    if excluded is not None and excluded(name if given.staged else shown(path, ".")):
        return f"the file is not read: {_said(given, 'exclude')}"
    if given.staged:
        return None
    if given.max_file_size is not None and os.path.getsize(path) > given.max_file_size:
        return f"the file is not read: {_said(given, 'max-file-size')}"
    if not given.no_gitignore and _is_ignored(path):
        return "the file is not read unless it is named: git ignores it"
    return None


def _said(given: argparse.Namespace, setting: str) -> str:
    """The setting, and where it stands."""
    origin = given.origins.get(setting, "--")
    return f"--{setting}" if origin.startswith("-") else f"{setting} in {origin}"


def _is_ignored(path: str) -> bool:
    from keyguard.git import Git  # noqa: PLC0415 - loads subprocess

    listed = Git.at(os.path.dirname(path) or ".").listed_files()
    return listed is not None and os.path.basename(path) not in listed


def _place(text: str) -> _Place:
    """``FILE:LINE``, or ``FILE:LINE:COLUMN`` as reports have it; the line is explained as a whole."""
    found = re.fullmatch(r"(.+?):(\d{1,9})(?::\d+)?:?", text, re.DOTALL)
    if found is None or not int(found[2]):
        raise UsageError(f"{text!r} is not a file and a line", "write it as in a report: src/app.py:3")
    return _Place(found[1], int(found[2]))


def _read(path: str) -> Document:
    try:
        with open(path, "rb") as file:
            return files.document(Origin(files.SOURCE, path.replace(os.sep, "/")), file.read())
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", "name a file that is there") from None


def _staged(path: str) -> Document:
    """The file in the index, with the lines that the next commit adds."""
    from keyguard.git import Git  # noqa: PLC0415 - loads subprocess
    from keyguard.sources.staged import staged  # noqa: PLC0415 - likewise

    git = Git.here()
    top = git.top_level() or "."
    name = os.path.relpath(os.path.realpath(path), os.path.realpath(top)).replace(os.sep, "/")
    for document in staged(git, [name]):
        if isinstance(document, Skipped):
            raise SourceError(f"{document.path}: {document.reason}")
        if document.origin.path == name:
            return document
    raise SourceError(
        f"{path} is not staged, or is just as in HEAD", "stage it, or leave out --staged to explain the file"
    )


def _check(place: _Place, document: Document) -> None:
    lines = max((chunk.line + chunk.data.count(b"\n") for chunk in document.chunks), default=1)
    if place.line > lines:
        raise UsageError(f"{place.path} has {lines} lines, and none with number {place.line}")
