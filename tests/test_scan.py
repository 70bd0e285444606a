"""``keyguard scan`` as its users meet it: what is found where, in which form, with which exit code."""

from __future__ import annotations

import codecs
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import keys
import pytest

if TYPE_CHECKING:
    from pathlib import Path

ID, SECRET = keys.pair(1)
INI = f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"


def keyguard(*arguments: str, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The program itself, as another process."""
    command = [sys.executable, "-P", "-m", "keyguard", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, check=False, env=environment)


def found(*arguments: str, cwd: Path, stdin: bytes = b"") -> list[dict[str, object]]:
    """The findings that ``scan`` reports."""
    done = keyguard("scan", "-f", "jsonl", *arguments, cwd=cwd, stdin=stdin)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return [row for row in rows if row["type"] == "finding"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "keys.ini").write_text(INI)
    (tmp_path / "clean.py").write_text("print('nothing')\n")
    return tmp_path


def test_a_pair_is_reported_with_all_its_fields(folder: Path) -> None:
    (finding,) = found(cwd=folder)
    assert finding["path"] == "sub/keys.ini"
    assert (finding["rule"], finding["severity"], finding["confidence"]) == (
        "aws-access-key-pair",
        "high",
        "high",
    )
    assert (finding["line"], finding["column"], finding["end_line"], finding["end_column"]) == (2, 21, 3, 65)
    assert (finding["key_id"], finding["key_type"], finding["account"]) == (ID, "long-term", "123456789012")
    assert finding["secret"] == SECRET[:4] + "*" * 12
    assert finding["status"] == "not-checked"
    assert [part["kind"] for part in finding["parts"]] == ["id", "secret"]  # type: ignore[attr-defined]  # JSON


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "sarif"])
def test_no_format_shows_the_secret(folder: Path, form: str) -> None:
    done = keyguard("scan", "-f", form, "-v", cwd=folder)
    assert done.returncode == 1
    assert SECRET[5:].encode() not in done.stdout + done.stderr
    assert ID.encode() in done.stdout


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_show_secrets_is_for_json(folder: Path, form: str) -> None:
    assert SECRET.encode() in keyguard("scan", "-f", form, "--show-secrets", cwd=folder).stdout
    refused = keyguard("scan", "--show-secrets", cwd=folder)
    assert (refused.returncode, refused.stdout) == (2, b"")


def test_a_clean_scan_prints_nothing_and_exits_with_0(folder: Path) -> None:
    done = keyguard("scan", "clean.py", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_the_summary_says_what_was_read(folder: Path) -> None:
    done = keyguard("scan", "-f", "json", cwd=folder)
    summary = json.loads(done.stdout)["summary"]
    assert (summary["complete"], summary["findings"], summary["files"]) == (True, 1, 2)
    assert summary["bytes"] == len(INI) + len("print('nothing')\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param([], 1, id="a pair is high"),
        pytest.param(["--fail-on", "high"], 1, id="at the limit"),
        pytest.param(["--fail-on", "critical"], 0, id="below the limit"),
        pytest.param(["--exit-zero"], 0, id="asked for 0"),
        pytest.param(["--exclude", "*.ini"], 0, id="left out"),
        pytest.param(["--max-file-size", "20"], 0, id="what is skipped on request is no failure"),
        pytest.param(["--exit-zero", "nowhere"], 2, id="incomplete is never 0"),
        pytest.param([".", "nowhere"], 1, id="found and incomplete"),
        pytest.param(["nowhere"], 2, id="missing"),
    ],
)
def test_exit_codes(folder: Path, arguments: list[str], code: int) -> None:
    assert keyguard("scan", *arguments, cwd=folder).returncode == code


def test_nothing_read_although_something_was_named_is_not_0(folder: Path) -> None:
    done = keyguard("scan", "clean.py", "--max-file-size", "1", cwd=folder)
    assert done.returncode == 2


def test_an_empty_file_was_read(folder: Path) -> None:
    (folder / "__init__.py").touch()
    assert keyguard("scan", "__init__.py", cwd=folder).returncode == 0


def test_standard_input(folder: Path) -> None:
    (finding,) = found("-", cwd=folder, stdin=INI.encode())
    assert (finding["path"], finding["source"]) == ("<stdin>", "stdin")
    (finding,) = found("-", "--stdin-filename", "a/b.ini", cwd=folder, stdin=INI.encode())
    assert finding["path"] == "a/b.ini"


def test_several_at_once(folder: Path) -> None:
    paths = [
        finding["path"]
        for finding in found("-", "sub", "sub/keys.ini", "clean.py", cwd=folder, stdin=INI.encode())
    ]
    assert paths == ["<stdin>", "sub/keys.ini"]  # what is named twice is read once


def test_paths_are_relative_to_the_named_directory_when_it_is_elsewhere(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert [finding["path"] for finding in found(str(folder), cwd=elsewhere)] == ["sub/keys.ini"]
    assert [finding["path"] for finding in found("sub", cwd=folder)] == ["sub/keys.ini"]
    assert [finding["path"] for finding in found("-C", str(folder), "scan", cwd=elsewhere)] == []


def test_another_directory(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = keyguard("-C", str(folder), "scan", cwd=elsewhere)
    assert (done.returncode, b"sub/keys.ini:2:21" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
    ids=["UTF-8 with a mark", "UTF-16 LE", "UTF-16 BE", "UTF-16 LE, no mark", "UTF-16 BE, no mark", "UTF-32"],
)
def test_encodings(folder: Path, encoding: str, mark: bytes) -> None:
    (folder / "wide.ini").write_bytes(mark + ("# é\r\n" + INI).encode(encoding))
    (finding,) = found("wide.ini", cwd=folder)
    assert (finding["rule"], finding["line"], finding["column"]) == ("aws-access-key-pair", 3, 21)
    assert finding["encoding"] == ("plain" if encoding == "utf-8" else encoding[:6])


def test_a_binary_file(folder: Path) -> None:
    (folder / "a.bin").write_bytes(b"\x7fELF\0\1\2" + ID.encode() + b"\0" + SECRET.encode() + b"\0")
    assert [finding["rule"] for finding in found("a.bin", cwd=folder)] == ["aws-access-key-pair"]


def test_a_symlink_is_its_target_s_name(folder: Path) -> None:
    (folder / "link").symlink_to(f"/keys/{ID}")
    (folder / "loop").symlink_to(".")
    paths = [finding["path"] for finding in found(cwd=folder)]
    assert paths == ["link", "sub/keys.ini"]


def test_a_pair_far_into_a_large_file(folder: Path) -> None:
    line = "x = 'nothing of interest in this line'\n"
    (folder / "large.py").write_text(line * 300_000 + INI + line * 10)
    (finding,) = found("large.py", cwd=folder)
    assert (finding["rule"], finding["line"]) == ("aws-access-key-pair", 300_002)


def test_a_submodule_s_files_are_named_from_the_top(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": "/"}
    for place in (folder, folder / "sub"):
        subprocess.run(["git", "init", "-q", "."], cwd=place, check=True, env=environment)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert [finding["path"] for finding in found(str(folder), cwd=elsewhere)] == ["sub/keys.ini"]


def test_a_bare_repository_is_not_read_as_files(folder: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", "bare.git"], cwd=folder, check=True)
    done = keyguard("scan", "bare.git", cwd=folder)
    assert (done.returncode, b"keyguard history" in done.stderr) == (2, True)


def test_a_report_is_not_scanned_by_the_next_scan(folder: Path) -> None:
    for _ in range(2):
        keyguard("scan", "-o", "report.jsonl", cwd=folder)
    rows = [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]
    assert [row["path"] for row in rows if row["type"] == "finding"] == ["sub/keys.ini"]


def test_a_repository_means_what_git_shows(folder: Path) -> None:
    subprocess.run(
        ["git", "init", "-q", "."], cwd=folder, check=True, env={"PATH": os.environ["PATH"], "HOME": "/"}
    )
    (folder / ".gitignore").write_text("sub\n")
    assert found(cwd=folder) == []
    assert [finding["path"] for finding in found("--no-gitignore", cwd=folder)] == ["sub/keys.ini"]
    (folder / "new.ini").write_text(INI)
    assert [finding["path"] for finding in found(cwd=folder)] == ["new.ini"]


def test_the_report_does_not_depend_on_the_number_of_processes(folder: Path) -> None:
    for number in range(600):
        value, secret = keys.pair(number)
        (folder / f"{number}.ini").write_text(
            INI.replace(ID, value).replace(SECRET, secret) if number % 40 == 0 else "x\n"
        )
    one, two = (
        keyguard("scan", "-f", "jsonl", "-j", jobs, cwd=folder).stdout.splitlines()[:-1] for jobs in "12"
    )
    assert one == two
    assert len(one) == 16


def test_output_goes_to_a_file_of_the_owner(folder: Path) -> None:
    done = keyguard("scan", "-o", "report.sarif", cwd=folder)
    assert (done.returncode, done.stdout) == (1, b"")
    assert json.loads((folder / "report.sarif").read_text())["version"] == "2.1.0"
    assert (folder / "report.sarif").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("environment", "arguments", "coloured"),
    [
        pytest.param({}, [], False, id="not a terminal"),
        pytest.param({"FORCE_COLOR": "1"}, [], True, id="FORCE_COLOR"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False, id="NO_COLOR"),
        pytest.param({"NO_COLOR": "1"}, ["--color", "always"], True, id="the option wins"),
        pytest.param({"FORCE_COLOR": "1"}, ["--color", "never"], False, id="never"),
    ],
)
def test_colour(
    folder: Path,
    environment: dict[str, str],
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    coloured: bool,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert (b"\x1b[" in keyguard("scan", *arguments, cwd=folder).stdout) is coloured


def test_an_example_is_info_and_blocks_nothing(folder: Path) -> None:
    example = INI.replace(ID, keys.EXAMPLE_ID).replace(SECRET, keys.EXAMPLE_SECRET)
    (folder / "example.ini").write_text(example)
    done = keyguard("scan", "-f", "json", "example.ini", cwd=folder)
    assert done.returncode == 0
    assert [finding["severity"] for finding in json.loads(done.stdout)["findings"]] == ["info"]


def test_a_comment_accepts_a_finding_and_the_summary_counts_it(folder: Path) -> None:
    (folder / "sub" / "keys.ini").write_text(INI.replace(SECRET, SECRET + "  # keyguard: ignore -- a test"))
    done = keyguard("scan", "-f", "json", cwd=folder)
    assert (done.returncode, json.loads(done.stdout)["summary"]["suppressed"]) == (0, 1)


@pytest.mark.parametrize(
    ("name", "value", "severity"),
    [
        ("long-term ID", keys.key_id(3), "medium"),
        ("temporary ID", keys.key_id(3, "ASIA"), "low"),
        ("bearer token's ID", keys.key_id(3, "ABIA"), "low"),
        ("secret alone", keys.secret(3), "medium"),
        ("session token", keys.session_token(3), "low"),
        ("Bedrock key", keys.bedrock_key(3), "high"),
        ("presigned URL", f"https://b.s3.amazonaws.com/?X-Amz-Credential={keys.key_id(3)}%2F20260101", "low"),
    ],
)
def test_severities(folder: Path, name: str, value: str, severity: str) -> None:
    (folder / "one.txt").write_text(f"# {name}\nx = {value}\n")
    assert [finding["severity"] for finding in found("one.txt", cwd=folder)] == [severity]
