"""What is reported in packages that hold no keys: the second half of accuracy."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.accuracy import found, hits, others, packages
from benchmarks.accuracy.rows import rows
from benchmarks.plan import Plan, keyguard
from benchmarks.timing import measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.accuracy.hits import Hit
    from benchmarks.accuracy.others import Outcome
    from benchmarks.accuracy.packages import Text
    from benchmarks.peers import Peer
    from benchmarks.place import Place
    from keyguard.model import Finding, Severity

EXAMPLE, KEY = "documented example", "key of somebody's"
NAME: Final = "keyguard"
OWN: Final[Mapping[str, Severity]] = {"keyguard": "info", "keyguard, medium or worse": "medium"}
"""All that it reports; what fails a commit."""

KINDS: Final = {
    "aws-access-key-pair": hits.PAIR,
    "aws-access-key-id": hits.ID,
    "aws-legacy-access-key-id": hits.ID,
    "aws-secret-access-key": hits.SECRET,
}
"""The kind of what a rule finds; everything else is a token."""


class Silence(NamedTuple):
    """What was reported in a part of the packages: by keyguard first, then by the peers."""

    part: str
    content: Text
    outcomes: Sequence[Outcome]
    findings: Mapping[str, Sequence[Finding]]
    apart: Mapping[tuple[str, int], str]
    """Places that hold an example that AWS documents, or a real key: not false positives."""


class Speed(NamedTuple):
    """Bytes, and bytes a second: of wall time, and of processor time."""

    size: int
    wall: float
    cpu: float


def measured(part: str, folder: str, place: Place, installed: Iterable[Peer], limit: float) -> Silence:
    """Scan a part with every scanner."""
    content = packages.content(folder)
    findings = found.scan(folder)
    ours = [
        others.Outcome(name, tuple(_hits(findings, least)), content.text, whole=True)
        for name, least in OWN.items()
    ]
    folders = [one.path for one in os.scandir(folder) if one.is_dir()]
    outcomes = [*ours, *(others.run(peer, place, folders, limit) for peer in installed)]
    return Silence(part, content, outcomes, findings, _apart(findings))


def _hits(findings: Mapping[str, Iterable[Finding]], least: Severity) -> list[Hit]:
    """Those of keyguard's findings that are as severe as ``least``, one for each place."""
    return [
        hits.Hit(path, finding.line, KINDS.get(finding.rule, hits.TOKEN))
        for path, some in findings.items()
        for finding in some
        if finding.at_least(least)
    ]


def _apart(findings: Mapping[str, Iterable[Finding]]) -> dict[tuple[str, int], str]:
    examples = {
        (path, part.line): EXAMPLE
        for path, some in findings.items()
        for finding in some
        if finding.severity == "info"
        for part in finding.parts
    }
    return examples | {place: KEY for place, _ in reviewed()}


def apart(folder: str) -> dict[tuple[str, int], str]:
    """The places of a part that are no false positives."""
    return _apart(found.scan(folder))


def reviewed() -> list[tuple[tuple[str, int], str]]:
    """Places in the packages that a person has looked at and found to hold a real key, and whose it is."""
    return [((name, int(line)), why) for name, line, why in rows("reviewed.tsv")]


def counted(silence: Silence, outcome: Outcome) -> Counter[str]:
    """How many places a scanner reported, by kind; what is no false positive under names of its own."""
    return Counter(silence.apart.get((hit.path, hit.line), hit.kind) for hit in outcome.hits)


def false(counts: Counter[str]) -> int:
    """The false positives of all kinds."""
    return sum(number for kind, number in counts.items() if kind not in {EXAMPLE, KEY})


def rate(number: int, outcome: Outcome) -> float:
    """So many for each 100 MB of text."""
    return number * 1e8 / outcome.text if outcome.text else 0.0


def distinct(silence: Silence) -> int:
    """How many different values keyguard's false positives are."""
    return len(
        {
            finding.fingerprint
            for path, some in silence.findings.items()
            for finding in some
            if (path, finding.line) not in silence.apart
        }
    )


def speed(cache: str, parts: Sequence[str], place: Place) -> Speed:
    """Scan all parts in one process, a few times; the median counts, start included."""
    size = sum(packages.content(os.path.join(cache, part)).size for part in parts)
    argv = keyguard("scan", "--exit-zero", "--no-gitignore", "-j", "1", *parts)
    (result,) = measure([Plan().long(NAME, argv, (cache, place.environment))])
    return Speed(size, size / result.wall, size / result.cpu) if result.measured else Speed(size, 0, 0)
