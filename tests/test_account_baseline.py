"""What is wrong in an account can be accepted: by a file of its own, or in one with keys in code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import account_rows
import account_server
import keys
import pytest
from test_account import GOOD, NOW, OLD, ROOT

from keyguard import cli
from keyguard.baseline import files
from keyguard.cli import account

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

NAME = "account.jsonl"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs keyguard in an empty directory; gives the exit code and what was printed."""
    monkeypatch.setattr(account, "_now", lambda: NOW)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        return (cli.main([*arguments]), *capsys.readouterr())

    return command


def accept(run: Run, *audit: str, name: str = "audit.json") -> str:
    """Accept what an audit finds; gives what was said."""
    assert run("account", *audit, "-o", name)[0] == 1
    code, _, said = run("baseline", "import", name, "-b", NAME)
    assert code == 0
    return said


@pytest.mark.parametrize("name", ["audit.json", "audit.jsonl"])
def test_what_is_accepted_is_not_reported(run: Run, name: str, tmp_path: Path) -> None:
    account_rows.write(tmp_path / "report.csv", ROOT, GOOD, OLD)
    assert f"took over 1 from {name}, into {NAME}" in accept(run, "report.csv", name=name)
    code, out, _ = run("account", "report.csv", "-b", NAME, "-v")
    assert code == 0
    assert "report.csv:4:1: accepted account-old-key by baseline" in out
    code, out, _ = run("account", "report.csv", "-b", NAME, "-f", "json")
    assert (code, json.loads(out)["summary"]["suppressed"]) == (0, 1)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(account_rows.user("old", account_rows.key("2026-01-02", used="2026-11-20")), id="key"),
        pytest.param(account_rows.user("new", account_rows.key("2026-01-01", used="2026-11-20")), id="user"),
        pytest.param(account_rows.user("old", account_rows.key("2026-01-01")), id="practice"),
    ],
)
def test_another_one_is_reported(run: Run, row: str, tmp_path: Path) -> None:
    account_rows.write(tmp_path / "report.csv", ROOT, OLD)
    accept(run, "report.csv")
    account_rows.write(tmp_path / "report.csv", ROOT, row)
    assert run("account", "report.csv", "-b", NAME)[0] == 1


def test_what_was_accepted_of_a_file_is_accepted_of_aws(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in account_server.running():
        iam = account_server.emptied(url)
        key_id = iam.iam().create_access_key(UserName=account_server.AUDITOR)["AccessKey"]["AccessKeyId"]
        content: bytes = iam.iam().get_credential_report()["Content"] if _made(iam) else b""
        with open("report.csv", "wb") as file:
            file.write(content)
        assert run("account", "report.csv", "-o", "audit.json")[0] == 1
        run("baseline", "import", "audit.json", "-b", NAME)
        iam.enforce()
        for name, value in iam.environment().items():
            monkeypatch.setenv(name, value)
        _, out, _ = run("account", "--endpoint-url", url, "-b", NAME, "-f", "json", "-v")
        report = json.loads(out)
        assert {one["rule"] for one in report["findings"]} == {
            "account-root-mfa"
        }  # moto's report has no root
        assert "account-two-keys" in {one["rule"] for one in report["suppressed"]}
        assert key_id in {one["key_id"] for one in report["suppressed"]}


def _made(iam: account_server.Account) -> bool:
    """Have the server make its credential report."""
    return bool(iam.iam().generate_credential_report())


def test_it_accepts_no_key_in_code_and_is_kept_by_those_who_look_there(run: Run, tmp_path: Path) -> None:
    """An account's entries may stand in the same file: a scan neither uses nor misses them."""
    key_id, secret = keys.pair()
    (tmp_path / "app.ini").write_text(f"aws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n")
    account_rows.write(tmp_path / "report.csv", ROOT, OLD)
    accept(run, "report.csv")
    assert run("scan", "app.ini", "-b", NAME)[0] == 1
    assert run("baseline", "update", "--add", "-b", NAME)[0] == 0
    assert {one.rule for one in files.load(NAME).entries} == {"account-old-key", "aws-access-key-pair"}
    assert run("scan", "app.ini", "-b", NAME, "--fail-on-unused")[0] == 0
    (tmp_path / "app.ini").write_text("")
    assert run("scan", ".", "-b", NAME, "--fail-on-unused")[0] == 1
    assert "1 gone" in run("baseline", "update", "-b", NAME)[2]
    assert run("account", "report.csv", "-b", NAME)[0] == 0


def test_no_name_stands_in_it(run: Run, tmp_path: Path) -> None:
    account_rows.write(tmp_path / "report.csv", ROOT, OLD)
    accept(run, "report.csv")
    assert "old" not in (tmp_path / NAME).read_text().replace("account-old-key", "")
    assert account_rows.ACCOUNT not in (tmp_path / NAME).read_text()


@pytest.mark.parametrize(
    ("content", "options", "why"),
    [
        pytest.param("", [], "this is an empty file", id="empty"),
        pytest.param("{}", ["--from", "keyguard-account"], "not a report of 'keyguard account'", id="other"),
        pytest.param(
            '{"type":"finding","rule":"account-old-key","severity":"low"}\n', [], "damaged", id="damaged"
        ),
    ],
)
def test_what_is_no_audit_is_refused(run: Run, content: str, options: list[str], why: str) -> None:
    with open("audit.json", "w", encoding="utf-8") as file:
        file.write(content)
    code, _, said = run("baseline", "import", "audit.json", "-b", NAME, *options)
    assert (code, why in said) == (2, True)


def test_a_report_of_a_scan_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "app.ini").write_text(
        "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys.pair())
    )
    run("scan", "app.ini", "-o", "scan.json")
    code, _, said = run("baseline", "import", "scan.json", "-b", NAME)
    assert (code, "'keyguard baseline create' knows what a scan finds" in said) == (2, True)


def test_a_baseline_that_is_not_there_is_said_before_anything_is_asked(run: Run, tmp_path: Path) -> None:
    account_rows.write(tmp_path / "report.csv", ROOT, OLD)
    code, out, said = run("account", "report.csv", "-b", "none.jsonl")
    assert (code, out, "there is no baseline none.jsonl" in said) == (2, "", True)
