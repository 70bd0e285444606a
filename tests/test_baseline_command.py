"""``keyguard baseline``, and the baseline in every scan, as a user runs them."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import keys
import pytest
import repos

import keyguard
from keyguard.baseline import files
from keyguard.cli import audit

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".keyguard-baseline.jsonl"


def ini(seed: int, header: str = "[default]") -> str:
    key_id, secret = keys.pair(seed)
    return f"{header}\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"


@pytest.fixture
def repo(tmp_path: Path) -> repos.Repo:
    """A repository with two keys in its files, and a third in its history."""
    repo = repos.init(tmp_path / "repo")
    repo.commit(**{"a.ini": ini(0), "b.ini": ini(1), "gone.ini": ini(2)})
    repo.git("rm", "-q", "gone.ini")
    repo.commit()
    return repo


def run(where: Path, *arguments: str, code: int = 0) -> str:
    """What keyguard prints, standard error included."""
    done = subprocess.run(
        [sys.executable, "-m", "keyguard", *arguments],
        cwd=where,
        env=repos.environment({"PYTHONPATH": os.getcwd()}),
        capture_output=True,
        check=False,
    )
    printed = (done.stdout + done.stderr).decode()
    assert done.returncode == code, printed
    return printed


def verdicts(repo: repos.Repo) -> list[str]:
    return sorted(one.verdict for one in files.load(str(repo.path / NAME)).entries)


class TestCreate:
    """A baseline of what is there."""

    def test_what_was_there_is_accepted_and_what_comes_is_not(self, repo: repos.Repo) -> None:
        assert "knows 2 keys" in run(repo.path, "baseline", "create")
        assert "2 accepted" in run(repo.path, "scan", "-b", NAME, "-v")
        repo.stage("c.ini", ini(3))
        assert "1 finding (1 high)" in run(repo.path, "scan", "-b", NAME, code=1)
        assert "keyguard stopped this commit" in run(
            repo.path, "hook", "pre-commit", "--baseline", NAME, code=1
        )

    def test_the_hook_lets_pass_what_is_known_and_writes_nothing(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        repo.git("mv", "a.ini", "moved.ini")
        repo.stage("moved.ini", "# moved\n\n" + ini(0))
        before = (repo.path / NAME).read_bytes()
        assert run(repo.path, "hook", "pre-commit", "--baseline", NAME) == ""
        assert (repo.path / NAME).read_bytes() == before

    def test_files_may_stand_behind_the_options_of_the_hook(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        files = ("a.ini", "b.ini")
        assert run(repo.path, "hook", "pre-commit", "--baseline", NAME, *files) == ""
        repo.write("a.ini", ini(4))
        assert "a.ini:2" in run(repo.path, "hook", "pre-commit", "--baseline", NAME, *files, code=1)

    def test_the_configuration_counts_as_for_a_scan(self, repo: repos.Repo) -> None:
        repo.write("keyguard.toml", "exclude = ['a.ini']\nmin-confidence = 'high'\nno-gitignore = true\n")
        repo.write(".gitignore", "left.ini\n")
        repo.write("left.ini", ini(5))
        assert "knows 2 keys" in run(repo.path, "baseline", "create")

    def test_the_history(self, repo: repos.Repo) -> None:
        assert "knows 3 keys" in run(repo.path, "baseline", "create", "--history")
        assert "no findings" in run(repo.path, "history", "-b", NAME, "-v")
        assert "0 gone, 0 new, 3 known" in run(repo.path, "baseline", "update")

    def test_the_files_alone_do_not_cover_the_history(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        assert "1 finding" in run(repo.path, "history", "-b", NAME, code=1)

    def test_one_that_is_there_is_not_replaced(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        before = (repo.path / NAME).read_bytes()
        assert "there is a baseline already" in run(repo.path, "baseline", "create", code=2)
        assert (repo.path / NAME).read_bytes() == before
        run(repo.path, "baseline", "create", "--force")
        assert (repo.path / NAME).read_bytes() != before  # another salt

    def test_an_incomplete_scan_says_so(self, repo: repos.Repo) -> None:
        assert "--timeout is used up" in run(repo.path, "baseline", "create", "--timeout", "0", code=2)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            pytest.param(["create", "--add"], "--add does not go with 'create'", id="for another action"),
            pytest.param(["update", "x"], "a file to read does not go with 'update'", id="a file"),
            pytest.param(["import"], "needs a file", id="no file"),
            pytest.param(["import", "x", "--from", "y"], "there is no kind 'y'", id="no kind"),
            pytest.param(["update"], f"there is no baseline {NAME}", id="no baseline"),
            pytest.param(["audit"], f"there is no baseline {NAME}", id="nothing to audit"),
        ],
    )
    def test_wrong_usage(self, repo: repos.Repo, arguments: list[str], said: str) -> None:
        assert said in run(repo.path, "baseline", *arguments, code=2)

    def test_a_baseline_that_is_named_must_be_there(self, repo: repos.Repo) -> None:
        said = "there is no baseline missing; make one with 'keyguard baseline create', or of a report"
        assert said in run(repo.path, "scan", "-b", "missing", code=2)


class TestUpdate:
    """A baseline that follows the code."""

    def test_what_is_gone_is_dropped(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        repo.git("rm", "-qf", "a.ini")
        said = run(repo.path, "scan", "-b", NAME, "--report-unused")
        assert f"{NAME}:" in said
        assert "unused: no aws-access-key-pair is known by it" in said
        run(repo.path, "scan", "-b", NAME, "--fail-on-unused", code=1)
        assert "1 gone, 0 new, 1 known" in run(repo.path, "baseline", "update")
        assert run(repo.path, "scan", "-b", NAME, "--fail-on-unused") == ""

    def test_a_variable_that_names_the_baseline_names_what_is_updated(
        self, repo: repos.Repo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(repo.path, "baseline", "create", "-b", "known.jsonl")
        monkeypatch.setenv("KEYGUARD_BASELINE", "known.jsonl")
        assert "known.jsonl: 0 gone, 0 new, 2 known" in run(repo.path, "baseline", "update")

    def test_what_is_new_is_added_on_request(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        repo.write("c.ini", ini(3))
        assert "0 gone, 0 new, 2 known" in run(repo.path, "baseline", "update")
        assert "0 gone, 1 new, 3 known" in run(repo.path, "baseline", "update", "--add")

    def test_moving_and_renaming_changes_no_byte(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        before = (repo.path / NAME).read_bytes()
        repo.git("mv", "a.ini", "elsewhere.ini")
        repo.write("b.ini", "\n" * 70 + ini(1, header="[other]"))
        run(repo.path, "baseline", "update", "--add")
        assert (repo.path / NAME).read_bytes() == before

    def test_an_incomplete_scan_drops_nothing(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        before = (repo.path / NAME).read_bytes()
        assert "nothing was changed" in run(repo.path, "baseline", "update", "--timeout", "0", code=2)
        assert (repo.path / NAME).read_bytes() == before

    def test_unused_needs_a_baseline(self, repo: repos.Repo) -> None:
        assert "there is no baseline" in run(repo.path, "scan", "--report-unused", code=2)

    def test_two_branches_add_a_key_each(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create")
        repo.stage(".gitattributes", f"{NAME} merge=union\n")
        repo.stage(NAME, (repo.path / NAME).read_bytes())
        repo.commit()
        for branch, seed in (("one", 10), ("two", 11)):
            repo.git("checkout", "-q", "-b", branch, "main")
            repo.write(f"{branch}.ini", ini(seed))
            run(repo.path, "baseline", "update", "--add")
            repo.git("add", "-A")
            repo.commit()
        repo.git("checkout", "-q", "main")
        repo.merge("one")
        repo.merge("two")
        assert "no findings" in run(repo.path, "scan", "-b", NAME, "-v", "--fail-on-unused")
        assert "0 gone, 0 new, 4 known" in run(repo.path, "baseline", "update")


class Terminal:
    """keyguard at a real terminal, which is a pty."""

    def __init__(self, where: Path, *arguments: str) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:  # pragma: no cover - the other process
            os.chdir(where)
            variables = repos.environment({"PYTHONPATH": os.environ["PWD_OF_TESTS"]})
            command = [sys.executable, "-m", "keyguard", *arguments]
            os.execve(sys.executable, command, variables)  # noqa: S606 - so is a terminal taken over
        self.shown = ""

    def until(self, text: str) -> str:
        """Read until ``text`` is shown; gives what was shown since the last time."""
        seen, deadline = "", time.monotonic() + 20
        while text not in seen and time.monotonic() < deadline:
            if not select.select([self.fd], [], [], 1)[0]:
                continue
            try:
                data = os.read(self.fd, 4096).decode()
            except OSError:  # how Linux says that the other end is closed
                break
            seen += data
        assert text in seen, seen
        self.shown += seen
        return seen

    def press(self, key: str) -> None:
        """Press a key, without Enter."""
        os.write(self.fd, key.encode())

    def end(self) -> int:
        """Read the rest; gives the exit code."""
        with suppress(OSError):
            while select.select([self.fd], [], [], 30)[0] and (data := os.read(self.fd, 4096)):
                self.shown += data.decode()
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class TestAudit:
    """A session at a terminal."""

    @pytest.fixture(autouse=True)
    def known(self, repo: repos.Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PWD_OF_TESTS", os.getcwd())
        run(repo.path, "baseline", "create")

    def test_keys_work_without_enter_and_are_kept(self, repo: repos.Repo) -> None:
        terminal = Terminal(repo.path, "baseline", "audit")
        assert "[1/2] a.ini:2:21" in terminal.until("[q]uit ")
        terminal.press("r")
        assert "[2/2] b.ini:2:21" in terminal.until("[q]uit ")
        assert verdicts(repo) == ["", "real"]  # before the session is over
        terminal.press("f")
        assert "2 entries: 1 real, 1 false, 0 not judged" in terminal.until("not judged")
        assert terminal.end() == 0
        assert verdicts(repo) == ["false", "real"]
        assert "a.ini:2:21" in run(repo.path, "scan", "-b", NAME, code=1)

    def test_no_secret_is_shown_but_the_lines_are(self, repo: repos.Repo) -> None:
        terminal = Terminal(repo.path, "baseline", "audit")
        terminal.until("[q]uit ")
        terminal.press("q")
        assert terminal.end() == 0
        assert ">    3  aws_secret_access_key = " in terminal.shown
        assert "     1  [default]" in terminal.shown
        assert keys.key_id(0) in terminal.shown
        assert not any(keys.secret(0)[at : at + 6] in terminal.shown for at in range(35))

    def test_a_secret_that_stands_beside_it_is_not_shown_either(self) -> None:
        lines = ["key = {}, {}".format(*keys.pair(number)) for number in range(3)]
        (one,) = keyguard.scan_text(lines[1])
        moved = [part._replace(line=2, end_line=2) for part in one.parts]
        shown = "".join(audit.context(one._replace(parts=tuple(moved)), lines))
        assert shown.count("key = ") == 3
        assert [number for number in range(3) if keys.secret(number)[4:10] in shown] == []

    def test_back_skip_quit_and_on_again(self, repo: repos.Repo) -> None:
        terminal = Terminal(repo.path, "baseline", "audit")
        terminal.until("[q]uit ")
        for key, expected in (("s", "[2/2] b.ini"), ("b", "[1/2] a.ini"), ("f", "[2/2] b.ini")):
            terminal.press(key)
            assert expected in terminal.until("[q]uit ")
        terminal.press("q")
        assert terminal.end() == 0
        assert verdicts(repo) == ["", "false"]
        again = Terminal(repo.path, "baseline", "audit")
        assert "[1/1] b.ini" in again.until("[q]uit ")  # what was judged is not asked again
        again.press("\x04")
        assert again.end() == 0
        every = Terminal(repo.path, "baseline", "audit", "--all")
        assert "(judged: false)" in every.until("[q]uit ")
        every.press("\x03")
        assert every.end() == 130

    def test_other_keys_do_nothing(self, repo: repos.Repo) -> None:
        terminal = Terminal(repo.path, "baseline", "audit")
        terminal.until("[q]uit ")
        terminal.press("\x1b[B")  # an arrow
        time.sleep(0.2)
        terminal.press("x")
        terminal.until("r, f, s, b or q")
        terminal.press("q")
        assert terminal.end() == 0
        assert verdicts(repo) == ["", ""]

    def test_it_needs_a_terminal(self, repo: repos.Repo) -> None:
        assert "there is no terminal" in run(repo.path, "baseline", "audit", code=2)

    def test_a_secret_in_the_history(self, repo: repos.Repo) -> None:
        run(repo.path, "baseline", "create", "--history", "--force")
        terminal = Terminal(repo.path, "baseline", "audit")
        terminal.until("[q]uit ")
        terminal.press("ss")
        terminal.until("[3/3] gone.ini:2:21")
        terminal.press("f")
        assert terminal.end() == 0
        assert ">    2  aws_access_key_id" in terminal.shown
        assert not any(keys.secret(2)[at : at + 6] in terminal.shown for at in range(35))
