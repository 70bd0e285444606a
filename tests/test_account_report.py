"""Credential reports are read as they come, and what cannot be read is said."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
from datetime import UTC, datetime

import account_rows
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.account import credentialreport
from keyguard.account.credentialreport import NO_ROOT
from keyguard.account.users import Key, User
from keyguard.errors import SourceError
from keyguard.model import Skipped

ROOT = account_rows.root()
ANN = account_rows.user("ann", account_rows.key("2026-01-02", used="2026-03-04"), password="true", mfa="true")  # noqa: S106


def read(text: str) -> list[User | Skipped]:
    return list(credentialreport.read(io.StringIO(text, newline=""), "report.csv"))


def users(text: str) -> list[User]:
    return [one for one in read(text) if isinstance(one, User)]


def skipped(text: str) -> list[Skipped]:
    return [one for one in read(text) if isinstance(one, Skipped)]


def changed(row: str, **cells: str) -> str:
    """A row with other cells."""
    given = dict(zip(account_rows.COLUMNS, row.split(","), strict=True)) | cells
    return ",".join(given.values())


def test_a_report_as_iam_writes_it() -> None:
    root, ann = users(account_rows.text(ROOT, ANN))
    assert root.root
    assert (root.account, root.mfa, root.console, root.line) == (account_rows.ACCOUNT, True, None, 2)
    assert not ann.root
    assert ann == User(
        name="ann",
        arn=f"arn:aws:iam::{account_rows.ACCOUNT}:user/ann",
        console=True,
        mfa=True,
        keys=(
            Key(
                active=True,
                created=datetime(2026, 1, 2, 12, tzinfo=UTC),
                used=True,
                last_used=datetime(2026, 3, 4, 12, tzinfo=UTC),
                region="us-east-1",
                service="s3",
                number=1,
            ),
        ),
        line=3,
    )


@pytest.mark.parametrize(
    ("cells", "keys"),
    [
        pytest.param({}, [(1, True, True)], id="one key"),
        pytest.param({"access_key_1_active": "false"}, [(1, False, True)], id="deactivated, but there"),
        pytest.param(
            {"access_key_1_active": "false", "access_key_1_last_rotated": "N/A"}, [], id="no key at all"
        ),
        pytest.param({"access_key_1_last_used_date": "N/A"}, [(1, True, False)], id="never used"),
        pytest.param(
            {"access_key_1_last_used_date": "no_information"},
            [(1, True, None)],
            id="no information is unknown",
        ),
        pytest.param({"access_key_1_last_used_date": "not_supported"}, [(1, True, None)], id="not supported"),
        pytest.param(
            {"access_key_1_active": "TRUE"}, [(1, True, True)], id="upper case, as spreadsheets write"
        ),
        pytest.param(
            {"access_key_2_active": "true", "access_key_2_last_rotated": "2026-01-01T00:00:00Z"},
            [(1, True, True), (2, True, False)],
            id="two keys, one with a Z",
        ),
    ],
)
def test_keys(cells: dict[str, str], keys: list[tuple[int, bool, bool | None]]) -> None:
    _, ann = users(account_rows.text(ROOT, changed(ANN, **cells)))
    assert [(key.number, key.active, key.used) for key in ann.keys] == keys


@pytest.mark.parametrize("word", ["", "N/A", "no_information", "not_supported"])
def test_what_is_unknown_is_neither_true_nor_false(word: str) -> None:
    _, ann = users(account_rows.text(ROOT, changed(ANN, mfa_active=word, password_enabled=word)))
    assert (ann.mfa, ann.console) == (None, None)
    assert skipped(account_rows.text(ROOT, changed(ANN, mfa_active=word))) == []


@given(
    st.permutations(account_rows.COLUMNS), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"])
)
def test_order_separator_and_ends_of_lines_make_no_difference(
    order: list[str], separator: str, end: str
) -> None:
    rows = csv.DictReader(io.StringIO(account_rows.text(ROOT, ANN)))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, order, delimiter=separator, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    assert read(out.getvalue()) == read(account_rows.text(ROOT, ANN))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff" + account_rows.text(ROOT, ANN), id="a mark at the beginning"),
        pytest.param(account_rows.text(ROOT, ANN).removesuffix("\n"), id="no end of the last line"),
        pytest.param(account_rows.text(ROOT, ANN) + "\n\n", id="empty lines at the end"),
        pytest.param(
            account_rows.text(ROOT, ANN).replace(",", '","').replace("\n", '"\n"')[:-1], id="quotes"
        ),
    ],
)
def test_small_differences_make_none(text: str) -> None:
    text = f'"{text}' if '","' in text else text
    assert read(text) == read(account_rows.text(ROOT, ANN))


def test_unknown_columns_do_no_harm() -> None:
    head, *rows = account_rows.text(ROOT, ANN).splitlines()
    text = "\n".join([f"passkeys,{head},more", *(f"7,{row},8" for row in rows)])
    assert read(text) == read(account_rows.text(ROOT, ANN))


@pytest.mark.parametrize("column", credentialreport.REQUIRED)
def test_a_column_that_is_missing_is_named(column: str) -> None:
    text = account_rows.text(ROOT).replace(f"{column},", "renamed,", 1)
    with pytest.raises(SourceError, match=rf"report\.csv lacks the columns {column};"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("\n\n", id="empty lines"),
        pytest.param("Access key ID,Secret access key\nAKIA,xxxx\n", id="a downloaded key"),
        pytest.param('{"Content": "dXNlcixhcm4="}', id="what the CLI prints"),
        pytest.param("\0" * 100, id="zeros"),
        pytest.param("x" * 200_000, id="a long line"),
    ],
)
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(
        SourceError, match=r"report\.csv is no credential report; download it again"
    ) as raised:
        read(text)
    assert "xxxx" not in str(raised.value)


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(SourceError, match="two columns called user"):
        read(account_rows.text(ROOT).replace("user,", "user,user,", 1))


@pytest.mark.parametrize("cut", [1, 40, 130])
def test_a_report_that_is_cut_off_says_where(cut: int) -> None:
    text = account_rows.text(ROOT, ANN)[: -(cut + len(",N/A\n"))]
    assert [user.name for user in users(text)] == ["<root_account>"]
    (one,) = skipped(text)
    assert one.path == "report.csv:3"
    assert "cut off" in one.reason
    assert one.failed


@pytest.mark.parametrize("broken", ['"ann', 'a"nn",x"', '"ann"x'], ids=["no end", "stray", "text behind"])
def test_quotes_that_do_not_match_end_it(broken: str) -> None:
    text = account_rows.text(ROOT, ANN.replace("ann", broken, 1))
    assert len(users(text)) == 1
    assert [one.path for one in skipped(text)] == ["report.csv:3"]


@pytest.mark.parametrize(
    "date",
    ["11/24/2026 10:00", "24.11.2026", "24-Nov-26", "2026-13-01", "0001-01-01T00:00:00+14:00", "x" * 50],
)
def test_a_date_of_another_locale_is_unknown_and_said(date: str) -> None:
    text = account_rows.text(ROOT, changed(ANN, access_key_1_last_rotated=date))
    _, ann = users(text)
    assert ann.keys[0].created is None
    assert ann.keys[0].last_used is not None
    (one,) = skipped(text)
    assert one == Skipped("report.csv:3", "not as AWS writes it: access_key_1_last_rotated")
    assert date not in str(one), "it could be a secret"


def test_a_boolean_in_another_language_is_unknown_and_said() -> None:
    text = account_rows.text(ROOT, changed(ANN, mfa_active="WAHR", access_key_1_active="WAHR"))
    _, ann = users(text)
    assert (ann.mfa, ann.keys[0].active) == (None, None)
    (one,) = skipped(text)
    assert one.reason == "not as AWS writes it: access_key_1_active, mfa_active"


def test_a_report_without_the_root_user_is_incomplete() -> None:
    assert skipped(account_rows.text(ANN)) == [Skipped("report.csv", NO_ROOT)]


@given(st.text(max_size=300))
def test_anything_below_the_head_is_read_or_skipped(rest: str) -> None:
    for one in read(account_rows.text(ROOT) + rest):
        assert isinstance(one, User | Skipped)


def test_time_and_memory_are_linear() -> None:
    def seconds(rows: int) -> float:
        text = account_rows.text(ROOT, *(account_rows.user(f"user-{number}") for number in range(rows)))
        begun = time.process_time()
        assert sum(1 for _ in credentialreport.read(io.StringIO(text, newline=""), "r")) == rows + 1
        return time.process_time() - begun

    small = min(seconds(10_000) for _ in range(3))
    assert seconds(100_000) < 10 * small * 3 + 0.5


def test_rows_are_not_kept() -> None:
    text = account_rows.text(ROOT, *(account_rows.user(f"user-{number}") for number in range(20_000)))
    source = io.StringIO(text, newline="")
    tracemalloc.start()
    try:
        for _ in credentialreport.read(source, "r"):
            pass
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
