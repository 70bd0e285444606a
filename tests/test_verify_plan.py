"""What is asked, and what the answers mean: decided without a network."""

from __future__ import annotations

import json
import string
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import findings
import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

import keyguard
from keyguard.errors import UsageError
from keyguard.model import SEVERITIES, Secret
from keyguard.verify import (
    canaries,
    outcome,
    partitions,
    plan,
    policies,
    recall,
    replies,
    threads,
    triage,
    verdicts,
)
from keyguard.verify.model import Answer, Identity, Key, Settings, Verdict
from keyguard.verify.run import is_example

if TYPE_CHECKING:
    from keyguard.model import Finding, Severity
    from keyguard.verify.model import Status

SETTINGS = Settings()
ACCOUNT = "123456789012"
STATUSES: list[Status] = ["active", "inactive", "mismatched", "denied", "expired", "unknown", "canary"]


def secret(seed: int) -> Secret:
    return Secret(keys.secret(seed).encode())


def pair(seed: int, path: str = "a/x", line: int = 1, **changes: object) -> Finding:
    given: dict[str, object] = {
        "key_id": keys.key_id(seed),
        "secret": secret(seed),
        "path": path,
        "line": line,
    }
    return findings.finding(**(given | changes))


def lone_id(seed: int, path: str = "a/x", line: int = 1) -> Finding:
    return findings.lone_id(key_id=keys.key_id(seed), path=path, line=line)


def lone_secret(seed: int, path: str = "a/x", line: int = 1, score: float = 0.9) -> Finding:
    return findings.lone_secret(secret=secret(seed), path=path, line=line, score=score)


def first(*found: Finding, settings: Settings = SETTINGS) -> plan.First:
    return plan.first(found, settings, canaries.accounts(), is_example)


def guessed(*found: Finding, asked: dict[Key, Verdict] | None = None) -> list[plan.Case]:
    return plan.guesses(found, first(*found).lone, asked or {}, is_example)


class TestFirst:
    """The pairs as they stand."""

    def test_each_id_once(self) -> None:
        cases = first(pair(1, "a"), pair(1, "b"), lone_id(1, "c"), pair(2)).cases
        assert [case.id for case in cases] == [keys.key_id(1), keys.key_id(2)]
        assert [len(case.tries) for case in cases] == [1, 1]

    def test_an_id_with_two_secrets_is_asked_with_the_likelier_first(self) -> None:
        (case,) = first(pair(1, score=0.6), pair(1, secret=secret(7), score=0.9)).cases
        assert [key.secret for key in case.tries] == [secret(7), secret(1)]

    def test_an_id_with_many_secrets_is_asked_with_some(self) -> None:
        (case,) = first(*(pair(1, secret=secret(n)) for n in range(50))).cases
        assert len(case.tries) == plan.MOST_TRIES

    @pytest.mark.parametrize("prefix", ["ABIA", "ACCA"])
    def test_what_is_no_access_key_is_not_asked(self, prefix: str) -> None:
        assert first(pair(1, key_id=keys.key_id(1, prefix))) == ((), {}, ())

    def test_examples_are_not_asked(self) -> None:
        assert first(findings.example(), pair(1, severity="info")) == ((), {}, ())

    @pytest.mark.parametrize("account", sorted(canaries.accounts()))
    def test_canaries_are_not_asked(self, account: str) -> None:
        key_id = keys.key_id(1, account=account)
        plan_ = first(pair(1, key_id=key_id), settings=Settings(ids=True, deep=True))
        assert (plan_.cases, plan_.lone) == ((), ())
        assert plan_.settled[key_id].status == "canary"

    def test_a_session_needs_its_token(self) -> None:
        key_id = keys.key_id(1, "ASIA")
        assert first(pair(1, key_id=key_id)).settled[key_id].status == "unknown"
        token = Secret(keys.session_token().encode())
        (case,) = first(pair(1, key_id=key_id, token=token)).cases
        assert case.tries == (Key(key_id, secret(1), token),)

    def test_what_only_looks_like_a_token_is_none(self) -> None:
        key_id = keys.key_id(1, "ASIA")
        other = findings.lone_secret(
            rule="aws-ses-smtp-password", secret=None, token=Secret(b"x" * 44), path="a/x"
        )
        assert first(pair(1, key_id=key_id), other).settled[key_id].status == "unknown"


