"""Finds what the rules describe: anchors first, then patterns at the few places they point at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

from keyguard import anchors, decode, keyid, randomness, text
from keyguard.model import Chunk, Kind, Match, Place, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import regex

    from keyguard.context import Context
    from keyguard.rules import Rule, RuleSet

NOWHERE: Final = Place(0, 0, 0, 0)
"""The place of a match until all of a chunk are located in one sweep."""

FAINT: Final = 0.02
"""A value whose score, with everything around it, is less than this is not worth pairing."""


class Compiled(NamedTuple):
    """The rules, ready to be matched."""

    rules: tuple[tuple[Rule, regex.Pattern[bytes]], ...]
    context: Context


class Hit(NamedTuple):
    """Where a pattern matched, before anything else is known; offsets are into the chunk."""

    start: int
    end: int
    rule: Rule
    value: bytes
    encoding: str
    view: bytes
    view_start: int


class Engine:
    """Matches chunks.  Rules are read and compiled only when the first anchor is seen."""

    def __init__(self, load: Callable[[], RuleSet]) -> None:
        """Take the rules from ``load``."""
        self._load = load
        self._anchors = anchors.Anchors()
        self._compiled: Compiled | None = None

    def __reduce__(self) -> tuple[type[Engine], tuple[Callable[[], RuleSet]]]:
        """Pickle where the rules come from; the other side compiles its own."""
        return type(self), (self._load,)

    def matches(self, chunk: Chunk) -> list[Match]:
        """The matches that belong to ``chunk``, in the order of the text."""
        hits = self._hits(decode.View(chunk.data, "plain"))
        for view in decode.views(chunk.data):
            hits += [hit for hit in self._hits(view) if decode.is_wide(chunk.data, hit.start, hit.end)]
        if not hits:
            return []
        own_end = len(chunk.data) if chunk.own_end is None else chunk.own_end
        own = sorted({hit for hit in hits if chunk.own_start <= hit.start < own_end}, key=_order)
        located = zip(own, text.places(chunk, ((hit.start, hit.end) for hit in own)), strict=True)
        scored = [self._match(chunk, hit)._replace(place=place) for hit, place in located]
        return [match for match in scored if match.score >= FAINT]

    def _hits(self, view: decode.View) -> list[Hit]:
        present = self._anchors.present(view.data)
        if not present:
            return []
        return [
            Hit(*view.span(start, end), rule, view.data[start:end], view.encoding, view.data, start)
            for rule, pattern in self._rules().rules
            for start, end in _spans(rule, pattern, view.data, present)
        ]

    def _match(self, chunk: Chunk, hit: Hit) -> Match:
        weight = self._rules().context.weigh(
            hit.rule.kind, hit.view, hit.view_start, hit.view_start + len(hit.value)
        )
        return Match(
            rule=hit.rule.id,
            kind=cast("Kind", hit.rule.kind),
            start=chunk.start + hit.start,
            end=chunk.start + hit.end,
            value=Secret(hit.value),
            place=NOWHERE,
            score=_score(hit.rule, hit.value, weight.odds),
            encoding=hit.encoding,
            hint=weight.hint,
            group=weight.group,
        )

    def _rules(self) -> Compiled:
        if self._compiled is None:
            self._compiled = _compile(self._load())
        return self._compiled


def _compile(rules: RuleSet) -> Compiled:
    import regex  # noqa: PLC0415 - text without an anchor never needs it

    from keyguard.context import Context  # noqa: PLC0415 - likewise

    patterns = [
        (rule, regex.compile(rule.pattern.encode(), regex.DOTALL))
        for rule in rules.rules
        if rule.pattern is not None
    ]
    return Compiled(tuple(patterns), Context(rules.evidence))


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


def _score(rule: Rule, value: bytes, odds: float) -> float:
    """How likely the value is what the rule says, with what stands around it."""
    from keyguard.context import log_odds, probability  # noqa: PLC0415 - text without an anchor never needs it

    if rule.kind == "id":
        return keyid.plausibility(value)
    if rule.kind == "secret":
        return probability(log_odds(randomness.score(value)) + odds)
    return 0.99


def _order(hit: Hit) -> tuple[int, int, str]:
    return hit.start, hit.end, hit.rule.id
