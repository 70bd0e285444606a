"""Compares keyguard with what the tests of other scanners expect, case by case.

The cases are literal keys, so they are no part of this project: a file of JSON Lines with ``peer``,
``source`` (path and line there), ``text``, ``expect`` and ``values`` is named on the command line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import keyguard
from benchmarks.accuracy.found import values
from benchmarks.accuracy.rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NONE, PAIR = "none", "pair"


class Compared(NamedTuple):
    """A case, without its text: where it is from, what is expected, whether keyguard agrees."""

    peer: str
    source: str
    expect: str
    agrees: bool
    found: tuple[str, ...]
    """The rules of what keyguard reports."""


def compared(lines: Iterable[str]) -> Iterator[Compared]:
    """Each case of a file."""
    for line in lines:
        case = json.loads(line)
        findings = list(keyguard.scan_text(case["text"]))
        agrees = _agrees(case["expect"], frozenset(case["values"]), findings)
        yield Compared(
            case["peer"], case["source"], case["expect"], agrees, tuple(one.rule for one in findings)
        )


def _agrees(expect: str, wanted: frozenset[str], findings: list[keyguard.Finding]) -> bool:
    """Whether all that was wanted is reported; examples that AWS documents may be reported as such."""
    if expect == NONE:
        return all(one.severity == "info" for one in findings)
    told = [values(one) for one in findings]
    together = expect != PAIR or any(len(one) > 1 for one in told)
    return together and wanted <= frozenset().union(*told)


def differences() -> dict[tuple[str, str], str]:
    """Why keyguard rightly differs, by the peer and the place in its source."""
    return {(peer, source): why for peer, source, why in rows("differences.tsv")}


def summary(cases: Iterable[Compared]) -> Iterator[str]:
    """Lines that say how many agree, which rightly do not and why, and which should."""
    known = differences()
    all_of_them = list(cases)
    differing = [case for case in all_of_them if not case.agrees]
    wrong = [case for case in differing if (case.peer, case.source) not in known]
    agreeing = len(all_of_them) - len(differing)
    rightly = len(differing) - len(wrong)
    yield f"{agreeing} of {len(all_of_them)} as expected, {rightly} rightly not, {len(wrong)} wrong"
    for case in differing:
        why = known.get((case.peer, case.source), "WRONG")
        yield "\t".join((case.peer, case.source, case.expect, ",".join(case.found) or "nothing", why))