class TestGuesses:
    """IDs and secrets that do not stand together."""

    def test_the_nearest_of_the_file_then_the_likeliest_of_the_directory(self) -> None:
        found = [
            lone_id(1, "a/x", 50),
            lone_secret(2, "a/x", 90),
            lone_secret(3, "a/x", 60),
            lone_secret(4, "a/y", score=0.8),
            lone_secret(5, "a/z", score=0.9),
            lone_secret(6, "b/x"),
        ]
        (case,) = guessed(*found)
        assert [key.secret for key in case.tries] == [secret(3), secret(2), secret(5), secret(4)]

    def test_secrets_of_pairs_are_not_free(self) -> None:
        assert guessed(lone_id(1), pair(2)) == []

    @pytest.mark.parametrize("status", ["active", "denied", "expired", "inactive", "unknown"])
    def test_nor_once_they_were_asked_about(self, status: Status) -> None:
        asked = {Key(keys.key_id(2), secret(2)): Verdict(status)}
        assert guessed(lone_id(1), pair(2), asked=asked) == []

    def test_two_pairs_that_are_crossed(self) -> None:
        found = [pair(1, secret=secret(2)), pair(2, secret=secret(1), line=9)]
        asked = {
            Key(keys.key_id(1), secret(2)): Verdict("mismatched"),
            Key(keys.key_id(2), secret(1)): Verdict("mismatched"),
        }
        assert guessed(*found, asked=asked) == [
            plan.Case(keys.key_id(1), (Key(keys.key_id(1), secret(1)),)),
            plan.Case(keys.key_id(2), (Key(keys.key_id(2), secret(2)),)),
        ]

    def test_they_are_few(self) -> None:
        found = [lone_id(n, line=n) for n in range(40)] + [lone_secret(n, line=n) for n in range(40)]
        cases = guessed(*found)
        assert max(len(case.tries) for case in cases) == plan.MOST_TRIES
        assert sum(len(case.tries) for case in cases) == plan.MOST_GUESSES

    def test_messages_of_different_commits_are_not_near(self) -> None:
        found = [
            findings.lone_id(path=None, commit="1", object="commit"),
            findings.lone_secret(path=None, commit="2", object="commit"),
        ]
        assert guessed(*found) == []

    def test_many_do_not_take_long(self) -> None:
        found = [lone_id(n, f"d{n % 50}/x", n) for n in range(2000)]
        found += [lone_secret(n, f"d{n % 50}/x", n) for n in range(2000)]
        begun = time.process_time()
        guessed(*found)
        assert time.process_time() - begun < 5


class TestVerdicts:
    """Unknown is never inactive."""

    @given(
        http=st.integers(100, 599),
        code=st.text()
        | st.sampled_from(["AccessDenied", "Throttling", "InvalidClientTokenId", "ExpiredToken"]),
        message=st.text(),
        body=st.text(),
    )
    def test_only_one_code_says_inactive(self, http: int, code: str, message: str, body: str) -> None:
        answer = Answer(http, body, code, message)
        status = verdicts.verdict(Key(keys.key_id(), secret(1)), answer, "host", "aws").status
        if status == "inactive":
            assert code in ("InvalidClientTokenId", "UnrecognizedClientException")
            assert 400 <= http < 500
        if status == "active":
            assert http == 200

    @given(content=st.binary(), http=st.integers(100, 599))
    def test_any_answer_can_be_read(self, content: bytes, http: int) -> None:
        answer = replies.answer(http, content, "")
        verdict = verdicts.verdict(Key(keys.key_id(), secret(1)), answer, "host", "aws")
        assert verdict.status == "unknown"

    def test_a_temporary_key_without_its_token_is_unknown(self) -> None:
        answer = Answer(403, "", "InvalidClientTokenId")
        key = Key(keys.key_id(prefix="ASIA"), secret(1))
        assert verdicts.verdict(key, answer, "host", "aws").status == "unknown"
        assert verdicts.verdict(key._replace(token=secret(2)), answer, "host", "aws").status == "inactive"


