"""Whatever is wrong, the user learns what it was and what to do, and what was found is not lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import hostile
import keys
import pytest
import repos

ROOT = Path(__file__).parent.parent
KEY = hostile.secret(0)
ID = keys.key_id(0)
NOBODY = 65534

UNPRIVILEGED = """
import ctypes, os, sys
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2  # prctl(2), capabilities(7)
for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Outcome(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    def failed(self, *said: str, code: int = 2) -> None:
        """Check that it said what went wrong, on lines of their own, and not how."""
        assert self.code == code, self
        self.calm()
        errors = [line for line in self.err.splitlines() if line.startswith("keyguard: error: ")]
        assert errors, self
        for word in said:
            assert any(word in line for line in errors), (word, errors)

    def found(self, code: int = 1) -> None:
        """Check that it found the key and said so on standard output."""
        assert self.code == code, self
        assert ID in self.out, self
        self.calm()

    def calm(self) -> None:
        """Check that nothing looks like an accident."""
        for word in ("Traceback", "bug in keyguard", "Exception ignored", "Error:"):
            assert word not in self.out + self.err, self
        assert keys.secret(0) not in self.out + self.err
        assert all(line.isprintable() for line in (self.out + self.err).splitlines()), self


class Bench:
    """A directory to work in, and a way to run keyguard there; ``prefix`` is a command that runs another."""

    def __init__(self, folder: Path, prefix: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.prefix = prefix

    def run(
        self,
        *arguments: str | bytes,
        stdin: bytes = b"",
        below: str = ".",
        path: str | None = None,
        script: str = 'exec "$@"',
    ) -> Outcome:
        """Run keyguard; ``script`` is how the shell does it, ``path`` another PATH for it."""
        variables = hostile.environment(self.folder)
        done = subprocess.run(
            [*self.prefix, "/bin/sh", "-c", script, "sh", hostile.KEYGUARD, *arguments],
            cwd=self.folder / below,
            env=variables if path is None else variables | {"PATH": path},
            input=stdin,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode())

    def write(self, name: str | bytes, content: str | bytes = KEY) -> Path:
        """A file."""
        repos.Repo(self.folder).write(name, content)
        return self.folder / os.fsdecode(name)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def restricted(tmp_path: Path) -> Bench:
    """As a user to whom permissions apply, if need be the superuser without the right to ignore them."""
    prefix = (sys.executable, "-c", UNPRIVILEGED) if os.geteuid() == 0 else ()
    closed = tmp_path / "closed"
    closed.touch(mode=0)
    reads = [
        subprocess.run([*prefix, "/bin/cat", place], capture_output=True, check=False).returncode == 0
        for place in (os.devnull, closed)
    ]
    if reads != [True, False]:
        pytest.skip("permissions do not apply to this user, and cannot be made to")
    closed.unlink()
    return Bench(tmp_path, prefix)


class TestUsage:
    """What was typed is wrong."""

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            pytest.param(["scan", "--bogus"], ["--bogus", "keyguard scan --help"], id="unknown option"),
            pytest.param(["staged", "x"], ["unrecognized arguments: x"], id="too many arguments"),
            pytest.param(["scna"], ["'scna'", "did you mean 'keyguard scan'?"], id="misspelt command"),
            pytest.param(["guard-all"], ["no command", "keyguard --help"], id="no such command"),
            pytest.param(["sc\x1b[31m\n"], [r"'sc\x1b[31m\n'"], id="control characters"),
            pytest.param([b"\xff\xfe"], ["no command"], id="not UTF-8"),
            pytest.param(["-C"], ["-C needs a directory"], id="-C without a directory"),
            pytest.param(["-C", "gone", "scan"], ["gone: No such file", "-C"], id="-C with none there"),
            pytest.param(["-C", "clean", "scan"], ["clean: Not a directory"], id="-C with a file"),
            pytest.param(["scan", "-f", "xml"], ["'xml'", "sarif"], id="unknown format"),
            pytest.param(["scan", "--fail-on", "worse"], ["'worse'", "medium"], id="unknown severity"),
            pytest.param(["scan", "--show-secrets"], ["--format jsonl"], id="secrets in text"),
            pytest.param(["hook"], ["required: hook"], id="no hook"),
            pytest.param(["hook", "post-commit"], ["'post-commit'", "pre-commit"], id="unknown hook"),
            pytest.param(["hook", "pre-commit", "--bogus"], ["--bogus"], id="unknown option of a hook"),
            pytest.param(["hook", "commit-msg"], ["needs the file"], id="no message"),
            pytest.param(["rules"], ["required: action"], id="no action"),
            pytest.param(["install", "--hook", "x"], ["'x'", "pre-push"], id="hook that cannot be installed"),
        ],
    )
    def test_a_wrong_command_line(self, bench: Bench, arguments: list[str], said: list[str]) -> None:
        bench.write("clean", "clean\n")
        bench.run(*arguments).failed(*said)

    @pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "1e3", "5 m", "٣", "9" * 30, "9" * 5000, b"\xff"])
    @pytest.mark.parametrize("option", ["--timeout", "--max-file-size", "--jobs"])
    def test_a_number_that_is_none(self, bench: Bench, option: str, text: str) -> None:
        bench.write("key")
        bench.run("scan", option, text).failed(option)

    def test_more_processes_than_any_machine_has(self, bench: Bench) -> None:
        bench.write("key")
        bench.run("scan", "-j", "100000").failed("-j", "up to 1000")

    @pytest.mark.parametrize("pattern", ["!", "[z-a]", "[[:alpha:]", b"\xff"])
    def test_a_pattern_that_is_none(self, bench: Bench, pattern: str) -> None:
        bench.write("key")
        bench.run("scan", "--exclude", pattern).failed("--exclude")

    def test_help_and_version_are_no_errors(self, bench: Bench) -> None:
        for arguments in (["--help"], ["scan", "--help"], ["--version"], ["-C", "/", "--version"]):
            done = bench.run(*arguments)
            assert (done.code, done.err) == (0, "")
            assert done.out

    def test_without_a_command_there_is_help_and_an_error(self, bench: Bench) -> None:
        assert bench.run().code == 2
        assert "commands:" in bench.run().out


