"""Makes credential reports as IAM writes them, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "123456789012"
KEY = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = (
    *("user", "arn", "user_creation_time", "password_enabled", "password_last_used"),
    *("password_last_changed", "password_next_rotation", "mfa_active"),
    *(f"access_key_{number}_{what}" for number in (1, 2) for what in KEY),
    *(f"cert_{number}_{what}" for number in (1, 2) for what in ("active", "last_rotated")),
)
"""In the order of the IAM User Guide."""

NO_KEY = ("false", *("N/A",) * 4)


def key(made: str = "2020-02-01", used: str = "N/A", active: str = "true") -> tuple[str, ...]:
    """The columns of a key, made and last used on these days."""
    if used == "N/A":
        return (active, instant(made), *("N/A",) * 3)
    return (active, instant(made), instant(used), "us-east-1", "s3")


def instant(day: str) -> str:
    """Noon of that day, as IAM writes it."""
    return f"{day}T12:00:00+00:00"


def root(used: str = "N/A", mfa: str = "true", keys: int = 1) -> str:
    """The row of the root user, who has a key, or not."""
    first = key(used=used) if keys else NO_KEY
    head = ("<root_account>", f"arn:aws:iam::{ACCOUNT}:root", instant("2019-01-01"))
    password = ("not_supported", instant("2020-01-01"), "not_supported", "not_supported")
    return ",".join((*head, *password, mfa, *first, *NO_KEY, "false", "N/A", "false", "N/A"))


def user(
    name: str,
    first: tuple[str, ...] = key(),
    second: tuple[str, ...] = NO_KEY,
    *,
    password: str = "false",  # noqa: S107 - not a password, but whether there is one
    mfa: str = "false",
) -> str:
    """The row of a user, with a key that is old and was never used."""
    head = (name, f"arn:aws:iam::{ACCOUNT}:user/{name}", instant("2019-01-01"))
    passwords = (password, "no_information", instant("2019-01-01"), "N/A")
    return ",".join((*head, *passwords, mfa, *first, *second, "false", "N/A", "false", "N/A"))


def text(*rows: str) -> str:
    """A whole report."""
    return "".join(f"{row}\n" for row in (",".join(COLUMNS), *rows))


def write(path: Path, *rows: str) -> None:
    """A whole report, in a file."""
    path.write_text(text(*rows))
