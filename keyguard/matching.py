"""Applies the rules where their anchors stand, and weighs what it finds there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from keyguard import anchors, keyid, randomness, text, tokens, vicinity
from keyguard.context import FAINT_ODDS, Context, log_odds, probability
from keyguard.decode import View, is_wide
from keyguard.errors import SlowRuleError
from keyguard.model import Chunk, Kind, Match, Reading, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import regex

    from keyguard.model import Place
    from keyguard.rules import Rule, RuleSet

RANDOM: Final = 4.0
"""The log-odds that randomness alone can give: what is random need not be a secret of AWS's."""

PATIENCE: Final = 10.0
"""Seconds that a pattern that is not keyguard's own may take for the text of a chunk."""

SURE: Final = 0.99
"""The score of what a pattern alone makes certain."""

BEFORE: Final = 4096
"""Bytes before its anchor in which a value may begin, on the same line."""


REMEMBERED: Final = 1 << 16
"""Runs whose rejection is remembered; ten megabytes."""


class Hit(NamedTuple):
    """Where a pattern matched: offsets into the chunk, and where that is in the view that shows it."""

    start: int
    end: int
    rule: Rule
    view: View
    view_start: int
    view_end: int
    odds: float
    """How likely the value by itself is what the rule says, as log-odds."""
    reading: Reading = Reading()

    @property
    def value(self) -> bytes:
        """What was matched."""
        return self.view.data[self.view_start : self.view_end]

    @property
    def order(self) -> tuple[int, int, str]:
        """The order of the text."""
        return self.start, self.end, self.rule.id