class TestPaths:
    """What was named is odd, or not there."""

    @pytest.mark.parametrize(
        "name", ["missing", "missing/", "key/below", "x" * 300, "miss\x1b[31m\ning", b"\xff"]
    )
    def test_what_does_not_exist(self, bench: Bench, name: str) -> None:
        bench.write("key")
        bench.run("scan", name).failed()

    def test_what_does_not_exist_beside_what_does(self, bench: Bench) -> None:
        bench.write("key")
        done = bench.run("scan", "missing", "key", "-f", "json")
        done.found()
        assert "keyguard: error: missing: does not exist" in done.err
        assert json.loads(done.out)["complete"] is False

    def test_a_name_is_shown_without_what_a_terminal_would_obey(self, bench: Bench) -> None:
        bench.run("scan", "a\x1b[31m\n\u202e").failed(r"a\x1b[31m\n\u202e: does not exist")

    @pytest.mark.parametrize("name", [b"\xff\xfe", b"new\nline", b"\x1b[31m", b"-n", b" ", "\u202e".encode()])
    def test_odd_names_are_read(self, bench: Bench, name: bytes) -> None:
        bench.write(name)
        bench.run("scan").found()
        bench.run("scan", "--exclude", "*.lock").found()
        bench.run("scan", "--", name).found()

    def test_a_symlink_to_nothing_and_one_to_itself(self, bench: Bench) -> None:
        (bench.folder / "dangling").symlink_to("nowhere")
        (bench.folder / "itself").symlink_to("itself")
        bench.run("scan", "dangling").failed("dangling: does not exist")
        bench.run("scan", "itself").failed("itself: cannot be read", "symbolic links")
        bench.write("key")
        bench.run("scan").found()

    def test_a_loop_of_directories(self, bench: Bench) -> None:
        bench.write("a/key")
        (bench.folder / "a" / "again").symlink_to(bench.folder)
        (bench.folder / "a" / "here").symlink_to(".")
        bench.run("scan").found()
        bench.run("scan", "a/again").found()

    def test_directories_that_are_deeper_than_a_path_may_be_long(self, bench: Bench) -> None:
        """Nothing can be opened there by its name, so it is not read, and that is said."""
        here = os.open(bench.folder, os.O_RDONLY)
        try:
            for _ in range(25):
                os.mkdir("d" * 200, dir_fd=here)
                here, above = os.open("d" * 200, os.O_RDONLY, dir_fd=here), here
                os.close(above)
        finally:
            os.close(here)
        bench.write("key")
        done = bench.run("scan")
        done.found()
        assert "File name too long" in done.err

    def test_a_thousand_directories_deep(self, bench: Bench) -> None:
        deepest = str(bench.folder)
        for _ in range(1200):
            deepest += "/d"
            os.mkdir(deepest)
        Path(deepest, "key").write_text(KEY)
        bench.run("scan").found()
        subprocess.run(["rm", "-r", bench.folder / "d"], check=True)  # Python's own way would be too deep

    def test_an_empty_directory(self, bench: Bench) -> None:
        bench.run("scan").failed("nothing to scan")

    def test_empty_files_count_as_read(self, bench: Bench) -> None:
        bench.write("empty", "")
        assert bench.run("scan").code == 0
        assert bench.run("scan", "empty").code == 0
        assert bench.run("scan", "-").code == 0

    def test_nothing_but_what_was_left_out(self, bench: Bench) -> None:
        bench.write("key")
        bench.run("scan", "--exclude", "*").failed("nothing to scan")
        bench.run("scan", "--max-file-size", "10").failed("nothing to scan", "larger than --max-file-size 10")
        bench.write("small", "")
        done = bench.run("scan", "--max-file-size", "10")
        assert done.code == 0
        assert "key: larger than --max-file-size 10" in done.out

    def test_a_line_of_twenty_megabytes(self, bench: Bench) -> None:
        bench.write("long", "a " * 10_000_000 + KEY.replace("\n", " "))
        bench.run("scan").found()

    def test_a_file_that_grows_while_it_is_read(self, bench: Bench) -> None:
        place = bench.write("growing", KEY + "\n" * (64 << 20))
        ended = threading.Event()

        def grow() -> None:
            with place.open("ab") as file:
                while not ended.wait(0.001):
                    file.write(b"x")
                    file.flush()

        writer = threading.Thread(target=grow)
        writer.start()
        try:
            done = bench.run("scan", "growing")
        finally:
            ended.set()
            writer.join()
        done.found()
        assert "growing: changed while it was read" in done.err

    def test_a_timeout_of_nothing(self, bench: Bench) -> None:
        bench.write("clean", "clean\n")
        bench.run("scan", "--timeout", "0s").failed("--timeout is used up")

    def test_a_timeout_does_not_lose_what_was_found(self, bench: Bench) -> None:
        bench.write("1")
        bench.write("2", "clean\n")
        done = bench.run("scan", "--timeout", "0s")
        done.found()
        assert "--timeout is used up" in done.err


