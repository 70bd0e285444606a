"""Delivers a report: to standard output or a file, with the right exit code."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import os
import sys
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard import __version__, cli
from keyguard.cli.options import format_of
from keyguard.errors import UsageError
from keyguard.model import Report, Severity

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from keyguard.reporters import RuleInfo
    from keyguard.rules import Rule

_ELSEWHERE: Final = "write the report to another file with -o FILE"
_OWNERS: Final = 0o600
"""A report is its owner's to read: it may hold secrets, and says where others are."""


class Setting(NamedTuple):
    """What ran: the command, and, for a hook, which, whether pre-commit called it, and a commit waits for it.

    ``rules`` are those of the findings, where they are not the scanner's; ``thing`` is what was counted.
    """

    command: str
    hook: str | None = None
    pre_commit: bool = False
    committing: bool = True
    rules: "tuple[RuleInfo, ...] | None" = None
    thing: str = "object"


def deliver(report: Report, options: "argparse.Namespace", setting: Setting) -> int:
    """Write ``report`` where the options say, and give the exit code."""
    name = format_of(options)
    pieces = iter(()) if name == "text" and report.silent else _rendered(report, name, options, setting)
    try:
        _put(_encoded(pieces), options.output)
    except UsageError as error:
        cli.complain(str(error))
        cli.say("".join(_rendered(report, "text", options, setting)))  # so that what was found is not lost
        return exit_code(report, options) or cli.FAILED
    on_screen = name == "text" and (setting.hook is not None or _on_terminal())
    if options.output is not None or not on_screen:
        _repeat(report)
    if not options.quiet and (report.findings or options.verbose or not report.complete):
        from keyguard.reporters import summary_line  # noqa: PLC0415 - a hook mostly has nothing to say

        cli.say(summary_line(report, setting.thing))
    return exit_code(report, options)


def _rendered(report: Report, name: str, options: "argparse.Namespace", setting: Setting) -> "Iterator[str]":
    from keyguard import reporters  # noqa: PLC0415 - a hook mostly has nothing to say

    style = reporters.Style(
        colour=_colour(options),
        show_secrets=options.show_secrets,
        hook=setting.hook,
        pre_commit=setting.pre_commit,
        committing=setting.committing,
        command=setting.command,
        version=__version__,
        verbose=options.verbose,
        rules=setting.rules if setting.rules is not None else _scanned(options),
        fail_on=options.fail_on,
    )
    return reporters.get(name).pieces(report, style)


def _scanned(options: "argparse.Namespace") -> "tuple[RuleInfo, ...]":
    """The rules of a scan, with those that configuration adds."""
    from keyguard import rules  # noqa: PLC0415 - a hook mostly has nothing to say
    from keyguard.reporters import RuleInfo  # noqa: PLC0415 - likewise

    every = (*rules.builtin().rules, *getattr(options, "added", ()))
    return tuple(RuleInfo(*_info(rule)) for rule in every)


def _info(rule: "Rule") -> tuple[str, str, str, str, Severity]:
    return rule.id, rule.name, rule.description, rule.help, rule.severity


def exit_code(report: Report, options: "argparse.Namespace") -> int:
    """130 interrupted, 1 found, 2 incomplete or nothing read of what was there, 0 otherwise."""
    if report.interrupted:
        return cli.INTERRUPTED
    if any(finding.at_least(options.fail_on) for finding in report.findings) and not options.exit_zero:
        return 1
    return 0 if report.complete and not report.empty_handed else cli.FAILED


def _colour(options: "argparse.Namespace") -> bool:
    """Colour on a terminal only, unless the user says otherwise (no-color.org)."""
    if options.color != "auto":
        return bool(options.color == "always")
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or options.output not in (None, "-"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or _on_terminal()


def _on_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _encoded(pieces: "Iterator[str]") -> "Iterator[bytes]":
    """The report in UTF-8, whatever the locale; all of a large one would be in memory several times."""
    return (piece.encode("utf-8", "backslashreplace") for piece in pieces)


def _put(pieces: "Iterator[bytes]", path: str | None) -> None:
    """Write to standard output or to the file at ``path``.  Raises :class:`UsageError`."""
    if path in (None, "-"):
        _print(pieces)
    elif os.path.lexists(path) and (os.path.islink(path) or not os.path.isfile(path)):
        _fill(path, pieces)
    else:
        from keyguard.replacing import replace  # noqa: PLC0415 - only with --output

        replace(path, pieces, _OWNERS, _ELSEWHERE)


def _print(pieces: "Iterator[bytes]") -> None:
    """Write to standard output; a reader that has gone is no error."""
    first = next(pieces, b"")
    if not first:
        return
    if sys.stdout is None:
        raise UsageError("standard output is closed", _ELSEWHERE)
    try:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(chain((first,), pieces))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        cli.silence(sys.stdout)
    except OSError as error:
        cli.silence(sys.stdout)
        raise UsageError(f"cannot write to standard output: {error.strerror}", _ELSEWHERE) from None


def _fill(path: str, pieces: "Iterator[bytes]") -> None:
    """Write to what is no plain file and must stay what it is: a device, a pipe, a symlink."""
    try:
        with open(path, "wb") as file:
            file.writelines(pieces)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", _ELSEWHERE) from None


def _repeat(report: Report) -> None:
    """Say on standard error what could not be read, when nobody sees the report that says so."""
    for skipped in report.skipped:
        if skipped.failed:
            cli.complain(f"{skipped.path}: {skipped.reason}")
    for error in report.summary.errors:
        cli.complain(error)
