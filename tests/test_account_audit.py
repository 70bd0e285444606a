"""Each practice, kept and broken, with what the report says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import account_rows
import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.account import audit, joining, practices
from keyguard.account.users import ROOT, Key, User, root_of

if TYPE_CHECKING:
    from keyguard.model import Finding

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LIMITS = audit.Limits(NOW)
ARN = f"arn:aws:iam::{account_rows.ACCOUNT}:user/"


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def key(age: float = 10, idle: float | None = 1, **changes: Any) -> Key:  # noqa: ANN401 - fields of a key
    """An active key that is ``age`` days old and was used ``idle`` days ago, or never."""
    used = idle is not None
    last = ago(idle) if idle is not None else None
    return Key(active=True, created=ago(age), used=used, last_used=last, number=1)._replace(**changes)


def user(*held: Key, console: bool | None = False, mfa: bool | None = False, name: str = "ann") -> User:
    arn = ARN + name if name != ROOT else f"arn:aws:iam::{account_rows.ACCOUNT}:root"
    return User(name, arn, console, mfa, held)


def broken(one: User, limits: audit.Limits = LIMITS) -> list[tuple[str, str]]:
    """The practices that are not kept, each with its severity."""
    return [(found.rule.removeprefix("account-"), found.severity) for found in audit.findings(one, limits)]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(user(), [], id="no password, no keys"),
        pytest.param(user(key()), [], id="a key that is new and used"),
        pytest.param(user(console=True, mfa=True), [], id="a password with MFA"),
        pytest.param(user(console=True), [("user-mfa", "medium")], id="a password without MFA"),
        pytest.param(user(console=None), [], id="a password is unknown"),
        pytest.param(user(console=True, mfa=None), [], id="MFA is unknown"),
        pytest.param(user(key(90)), [], id="90 days old"),
        pytest.param(user(key(90.9)), [], id="not yet 91 days old"),
        pytest.param(user(key(91)), [("old-key", "medium")], id="91 days old"),
        pytest.param(user(key(10, 90)), [], id="used 90 days ago"),
        pytest.param(user(key(80, 91)), [("unused-key", "medium")], id="used 91 days ago"),
        pytest.param(user(key(10, None)), [("unused-key", "low")], id="new and never used"),
        pytest.param(
            user(key(91, None)), [("old-key", "medium"), ("unused-key", "medium")], id="old and never used"
        ),
        pytest.param(
            user(key(created=None, used=False, last_used=None)),
            [("unused-key", "medium")],
            id="of unknown age",
        ),
        pytest.param(user(key(10, None, used=None)), [], id="the last use is unknown"),
        pytest.param(user(key(-1, -1)), [], id="from tomorrow"),
        pytest.param(user(key(400, 300, active=False)), [("inactive-key", "low")], id="deactivated"),
        pytest.param(user(key(400, None, active=None)), [], id="whether it is active is unknown"),
        pytest.param(user(key(), key(number=2)), [("two-keys", "medium")], id="two active keys"),
        pytest.param(
            user(key(), key(number=2, active=False)),
            [("inactive-key", "low")],
            id="one of two is deactivated",
        ),
        pytest.param(
            user(key(), console=True, mfa=True), [("console-and-keys", "low")], id="a password and a key"
        ),
        pytest.param(
            user(key(active=False), console=True, mfa=True),
            [("inactive-key", "low")],
            id="a password and a dead key",
        ),
        pytest.param(user(name=ROOT, mfa=True), [], id="root as it should be"),
        pytest.param(user(name=ROOT), [("root-mfa", "critical")], id="root without MFA"),
        pytest.param(user(name=ROOT, mfa=None), [], id="MFA of root is unknown"),
        pytest.param(
            user(key(), name=ROOT, mfa=True), [("root-access-key", "critical")], id="a new key of root's"
        ),
        pytest.param(
            user(key(active=False), name=ROOT, mfa=True),
            [("root-access-key", "medium")],
            id="a dead key of root's",
        ),
        pytest.param(
            user(Key(None, None), name=ROOT, mfa=True),
            [("root-access-key", "critical")],
            id="a key of root's of which nothing is known",
        ),
    ],
)
def test_practices(one: User, expected: list[tuple[str, str]]) -> None:
    assert broken(one) == expected


@pytest.mark.parametrize("days", [0, 30, 365])
def test_the_limits_are_options(days: int) -> None:
    limits = audit.Limits(NOW, age=days, idle=days)
    assert broken(user(key(days, days)), limits) == []
    assert broken(user(key(days + 1, days + 1)), limits) == [("old-key", "medium"), ("unused-key", "medium")]


def only(one: User, rule: str) -> Finding:
    (found,) = (found for found in audit.findings(one, LIMITS) if found.rule == rule)
    return found


def test_the_sentence_says_it_all() -> None:
    one = user(key(400, 300, region="eu-west-1", service="s3"))
    assert only(one, practices.UNUSED_KEY).message == (
        "Access key 1 of ann, made on 2025-10-21, was not used for 300 days, more than 90; "
        "last used on 2026-01-29, in eu-west-1, for s3."
    )


def test_a_finding_from_aws_has_the_id_in_its_commands() -> None:
    key_id = keys.key_id()
    found = only(user(key(400, id=key_id)), practices.OLD_KEY)
    assert found.key_id == key_id
    assert (found.path, found.object, found.line) == (None, "user", 1)
    deactivate = f"`aws iam update-access-key --user-name ann --access-key-id {key_id} --status Inactive`"
    assert any(step.endswith(deactivate) for step in found.advice)
    assert not any("list-access-keys" in step for step in found.advice)


def test_a_finding_from_a_file_says_first_how_to_get_the_id() -> None:
    one = user(key(400))._replace(line=7)
    (found,) = audit.findings(one, LIMITS, "report.csv")
    assert (found.path, found.object, found.line, found.key_id) == ("report.csv", "blob", 7, None)
    assert found.advice[0] == "The IDs of its keys: `aws iam list-access-keys --user-name ann`"


def test_what_the_account_tells_is_there_for_machines() -> None:
    found = only(user(key(400, 300, service="s3"), console=True, mfa=True), practices.OLD_KEY)
    assert found.holder is not None
    assert found.holder._asdict() == {
        "user": "ann",
        "console": True,
        "mfa": True,
        "access_key": 1,
        "created": "2025-10-21T12:00:00Z",
        "used": True,
        "last_used": "2026-01-29T12:00:00Z",
        "last_used_region": None,
        "last_used_service": "s3",
    }
    assert (found.status, found.identity, found.account) == ("active", ARN + "ann", account_rows.ACCOUNT)


@pytest.mark.parametrize("practice", practices.PRACTICES, ids=lambda one: one.id)
def test_each_practice_has_steps_and_commands_that_can_be_typed(practice: practices.Practice) -> None:
    steps = practices.STEPS[practice.id]
    inactive = practices.STEPS.get(practice.id + practices.INACTIVE, steps)
    assert 1 <= len(inactive) <= len(steps) <= 5
    for step in (*steps, *inactive):
        sentence, _, command = step.partition("`")
        assert len(sentence) <= 100
        assert command == "" or (command.startswith("aws ") and command.endswith("`"))


def test_what_is_deactivated_is_not_to_be_deactivated() -> None:
    root = user(key(400, active=False), name=ROOT)
    steps = only(root, practices.ROOT_KEY).advice
    assert "delete it" in steps[0]
    assert not any(": deactivate" in step for step in steps)
    active = only(user(key(400), name=ROOT), practices.ROOT_KEY).advice
    assert ": deactivate" in active[0]


@given(st.text(min_size=1, max_size=20))
def test_a_name_from_a_file_is_one_word_of_a_command(name: str) -> None:
    found = only(user(key(400), name=f"a{name};id"), practices.OLD_KEY)
    command = found.advice[0].partition("`")[2]
    assert command.startswith(
        ("aws iam list-access-keys --user-name '", "aws iam list-access-keys --user-name $'")
    )


def test_the_key_that_is_not_needed_is_the_one_to_deactivate() -> None:
    one = user(key(10, 1, id="used"), key(10, None, id="idle", number=2))
    assert only(one, practices.TWO_KEYS).key_id == "idle"


def test_fingerprints_tell_keys_apart_and_know_neither_ids_nor_places() -> None:
    one = user(key(400), key(500, number=2))
    names = [found.fingerprint for found in audit.findings(one, LIMITS)]
    assert len(set(names)) == len(names)
    with_ids = user(key(400, id="a"), key(500, id="b"))
    assert names == [
        found.fingerprint for found in audit.findings(with_ids._replace(line=9), LIMITS, "x.csv")
    ]


def test_two_keys_of_the_same_second_are_two() -> None:
    rows = user(key(400), key(400, number=2))
    names = [found.fingerprint for found in audit.findings(rows, LIMITS)]
    assert len(set(names)) == len(names)
    asked = user(key(400, id="a", number=None), key(400, id="b", number=None))
    assert names == [found.fingerprint for found in audit.findings(asked, LIMITS)]
    together = joining.joined(asked, rows, keys_known=True)
    assert [(one.id, one.number) for one in together.keys] == [("a", 1), ("b", 2)]


@pytest.mark.parametrize(
    ("arn", "account", "root"),
    [
        (ARN + "ann", account_rows.ACCOUNT, f"arn:aws:iam::{account_rows.ACCOUNT}:root"),
        ("arn:aws-cn:iam::123456789012:user/a/b", "123456789012", "arn:aws-cn:iam::123456789012:root"),
        ("arn:aws:iam::x:user/ann", None, None),
        ("nonsense", None, None),
        (None, None, None),
    ],
)
def test_arns(arn: str | None, account: str | None, root: str | None) -> None:
    one = user()._replace(arn=arn)
    assert (one.account, root_of(one)) == (account, root)
