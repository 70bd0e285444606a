"""The library: scans from Python, without globals, printing or surprises.

>>> import keyguard
>>> [finding.rule for finding in keyguard.scan_text("nothing to see")]
[]
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from keyguard import pipeline
from keyguard.config import Config
from keyguard.errors import ConfigError, SourceError
from keyguard.model import CONFIDENCES, Chunk, Document, Origin
from keyguard.sources import Single, files, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import git as gitpython

    from keyguard.git import Git
    from keyguard.model import Finding, Report
    from keyguard.sources.part import Part

SOURCE: Final = "library"
"""What findings in a text say of where it came from."""


class Scanner:
    """Scans with a configuration.  Reusable, thread-safe, picklable.

    >>> scanner = Scanner()
    >>> list(scanner.scan_bytes(b"nothing", path="config.py"))
    []
    """

    def __init__(self, config: Config | None = None) -> None:
        """Scan as ``config`` says (default: everything, and report everything).  Raises ConfigError."""
        given = config or Config()
        if given.min_confidence not in CONFIDENCES:
            raise ConfigError(
                f"min_confidence is {given.min_confidence!r}", f"use one of {', '.join(CONFIDENCES)}"
            )
        self._pipeline = pipeline.Scanner(given._replace(today=given.today or time.strftime("%Y-%m-%d")))

    def scan_text(self, text: str, path: str | None = None) -> Iterator[Finding]:
        """The findings in ``text``, which reports call ``path``."""
        chunk = Chunk(text.encode("utf-8", "surrogatepass"))
        return self._found(Document(Origin(SOURCE, path), (chunk,)))

    def scan_bytes(self, data: bytes, path: str | None = None) -> Iterator[Finding]:
        """The findings in ``data``, the content of a file in any encoding."""
        return self._found(files.document(Origin(SOURCE, path), data))

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

    def scan_history(self, repo: str | os.PathLike[str] | gitpython.Repo = ".") -> Iterator[Finding]:
        """One finding for each key that ``repo`` holds in any object.  Raises :class:`SourceError`."""
        from keyguard.sources.history import objects  # noqa: PLC0415 - loads numpy
        from keyguard.tracing import traced  # noqa: PLC0415 - likewise

        git = _git(repo)
        parts, skipped = objects(git, 1, self._pipeline.config.max_file_size)
        report = self.report(parts)
        report = report._replace(skipped=(*skipped, *report.skipped))
        return self._whole(
            traced(git, report, tree.excluded(self._pipeline.config.exclude), self._pipeline.config)
        )

    def report(self, parts: Iterable[Part]) -> Report:
        """Everything that a scan of ``parts`` has to say, with what was not read."""
        return pipeline.scan(parts, self._pipeline)

    def _found(self, document: Document) -> Iterator[Finding]:
        return iter(self.report([Single(lambda: iter([document]))]).findings)

    def _complete(self, parts: Iterable[Part]) -> Iterator[Finding]:
        return self._whole(self.report(parts))

    def _whole(self, report: Report) -> Iterator[Finding]:
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


def scan_history(repo: str | os.PathLike[str] | gitpython.Repo = ".") -> Iterator[Finding]:
    """One finding for each key that ``repo`` holds in any object.  Raises :class:`SourceError`."""
    return Scanner().scan_history(repo)


def _git(repo: str | os.PathLike[str] | gitpython.Repo) -> Git:
    from keyguard.git import Git  # noqa: PLC0415 - loads subprocess

    if isinstance(repo, str | os.PathLike):
        return Git.at(os.fspath(repo))
    return Git.at(str(repo.working_dir or repo.git_dir))
