"""Lets ``python -m benchmarks.accuracy`` measure and print; ``--help`` says what can be chosen."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from benchmarks import machine, options, table
from benchmarks.accuracy import casefile, others, packages
from benchmarks.accuracy.sections import SECTIONS
from benchmarks.place import place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SEED: Final = 1
COUNT: Final = 25
LIMIT: Final = 300.0


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for, and print it."""
    chosen = _parser().parse_args(argv)
    if chosen.cases:
        with open(chosen.cases, encoding="utf-8") as file:
            print("\n".join(casefile.summary(casefile.compared(file))))
        return 0
    try:
        for paragraph in _paragraphs(chosen):
            print(paragraph, end="\n\n", flush=True)
    except (subprocess.CalledProcessError, packages.WrongArchiveError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _paragraphs(chosen: argparse.Namespace) -> Iterator[str]:
    with place() as here:
        able = others.able(options.installed(chosen, here))
        facts = machine.describe(here, able)
        yield table.grid([("with", "version"), *facts.items()], markdown=chosen.markdown)
        for name in chosen.only:
            yield from SECTIONS[name](chosen, here, able)


def _parser() -> argparse.ArgumentParser:
    parser = options.parser("benchmarks.accuracy", __doc__, SECTIONS, "accuracy.md")
    add = parser.add_argument
    add(
        "--seed", type=int, default=SEED, help="for the keys; the same one gives the same files (%(default)s)"
    )
    add("--count", type=int, default=COUNT, metavar="N", help="files of each form (%(default)s)")
    add("--cache", default=_cache(), metavar="DIR", help="where packages are kept (%(default)s)")
    add("--limit", type=float, default=LIMIT, metavar="SECONDS", help="for each peer and part (%(default)s)")
    add("--plot", metavar="FILE", help="draw the random secrets there, as SVG")
    add("--cases", type=_file, metavar="FILE", help="compare with the cases of that file instead")
    return parser


def _file(text: str) -> str:
    if not os.path.isfile(text):
        raise argparse.ArgumentTypeError(f"{text} is not a file")
    return text


def _cache() -> str:
    """Below the user's directory for caches (XDG Base Directory Specification)."""
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(caches, "keyguard-accuracy")


if __name__ == "__main__":
    sys.exit(main())
