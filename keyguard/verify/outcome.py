"""Tells of each finding what the answers mean for it: a key in many places was asked about once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.model import EXPIRED
from keyguard.verify import triage
from keyguard.verify.model import PROVEN, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keyguard.model import Finding, Secret
    from keyguard.verify.model import Key, Status
    from keyguard.verify.plan import Case

    _Asked = tuple[Key, Verdict]

_RANK: Final[Sequence[Status]] = (*PROVEN, "mismatched", "unknown", "inactive")
_ALONE: Final = "the ID is of a live key; its secret was not found"
_TOKENS: Final = "there is no such key, or none of the session tokens around is its own"
_NOBODYS: Final = "it belongs to none of the IDs that it was tried with"


class Book(NamedTuple):
    """What was asked and answered: by key, and by ID where no key was needed.  Threads add to it."""

    settled: dict[str, Verdict]
    asked: dict[Key, Verdict]

    def fill(self, cases: Iterable[Case], reason: str) -> None:
        """Say of the ``cases`` that were not answered why."""
        for case in cases:
            if not any(key in self.asked for key in case.tries):
                self.asked[case.tries[0]] = Verdict("unknown", reason, failed=True)


class Verdicts:
    """The verdicts on findings, once everything was asked."""

    def __init__(self, book: Book) -> None:
        """Take what ``book`` has now."""
        self._settled = book.settled
        self._by_id: dict[str, list[_Asked]] = {}
        self._by_value: dict[Secret, list[_Asked]] = {}
        for key, verdict in list(book.asked.items()):  # threads left behind may still add to it
            self._by_id.setdefault(key.id, []).append((key, verdict))
            for value in filter(None, (key.secret, key.token)):
                self._by_value.setdefault(value, []).append((key, verdict))

    def on(self, one: Finding) -> Verdict | None:
        """The verdict on a finding; None when nobody was asked about it."""
        if one.severity == "info":
            return None
        if one.key_id is None:
            return self._on_part(one)
        asked = self._by_id.get(one.key_id)
        if not asked:
            return self._settled.get(one.key_id)
        key, verdict = _best(asked)
        if one.secret is None and verdict.status == "mismatched":
            return verdict._replace(reason=_ALONE)
        if verdict.status == "inactive" and key.token and one.token is None:
            return Verdict("unknown", _TOKENS)
        own = one.secret is None or key.secret == one.secret or verdict.status not in PROVEN
        return verdict if own else _noted(verdict, "its secret is another one that was found, not this one")

    def _on_part(self, one: Finding) -> Verdict | None:
        """A lone secret or token is live when a key with it is; if not, it may be another key's."""
        value = one.secret or one.token
        asked = self._by_value.get(value) if value else None
        if not asked:
            return None
        key, verdict = _best(asked)
        known = verdict.status in PROVEN
        return _noted(verdict, f"it belongs to {key.id}") if known else Verdict("unknown", _NOBODYS)


def problems(book: Book) -> list[str]:
    """Why keys that should have been asked about were not: a sentence for each reason."""
    reasons: dict[str, set[str]] = {}
    by_id = [(key.id, verdict) for key, verdict in list(book.asked.items())]
    for key_id, verdict in (*book.settled.items(), *by_id):
        if verdict.failed:
            reasons.setdefault(verdict.reason, set()).add(key_id)
    return [_problem(len(ids), reason) for reason, ids in reasons.items()]


def applied(one: Finding, verdict: Verdict | None) -> Finding:
    """The finding with what is known of it now."""
    if verdict is None or (verdict.status == "unknown" and one.status == EXPIRED):
        return one
    severity = triage.severity(one.severity, verdict)
    identity = verdict.identity
    return one._replace(
        status=verdict.status,
        identity=identity.arn if identity else None,
        account=one.account or (identity.account if identity else None),
        triage=triage.facts(one.key_id or "", verdict),
        severity=severity,
    )


def _best(asked: Sequence[_Asked]) -> _Asked:
    return min(asked, key=lambda one: _RANK.index(one[1].status))


def _noted(verdict: Verdict, note: str) -> Verdict:
    return verdict._replace(facts=(("note", note), *verdict.facts))


def _problem(number: int, reason: str) -> str:
    keys = "a key" if number == 1 else f"{number:,} keys"
    return f"{keys} could not be asked about: {reason}"
