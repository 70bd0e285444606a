"""``keyguard install``: git hooks without pre-commit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from keyguard import hookscript
from keyguard.cli import options
from keyguard.errors import UsageError
from keyguard.git import Git

if TYPE_CHECKING:
    from collections.abc import Sequence

USUAL = ("pre-commit", "pre-merge-commit")


def run(arguments: Sequence[str]) -> int:
    """Install or remove hooks in the repository here."""
    parser = options.parser(
        "install", "Install keyguard as a git hook. A hook that is there already is called first."
    )
    parser.add_argument(
        "--hook",
        action="append",
        choices=tuple(hookscript.COMMANDS),
        help="which (pre-commit and pre-merge-commit)",
    )
    parser.add_argument("--uninstall", action="store_true", help="remove what keyguard installed")
    given = parser.parse_args(arguments)
    folder = Git.here().hooks_path()
    try:
        if given.uninstall:
            done = [hookscript.uninstall(folder, hook) for hook in given.hook or hookscript.ours(folder)]
        else:
            done = [hookscript.install(folder, hook, sys.executable) for hook in given.hook or USUAL]
    except OSError as error:
        raise UsageError(f"cannot write {error.filename}: {error.strerror}") from None
    print("\n".join(done or [f"no hook of keyguard's in {folder}"]))
    return 0
