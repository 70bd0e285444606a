"""Finds out which keys were accepted elsewhere, by holding every claim against what a scan has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keyguard.baseline.entries import Entry, Verdict, entry, worth_most
from keyguard.baseline.imports.claims import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from keyguard.baseline.imports.claims import Claim
    from keyguard.model import Finding

    Lines = Callable[[Finding], Sequence[str]]


class Taken(NamedTuple):
    """The entries that came of it, the claims that nothing was found for, and the halves.

    A half is a finding of which only the ID was accepted: its secret is reported all the same.
    """

    entries: tuple[Entry, ...]
    unmet: tuple[Claim, ...]
    halves: tuple[Finding, ...]


class _Claims:
    """Claims, by the path that they are about; remembers which of them were met."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._by_path: dict[str | None, list[tuple[int, Claim]]] = {}
        for number, claim in enumerate(claims):
            self._by_path.setdefault(claim.path, []).append((number, claim))
        self.met: set[int] = set()

    def about(self, spot: Spot) -> list[Claim]:
        """Those that accept ``spot``."""
        asked = (*self._by_path.get(spot.path, ()), *self._by_path.get(None, ()))
        found = [(number, claim) for number, claim in asked if claim.accepts(spot)]
        self.met.update(number for number, _ in found)
        return [claim for _, claim in found]


def taken(
    findings: Iterable[Finding], claims: Sequence[Claim], lines: Lines, keyed: Callable[[bytes], str]
) -> Taken:
    """What ``claims`` accept of ``findings``; ``lines`` gives the text in which one was found."""
    asked = _Claims(claims)
    entries, halves = [], []
    for finding in findings:
        accepted = {spot.value: found for spot in _spots(finding, lines) if (found := asked.about(spot))}
        value, key_id = worth_most(finding).decode(), finding.key_id or ""
        if value in accepted:
            entries.append(entry(keyed, finding, _verdict(accepted[value])))
        elif key_id in accepted:
            entries.append(Entry(keyed(key_id.encode()), finding.rule, "", _verdict(accepted[key_id])))
            halves.append(finding)
    unmet = tuple(claim for number, claim in enumerate(claims) if number not in asked.met)
    return Taken(tuple(entries), unmet, tuple(halves))


def _spots(finding: Finding, lines: Lines) -> Iterator[Spot]:
    """The parts of a finding that have a value of their own, each on its lines."""
    if finding.path is None:
        return
    secret, token = (one.reveal().decode() if one else "" for one in (finding.secret, finding.token))
    values = {"id": finding.key_id or "", "secret": secret, "token": token}
    text = lines(finding)
    for part in finding.parts:
        if values[part.kind]:
            there = tuple(text[part.line - 1 : part.end_line])
            yield Spot(finding.path, finding.commit, part.line, part.end_line, values[part.kind], there)


def _verdict(claims: Sequence[Claim]) -> Verdict:
    """What they say of it together: a real secret is one, whatever else is said."""
    said = {claim.verdict for claim in claims}
    return "real" if "real" in said else "false" if "false" in said else ""
