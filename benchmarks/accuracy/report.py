"""What was measured, as tables to read and to paste into the documentation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from benchmarks.accuracy import hits, negatives, recall
from benchmarks.table import EMPTY, Figure, grid
from keyguard.findings import SURE
from keyguard.judge import WEAK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from benchmarks.accuracy.cases import Case
    from benchmarks.accuracy.chance import Scores
    from benchmarks.accuracy.negatives import Silence, Speed
    from benchmarks.accuracy.others import Outcome
    from benchmarks.accuracy.recall import Recall

    Row = tuple[str, ...]

KINDS: Final = (hits.ID, hits.PAIR, hits.SECRET, hits.UNKNOWN, hits.TOKEN)
CHOSEN, HELD_OUT = "", "held out"
LOOSE: Final = 1.0
"""False positives in 100 MB that a bare secret's recall may cost."""

MISSED_BARE, MISSED_NAMED, MISSED_SEVERAL = 0.1, 0.01, 0.5
"""Percent: of bare secrets, of those with a name, of files with several keys."""

SPEED: Final = 300.0
"""Megabytes a second and core, at least."""


def percent(share: float) -> str:
    """A share, rounded down: 100 is said of nothing less."""
    return f"{math.floor(share * 1000) / 10:g}"


def by_group(measured: Recall, *, markdown: bool) -> str:
    """The shares of each group of forms; what is held out by itself."""
    groups: dict[tuple[str, bool], list[Case]] = {}
    for case in measured.cases:
        groups.setdefault((case.form.group, case.form.held_out), []).append(case)
    rows = [
        (name, HELD_OUT if held_out else CHOSEN, str(len(recall.forms(cases))), *_shares(measured, cases))
        for (name, held_out), cases in groups.items()
    ]
    for title, held_out in (("all", False), ("all", True)):
        cases = [case for case in measured.cases if case.form.held_out == held_out]
        forms = str(len(recall.forms(cases)))
        rows.append((title, HELD_OUT if held_out else CHOSEN, forms, *_shares(measured, cases)))
    return grid([("group", "", "forms", *_heads(measured)), *rows], markdown=markdown)


def by_form(measured: Recall, *, markdown: bool) -> str:
    """The shares of each form."""
    rows = [
        (form.group, form.name, HELD_OUT if form.held_out else CHOSEN, *_shares(measured, cases))
        for form, cases in recall.forms(measured.cases).items()
    ]
    return grid([("group", "form", "", *_heads(measured)), *rows], markdown=markdown)


def _heads(measured: Recall) -> Row:
    peers = (name + " (part)" * (name in measured.partial) for name in measured.alarms)
    return ("keyguard: any", "all", "exact", *peers)


def _shares(measured: Recall, cases: Sequence[Case]) -> Row:
    own = map(percent, recall.shares(measured, cases))
    others = (_alarmed(cases, files.__contains__) for files in measured.alarms.values())
    return (*own, *others)


def _alarmed(cases: Sequence[Case], reported: Callable[[str], bool]) -> str:
    return percent(sum(reported(case.path) for case in cases) / len(cases))


def by_kind(silence: Silence, *, markdown: bool) -> str:
    """The false positives of each scanner for each 100 MB of text, by kind, and what was none."""
    heads = ("scanner", "text read", *KINDS, "all per 100 MB", "documented examples", "real keys")
    rows = [heads, *(_counts(silence, outcome) for outcome in silence.outcomes)]
    return grid(rows, markdown=markdown)


def _counts(silence: Silence, outcome: Outcome) -> Row:
    if outcome.error:
        return (outcome.name, f"failed: {outcome.error}", *(EMPTY,) * (len(KINDS) + 3))
    counts = negatives.counted(silence, outcome)
    kinds = (f"{negatives.rate(counts[kind], outcome):.2f}" if counts[kind] else EMPTY for kind in KINDS)
    whole = f"{negatives.rate(negatives.false(counts), outcome):.2f}"
    apart = (str(counts[negatives.EXAMPLE]), str(counts[negatives.KEY]))
    return (outcome.name, f"{outcome.text / 1e6:.0f} MB", *kinds, whole, *apart)


def places(silence: Silence) -> Iterator[str]:
    """Where keyguard's false positives are: path, line, rule, severity, score; no key."""
    for path, findings in sorted(silence.findings.items()):
        for one in findings:
            if (path, one.line) not in silence.apart:
                place = f"{silence.part}/{path}:{one.line}:{one.column}"
                yield f"{place}: {one.rule} {one.severity} {one.score:.3f}"


def misses(measured: Recall) -> Iterator[str]:
    """The forms that keyguard does not find completely."""
    for form, *shares in recall.missed(measured):
        held_out = f" ({HELD_OUT})" if form.held_out else ""
        any_, right, exact = map(percent, shares)
        yield f"{form.group}: {form.name}{held_out}: any {any_}, all {right}, exact {exact}"


def chances(curves: Iterable[Scores], *, markdown: bool) -> str:
    """How well random secrets are told apart."""
    heads = (
        "secrets without a word",
        "recall at 1 in 100 MB",
        f"at {SURE:g}: recall",
        "in 100 MB",
        f"at {WEAK:g}: recall",
        "in 100 MB",
    )
    rows = [
        (
            one.name,
            _exactly(one.best(LOOSE)),
            *(
                cell
                for mark in (SURE, WEAK)
                for cell in (_exactly(one.recall(mark)), f"{one.rate(mark):.2f}")
            ),
        )
        for one in curves
    ]
    return grid([heads, *rows], markdown=markdown)


def _exactly(share: float) -> str:
    return f"{share:.4%}"


def chosen(around: Scores, named: float) -> Iterator[Figure]:
    """What is to be reached of random secrets: the share that is missed, without a word and with a name."""
    missed = 100 * (1 - around.best(LOOSE))
    yield Figure("secrets without a word missed, at 1 in 100 MB", missed, MISSED_BARE, "%")
    yield Figure("secrets with a name missed", 100 * (1 - named), MISSED_NAMED, "%")


def figures(measured: Recall) -> Iterator[Figure]:
    """What is to be reached of the forms, all and held out."""
    for held_out in (False, True):
        cases = [case for case in measured.cases if case.form.held_out == held_out]
        name = "held-out forms" if held_out else "other forms"
        _, right, exact = recall.shares(measured, cases)
        yield Figure(f"{name}: files with a key missed", 100 * (1 - right), 0.0, "%")
        yield Figure(f"{name}: files with a wrong place", 100 * (1 - exact), 0.0, "%")
    several = [case for case in measured.cases if len(case.expected) > 1]
    wrong = 100 * (1 - recall.shares(measured, several)[1])
    yield Figure("files with several keys, a wrong one", wrong, MISSED_SEVERAL, "%")
    yield Figure("findings that are wrong or half", sum(one.extra for one in measured.verdicts.values()), 0)


def speeds(speed: Speed) -> Iterator[Figure]:
    """How fast keyguard has to be."""
    for name, value in (("wall time", speed.wall), ("processor time", speed.cpu)):
        yield Figure(f"megabytes a second of {name}", value / 1e6, SPEED, at_least=True)