class Matcher:
    """Rules, ready to be matched."""

    def __init__(self, rules: RuleSet, runs: Callable[[bytes], Iterator[int]] = anchors.runs) -> None:
        """Match ``rules``; ``runs`` finds the runs in a text."""
        self._find_runs = runs
        self._of_runs = [rule for rule in rules.rules if rule.run]
        own = [rule for rule in rules.rules if not rule.added]
        self._of_literals = [(rule, frozenset(rule.anchors)) for rule in own if rule.anchors]
        self._added = [(rule, frozenset(rule.anchors)) for rule in rules.rules if rule.added]
        self._theirs = {rule.pattern for rule, _ in self._added}
        self._own = rules.own
        self._patterns: dict[str, re.Pattern[bytes]] = {}
        self._rejected: set[bytes] = set()
        self._context = Context(rules.evidence)
        self._least = probability(FAINT_ODDS - self._context.most)

    def matches(self, chunk: Chunk, found: Iterable[tuple[View, frozenset[bytes]]]) -> list[Match]:
        """The matches that belong to ``chunk``, in the order of the text.

        ``found`` are the views of it that hold anchors, and which.  Raises :class:`SlowRuleError`, which has
        the matches of the other rules, when one that is not keyguard's own takes too long.
        """
        if self._added:
            return self._all(chunk, list(found))
        return self._stated(chunk, self._own_hits(chunk, found))

    def _own_hits(self, chunk: Chunk, found: Iterable[tuple[View, frozenset[bytes]]]) -> list[Hit]:
        return [hit for view, present in found for hit in self._hits(view, present) if _stands(chunk, hit)]

    def _all(self, chunk: Chunk, found: list[tuple[View, frozenset[bytes]]]) -> list[Match]:
        """The matches of keyguard's own rules, and of the others."""
        hits = self._own_hits(chunk, found)
        slow = []
        for rule, literals in self._added:
            views = [view for view, present in found if present & (literals or {anchors.ANYWHERE})]
            try:
                hits += [one for view in views for one in self._of_others(view, rule) if _stands(chunk, one)]
            except TimeoutError:
                slow.append(rule.id)
        matches = self._stated(chunk, hits)
        if slow:
            raise SlowRuleError(slow, PATIENCE, matches)
        return matches

    def _of_others(self, view: View, rule: Rule) -> Iterator[Hit]:
        """Hits of a rule that is not keyguard's own.  Raises :class:`TimeoutError`."""
        from keyguard import limits  # noqa: PLC0415 - only for rules of others

        if rule.limits and not limits.worth(rule.limits, view.data):
            return
        for match in self._pattern(rule.pattern).finditer(view.data):
            start, end = match.span("value") if match.groupdict().get("value") else match.span()
            value = view.data[start:end]
            if value and (rule.limits is None or limits.value(rule.limits, value, match[0])):
                yield _hit(view, rule, start, end, log_odds(SURE))

    def _stated(self, chunk: Chunk, hits: list[Hit]) -> list[Match]:
        if not hits:
            return []
        own_end = len(chunk.data) if chunk.own_end is None else chunk.own_end
        own = [hit for hit in hits if chunk.own_start <= hit.start < own_end]
        own.sort(key=lambda hit: hit.order)
        places = text.places(chunk, ((hit.start, hit.end) for hit in own))
        matches = [self._match(chunk, hit, place) for hit, place in zip(own, places, strict=True)]
        return [match for match in matches if log_odds(match.score) >= FAINT_ODDS]

    def _hits(self, view: View, present: frozenset[bytes]) -> list[Hit]:
        hits = self._runs(view) if anchors.RUN in present else []
        for rule, literals in self._of_literals:
            standing = literals & present
            if standing:
                hits += self._literals(view, rule, standing)
        return hits

    def _literals(self, view: View, rule: Rule, standing: Iterable[bytes]) -> Iterator[Hit]:
        """Hits of a rule whose anchors in ``standing`` are there; what its reader refuses is none."""
        pattern = self._pattern(rule.pattern)
        if rule.near:
            spans = vicinity.spans(view.data, standing, self._pattern(rule.near), pattern)
        else:
            first = min(view.data.find(anchor) for anchor in standing)
            begin = max(view.data.rfind(b"\n", 0, first) + 1, first - BEFORE)
            spans = (match.span("value") for match in pattern.finditer(view.data, begin))
        for start, end in spans:
            value = view.data[start:end]
            reading = tokens.read(rule.reader, value) if rule.reader else Reading()
            if reading is not None:
                yield _hit(view, rule, start, end, _certainty(rule, value))._replace(reading=reading)

    def _runs(self, view: View) -> list[Hit]:
        """Hits in runs; most are hashes and words, and done with as soon as they are scored."""
        hits = []
        for start in self._find_runs(view.data):
            value = view.data[start : start + anchors.RUN_LENGTH]
            if value in self._rejected:
                continue
            score = randomness.score(value)
            if score < self._least:
                self._reject(value)
                continue
            odds = min(log_odds(score), RANDOM)
            matches = ((rule, self._pattern(rule.pattern).match(view.data, start)) for rule in self._of_runs)
            hits += [_hit(view, rule, *match.span("value"), odds) for rule, match in matches if match]
        return hits

    def _reject(self, value: bytes) -> None:
        """Remember a run that is none, whatever stands around it: a history repeats the same ones forever."""
        if len(self._rejected) >= REMEMBERED:
            self._rejected.clear()
        self._rejected.add(value)

    def _pattern(self, pattern: str | None) -> re.Pattern[bytes]:
        """A rule's pattern, compiled when its first anchor is seen.

        keyguard's own are linear by construction, and re is there already; those of others are compiled by
        regex, which has a bound for the time that a match takes.
        """
        written = pattern or ""
        if written not in self._patterns:
            self._patterns[written] = self._compiled(written)
        return self._patterns[written]

    def _compiled(self, written: str) -> re.Pattern[bytes]:
        if written in self._theirs:
            return _bounded(written.encode())
        return re.compile(written.encode(), re.DOTALL) if self._own else _bounded(written.encode(), re.DOTALL)

    def _match(self, chunk: Chunk, hit: Hit, place: Place) -> Match:
        span = hit.view_start, hit.view_end
        weight = self._context.weigh(hit.rule.kind, hit.view.data, *span)
        beside = self._pattern(hit.rule.beside) if hit.rule.beside else None
        around = vicinity.told(hit.view.data, span, beside) if beside else Reading()
        return Match(
            rule=hit.rule.id,
            kind=cast("Kind", hit.rule.kind),
            start=chunk.start + hit.start,
            end=chunk.start + hit.end,
            value=Secret(hit.value),
            place=place,
            score=probability(hit.odds + weight.odds),
            encoding=hit.view.encoding,
            hint=weight.hint,
            group=weight.group,
            reading=hit.reading.or_else(around),
        )


class _Bounded:
    """A pattern of regex's that gives up with a TimeoutError."""

    def __init__(self, pattern: regex.Pattern[bytes]) -> None:
        self._pattern = pattern

    def match(self, data: bytes, start: int) -> regex.Match[bytes] | None:
        return self._pattern.match(data, start, timeout=PATIENCE)

    def finditer(self, data: bytes, start: int = 0, end: int | None = None) -> Iterator[regex.Match[bytes]]:
        return self._pattern.finditer(data, start, end, timeout=PATIENCE)


def _bounded(source: bytes, flags: int = 0) -> re.Pattern[bytes]:
    import regex  # noqa: PLC0415 - takes as long to import as a git process to run; only for others' rules

    return cast("re.Pattern[bytes]", _Bounded(regex.compile(source, int(flags))))


def _hit(view: View, rule: Rule, start: int, end: int, odds: float) -> Hit:
    return Hit(*view.span(start, end), rule, view, start, end, odds)


def _stands(chunk: Chunk, hit: Hit) -> bool:
    """Whether a hit is really there: every other byte of a text need not be UTF-16."""
    return hit.view.step == 1 or is_wide(chunk.data, hit.start, hit.end)


def _certainty(rule: Rule, value: bytes) -> float:
    """How likely what a literal leads to is what the rule says, by itself, as log-odds."""
    return log_odds(keyid.plausibility(value) if rule.kind == "id" else SURE)
