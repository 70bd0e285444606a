"""An account is audited by asking a real IAM, on loopback, which may refuse, be wrong, or not be there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

import account_rows
import account_server
import aws_server
import findings
import keys
import pytest
from aws_server import Fault

from keyguard import cli, reporters
from keyguard.cli import account
from keyguard.model import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from account_server import Account
    from aws_server import Reply

LATER = datetime.now(UTC) + timedelta(days=100)
"""When the audits are, so that keys that were made today are old."""


ALONE = ("GetAccountSummary", "GetCredentialReport")
"""What tells something that moto tells nowhere else: of the root user, and of passwords."""


class Done(NamedTuple):
    """What came of a run: the exit code, the JSON report if there is one, and standard error."""

    code: int
    report: dict[str, Any]
    errors: str

    @property
    def broken(self) -> list[tuple[str, str | None, str, str]]:
        """The practices that are not kept: which, by whom, how severe, and the fingerprint."""
        return sorted(
            (one["rule"], one["holder"] and one["holder"]["user"], one["severity"], one["fingerprint"])
            for one in self.report["findings"]
        )

    @property
    def unread(self) -> dict[str, str]:
        return {one["path"]: one["reason"] for one in self.report["skipped"]}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    yield from account_server.running()


@pytest.fixture
def iam(server: str) -> Account:
    return account_server.emptied(server)


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Done]:
    """Runs ``keyguard account`` in a hundred days, with no variables of AWS's but those given."""
    monkeypatch.setattr(account, "_now", lambda: LATER)

    def run(*arguments: str, code: int | None = None, **variables: str) -> Done:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in account_server.neutral(**variables).items():
            monkeypatch.setenv(name, value)
        done = cli.main(["account", "-f", "json", "-q", *arguments])
        out, errors = capsysbinary.readouterr()
        assert code is None or done == code, errors.decode()
        return Done(done, json.loads(out) if out else {}, errors.decode())

    return run


def people(iam: Account) -> dict[str, str]:
    """An account with something wrong of each kind that can be made so; gives the IDs of keys by name."""
    client = iam.iam()
    ids = {}
    for name, passwords, held in (("ann", True, 2), ("bob", False, 1), ("cyd", True, 0), ("dan", False, 1)):
        client.create_user(UserName=name)
        if passwords:
            client.create_login_profile(UserName=name, Password=keys.secret())
        for number in range(held):
            made = client.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
            ids[f"{name}-{number}"] = made
    client.create_virtual_mfa_device(VirtualMFADeviceName="cyds")
    serial = f"arn:aws:iam::{account_rows.ACCOUNT}:mfa/cyds"
    client.enable_mfa_device(
        UserName="cyd", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    client.update_access_key(UserName="dan", AccessKeyId=ids["dan-0"], Status="Inactive")
    return ids


def csv_of(iam: Account) -> str:
    """The server's own credential report; it has no row for the root user."""
    client = iam.iam()
    client.generate_credential_report()
    content: bytes = client.get_credential_report()["Content"]
    return content.decode()


class TestAgreement:
    """Asking AWS and reading its credential report come to the same."""

    def test_the_same_is_wrong(self, iam: Account, audit: Callable[..., Done], tmp_path: Path) -> None:
        people(iam)
        # As the account summary says: no MFA, no keys.
        report = csv_of(iam) + account_rows.root(mfa="false", keys=0).removesuffix(",false,N/A,false,N/A")
        width = len(report.splitlines()[0].split(","))
        row = report.splitlines()[-1].split(",")
        text = "\n".join([*report.splitlines()[:-1], ",".join(row + ["N/A"] * (width - len(row)))])
        (tmp_path / "report.csv").write_text(text)
        iam.enforce()
        asked = audit(code=1, AWS_ENDPOINT_URL=iam.url, **credentials(iam))
        read = audit(str(tmp_path / "report.csv"), code=1)
        assert asked.report["complete"] is read.report["complete"] is True
        told = [one for one in asked.broken if one[1] != account_server.AUDITOR]
        assert told == [one for one in read.broken if one[1] != account_server.AUDITOR]
        assert {(rule.removeprefix("account-"), user) for rule, user, _, _ in told} == {
            *(("old-key", user) for user in ("ann", "bob")),
            *(("unused-key", user) for user in ("ann", "bob")),
            *(("two-keys", "ann"), ("console-and-keys", "ann"), ("user-mfa", "ann")),
            *(("inactive-key", "dan"), ("root-mfa", "<root_account>")),
        }

    def test_asking_knows_the_ids(self, iam: Account, audit: Callable[..., Done]) -> None:
        ids = people(iam)
        iam.enforce()
        done = audit(AWS_ENDPOINT_URL=iam.url, **credentials(iam))
        of_bob = [one for one in done.report["findings"] if one["holder"]["user"] == "bob"]
        assert {one["key_id"] for one in of_bob} == {ids["bob-0"]}
        assert all(ids["bob-0"] in " ".join(one["advice"]) for one in of_bob)
        assert {one["identity"] for one in of_bob} == {f"arn:aws:iam::{account_rows.ACCOUNT}:user/bob"}
        assert {one["holder"]["access_key"] for one in of_bob} == {1}

    def test_when_and_for_what_a_key_was_used_is_asked(
        self, iam: Account, audit: Callable[..., Done]
    ) -> None:
        iam.enforce()
        done = audit("--max-unused", "98", AWS_ENDPOINT_URL=iam.url, **credentials(iam))
        (one,) = [one for one in done.report["findings"] if one["rule"] == "account-unused-key"]
        assert one["holder"]["last_used_service"] == "iam"
        assert one["holder"]["last_used_region"] == "us-east-1"

    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format_tells_of_it(self, name: str, iam: Account, server: str, tmp_path: Path) -> None:
        ids = people(iam)
        iam.enforce()
        done = subprocess_run(["-f", name, "-o", str(tmp_path / "out"), "--endpoint-url", server], iam)
        assert done.returncode == 1, done.stderr
        text = (tmp_path / "out").read_text()
        assert ids["ann-1"] in text
        assert "account-two-keys" in text
        assert "root" in text


def credentials(iam: Account, **changes: str) -> dict[str, str]:
    key_id, secret = iam.auditor
    return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret} | changes


