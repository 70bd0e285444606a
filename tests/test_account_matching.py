"""Keys that a scan found are looked up among those of an account."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import findings
import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import reporters
from keyguard.account import matching
from keyguard.account.users import ROOT, Key, User
from keyguard.errors import SourceError
from keyguard.model import FORMATS, Finding, Occurrence, Skipped

ACCOUNT = "123456789012"
ACTIVE, DEAD, GONE = (keys.key_id(number, account=ACCOUNT) for number in range(3))
ELSEWHERE = keys.key_id(3, account="210987654321")
OLD = "AKIA" + "J" + keys.key_id(4)[5:-1] + "A"
SESSION = keys.key_id(5, prefix="ASIA", account=ACCOUNT)
MADE = datetime(2026, 1, 2, tzinfo=UTC)

USERS = (
    User(ROOT, f"arn:aws:iam::{ACCOUNT}:root", console=None, mfa=True, keys=()),
    User(
        "ann",
        f"arn:aws:iam::{ACCOUNT}:user/ann",
        console=False,
        mfa=False,
        keys=(
            Key(
                active=True,
                created=MADE,
                used=True,
                last_used=MADE,
                region="eu-west-1",
                service="s3",
                id=ACTIVE,
            ),
            Key(active=False, created=MADE, used=False, id=DEAD),
        ),
    ),
)


def written(*several: Finding, name: str = "json", **changes: object) -> str:
    report = findings.report(*several)._replace(**changes)  # type: ignore[arg-type] # fields of a report
    return reporters.get(name).render(report, reporters.Style())


def matched(
    *several: Finding, all_keys: bool = True, root_keys: bool | None = False, users: tuple[User, ...] = USERS
) -> list[Finding | Skipped]:
    held = matching.holdings(users, all_keys=all_keys, root_keys=root_keys)
    wanted, _ = matching.found(written(*several), "keys.json")
    return list(matching.matched(wanted, held))


def test_an_active_key() -> None:
    (one,) = matched(findings.finding(key_id=ACTIVE))
    assert isinstance(one, Finding)
    assert (one.rule, one.severity, one.status) == ("account-key-in-code", "high", "active")
    assert one.identity == USERS[1].arn
    assert one.message == (
        "Found in src/app.py:3, is active, belongs to user ann; "
        "last used on 2026-01-02, in eu-west-1, for s3."
    )
    assert (one.path, one.line, one.column, one.end_line, one.end_column) == ("src/app.py", 3, 19, 4, 61)
    assert one.secret is None
    assert one.holder is not None
    assert one.advice[0].endswith(f"--user-name ann --access-key-id {ACTIVE} --status Inactive`")
    assert one.advice[1].endswith(f"AttributeKey=AccessKeyId,AttributeValue={ACTIVE}`")


def test_a_key_that_is_deactivated() -> None:
    (one,) = matched(findings.lone_id(key_id=DEAD))
    assert isinstance(one, Finding)
    assert (one.severity, one.status) == ("low", "inactive")
    assert one.message == "Found in deploy/main.tf:7, is deactivated, belongs to user ann; it was never used."
    assert one.advice[0].endswith(f"`aws iam delete-access-key --user-name ann --access-key-id {DEAD}`")
    assert not any("update-access-key" in step for step in one.advice)


def test_a_key_that_was_deleted() -> None:
    (one,) = matched(findings.finding(key_id=GONE))
    assert isinstance(one, Finding)
    assert (one.severity, one.status, one.account) == ("info", "inactive", ACCOUNT)
    assert (
        one.message == f"Found in src/app.py:3; nobody in account {ACCOUNT} has it any more: it was deleted."
    )


@pytest.mark.parametrize("root_keys", [True, None], ids=["root has keys", "nobody knows"])
def test_a_key_that_may_be_the_root_users(*, root_keys: bool | None) -> None:
    (one,) = matched(findings.finding(key_id=GONE), root_keys=root_keys)
    assert isinstance(one, Finding)
    assert (one.severity, one.status) == ("critical", "unknown")
    assert "may be the root user's" in str(one.message)


@pytest.mark.parametrize(
    ("key_id", "reason", "options"),
    [
        pytest.param(
            ELSEWHERE, "it belongs to account 210987654321, not to this one", {}, id="another account's"
        ),
        pytest.param(SESSION, "temporary credentials", {}, id="a temporary one"),
        pytest.param(
            OLD, "none of the keys of this account's users", {}, id="an old one, of no known account"
        ),
        pytest.param(
            ELSEWHERE,
            "it belongs to account 210987654321",
            {"all_keys": False},
            id="another's, not all listed",
        ),
    ],
)
def test_a_key_that_is_not_the_accounts(key_id: str, reason: str, options: dict[str, bool]) -> None:
    (one,) = matched(findings.finding(key_id=key_id), **options)  # type: ignore[arg-type] # all are flags
    assert isinstance(one, Skipped)
    assert one.path == f"{key_id} in src/app.py:3"
    assert reason in one.reason
    assert not one.failed


@pytest.mark.parametrize("key_id", [GONE, OLD])
def test_unknown_is_never_inactive(key_id: str) -> None:
    (one,) = matched(findings.finding(key_id=key_id), all_keys=False)
    assert isinstance(one, Skipped)
    assert one.failed
    assert "could be listed" in one.reason


def test_a_key_is_looked_up_once_with_all_its_places() -> None:
    several = [findings.finding(key_id=ACTIVE, path=f"{name}.py") for name in "abc"]
    (one,) = matched(*several)
    assert isinstance(one, Finding)
    assert [place.path for place in one.occurrences] == ["a.py", "b.py", "c.py"]
    assert one.occurrence_count == 3


def test_where_it_came_from_in_a_history_is_kept() -> None:
    places = (Occurrence("a.ini", 1, "c" * 40, "head"), Occurrence("b.ini", 2, "d" * 40, "refs"))
    (one,) = matched(
        findings.finding(
            key_id=ACTIVE,
            commit="c" * 40,
            reachable="head",
            in_head=False,
            occurrences=places,
            occurrence_count=5,
        )
    )
    assert isinstance(one, Finding)
    assert (one.commit, one.reachable, one.in_head, one.occurrences) == ("c" * 40, "head", False, places)
    assert one.occurrence_count == 5


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_both_forms_of_a_report_are_read(name: str) -> None:
    text = written(findings.finding(key_id=ACTIVE), findings.lone_id(key_id=DEAD), name=name)
    found, notes = matching.found(text, "r")
    assert sorted(one.id for one in found) == sorted([ACTIVE, DEAD])
    assert notes == ()


def test_what_cannot_be_looked_up_is_said() -> None:
    text = written(findings.lone_secret(), findings.lone_secret(), interrupted=True)
    found, notes = matching.found(text, "keys.json")
    assert found == ()
    assert notes == (
        Skipped("keys.json", "2 of its findings have no key ID to look up", failed=False),
        Skipped("keys.json", "its scan was incomplete: there may be more keys", failed=False),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "is no report", id="nothing"),
        pytest.param("no JSON", "is no report", id="text"),
        pytest.param("[1, 2]", "is no report", id="a list of numbers"),
        pytest.param("{}", "is no report", id="an empty object"),
        pytest.param(
            '{"schema": "keyguard-report/1", "findings": [], "summary": null}',
            "is no report",
            id="null for a summary",
        ),
        pytest.param(written(findings.finding(), name="sarif"), "is no report", id="SARIF"),
        pytest.param(
            "\n".join(written(findings.finding(), name="jsonl").splitlines()[:-1]),
            "has no summary",
            id="cut off",
        ),
        pytest.param(
            f'{{"type": "finding", "key_id": "{ACTIVE}"}}\n{{"type": "summary"}}',
            "that keyguard did not write",
            id="another tool's findings",
        ),
        pytest.param("[" * 100_000, "is no report", id="deep nesting"),
    ],
)
def test_what_is_no_report_is_refused(text: str, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        matching.found(text, "keys.json")


JSON = st.recursive(
    st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
FIELDS = sorted(json.loads(written(findings.finding(), name="jsonl").splitlines()[0]))


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3))
def test_findings_that_anything_was_done_to_are_read_or_refused(changes: dict[str, object]) -> None:
    one, summary = map(json.loads, written(findings.finding(key_id=GONE), name="jsonl").splitlines())
    try:
        wanted, _ = matching.found(f"{json.dumps(one | changes)}\n{json.dumps(summary)}", "r")
    except SourceError:
        return
    held = matching.holdings(USERS, all_keys=True, root_keys=None)
    for found in matching.matched(wanted, held):
        if isinstance(found, Finding):
            report = findings.report(found)
            assert all(reporters.get(name).render(report, reporters.Style()) for name in FORMATS)


def test_a_secret_in_the_report_goes_nowhere() -> None:
    report = findings.report(findings.finding(key_id=ACTIVE))
    text = reporters.get("json").render(report, reporters.Style(show_secrets=True))
    assert keys.secret() in text
    found, _ = matching.found(text, "r")
    held = matching.holdings(USERS, all_keys=True, root_keys=False)
    assert keys.secret() not in repr(list(matching.matched(found, held)))
