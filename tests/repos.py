"""Makes real git repositories for the tests, the same ones on every machine."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ODD_NAMES = [
    pytest.param(b"with space", id="space"),
    pytest.param(b"-n", id="leading dash"),
    pytest.param(b"quo\"te's", id="quotes"),
    pytest.param(b"new\nline", id="newline"),
    pytest.param(b"tab\tand\x1b[31m", id="control characters"),
    pytest.param(b"\xff\xfe", id="not UTF-8"),
    pytest.param("naïve/ключ".encode(), id="not ASCII"),
    pytest.param(b":(exclude)*", id="pathspec magic"),
    pytest.param(b"*", id="glob"),
    pytest.param(b"back\\slash", id="backslash"),
]
"""Names that have broken other programs, as parameters."""

NEUTRAL = {
    "GIT_CONFIG_GLOBAL": "/nowhere/gitconfig",  # not /dev/null: root could replace it
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann Author",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_AUTHOR_DATE": "1700000000 +0100",
    "GIT_COMMITTER_NAME": "Carl Committer",
    "GIT_COMMITTER_EMAIL": "carl@example.org",
    "GIT_COMMITTER_DATE": "1700000000 +0100",
}
"""Neither the user's configuration nor the clock has a say."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment in which the tests' own git runs: nothing of git's but ``NEUTRAL`` and ``extra``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT")}
    return kept | NEUTRAL | dict(extra or {})


class Repo:
    """A repository and its work tree, at ``path``."""

    def __init__(self, path: Path) -> None:
        """Use what is at ``path``; :func:`init` makes a new one."""
        self.path = path

    def git(
        self, *arguments: str | bytes, stdin: bytes = b"", extra: Mapping[str, str] | None = None
    ) -> bytes:
        """What git prints; fails when git does."""
        done = self.attempt(*arguments, stdin=stdin, extra=extra)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    def attempt(
        self, *arguments: str | bytes, stdin: bytes = b"", extra: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git, however it ends."""
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        where, variables = self.path, environment(extra)
        return subprocess.run(
            command, cwd=where, env=variables, input=stdin, capture_output=True, check=False
        )

    def oid(self, name: str = "HEAD") -> str:
        """The full object name of ``name``."""
        return self.git("rev-parse", "--verify", name).decode().strip()

    def write(self, name: str | bytes, content: bytes | str) -> None:
        """Write a file of the work tree."""
        place = os.path.join(os.fsencode(self.path), os.fsencode(name))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def stage(self, name: str | bytes, content: bytes | str) -> None:
        """Write a file and add it to the index."""
        self.write(name, content)
        self.git("--literal-pathspecs", "add", "-f", "--", name)

    def commit(self, message: str = "a commit", **files: bytes | str) -> str:
        """Stage ``files`` and commit the index; gives the commit."""
        for name, content in files.items():
            self.stage(name, content)
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
        return self.oid()

    def merge(self, *branches: str) -> str:
        """Merge ``branches``, which must not conflict; gives the commit."""
        self.git("merge", "-q", "--no-ff", "-m", "a merge", *branches)
        return self.oid()

    def hook(self, name: str, script: str) -> None:
        """Install a hook."""
        place = self.path / ".git" / "hooks" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(script)
        place.chmod(0o755)

    def lose(self, oid: str) -> None:
        """Delete a loose object."""
        loose(self, oid).unlink()


def init(path: Path, *options: str) -> Repo:
    """A new repository at ``path``, on branch ``main``."""
    path.mkdir(parents=True, exist_ok=True)
    repo = Repo(path)
    repo.git("init", "-q", "-b", "main", *options)
    return repo


def files_of(directory: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything that is in a directory, to see whether something was written there."""
    found = {}
    for place in sorted(directory.rglob("*")):
        state = place.lstat()
        content = place.read_bytes() if place.is_file() and not place.is_symlink() else b""
        found[str(place)] = (state.st_mode, state.st_mtime_ns, content)
    return found


def blob(repo: Repo, content: bytes) -> str:
    """Write a blob and give its name."""
    return repo.git("hash-object", "-w", "--stdin", stdin=content).decode().strip()


def which() -> str:
    """Where the real git is."""
    return subprocess.run(["which", "git"], capture_output=True, check=True, text=True).stdout.strip()


def loose(repo: Repo, oid: str) -> Path:
    """The file of a loose object."""
    return repo.path / ".git" / "objects" / oid[:2] / oid[2:]


def damage(repo: Repo, oid: str, content: bytes) -> None:
    """Put something else into the file of a loose object."""
    loose(repo, oid).chmod(0o644)
    loose(repo, oid).write_bytes(content)


def fake_git(folder: Path, script: str) -> str:
    """A PATH with another git first."""
    folder.mkdir()
    place = folder / "git"
    place.write_text(f"#!{sys.executable}\nimport sys, os\n{script}\n")
    place.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def spied_git(folder: Path, log: Path) -> str:
    """A PATH whose git writes its arguments to ``log`` before it does what it should."""
    return fake_git(
        folder,
        f"open({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10)); os.execv({which()!r}, sys.argv)",
    )


def sparse(repo: Repo) -> None:
    """Make the index sparse, with a tree to come that is not in the repository yet."""
    for folder in "abc":
        repo.stage(f"{folder}/file", folder)
    repo.commit()
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "a")
    repo.stage("a/new", "new")


def prepared(repo: Repo) -> str:
    """Commits, staged changes and attributes for programs to bite on; gives an object that is missing."""
    repo.stage(".gitattributes", "* diff=evil filter=evil merge=evil\n")
    repo.commit(old="\n".join(map(str, range(50))), other="x", lost="lost")
    repo.git("mv", "old", "new")
    repo.stage("new", "\n".join(map(str, range(49))))
    lost = repo.oid("HEAD:lost")
    repo.lose(lost)
    return lost