def subprocess_run(arguments: list[str], iam: Account) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "keyguard", "account", *arguments],
        env=os.environ | iam.environment(),
        capture_output=True,
        check=False,
        text=True,
    )


class TestDenied:
    """Whatever may not be asked leaves a gap that is named, and no more than that."""

    @pytest.mark.parametrize("call", account_server.READ)
    def test_one_call(self, call: str, iam: Account, audit: Callable[..., Done]) -> None:
        people(iam)
        csv_of(iam)  # so that there is one, even if none may be made
        iam.enforce(denied=(call,))
        done = audit("--exit-zero", code=2, AWS_ENDPOINT_URL=iam.url, **credentials(iam))
        assert done.report["complete"] is False
        assert "AccessDenied" in done.unread[f"iam:{call}"]
        assert f"is not authorized to perform: iam:{call}" in done.unread[f"iam:{call}"]
        assert "account-two-keys" in {rule for rule, *_ in done.broken}
        assert f"iam:{call}" in done.errors

    @pytest.mark.parametrize("call", [one for one in account_server.READ if one not in ALONE])
    def test_the_credential_report_tells_it_too(
        self, call: str, iam: Account, audit: Callable[..., Done]
    ) -> None:
        people(iam)
        csv_of(iam)
        iam.enforce()
        whole = audit(AWS_ENDPOINT_URL=iam.url, **credentials(iam))
        iam.post("reset-auth", "inf")
        iam.enforce(denied=(call,))
        assert audit(AWS_ENDPOINT_URL=iam.url, **credentials(iam)).broken == whole.broken

    def test_without_the_credential_report_passwords_are_not_known(
        self, iam: Account, audit: Callable[..., Done]
    ) -> None:
        people(iam)
        iam.enforce(denied=("GenerateCredentialReport", "GetCredentialReport"))
        done = audit(code=1, AWS_ENDPOINT_URL=iam.url, **credentials(iam))
        assert set(done.unread) == {
            *("iam:GenerateCredentialReport", "iam:GetCredentialReport", "credential report")
        }
        assert {rule for rule, *_ in done.broken} == {
            *("account-old-key", "account-unused-key", "account-two-keys"),
            *("account-inactive-key", "account-root-mfa"),
        }

    def test_all_calls(self, iam: Account, audit: Callable[..., Done]) -> None:
        iam.enforce(denied=account_server.READ)
        done = audit(code=2, AWS_ENDPOINT_URL=iam.url, **credentials(iam))
        assert done.report["findings"] == []
        assert {"iam:ListUsers", "iam:GetAccountSummary", "iam:GetCredentialReport"} <= set(done.unread)

    def test_an_entry_for_each_call_and_not_for_each_user(
        self, iam: Account, audit: Callable[..., Done]
    ) -> None:
        people(iam)
        iam.enforce(denied=("ListMFADevices",))
        done = audit(AWS_ENDPOINT_URL=iam.url, **credentials(iam))
        assert done.unread["iam:ListMFADevices"].startswith("refused (5 times): AccessDenied")


