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
        keys=_keys(asked.keys, row.keys) if keys_known else row.keys,
    )


def _keys(asked: Sequence[Key], rows: Sequence[Key]) -> tuple[Key, ...]:
    """The keys, each with the row of one made when it was: two of the same second have a row each."""
    left = list(rows)
    found = []
    for key in asked:
        row = next((one for one in left if one.created == key.created), None)
        found.append(key if row is None else _key(key, row))
        left = [one for one in left if one is not row]
    return tuple(found)


def _key(asked: Key, row: Key) -> Key:
    """A key with its number, and with its last use where that could not be asked for."""
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
