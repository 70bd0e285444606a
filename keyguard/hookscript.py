"""Writes git hooks for people without pre-commit; a hook that was there is kept and called first."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from keyguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

MARK: Final = "# keyguard's hook; 'keyguard install --uninstall' removes it"
BEFORE: Final = ".before-keyguard"
"""What is added to the name of a hook that was there before."""

COMMANDS: Final = {
    "pre-commit": "pre-commit",
    "pre-merge-commit": "pre-commit",
    "commit-msg": "commit-msg",
    "pre-push": "pre-push",
    "pre-receive": "pre-receive",
}
"""The hooks that can be installed, and which of keyguard's hooks each runs."""

_READS_INPUT: Final = ("pre-push", "pre-receive")


def install(folder: str, hook: str, python: str) -> str:
    """Install ``hook`` in ``folder``, run by the interpreter ``python``; gives a sentence on what was done.

    Raises :class:`UsageError` when a hook that is not ours cannot be kept.
    """
    path = os.path.join(folder, hook)
    kept = ""
    if os.path.lexists(path) and not _is_ours(path):
        if os.path.lexists(path + BEFORE):
            raise UsageError(
                f"{path} is not keyguard's, and {path}{BEFORE} exists already", "move one of them away"
            )
        os.rename(path, path + BEFORE)
        kept = f"; the hook that was there is called first, as {hook}{BEFORE}"
    os.makedirs(folder, exist_ok=True)
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o755)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(script(hook, python))
    os.replace(path + ".new", path)
    return f"installed {path}{kept}"


def uninstall(folder: str, hook: str) -> str:
    """Remove ``hook`` if it is ours, and put back what was there; gives a sentence on what was done."""
    path = os.path.join(folder, hook)
    if not os.path.lexists(path) or not _is_ours(path):
        return f"{path} is not keyguard's: left as it is"
    os.unlink(path)
    if not os.path.lexists(path + BEFORE):
        return f"removed {path}"
    os.rename(path + BEFORE, path)
    return f"removed {path}; the hook that was there before is back"


def ours(folder: str) -> Sequence[str]:
    """The hooks in ``folder`` that keyguard installed."""
    return [hook for hook in COMMANDS if _is_ours(os.path.join(folder, hook))]


def script(hook: str, python: str) -> str:
    """The text of a hook.

    ``-P`` keeps the repository's own files out of the import path, whatever they are called.
    """
    command = f'{_quoted(python)} -P -m keyguard hook {COMMANDS[hook]} "$@"'
    reads = hook in _READS_INPUT
    lines = [
        "#!/bin/sh",
        MARK,
        "input=$(cat; printf x); input=${input%x}" if reads else "",
        f'before="$0{BEFORE}"',
        'if [ -x "$before" ]; then',
        ('  printf %s "$input" | ' if reads else "  ") + '"$before" "$@" || exit',
        "fi",
        f"if ! [ -x {_quoted(python)} ]; then",
        f"  echo {_quoted(f'keyguard: error: {python} is gone; run keyguard install again')} >&2",
        "  exit 2",
        "fi",
        (f'printf %s "$input" | {command}' if reads else f"exec {command}"),
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _is_ours(path: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return MARK in file.read(4096)
    except OSError:
        return False


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