class TestPages:
    """Lists come in pages, which moto does not have."""

    def test_all_pages_are_read(self, audit: Callable[..., Done]) -> None:
        with answering(200, in_pages) as url:
            done = audit(code=1, AWS_ENDPOINT_URL=url, **PAIR)
        assert done.report["summary"]["objects"] == PAGES * PAGE
        old = [one["holder"]["user"] for one in done.report["findings"] if one["rule"] == "account-old-key"]
        assert sorted(old) == sorted([f"user-{number}" for number in range(PAGES * PAGE)] * 2)
        assert set(done.unread) == {
            *("iam:GenerateCredentialReport", "iam:GetAccountSummary", "iam:GetCredentialReport"),
            "credential report",
        }


PAGES, PAGE = 3, 4


def in_pages(asked: dict[str, str]) -> tuple[int, str]:
    """An IAM that may tell of users and keys alone, a few at a time."""
    action, page = asked["Action"], int(asked.get("Marker", 0))
    if action == "ListUsers":
        several = [
            f"<member><UserName>user-{number}</UserName><Arn>arn:aws:iam::000000000001:user/{number}</Arn></member>"
            for number in range(page * PAGE, (page + 1) * PAGE)
        ]
        return 200, listed(action, "Users", several, page + 1 if page + 1 < PAGES else None)
    if action == "ListAccessKeys":  # one a page
        key = f"<AccessKeyId>{keys.key_id(page)}</AccessKeyId><Status>Active</Status>"
        made = f"<CreateDate>20{page + 10}-01-01T00:00:00Z</CreateDate>"
        return 200, listed(
            action, "AccessKeyMetadata", [f"<member>{key}{made}</member>"], None if page else 1
        )
    if action == "ListMFADevices":
        return 200, listed(action, "MFADevices", [], None)
    if action == "GetAccessKeyLastUsed":
        return 200, listed(action, "AccessKeyLastUsed", [], None)
    return 403, refusal("AccessDenied")


def listed(action: str, member: str, several: list[str], marker: int | None) -> str:
    more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else ""
    result = f"<{member}>{''.join(several)}</{member}>{more}"
    meta = "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
    return f"<{action}Response><{action}Result>{result}</{action}Result>{meta}</{action}Response>"


