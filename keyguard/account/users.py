"""The values of an audit: users with their keys, whether a file or AWS told of them.

What is not known is None, and is not the same as false: a practice is broken only by what is known.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - mypy and readers want the same name
from typing import Final, NamedTuple

ROOT: Final = "<root_account>"
"""What credential reports call the root user."""

_ACCOUNT: Final = 4
"""The field of an ARN that holds the account: ``arn:aws:iam::123456789012:user/ann``."""


class Key(NamedTuple):
    """An access key of a user; ``number`` is 1 or 2, as credential reports count, and they know no ``id``."""

    active: bool | None
    created: datetime | None
    used: bool | None = None
    """Whether it was ever used, as far as AWS remembers (since April 2015)."""
    last_used: datetime | None = None
    region: str | None = None
    service: str | None = None
    number: int | None = None
    id: str | None = None


class User(NamedTuple):
    """An IAM user or the root user; ``line`` is where a file tells of it."""

    name: str
    arn: str | None
    console: bool | None
    """Whether it has a password for the console."""
    mfa: bool | None
    keys: tuple[Key, ...]
    line: int | None = None

    @property
    def root(self) -> bool:
        """Whether it is the account's root user."""
        return self.name == ROOT

    @property
    def account(self) -> str | None:
        """The account's twelve digits, out of the ARN."""
        fields = (self.arn or "").split(":")
        return fields[_ACCOUNT] if len(fields) > _ACCOUNT and fields[_ACCOUNT].isdigit() else None


def root_of(user: User) -> str | None:
    """The ARN of the root user of the account that ``user`` is in.

    >>> root_of(User("ann", "arn:aws-cn:iam::123456789012:user/ann", None, None, ()))
    'arn:aws-cn:iam::123456789012:root'
    """
    if user.arn is None or user.account is None:
        return None
    return f"{':'.join(user.arn.split(':')[: _ACCOUNT + 1])}:root"
