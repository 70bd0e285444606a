"""A repository behind a URL is cloned, read and removed; nobody is asked, and much is refused."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import hostile
import keys
import pytest
import repos

from keyguard import gitclone
from keyguard.errors import ScanTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "127.0.0.1"
HUSH = "hush" * 2


class Place(NamedTuple):
    """A server, and where a user runs keyguard."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """What is served."""
        return f"git://{HOST}:{self.port}/served"

    @property
    def scratch(self) -> Path:
        """Where temporary files go."""
        return self.folder / "scratch"

    def environment(self, **extra: str) -> dict[str, str]:
        return hostile.environment(self.folder / "home") | {"TMPDIR": str(self.scratch)} | extra

    def run(self, *arguments: str, below: str = ".", **extra: str) -> subprocess.CompletedProcess[str]:
        """Run ``keyguard history``; fails when it leaves anything behind."""
        done = subprocess.run(
            [hostile.KEYGUARD, "history", "-j", "1", *arguments],
            cwd=self.folder / below,
            env=self.environment(**extra),
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
        assert "bug in keyguard" not in done.stderr
        assert not any(self.scratch.iterdir())
        return done


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def reachable(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def until(condition: Callable[[], bool]) -> None:
    """Wait for what takes a moment."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A git daemon with a repository: a key in each of two branches and in a ref that is no branch."""
    folder = tmp_path_factory.mktemp("remote")
    repo = repos.init(folder / "served")
    repo.commit("adds", **{"main.py": hostile.secret(1)})
    repo.commit("removes", **{"main.py": "\n"})
    repo.git("checkout", "-q", "-b", "topic")
    repo.commit("a topic", **{"topic.py": hostile.secret(2)})
    repo.git("checkout", "-q", "--detach")
    request = repo.commit("a request", **{"request.py": hostile.secret(3)})
    repo.git("update-ref", "refs/pull/1/head", request)
    repo.git("checkout", "-q", "main")
    for name in ("home", "scratch"):
        (folder / name).mkdir()
    port = free_port()
    options = ("--reuseaddr", f"--listen={HOST}", f"--port={port}", "--export-all", f"--base-path={folder}")
    program = os.path.join(repo.git("--exec-path").decode().strip(), "git-daemon")
    with subprocess.Popen([program, *options], env=repos.environment(), stderr=subprocess.DEVNULL) as daemon:
        try:
            until(lambda: reachable(port))
            yield Place(folder, port)
        finally:
            daemon.terminate()


def found(done: subprocess.CompletedProcess[str]) -> set[int]:
    assert not any(keys.secret(seed) in done.stdout + done.stderr for seed in range(5))
    return {seed for seed in range(5) if keys.key_id(seed) in done.stdout}


def test_everything_behind_a_url_is_read(place: Place) -> None:
    done = place.run(place.url)
    assert (done.returncode, found(done)) == (1, {1, 2, 3}), done.stderr
    assert "\ntopic.py:" in done.stdout
    assert "INCOMPLETE" not in done.stderr
    assert str(place.scratch) not in done.stdout + done.stderr


