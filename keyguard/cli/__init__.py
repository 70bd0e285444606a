"""The command line: arguments and environment in, exit code out.

Each command is a module of its own, loaded only when it is called, so that a hook pays for nothing else.
"""

from __future__ import annotations

import os
import sys

from keyguard import __version__
from keyguard.errors import KeyguardError, UsageError

TYPE_CHECKING = False  # `typing` is two thirds of what it would take to print a version
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import IO, Final

COMMANDS: Final = {
    "scan": "scan files, directories or standard input",
    "staged": "scan what the next commit would record",
    "history": "scan everything that a repository holds",
    "ci": "scan what this CI job is about",
    "account": "hold an AWS account's access keys to AWS's practices",
    "verify": "ask AWS whether keys work",
    "hook": "run as a git or pre-commit hook",
    "install": "install keyguard as a git hook, or remove it",
    "explain": "say why something was reported, or was not",
    "baseline": "accept what is there already, and keep the file that says so",
    "rules": "list the rules, or check that they do what they say",
    "config": "show which settings count, and where they come from",
}
FAILED: Final = 2
INTERRUPTED: Final = 130

USAGE: Final = """usage: keyguard [-C DIR] COMMAND [OPTION…]

Keeps AWS access keys out of code.

commands:
{commands}

  keyguard COMMAND --help    the options of a command
  keyguard --version         the version

exit codes:
  0    everything was read, and nothing was found at or above --fail-on
  1    something was found
  2    wrong usage or configuration, or not everything could be read
  130  interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: the process's own) and give the exit code; never raises."""
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        if sys.stdout is not None:
            sys.stdout.flush()  # Python would do it at the end, and fail in its own way
    except KeyguardError as error:
        return complain(str(error))
    except BrokenPipeError:
        silence(sys.stdout)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        silence(sys.stdout)
        return complain(f"{error.filename or 'cannot go on'}: {error.strerror}")
    except Exception as error:  # noqa: BLE001 - a traceback could hold a secret, and tells a user nothing
        return complain(_unexpected(error))
    return code


def complain(message: str) -> int:
    """Say on standard error what went wrong, on one line; gives the exit code for it."""
    from keyguard.reporters.safe import safe  # noqa: PLC0415 - only when something went wrong

    say(f"keyguard: error: {safe(message)}")
    return FAILED


def say(text: str) -> None:
    """Print ``text`` on standard error; where that is closed or full, there is nobody to tell."""
    if sys.stderr is None:  # print would take standard output instead
        return
    try:
        print(text, file=sys.stderr)
    except OSError:
        silence(sys.stderr)


def silence(stream: IO[str] | None) -> None:
    """Send what is left for ``stream`` nowhere: its reader has gone, or its disk is full."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _run(arguments: list[str]) -> int:
    while arguments[:1] == ["-C"]:
        _change(arguments[1:2])
        del arguments[:2]
    if arguments == ["--version"]:
        print(f"keyguard {__version__}")
        return 0
    if arguments[:1] == ["help"] and arguments[1:]:
        arguments = [*arguments[1:], "--help"]
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        commands = "\n".join(f"  {name:<10} {what}" for name, what in COMMANDS.items())
        print(USAGE.format(commands=commands), end="")
        return 0 if arguments else FAILED
    import gc  # noqa: PLC0415 - not for --version

    gc.disable()  # importing makes no garbage, and a hook is over before it has made any
    try:
        run = _command(arguments[0])
        if arguments[0] != "hook":
            gc.enable()
        return run(arguments[1:])
    finally:
        gc.enable()


def _command(name: str) -> Callable[[Sequence[str]], int]:
    """The function that runs the command ``name``: takes its arguments, gives the exit code."""
    from importlib import import_module  # noqa: PLC0415 - not for --version

    if name not in COMMANDS:
        what = "option" if name.startswith("-") else "command"
        raise UsageError(f"there is no {what} {name!r}", _suggestion(name))
    run: Callable[[Sequence[str]], int] = import_module(f"keyguard.cli.{name}").run
    return run


def _suggestion(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a wrong command

    near = get_close_matches(name, [*COMMANDS, "--version", "--help", "-C"], 1)
    return f"did you mean 'keyguard {near[0]}'?" if near else "see 'keyguard --help'"


def _change(directory: list[str]) -> None:
    if not directory:
        raise UsageError("-C needs a directory", "write 'keyguard -C DIR COMMAND'")
    try:
        os.chdir(directory[0])
    except OSError as error:
        what = f"cannot change to {directory[0]}: {error.strerror}"
        raise UsageError(what, "name another directory with -C") from None


def _unexpected(error: Exception) -> str:
    """What kind of error it was, and where; not its text, which could hold a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"
    what = f"unexpected {type(error).__name__} at {where}"
    return f"{what}; this is a bug in keyguard {__version__}, please report it"
