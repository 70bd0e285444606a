"""Gathers the users of an account and their keys from IAM: from its credential report, and by asking.

The report may be four hours old, so what can be asked is asked, and the report adds what no call tells: who
has a password, and the root user's keys.  Whatever is refused leaves a gap, not an end.
"""

from __future__ import annotations

import io
import time
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyguard.account import credentialreport
from keyguard.account.calls import StoppedError
from keyguard.account.joining import joined, root
from keyguard.account.users import Key, User
from keyguard.errors import SourceError
from keyguard.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyguard.account.calls import Iam

    Watch = Callable[[int, int], None]

REPORT: Final = "credential report"
_PATIENCE: Final = 60
"""How often it is asked whether the credential report is ready, a second apart."""

_UNUSED: Final = "N/A"


class Gathered(NamedTuple):
    """What an account told: its users, what is unknown, and why it ended early if it did."""

    users: tuple[User, ...]
    skipped: tuple[Skipped, ...]
    errors: tuple[str, ...]
    root_keys: bool | None
    """Whether the root user has access keys."""
    all_keys: bool
    """Whether the keys of all IAM users are known, with their IDs."""
    interrupted: bool
    """Whether the user ended it."""


class _Seen:
    """What was learnt so far; mutable, so that nothing of it is lost when the rest cannot be had."""

    def __init__(self) -> None:
        self.rows: dict[str, User] = {}
        self.skipped: list[Skipped] = []
        self.summary: Mapping[str, int] | None = None
        self.users: list[User] = []
        self.listed = False
        self.stopped: str | None = None
        self.interrupted = False

    @property
    def cut(self) -> bool:
        return self.stopped is not None or self.interrupted

    @property
    def nothing(self) -> bool:
        return not self.users and not self.rows and self.summary is None


def gather(iam: Iam, deadline: float | None = None, watch: Watch = lambda _, __: None) -> Gathered:
    """Everything that ``iam`` tells, until ``deadline`` (:func:`time.monotonic`).

    ``watch`` is told how many users of how many were asked about.  Raises :class:`SourceError` when it
    tells nothing at all.
    """
    seen = _Seen()
    _learn(_steps(iam, seen, watch), seen, deadline)
    if seen.stopped is not None and seen.nothing:
        raise SourceError(seen.stopped, "nothing was audited")
    refused = iam.refused()
    return Gathered(
        users=tuple(sorted(_with_root(seen), key=lambda user: (not user.root, user.name))),
        skipped=(*refused, *credentialreport.together(seen.skipped)),
        errors=() if seen.stopped is None else (seen.stopped,),
        root_keys=None if seen.summary is None else bool(seen.summary.get("AccountAccessKeysPresent")),
        all_keys=_all_keys(seen, refused),
        interrupted=seen.interrupted,
    )


def _learn(steps: Iterator[None], seen: _Seen, deadline: float | None) -> None:
    """Take all steps, or as many as can be taken."""
    try:
        for _ in steps:
            if deadline is not None and time.monotonic() > deadline:
                seen.stopped = "the time of --timeout is up"
                return
    except StoppedError as stopped:
        seen.stopped = str(stopped)
    except KeyboardInterrupt:
        seen.interrupted = True


def _all_keys(seen: _Seen, refused: tuple[Skipped, ...]) -> bool:
    """Whether no key of any user is missing."""
    return seen.listed and not seen.cut and not any(one.path == "iam:ListAccessKeys" for one in refused)


def _with_root(seen: _Seen) -> list[User]:
    """The users, the root user among them if anything is known of it.

    Those of the credential report alone are among them unless IAM has told of all that there are.
    """
    known = {user.name for user in seen.users}
    whole = seen.listed and not seen.cut
    reported = [] if whole else [row for row in seen.rows.values() if row.name not in known]
    others = [user for user in (*seen.users, *reported) if not user.root]
    row = next((user for user in seen.rows.values() if user.root), None)
    one = root(row, seen.summary, others)
    return others if one is None else [one, *others]


def _steps(iam: Iam, seen: _Seen, watch: Watch) -> Iterator[None]:
    """Learn one thing after the other; between any two, there is time to stop."""
    seen.summary = iam.ask("get_account_summary", "SummaryMap")
    yield
    yield from _report(iam, seen)
    listed = iam.pages("list_users", "Users")
    seen.listed = listed is not None
    several = listed if listed is not None else _named(seen.rows)
    for told in several:
        yield
        seen.users.append(_user(iam, told, seen))
        watch(len(seen.users), len(several))


def _report(iam: Iam, seen: _Seen) -> Iterator[None]:
    """Have a credential report made, wait for it, and read it."""
    for _ in range(_PATIENCE):
        state = iam.ask("generate_credential_report", "State")
        yield
        if state in (None, "COMPLETE"):
            break
        time.sleep(1)
    content = iam.ask("get_credential_report", "Content")
    if content is None:
        seen.skipped.append(Skipped(REPORT, "not there: who has a password is known only in part"))
        return
    text = content.decode("utf-8", "replace")
    try:
        for one in credentialreport.read(io.StringIO(text, newline=""), REPORT):
            if isinstance(one, User):
                seen.rows[one.name] = one._replace(line=None)
            elif seen.summary is None or one.reason != credentialreport.NO_ROOT:
                seen.skipped.append(one)
    except SourceError as error:
        seen.skipped.append(Skipped(REPORT, error.message))


def _named(rows: Mapping[str, User]) -> list[dict[str, Any]]:
    """The users of the report, in the words of ListUsers."""
    return [{"UserName": row.name, "Arn": row.arn} for row in rows.values() if not row.root]


def _user(iam: Iam, told: Mapping[str, Any], seen: _Seen) -> User:
    """A user, with their keys and whether they have MFA."""
    name = told["UserName"]
    listed = iam.pages("list_access_keys", "AccessKeyMetadata", UserName=name)
    keys = None if listed is None else tuple(_key(iam, one) for one in listed)
    devices = iam.pages("list_mfa_devices", "MFADevices", UserName=name)
    row = seen.rows.get(name)
    if row is None and seen.rows:
        what = "newer than the credential report: whether it has a password may be unknown"
        seen.skipped.append(Skipped(told["Arn"], what, failed=False))
    return joined(
        User(
            name,
            told["Arn"],
            console=True if told.get("PasswordLastUsed") else None,
            mfa=None if devices is None else bool(devices),
            keys=keys or (),
        ),
        row,
        keys_known=keys is not None,
    )


def _key(iam: Iam, told: Mapping[str, Any]) -> Key:
    """A key, with when, where and for what it was last used."""
    last = iam.ask("get_access_key_last_used", "AccessKeyLastUsed", AccessKeyId=told["AccessKeyId"])
    where, what = ((last or {}).get(name, _UNUSED) for name in ("Region", "ServiceName"))
    return Key(
        active=told["Status"] == "Active",
        created=told["CreateDate"].astimezone(UTC).replace(microsecond=0),  # as credential reports have it
        used=None if last is None else last.get("LastUsedDate") is not None,
        last_used=(last or {}).get("LastUsedDate"),
        region=None if where == _UNUSED else where,
        service=None if what == _UNUSED else what,
        id=told["AccessKeyId"],
    )
