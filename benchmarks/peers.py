"""The other scanners, and how each is told to do what keyguard does: AWS rules only, nothing verified.

Only what is on PATH is run.  The options were read from each one's documentation and tried without a network.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from benchmarks.place import Place

PROGRAM: Final = "{program}"
PATH: Final = "{path}"
"""The directory or repository to scan."""

NAMES: Final = "{names}"
"""Stands for the staged files, as pre-commit hands them to a hook."""

STAGED, DIRECTORY, HISTORY = "staged", "directory", "history"

_GITLEAKS: Final = (
    *("--redact", "--no-banner", "--verbose", "--enable-rule", "aws-access-token"),
    *("--enable-rule", "aws-amazon-bedrock-api-key-long-lived"),
    *("--enable-rule", "aws-amazon-bedrock-api-key-short-lived"),
)
# Its rule for the ID needs this one beside it: without, it says so and finds nothing.
_BETTERLEAKS: Final = (*_GITLEAKS, "--enable-rule", "aws-secret-access-key")
_TRUFFLEHOG: Final = (
    *("--no-verification", "--no-update", "--fail", "--no-color", "--results=verified,unknown,unverified"),
    "--include-detectors=AWS,AWSSessionKey",
)
_KINGFISHER: Final = (
    *("--no-validate", "--no-update-check", "--quiet", "--redact"),
    *("--rule", "betterleaks.aws-access-token", "--rule", "betterleaks.aws-secret-access-key"),
    *("--rule", "betterleaks.aws-session-token"),
    *("--rule", "betterleaks.aws-amazon-bedrock-api-key-long-lived"),
    *("--rule", "betterleaks.aws-amazon-bedrock-api-key-short-lived"),
)


class Peer(NamedTuple):
    """A scanner: its command for each task it can do, and the exit code that says something was found."""

    name: str
    commands: dict[str, tuple[str, ...]]
    found: int = 1
    version: tuple[str, ...] = (PROGRAM, "--version")
    program: str = ""
    ready: Callable[[Peer, Place], Peer] = lambda peer, _: peer
    """Makes it do the same as keyguard, where its options alone do not."""

    @property
    def executable(self) -> str:
        """The program to run."""
        return self.program or self.name

    def command(self, task: str, path: str = "", names: Sequence[str] = ()) -> tuple[str, ...]:
        """The arguments for ``task``; empty when it cannot do that, or is not there."""
        words = [word.replace(PROGRAM, self.executable) for word in self.commands.get(task, ())]
        if not words or shutil.which(words[0]) is None:
            return ()
        return tuple(
            one for word in words for one in (names if word == NAMES else [word.replace(PATH, path)])
        )


def _with_aws_patterns(peer: Peer, place: Place) -> Peer:
    """git-secrets looks for what git's configuration says."""
    _output(place, (peer.executable, "--register-aws", "--global"))
    return peer


def _with_aws_plugin_only(peer: Peer, place: Place) -> Peer:
    """detect-secrets can only be told what to leave out."""
    plugins = _output(place, (peer.executable, "scan", "--list-all-plugins")).split()
    off = [word for one in plugins if one != "AWSKeyDetector" for word in ("--disable-plugin", one)]
    return peer._replace(commands={task: (*words, *off) for task, words in peer.commands.items()})


PEERS: Final = (
    Peer(
        "detect-secrets",
        {
            STAGED: (PROGRAM + "-hook", "--no-verify", NAMES),
            DIRECTORY: (PROGRAM, "scan", "--all-files", "--no-verify", PATH),
        },
        ready=_with_aws_plugin_only,
    ),
    Peer(
        "gitleaks",
        {
            STAGED: (PROGRAM, "git", "--pre-commit", "--staged", *_GITLEAKS),
            DIRECTORY: (PROGRAM, "dir", *_GITLEAKS, PATH),
            HISTORY: (PROGRAM, "git", *_GITLEAKS, PATH),
        },
    ),
    Peer(
        "betterleaks",
        {
            STAGED: (PROGRAM, "git", "--pre-commit", "--staged", *_BETTERLEAKS),
            DIRECTORY: (PROGRAM, "dir", *_BETTERLEAKS, PATH),
            HISTORY: (PROGRAM, "git", *_BETTERLEAKS, PATH),
        },
    ),
    Peer(
        "kingfisher",
        {
            STAGED: (PROGRAM, "scan", ".", "--staged", *_KINGFISHER),
            DIRECTORY: (PROGRAM, "scan", "--git-history", "none", *_KINGFISHER, PATH),
            HISTORY: (PROGRAM, "scan", *_KINGFISHER, PATH),
        },
        found=200,
    ),
    Peer(
        "kingfisher --turbo",
        {HISTORY: (PROGRAM, "scan", "--turbo", *_KINGFISHER, PATH)},
        found=200,
        program="kingfisher",
    ),
    Peer(
        "trufflehog",
        {
            STAGED: (
                *(PROGRAM, "git", "file://.", "--since-commit", "HEAD", "--trust-local-git-config"),
                *_TRUFFLEHOG,
            ),
            DIRECTORY: (PROGRAM, "filesystem", *_TRUFFLEHOG, PATH),
            HISTORY: (PROGRAM, "git", *_TRUFFLEHOG, "--trust-local-git-config", "file://" + PATH),
        },
        found=183,
    ),
    Peer(
        "ripsecrets",  # has no rules to choose from
        {STAGED: (PROGRAM, "--strict-ignore", NAMES), DIRECTORY: (PROGRAM, PATH)},
    ),
    Peer(
        "git-secrets",  # has no way to tell its version
        {
            STAGED: (PROGRAM, "--pre_commit_hook", "--"),
            DIRECTORY: (PROGRAM, "--scan", "-r", PATH),
            HISTORY: ("git", "-C", PATH, "secrets", "--scan-history"),
        },
        version=(),
        ready=_with_aws_patterns,
    ),
)


def installed(place: Place, others: Iterable[str] = ()) -> list[Peer]:
    """The peers on PATH, ready to run, and ``others``: see :func:`builds`."""
    there = (peer for peer in PEERS if shutil.which(peer.executable))
    return [peer.ready(peer, place) for peer in (*there, *builds(others))]


def build(text: str) -> str:
    """``text`` if it is the name of a peer, ``=`` and a program; else raises argparse's error."""
    name, _, program = text.partition("=")
    if name not in {peer.name for peer in PEERS} or shutil.which(program) is None:
        raise argparse.ArgumentTypeError(f"{text} is not the name of a scanner, '=' and a program")
    return text


def builds(texts: Iterable[str]) -> Iterator[Peer]:
    """More builds of peers, each written as NAME=PROGRAM, and called like the program."""
    known = {peer.name: peer for peer in PEERS}
    for text in texts:
        name, _, program = text.partition("=")
        yield known[name]._replace(name=os.path.basename(program), program=os.path.abspath(program))


def version(peer: Peer, place: Place) -> str:
    """What the peer says its version is, or nothing."""
    words = [word.replace(PROGRAM, peer.executable) for word in peer.version]
    printed = _output(place, words) if words else ""
    return printed.split()[-1] if printed else ""


def _output(place: Place, command: Sequence[str]) -> str:
    done = subprocess.run(
        command, cwd=place.folder, env=place.environment, capture_output=True, text=True, check=False
    )
    return done.stdout or done.stderr
