"""Decides what of a document's matches is a finding, what is accepted, and what is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard import findings, pairing, suppress
from keyguard.context import log_odds, of_document, probability
from keyguard.model import CONFIDENCES, SMTP_RULE, Suppressed
from keyguard.nesting import outermost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.config import Config
    from keyguard.model import Candidate, Chunk, Document, Finding, Match
    from keyguard.rules import RuleSet
    from keyguard.suppress import Suppression

WEAK: Final = 0.5
"""A secret without an ID is reported from this score on."""

Marked = tuple["Match", "Suppression | None"]
Marks = dict[tuple[str, int], "Suppression | None"]


def judge(
    document: Document, first: Chunk, marked: Sequence[Marked], rules: RuleSet, config: Config
) -> tuple[list[Finding], list[Suppressed]]:
    """The findings and the accepted findings of ``document``.

    ``marked`` are its matches, each with what an inline comment says about it; ``first`` is its first chunk.
    """
    found: list[Finding] = []
    accepted: list[Suppressed] = []
    marks = {(match.rule, match.start): mark for match, mark in marked}
    matches = weighed(document.origin.path, [match for match, _ in marked], rules)
    for candidate in _counting(document, candidates(matches)):
        one = findings.finding(document, candidate, rules, config.today)
        if config.own:
            from keyguard import owning  # noqa: PLC0415 - most have no credentials where keyguard is run

            one = owning.claimed(one, candidate, config.own)
        if CONFIDENCES.index(one.confidence) < CONFIDENCES.index(config.min_confidence):
            continue
        by = _accepted(candidate, first, marks, config.today)
        if by is None:
            found.append(one)
        else:
            accepted.append(Suppressed(one, by.by, by.reason))
    return found, accepted


def candidates(matches: Sequence[Match]) -> list[Candidate]:
    """What of ``matches`` belongs together, where it is worth a word: a secret by itself has to be likely."""
    outer = outermost(matches)
    paired = _with_smtp(outer) if any(one.rule == SMTP_RULE for one in outer) else pairing.pair(outer)
    return [one for one in paired if one.id or one.token or one.score >= WEAK]


def weighed(path: str | None, matches: list[Match], rules: RuleSet) -> list[Match]:
    """The matches, as likely as they are in a file of that name with so many of them."""
    secrets = sum(match.kind == "secret" for match in matches)
    odds = of_document(rules.evidence, "secret", path, secrets)
    if not odds:
        return matches
    return [
        match._replace(score=probability(log_odds(match.score) + odds)) if match.kind == "secret" else match
        for match in matches
    ]


def _with_smtp(matches: Sequence[Match]) -> list[Candidate]:
    from keyguard import ses  # noqa: PLC0415 - such passwords are rare, and need hmac

    return ses.named(pairing.pair(ses.proven(matches)))


def _counting(document: Document, strong: list[Candidate]) -> list[Candidate]:
    """Those that, when only some lines count, touch one of these."""
    if not strong or document.added is None:
        return strong
    added = document.added()
    return [one for one in strong if any(_touches(part, added) for part in one.parts)]


def _touches(part: Match, lines: frozenset[int]) -> bool:
    return not lines.isdisjoint(range(part.place.line, part.place.end_line + 1))


def _accepted(candidate: Candidate, first: Chunk, marks: Marks, today: str) -> Suppression | None:
    by = suppress.combine([(part.kind, marks[part.rule, part.start]) for part in candidate.parts])
    return by or suppress.whole_file(first, candidate.rule, today)
