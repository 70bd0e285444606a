"""Puts together what IAM said of a user when asked, and what its credential report says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.account.users import ROOT, Key, User, root_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def joined(asked: User, row: User | None, *, keys_known: bool) -> User:
    """One user out of both; what was asked is newer.  ``keys_known``: whether the keys could be asked for."""
    if row is None:
        return asked
    return asked._replace(
        console=asked.console or row.console,
        mfa=row.mfa if asked.mfa is None else asked.mfa,
        keys=tuple(_key(key, row.keys) for key in asked.keys) if keys_known else row.keys,
    )


def _key(asked: Key, rows: Sequence[Key]) -> Key:
    """A key with its number, and with its last use where that could not be asked for."""
    row = next((one for one in rows if one.created == asked.created), None)
    if row is None:
        return asked
    if asked.used is not None:
        return asked._replace(number=row.number)
    return row._replace(active=asked.active, id=asked.id)


def root(row: User | None, summary: Mapping[str, int] | None, others: Sequence[User]) -> User | None:
    """The root user, out of the report and the account summary, which is newer; None if neither tells."""
    if summary is None:
        return row
    arn = row.arn if row else next((found for found in map(root_of, others) if found), None)
    known = row.keys if row else ()
    has_keys = bool(summary.get("AccountAccessKeysPresent"))
    keys = (known or (Key(active=None, created=None),)) if has_keys else ()
    return User(ROOT, arn, console=None, mfa=bool(summary.get("AccountMFAEnabled")), keys=keys)
