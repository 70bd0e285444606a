"""Holds the users of an account to the practices: users and a time in, findings out."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard import digests
from keyguard.account import practices
from keyguard.advice.practices import DAYS
from keyguard.model import Finding, Holder, Severity
from keyguard.reporters.safe import shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from keyguard.account.users import Key, User

SOURCE: Final = "account"
_OF_A_USER: Final = frozenset({practices.TWO_KEYS, practices.CONSOLE_AND_KEYS})
"""What is wrong with the user, although it shows in keys."""

_MOST_KEYS: Final = 1
"""Of the keys of a user, how many may be active."""


class Limits(NamedTuple):
    """When the audit takes place, and what it lets pass: keys up to ``age`` days old, unused for ``idle``."""

    now: datetime
    age: int = DAYS
    idle: int = DAYS


class Broken(NamedTuple):
    """A practice that is not kept: which, how so, and how severe if not as usual."""

    rule: str
    message: str
    severity: Severity | None = None


def findings(user: User, limits: Limits, path: str | None = None) -> Iterator[Finding]:
    """What is wrong with a user and their keys; ``path`` is the file that tells of the user, if one does."""
    active = [key for key in user.keys if key.active]
    if user.root:
        yield from _root(user, path)
        return
    if user.console and user.mfa is False:
        message = f"{user.name} has a password for the console, and no MFA device."
        yield finding(Broken(practices.USER_MFA, message), user, None, path)
    if user.console and active:
        message = f"{user.name} has a password for the console, and {_counted(active)}."
        yield finding(Broken(practices.CONSOLE_AND_KEYS, message), user, active[0], path)
    if len(active) > _MOST_KEYS:
        message = f"{user.name} has {_counted(active)}: {' and '.join(map(_known_as, active))}."
        yield finding(Broken(practices.TWO_KEYS, message), user, _least(active), path)
    for key in user.keys:
        yield from _key(user, key, limits, path)


def _root(user: User, path: str | None) -> Iterator[Finding]:
    for key in user.keys:
        state = "a deactivated" if key.active is False else "an"
        severity: Severity = "medium" if key.active is False else "critical"
        message = f"The root user has {state} access key, made {day(key.created)}; {use(key)}."
        yield finding(Broken(practices.ROOT_KEY, message, severity), user, key, path)
    if user.mfa is False:
        yield finding(Broken(practices.ROOT_MFA, "The root user has no MFA device."), user, None, path)


def _key(user: User, key: Key, limits: Limits, path: str | None) -> Iterator[Finding]:
    """What is wrong with a key by itself."""
    what = f"Access key {_known_as(key)} of {user.name}, made {day(key.created)}"
    if key.active is False:
        message = f"{what}, is deactivated; {use(key)}."
        yield finding(Broken(practices.INACTIVE_KEY, message), user, key, path)
    if not key.active:
        return
    days = age(key.created, limits.now)
    if days is not None and days > limits.age:
        message = f"{what}, is {days:,} days old, more than {limits.age}; {use(key)}."
        yield finding(Broken(practices.OLD_KEY, message), user, key, path)
    if broken := _unused(key, what, limits):
        yield finding(broken, user, key, path)


def _unused(key: Key, what: str, limits: Limits) -> Broken | None:
    """That a key is not used; a new one that was not used yet may be on its way to where it will be."""
    if key.used is False:
        days = age(key.created, limits.now)
        severity: Severity = "low" if days is not None and days <= limits.idle else "medium"
        return Broken(practices.UNUSED_KEY, f"{what}, was never used.", severity)
    idle = age(key.last_used, limits.now)
    if idle is None or idle <= limits.idle:
        return None
    message = f"{what}, was not used for {idle:,} days, more than {limits.idle}; {use(key)}."
    return Broken(practices.UNUSED_KEY, message)


def finding(broken: Broken, user: User, key: Key | None, path: str | None) -> Finding:
    """What a report says of a user, and of a key of theirs."""
    line = user.line or 1
    return Finding(
        rule=broken.rule,
        severity=broken.severity or practices.practice(broken.rule).severity,
        confidence="high",
        score=1.0,
        fingerprint=fingerprint(broken.rule, user, key),
        key_id=key.id if key else None,
        key_type="long-term" if key else None,
        account=user.account,
        secret=None,
        token=None,
        source=SOURCE,
        path=path,
        line=line,
        column=1,
        end_line=line,
        end_column=1 + len(user.name),
        encoding="plain",
        commit=None,
        object="user" if path is None else "blob",
        author=None,
        date=None,
        reachable=None,
        parts=(),
        occurrences=(),
        status=status(key),
        identity=user.arn,
        advice=steps(broken.rule, user, key),
        message=broken.message,
        holder=holder(user, key),
    )


def fingerprint(rule: str, user: User, key: Key | None) -> str:
    """A name for what was found that is the same from a file and from AWS: files know a key by its date."""
    made = [] if key is None or rule in _OF_A_USER else _made(user, key)
    return digests.fingerprint(*(part.encode() for part in (rule, user.arn or user.name, *made)))


def _made(user: User, key: Key) -> list[str]:
    """When a key was made, and which one it is of those made in the same second, but for the first."""
    before = takewhile(lambda one: one is not key, user.keys)
    twins = sum(one.created == key.created for one in before)
    when = key.created.isoformat() if key.created else str(key.number)
    return [when, str(twins)] if twins else [when]


def status(key: Key | None) -> str:
    """Whether a key works, in the words of every report."""
    if key is None:
        return "not-checked"
    return "unknown" if key.active is None else "active" if key.active else "inactive"


def steps(rule: str, user: User, key: Key | None) -> tuple[str, ...]:
    """What to do, with the user's name and the key's ID in the commands."""
    state = practices.INACTIVE if key is not None and key.active is False else ""
    templates = practices.STEPS.get(rule + state, practices.STEPS[rule])
    if key is not None and key.id is None and any("{id}" in step for step in templates):
        templates = (practices.FIND_ID, *templates)
    names = {"user": shell(user.name), "id": shell(key.id) if key and key.id else "ID"}
    return tuple(step.format_map(names) for step in templates)


def holder(user: User, key: Key | None) -> Holder:
    """What the account says of both, for machines."""
    if key is None:
        return Holder(user.name, user.console, user.mfa)
    return Holder(
        user=user.name,
        console=user.console,
        mfa=user.mfa,
        access_key=key.number,
        created=_instant(key.created),
        used=key.used,
        last_used=_instant(key.last_used),
        last_used_region=key.region,
        last_used_service=key.service,
    )


def use(key: Key) -> str:
    """When a key was last used, where and for what: ``last used on 2026-01-31, in us-east-1, for s3``."""
    if key.last_used is None:
        return "it was never used" if key.used is False else "when it was last used is unknown"
    where = [f"in {key.region}"] if key.region else []
    return ", ".join(
        [f"last used {day(key.last_used)}", *where, *([f"for {key.service}"] if key.service else [])]
    )


def day(time: datetime | None) -> str:
    """``on 2026-01-31``, or that it is unknown."""
    return f"on {time.date().isoformat()}" if time else "on an unknown day"


def age(time: datetime | None, now: datetime) -> int | None:
    """Whole days from ``time`` to ``now``."""
    return None if time is None else (now - time).days


def _instant(time: datetime | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None


def _counted(active: list[Key]) -> str:
    return "an active access key" if len(active) == 1 else f"{len(active)} active access keys"


def _known_as(key: Key) -> str:
    return key.id or str(key.number or "?")


def _least(active: list[Key]) -> Key:
    """The key that was not used for the longest time: the one that is not needed, if one is not."""
    return min(active, key=lambda key: key.last_used.timestamp() if key.last_used else 0)
