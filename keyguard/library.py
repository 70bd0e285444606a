"""The library: scans from Python, without globals, printing or surprises.

>>> import keyguard
>>> [finding.rule for finding in keyguard.scan_text("nothing to see")]
[]
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING

from keyguard import pipeline
from keyguard.config import Config
from keyguard.errors import SourceError
from keyguard.model import MASK, SHOWN, Origin
from keyguard.sources import Single, files, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import git as gitpython

    from keyguard.git import Git
    from keyguard.model import Finding, Report
    from keyguard.sources.part import Part


class Scanner:
    """Scans with a configuration.  Reusable, thread-safe, picklable.

    >>> scanner = Scanner()
    >>> list(scanner.scan_bytes(b"nothing", path="config.py"))
    []
    """

    def __init__(self, config: Config | None = None) -> None:
        """Scan as ``config`` says (default: everything, and report everything)."""
        given = config or Config()
        self._pipeline = pipeline.Scanner(given._replace(today=given.today or time.strftime("%Y-%m-%d")))

    def scan_text(self, text: str, path: str | None = None) -> Iterator[Finding]:
        """The findings in ``text``, which reports call ``path``."""
        return self.scan_bytes(text.encode("utf-8", "surrogatepass"), path)

    def scan_bytes(self, data: bytes, path: str | None = None) -> Iterator[Finding]:
        """The findings in ``data``, the content of a file in any encoding."""
        document = files.document(Origin("library", path), data)
        return iter(self.report([Single(lambda: iter([document]))]).findings)

    def scan_path(self, path: str | os.PathLike[str]) -> Iterator[Finding]:
        """The findings in a file or directory.  Raises :class:`SourceError` when something cannot be read."""
        config = self._pipeline.config
        walk = tree.Tree(tree.excluded(config.exclude), config.gitignore)
        entries = tree.entries([os.fspath(path)], walk)
        return self._complete(files.batches(entries, config.max_file_size))

    def scan_staged(self, repo: str | os.PathLike[str] | gitpython.Repo = ".") -> Iterator[Finding]:
        """The findings in what the next commit of ``repo`` would record.  Raises :class:`SourceError`."""
        from keyguard.sources.staged import staged  # noqa: PLC0415 - loads subprocess

        return self._complete(
            [Single(partial(staged, _git(repo), max_size=self._pipeline.config.max_file_size))]
        )

    def report(self, parts: Iterable[Part]) -> Report:
        """Everything that a scan of ``parts`` has to say, with what was not read."""
        return pipeline.scan(parts, self._pipeline)

    def _complete(self, parts: Iterable[Part]) -> Iterator[Finding]:
        report = self.report(parts)
        yield from report.findings
        if not report.complete:
            unread = [f"{one.path}: {one.reason}" for one in report.skipped if one.failed]
            raise SourceError(
                "; ".join([*report.summary.errors, *unread]), "what was found was given before this"
            )


def scan_text(text: str, path: str | None = None) -> Iterator[Finding]:
    """The findings in ``text``, which reports call ``path``."""
    return Scanner().scan_text(text, path)


def scan_bytes(data: bytes, path: str | None = None) -> Iterator[Finding]:
    """The findings in ``data``, the content of a file in any encoding."""
    return Scanner().scan_bytes(data, path)


def scan_path(path: str | os.PathLike[str]) -> Iterator[Finding]:
    """The findings in a file or directory.  Raises :class:`SourceError` when something cannot be read."""
    return Scanner().scan_path(path)


def scan_staged(repo: str | os.PathLike[str] | gitpython.Repo = ".") -> Iterator[Finding]:
    """The findings in what the next commit of ``repo`` would record.  Raises :class:`SourceError`."""
    return Scanner().scan_staged(repo)


def redact(text: str) -> str:
    """``text`` with every key in it masked, and everything else as it was.

    >>> redact("nothing to hide")
    'nothing to hide'
    """
    lines = text.split("\n")
    found = {part for finding in scan_text(text) for part in finding.parts}
    for part in sorted(found, key=lambda part: (part.line, part.column), reverse=True):
        line = lines[part.line - 1]
        start = part.column - 1
        lines[part.line - 1] = line[: start + SHOWN] + MASK + line[part.end_column - 1 :]
    return "\n".join(lines)


def _git(repo: str | os.PathLike[str] | gitpython.Repo) -> Git:
    from keyguard.git import Git  # noqa: PLC0415 - loads subprocess

    if isinstance(repo, str | os.PathLike):
        return Git.at(os.fspath(repo))
    return Git.at(str(repo.working_dir or repo.git_dir))
