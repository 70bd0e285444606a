"""Whatever a repository says, nothing of it runs, nothing is written to it, and its keys are found."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import hostile
import keys
import pytest
import repos

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hostile import Plant, Victim

NOWHERE = "0" * 40


class Command(NamedTuple):
    """How keyguard is called, what it is told, and the seeds of the keys that it must find."""

    arguments: tuple[str, ...]
    found: tuple[int, ...]
    stdin: str = ""
    extra: tuple[tuple[str, str], ...] = ()


COMMANDS = (
    Command(("scan",), (1, 3)),
    Command(("scan", "staged.py"), (3,)),
    Command(("staged",), (3,)),
    Command(("hook", "pre-commit"), (3,), extra=(("GIT_INDEX_FILE", ".git/index"),)),
    Command(("hook", "pre-commit", "committed.py", "staged.py"), (1, 3)),
    Command(
        ("hook", "pre-push", "origin", "x"), (1,), f"refs/heads/main {{head}} refs/heads/main {NOWHERE}\n"
    ),
    Command(("hook", "pre-receive"), (2,), "{head} {incoming} refs/heads/main\n", (("GIT_DIR", ".git"),)),
    Command(("hook", "commit-msg", ".git/COMMIT_EDITMSG"), (4,)),
    Command(("history", "--jobs", "2"), (1, 2, 3)),
    Command(("history", "--range", "HEAD"), (1,)),
    Command(("ci",), (1,), extra=(("CI", "true"), ("GITLAB_CI", "true"), ("CI_COMMIT_SHA", "{head}"))),
)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Victim:
    return hostile.build(tmp_path_factory.mktemp("harmless"))


@pytest.fixture
def victim(harmless: Victim, tmp_path: Path) -> Victim:
    return hostile.copied(harmless, tmp_path)


def attack(
    victim: Victim, command: Command, extra: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run keyguard; fails when something ran, changed, or was not found."""
    before = repos.files_of(victim.repo.path)
    names = {"head": victim.repo.oid(), "incoming": victim.incoming}
    told = {name: value.format_map(names) for name, value in command.extra}
    done = victim.run(command.arguments, command.stdin.format_map(names), extra=told | dict(extra or {}))
    assert not victim.mark.exists(), victim.mark.read_text()
    assert changes(before, repos.files_of(victim.repo.path)) == []
    assert done.returncode == 1, done.stdout + done.stderr
    assert all(keys.key_id(seed) in done.stdout for seed in command.found), done.stdout + done.stderr
    assert not any(keys.secret(seed) in done.stdout + done.stderr for seed in range(10))
    return done