class TestNoPlainFiles:
    """They are never waited for."""

    def test_a_pipe(self, bench: Bench) -> None:
        os.mkfifo(bench.folder / "pipe")
        bench.run("scan", "pipe").failed("pipe: not a regular file")
        bench.run("scan").failed("nothing to scan", "not a regular file")
        bench.write("key")
        bench.run("scan").found()

    def test_a_socket(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(bench.folder)  # the name of a socket must be short
        with subprocess_socket("socket"):
            bench.run("scan", "socket").failed("socket: not a regular file")
            bench.write("key")
            bench.run("scan").found()

    @pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/tty"])
    def test_a_device(self, bench: Bench, device: str) -> None:
        bench.run("scan", device).failed("not a regular file" if device != "/dev/tty" else device)

    def test_a_pipe_for_a_hook(self, bench: Bench) -> None:
        repos.init(bench.folder)
        os.mkfifo(bench.folder / "pipe")
        done = bench.run("hook", "pre-commit", "pipe")
        assert (done.code, "pipe: not a regular file" in done.out) == (2, True)
        done.calm()


class subprocess_socket:  # noqa: N801 - reads like the thing it makes
    """A socket in the file system, made by another process: this one may have none."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        code = f"import socket; socket.socket(socket.AF_UNIX).bind({self.name!r})"
        subprocess.run([sys.executable, "-c", code], check=True)

    def __exit__(self, *_: object) -> None:
        os.unlink(self.name)


class TestPermissions:
    """What may not be read or written."""

    def test_a_file_that_may_not_be_read(self, restricted: Bench) -> None:
        restricted.write("closed").chmod(0)
        restricted.run("scan", "closed").failed("closed: cannot be read: Permission denied")
        restricted.run("scan").failed("closed: cannot be read: Permission denied")
        restricted.write("key")
        done = restricted.run("scan")
        done.found()
        assert "closed: cannot be read" in done.err

    @pytest.mark.parametrize("mode", [0o000, 0o400, 0o100], ids=oct)
    def test_a_directory_that_may_not_be_entered(self, restricted: Bench, mode: int) -> None:
        restricted.write("folder/file", "clean\n")
        restricted.write("key")
        closed = restricted.folder / "folder"
        closed.chmod(mode)
        try:
            restricted.run("scan", "folder").failed("folder/", "cannot be read: Permission denied")
            done = restricted.run("scan")
            done.found()
            assert "cannot be read: Permission denied" in done.err
            if not mode & 0o100:
                restricted.run("-C", "folder", "scan").failed("folder: Permission denied")
        finally:
            closed.chmod(0o700)

    def test_an_output_that_may_not_be_written(self, restricted: Bench) -> None:
        restricted.write("key")
        closed = restricted.folder / "folder"
        closed.mkdir(mode=0o500)
        done = restricted.run("scan", "-o", "folder/report.json")
        done.failed("folder/report.json: Permission denied", code=1)
        assert ID in done.err
        assert list(closed.iterdir()) == []

    def test_a_repository_of_someone_else(self, restricted: Bench) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root can make a repository that belongs to another user")
        repo = repos.init(restricted.folder / "repo")
        repo.stage("key", KEY)
        for place in (repo.path, repo.path / ".git"):
            os.chown(place, NOBODY, NOBODY)
        for arguments in (["staged"], ["scan"], ["install"]):
            restricted.run(*arguments, below="repo").failed("dubious ownership", "safe.directory")
        restricted.run("scan", "--no-gitignore", below="repo").found()

    def test_a_hooks_directory_that_may_not_be_written(self, restricted: Bench) -> None:
        repo = repos.init(restricted.folder / "repo")
        hooks = repo.path / ".git" / "hooks"
        hooks.chmod(0o500)
        restricted.run("install", below="repo").failed("cannot write", "Permission denied")


class TestOutput:
    """The report cannot be delivered."""

    @pytest.mark.parametrize("arguments", [[], ["-f", "json"], ["-o", "-"]], ids=["text", "json", "-"])
    @pytest.mark.parametrize(
        ("script", "said"),
        [
            pytest.param('exec "$@" >&-', "standard output is closed", id="closed"),
            pytest.param('exec "$@" >/dev/full', "No space left on device", id="full"),
        ],
    )
    def test_nowhere_to_print(self, bench: Bench, script: str, said: str, arguments: list[str]) -> None:
        """The key is reported on standard error instead."""
        if "full" in script and not os.path.exists("/dev/full"):
            pytest.skip("this system has no /dev/full")
        bench.write("key")
        done = bench.run("scan", *arguments, script=script)
        done.failed(said, "-o FILE", code=1)
        assert ID in done.err

    @pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["scan", "--help"], ["rules", "list"]])
    def test_nowhere_to_print_what_was_asked_for(self, bench: Bench, arguments: list[str]) -> None:
        if not os.path.exists("/dev/full"):
            pytest.skip("this system has no /dev/full")
        bench.run(*arguments, script='exec "$@" >/dev/full').failed("No space left on device")

    def test_a_clean_hook_has_nothing_to_print(self, bench: Bench) -> None:
        repos.init(bench.folder).stage("clean", "clean\n")
        assert bench.run("hook", "pre-commit", script='exec "$@" >&-') == Outcome(0, "", "")

    @pytest.mark.parametrize("arguments", [["scan"], ["scan", "missing"], ["scan", "--bogus"]])
    @pytest.mark.parametrize("where", ["&-", "/dev/full"])
    def test_nowhere_to_complain(self, bench: Bench, where: str, arguments: list[str]) -> None:
        """The exit code and standard output are what they would be."""
        if where == "/dev/full" and not os.path.exists(where):
            pytest.skip("this system has no /dev/full")
        bench.write("key")
        usual = bench.run(*arguments)
        assert bench.run(*arguments, script=f'exec "$@" 2>{where}') == usual._replace(err="")

    def test_a_reader_that_goes_early(self, bench: Bench) -> None:
        bench.write("many", "".join(map(hostile.secret, range(800))))
        done = bench.run("scan", "-q", script='{ "$@"; echo "code $?" >&2; } | head -n 1')
        assert "many:1:" in done.out
        assert done.err == "code 1\n"

    def test_a_missing_directory_is_noticed_before_the_scan(self, bench: Bench) -> None:
        bench.write("key")
        begun = time.monotonic()
        done = bench.run("scan", "-o", "no/report.json", stdin=b"")
        done.failed("no/report.json", "directory does not exist")
        assert time.monotonic() - begun < 30
        assert ID not in done.err

    def test_an_output_that_is_a_directory(self, bench: Bench) -> None:
        bench.write("key")
        done = bench.run("scan", "-o", ".")
        done.failed("Is a directory", code=1)
        assert ID in done.err

    def test_an_output_that_is_no_plain_file_stays_what_it_is(self, bench: Bench) -> None:
        """A root that writes to /dev/null must not replace it."""
        bench.write("key")
        os.mkfifo(bench.folder / "pipe")
        (bench.folder / "link").symlink_to("target")
        done = bench.run("scan", "key", "-o", "pipe", script='cat pipe & "$@"; code=$?; wait; exit $code')
        done.found()
        assert (bench.folder / "pipe").is_fifo()
        assert bench.run("scan", "key", "-o", "link").code == 1
        assert (bench.folder / "link").is_symlink()
        assert ID in (bench.folder / "target").read_text()

    def test_a_report_replaces_the_old_one_whole(self, bench: Bench) -> None:
        bench.write("key")
        bench.write("report.json", "x" * 100_000)
        assert bench.run("scan", "key", "-o", "report.json").code == 1
        assert json.loads((bench.folder / "report.json").read_text())["complete"]
        assert sorted(place.name for place in bench.folder.iterdir()) == ["key", "report.json"]


class TestStandardInput:
    """What comes there is not what should."""

    def test_closed(self, bench: Bench) -> None:
        bench.run("scan", "-", script='exec "$@" <&-').failed("standard input is closed")

    @pytest.mark.parametrize("hook", ["pre-push", "pre-receive"])
    def test_closed_for_a_hook(self, bench: Bench, hook: str) -> None:
        repos.init(bench.folder)
        bench.run("hook", hook, script='exec "$@" <&-').failed("standard input is closed")

    @pytest.mark.parametrize("hook", ["pre-push", "pre-receive"])
    @pytest.mark.parametrize("told", [b"x\n", b"\xff\xfe\n", b"\0\n", b"a b c\n", b"a b c d e\n", b"\n"])
    def test_not_what_git_says(self, bench: Bench, hook: str, told: bytes) -> None:
        repos.init(bench.folder)
        bench.run("hook", hook, stdin=told).failed("line 1 of standard input")

    def test_the_name_of_a_branch_can_be_of_any_bytes(self, bench: Bench) -> None:
        repo = repos.init(bench.folder)
        oid = repo.commit(key=KEY)
        told = b"refs/heads/\xff " + oid.encode() + b" refs/heads/\xff " + b"0" * 40 + b"\n"
        strict = 'PYTHONIOENCODING=utf-8:strict exec "$@"'
        bench.run("hook", "pre-push", "origin", "x", stdin=told, script=strict).found()


class TestPlaces:
    """The current directory or its repository is not as it should be."""

    def test_not_a_repository(self, bench: Bench) -> None:
        for arguments in (["staged"], ["install"], ["install", "--uninstall"]):
            bench.run(*arguments).failed("is not in a git repository", "-C DIR")

    @pytest.mark.parametrize("hook", ["pre-commit", "pre-push", "pre-receive"])
    def test_a_hook_outside_of_a_repository(self, bench: Bench, hook: str) -> None:
        told = b"%s %s refs/heads/x %s\n" % (b"x " * (hook == "pre-push"), b"1" * 40, b"2" * 40)
        done = bench.run("hook", hook, stdin=told if hook == "pre-push" else told[1:])
        assert done.code == 2
        assert "is not in a git repository" in done.out + done.err or "standard input" in done.err
        done.calm()

    @pytest.mark.parametrize(
        "arguments",
        [["scan"], ["scan", ".."], ["scan", "x"], ["staged"], ["hook", "pre-commit"], ["install"]],
        ids=" ".join,
    )
    def test_a_current_directory_that_is_gone(self, bench: Bench, arguments: list[str]) -> None:
        gone = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
        bench.run(*arguments, script=gone).failed()

    def test_a_file_is_read_from_a_directory_that_is_gone(self, bench: Bench) -> None:
        place = bench.write("key")
        gone = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
        bench.run("scan", str(place), script=gone).found()
        bench.run("scan", "-", stdin=KEY.encode(), script=gone).found()

    def test_a_file_deleted_from_the_work_tree_is_no_error(self, bench: Bench) -> None:
        repo = repos.init(bench.folder)
        repo.commit(**{"gone": "x\n", "folder/gone": "x\n", "clean": "x\n"})
        (bench.folder / "gone").unlink()
        shutil.rmtree(bench.folder / "folder")
        bench.write("folder", "now a file\n")
        done = bench.run("scan")
        assert (done.code, done.out) == (0, "")

    def test_a_submodule_that_was_not_checked_out(self, bench: Bench) -> None:
        repos.init(bench.folder / "library").commit(file="x\n")
        top = repos.init(bench.folder / "top")
        top.git("submodule", "--quiet", "add", "../library", "module")
        top.commit(key=KEY)
        top.git("clone", "-q", ".", str(bench.folder / "clone"))
        bench.run("scan", below="clone").found()
        bench.run("scan", "module", below="clone").failed("nothing to scan in module")

    @pytest.mark.parametrize("damage", ["truncated", "emptied", "random"])
    def test_an_index_that_is_damaged(self, bench: Bench, damage: str) -> None:
        repo = repos.init(bench.folder)
        repo.commit(clean="x\n")
        bench.write("key")
        index = bench.folder / ".git" / "index"
        content = {"truncated": index.read_bytes()[:50], "emptied": b"", "random": os.urandom(500)}
        index.write_bytes(content[damage])
        bench.run("staged").failed("index")
        done = bench.run("scan")
        assert done.code in (1, 2)
        done.calm()

    def test_a_configuration_that_is_damaged(self, bench: Bench) -> None:
        repo = repos.init(bench.folder)
        repo.stage("key", KEY)
        bench.write(".git/config", "[core\n")
        for arguments in (["staged"], ["scan"], ["install"]):
            bench.run(*arguments).failed("bad config line 1")
        bench.run("scan", "--no-gitignore").found()
        bench.run("scan", "key").found()


OLD = """#!/bin/sh
case " $* " in
  *" version "*) echo "git version 2.20.1" ;;
  *) echo "error: unknown option" >&2; exit 129 ;;
