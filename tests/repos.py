"""Makes real git repositories for the tests, the same ones on every machine."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NEUTRAL = {
    "GIT_CONFIG_GLOBAL": os.devnull,
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
        (self.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


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