def changes(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """The files that differ in content, mode or time, or are not in both."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


@pytest.mark.parametrize("plant", hostile.PLANTS, ids=lambda plant: plant.name)
def test_nothing_runs_and_the_keys_are_found(victim: Victim, plant: Plant) -> None:
    plant.plant(victim)
    for command in COMMANDS:
        attack(victim, command)
    if plant.control:
        plant.fall(victim)
        assert victim.mark.exists(), "a plain git does not fall into the trap either"


@pytest.mark.parametrize("below", ["inner", "sub"])
def test_standing_in_what_only_looks_like_a_repository(victim: Victim, below: str) -> None:
    """A user who steps into a directory of the work tree meets the configuration that is tracked there."""
    hostile.behind_a_file(victim)
    before = repos.files_of(victim.repo.path)
    for arguments in (["scan"], ["staged"], ["hook", "pre-commit"], ["hook", "pre-commit", "HEAD"]):
        done = victim.run(arguments, below=below)
        assert done.returncode in (0, 1, 2)
        assert "bug in keyguard" not in done.stderr
    assert not victim.mark.exists(), victim.mark.read_text()
    assert changes(before, repos.files_of(victim.repo.path)) == []


def test_what_an_embedded_repository_holds_is_found_without_running_its_monitor(victim: Victim) -> None:
    hostile.embedded(victim)
    assert keys.key_id(5) in attack(victim, COMMANDS[0]).stdout


def test_a_missing_source_of_a_rename_costs_no_finding(victim: Victim) -> None:
    """Whether the key's line is new cannot be said then, so it counts as new."""
    victim.repo.lose(victim.repo.oid("HEAD:old.txt"))
    for command in COMMANDS:
        attack(victim, command)


# A git that the repository brings along.


@pytest.mark.parametrize(
    "search",
    [
        pytest.param(".:{path}", id="current directory"),
        pytest.param(":{path}", id="empty entry"),
        pytest.param("{path}::", id="empty entry behind"),
        pytest.param("bin:{path}", id="relative"),
        pytest.param("{repo}:{path}", id="work tree"),
        pytest.param("{repo}/bin:{path}", id="below the work tree"),
        pytest.param("{repo}/../link:{path}", id="link to the work tree"),
    ],
)
def test_a_git_in_the_work_tree(victim: Victim, search: str) -> None:
    for name in ("git", "bin/git", "git.exe", "sh", "bin/sh", "python3", "bin/python3"):
        victim.repo.write(name, victim.program.read_bytes())
        (victim.repo.path / name).chmod(0o755)
    (victim.folder / "link").symlink_to(victim.repo.path / "bin")
    path = {"PATH": search.format(path=os.environ["PATH"], repo=victim.repo.path)}
    for command in COMMANDS:
        attack(victim, command, path)
    subprocess.run(["/bin/sh", "-c", "git --version"], cwd=victim.repo.path, env=path, check=False)
    assert victim.mark.exists() or search.startswith("{path}"), "the shell does not run that git either"


# Python modules that the repository brings along.

MODULES = ("json", "re", "regex", "argparse", "subprocess", "hyperscan", "sitecustomize", "usercustomize")


@pytest.fixture
def python_trap(victim: Victim) -> Victim:
    """A repository with Python modules that have the names of others, and keyguard's own."""
    for name in (*(f"{module}.py" for module in MODULES), "keyguard/__init__.py", "keyguard/__main__.py"):
        victim.repo.write(name, f"open({str(victim.mark)!r}, 'a').write(__file__)\n")
    victim.repo.write("pyvenv.cfg", f"home = {victim.repo.path}\n")
    return victim


def test_python_modules_in_the_current_directory(python_trap: Victim) -> None:
    for command in COMMANDS:
        attack(python_trap, command)
    command = [sys.executable, "-m", "keyguard", "--version"]
    environment = python_trap.environment()
    subprocess.run(command, cwd=python_trap.repo.path, env=environment, check=False, capture_output=True)
    assert python_trap.mark.exists(), "Python does not import them from there either"


@pytest.mark.parametrize("hook", ["pre-commit", "commit-msg", "pre-push", "pre-receive"])
def test_python_modules_and_the_installed_hook(python_trap: Victim, hook: str) -> None:
    assert python_trap.run(["install", "--hook", hook]).returncode == 0
    command = next(one for one in COMMANDS if one.arguments[:2] == ("hook", hook))
    stdin = command.stdin.format(head=python_trap.head, incoming=python_trap.incoming)
    done = subprocess.run(
        [python_trap.repo.path / ".git" / "hooks" / hook, *command.arguments[2:]],
        cwd=python_trap.repo.path,
        env=python_trap.environment() | dict(command.extra),
        input=stdin,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert all(keys.key_id(seed) in done.stdout for seed in command.found)
    assert not python_trap.mark.exists(), python_trap.mark.read_text()


def test_a_commit_is_blocked_by_the_installed_hook_whatever_lies_around(python_trap: Victim) -> None:
    assert python_trap.run(["install"]).returncode == 0
    done = python_trap.repo.attempt("commit", "-m", "x")
    assert done.returncode == 1
    assert keys.key_id(3).encode() in done.stdout + done.stderr
    assert not python_trap.mark.exists(), python_trap.mark.read_text()


# Installing writes, but only hooks, and runs nothing either.


def names(victim: Victim, *, hooks: bool) -> dict[str, object]:
    """The files of the repository, those below the hooks' directory or the others."""
    found = repos.files_of(victim.repo.path)
    return {path: state for path, state in found.items() if ("hooks" in path.split(os.sep)) == hooks}


@pytest.mark.parametrize(
    "plant",
    [
        plant
        for plant in hostile.PLANTS
        if plant.name in ("core.fsmonitor", "hooks", "include.path", "alias.*")
    ],
    ids=lambda plant: plant.name,
)
def test_installing_writes_hooks_and_nothing_else(victim: Victim, plant: Plant) -> None:
    plant.plant(victim)
    hooks, rest = names(victim, hooks=True), names(victim, hooks=False)
    del rest[str(victim.repo.path / ".git")]  # gets the directory of hooks
    for arguments in (["install"], ["install"], ["install", "--uninstall"], ["install", "--uninstall"]):
        assert victim.run(arguments).returncode == 0
    after = names(victim, hooks=False)
    assert changes(rest, after) == [str(victim.repo.path / ".git")]
    assert contents(names(victim, hooks=True)) == contents(hooks)
    assert not victim.mark.exists(), victim.mark.read_text()


def contents(files: Mapping[str, object]) -> dict[str, object]:
    """What the files hold, whenever they were written."""
    return {path: state[2] for path, state in files.items() if isinstance(state, tuple) and state[2]}


def test_installing_writes_through_no_symlink(victim: Victim) -> None:
    precious = victim.folder / "precious"
    precious.write_text("precious")
    victim.repo.hook("pre-commit.new", "")
    for name in ("pre-commit", "pre-commit.new"):
        place = victim.repo.path / ".git" / "hooks" / name
        place.unlink(missing_ok=True)
        place.symlink_to(precious)
    assert victim.run(["install"]).returncode == 0
    assert precious.read_text() == "precious"
    assert (victim.repo.path / ".git" / "hooks" / "pre-commit.before-keyguard").is_symlink()


def test_a_pipe_in_place_of_a_hook_does_not_stop_the_installation(victim: Victim) -> None:
    (victim.repo.path / ".git" / "hooks").mkdir()
    os.mkfifo(victim.repo.path / ".git" / "hooks" / "pre-commit")
    assert victim.run(["install"]).returncode == 0
    assert victim.run(["install", "--uninstall"]).returncode == 0


# Places that lead out of the work tree.


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory of the user's, which the repository has no business in."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "credentials").write_text(hostile.secret(7))
    yield folder
    shutil.rmtree(folder)


def test_a_tracked_directory_that_has_become_a_symlink(victim: Victim, outside: Path) -> None:
    victim.repo.stage("deep/folder/credentials", "mine\n")
    shutil.rmtree(victim.repo.path / "deep")
    victim.repo.path.joinpath("deep").mkdir()
    (victim.repo.path / "deep" / "folder").symlink_to(outside)
    assert keys.key_id(7) not in attack(victim, COMMANDS[0]).stdout


@pytest.mark.parametrize(
    "name", ["../outside/credentials", "/etc/hostname", "deep/../../outside/credentials"]
)
def test_a_forged_index(victim: Victim, name: str) -> None:
    """A name that git would not write, but reads."""
    (victim.folder / "outside").mkdir()
    (victim.folder / "outside" / "credentials").write_text(hostile.secret(7))
    victim.repo.stage("x" * len(name), "mine\n")
    forge(victim.repo.path / ".git" / "index", b"x" * len(name), name.encode())
    before = repos.files_of(victim.repo.path)
    for command in (("scan",), ("staged",), ("hook", "pre-commit")):
        done = victim.run(command)
        assert done.returncode == 1, done.stdout + done.stderr
        assert keys.key_id(3) in done.stdout
        assert keys.key_id(7) not in done.stdout
    assert changes(before, repos.files_of(victim.repo.path)) == []


def forge(index: Path, old: bytes, new: bytes) -> None:
    """Put a name into an index in place of another, and make its hash right again."""
    data = index.read_bytes()[:-20]
    assert data.count(old) == 1
    data = data.replace(old, new)
    index.write_bytes(data + hashlib.sha1(data, usedforsecurity=False).digest())
