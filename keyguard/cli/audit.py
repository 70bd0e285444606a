"""``keyguard baseline audit``: shows what is known, one by one, and asks whether it is a real key."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.baseline import files
from keyguard.baseline.entries import of_account
from keyguard.baseline.lines import lines
from keyguard.baseline.matching import Known
from keyguard.cli import terminal
from keyguard.errors import UsageError
from keyguard.git import Git
from keyguard.model import MASK, SHOWN
from keyguard.redaction import redact
from keyguard.reporters import Style, counted
from keyguard.reporters import lines as texts
from keyguard.reporters.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyguard.baseline.entries import Baseline, Entry, Verdict
    from keyguard.model import Finding

AROUND: Final = 3
"""Lines that are shown before and after a finding."""

WIDTH: Final = 120
"""Columns of a line that are shown."""

PROMPT: Final = "Is it a real key? [r]eal  [f]alse  [s]kip  [b]ack  [q]uit "
HELP: Final = "r, f, s, b or q; a real key is reported again, until it is gone"
QUIT: Final = ("q", terminal.END)
_VERDICTS: Final[dict[str, Verdict]] = {"r": "real", "y": "real", "f": "false", "n": "false"}


class Case(NamedTuple):
    """An entry to judge: where it was found first, and in how many places."""

    entry: Entry
    finding: Finding
    places: int


def check_terminal() -> None:
    """Raises :class:`UsageError` when nobody can answer."""
    if not terminal.is_there():
        raise UsageError("an audit asks questions, and there is no terminal", "run it in one")


def session(path: str, baseline: Baseline, findings: Iterable[Finding], *, everything: bool) -> int:
    """Judge the entries of the baseline at ``path`` that were found; each verdict is kept at once."""
    found = list(cases(baseline, findings))
    asked = found if everything else [one for one in found if not one.entry.verdict]
    judged = Judged(path, baseline)
    if asked:
        with terminal.keys() as keys:
            _ask(asked, judged, keys)
    _say(judged.summary(len(found)))
    return 0


def cases(baseline: Baseline, findings: Iterable[Finding]) -> Iterator[Case]:
    """The entries that something was found of, in the order of the places where it was found first."""
    known = Known(baseline)
    places: dict[str, list[Finding]] = {}
    entries: dict[str, Entry] = {}
    for finding in sorted(findings, key=lambda one: one.sort_key):
        if entry := known.entry(finding):
            entries[entry.hash] = entry
            places.setdefault(entry.hash, []).append(finding)
    for digest, several in places.items():
        yield Case(entries[digest], several[0], len(several))


class Judged:
    """The baseline, with the verdicts so far; each is on disk before the next question."""

    def __init__(self, path: str, baseline: Baseline) -> None:
        """Keep ``baseline`` at ``path``."""
        self._path = path
        self._baseline = baseline
        self._entries = {one.hash: one for one in baseline.entries}

    def verdict(self, entry: Entry) -> str:
        """What is said of an entry by now."""
        return self._entries[entry.hash].verdict

    def judge(self, entry: Entry, verdict: Verdict) -> None:
        """Keep a verdict."""
        self._entries[entry.hash] = self._entries[entry.hash]._replace(verdict=verdict)
        files.save(self._path, self._baseline._replace(entries=tuple(self._entries.values())))

    def summary(self, found: int) -> str:
        """How many there are of each kind."""
        said = [one.verdict for one in self._entries.values() if not of_account(one.rule)]
        counts = f"{said.count('real'):,} real, {said.count('false'):,} false, {said.count(''):,} not judged"
        gone = len(said) - found
        lost = f"; {gone:,} not found: 'keyguard baseline update' drops what is gone" if gone else ""
        return f"{counted(len(said), 'entry').replace('entrys', 'entries')}: {counts}{lost}"


def _ask(asked: Sequence[Case], judged: Judged, keys: Iterator[str]) -> None:
    at = 0
    while at < len(asked):
        _show(asked[at], at + 1, len(asked), judged)
        key = _answer(keys)
        if key in QUIT:
            return
        if key in _VERDICTS:
            judged.judge(asked[at].entry, _VERDICTS[key])
        at = max(at - 1, 0) if key == "b" else at + 1


def _answer(keys: Iterator[str]) -> str:
    """The next key that means something."""
    _print(PROMPT)
    for key in map(str.lower, keys):
        if key in _VERDICTS or key in ("s", "b", *QUIT):
            _say(_VERDICTS.get(key) or {"s": "skipped", "b": "back"}.get(key, "quit"))
            return key
        if key.isprintable() and not key.isspace():
            _print(f"\n{HELP}\n{PROMPT}")
    return terminal.END


def _show(case: Case, number: int, total: int, judged: Judged) -> None:
    one, style = case.finding, Style()
    verdict = judged.verdict(case.entry)
    _say(f"\n[{number}/{total}] {texts.line(one, style)}{f' (judged: {verdict})' if verdict else ''}")
    for line in texts.details(one, style):
        _say(line)
    if case.places > 1:
        _say(f"  and in {counted(case.places - 1, 'other place')}")
    _say("")
    for line in context(one, lines(one, Git.at())):
        _say(line)
    _say("")


def context(finding: Finding, text: Sequence[str]) -> Iterator[str]:
    """The lines of ``finding`` and those around it, with every secret in them masked."""
    spans = [(part.line, part.end_line) for part in finding.parts]
    wanted = sorted({
        number
        for first, last in spans
        for number in range(first - AROUND, last + AROUND + 1)
        if 1 <= number <= len(text)
    })  # fmt: skip
    before = 0
    for number in wanted:
        if before and number > before + 1:
            yield "      …"
        mark = ">" if any(first <= number <= last for first, last in spans) else " "
        yield f"{mark}{number:>5}  {_hidden(_cut_out(text[number - 1], number, finding), finding)[:WIDTH]}"
        before = number


def _cut_out(line: str, number: int, finding: Finding) -> str:
    """A line with the stretches masked in which secrets of the finding stand, in whatever encoding."""
    for part in sorted(finding.parts, key=lambda one: one.column, reverse=True):
        if part.kind != "id" and part.line <= number <= part.end_line:
            start = part.column - 1 + SHOWN if number == part.line else 0
            end = part.end_column - 1 if number == part.end_line else len(line)
            line = line[:start] + MASK + line[end:]
    return line


def _hidden(line: str, finding: Finding) -> str:
    """A line without its secrets: those of the finding, however often, and whatever else looks like one."""
    for value in (finding.secret, finding.token):
        if value:
            plain = value.reveal().decode()
            line = line.replace(plain, plain[:SHOWN] + MASK)
    return safe(redact(line.expandtabs(4)))


def _say(text: str) -> None:
    _print(f"{text}\n")


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
