"""Turns what git complains about into errors that say what to do."""

from __future__ import annotations

from typing import Final

from keyguard.errors import GitError

KEPT: Final = 4096
"""Bytes of git's standard error that are kept: the last ones."""


class NotARepositoryError(GitError):
    """There is no repository, or none with a work tree where one is needed."""


def known(complaint: bytes, directory: str) -> GitError | None:
    """The error behind a complaint, when it is one that has its own advice."""
    why = reason(complaint)
    if "not a git repository" in why:
        return NotARepositoryError(f"{directory} is not in a git repository", "name one with -C DIR")
    if "must be run in a work tree" in why:
        return NotARepositoryError(f"{directory} is not in a work tree", "name one with -C DIR")
    if "dubious ownership" in why or "unsafe repository" in why:
        place = why.partition("'")[2].partition("'")[0]
        advice = f"if you trust its owner: git config --global --add safe.directory '{place}'"
        return GitError(f"git refuses: {why}", advice)
    if "safe.bareRepository" in why:
        return GitError(f"git refuses: {why}", "name the directory of that repository itself")
    return None


def outdated(version: bytes, oldest: tuple[int, int]) -> GitError | None:
    """The error that git is older than ``oldest``, when ``version``, what ``git version`` prints, says so."""
    words = version.split()  # git version 2.39.5 (Apple Git-154)
    numbers = [int(part) for part in words[2].split(b".")[:2] if part.isdigit()] if words[2:] else []
    if not numbers or tuple(numbers) >= oldest:
        return None
    wanted = ".".join(map(str, oldest))
    return GitError(f"git {'.'.join(map(str, numbers))} is too old", f"install git {wanted} or newer")


def other(command: str, status: int, complaint: bytes) -> GitError:
    """The error for everything else."""
    why = reason(complaint) if status > 0 else f"it was ended by signal {-status}"
    return GitError(f"git {command} failed: {why}", "'git fsck' may say more")


def reason(complaint: bytes) -> str:
    """What git gave as the cause, on one line and with nothing in it that a terminal would obey."""
    lines = [line for line in complaint[-KEPT:].decode("utf-8", "backslashreplace").split("\n") if line]
    fatal = [line for line in lines if line.startswith("fatal: ")] or lines or ["it gave no reason"]
    reason = fatal[-1].removeprefix("fatal: ").removeprefix("error: ").strip()
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in reason)
