"""A hook is loaded for every commit: what it imports is written down here, so that start-up cannot rot."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

import keys
import pytest
import repos

CHECKOUT = Path(__file__).parent.parent

PROBE = """
import sys
sys.path[:0] = {path!r}
before = set(sys.modules)
{code}
with open({out!r}, "w") as file:
    file.write("\\n".join(set(sys.modules) - before))
sys.exit(status)
"""
MAIN = "from keyguard.cli import main; status = main({arguments!r})"

BASICS = "argparse, collections, functools, importlib, itertools, os, re, subprocess, threading, typing"
"""What of the standard library every command but ``--version`` may have, with all that comes with it."""

VERSION = {"keyguard", "keyguard.cli", "keyguard.errors"}
CONFIG = {"keyguard.config", "keyguard.owned", "keyguard.settings"}
COMMAND = VERSION | CONFIG | {"keyguard.cli.options", "keyguard.cli.output", "keyguard.model"}
ENGINE = {"keyguard.anchors", "keyguard.engine"} | {
    f"keyguard.{name}" for name in ("digests", "pipeline", "text", "traces")
}
GIT = {"keyguard.git", "keyguard.giterrors", "keyguard.gitobjects", "keyguard.gitplace"}
FILES = {"keyguard.sources", "keyguard.sources.files", "keyguard.sources.tree"}
STAGED = GIT | FILES | {f"keyguard.sources.{name}" for name in ("changes", "handed", "staged")}
PRE_COMMIT = COMMAND | ENGINE | STAGED | {"keyguard.cli.hook"}

FOUND = {
    "keyguard.context",
    "keyguard.decode",
    "keyguard.findings",
    "keyguard.guards",
    "keyguard.judge",
    "keyguard.keyid",
    "keyguard.leads",
    "keyguard.matching",
    "keyguard.moments",
    "keyguard.nesting",
    "keyguard.pairing",
    "keyguard.placeholders",
    "keyguard.randomness",
    "keyguard.reach",
    "keyguard.rules",
    "keyguard.suppress",
    "keyguard.tokens",
    "keyguard.vicinity",
} | {
    f"keyguard.decode.{name}"
    for name in ("base64", "escapes", "joints", "numbers", "splice", "tokens", "view", "walk")
}
SHOWN = (
    {"keyguard.advice", "keyguard.reporters"}
    | {f"keyguard.advice.{name}" for name in ("files", "plan", "practices", "states", "steps")}
    | {f"keyguard.reporters.{name}" for name in ("blocked", "lines", "safe", "text")}
)

NEVER = {
    "asyncio",
    "ast",
    "base64",
    "botocore",
    "bz2",
    "concurrent",
    "configparser",
    "csv",
    "dataclasses",
    "difflib",
    "dulwich",
    "email",
    "git",
    "gitdb",
    "glob",
    "http",
    "hyperscan",
    "importlib.metadata",
    "importlib.resources",
    "inspect",
    "isal",
    "json",
    "logging",
    "lzma",
    "multiprocessing",
    "numpy",
    "pathlib",
    "pathspec",
    "pickle",
    "platform",
    "random",
    "rich",
    "shutil",
    "socket",
    "ssl",
    "tempfile",
    "textwrap",
    "traceback",
    "typing_extensions",
    "urllib",
    "xml",
    "zipfile",
    "zlib",
}
"""What no hook imports, found or not: each costs from 2 to 200 ms."""


def loaded(tmp_path: Path, code: str, where: Path = CHECKOUT, status: int = 0) -> set[str]:
    """The modules that ``code`` imports, in a Python that has none of those that ``site`` brings."""
    out = tmp_path / "modules"
    path = [str(CHECKOUT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    probe = PROBE.format(path=path, code=code, out=str(out))
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", probe],
        cwd=where,
        env=repos.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == status, done.stderr.decode()
    return set(out.read_text().split())


def ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] == "keyguard"}


def others(modules: set[str], tmp_path: Path, basics: str = BASICS) -> set[str]:
    """What is neither ours nor among the basics."""
    return modules - ours(modules) - basic(tmp_path, basics) - {"__future__"}


@cache
def basic(tmp_path: Path, basics: str) -> set[str]:
    return loaded(tmp_path, f"import {basics}; status = 0")


def present(modules: set[str], unwanted: set[str]) -> set[str]:
    """Those of ``unwanted`` that are there, by themselves or with something below them."""
    return {one for one in unwanted if one in modules or any(name.startswith(one + ".") for name in modules)}


@pytest.fixture
def repo(tmp_path: Path) -> repos.Repo:
    """A repository in which a file of 200 lines is staged."""
    repo = repos.init(tmp_path / "repo")
    repo.commit(readme="An app.\n")
    repo.stage("app.py", "".join(f"value_{number} = compute({number})\n" for number in range(200)))
    return repo


@pytest.fixture
def leaking(repo: repos.Repo) -> repos.Repo:
    """One in which a key is staged too."""
    repo.stage("app.ini", "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys.pair()))
    return repo


class TestPreCommit:
    """``keyguard hook pre-commit``."""

    @pytest.mark.parametrize("names", [[], ["app.py"]], ids=["all", "named"])
    def test_without_a_key(self, repo: repos.Repo, tmp_path: Path, names: list[str]) -> None:
        found = loaded(tmp_path, MAIN.format(arguments=["hook", "pre-commit", *names]), repo.path)
        assert ours(found) == PRE_COMMIT
        assert others(found, tmp_path) <= {"_sha1", "_sha2", "_sha256", "gc"}  # the one function, not hashlib
        assert not present(
            found - basic(tmp_path, BASICS), NEVER | {"hashlib", "regex", "tomllib", "datetime"}
        )
        assert "argparse" not in found  # there is no option

    def test_with_a_key(self, leaking: repos.Repo, tmp_path: Path) -> None:
        arguments = ["hook", "pre-commit"]
        found = loaded(tmp_path, MAIN.format(arguments=arguments), leaking.path, status=1)
        assert ours(found) == PRE_COMMIT | FOUND | SHOWN
        basics = f"{BASICS}, regex, tomllib, hashlib, struct, binascii, math, encodings.utf_8_sig"
        assert others(found, tmp_path, basics) <= {"_sha1", "_sha2", "_sha256", "gc"}
        assert not present(found - basic(tmp_path, basics), NEVER)

    def test_with_a_configuration(self, repo: repos.Repo, tmp_path: Path) -> None:
        """It costs a few milliseconds: TOML is read, and neither patterns nor rules are loaded."""
        repo.write("keyguard.toml", 'exclude = ["vendor/"]\n[[allow]]\nreason = "x"\npaths = ["a/"]\n')
        found = loaded(tmp_path, MAIN.format(arguments=["hook", "pre-commit"]), repo.path)
        assert "tomllib" in found
        unwanted = NEVER | {"argparse", "hashlib", "regex", "keyguard.rules", "keyguard.foreign"}
        assert not present(found - basic(tmp_path, BASICS.replace("argparse, ", "")), unwanted)

    def test_a_pyproject_that_does_not_mention_keyguard(self, repo: repos.Repo, tmp_path: Path) -> None:
        repo.write("pyproject.toml", "[project]\nname = 'x'\n")
        found = loaded(tmp_path, MAIN.format(arguments=["hook", "pre-commit"]), repo.path)
        assert ours(found) == PRE_COMMIT

    def test_a_baseline_is_read_only_when_something_was_found(self, repo: repos.Repo, tmp_path: Path) -> None:
        code = MAIN.format(arguments=["hook", "pre-commit", "--baseline", "baseline.jsonl"])
        repo.write("baseline.jsonl", "no baseline at all")
        found = loaded(tmp_path, code, repo.path)
        assert not present(found, {"keyguard.baseline", "hashlib", "hmac", "json"})
        repo.stage("app.ini", "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys.pair()))
        assert "keyguard.baseline.format" in loaded(tmp_path, code, repo.path, status=2)

    def test_nothing_is_staged(self, repo: repos.Repo, tmp_path: Path) -> None:
        repo.commit()
        found = loaded(tmp_path, MAIN.format(arguments=["hook", "pre-commit"]), repo.path)
        assert ours(found) <= PRE_COMMIT


class TestTheOthers:
    """Commands and hooks that need less, or something else."""

    def test_the_version(self, tmp_path: Path) -> None:
        found = loaded(tmp_path, MAIN.format(arguments=["--version"]))
        assert ours(found) == VERSION
        assert others(found, tmp_path, "os") == set()

    def test_the_help(self, tmp_path: Path) -> None:
        found = loaded(tmp_path, MAIN.format(arguments=["--help"]))
        assert ours(found) == VERSION

    def test_a_hook_that_is_skipped_is_at_least_not_compiled(self, repo: repos.Repo, tmp_path: Path) -> None:
        code = "import os; os.environ['SKIP'] = 'keyguard'; " + MAIN.format(arguments=["hook", "pre-commit"])
        assert not present(loaded(tmp_path, code, repo.path), NEVER | {"regex", "tomllib", "keyguard.rules"})

    def test_the_message(self, repo: repos.Repo, tmp_path: Path) -> None:
        (tmp_path / "message").write_text("subject\n")
        arguments = ["hook", "commit-msg", str(tmp_path / "message")]
        found = loaded(tmp_path, MAIN.format(arguments=arguments), repo.path)
        assert "keyguard.sources.staged" not in found
        assert not present(found - basic(tmp_path, BASICS), NEVER | {"regex", "tomllib"})

    def test_a_push(self, repo: repos.Repo, tmp_path: Path) -> None:
        arguments = ["hook", "pre-push", "origin", "url"]
        found = loaded(tmp_path, MAIN.format(arguments=arguments), repo.path)
        assert not present(found - basic(tmp_path, BASICS), NEVER | {"regex", "tomllib"})

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "app.py").write_text("print()\n")
        found = loaded(tmp_path, MAIN.format(arguments=["scan", str(tmp_path / "app.py")]), tmp_path)
        assert not present(found - basic(tmp_path, BASICS), NEVER | {"regex", "tomllib"} | GIT)

    def test_an_installation(self, repo: repos.Repo, tmp_path: Path) -> None:
        found = loaded(tmp_path, MAIN.format(arguments=["install"]), repo.path)
        assert not present(
            found - basic(tmp_path, BASICS), NEVER | {"keyguard.engine", "keyguard.pipeline", "regex"}
        )

    def test_the_library_is_loaded_name_by_name(self, tmp_path: Path) -> None:
        found = loaded(tmp_path, "import keyguard; keyguard.Config; status = 0")
        assert ours(found) <= {"keyguard", "keyguard.config", "keyguard.model"}
