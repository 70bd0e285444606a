"""Verification, against a server that checks signatures as AWS does."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, cast

import aws_server
import findings
import keys
import pytest
import repos
from aws_server import DEACTIVATED, INLINE, LIVE, MANAGER, MANY, POOR, ROOT, Aws, Fault

import keyguard
from keyguard import cli, reporters
from keyguard.model import Report, Secret
from keyguard.reporters import Style
from keyguard.verify.model import Settings
from keyguard.verify.run import verified

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyguard.model import Finding

CANARY = (keys.key_id(9, account="052310077262"), keys.secret(9))


def lines(pair: tuple[str, str], token: str = "") -> str:
    text = "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*pair)
    return text + (f"aws_session_token = {token}\n" if token else "")


def scanned(text: str, path: str = "app.ini") -> Report:
    return findings.report(*keyguard.scan_text(text, path=path))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def ask(aws: Aws, report: Report, **settings: object) -> list[Finding]:
    """The findings of ``report``, verified."""
    given = Settings(sts_endpoint=aws.url, iam_endpoint=aws.url, today="2030-01-01", spacing=0.01)
    return list(verified(report, given._replace(**cast("dict[str, Any]", settings))).findings)


def one(aws: Aws, text: str, **settings: object) -> Finding:
    (finding,) = ask(aws, scanned(text), **settings)
    return finding


@pytest.fixture
def asked(aws: Aws) -> Callable[[], list[str]]:
    """Gives the IDs that were asked about since the test began."""
    before = len(aws.requests())
    return lambda: aws.requests()[before:]


class TestDoneWhen:
    """A repository with four planted keys gives four right verdicts, in every format."""

    @pytest.fixture
    def repo(self, tmp_path: Path) -> repos.Repo:
        repo = repos.init(tmp_path / "repo")
        repo.commit(
            live=lines(keys.pair(LIVE)),
            root=lines(keys.pair(ROOT)),
            dead=lines(keys.pair(DEACTIVATED)),
            trap=lines(CANARY),
        )
        return repo

    def run(self, aws: Aws, repo: repos.Repo, name: str, capfd: pytest.CaptureFixture[str]) -> str:
        options = ["--verify", "--sts-endpoint", aws.url, "-f", name]
        assert cli.main(["scan", str(repo.path), *options]) == 1
        return capfd.readouterr().out

    def test_text(self, aws: Aws, repo: repos.Repo, capfd: pytest.CaptureFixture[str]) -> None:
        blocks = self.run(aws, repo, "text", capfd).split("\n\n")
        said = {block.split(":")[0]: block for block in blocks}
        assert ": HIGH " in said["live"]
        assert f"status   active arn:aws:iam::{aws_server.ACCOUNT}:user/alice\n" in said["live"]
        assert ": CRITICAL " in said["root"]
        assert "owner    the account's root user\n" in said["root"]
        assert ": MEDIUM " in said["dead"]
        assert "status   inactive\n" in said["dead"]
        assert ": LOW " in said["trap"]
        assert "status   canary\n" in said["trap"]

    def test_json(self, aws: Aws, repo: repos.Repo, capfd: pytest.CaptureFixture[str]) -> None:
        report = json.loads(self.run(aws, repo, "json", capfd))
        assert report["complete"] is True
        told = {one["path"]: (one["status"], one["severity"], one["identity"]) for one in report["findings"]}
        prefix = f"arn:aws:iam::{aws_server.ACCOUNT}"
        assert told == {
            "live": ("active", "high", f"{prefix}:user/alice"),
            "root": ("active", "critical", f"{prefix}:root"),
            "dead": ("inactive", "medium", None),
            "trap": ("canary", "low", None),
        }

    def test_sarif(self, aws: Aws, repo: repos.Repo, capfd: pytest.CaptureFixture[str]) -> None:
        (run,) = json.loads(self.run(aws, repo, "sarif", capfd))["runs"]
        told = {
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: one for one in run["results"]
        }
        statuses = {path: one["properties"]["status"] for path, one in told.items()}
        assert statuses == {"live": "active", "root": "active", "dead": "inactive", "trap": "canary"}
        assert told["root"]["properties"]["severity"] == "critical"
        assert "Status: active, the account's root user" in told["root"]["message"]["text"]

    @pytest.mark.parametrize("name", ["text", "json", "sarif"])
    def test_advice(self, aws: Aws, repo: repos.Repo, capfd: pytest.CaptureFixture[str], name: str) -> None:
        said = " ".join(self.run(aws, repo, name, capfd).replace("\\\n", "").split())
        live, root, dead = (keys.pair(number)[0] for number in (LIVE, ROOT, DEACTIVATED))
        delete = "delete it: {}aws iam delete-access-key"
        expected = [
            f"--user-name alice --access-key-id {live} --status Inactive",
            f"As the root user, {delete} --access-key-id {root}",
            f"If it is only deactivated, {delete} --user-name USER --access-key-id {dead}",
            "It is a tripwire",
        ]
        mark = "" if name == "text" else "`"
        assert [one.format(mark) for one in expected if one.format(mark) not in said] == []
        assert all(part not in said for pair in (LIVE, ROOT, DEACTIVATED) for part in keys.pair(pair)[1:])


class TestStates:
    """What each answer means."""

    def test_a_live_key_of_a_user(self, aws: Aws) -> None:
        found = one(aws, lines(keys.pair(LIVE)))
        assert (found.status, found.severity) == ("active", "high")
        assert dict(found.triage)["owner"] == "the IAM user alice"

    def test_an_unknown_id(self, aws: Aws) -> None:
        assert one(aws, lines(keys.pair(500))).status == "inactive"

    def test_a_wrong_secret(self, aws: Aws) -> None:
        found = one(aws, lines((keys.key_id(LIVE), keys.secret(501))))
        assert (found.status, found.severity) == ("mismatched", "high")

    def test_a_session(self, aws: Aws) -> None:
        key_id, secret, token = aws.session
        found = one(aws, lines((key_id, secret), token))
        assert found.status == "active"
        assert dict(found.triage) == {"owner": "a session (ci) of the role deploy", "lifetime": "temporary"}

    def test_a_session_without_its_token_is_unknown_and_nobody_is_asked(
        self, aws: Aws, asked: Callable[[], list[str]]
    ) -> None:
        report = verified(scanned(lines(aws.session[:2])), Settings(sts_endpoint=aws.url))
        (found,) = report.findings
        assert (found.status, asked()) == ("unknown", [])
        assert "session token" in dict(found.triage)["reason"]
        assert report.complete

    def test_a_token_elsewhere_in_the_file_is_found(self, aws: Aws) -> None:
        key_id, secret, token = aws.session
        text = lines((key_id, secret)) + "\n" * 500 + f"token: {token}\n"
        statuses = {found.rule: found.status for found in ask(aws, scanned(text))}
        assert statuses == {"aws-access-key-pair": "active", "aws-session-token": "active"}

    def test_the_account_is_known_although_the_id_does_not_tell(self, aws: Aws) -> None:
        report = scanned(lines(keys.pair(LIVE)))
        blind = report._replace(findings=tuple(found._replace(account=None) for found in report.findings))
        assert ask(aws, blind)[0].account == aws_server.ACCOUNT


class TestLoneIds:
    """IDs without a secret."""

    def test_nobody_is_asked_unless_the_user_says_so(self, aws: Aws, asked: Callable[[], list[str]]) -> None:
        assert (one(aws, keys.key_id(LIVE)).status, asked()) == ("not-checked", [])

    @pytest.mark.parametrize(
        ("key_id", "status"),
        [
            pytest.param(keys.key_id(LIVE), "mismatched", id="of a live key"),
            pytest.param(keys.key_id(502), "inactive", id="of no key"),
            pytest.param(keys.key_id(503, "ASIA"), "not-checked", id="temporary: tells nothing"),
            pytest.param(keys.key_id(504, "ABIA"), "not-checked", id="no access key"),
            pytest.param(keys.EXAMPLE_ID, "not-checked", id="documented example"),
        ],
    )
    def test_with_a_throw_away_secret(self, aws: Aws, key_id: str, status: str) -> None:
        found = one(aws, f"key {key_id}\n", ids=True)
        assert found.status == status
        assert found.secret is None
        if status == "mismatched":
            assert dict(found.triage)["reason"] == "the ID is of a live key; its secret was not found"


class TestUnclearPairs:
    """IDs and secrets whose pairing is not clear are tried with each other."""

    def apart(self, *texts: str) -> str:
        return ("\n" * 600).join(texts)

    def secret(self, seed: int) -> str:
        return f'aws_secret_access_key = "{keys.secret(seed)}"\n'

    def test_the_right_one_is_found(self, aws: Aws) -> None:
        text = self.apart(f"id {keys.key_id(LIVE)}\n", self.secret(505), self.secret(LIVE))
        by_line = sorted(ask(aws, scanned(text)), key=lambda found: found.line)
        assert [found.status for found in by_line] == ["active", "unknown", "active"]
        assert [found.severity for found in by_line] == ["high", "medium", "high"]
        assert dict(by_line[2].triage)["note"] == f"it belongs to {keys.key_id(LIVE)}"

    def test_a_pair_with_the_secret_of_another(self, aws: Aws) -> None:
        text = self.apart(lines((keys.key_id(LIVE), keys.secret(506))), self.secret(LIVE))
        pair, lone = sorted(ask(aws, scanned(text)), key=lambda found: found.line)
        assert (pair.status, lone.status) == ("active", "active")
        assert dict(pair.triage)["note"] == "its secret is another one that was found, not this one"

    def test_an_unknown_id_is_tried_once(self, aws: Aws, asked: Callable[[], list[str]]) -> None:
        text = self.apart(f"id {keys.key_id(507)}\n", self.secret(508), self.secret(509))
        ask(aws, scanned(text))
        assert asked() == [keys.key_id(507)]

    def test_there_is_a_limit(self, aws: Aws, asked: Callable[[], list[str]]) -> None:
        text = self.apart(f"id {keys.key_id(LIVE)}\n", *(self.secret(600 + n) for n in range(20)))
        ask(aws, scanned(text))
        assert asked() == [keys.key_id(LIVE)] * 6

    def test_tries_with_one_id_are_spaced(self, aws: Aws) -> None:
        text = self.apart(f"id {keys.key_id(LIVE)}\n", self.secret(510), self.secret(511))
        begun = time.monotonic()
        ask(aws, scanned(text), spacing=0.3)
        assert time.monotonic() - begun >= 0.3

    def test_a_secret_that_is_proven_is_not_tried_with_others(
        self, aws: Aws, asked: Callable[[], list[str]]
    ) -> None:
        text = self.apart(lines(keys.pair(LIVE)), f"id {keys.key_id(POOR)}\n")
        ask(aws, scanned(text))
        assert asked() == [keys.key_id(LIVE)]


class TestNeverByAccident:
    """Nobody is asked about some keys, and nobody at all unless the user says so."""

    def test_canaries(self, aws: Aws, asked: Callable[[], list[str]]) -> None:
        found = one(aws, lines(CANARY), ids=True)
        assert (found.status, found.severity, asked()) == ("canary", "low", [])

    def test_canaries_on_request(self, aws: Aws, asked: Callable[[], list[str]]) -> None:
        assert one(aws, lines(CANARY), canaries=True).status == "inactive"
        assert asked() == [CANARY[0]]

    @pytest.mark.parametrize(
        "pair",
        [
            pytest.param((keys.EXAMPLE_ID, keys.EXAMPLE_SECRET), id="both are"),
            pytest.param((keys.EXAMPLE_ID, keys.secret(LIVE)), id="the ID is"),
            pytest.param((keys.key_id(LIVE), keys.EXAMPLE_SECRET), id="the secret is"),
        ],
    )
    def test_documented_examples(
        self, aws: Aws, asked: Callable[[], list[str]], pair: tuple[str, str]
    ) -> None:
        assert (one(aws, lines(pair)).status, asked()) == ("not-checked", [])

    def test_accepted_findings(self, aws: Aws, asked: Callable[[], list[str]], tmp_path: Path) -> None:
        key_id, secret = keys.pair(LIVE)
        (tmp_path / "a").write_text(f"{key_id} {secret} # keyguard: ignore\n")
        assert cli.main(["scan", str(tmp_path), "--verify", "--sts-endpoint", aws.url]) == 0
        assert asked() == []

    @pytest.mark.parametrize("hook", ["pre-commit", "pre-push", "pre-receive", "commit-msg"])
    def test_hooks(self, hook: str, capfd: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["hook", hook, "--verify"]) == 2
        assert "unrecognized arguments: --verify" in capfd.readouterr().err

    @pytest.mark.parametrize(
        "option",
        [["--verify-ids"], ["--verify-canaries"], ["--deep"], ["--dry-run"], ["--region", "eu-west-1"]],
        ids=lambda option: option[0],
    )
    def test_options_alone_do_nothing(
        self, option: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert cli.main(["scan", str(tmp_path), *option]) == 2
        assert f"{option[0]} does nothing without --verify" in capfd.readouterr().err

    @pytest.mark.parametrize("command", ["scan", "staged", "history"])
    def test_what_the_repository_says_has_no_say_and_botocore_is_not_loaded(
        self, command: str, tmp_path: Path
    ) -> None:
        repo = repos.init(tmp_path / "repo")
        repo.commit(key=lines(keys.pair(LIVE)))
        repo.stage("keyguard.toml", "verify = true\n[tool.keyguard]\nverify = true\n")
        code = (
            "import sys\nfrom keyguard import cli\ncli.main([sys.argv[1]])\n"
            "sys.exit(77 if 'botocore' in sys.modules else 0)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, command], cwd=repo.path, check=False, capture_output=True
        )
        assert done.returncode == 0

    def test_a_dry_run_asks_nobody(
        self, aws: Aws, asked: Callable[[], list[str]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "a").write_text(lines(keys.pair(LIVE)) + "\n" * 600 + lines(CANARY))
        (tmp_path / "b").write_text(keys.key_id(ROOT))
        options = ["--verify", "--dry-run", "--verify-ids", "--sts-endpoint", aws.url, "-fjson"]
        assert cli.main(["scan", str(tmp_path), *options]) == 1
        out, err = capfd.readouterr()
        assert asked() == []
        assert {one["status"] for one in json.loads(out)["findings"]} == {"not-checked"}
        assert f"would ask {aws.url.removeprefix('http://')} about 2 keys" in err
        assert f"  {keys.key_id(LIVE)}\n" in err
        assert f"  {keys.key_id(ROOT)}\n" in err
        assert f"  not {CANARY[0]}: its account is known for tripwires" in err

    def test_a_dry_run_tells_of_other_partitions(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        report = findings.report(findings.session(region="cn-northwest-1"), findings.finding())
        (tmp_path / "report.jsonl").write_text(
            reporters.get("jsonl").render(report, Style(show_secrets=True))
        )
        assert cli.main(["verify", str(tmp_path / "report.jsonl"), "--dry-run"]) == 1
        err = capfd.readouterr().err
        china = "sts.cn-north-1.amazonaws.com.cn, then sts.us-east-1.amazonaws.com"
        assert f"  {keys.key_id(prefix='ASIA')}, at {china}\n" in err
        assert f"  {keys.key_id()}\n" in err


class TestEconomy:
    """Each key is asked about once, and not too fast."""

    def test_a_key_in_many_places(self, aws: Aws, asked: Callable[[], list[str]], tmp_path: Path) -> None:
        for number in range(5):
            (tmp_path / f"{number}.ini").write_text(lines(keys.pair(LIVE)))
        (tmp_path / "readme").write_text(f"we use {keys.key_id(LIVE)}\n")
        options = ["--verify", "--verify-ids", "--sts-endpoint", aws.url, "-o", str(tmp_path / "out.json")]
        assert cli.main(["scan", str(tmp_path), *options]) == 1
        report = json.loads((tmp_path / "out.json").read_text())
        assert [one["status"] for one in report["findings"]] == ["active"] * 6
        assert asked() == [keys.key_id(LIVE)]

    def test_a_thousand_findings_of_a_hundred_keys(self, aws: Aws, asked: Callable[[], list[str]]) -> None:
        report = findings.report(
            *(
                findings.finding(
                    key_id=keys.key_id(seed), secret=Secret(keys.secret(seed).encode()), path=f"{n}/{seed}"
                )
                for n in range(10)
                for seed in MANY
            )
        )
        begun = time.monotonic()
        found = list(verified(report, Settings(sts_endpoint=aws.url)).findings)
        assert time.monotonic() - begun <= 10
        assert {one.status for one in found} == {"active"}
        assert sorted(asked()) == sorted(keys.key_id(seed) for seed in MANY)

    def test_the_rate_is_kept(self, aws: Aws) -> None:
        text = "\n\n".join(lines(keys.pair(seed)) for seed in MANY[:6])
        begun = time.monotonic()
        ask(aws, scanned(text), rate=10)
        assert time.monotonic() - begun >= 0.5

    def test_the_time_it_took_is_in_the_report(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "key").write_text(lines(keys.pair(LIVE)))

        def slowly(*_: object) -> aws_server.Reply:
            time.sleep(0.5)
            return aws_server.identity()

        with Fault(slowly) as server:
            cli.main(["scan", str(tmp_path), "--verify", "--sts-endpoint", server.url, "-fjson"])
        assert 0.5 <= json.loads(capfd.readouterr().out)["summary"]["seconds"] < 5

    def test_who_asks_is_said(self, aws: Aws, tmp_path: Path) -> None:
        (tmp_path / "a").write_text(lines(keys.pair(LIVE)))
        cli.main(["scan", str(tmp_path), "--verify", "--sts-endpoint", aws.url])
        assert f"keyguard/{keyguard.__version__}" in aws.agents()


class TestDeep:
    """What a live key may do."""

    def told(self, aws: Aws, seed: int) -> tuple[Finding, dict[str, str]]:
        found = one(aws, lines(keys.pair(seed)), deep=True)
        return found, dict(found.triage)

    def test_a_user_who_may_look(self, aws: Aws) -> None:
        found, told = self.told(aws, LIVE)
        assert found.severity == "high"
        assert told["created"].endswith(" days ago")
        assert "iam in us-east-1" in told["last_used"] or "sts in us-east-1" in told["last_used"]
        assert told["mfa"] == "no"
        assert told["administrator"] == "no, as far as its policies say"
        advice = " ".join(found.advice)
        assert [
            word for word in ("days old. Rotate", "no MFA", "--user-name alice") if word not in advice
        ] == []

    def test_the_root_user(self, aws: Aws) -> None:
        found, told = self.told(aws, ROOT)
        assert found.severity == "critical"
        assert told["mfa"] == "no"
        assert told["administrator"] == "yes: the root user may do everything"

    def test_an_administrator_by_a_group(self, aws: Aws) -> None:
        found, told = self.told(aws, MANAGER)
        assert found.severity == "critical"
        assert told["administrator"] == "yes: AdministratorAccess, by the group admins"

    def test_an_administrator_by_an_own_policy(self, aws: Aws) -> None:
        found, told = self.told(aws, INLINE)
        assert (found.severity, told["administrator"]) == ("critical", "yes: own")

    def test_a_user_who_may_nothing(self, aws: Aws) -> None:
        found, told = self.told(aws, POOR)
        assert found.severity == "high"
        assert told["created"] == "not known: the key may not ask iam:ListAccessKeys"
        assert told["last_used"] == "not known: the key may not ask iam:GetAccessKeyLastUsed"
        assert told["mfa"] == "not known: the key may not ask iam:ListMFADevices"
        assert told["administrator"] == "not known: the key may not ask iam:ListAttachedUserPolicies"

    def test_a_session(self, aws: Aws) -> None:
        key_id, secret, token = aws.session
        told = dict(one(aws, lines((key_id, secret), token), deep=True).triage)
        assert "created" not in told
        assert told["administrator"].startswith("not known: the key may not ask iam:List")

    def test_every_call_only_reads(self, aws: Aws) -> None:
        for seed in (LIVE, ROOT, MANAGER, INLINE, POOR):
            self.told(aws, seed)
        assert {action[:3] for action in aws.actions()} <= {"Get", "Lis"}

    def test_nothing_of_it_without_the_wish(self, aws: Aws) -> None:
        before = len(aws.actions())
        one(aws, lines(keys.pair(ROOT)))
        assert aws.actions()[before:] == ["GetCallerIdentity"]


class TestSecrecy:
    """Neither the secret nor the token is seen anywhere."""

    def test_logs(self, aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
        key_id, secret, token = aws.session
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("botocore").setLevel(logging.DEBUG)
            found = one(aws, lines((key_id, secret), token), deep=True)
        assert found.status == "active"
        assert "POST" in caplog.text  # something was logged
        assert secret not in caplog.text
        assert token not in caplog.text

    def test_the_secret_is_not_sent(self) -> None:
        bodies: list[str] = []

        def reply(_: int, headers: dict[str, str], body: bytes) -> aws_server.Reply:
            bodies.append(f"{headers}{body.decode()}")
            return aws_server.identity()

        with Fault(reply) as server:
            verified(scanned(lines(keys.pair(LIVE))), Settings(sts_endpoint=server.url))
        assert bodies
        assert keys.secret(LIVE) not in "".join(bodies)

    def test_errors_and_values(self) -> None:
        from keyguard.verify.model import Key  # noqa: PLC0415 - what is tested

        key = Key(keys.key_id(), Secret(keys.secret().encode()), Secret(keys.session_token().encode()))
        assert keys.secret() not in repr(key)
        assert keys.session_token() not in repr(key)


class TestAmbience:
    """What lies around has no say: credentials, profiles, configuration, endpoints."""

    def test_it_is_ignored(self, aws: Aws, tmp_path: Path) -> None:
        (tmp_path / "key").write_text(lines(keys.pair(LIVE)))
        with Fault(lambda *_: aws_server.identity("arn:aws:iam::999999999999:root", "999999999999")) as trap:
            config = f"[default]\nendpoint_url = {trap.url}\nregion = cn-north-1\nca_bundle = /nowhere\n"
            (tmp_path / "config").write_text(config)
            (tmp_path / "credentials").write_text("[default]\n" + lines(keys.pair(ROOT)))
            ambient = {
                "AWS_ACCESS_KEY_ID": keys.key_id(ROOT),
                "AWS_SECRET_ACCESS_KEY": keys.secret(ROOT),
                "AWS_SESSION_TOKEN": keys.session_token(),
                "AWS_PROFILE": "nobody",
                "AWS_CONFIG_FILE": str(tmp_path / "config"),
                "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
                "AWS_ENDPOINT_URL": trap.url,
                "AWS_ENDPOINT_URL_STS": trap.url,
                "AWS_ENDPOINT_URL_IAM": trap.url,
                "AWS_REGION": "cn-north-1",
                "AWS_DEFAULT_REGION": "cn-north-1",
            }
            command = [sys.executable, "-m", "keyguard", "scan", "key", "--verify", "--deep", "-fjson"]
            done = subprocess.run(
                [*command, "--sts-endpoint", aws.url, "--iam-endpoint", aws.url],
                cwd=tmp_path,
                env=os.environ | ambient,
                capture_output=True,
                check=False,
            )
        (found,) = json.loads(done.stdout)["findings"]
        assert found["identity"] == f"arn:aws:iam::{aws_server.ACCOUNT}:user/alice"
        assert trap.seen == []


class TestCommands:
    """The commands that take ``--verify``."""

    def statuses(self, arguments: list[str], capfd: pytest.CaptureFixture[str], code: int = 1) -> list[str]:
        assert cli.main(arguments) == code
        return [one["status"] for one in json.loads(capfd.readouterr().out)["findings"]]

    def test_staged_and_history(
        self, aws: Aws, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repo = repos.init(tmp_path / "repo")
        repo.commit(key=lines(keys.pair(LIVE)))
        repo.stage("other", lines(keys.pair(DEACTIVATED)))
        monkeypatch.chdir(repo.path)
        options = ["--verify", "--sts-endpoint", aws.url, "-fjson"]
        assert self.statuses(["staged", *options], capfd) == ["inactive"]
        assert sorted(self.statuses(["history", *options], capfd)) == ["active", "inactive"]

    def test_ci(
        self, aws: Aws, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repo = repos.init(tmp_path / "repo")
        repo.commit(key=lines(keys.pair(LIVE)))
        monkeypatch.chdir(repo.path)
        for name in ("GITHUB_ACTIONS", "JENKINS_URL", "TF_BUILD"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("GITLAB_CI", "true")
        monkeypatch.setenv("CI_COMMIT_SHA", "HEAD")
        assert self.statuses(["ci", "--verify", "--sts-endpoint", aws.url, "-fjson"], capfd) == ["active"]


class TestVerify:
    """``keyguard verify``."""

    def run(
        self, aws: Aws, arguments: list[str], capfd: pytest.CaptureFixture[str], code: int = 1
    ) -> dict[str, Any]:
        assert cli.main(["verify", *arguments, "--sts-endpoint", aws.url, "-fjson"]) == code
        found: dict[str, Any] = json.loads(capfd.readouterr().out)
        return found

    @pytest.mark.parametrize("name", ["json", "jsonl"])
    def test_a_report_with_secrets(
        self, aws: Aws, name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "key").write_text(lines(keys.pair(LIVE)))
        report = str(tmp_path / f"report.{name}")
        cli.main(["scan", str(tmp_path / "key"), "--show-secrets", "-o", report])
        (found,) = self.run(aws, [report], capfd)["findings"]
        assert (found["status"], found["line"], len(found["parts"])) == ("active", 1, 2)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
    def test_a_report_as_powershell_redirects_it(
        self, aws: Aws, encoding: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "key").write_text(lines(keys.pair(LIVE)))
        cli.main(["scan", str(tmp_path / "key"), "--show-secrets", "-fjsonl"])
        text = capfd.readouterr().out
        report = tmp_path / "report.jsonl"
        report.write_bytes(
            f"\ufeff{text}".encode(encoding) if encoding[-2:] == "le" else text.encode(encoding)
        )
        (found,) = self.run(aws, [str(report)], capfd)["findings"]
        assert (found["status"], found["path"].rpartition("/")[2], found["line"]) == ("active", "key", 1)

    def test_a_report_that_masks(self, aws: Aws, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "key").write_text(lines(keys.pair(LIVE)))
        report = str(tmp_path / "report.json")
        cli.main(["scan", str(tmp_path / "key"), "-o", report])
        (found,) = self.run(aws, [report], capfd)["findings"]
        assert found["status"] == "unknown"
        assert "--show-secrets" in found["triage"]["reason"]
        (found,) = self.run(aws, [report, "--verify-ids"], capfd)["findings"]
        assert found["status"] == "mismatched"

    def test_standard_input(
        self, aws: Aws, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\n".format(*keys.pair(ROOT))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        (found,) = self.run(aws, [], capfd)["findings"]
        assert (found["status"], found["severity"], found["path"]) == ("active", "critical", "<stdin>")

    def test_any_file(self, aws: Aws, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (tmp_path / ".env").write_text(lines(keys.pair(LIVE)))
        assert self.run(aws, [str(tmp_path / ".env")], capfd)["findings"][0]["status"] == "active"

    def test_a_file_without_keys(self, aws: Aws, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "none").write_text("nothing\n")
        assert self.run(aws, [str(tmp_path / "none")], capfd, code=0)["findings"] == []

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            pytest.param(b"", "there is nothing in", id="empty"),
            pytest.param(
                b'{"type": "finding"}\n', "the report is damaged", id="a finding without its fields"
            ),
            pytest.param(b'{"schema": "keyguard-report/1", "findings": [3]}', "damaged", id="no finding"),
            pytest.param(b'{"schema": "keyguard-report/1", "findings": 3}', "damaged", id="no list"),
            pytest.param(None, "is a directory", id="a directory"),
        ],
    )
    def test_what_cannot_be_read(
        self, content: bytes | None, complaint: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        place = tmp_path / "place"
        if content is None:
            place.mkdir()
        else:
            place.write_bytes(content)
        assert cli.main(["verify", str(place)]) == 2
        assert complaint in capfd.readouterr().err
