"""Explains a line: why something on it was reported, why something was not, and what there was at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard import findings, judge, silence
from keyguard.context import log_odds, of_document
from keyguard.model import Part
from keyguard.nesting import outermost
from keyguard.witness import look

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Candidate, Chunk, Document, Finding, Match, Report
    from keyguard.rules import RuleSet
    from keyguard.silence import Silence
    from keyguard.witness import Seen

REPORTED: Final = "reported"
ACCEPTED: Final = "accepted"
LEFT_OUT: Final = "left out"
NOTHING: Final = "nothing"
"""What becomes of something that a rule has found."""

PATH: Final = "path"
CROWD: Final = "many-secrets"
"""Where the evidence of a file's path stands, and the name of what its number of secrets says."""


class Clue(NamedTuple):
    """A piece of evidence that counted: its name, where it stands, and its weight in log-odds."""

    name: str
    where: str
    weight: float


class Piece(NamedTuple):
    """An ID, a secret or a token: what it was weighed with.

    ``match.score`` is all in all how likely it is; ``odds`` is the value by itself, as log-odds; ``example``
    says why it is nobody's key, if it is not.
    """

    match: Match
    odds: float
    clues: tuple[Clue, ...]
    example: str | None


class Judged(NamedTuple):
    """What became of something that a rule found, and why; ``finding`` is None where it came to nothing."""

    outcome: str
    why: str
    rule: str
    score: float
    finding: Finding | None
    pieces: tuple[Piece, ...]


class Explanation(NamedTuple):
    """All about a line: what rules found on it, and what looks like something and is not."""

    path: str | None
    line: int
    judged: tuple[Judged, ...]
    silences: tuple[Silence, ...]


def explain(document: Document, line: int, rules: RuleSet, report: Report) -> Explanation:
    """Why what is on ``line`` of ``document`` is in ``report``, which is what a scan says of it, or is not.

    The chunks of the document are read again, so they must not be an iterator.
    """
    matches, seen = look(rules, document.chunks)
    weighed = judge.weighed(document.origin.path, matches, rules)
    pieces = _pieces(document, weighed, seen, rules)
    judged = []
    told: set[tuple[int, int]] = set()
    for candidate in judge.together(weighed, rules, document):
        told |= {(part.start, part.end) for part in candidate.parts}
        if any(_on(part, line) for part in candidate.parts):
            judged.append(_judged(document, candidate, rules, report, pieces))
    for one in seen:
        match = pieces[_key(one.match)].match
        if _on(match, line) and (match.start, match.end) not in told:
            judged.append(_dropped(pieces[_key(match)], weighed))
    taken = [(one.match.start, one.match.end) for one in seen]
    found = (silences for chunk in document.chunks for silences in _silences(chunk, line, taken, rules))
    return Explanation(document.origin.path, line, tuple(judged), tuple(found))


def _on(match: Match, line: int) -> bool:
    return match.place.line <= line <= match.place.end_line


def _key(match: Match) -> tuple[str, int, int]:
    return match.kind, match.start, match.end


def _pieces(
    document: Document, weighed: Sequence[Match], seen: Sequence[Seen], rules: RuleSet
) -> dict[tuple[str, int, int], Piece]:
    """Everything that was weighed, by kind and place, with the scores that it has in this document."""
    scored = {_key(match): match for match in weighed}
    about = _of_document(document.origin.path, weighed, rules)
    pieces = {}
    for match, odds, evidence in seen:
        clues = tuple(Clue(one.name, one.where, one.weight) for one in evidence)
        clues += about if match.kind == "secret" else ()
        now = scored.get(_key(match), match)
        pieces[_key(match)] = Piece(now, odds, clues, findings.example(match, rules))
    return pieces


def _of_document(path: str | None, matches: Sequence[Match], rules: RuleSet) -> tuple[Clue, ...]:
    """What the file's path, and the number of its secrets, say about each of these."""
    clues = [
        Clue(one.name, PATH, one.weight)
        for one in rules.evidence
        if one.kind == "secret" and one.where == PATH and re.search(one.pattern, path or "")
    ]
    crowd = of_document((), "secret", path, sum(match.kind == "secret" for match in matches))
    return (*clues, Clue(CROWD, "file", crowd)) if crowd else tuple(clues)


def _judged(
    document: Document,
    candidate: Candidate,
    rules: RuleSet,
    report: Report,
    pieces: dict[tuple[str, int, int], Piece],
) -> Judged:
    parts = tuple(Part(part.kind, *part.place) for part in candidate.parts)
    outcome, why, finding = _outcome(document, candidate, parts, report)
    finding = finding or findings.finding(document, candidate, rules)
    own = tuple(pieces.get(_key(part)) or _unweighed(part, rules) for part in candidate.parts)
    return Judged(outcome, why, candidate.rule, candidate.score, finding, own)


def _unweighed(match: Match, rules: RuleSet) -> Piece:
    """What was read out of another value, and so has its score."""
    return Piece(match, log_odds(match.score), (), findings.example(match, rules))


def _outcome(
    document: Document, candidate: Candidate, parts: tuple[Part, ...], report: Report
) -> tuple[str, str, Finding | None]:
    """What the report says of a candidate; when it says nothing, why that is."""
    for one in report.findings:
        if one.rule == candidate.rule and one.parts == parts:
            return REPORTED, "", one
    for accepted in report.suppressed:
        if accepted.finding.rule == candidate.rule and accepted.finding.parts == parts:
            return ACCEPTED, ": ".join(filter(None, (accepted.by, accepted.reason))), accepted.finding
    if document.added is not None and document.added().isdisjoint(
        line for part in parts for line in range(part.line, part.end_line + 1)
    ):
        return LEFT_OUT, "the commit does not add or change this line: the key was there before", None
    return LEFT_OUT, "the options or the configuration ask for less than this", None


def _dropped(piece: Piece, weighed: Sequence[Match]) -> Judged:
    """What a rule found and no candidate was made of."""
    match = piece.match
    if all(_key(match) != _key(one) for one in weighed):
        against = [clue.name for clue in piece.clues if clue.weight < 0]
        why = f"{' and '.join(against)} speaks against it" if against else "it is not random enough"
        why += ", and there is too little for it: less than one chance in fifty, not even beside an ID"
    elif all(match is not one for one in outermost(weighed)):
        why = "it stands inside of a token, which is what is reported"
    else:
        why = f"a secret without an ID near it is reported from a score of {judge.WEAK} on"
    return Judged(NOTHING, why, match.rule, match.score, None, (piece,))


def _silences(chunk: Chunk, line: int, taken: Sequence[tuple[int, int]], rules: RuleSet) -> Iterator[Silence]:
    """What else is on the line, where this chunk owns it."""
    start = 0
    for _ in range(line - chunk.line):
        start = chunk.data.find(b"\n", start) + 1
        if not start:
            return
    own_end = len(chunk.data) if chunk.own_end is None else chunk.own_end
    if line < chunk.line or not chunk.own_start <= start < own_end:
        return
    end = chunk.data.find(b"\n", start)
    local = [(begin - chunk.start, stop - chunk.start) for begin, stop in taken]
    yield from silence.silences(chunk.data, (start, len(chunk.data) if end < 0 else end), local, rules)
