"""``keyguard hook``: what git and pre-commit call."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from keyguard import pipeline
from keyguard.cli import options, output
from keyguard.errors import UsageError
from keyguard.git import Git
from keyguard.sources import Single

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from keyguard.sources.part import Part


def run(arguments: Sequence[str]) -> int:
    """Run the hook that the first argument names."""
    given = _given([_as_name(argument) for argument in arguments])
    if _skipped(given.hook):
        return 0
    scanner = pipeline.Scanner(options.config(given))
    report = pipeline.scan(HOOKS[given.hook](given), scanner)
    setting = output.Setting(f"keyguard hook {given.hook}", given.hook, _under_pre_commit(), _is_committing())
    return output.deliver(report, given, setting)


def _given(arguments: Sequence[str]) -> argparse.Namespace:
    """What the arguments say; without an option among them argparse is not needed to know it."""
    if arguments[:1] and arguments[0] in HOOKS and not any(one.startswith("-") for one in arguments):
        return options.defaults(define, hook=arguments[0], arguments=list(arguments[1:]))
    parser = options.parser("hook", "Run as a git hook; 'keyguard install' sets it up.")
    define(parser)
    return parser.told(arguments)


def define(to: options.Definable) -> None:
    """Define the arguments of a hook."""
    to.add_argument("hook", choices=tuple(HOOKS))
    to.add_argument("arguments", nargs="*", metavar="ARG", help="what git or pre-commit hands to the hook")
    options.add_scan(to)
    options.add_report(to)


def _as_name(argument: str) -> str:
    """A file that is called like an option stays a file, since pre-commit puts no ``--`` before the names.

    Else who adds a file ``--exit-zero`` would switch the hook off.
    """
    return f"./{argument}" if argument.startswith("-") and os.path.lexists(argument) else argument


def _skipped(hook: str) -> bool:
    """Whether the user said SKIP=keyguard; under pre-commit, which looks itself, it never comes to this.

    A server's hook is not the sender's to skip: a push to a path hands the environment on.
    """
    if hook == "pre-receive" or _under_pre_commit():
        return False
    return "keyguard" in os.environ.get("SKIP", "").split(",")


def _under_pre_commit() -> bool:
    return os.environ.get("PRE_COMMIT") == "1"


def _is_committing() -> bool:
    """Whether a commit may wait for this: git tells its hooks which index it is made of.

    ``pre-commit run`` by hand has no such variable; what else calls a hook may well not set it.
    """
    return not _under_pre_commit() or "GIT_INDEX_FILE" in os.environ


def _pre_commit(given: argparse.Namespace) -> list[Part]:
    from keyguard.sources.handed import handed  # noqa: PLC0415 - each hook loads its own source

    return handed(Git.here(), given.arguments, options.excluded(given), given.max_file_size)


def _commit_msg(given: argparse.Namespace) -> list[Part]:
    from keyguard.sources.message import message  # noqa: PLC0415 - each hook loads its own source

    if not given.arguments:
        raise UsageError("commit-msg needs the file with the message", "git hands it to the hook")
    return [Single(partial(message, path)) for path in given.arguments]


def _pre_push(given: argparse.Namespace) -> list[Part]:
    from keyguard.sources import commits  # noqa: PLC0415 - each hook loads its own source

    git = Git.here()
    if _under_pre_commit():
        return _introduced(git, commits.handed(git, os.environ), given)
    remote = (given.arguments or [""])[0]
    return _introduced(git, commits.pushed(git, _told(), remote), given)


def _pre_receive(given: argparse.Namespace) -> list[Part]:
    from keyguard.sources import commits  # noqa: PLC0415 - each hook loads its own source

    git = Git.here()
    return _introduced(git, commits.received(git, _told()), given)


def _told() -> Iterator[str]:
    """What git says on standard input, line by line; the name of a ref can hold any bytes."""
    if sys.stdin is None:
        raise UsageError("standard input is closed", "git says there what is pushed")
    return map(os.fsdecode, sys.stdin.buffer)


def _introduced(git: Git, revisions: list[str], given: argparse.Namespace) -> list[Part]:
    from keyguard.sources import commits  # noqa: PLC0415 - each hook loads its own source

    read = partial(commits.introduced, git, revisions, max_size=given.max_file_size)
    return [Single(read, options.excluded(given))] if revisions else []


HOOKS: Final[Mapping[str, Callable[[argparse.Namespace], list[Part]]]] = {
    "pre-commit": _pre_commit,
    "pre-push": _pre_push,
    "pre-receive": _pre_receive,
    "commit-msg": _commit_msg,
}
