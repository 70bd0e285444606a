"""Writes the explanation of a line: as text for people, and as JSON; secrets are masked in both."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from keyguard import randomness
from keyguard.context import MOST
from keyguard.explain import NOTHING
from keyguard.matching import RANDOM
from keyguard.reporters import document
from keyguard.reporters.safe import safe, well_formed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.explain import Explanation, Judged, Piece
    from keyguard.randomness import Features

_EMPTY: Final = "no run of 20 characters of base64 on this line, and no word that a rule looks for"
_WHERE: Final = {
    "before": "before it, on its line",
    "after": "behind it, on its line",
    "around": "on its line",
    "above": "on the line above",
    "value": "in it",
    "near": "in the lines before it",
    "path": "in the file's path",
    "file": "in the file as a whole",
}


def text(explanation: Explanation) -> str:
    """The explanation for people: what was found, of what parts, and then what was not found."""
    where = f"{safe(explanation.path or '<stdin>')}:{explanation.line}"
    lines = [line for one in explanation.judged for line in _judged(where, one)]
    for place, several in groupby(explanation.silences, lambda one: (one.column, one.shown)):
        lines.append(f"{where}:{place[0]}: {safe(place[1])}: nothing")
        lines += [f"  {safe(one.what)}: {safe(one.why)}" for one in several]
    return "\n".join(lines or [f"{where}: nothing", f"  {_EMPTY}"]) + "\n"


def json(explanation: Explanation) -> str:
    """The explanation for programs: one object on one line."""
    told = {
        "type": "explanation",
        "path": None if explanation.path is None else well_formed(explanation.path),
        "line": explanation.line,
        "candidates": [_candidate(one) for one in explanation.judged],
        "silences": [
            {
                "what": well_formed(one.what),
                "column": one.column,
                "value": well_formed(one.shown),
                "why": one.why,
            }
            for one in explanation.silences
        ],
    }
    return document.encoded(told) + "\n"


def _judged(where: str, one: Judged) -> Iterator[str]:
    finding = one.finding
    sure = f"{finding.severity.upper()}, confidence {finding.confidence}, " if finding else ""
    yield f"{where}: {one.rule}: {one.outcome}, {sure}score {one.score:.3f}"
    if one.why:
        yield f"  {'by' if finding and one.outcome == 'accepted' else 'because'} {safe(one.why)}"
    for piece in one.pieces:
        yield from _piece(piece)
    if len(one.pieces) > 1 and one.outcome != NOTHING:
        yield f"  together  {_distance(one)}: score {one.score:.3f}"


def _piece(piece: Piece) -> Iterator[str]:
    match = piece.match
    written = (
        ""
        if match.encoding == "plain"
        else f", written as {safe(', in it '.join(match.encoding.split('+')))}"
    )
    yield f"  {match.kind:<8}{_shown(piece)} at {match.place.line}:{match.place.column}{written}"
    if piece.example:
        yield f"    nobody's: it is a {piece.example}"
    yield f"    {piece.odds:+6.1f}  {_itself(piece)}"
    for clue in piece.clues:
        yield f"    {clue.weight:+6.1f}  {clue.name}, {_WHERE[clue.where]}"
    if sum(clue.weight for clue in piece.clues if clue.weight > 0) > MOST:
        yield f"            all that speaks for it counts {MOST:+.1f} at most"
    if piece.clues:
        yield f"    together a score of {match.score:.3f}"


def _itself(piece: Piece) -> str:
    """What the value by itself says."""
    parts = _features(piece)
    if parts is None:
        return "what it is by itself: its beginning and its form"
    told = ", ".join(
        f"{name} {part.odds + 0.0:+.1f}" for name, part in zip(parts._fields[1:], parts[1:], strict=True)
    )
    limit = f", of which {RANDOM} count" if parts.odds > RANDOM else ""
    return f"how random it is: {parts.odds:+.1f}{limit} ({parts.bias:+.1f} to begin with, {told})"


def _features(piece: Piece) -> Features | None:
    """The parts of the score of randomness, for what is told by it."""
    return randomness.features(piece.match.value.reveal()) if piece.match.kind == "secret" else None


def _distance(one: Judged) -> str:
    matches = [piece.match for piece in one.pieces]
    lines = max(match.place.line for match in matches) - min(match.place.end_line for match in matches)
    apart = {0: "on one line", 1: "on neighbouring lines"}.get(max(lines, 0), f"{lines} lines apart")
    # The names themselves may be anything that stands there, a secret even.
    names = {match.group for match in matches}
    return f"{apart}, with the same name" if len(names) == 1 and names != {""} else apart


def _shown(piece: Piece) -> str:
    """An ID in full, all else masked."""
    value = piece.match.value
    return value.reveal().decode("ascii", "backslashreplace") if piece.match.kind == "id" else value.masked()


def _candidate(one: Judged) -> dict[str, object]:
    finding = one.finding
    return {
        "outcome": one.outcome,
        "why": well_formed(one.why) or None,
        "rule": one.rule,
        "score": round(one.score, 3),
        "severity": finding.severity if finding else None,
        "confidence": finding.confidence if finding else None,
        "fingerprint": finding.fingerprint if finding else None,
        "parts": [_part(piece) for piece in one.pieces],
    }


def _part(piece: Piece) -> dict[str, object]:
    match, parts = piece.match, _features(piece)
    return {
        "kind": match.kind,
        "rule": match.rule,
        "value": _shown(piece),
        **match.place._asdict(),
        "encoding": match.encoding,
        "score": round(match.score, 3),
        "odds": round(piece.odds, 3),
        "randomness": _rounded(parts) if parts else None,
        "evidence": [clue._asdict() for clue in piece.clues],
        "example": piece.example,
    }


def _rounded(parts: Features) -> dict[str, float]:
    """The log-odds of each part of a score of randomness."""
    told = {name: round(part.odds, 3) + 0.0 for name, part in zip(parts._fields[1:], parts[1:], strict=True)}
    return {"bias": round(parts.bias, 3), **told}
