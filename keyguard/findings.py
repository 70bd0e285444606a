"""Turns a candidate into a finding: how severe, how sure, which fingerprint, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard import digests, keyid, placeholders
from keyguard.advice.plan import advise
from keyguard.model import (
    EXPIRED,
    NOT_CHECKED,
    SEVERITIES,
    Confidence,
    Finding,
    Match,
    Part,
    Reading,
    Severity,
)

if TYPE_CHECKING:
    from keyguard.model import Candidate, Document
    from keyguard.rules import RuleSet

SURE: Final = 0.9
LIKELY: Final = 0.5
SHORT: Final = 64
"""Characters of a token that is told from a placeholder as a secret is; longer ones hold more by chance."""

QUIET_HINTS: Final = frozenset({"presigned-url", "authorization-header"})
"""Places where an ID stands without its secret by design."""


def finding(document: Document, candidate: Candidate, rules: RuleSet, today: str = "") -> Finding:
    """What a report says of ``candidate``.

    ``today`` is ``YYYY-MM-DD``; without it nothing counts as expired.
    """
    reading = _reading(candidate)
    key_id = _text(candidate.id) or reading.key_id
    status = EXPIRED if reading.expires and reading.expires[: len(today)] < today else NOT_CHECKED
    severity = _severity(candidate, rules)
    severity = _expired(severity, key_id) if status == EXPIRED else severity
    parts = tuple(Part(part.kind, *part.place) for part in candidate.parts)
    last = max(parts, key=lambda part: (part.end_line, part.end_column))
    origin = document.origin
    kind = keyid.key_type(key_id.encode()) if key_id else None
    found = Finding(
        rule=candidate.rule,
        severity=severity,
        confidence=_confidence(candidate.score),
        score=round(candidate.score, 3),
        fingerprint=fingerprint(candidate),
        key_id=key_id,
        key_type=kind,
        account=keyid.account(key_id.encode()) if key_id else reading.account,
        secret=candidate.secret.value if candidate.secret else None,
        token=candidate.token.value if candidate.token else None,
        source=origin.source,
        path=origin.path,
        line=parts[0].line,
        column=parts[0].column,
        end_line=last.end_line,
        end_column=last.end_column,
        encoding=_encoding(document, candidate.parts),
        commit=origin.commit,
        object=origin.object,
        author=origin.author,
        date=origin.date,
        reachable=origin.reachable,
        parts=parts,
        occurrences=(),
        status=status,
        identity=None,
        oid=origin.oid,
        advice=(),
        region=reading.region,
        expires=reading.expires,
    )
    return found._replace(advice=advise(found))


def fingerprint(candidate: Candidate) -> str:
    """A name for what was found that does not change when it moves: a hash of rule and key material.

    No path, line, commit or time is in it.
    """
    values = [
        part.value.reveal() if part else b"" for part in (candidate.id, candidate.secret, candidate.token)
    ]
    return digests.fingerprint(candidate.rule.encode(), *values)


def _severity(candidate: Candidate, rules: RuleSet) -> Severity:
    """``info`` when everything in it is an example; else as severe as what is left without the examples."""
    real = [part for part in candidate.parts if _real(part, rules)]
    if not real:
        return "info"
    kinds = {part.kind for part in real}
    if {"id", "secret"} <= kinds:
        return rules.rule(candidate.rule).severity
    if "secret" in kinds:
        return "medium" if candidate.score >= SURE else "low"
    return max((_alone(part, rules) for part in real), key=SEVERITIES.index)


def _expired(severity: Severity, key_id: str | None) -> Severity:
    """Nothing is left of a token that expired, unless a key is named in it that does not expire."""
    lasts = key_id is not None and keyid.key_type(key_id.encode()) == "long-term"
    return "low" if lasts and severity != "info" else "info"


def _alone(part: Match, rules: RuleSet) -> Severity:
    quiet = part.kind == "id" and (part.hint in QUIET_HINTS or not _long_term(part))
    return "low" if quiet else rules.rule(part.rule).severity


def _long_term(part: Match) -> bool:
    return keyid.key_type(part.value.reveal()) == "long-term"


def _real(part: Match, rules: RuleSet) -> bool:
    return example(part, rules) is None


def example(part: Match, rules: RuleSet) -> str | None:
    """Why it is nobody's key, if it is not; a token that names a key is an example if that key is one."""
    value = part.value.reveal()
    if rules.rule(part.rule).added:
        return "placeholder" if placeholders.is_worded(rules.examples, value) else None
    if part.kind != "token":
        return placeholders.reason(rules.examples, part.kind, value)
    if part.reading.key_id:
        return placeholders.reason(rules.examples, "id", part.reading.key_id.encode())
    return placeholders.reason(rules.examples, "secret" if len(value) <= SHORT else "token", value)


def _reading(candidate: Candidate) -> Reading:
    """What its parts say about themselves and about each other; a token knows best."""
    found = Reading()
    for part in (candidate.token, candidate.secret, candidate.id):
        found = found.or_else(part.reading) if part else found
    return found


def _confidence(score: float) -> Confidence:
    return "high" if score >= SURE else "medium" if score >= LIKELY else "low"


def _encoding(document: Document, parts: tuple[Match, ...]) -> str:
    inner = [part.encoding for part in parts if part.encoding != "plain"]
    return inner[0] if inner else document.encoding


def _text(match: Match | None) -> str | None:
    return match.value.reveal().decode("ascii") if match else None
