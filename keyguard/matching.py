"""Applies the rules where their anchors stand, and weighs what it finds there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

import regex

from keyguard import anchors, keyid, randomness, text
from keyguard.context import FAINT_ODDS, Context, log_odds, probability
from keyguard.decode import View, is_wide
from keyguard.model import Chunk, Kind, Match, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.model import Place
    from keyguard.rules import Rule, RuleSet

RANDOM: Final = 4.0
"""The log-odds that randomness alone can give: what is random need not be a secret of AWS's."""

SURE: Final = 0.99
"""The score of what a pattern alone makes certain."""


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
        """Compile ``rules``."""
        self._rules = [
            (rule, regex.compile(rule.pattern.encode(), regex.DOTALL))
            for rule in rules.rules
            if rule.pattern is not None
        ]
        self._context = Context(rules.evidence)

    def matches(self, chunk: Chunk, found: Iterable[tuple[View, frozenset[bytes]]]) -> list[Match]:
        """The matches that belong to ``chunk``, in the order of the text.

        ``found`` are the views of it that hold anchors, and which.
        """
        hits = [hit for view, present in found for hit in self._hits(view, present) if _stands(chunk, hit)]
        own_end = len(chunk.data) if chunk.own_end is None else chunk.own_end
        own = sorted(
            (hit for hit in hits if chunk.own_start <= hit.start < own_end), key=lambda hit: hit.order
        )
        places = text.places(chunk, ((hit.start, hit.end) for hit in own))
        matches = [self._match(chunk, hit, place) for hit, place in zip(own, places, strict=True)]
        return [match for match in matches if log_odds(match.score) >= FAINT_ODDS]

    def _hits(self, view: View, present: frozenset[bytes]) -> Iterator[Hit]:
        for rule, pattern in self._rules:
            for start, end in _spans(rule, pattern, view.data, present):
                odds = _odds(rule, view.data[start:end])
                if rule.kind != "secret" or not self._context.hopeless(odds):
                    yield Hit(*view.span(start, end), rule, view, start, end, odds)

    def _match(self, chunk: Chunk, hit: Hit, place: Place) -> Match:
        weight = self._context.weigh(hit.rule.kind, hit.view.data, hit.view_start, hit.view_end)
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
        )


def _spans(
    rule: Rule, pattern: regex.Pattern[bytes], data: bytes, present: frozenset[bytes]
) -> Iterator[tuple[int, int]]:
    """Where ``pattern`` matches, looking only at its anchors."""
    if rule.run and anchors.RUN in present:
        found = (pattern.match(data, start) for start in anchors.runs(data))
        yield from (match.span("value") for match in found if match)
    standing = [anchor for anchor in rule.anchors if anchor in present]
    if standing:
        first = min(data.find(anchor) for anchor in standing)
        yield from (match.span("value") for match in pattern.finditer(data, first))


def _stands(chunk: Chunk, hit: Hit) -> bool:
    """Whether a hit is really there: every other byte of a text need not be UTF-16."""
    return hit.view.step == 1 or is_wide(chunk.data, hit.start, hit.end)


def _odds(rule: Rule, value: bytes) -> float:
    """How likely ``value`` by itself is what the rule says, as log-odds."""
    if rule.kind == "id":
        return log_odds(keyid.plausibility(value))
    if rule.kind == "secret":
        return min(log_odds(randomness.score(value)), RANDOM)
    return log_odds(SURE)
