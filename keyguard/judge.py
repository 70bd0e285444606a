"""Decides what of a document's matches is a finding, what is accepted, and what is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard import findings, pairing, suppress
from keyguard.context import log_odds, of_document, probability
from keyguard.model import CONFIDENCES, SMTP_RULE, Candidate, Suppressed
from keyguard.nesting import outermost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.config import Config
    from keyguard.model import Chunk, Document, Finding, Match
    from keyguard.rules import Rule, RuleSet
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
    for candidate in _counting(document, together(matches, rules, document)):
        one = _finding(document, candidate, rules, config)
        if CONFIDENCES.index(one.confidence) < CONFIDENCES.index(config.min_confidence):
            continue
        by = _accepted(candidate, first, marks, config.today) or _allowed(one, config)
        if by is None:
            found.append(one)
        else:
            accepted.append(Suppressed(one, by.by, by.reason))
    return found, accepted


def _finding(document: Document, candidate: Candidate, rules: RuleSet, config: Config) -> Finding:
    """What a report says of it; about what a rule that was added finds, that rule knows best."""
    one = findings.finding(document, candidate, rules, config.today)
    if config.own:
        from keyguard import owning  # noqa: PLC0415 - most have no credentials where keyguard is run

        one = owning.claimed(one, candidate, config.own)
    rule = rules.rule(candidate.rule)
    return one._replace(advice=(rule.help,)) if rule.added and one.severity != "info" else one


def together(matches: Sequence[Match], rules: RuleSet, document: Document) -> list[Candidate]:
    """What of ``matches`` belongs together; a rule that was added finds only what keyguard's own do not.

    So no rule of others can take a key out of a report by laying a wider match over it.
    """
    added = {rule.id: rule for rule in rules.rules if rule.added}
    found = candidates([one for one in matches if one.rule not in added] if added else matches)
    taken = [(part.start, part.end) for one in found for part in one.parts]
    for match in outermost([one for one in matches if one.rule in added]):
        inside = any(match.start < end and start < match.end for start, end in taken)
        if not inside and _in_place(added[match.rule], document):
            found.append(Candidate(match.rule, None, None, match, match.score))
    return found


def _in_place(rule: Rule, document: Document) -> bool:
    if rule.limits is None:
        return True
    from keyguard import limits  # noqa: PLC0415 - only for rules of others

    try:
        return limits.place(rule.limits, document.origin.path)
    except TimeoutError:  # better reported than missed
        return True


def _allowed(one: Finding, config: Config) -> Suppression | None:
    if not config.allow:
        return None
    from keyguard import allow  # noqa: PLC0415 - most scans have no such list

    return allow.accepted(config.allow, one, config.today)


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
