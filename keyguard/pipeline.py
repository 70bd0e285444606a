"""Scans: reads, matches, pairs, sets aside what is accepted, and merges."""

from __future__ import annotations

import time
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from keyguard.engine import Engine
from keyguard.errors import DeadWorkerError, KeyguardError, ScanTimeoutError, SlowRuleError
from keyguard.model import Chunk, Report, Skipped, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from keyguard.config import Config
    from keyguard.judge import Marked
    from keyguard.model import Document, Finding, Match, Suppressed
    from keyguard.rules import Rule, RuleSet
    from keyguard.sources.part import Part

PLAIN: Final = ("files", "stdin")
"""Sources whose documents are not objects of a repository."""


LITTLE: Final = 16 << 10
"""Bytes that are searched as fast as it takes to say what of them is new."""


class Examined:
    """What one part of a source held; grows while the part is read."""

    def __init__(self, errors: Iterable[str] = (), *, interrupted: bool = False) -> None:
        """Nothing so far, but perhaps a reason why there is nothing."""
        self.findings: list[Finding] = []
        self.suppressed: list[Suppressed] = []
        self.skipped: list[Skipped] = []
        self.errors = list(errors)
        self.files = 0
        self.objects = 0
        self.bytes = 0
        self.interrupted = interrupted

    def count(self, unit: str, size: int, number: int) -> None:
        """Count documents, so many, of ``size`` bytes together."""
        self.bytes += size
        if unit == "files":
            self.files += number
        else:
            self.objects += number


class Glance:
    """Lets a source ask whether a text is worth a document before it makes one of it, for most are not.

    The texts are whole, and without zeros in them.
    """

    def __init__(self, engine: Engine, count: Callable[[int, int], None]) -> None:
        """Look with ``engine``; ``count`` is told the bytes of texts that hold nothing, and how many."""
        self._engine = engine
        self._present = engine.present  # for every object of a history
        self._local = engine.local
        self._count = count

    def __call__(
        self, data: bytes, changed: Callable[[], bytes | None] | None = None, begin: int = 0
    ) -> Chunk | None:
        """The text with its matches; None when it has none.

        ``changed`` is there when it was made from a text without matches, and gives what is new, with what
        is around that; or None, when that is not worth its while.  Before ``begin`` is nothing that
        keyguard's own rules look for.
        """
        if begin and self._local:
            found = Chunk(data) if self._look(data[begin:]) else None
        else:
            found = self._look(data) if changed is None or self._is_news(data, changed) else None
        if found is None:
            self._count(len(data), 1)
        return found

    def hinting(self, texts: Sequence[bytes]) -> list[int]:
        """Which of ``texts``, that may be only parts of texts, have an anchor; the others are counted.

        Nearly none has one, and to search many little ones takes longer than to search all at once.
        """
        if not self._engine.hints(b"\0".join(texts)):
            self._count(sum(map(len, texts)), len(texts))
            return []
        found = []
        for number, data in enumerate(texts):
            if self._engine.hints(data):
                found.append(number)
            else:
                self._count(len(data), 1)
        return found

    def _is_news(self, data: bytes, changed: Callable[[], bytes | None]) -> bool:
        """Whether there may be matches now; to search a little text is cheaper than to ask what is new."""
        if len(data) <= LITTLE and not self._present(data):
            return False
        if not self._local:
            return True
        new = changed()
        return new is None or self._look(new) is not None

    def _look(self, data: bytes) -> Chunk | None:
        present = self._present(data)
        if not present:
            return None
        cut: list[str] = []
        try:
            matches = self._engine.matches(Chunk(data), present, cut.append)
        except SlowRuleError:  # is raised again, and reported, when a document is made of it
            return Chunk(data)
        if cut:
            return Chunk(data)  # looked at once more, where what was cut short can be told
        return Chunk(data, matches=tuple(matches)) if matches else None


