"""Makes one finding of all that was found of a key, with every place as an occurrence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.advice.plan import advised
from keyguard.model import SEVERITIES, Finding, Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyguard.attribution import Whereabouts

REACHES: Final = ("head", "refs", "reflog", "unreachable", None)
"""What can reach a commit, the nearest first."""


def placed(findings: Iterable[Finding], whereabouts: Mapping[str, Whereabouts]) -> Iterator[Finding]:
    """The findings in objects, each at every path that its object has; ``whereabouts`` are by object name."""
    for finding in findings:
        where = whereabouts.get(finding.oid or "")
        if where is None or not where.sightings:
            yield finding._replace(reachable=where.reachable if where else "unreachable", in_head=False)
            continue
        for sighting in where.sightings:
            yield finding._replace(
                path=sighting.path,
                commit=sighting.commit,
                author=sighting.author,
                date=sighting.date,
                reachable=sighting.reachable,
                in_head=where.in_head,
            )


def merged(findings: Iterable[Finding], *, every: bool = False) -> list[Finding]:
    """One finding for each distinct key, in the order of reports.

    A key is known by its ID; a secret or token that was found without one belongs to the key that it was
    found with elsewhere.  The finding that tells most stands for all: the most severe, and of these the
    one that is reached most directly and the earliest.  Its occurrences are one for each path, or, with
    ``every``, all places.
    """
    groups: dict[str, list[Finding]] = {}
    for finding in _keyed(list(findings), groups):
        groups.setdefault(_name(finding), []).append(finding)
    found = (_one(group, every=every) for group in groups.values())
    return advised(sorted(found, key=lambda one: one.sort_key))


def _keyed(findings: list[Finding], groups: dict[str, list[Finding]]) -> list[Finding]:
    """The findings that begin a group of their own; the others go where their secret or ID already is."""
    owners: dict[object, str] = {}
    for finding in findings:
        if finding.key_id and finding.secret:
            groups.setdefault(finding.fingerprint, []).append(finding)
            owners.setdefault(finding.key_id, finding.fingerprint)
            owners.setdefault(finding.secret, finding.fingerprint)
    rest = []
    for finding in findings:
        if finding.key_id and finding.secret:
            continue
        owner = owners.get(finding.key_id or finding.secret or finding.token)
        if owner is None:
            rest.append(finding)
        else:
            groups[owner].append(finding)
    return rest


def _name(finding: Finding) -> str:
    return finding.key_id or finding.fingerprint


def _one(group: Sequence[Finding], *, every: bool) -> Finding:
    best = min(group, key=_weight)
    places = sorted(group, key=lambda one: (REACHES.index(one.reachable), one.date or "", one.sort_key))
    listed = places if every else list({one.path: one for one in reversed(places)}.values())[::-1]
    occurrences = tuple(Occurrence(one.path, one.line, one.commit, one.reachable) for one in listed)
    in_head = None if best.in_head is None else any(one.in_head for one in group)
    return best._replace(occurrences=occurrences, occurrence_count=len(group), in_head=in_head)


def _weight(finding: Finding) -> tuple[int, int, int, str, object]:
    """Smaller is better: severity, parts, how directly it is reached, when, where."""
    return (
        -SEVERITIES.index(finding.severity),
        -len(finding.parts),
        REACHES.index(finding.reachable),
        finding.date or "",
        finding.sort_key,
    )
