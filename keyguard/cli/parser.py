"""Reads arguments with argparse, whose import a hook without options does without."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import Final, NoReturn

from keyguard.errors import UsageError

WIDTH: Final = 96
"""Columns of a help text."""


class Parser(argparse.ArgumentParser):
    """A parser that raises :class:`UsageError` instead of printing and exiting."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, with where to look."""
        elsewhere = "-C goes before the command" if message.startswith("unrecognized arguments: -C") else ""
        raise UsageError(message, elsewhere or f"see '{self.prog} --help'")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:  # noqa: ARG002 - argparse's
        """End behind a help text, when it is out: that it cannot be written is an error like others."""
        if sys.stdout is not None:
            sys.stdout.flush()
        raise SystemExit(status)

    @classmethod
    def of(cls, command: str, description: str) -> Parser:
        """A parser for ``keyguard COMMAND``, with no options yet."""
        # A width given here saves the import of shutil, which asks the terminal for its own.
        formatter = partial(argparse.HelpFormatter, width=WIDTH)
        return cls(
            f"keyguard {command}", description=description, formatter_class=formatter, allow_abbrev=False
        )
