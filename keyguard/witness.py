"""Applies the rules as a scan does, and keeps what a scan forgets: what each match was weighed with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keyguard.engine import Engine
from keyguard.matching import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyguard.matching import Hit
    from keyguard.model import Chunk, Match, Place
    from keyguard.rules import Evidence, RuleSet


class Seen(NamedTuple):
    """A match, or what was too faint to be one.

    ``odds`` is how likely the value by itself is what the rule says, as log-odds; ``evidence`` is what stands
    around it, in the text in which it was found, decoded if need be.
    """

    match: Match
    odds: float
    evidence: tuple[Evidence, ...]


def look(rules: RuleSet, chunks: Iterable[Chunk]) -> tuple[list[Match], list[Seen]]:
    """The matches in a document's ``chunks``, and everything that was weighed, in the order of the text."""
    witness = _Witness(rules)
    matches = [match for chunk in chunks for match in witness.matches(chunk)]
    return matches, witness.seen


class _Witness(Engine):
    """An engine that keeps everything its matcher weighs, and always has one."""

    def __init__(self, rules: RuleSet) -> None:
        super().__init__(lambda: rules, tuple(rule for rule in rules.rules if rule.added))
        self.seen: list[Seen] = []
        self._matcher = _Matcher(rules, self.seen)


class _Matcher(Matcher):
    def __init__(self, rules: RuleSet, seen: list[Seen]) -> None:
        super().__init__(rules)
        self._seen = seen

    def _match(self, chunk: Chunk, hit: Hit, place: Place) -> Match:
        match = super()._match(chunk, hit, place)
        found = self._context.found(hit.rule.kind, hit.view.data, hit.view_start, hit.view_end)
        self._seen.append(Seen(match, hit.odds, tuple(found)))
        return match