esac
"""

ECHOES = """#!/bin/sh
case " $* " in
  *" version "*) echo "git version 2.20.1" ;;
  *" rev-parse "*) echo "--path-format=absolute"; echo "--git-path"; echo ".git/hooks" ;;
  *) exit 129 ;;
esac
"""
"""A git from before 2.31 does not refuse options of rev-parse that it does not know, but prints them."""


class TestGit:
    """There is no git, or not the right one."""

    @pytest.fixture
    def repo(self, bench: Bench) -> repos.Repo:
        repo = repos.init(bench.folder / "repo")
        repo.stage("key", KEY)
        return repo

    def fake(self, bench: Bench, script: str) -> str:
        bench.write("bin/git", script).chmod(0o755)
        return f"{bench.folder}/bin:/usr/bin:/bin"

    @pytest.mark.parametrize("search", ["", "/nowhere", "."])
    @pytest.mark.parametrize("arguments", [["staged"], ["scan"], ["install"]], ids=" ".join)
    @pytest.mark.usefixtures("repo")
    def test_git_is_missing(self, bench: Bench, search: str, arguments: list[str]) -> None:
        bench.run(*arguments, below="repo", path=search).failed("git is not on PATH", "install git")

    @pytest.mark.usefixtures("repo")
    def test_what_needs_no_git_works_without(self, bench: Bench) -> None:
        for arguments in (["scan", "key"], ["scan", "--no-gitignore"]):
            bench.run(*arguments, below="repo", path="").found()
        bench.write("elsewhere/key")
        bench.run("scan", below="elsewhere", path="").found()

    @pytest.mark.usefixtures("repo")
    def test_a_hook_without_git_stops_the_commit(self, bench: Bench) -> None:
        done = bench.run("hook", "pre-commit", below="repo", path="")
        assert (done.code, "git is not on PATH" in done.out) == (2, True)
        done.calm()

    @pytest.mark.parametrize("arguments", [["staged"], ["scan"], ["install"]], ids=" ".join)
    @pytest.mark.usefixtures("repo")
    def test_git_is_too_old(self, bench: Bench, arguments: list[str]) -> None:
        done = bench.run(*arguments, below="repo", path=self.fake(bench, OLD))
        done.failed("git 2.20 is too old", "install git 2.31 or newer")

    def test_an_old_git_that_echoes_options_installs_nothing(self, bench: Bench, repo: repos.Repo) -> None:
        before = set(repos.files_of(repo.path))
        done = bench.run("install", below="repo", path=self.fake(bench, ECHOES))
        assert set(repos.files_of(repo.path)) == before
        done.failed("git 2.20 is too old")

    @pytest.mark.usefixtures("repo")
    def test_git_is_no_program(self, bench: Bench) -> None:
        bench.run("staged", below="repo", path=self.fake(bench, "\x7fELF")).failed("cannot run git")


class TestRules:
    """A pattern file is broken."""

    @pytest.fixture
    def patterns(self, bench: Bench) -> Path:
        return Path(shutil.copytree(ROOT / "patterns", bench.folder / "patterns"))

    def test_a_copy_of_our_own_is_fine(self, bench: Bench, patterns: Path) -> None:
        assert bench.run("rules", "check", str(patterns)).code == 0

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            pytest.param("schema = 1", "schema = [", ["aws.toml", "line"], id="no TOML"),
            pytest.param("schema = 1", "schema = 2", ["aws.toml", "schema is 2"], id="another schema"),
            pytest.param("schema = 1", "schema = 1\nrule = 3\n#", ["aws.toml"], id="rules are no list"),
            pytest.param('anchors = ["A3T"]', "", ["aws-legacy-access-key-id", "anchor"], id="no anchor"),
            pytest.param('anchors = ["A3T"]', "anchors = 3", ["anchors is not a list"], id="not a list"),
            pytest.param(
                'id = "aws-legacy-access-key-id"',
                'id = "aws-access-key-id"',
                ["two rules are called 'aws-access-key-id'"],
                id="the same name twice",
            ),
            pytest.param('id = "aws-legacy-access-key-id"', "", ["id is missing"], id="no name"),
            pytest.param('severity = "low"', 'severity = "bad"', ["'bad'", "medium"], id="no such severity"),
            pytest.param("run = 40", "run = -1", ["run is not a whole number"], id="negative number"),
            pytest.param(
                "(?P<value>A3T",
                "(?P<value>(A3T",
                ["aws-legacy-access-key-id", "pattern"],
                id="no regular expression",
            ),
            pytest.param(
                "(?P<value>A3T",
                "(?:A3T",
                ["aws-legacy-access-key-id", "value"],
                id="no group for the value",
            ),
        ],
    )
    def test_a_broken_file(self, bench: Bench, patterns: Path, old: str, new: str, said: list[str]) -> None:
        place = patterns / "aws.toml"
        text = place.read_text()
        assert old in text
        place.write_text(text.replace(old, new, 1))
        bench.run("rules", "check", str(patterns)).failed(*said)

    def test_a_rule_that_does_not_hold(self, bench: Bench, patterns: Path) -> None:
        place = patterns / "aws.toml"
        place.write_text(
            place.read_text().replace('["A3T{base32:17}"', '["A3T{base32:18}"').replace("= A3T", "= A3x")
        )
        bench.run("rules", "check", str(patterns)).failed("misses its example", code=1)

    @pytest.mark.parametrize(
        "content", [b"\xff\xfe", b'a = "\0"', b"= 1"], ids=["not UTF-8", "NUL", "no key"]
    )
    @pytest.mark.parametrize("name", ["aws.toml", "examples.toml"])
    def test_no_text(self, bench: Bench, patterns: Path, name: str, content: bytes) -> None:
        (patterns / name).write_bytes(content)
        bench.run("rules", "check", str(patterns)).failed(name)
        bench.run("rules", "list", str(patterns)).failed(name)

    def test_no_folder(self, bench: Bench, patterns: Path) -> None:
        bench.run("rules", "check", "missing").failed("there is no file missing")
        bench.run("rules", "check", str(patterns / "aws.toml")).failed("aws.toml")
        (patterns / "examples.toml").unlink()
        bench.run("rules", "check", str(patterns)).failed("examples.toml")


class TestInterruption:
    """What was found until then is printed."""

    def interrupted(self, bench: Bench, *options: str) -> Outcome:
        """Press Ctrl-C while the last of the files is read, which is too long to come to its end."""
        bench.write("1-key")
        with bench.write("2-long", "").open("wb") as file:
            file.truncate(100 << 30)
        running = subprocess.Popen(
            [hostile.KEYGUARD, "scan", *options],
            cwd=bench.folder,
            env=hostile.environment(bench.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            wait_until_it_reads(running.pid, "2-long")
            os.killpg(running.pid, signal.SIGINT)
            out, err = running.communicate(timeout=10)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        return Outcome(running.returncode, out, err)

    @pytest.mark.parametrize("form", ["text", "jsonl"])
    def test_during_a_scan(self, bench: Bench, form: str) -> None:
        self.interrupted(bench, "-f", form).found(code=130)

    def test_during_a_scan_by_several_processes(self, bench: Bench) -> None:
        self.interrupted(bench, "-j", "2").found(code=130)

    def test_before_anything_was_read(self, bench: Bench) -> None:
        running = subprocess.Popen(
            [hostile.KEYGUARD, "scan", "-"],
            cwd=bench.folder,
            env=hostile.environment(bench.folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)
        assert running.returncode == 130
        Outcome(130, out, err).calm()


def wait_until_it_reads(pid: int, name: str) -> None:
    """Return when the process or a child of it has the file open, or, where that cannot be seen, later."""
    if not os.path.isdir(f"/proc/{pid}/fd"):
        time.sleep(5)
        return
    for _ in range(3000):
        for process in (pid, *children(pid)):
            with contextlib.suppress(OSError):
                folder = f"/proc/{process}/fd"
                if any(os.readlink(f"{folder}/{one}").endswith(name) for one in os.listdir(folder)):
                    return
        time.sleep(0.01)
    pytest.fail(f"{name} was never opened")


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(one) for one in file.read().split()]
    return []
