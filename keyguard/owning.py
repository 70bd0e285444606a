"""Finds the user's own credentials: by their exact value, whatever the rules think of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard import text
from keyguard.model import Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyguard.decode.view import Sight
    from keyguard.model import Candidate, Chunk, Finding, Kind, Own, Secret

_RULES: Final[dict[Kind, str]] = {
    "id": "aws-access-key-id",
    "secret": "aws-secret-access-key",  # pragma: allowlist secret
    "token": "aws-session-token",
}
SCORE: Final = 0.9999


def added(chunk: Chunk, sights: Iterable[Sight], own: Sequence[Own], found: Sequence[Match]) -> list[Match]:
    """The matches ``found``, with those of ``own`` that are not among them, in the order of the text.

    A value that a rule has found, too, is one match; that it is the user's own is told by the value.
    """
    known = {(match.start, match.value) for match in found}
    hits: dict[tuple[int, Secret], tuple[int, str, Own]] = {}
    for sight in sights:
        for one in own:
            value = one.value.reveal()
            if value in sight.present:
                for start, end, encoding in _places(sight, value):
                    hits.setdefault((start, one.value), (end, encoding, one))
    end = len(chunk.data) if chunk.own_end is None else chunk.own_end
    new = [
        (start, stop, encoding, one)
        for (start, value), (stop, encoding, one) in hits.items()
        if (chunk.start + start, value) not in known and chunk.own_start <= start < end
    ]
    new.sort(key=lambda hit: hit[:2])
    places = text.places(chunk, ((start, stop) for start, stop, _, _ in new))
    matches = [
        Match(
            _RULES[one.kind], one.kind, chunk.start + start, chunk.start + stop, one.value, place, SCORE, how
        )
        for (start, stop, how, one), place in zip(new, places, strict=True)
    ]
    values = {one.value for one in own}
    certain = (one._replace(score=max(one.score, SCORE)) if one.value in values else one for one in found)
    return sorted([*certain, *matches], key=lambda match: (match.start, match.end, match.rule))


def _places(sight: Sight, value: bytes) -> Iterator[tuple[int, int, str]]:
    """Where a value stands in a view, as offsets of the outermost text, and how it is written there."""
    view = sight.view
    at = view.data.find(value)
    while at >= 0:
        if view.is_genuine(at, at + len(value)):
            yield *view.span(at, at + len(value)), view.encoding
        at = view.data.find(value, at + len(value))


def claimed(finding: Finding, candidate: Candidate, own: Sequence[Own]) -> Finding:
    """The finding; ``critical`` and with the profile's name when a part of it is the user's own."""
    values = {part.value for part in candidate.parts}
    mine = next((one for one in own if one.value in values), None)
    if mine is None:
        return finding
    message = f"one of your own credentials: {mine.where}"
    return finding._replace(severity="critical", confidence="high", message=message)
