"""Reads arguments with argparse, whose import a hook without options does without."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn

from keyguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def parse_args(  # type: ignore[override]  # argparse's overloads, for namespaces that are none
        self, args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """The arguments, options and others in any order: pre-commit puts files behind the options of a hook.

        With a ``--`` among them all options have to stand first: argparse drops it when it mixes them.
        """
        return (super().parse_args if "--" in args else self.parse_intermixed_args)(args, namespace)

    def told(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The arguments; ``unset`` names the options that are not among them and so have their defaults."""
        options = {action.dest: action.default for action in self._actions if action.option_strings}
        names = [name for name, default in options.items() if default != argparse.SUPPRESS]
        given = self.parse_args(arguments, argparse.Namespace(**dict.fromkeys(names)))
        given.unset = frozenset(name for name in names if getattr(given, name) is None)
        for name in given.unset:
            setattr(given, name, options[name])
        return given

    @classmethod
    def of(cls, command: str, description: str) -> Parser:
        """A parser for ``keyguard COMMAND``, with no options yet."""
        # A width given here saves the import of shutil, which asks the terminal for its own.
        formatter = partial(argparse.HelpFormatter, width=WIDTH)
        return cls(
            f"keyguard {command}", description=description, formatter_class=formatter, allow_abbrev=False
        )
