"""Decides what an answer says about a key; what it does not clearly say is unknown, never inactive.

Sources: STS API Reference, "Common errors" and GetCallerIdentity.  That an ID which AWS does not know and a
wrong signature are answered differently follows from these errors; AWS nowhere promises it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from keyguard.verify import replies
from keyguard.verify.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from keyguard.verify.model import Answer, Key, Status

Again = Literal["clock", "later"]

_STATES: Final[Mapping[str, Status]] = {
    "InvalidClientTokenId": "inactive",
    "UnrecognizedClientException": "inactive",
    "SignatureDoesNotMatch": "mismatched",
    "InvalidSignatureException": "mismatched",
    "ExpiredToken": "expired",
    "ExpiredTokenException": "expired",
    "AccessDenied": "denied",
    "AccessDeniedException": "denied",
}
_REASONS: Final[Mapping[Status, str]] = {
    "inactive": "there is no such key: deleted, deactivated, or of another partition than {partition}",
    "mismatched": "the ID is of a live key, the secret is not its own",
    "expired": "its session is over",
    "denied": "it is real, but its owner forbids what was asked",
}
_SPRUNG: Final = "its ID does not tell its account, which is known for tripwires: somebody was alerted"
_CLOCK: Final = ("RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture")
_SKEWED: Final = ("signature expired", "signature not yet current")
_LATER: Final = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "ServiceUnavailable",
    "InternalFailure",
    "InternalError",
)
_TOO_MANY: Final = 429
_SERVER: Final = 500
_REFUSED: Final = 403


def again(answer: Answer) -> Again | None:
    """Whether to ask once more: with the server's ``clock``, or ``later``; None when this is the answer."""
    if answer.code in _CLOCK or answer.message.casefold().startswith(_SKEWED):
        return "clock"
    return "later" if _overloaded(answer) else None


def verdict(key: Key, answer: Answer, host: str, partition: str, tripwires: Collection[str] = ()) -> Verdict:
    """What ``answer``, of the STS at ``host``, says about ``key``; ``tripwires`` are accounts."""
    if answer.http == replies.OK:
        return _live(answer, host, tripwires)
    if again(answer) == "clock":
        return _unknown("the clock here is wrong, and so is the one of the server")
    status = _STATES.get(answer.code)
    if status is None or not 400 <= answer.http < _SERVER:  # noqa: PLR2004 - where HTTP's refusals are
        return _unknown(_other(answer, host))
    if status == "inactive" and key.token is None and key.id.startswith("ASIA"):
        return _unknown("a temporary key says nothing without its session token")
    return Verdict(status, _REASONS[status].format(partition=partition))


def _live(answer: Answer, host: str, tripwires: Collection[str]) -> Verdict:
    identity = replies.identity(answer)
    if identity is None:
        return _unknown(_strange(answer, host))
    if identity.account in tripwires:
        return Verdict("canary", _SPRUNG, identity)
    return Verdict("active", identity=identity)


def refused(answer: Answer) -> bool:
    """Whether a key may not ask what it asked."""
    return answer.http == _REFUSED and _STATES.get(answer.code) == "denied"


def _overloaded(answer: Answer) -> bool:
    return answer.code in _LATER or answer.http == _TOO_MANY or answer.http >= _SERVER


def _unknown(reason: str) -> Verdict:
    return Verdict("unknown", reason, failed=True)


def _other(answer: Answer, host: str) -> str:
    if _overloaded(answer):
        return f"{host} is overloaded or out of order (HTTP {answer.http})"
    if answer.code.isalnum() and answer.code.isascii():
        return f"{host} answered {answer.code[:60]} (HTTP {answer.http})"
    return _strange(answer, host)


def _strange(answer: Answer, host: str) -> str:
    """Said of what is no answer of AWS's; what it says itself may be anything, and is not repeated."""
    if 300 <= answer.http < 400:  # noqa: PLR2004 - HTTP's redirections
        return f"{host} sent a redirect (HTTP {answer.http}), which is not followed"
    return f"what {host} answered is not from AWS (HTTP {answer.http}): is there a proxy in between?"
