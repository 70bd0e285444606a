"""What is shown of the progress of what takes long, at a real terminal and where there is none."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import account_server
import aws_server
import keys
import pytest
import repos
from aws_server import Fault

if TYPE_CHECKING:
    from pathlib import Path

WIDE = {"COLUMNS": "120", "TERM": "xterm"}


def shown(folder: Path, *arguments: str, **variables: str) -> str:
    """What keyguard writes to its standard error when that is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "keyguard", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, **WIDE, "no_proxy": "127.0.0.1", **variables},
    )
    os.close(theirs)
    said = b""
    while piece := _read(ours):
        said += piece
    os.close(ours)
    assert process.wait() in (0, 1)
    return said.decode()


def _read(terminal: int) -> bytes:
    """What comes next; nothing once the other side has ended, which Linux calls an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def quietly(folder: Path, *arguments: str) -> str:
    """What keyguard writes to its standard error when that is a file."""
    command = [sys.executable, "-m", "keyguard", *arguments]
    environment = {**os.environ, **WIDE, "no_proxy": "127.0.0.1"}
    return subprocess.run(
        command, check=False, cwd=folder, capture_output=True, text=True, env=environment
    ).stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three keys with their secrets, an ID without one, and a report of it all."""
    for number in range(3):
        text = "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys.pair(number))
        (tmp_path / f"{number}.ini").write_text(text)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "alone").write_text(f"aws_access_key_id = {keys.key_id(7)}\n")
    return tmp_path


class TestVerification:
    """How many of how many keys have been asked about."""

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            pytest.param([], "asked about 3 of 3 keys", id="pairs"),
            pytest.param(["--verify-ids"], "asked about 1 of 1 lone IDs", id="a lone ID"),
            pytest.param(["--deep"], "looked into 3 of 3 live keys", id="deep"),
        ],
    )
    def test_a_terminal_is_told(self, options: list[str], words: str, folder: Path) -> None:
        with Fault(lambda *_: aws_server.identity()) as server:
            where = [
                "--sts-endpoint",
                server.url,
                *(["--iam-endpoint", server.url] if "--deep" in options else []),
            ]
            said = shown(folder, "scan", "--verify", *options, *where)
        assert words in said
        assert "4 findings" in said

    def test_other_secrets_for_an_id_take_long_and_are_told_of(self, tmp_path: Path) -> None:
        (tmp_path / "id.ini").write_text(f"aws_access_key_id = {keys.key_id(1)}\n")
        (tmp_path / "secret.ini").write_text(f"aws_secret_access_key = {keys.secret(2)}\n")
        with Fault(lambda *_: aws_server.identity()) as server:
            said = shown(tmp_path, "scan", "--verify", "--sts-endpoint", server.url)
        assert "tried other secrets with 1 of 1 IDs" in said

    @pytest.mark.parametrize("options", [["-q"], ["--dry-run"]], ids=["quiet", "nobody is asked"])
    def test_nothing_is_shown_unasked(self, folder: Path, options: list[str]) -> None:
        with Fault(lambda *_: aws_server.identity()) as server:
            said = shown(folder, "scan", "--verify", *options, "--sts-endpoint", server.url)
        assert "asked about" not in said
        assert "asking" not in said

    def test_a_file_is_told_nothing(self, folder: Path) -> None:
        with Fault(lambda *_: aws_server.identity()) as server:
            said = quietly(folder, "scan", "--verify", "--sts-endpoint", server.url)
        assert said.count("\n") == 1
        assert said.startswith("4 findings")


def test_an_audit_says_how_many_users_were_asked_about(tmp_path: Path) -> None:
    for url in account_server.running():
        account = account_server.emptied(url)
        account.iam().create_user(UserName="ann")
        account.enforce()
        assert "asked about 2 of 2 users" in shown(
            tmp_path, "account", "--endpoint-url", url, **account.environment()
        )


def test_a_history_says_how_many_objects_were_read(tmp_path: Path) -> None:
    repo = repos.init(tmp_path / "repo")
    repo.commit(**{"app.ini": "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys.pair())})
    assert " MB/s, 1 found" in shown(repo.path, "history")
    assert " MB/s" not in quietly(repo.path, "history")
