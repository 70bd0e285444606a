"""Applies the rules where their anchors stand, and weighs what it finds there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from keyguard import anchors, keyid, leads, randomness, text, tokens, vicinity
from keyguard.context import FAINT_ODDS, MOST, Context, log_odds, probability
from keyguard.errors import SlowRuleError
from keyguard.model import Chunk, Kind, Match, Reading, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import regex

    from keyguard.decode.view import Sight, View
    from keyguard.model import Place
    from keyguard.rules import Rule, RuleSet

RANDOM: Final = 4.0
"""The log-odds that randomness alone can give: what is random need not be a secret of AWS's."""

PATIENCE: Final = 10.0
"""Seconds that a pattern that is not keyguard's own may take for the text of a chunk."""

SURE: Final = 0.99
"""The score of what a pattern alone makes certain."""

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

    def __init__(self, rules: RuleSet) -> None:
        """Match ``rules``."""
        self._of_runs = [rule for rule in rules.rules if rule.run]
        own = [rule for rule in rules.rules if not rule.added]
        self._of_literals = [(rule, frozenset(rule.anchors)) for rule in own if rule.anchors]
        self._added = [(rule, frozenset(rule.anchors)) for rule in rules.rules if rule.added]
        self._theirs = {rule.pattern for rule, _ in self._added}
        self._own = rules.own
        self._patterns: dict[str, re.Pattern[bytes]] = {}
        self._rejected: set[bytes] = set()
        self._given_up: set[tuple[str, int]] = set()
        self._context = Context(rules.evidence)
        self._least = probability(FAINT_ODDS - MOST)

    def matches(self, chunk: Chunk, sights: Iterable[Sight]) -> list[Match]:
        """The matches that belong to ``chunk``, in the order of the text.

        ``sights`` are its views, the least hidden first: where several show the same, the first one counts.
        Raises :class:`SlowRuleError`, which has the matches of the other rules, when one that is not
        keyguard's own takes too long.
        """
        if self._added:
            return self._all(chunk, list(sights))
        return self._stated(chunk, [hit for sight in sights for hit in self._hits(sight)])

    def _all(self, chunk: Chunk, sights: list[Sight]) -> list[Match]:
        """The matches of keyguard's own rules, and of the others."""
        hits = [hit for sight in sights for hit in self._hits(sight)]
        slow = []
        for rule, literals in self._added:
            views = [sight.view for sight in sights if sight.present & (literals or {anchors.ANYWHERE})]
            this = rule.id, hash(chunk.data)
            try:
                hits += [hit for view in views for hit in self._of_others(view, rule, this)]
            except TimeoutError:
                slow.append(rule.id)
                self._given_up.add(this)
        matches = self._stated(chunk, hits)
        if slow:
            raise SlowRuleError(slow, PATIENCE, matches)
        return matches

    def _of_others(self, view: View, rule: Rule, this: tuple[str, int]) -> Iterator[Hit]:
        """Hits of a rule that is not keyguard's own.  Raises :class:`TimeoutError`.

        ``this`` names the rule and the text: a text is looked at again when it is made a document, and what
        took too long once would take as long again.
        """
        if this in self._given_up:
            raise TimeoutError
        from keyguard import limits  # noqa: PLC0415 - only for rules of others

        if rule.limits and not limits.worth(rule.limits, view.data):
            return
        for match in self._pattern(rule.pattern).finditer(view.data):
            start, end = match.span("value") if match.groupdict().get("value") else match.span()
            value = view.data[start:end]
            if value and (rule.limits is None or limits.value(rule.limits, value, match[0])):
                yield _hit(view, rule, start, end, log_odds(SURE))

    def _stated(self, chunk: Chunk, found: Iterable[Hit]) -> list[Match]:
        hits = list(_distinct(found))
        if not hits:
            return []
        own_end = len(chunk.data) if chunk.own_end is None else chunk.own_end
        own = [hit for hit in hits if chunk.own_start <= hit.start < own_end]
        own.sort(key=lambda hit: hit.order)
        places = text.places(chunk, ((hit.start, hit.end) for hit in own))
        matches = [self._match(chunk, hit, place) for hit, place in zip(own, places, strict=True)]
        return [match for match in matches if log_odds(match.score) >= FAINT_ODDS]

    def _hits(self, sight: Sight) -> list[Hit]:
        hits = self._runs(sight)
        if sight.present <= {anchors.RUN}:
            return hits
        for rule, literals in self._of_literals:
            standing = literals & sight.present
            if standing:
                hits += self._literals(sight, rule, standing)
        return hits

    def _literals(self, sight: Sight, rule: Rule, standing: frozenset[bytes]) -> Iterator[Hit]:
        """Hits of a rule of whose anchors those in ``standing`` are there.

        What its reader refuses is none.
        """
        view = sight.view
        for start, end in self._spans(sight, rule, standing):
            value = view.data[start:end]
            reading = tokens.read(rule.reader, value) if rule.reader else Reading()
            if reading is not None:
                yield _hit(view, rule, start, end, _certainty(rule, value))._replace(reading=reading)

    def _spans(self, sight: Sight, rule: Rule, standing: frozenset[bytes]) -> Iterator[tuple[int, int]]:
        data, pattern = sight.view.data, self._pattern(rule.pattern)
        if not rule.near:
            return leads.spans(data, standing, rule.lead, pattern)
        begins = (begin for begin, _ in sight.stretches)
        return vicinity.spans(data, begins, standing, self._pattern(rule.near), pattern)

    def _runs(self, sight: Sight) -> list[Hit]:
        """Hits in runs; most are hashes and words, and done with as soon as they are scored."""
        view = sight.view
        hits = []
        for start in anchors.runs(view.data, sight.stretches):
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


def _distinct(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Those that are really there, each once: a value that begins or ends where it was found is the same."""
    seen: set[tuple[str, bytes, str, int]] = set()
    for hit in hits:
        edges = {(hit.rule.id, hit.value, "from", hit.start), (hit.rule.id, hit.value, "to", hit.end)}
        if seen.isdisjoint(edges) and hit.view.is_genuine(hit.view_start, hit.view_end):
            seen |= edges
            yield hit


def _certainty(rule: Rule, value: bytes) -> float:
    """How likely what a literal leads to is what the rule says, by itself, as log-odds."""
    return log_odds(keyid.plausibility(value) if rule.kind == "id" else SURE)
