"""Whatever a repository says, nothing of it runs, nothing is written to it, and its keys are found."""

from __future__ import annotations

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
    Command(("hook", "pre-push", "origin", "x"), (1,), f"refs/heads/main {{head}} refs/heads/main {NOWHERE}\n"),
    Command(("hook", "pre-receive"), (2,), "{head} {incoming} refs/heads/main\n", (("GIT_DIR", ".git"),)),
    Command(("hook", "commit-msg", ".git/COMMIT_EDITMSG"), (4,)),
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
    stdin = command.stdin.format(head=victim.repo.oid(), incoming=victim.incoming)
    done = victim.run(command.arguments, stdin, extra=dict(command.extra) | dict(extra or {}))
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