class TestTheEndComesEarly:
    """What was learnt by then is reported."""

    def later(self, asked: dict[str, str]) -> tuple[int, str]:
        """As :func:`in_pages`, until the third user."""
        if asked.get("UserName") == "user-2":
            return 403, refusal("ExpiredToken")
        return in_pages(asked)

    def test_credentials_expire(self, audit: Callable[..., Done], tmp_path: Path) -> None:
        found = findings.report(findings.finding(key_id=keys.key_id(7, account="000000000001")))
        (tmp_path / "keys.json").write_text(reporters.get("json").render(found, reporters.Style()))
        with answering(200, self.later) as url:
            done = audit("--match", str(tmp_path / "keys.json"), code=1, AWS_ENDPOINT_URL=url, **PAIR)
        assert done.report["complete"] is False
        assert done.report["summary"]["errors"] == [
            "cannot ask IAM: the credentials have expired (ExpiredToken)"
        ]
        assert {user for _, user, *_ in done.broken} == {"user-0", "user-1"}
        (unknown,) = [reason for path, reason in done.unread.items() if "src/app.py" in path]
        assert "not all of the account's keys could be listed" in unknown

    def test_the_user_interrupts(self, audit: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("keyguard.account.live._key", interrupt)
        with answering(200, in_pages) as url:
            done = audit(code=130, AWS_ENDPOINT_URL=url, **PAIR)
        assert done.report["complete"] is False


class TestMatch:
    """``--match`` joins what a scan found with whose it is."""

    def test_keys_in_code(self, iam: Account, audit: Callable[..., Done], tmp_path: Path) -> None:
        ids = people(iam)
        elsewhere = keys.key_id(account="210987654321")
        report = findings.report(
            findings.finding(key_id=ids["bob-0"], path="a.py"),
            findings.finding(key_id=ids["dan-0"], path="b.py"),
            findings.finding(key_id=elsewhere, path="c.py"),
        )
        (tmp_path / "keys.json").write_text(reporters.get("json").render(report, reporters.Style()))
        iam.enforce()
        done = audit(
            "--match", str(tmp_path / "keys.json"), code=1, AWS_ENDPOINT_URL=iam.url, **credentials(iam)
        )
        found = {
            one["key_id"]: one for one in done.report["findings"] if one["rule"] == "account-key-in-code"
        }
        assert {one["path"]: (one["severity"], one["status"]) for one in found.values()} == {
            "a.py": ("high", "active"),
            "b.py": ("low", "inactive"),
        }
        assert found[ids["bob-0"]]["message"].startswith("Found in a.py:3, is active, belongs to user bob;")
        assert "account 210987654321" in done.unread[f"{elsewhere} in c.py:3"]
        assert done.report["complete"] is True

    def test_a_report_that_is_none_is_refused_before_anything_is_asked(
        self, audit: Callable[..., Done], tmp_path: Path
    ) -> None:
        (tmp_path / "keys.json").write_text("{}")
        done = audit("--match", str(tmp_path / "keys.json"), code=2, AWS_ENDPOINT_URL="http://127.0.0.1:9")
        assert "keys.json is no report of keyguard's" in done.errors


class TestCredentials:
    """The caller's own credentials are used, and what is wrong with them is said."""

    def test_a_profile(self, iam: Account, audit: Callable[..., Done], tmp_path: Path) -> None:
        key_id, secret = iam.auditor
        (tmp_path / "config").write_text(
            f"[profile audit]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"
            f"endpoint_url = {iam.url}\nregion = eu-west-1\n"
        )
        iam.enforce()
        done = audit("--profile", "audit", code=1, AWS_CONFIG_FILE=str(tmp_path / "config"))
        assert done.report["complete"] is True

    def test_no_such_profile(self, audit: Callable[..., Done]) -> None:
        assert "there is no such profile" in audit("--profile", "nobody", code=2).errors

    def test_none(self, audit: Callable[..., Done], server: str) -> None:
        done = audit(code=2, AWS_ENDPOINT_URL=server)
        assert "there are no credentials" in done.errors
        assert done.report == {}

    def test_an_id_that_aws_does_not_know(self, iam: Account, audit: Callable[..., Done]) -> None:
        iam.enforce()
        done = audit(code=2, AWS_ENDPOINT_URL=iam.url, **credentials(iam, AWS_ACCESS_KEY_ID=keys.key_id(9)))
        assert "AWS does not know the credentials (InvalidClientTokenId)" in done.errors

    def test_a_wrong_secret(self, iam: Account, audit: Callable[..., Done]) -> None:
        iam.enforce()
        wrong = keys.secret(9)
        done = audit(code=2, AWS_ENDPOINT_URL=iam.url, **credentials(iam, AWS_SECRET_ACCESS_KEY=wrong))
        assert "the secret access key is wrong" in done.errors
        assert wrong not in done.errors

    @pytest.mark.parametrize("module", ["botocore", "botocore.config", "botocore.session"])
    def test_botocore_is_not_installed(
        self, module: str, audit: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, module, None)
        if module == "botocore":
            monkeypatch.delitem(sys.modules, "botocore.config")
        done = audit(code=2)
        assert "keyguard needs botocore, which is not installed; install it: pip install" in done.errors


@contextmanager
def answering(
    code: int, body: str | Callable[[dict[str, str]], tuple[int, str]], delay: float = 0
) -> Iterator[str]:
    """A server that gives everybody the same answer, or one to their parameters, after ``delay`` seconds."""

    def reply(_: int, __: object, asked: bytes) -> Reply:
        time.sleep(delay)
        status, text = (code, body) if isinstance(body, str) else body(dict(parse_qsl(asked.decode())))
        return status, {}, text.encode()

    with Fault(reply) as server:
        yield server.url


def refusal(code: str, message: str = "No.") -> str:
    return aws_server.error(code, message=message)[2].decode()


TOKEN = keys.session_token()
PAIR = {
    "AWS_ACCESS_KEY_ID": keys.key_id(),
    "AWS_SECRET_ACCESS_KEY": keys.secret(),
    "AWS_SESSION_TOKEN": TOKEN,
}


class TestFaults:
    """Whatever answers, or does not, there is a sentence about it and no traceback."""

    @pytest.mark.parametrize(
        ("code", "body", "said"),
        [
            pytest.param(
                403, refusal("ExpiredToken"), "the credentials have expired (ExpiredToken)", id="expired"
            ),
            pytest.param(403, refusal("RequestExpired"), "the clock of this computer is wrong", id="clock"),
            pytest.param(
                403,
                refusal("SignatureDoesNotMatch", f"The canonical string is x-amz-security-token:{TOKEN}"),
                "the secret access key is wrong",
                id="an answer that repeats the request",
            ),
            pytest.param(200, "<html><p>Please sign in</html>", "what answered is not AWS", id="a portal"),
            pytest.param(
                200, "<html></html>", "what it answered, is wrong (KeyError)", id="a portal, well-formed"
            ),
            pytest.param(200, "", "what answered is not AWS", id="nothing"),
            pytest.param(302, "", "what answered is not AWS", id="a redirect to nowhere"),
        ],
    )
    def test_no_call_would_fare_better(
        self, code: int, body: str, said: str, audit: Callable[..., Done]
    ) -> None:
        with answering(code, body) as url:
            done = audit(code=2, AWS_ENDPOINT_URL=url, **PAIR)
        assert said in done.errors
        assert TOKEN not in done.errors + json.dumps(done.report)
        assert "Traceback" not in done.errors
        assert "bug" not in done.errors

    @pytest.mark.parametrize(
        ("code", "error"), [(500, "InternalFailure"), (400, "Throttling"), (503, "ServiceUnavailable")]
    )
    def test_every_call_fails(self, code: int, error: str, audit: Callable[..., Done]) -> None:
        with answering(code, refusal(error, TOKEN)) as url:
            done = audit(code=2, AWS_ENDPOINT_URL=url, **PAIR)
        assert done.unread["iam:ListUsers"] == f"refused: {error}"
        assert TOKEN not in done.errors + json.dumps(done.report)

    def test_nobody_listens(self, audit: Callable[..., Done]) -> None:
        done = audit(code=2, AWS_ENDPOINT_URL="http://127.0.0.1:9", **PAIR)
        assert "cannot ask IAM: there is no connection to 127.0.0.1:9;" in done.errors

    def test_what_listens_speaks_no_tls(self, audit: Callable[..., Done]) -> None:
        with answering(200, "") as url:
            done = audit(code=2, AWS_ENDPOINT_URL=url.replace("http:", "https:"), **PAIR)
        assert "is not trusted, or there is none;" in done.errors

    def test_a_proxy_that_is_not_there(
        self, audit: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://someone:{}@127.0.0.1:9".format("password"))
        done = audit(code=2, **PAIR)
        assert (
            "cannot ask IAM: the proxy that the environment names cannot be reached, or refuses;"
            in done.errors
        )
        assert "password" not in done.errors

    @pytest.mark.parametrize("url", ["nonsense", "http://", "ftp://127.0.0.1/", "http://127.0.0.1:99999"])
    def test_a_url_that_is_none(self, url: str, audit: Callable[..., Done]) -> None:
        done = audit("--endpoint-url", url, code=2, **PAIR)
        assert "cannot ask IAM: " in done.errors
        assert "bug" not in done.errors

    def test_the_time_is_up(self, audit: Callable[..., Done]) -> None:
        with answering(500, refusal("InternalFailure"), 1.1) as url:
            done = audit("--timeout", "1", code=2, AWS_ENDPOINT_URL=url, **PAIR)
        assert "the time of --timeout is up" in done.errors
