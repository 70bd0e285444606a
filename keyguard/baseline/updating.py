"""Makes baselines of findings, and brings them up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keyguard.baseline.entries import Baseline, Covers, Entry, Verdict, entry, hasher, of_account
from keyguard.baseline.matching import Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keyguard.model import Finding


class Change(NamedTuple):
    """A baseline brought up to date, with what went and what came."""

    baseline: Baseline
    dropped: tuple[Entry, ...]
    added: tuple[Entry, ...]


def created(findings: Iterable[Finding], salt: bytes, covers: Covers) -> Baseline:
    """A baseline that knows every finding, but for examples and placeholders: these never fail anything."""
    empty = Baseline(salt, covers=covers)
    keyed = hasher(salt)
    return joined(empty, [entry(keyed, finding) for finding in _worth_an_entry(findings)])


def updated(baseline: Baseline, findings: Sequence[Finding], *, add: bool) -> Change:
    """The baseline without what is gone, and, with ``add``, with what is new.

    An entry that stays is not changed, whatever it is found as now.  Those of an account stay.
    """
    known = Known(baseline)
    met = {found.hash for finding in findings if (found := known.entry(finding))}
    met.update(one.hash for one in baseline.entries if of_account(one.rule))
    kept = baseline._replace(entries=tuple(one for one in baseline.entries if one.hash in met))
    new = [one for one in _worth_an_entry(findings) if known.entry(one) is None] if add else []
    keyed = hasher(baseline.salt)
    whole = joined(kept, [entry(keyed, finding) for finding in new])
    before = {one.hash for one in baseline.entries}
    return Change(
        whole,
        tuple(one for one in baseline.entries if one.hash not in met),
        tuple(one for one in whole.entries if one.hash not in before),
    )


def joined(baseline: Baseline, entries: Iterable[Entry]) -> Baseline:
    """The baseline with more entries: one for each key, sorted.

    What tells more stays: an entry with an ID covers the one of the ID alone, and a verdict is never lost.
    """
    every: dict[str, Entry] = {}
    for one in (*baseline.entries, *entries):
        before = every.get(one.hash)
        every[one.hash] = one if before is None else _both(before, one)
    ids = {one.id for one in every.values() if one.id}
    judged = (one for one in every.values() if one.hash not in ids or one.verdict)
    return baseline._replace(entries=tuple(sorted(judged)))


def _both(first: Entry, second: Entry) -> Entry:
    more = second if second.id and not first.id else first
    verdict: Verdict = (
        "real" if "real" in (first.verdict, second.verdict) else first.verdict or second.verdict
    )
    return more._replace(verdict=verdict, reason=first.reason or second.reason)


def _worth_an_entry(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.severity != "info"]