ROOT = Identity(f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, ACCOUNT)


class TestTriage:
    """Whose it is, and how severe that is."""

    @pytest.mark.parametrize(
        ("arn", "owner", "user", "role"),
        [
            (f"arn:aws:iam::{ACCOUNT}:root", "the account's root user", None, None),
            (f"arn:aws-cn:iam::{ACCOUNT}:user/team/ann", "the IAM user ann", "ann", None),
            (f"arn:aws:iam::{ACCOUNT}:user/root", "the IAM user root", "root", None),
            (f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/i-0", "a session (i-0) of the role ci", None, "ci"),
            (f"arn:aws:sts::{ACCOUNT}:federated-user/bob", "the federated user bob", None, None),
        ],
        ids=["root", "user", "user called root", "role", "federated"],
    )
    def test_owner(self, arn: str, owner: str, user: str | None, role: str | None) -> None:
        identity = Identity(arn, ACCOUNT, "AIDA")
        assert (triage.owner(identity), triage.user(identity), triage.role(identity)) == (owner, user, role)
        assert triage.is_root(identity) is (arn.endswith(":root"))

    @given(found=st.sampled_from(SEVERITIES), status=st.sampled_from(STATUSES), root=st.booleans())
    def test_severity(self, found: Severity, status: Status, root: bool) -> None:
        now = triage.severity(found, Verdict(status, identity=ROOT if root and status == "active" else None))
        rank = SEVERITIES.index
        if found == "info" or status in ("unknown", "mismatched"):
            assert now == found
        elif status == "active":
            assert now == ("critical" if root else max(found, "high", key=rank))
        elif status in ("inactive", "expired", "canary"):
            assert rank(now) <= min(rank(found), rank("medium"))

    @pytest.mark.parametrize(
        ("told", "severity"), [("yes: own", "critical"), ("no", "high"), ("not known: …", "high")]
    )
    def test_an_administrator(self, told: str, severity: str) -> None:
        identity = Identity(f"arn:aws:iam::{ACCOUNT}:user/ann", ACCOUNT, "AIDA")
        verdict = Verdict("active", identity=identity, facts=(("administrator", told),))
        assert triage.severity("low", verdict) == severity


class TestOutcome:
    """What the answers mean for each finding."""

    def test_what_says_itself_that_it_expired_stays_so_when_nobody_could_be_asked(self) -> None:
        one = findings.session(status="expired")
        assert outcome.applied(one, Verdict("unknown", "no network", failed=True)) == one
        assert outcome.applied(one, Verdict("active", identity=ROOT)).status == "active"

    def test_a_secret_that_fits_no_id(self) -> None:
        asked = {Key(keys.key_id(1), secret(2)): Verdict("mismatched")}
        known = outcome.Verdicts(outcome.Book({}, asked))
        verdict = known.on(lone_secret(2))
        assert verdict is not None
        assert (verdict.status, verdict.failed) == ("unknown", False)
        assert known.on(lone_secret(3)) is None

    def session(self, seed: int) -> Key:
        return Key(keys.key_id(1, "ASIA"), secret(1), Secret(f"token-{seed}".encode()))

    def test_unknown_with_one_token_is_not_inactive_with_another(self) -> None:
        asked = {self.session(1): Verdict("inactive"), self.session(2): Verdict("unknown", failed=True)}
        one = pair(1, key_id=keys.key_id(1, "ASIA"), token=self.session(1).token)
        verdict = outcome.Verdicts(outcome.Book({}, asked)).on(one)
        assert verdict is not None
        assert verdict.status == "unknown"

    def test_a_token_that_was_guessed_does_not_make_a_key_inactive(self) -> None:
        known = outcome.Verdicts(outcome.Book({}, {self.session(1): Verdict("inactive")}))
        own = pair(1, key_id=keys.key_id(1, "ASIA"), token=self.session(1).token)
        verdicts_ = [known.on(one) for one in (own, own._replace(token=None))]
        assert [one.status for one in verdicts_ if one] == ["inactive", "unknown"]

    def test_the_same_reason_is_said_once(self) -> None:
        failed = Verdict("unknown", "no network", failed=True)
        asked = {Key(keys.key_id(n), secret(n)): failed for n in range(3)}
        settled = {keys.key_id(9): Verdict("unknown", "no token"), keys.key_id(8): failed}
        (problem,) = outcome.problems(outcome.Book(settled, asked))
        assert problem == "4 keys could not be asked about: no network"


class TestPartitions:
    """Where to ask."""

    @pytest.mark.parametrize(
        ("region", "name", "sts", "iam"),
        [
            ("us-east-1", "aws", "https://sts.us-east-1.amazonaws.com/", "https://iam.amazonaws.com/"),
            ("mx-central-1", "aws", "https://sts.mx-central-1.amazonaws.com/", "https://iam.amazonaws.com/"),
            (
                "cn-northwest-1",
                "aws-cn",
                "https://sts.cn-northwest-1.amazonaws.com.cn/",
                "https://iam.cn-north-1.amazonaws.com.cn/",
            ),
            (
                "us-gov-east-1",
                "aws-us-gov",
                "https://sts.us-gov-east-1.amazonaws.com/",
                "https://iam.us-gov.amazonaws.com/",
            ),
            (
                "eusc-de-east-1",
                "aws-eusc",
                "https://sts.eusc-de-east-1.amazonaws.eu/",
                "https://iam.eusc-de-east-1.amazonaws.eu/",
            ),
        ],
        ids=["aws", "newer", "china", "gov", "europe"],
    )
    def test_endpoints(self, region: str, name: str, sts: str, iam: str) -> None:
        assert partitions.partition(region) == name
        assert partitions.sts(region).url == sts
        assert partitions.iam(name).url == iam

    @given(st.text(alphabet=string.printable))
    def test_no_other_host_is_asked(self, region: str) -> None:
        try:
            host = partitions.sts(region).host
        except UsageError:
            return
        assert host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"))
        assert "/" not in host

    def test_botocore_has_the_same(self) -> None:
        from botocore.loaders import create_loader  # noqa: PLC0415 - slow, and for one test

        for entry in create_loader().load_data("endpoints")["partitions"]:
            if entry["partition"] not in ("aws", "aws-cn", "aws-us-gov", "aws-eusc"):
                continue
            for region in entry["regions"]:
                assert partitions.sts(region).url == f"https://sts.{region}.{entry['dnsSuffix']}/"
                assert partitions.partition(region) == entry["partition"]


class TestCanaries:
    """The list of accounts is data."""

    def test_every_line_is_an_account(self) -> None:
        assert len(canaries.accounts()) >= 26
        assert all(len(one) == 12 and one.isdigit() for one in canaries.accounts())


ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class TestPolicies:
    """Policies that give everything."""

    @pytest.mark.parametrize(
        ("statement", "everything"),
        [
            pytest.param(ALLOW, True, id="everything"),
            pytest.param([ALLOW], True, id="in a list"),
            pytest.param(ALLOW | {"Action": ["s3:*", "iam:*"]}, True, id="all of IAM: as good"),
            pytest.param(ALLOW | {"Resource": ["*"]}, True, id="resources in a list"),
            pytest.param(ALLOW | {"Action": "s3:*"}, False, id="one service"),
            pytest.param(ALLOW | {"Resource": "arn:aws:s3:::b"}, False, id="one resource"),
            pytest.param(ALLOW | {"Effect": "Deny"}, False, id="forbidden"),
            pytest.param(ALLOW | {"Condition": {"Bool": {}}}, False, id="on a condition"),
            pytest.param("Allow", False, id="garbage"),
            pytest.param({}, False, id="empty"),
        ],
    )
    def test_gives_everything(self, statement: object, everything: bool) -> None:
        document = json.dumps({"Statement": statement})
        assert policies.gives_everything(document) is everything
        assert policies.gives_everything(quote(document)) is everything

    @given(st.text())
    def test_any_text_can_be_read(self, text: str) -> None:
        assert policies.gives_everything(text) is False

    def test_pages_are_read_to_the_end(self) -> None:
        calls: list[dict[str, str]] = []

        def iam(action: str, **parameters: str) -> str:
            calls.append(parameters)
            name = "AdministratorAccess" if len(calls) == 3 else "ReadOnlyAccess"
            more = "<IsTruncated>true</IsTruncated><Marker>m</Marker>" if len(calls) < 3 else ""
            assert action == "ListAttachedUserPolicies"
            return f"<PolicyArn>arn:aws:iam::aws:policy/{name}</PolicyArn>{more}"

        assert next(policies.sources("User", "ann"))(iam) == "AdministratorAccess"
        assert calls == [{"UserName": "ann"}] + [{"UserName": "ann", "Marker": "m"}] * 2

    def test_a_policy_of_the_account_is_read(self) -> None:
        answers = {
            "ListAttachedUserPolicies": f"<PolicyArn>arn:aws:iam::{ACCOUNT}:policy/all</PolicyArn>",
            "GetPolicy": "<DefaultVersionId>v3</DefaultVersionId>",
            "GetPolicyVersion": f"<Document>{quote(json.dumps({'Statement': ALLOW}))}</Document>",
        }
        assert next(policies.sources("User", "ann"))(lambda action, **_: answers[action]) == "all"


class TestRecall:
    """Reports that are read again."""

    def lines(self, **changes: object) -> bytes:
        from keyguard import reporters  # noqa: PLC0415 - what is tested
        from keyguard.reporters import Style  # noqa: PLC0415 - likewise

        text = reporters.get("jsonl").render(
            findings.report(findings.finding(), findings.session()), Style(show_secrets=True)
        )
        objects = [json.loads(line) for line in text.splitlines()]
        objects[0] |= changes
        return "\n".join(map(json.dumps, objects)).encode()

    def test_what_was_written_is_read(self) -> None:
        report = recall.report(self.lines())
        assert report is not None
        assert [one.secret for one in report.findings] == [secret(0), secret(0)]
        assert report.findings[1].parts or report.findings[0].parts
        assert report.summary.files == 14

    @pytest.mark.parametrize(
        "changes",
        [
            {"key_id": 3},
            {"key_id": "AKIA\nX"},
            {"key_id": "AKIA/../x"},
            {"secret": 3},
            {"secret": "ü"},
            {"line": "3"},
            {"severity": "dire"},
            {"path": []},
            {"parts": [{"kind": "id"}]},
            {"parts": 1},
            {"occurrences": [[]]},
            {"advice": [1]},
            {"score": "high"},
        ],
        ids=repr,
    )
    def test_what_is_damaged_is_refused(self, changes: dict[str, object]) -> None:
        with pytest.raises(UsageError, match="damaged"):
            recall.report(self.lines(**changes))

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{",
            b"[]",
            b"{}",
            b'{"a": 1}',
            b"\xff\xfe",
            b"{" * 100_000,
            b'{"schema": "other"}',
            b"3\n4\n",
        ],
        ids=["empty", "cut", "list", "object", "other object", "no text", "deep", "other schema", "numbers"],
    )
    def test_what_is_no_report_is_none(self, data: bytes) -> None:
        assert recall.report(data) is None


class TestThreads:
    """What may take for ever is left behind."""

    def test_a_result_and_an_error_come_back(self) -> None:
        assert threads.bounded(lambda: 3, 1) == 3
        with pytest.raises(ZeroDivisionError):
            threads.bounded(lambda: 1 // 0, 1)

    def test_what_takes_too_long_is_not_waited_for(self) -> None:
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            threads.bounded(lambda: time.sleep(1), 0.05)
        assert time.monotonic() - begun < 0.5

    @pytest.mark.parametrize("workers", [1, 3, 50])
    def test_each_is_done_once(self, workers: int) -> None:
        done: list[int] = []
        threads.each(done.append, range(20), workers, None)
        assert sorted(done) == list(range(20))

    def test_a_deadline_ends_it(self) -> None:
        done: list[int] = []

        def slow(number: int) -> None:
            time.sleep(0.1)
            done.append(number)

        threads.each(slow, range(50), 1, time.monotonic() + 0.25)
        seen = len(done)
        time.sleep(0.3)
        assert seen <= 3
        assert len(done) <= seen + 1


def test_the_library_does_not_verify() -> None:
    """Nothing of it is public: who embeds the scanner asks nobody by accident."""
    assert not [name for name in keyguard.__all__ if "verif" in name.lower()]
