"""Delivers a report: to standard output or a file, with the right exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from keyguard import __version__, cli, reporters, rules
from keyguard.cli.options import EXTENSIONS
from keyguard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from keyguard.model import Report


def deliver(report: Report, options: argparse.Namespace, style: reporters.Style) -> int:
    """Write ``report`` where the options say, and give the exit code."""
    name = format_of(options)
    if options.show_secrets and name not in ("json", "jsonl"):
        raise UsageError(
            "--show-secrets is for json and jsonl only", f"add '--format jsonl' or leave it out of {name}"
        )
    style = style._replace(
        version=__version__,
        fail_on=options.fail_on,
        show_secrets=options.show_secrets,
        verbose=options.verbose,
        colour=_colour(options),
    )
    if name == "sarif" or report.findings:
        style = style._replace(rules=_infos())
    text = reporters.get(name).render(report, style)
    if options.output in (None, "-"):
        _print(text)
    else:
        _write(options.output, text)
    on_screen = name == "text" and (style.hook is not None or sys.stdout.isatty())
    if options.output is not None or not on_screen:
        _repeat(report)
    if not options.quiet and (report.findings or options.verbose or not report.complete):
        print(reporters.summary_line(report), file=sys.stderr)
    return exit_code(report, options)


def exit_code(report: Report, options: argparse.Namespace) -> int:
    """130 interrupted, 1 found, 2 incomplete, 0 otherwise."""
    if report.interrupted:
        return cli.INTERRUPTED
    if any(finding.at_least(options.fail_on) for finding in report.findings) and not options.exit_zero:
        return 1
    return 0 if report.complete else cli.FAILED


def format_of(options: argparse.Namespace) -> str:
    """The format asked for, or the one that the output file's extension says."""
    extension = os.path.splitext(options.output or "")[1].lower()
    return str(options.format or EXTENSIONS.get(extension, "text"))


def _infos() -> tuple[reporters.RuleInfo, ...]:
    return tuple(
        reporters.RuleInfo(rule.id, rule.name, rule.description, rule.help, rule.severity)
        for rule in rules.builtin().rules
    )


def _colour(options: argparse.Namespace) -> bool:
    """Colour on a terminal only, unless the user says otherwise (no-color.org)."""
    if options.color != "auto":
        return bool(options.color == "always")
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or options.output not in (None, "-"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def _print(text: str) -> None:
    """Write to standard output in UTF-8, whatever the locale; a reader that has gone is no error."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        cli.silence()


def _write(path: str, text: str) -> None:
    """Replace ``path`` in one step, readable by its owner only; nothing is left behind on failure."""
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - only with --output

    try:
        with NamedTemporaryFile(dir=os.path.dirname(path) or ".", prefix=".keyguard-", delete=False) as file:
            try:
                file.write(text.encode("utf-8", "backslashreplace"))
                file.close()
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "the report was not written") from None


def _repeat(report: Report) -> None:
    """Say on standard error what could not be read, when nobody sees the report that says so."""
    for skipped in report.skipped:
        if skipped.failed:
            cli.complain(f"{skipped.path}: {skipped.reason}")
    for error in report.summary.errors:
        cli.complain(error)
