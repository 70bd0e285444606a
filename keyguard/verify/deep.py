"""Asks IAM, with a found key and for the user's explicit wish, how old the key is and what it may do.

Every call here only reads.  That the key may not make a call is an answer too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from keyguard.advice.practices import days_since
from keyguard.verify import policies, replies, triage, verdicts
from keyguard.verify.model import Call, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.verify.model import Answer, Facts, Identity, Key

    Ask = Callable[[Call], Answer]

VERSION: Final = "2010-05-08"
_CREATED: Final = "created"
_LAST_USED: Final = "last_used"
_MFA: Final = "mfa"
_ROOT_MAY: Final = f"{triage.YES}: the root user may do everything"


class NotToldError(Exception):
    """An answer could not be had; its text says why."""


def facts(key: Key, identity: Identity, ask: Ask, today: str) -> Facts:
    """Age, last use, MFA and power of a live key, each with the answer or why there is none."""
    told: dict[str, Callable[[], str]] = {}
    if not key.token:
        told |= {
            _CREATED: lambda: _created(key, ask, today),
            _LAST_USED: lambda: _last_used(key, ask),
            _MFA: lambda: _mfa(identity, ask),
        }
    told[triage.ADMINISTRATOR] = lambda: _administrator(identity, ask)
    return tuple((name, _told(function)) for name, function in told.items())


def call(ask: Ask, action: str, **parameters: str) -> str:
    """What IAM answers to ``action``.  Raises :class:`NotToldError`."""
    try:
        answer = ask(Call(action, VERSION, tuple(parameters.items())))
    except UnreachableError as error:
        raise NotToldError(f"not known: {error}") from None
    if verdicts.refused(answer):
        raise NotToldError(f"not known: the key may not ask iam:{action}")
    if answer.http != replies.OK or f"<{action}Result" not in answer.body:
        raise NotToldError(f"not known: iam:{action} failed (HTTP {answer.http})")
    return answer.body


def _told(function: Callable[[], str]) -> str:
    try:
        return function()
    except NotToldError as error:
        return str(error)


def _created(key: Key, ask: Ask, today: str) -> str:
    listed = call(ask, "ListAccessKeys")
    for one in replies.members(listed):
        if replies.element(one, "AccessKeyId") == key.id:
            created = replies.element(one, "CreateDate")[: len("2026-11-25")]
            return f"{created}, {_age(created, today)}"
    raise NotToldError("not known: its user's list of keys does not have it")


def _age(created: str, today: str) -> str:
    days = days_since(created, today)
    if days is None:
        raise NotToldError("not known: IAM gave no date")
    return "a day ago" if days == 1 else f"{max(days, 0):,} days ago"


def _last_used(key: Key, ask: Ask) -> str:
    used = call(ask, "GetAccessKeyLastUsed", AccessKeyId=key.id)
    when = replies.element(used, "LastUsedDate")
    if not when:
        return "never before, as far as IAM knows"
    return f"{when}, {replies.element(used, 'ServiceName')} in {replies.element(used, 'Region')}"


def _mfa(identity: Identity, ask: Ask) -> str:
    """Whether its user has a second factor; a key alone works without it unless a policy asks for it."""
    if triage.is_root(identity):
        summary = call(ask, "GetAccountSummary")
        enabled = "<key>AccountMFAEnabled</key>" in summary and _summary(summary, "AccountMFAEnabled") != "0"
        return triage.YES if enabled else "no"
    user = triage.user(identity)
    if user is None:
        raise NotToldError("not known: it is no user")
    devices = replies.elements(call(ask, "ListMFADevices", UserName=user), "SerialNumber")
    return f"{triage.YES}: {', '.join(devices)}" if devices else "no"


def _summary(text: str, name: str) -> str:
    return replies.element(text.partition(f"<key>{name}</key>")[2], "value")


def _administrator(identity: Identity, ask: Ask) -> str:
    if triage.is_root(identity):
        return _ROOT_MAY
    user, role = triage.user(identity), triage.role(identity)
    if user is None and role is None:
        raise NotToldError("not known: it is neither a user nor a role")
    holder = ("User", user) if user else ("Role", role or "")
    why: list[str] = []
    for source in policies.sources(*holder):
        try:
            power = source(partial(call, ask))
        except NotToldError as error:
            why.append(str(error))
            continue
        if power:
            return f"{triage.YES}: {power}"
    return why[0] if why else "no, as far as its policies say"