class Scanner:
    """Scans documents with some rules and a configuration.

    Reusable, picklable, and safe to share between threads.
    """

    def __init__(self, config: Config, rules: Callable[[], RuleSet] | None = None) -> None:
        """Scan as ``config`` says; ``rules`` (default: keyguard's own) is called for the first anchor."""
        self.config = config
        self._rules = rules or (partial(_with, config.rules) if config.rules else _builtin)
        self._engine = Engine(self._rules, config.rules, config.own)

    def __reduce__(self) -> tuple[Callable[..., Scanner], tuple[Config, Callable[[], RuleSet]]]:
        """Pickle what it was made of; a process that gets it for each part makes it once."""
        return _same, (self.config, self._rules)

    def prepare(self) -> None:
        """Get ready for much text, once for all processes that are forked from this one."""
        _same(self.config, self._rules)._engine.prepare()  # noqa: SLF001 - another one of its own

    def part(self, part: Part) -> Examined:
        """Scan one part of a source; an error ends the part, not what was found before it."""
        done = Examined()
        unit, timed = part.unit, self.config.deadline is not None

        def count(size: int, number: int) -> None:
            done.count(unit, size, number)
            if timed:
                self._in_time()

        try:
            for document in part.documents(Glance(self._engine, count)):
                if isinstance(document, Skipped):
                    done.skipped.append(document)
                    continue
                self.document(document, done)
        except (KeyguardError, OSError) as error:
            done.errors.append(str(error))
        except KeyboardInterrupt:
            done.interrupted = True
        return done

    def document(self, document: Document, done: Examined) -> None:
        """Scan one document, and add what it holds to ``done``."""
        first = None
        end = 0
        marked: list[Marked] = []
        cut: dict[str, None] = {}
        try:
            for chunk in document.chunks:
                first = first or chunk
                done.bytes += chunk.start + len(chunk.data) - end
                end = chunk.start + len(chunk.data)
                matches = (
                    self._matches(chunk, document, done, cut.setdefault)
                    if chunk.matches is None
                    else chunk.matches
                )
                if matches:
                    marked += self._marked(chunk, matches)
                self._in_time()
            done.files += document.origin.path is not None
            done.objects += document.origin.source not in PLAIN
            name = document.origin.path or f"object {document.origin.oid}"
            done.skipped += [Skipped(name, reason, failed=False) for reason in cut]
        finally:  # what was seen of a document that cannot be read to its end counts too
            if marked and first:
                self._judge(document, first, marked, done)

    def _matches(
        self, chunk: Chunk, document: Document, done: Examined, cut: Callable[[str], None]
    ) -> list[Match]:
        try:
            return self._engine.matches(chunk, cut=cut)
        except SlowRuleError as slow:
            where = document.origin.path or document.origin.oid or document.origin.source
            done.skipped.append(Skipped(where, str(slow)))
            return slow.matches

    def _in_time(self) -> None:
        if self.config.deadline is not None and time.monotonic() > self.config.deadline:
            raise ScanTimeoutError("the time given by --timeout is used up; the rest was not read")

    def _marked(self, chunk: Chunk, matches: Iterable[Match]) -> Iterator[Marked]:
        """The matches, each with what an inline comment says about it."""
        from keyguard import suppress  # noqa: PLC0415 - most documents hold nothing

        for match in matches:
            start, end = match.start - chunk.start, match.end - chunk.start
            yield (
                match,
                suppress.inline(
                    chunk, start, end, match.rule, self.config.today, foreign=self.config.foreign_ignores
                ),
            )

    def _judge(self, document: Document, first: Chunk, marked: list[Marked], done: Examined) -> None:
        from keyguard.judge import judge  # noqa: PLC0415 - most documents hold nothing

        found, accepted = judge(document, first, marked, self._rules(), self.config)
        done.findings.extend(found)
        done.suppressed.extend(accepted)


@lru_cache(maxsize=1)
def _same(config: Config, rules: Callable[[], RuleSet]) -> Scanner:
    return Scanner(config, rules)


def _builtin() -> RuleSet:
    from keyguard import rules  # noqa: PLC0415 - most scans of a hook need no rules

    return rules.builtin()


def _with(added: tuple[Rule, ...]) -> RuleSet:
    from keyguard import rules  # noqa: PLC0415 - likewise

    return rules.extended(added)


def scan(
    parts: Iterable[Part],
    scanner: Scanner,
    jobs: int = 1,
    watch: Callable[[Examined], None] = lambda _: None,
) -> Report:
    """Scan every part; the report is the same whatever ``jobs``, the number of processes, is.

    ``watch`` sees what each part held as soon as it is known.  An interruption (SIGINT) ends the scan; the
    report then holds what was found until then.  Raises ConfigError when the baseline cannot be read.
    """
    begun = time.monotonic()
    done: list[Examined] = []
    try:
        for examined in _mapped(scanner.part, parts, jobs):
            done.append(examined)
            watch(examined)
            if examined.interrupted:
                break
    except DeadWorkerError as error:
        done.append(Examined([str(error)]))
    except KeyboardInterrupt:
        done.append(Examined(interrupted=True))
    report = _report(done, time.monotonic() - begun)
    path = scanner.config.baseline
    return report if path is None or not report.findings else _without_known(report, path)


def _without_known(report: Report, path: str) -> Report:
    """The report with what the baseline at ``path`` knows set aside.  Raises ConfigError."""
    from keyguard.baseline import files, matching  # noqa: PLC0415 - most scans of a hook find nothing

    left, accepted, met = matching.split(report.findings, files.load(path))
    suppressed = sorted((*report.suppressed, *accepted), key=lambda one: one.finding.sort_key)
    return report._replace(findings=tuple(left), suppressed=tuple(suppressed), met=met)


def _mapped(function: Callable[[Part], Examined], parts: Iterable[Part], jobs: int) -> Iterator[Examined]:
    if jobs == 1:
        return map(function, parts)
    from keyguard.processes import mapped  # noqa: PLC0415 - 40 ms that a hook does not have

    return mapped(function, parts, jobs)


def _report(done: list[Examined], seconds: float) -> Report:
    """Everything in the one order that reports have."""
    findings = sorted((one for part in done for one in part.findings), key=lambda one: one.sort_key)
    if len(findings) > 1:
        from keyguard.advice.plan import advised  # noqa: PLC0415 - most scans find nothing

        findings = advised(findings)
    suppressed = sorted(
        (one for part in done for one in part.suppressed), key=lambda one: one.finding.sort_key
    )
    skipped = sorted(one for part in done for one in part.skipped)
    summary = Summary(
        files=sum(part.files for part in done),
        objects=sum(part.objects for part in done),
        bytes=sum(part.bytes for part in done),
        seconds=round(seconds, 3),
        errors=tuple(dict.fromkeys(error for part in done for error in part.errors)),
    )
    interrupted = any(part.interrupted for part in done)
    return Report(tuple(findings), tuple(suppressed), tuple(skipped), summary, interrupted)