def test_over_http(place: Place) -> None:
    """A plain web server is enough for git, with two files that help it."""
    repos.Repo(place.folder / "served").git("update-server-info")
    port = free_port()
    command = [sys.executable, "-m", "http.server", "-b", HOST, "-d", str(place.folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until(lambda: reachable(port))
            done = place.run(f"http://someone:{HUSH}@{HOST}:{port}/served/.git")
        finally:
            server.terminate()
    assert (done.returncode, found(done)) == (1, {1, 2, 3}), done.stderr
    assert HUSH not in done.stdout + done.stderr


def test_a_branch_of_it(place: Place) -> None:
    done = place.run("--branch", "main", place.url)
    assert (done.returncode, found(done)) == (1, {1}), done.stderr


def test_several_are_told_apart(place: Place) -> None:
    done = place.run("--branch", "topic", place.url, "served")
    assert (done.returncode, found(done)) == (1, {1, 2})
    assert f"\n{place.url}/topic.py:" in done.stdout
    assert "\nserved/topic.py:" in done.stdout


def test_what_is_not_there_is_an_error(place: Place) -> None:
    done = place.run(f"git://{HOST}:{place.port}/nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"cannot clone git://{HOST}:{place.port}/nothing" in done.stderr


def test_nobody_answers(place: Place) -> None:
    done = place.run(f"https://user:{HUSH}@{HOST}:{free_port()}/x")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot clone https://127.0.0.1:" in done.stderr
    assert HUSH not in done.stderr


def test_the_surrounding_repository_and_templates_have_no_say(place: Place) -> None:
    """Not its configuration, nor hooks from the user's templates."""
    mark, here = place.folder / "mark", repos.init(place.folder / "here")
    hook = place.folder / "templates" / "hooks" / "reference-transaction"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\necho ran >> {mark}\n")
    hook.chmod(0o755)
    (place.folder / "home" / ".gitconfig").write_text(f"[init]\n\ttemplateDir = {hook.parent.parent}\n")
    here.git("config", f"url.git://{HOST}:1/.insteadOf", f"git://{HOST}:{place.port}/")
    try:
        done = place.run(place.url, below="here")
    finally:
        (place.folder / "home" / ".gitconfig").unlink()
    assert found(done) == {1, 2, 3}, done.stderr
    assert not mark.exists()


# What is refused, and what is no URL.


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ext::sh -c touch% mark", id="ext"),
        pytest.param("fd::17", id="fd"),
        pytest.param("ext::https://example.org/x", id="ext before a URL"),
        pytest.param("anything::x", id="some helper"),
        pytest.param("https::https://example.org/x", id="helper called like a protocol"),
        pytest.param("--upload-pack=touch mark", id="long option"),
        pytest.param("-utouch mark", id="short option"),
        pytest.param("ssh://-oProxyCommand=touch%20mark/x", id="host is an option"),
        pytest.param("ssh://user@-oProxyCommand=touch%20mark/x", id="host with a user is an option"),
        pytest.param("user@-oProxyCommand=touch mark:x", id="looks like no URL at all"),
        pytest.param("user@-oProxyCommand=x:path", id="short form, host is an option"),
        pytest.param("ftp://example.org/x", id="ftp"),
        pytest.param("file:///etc", id="file"),
        pytest.param("HTTPS://example.org/x", id="no protocol of git's"),
        pytest.param("https://example.org/x\n--upload-pack=x", id="newline"),
        pytest.param("https://example.org/\x1b[31m", id="control characters"),
    ],
)
def test_refused(place: Place, url: str) -> None:
    done = place.run("--", url)
    assert (done.returncode, done.stdout) == (2, "")
    assert "\x1b" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (place.folder / "mark").exists()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("https://example.org/x", True),
        ("ssh://git@example.org:22/x", True),
        ("git@example.org:x/y.git", True),
        ("git@[::1]:x", True),
        ("http://[::1]/x", True),
        (".", False),
        ("../elsewhere", False),
        ("no/such/directory", False),
        ("C:\\work", False),
        ("host:path", False),
    ],
)
def test_what_is_a_url(name: str, url: bool) -> None:
    assert gitclone.is_url(name) is url


@pytest.mark.parametrize("name", ["git@example.org:x", "ext::sh -c x", "-u", "https:"])
def test_what_exists_is_no_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()
    assert gitclone.is_url(name) is False


def test_file_only_by_request_and_no_more_than_is_allowed(place: Place) -> None:
    url = (place.folder / "served").as_uri()
    assert place.run(url).returncode == 2
    assert found(place.run(url, GIT_ALLOW_PROTOCOL="https:file:ext")) == {1, 2, 3}
    assert place.run(place.url, GIT_ALLOW_PROTOCOL="https").returncode == 2
    assert place.run("ext::true", GIT_ALLOW_PROTOCOL="ext").returncode == 2


def test_ssh_cannot_ask(place: Place) -> None:
    """It has no terminal, and its own words are passed on."""
    ssh = place.folder / "ssh"
    ssh.write_text(
        "#!/bin/sh\n(: < /dev/tty) 2> /dev/null && echo asked >&2\necho Denied by me >&2\nexit 255\n"
    )
    ssh.chmod(0o755)
    done = place.run("git@example.org:x", GIT_SSH=str(ssh))
    assert done.returncode == 2
    assert "cannot clone git@example.org:x: Denied by me" in done.stderr


# Removed afterwards, however it ends.


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch, place: Place) -> Iterator[str]:
    """The URL of a server that accepts and then says nothing."""
    monkeypatch.setattr("tempfile.tempdir", str(place.scratch))
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield f"git://{HOST}:{server.getsockname()[1]}/x"


def test_an_error_while_it_is_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(place.scratch))
    with pytest.raises(FileNotFoundError, match="no-such-file"), gitclone.cloned(place.url) as path:
        os.stat(os.path.join(path, "objects", "..", "no-such-file"))
    assert not any(place.scratch.iterdir())


def test_the_time_is_up(place: Place, silent: str) -> None:
    with pytest.raises(ScanTimeoutError, match="too long"), gitclone.cloned(silent, time.monotonic() + 0.3):
        pass
    assert not any(place.scratch.iterdir())


def test_interrupted(place: Place, silent: str) -> None:
    command = [hostile.KEYGUARD, "history", silent]
    with subprocess.Popen(command, env=place.environment(), stderr=subprocess.PIPE, text=True) as process:
        until(lambda: any(place.scratch.glob("*/HEAD")))
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
    assert (process.returncode, said) == (130, "")
    assert not any(place.scratch.iterdir())
