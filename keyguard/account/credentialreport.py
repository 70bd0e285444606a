"""Reads a credential report, the CSV in which IAM tells of all users of an account.

The columns are those of the IAM User Guide, "Generate credential reports for your AWS account".  They are
found by name, so that their order does not matter and new ones do no harm.  A row that cannot be read is a
result too, and nothing of its content is repeated: somebody may have named a file full of secrets.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from keyguard.account.users import ROOT, Key, User
from keyguard.errors import SourceError
from keyguard.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NUMBERS: Final = (1, 2)
"""A user has two keys at most (IAM quotas)."""

_OF_A_KEY: Final = ("active", "last_rotated", "last_used_date")
REQUIRED: Final = (
    "user",
    "arn",
    "password_enabled",
    "mfa_active",
    *(f"access_key_{number}_{what}" for number in NUMBERS for what in _OF_A_KEY),
)
NO_ROOT: Final = f"it has no row for the root user, {ROOT}: nothing is known of it"
"""Why an audit of a whole report is incomplete all the same."""

_UNKNOWN: Final = frozenset({"", "n/a", "no_information", "not_supported"})
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "false": False}
_NEVER: Final = "n/a"
_SEPARATORS: Final = (",", ";", "\t")
_AGAIN: Final = "download it again: `aws iam get-credential-report --query Content --output text | base64 -d`"


def read(lines: Iterable[str], name: str) -> Iterator[User | Skipped]:
    """The users that a credential report tells of, and what of it cannot be read, in the order of the file.

    ``lines`` keep their ends; ``name`` is what the file is called in errors and in what is skipped.  Raises
    :class:`SourceError` for what is no credential report at all.
    """
    source = iter(lines)
    head = next(source, "").removeprefix("\ufeff")
    separator = max(_SEPARATORS, key=head.count)  # spreadsheets write others than they were given
    columns = _columns(head, separator, name)
    rooted = False
    for one in _rows(csv.reader(source, delimiter=separator, strict=True), len(columns), name):
        if isinstance(one, Skipped):
            yield one
            continue
        line, cells = one
        user, wrong = _user({column: cells[at].strip() for column, at in columns.items()}, line)
        rooted = rooted or user.root
        yield user
        if wrong:
            yield Skipped(f"{name}:{line}", f"not as AWS writes it: {', '.join(wrong)}")
    if not rooted:
        yield Skipped(name, NO_ROOT)


def together(several: Iterable[Skipped]) -> list[Skipped]:
    """One entry for each reason, at its first row: a spreadsheet has rewritten all of them, or none."""
    by_reason: dict[str, list[Skipped]] = {}
    for one in several:
        by_reason.setdefault(one.reason, []).append(one)
    return [
        first if not more else first._replace(reason=f"{reason}; and {len(more):,} more rows")
        for reason, (first, *more) in by_reason.items()
    ]


def _columns(head: str, separator: str, name: str) -> Mapping[str, int]:
    """Where each column stands.  Raises :class:`SourceError` when one that is needed is missing."""
    names = [cell.strip().strip('"').lower() for cell in head.split(separator)]
    missing = [column for column in REQUIRED if column not in names]
    if len(missing) == len(REQUIRED):
        raise SourceError(f"{name} is no credential report", _AGAIN)
    if missing:
        raise SourceError(f"{name} lacks the columns {', '.join(missing)}", _AGAIN)
    if twice := sorted({column for column in names if names.count(column) > 1}):
        raise SourceError(f"{name} has two columns called {' and '.join(twice)}", _AGAIN)
    return {column: at for at, column in enumerate(names)}


def _rows(reader: Iterator[list[str]], width: int, name: str) -> Iterator[tuple[int, list[str]] | Skipped]:
    """Each row that is whole, with the number of its line; the first line was the head."""
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Skipped(f"{name}:{_line(reader)}", "it is no CSV from here on, or cut off")
            return
        if len(cells) == width:
            yield _line(reader), cells
        elif cells:
            yield Skipped(
                f"{name}:{_line(reader)}", f"it has {len(cells)} of {width} columns: is it cut off?"
            )


def _line(reader: Iterator[list[str]]) -> int:
    return 1 + int(reader.line_num)  # type: ignore[attr-defined] # csv.reader's type has no public name


def _user(cells: Mapping[str, str], line: int) -> tuple[User, list[str]]:
    """The user of a row, and the columns that cannot be read."""
    wrong: list[str] = []
    keys = [_key(cells, number, wrong) for number in NUMBERS]
    user = User(
        name=cells["user"],
        arn=cells["arn"] or None,
        console=_boolean(cells, "password_enabled", wrong),
        mfa=_boolean(cells, "mfa_active", wrong),
        keys=tuple(key for key in keys if key is not None),
        line=line,
    )
    return user, wrong


def _key(cells: Mapping[str, str], number: int, wrong: list[str]) -> Key | None:
    """The key with that number, or None when there is none: it has no date, and is not active."""
    column = f"access_key_{number}_"
    active = _boolean(cells, f"{column}active", wrong)
    if not active and cells[f"{column}last_rotated"].lower() in _UNKNOWN:
        return None
    return Key(
        active=active,
        created=_date(cells, f"{column}last_rotated", wrong),
        used=_used(cells[f"{column}last_used_date"]),
        last_used=_date(cells, f"{column}last_used_date", wrong),
        region=_text(cells.get(f"{column}last_used_region", "")),
        service=_text(cells.get(f"{column}last_used_service", "")),
        number=number,
    )


def _used(cell: str) -> bool | None:
    """Whether a key was ever used: AWS writes N/A when it was not, and a date when it was."""
    if cell.lower() == _NEVER:
        return False
    return None if cell.lower() in _UNKNOWN else True


def _boolean(cells: Mapping[str, str], column: str, wrong: list[str]) -> bool | None:
    cell = cells[column].lower()
    if cell not in _BOOLEANS and cell not in _UNKNOWN:
        wrong.append(column)
    return _BOOLEANS.get(cell)


def _date(cells: Mapping[str, str], column: str, wrong: list[str]) -> datetime | None:
    """The time in a cell, if it is in ISO 8601; others are ambiguous, and guessing days would be wrong."""
    cell = cells[column]
    if cell.lower() in _UNKNOWN:
        return None
    try:
        time = datetime.fromisoformat(cell)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        wrong.append(column)
        return None


def _text(cell: str) -> str | None:
    return None if cell.lower() in _UNKNOWN else cell
