"""How many of the forms are found, by each scanner: the first half of accuracy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.accuracy import found, hits, others

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.accuracy.cases import Case, Form
    from benchmarks.accuracy.found import Verdict
    from benchmarks.peers import Peer
    from benchmarks.place import Place


class Recall(NamedTuple):
    """What became of the files: keyguard's verdict on each, and which ones each peer reports."""

    cases: Sequence[Case]
    verdicts: Mapping[str, Verdict]
    alarms: Mapping[str, frozenset[str]]
    partial: frozenset[str]
    """Peers whose time was up, or that failed."""


def measured(cases: Sequence[Case], place: Place, installed: Iterable[Peer], limit: float) -> Recall:
    """Write the files below the place, and let every scanner look at the same ones."""
    folder = place.path("forms")
    for case in cases:
        path = os.path.join(folder, case.path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(case.data)
    findings = found.scan(folder)
    verdicts = {case.path: found.judge(case, findings.get(case.path, ())) for case in cases}
    outcomes = [others.run(peer, place, [folder], limit) for peer in installed]
    alarms = {one.name: _files(one) for one in outcomes}
    return Recall(cases, verdicts, alarms, frozenset(one.name for one in outcomes if not one.whole))


def _files(outcome: others.Outcome) -> frozenset[str]:
    return frozenset(path.partition(os.sep)[2] for path in hits.by_path(outcome.hits))


def forms(cases: Iterable[Case]) -> dict[Form, list[Case]]:
    """The cases of each form."""
    grouped: dict[Form, list[Case]] = {}
    for case in cases:
        grouped.setdefault(case.form, []).append(case)
    return grouped


def missed(recall: Recall) -> list[tuple[Form, float, float, float]]:
    """The forms of which keyguard has not found all, all right, all at the right place; the three shares."""
    rows = [(form, *shares(recall, cases)) for form, cases in forms(recall.cases).items()]
    return [row for row in rows if min(row[1:]) < 1]


def shares(recall: Recall, cases: Sequence[Case]) -> tuple[float, float, float]:
    """Keyguard's shares of ``cases``: something found, everything found, all of it at the right place."""
    verdicts = [recall.verdicts[case.path] for case in cases]
    return (
        sum(one.alarm for one in verdicts) / len(verdicts),
        sum(one.right for one in verdicts) / len(verdicts),
        sum(one.exact for one in verdicts) / len(verdicts),
    )
