"""Lets ``python -m benchmarks.accuracy`` measure and print; ``--help`` says what can be chosen."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from benchmarks import machine, peers, table
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
    options = _parser().parse_args(argv)
    if options.cases:
        with open(options.cases, encoding="utf-8") as file:
            print("\n".join(casefile.summary(casefile.compared(file))))
        return 0
    try:
        for paragraph in _paragraphs(options):
            print(paragraph, end="\n\n", flush=True)
    except (subprocess.CalledProcessError, packages.WrongArchiveError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _paragraphs(options: argparse.Namespace) -> Iterator[str]:
    with place() as here:
        able = others.able(peers.installed(here, options.peer)) if options.peers else []
        facts = machine.describe(here, able)
        yield table.grid([("with", "version"), *facts.items()], markdown=options.markdown)
        for name in options.only:
            yield from SECTIONS[name](options, here, able)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    add = parser.add_argument
    add("--only", type=_sections, default=[*SECTIONS], metavar="NAMES", help=f"some of: {','.join(SECTIONS)}")
    add(
        "--seed", type=int, default=SEED, help="for the keys; the same one gives the same files (%(default)s)"
    )
    add("--count", type=int, default=COUNT, metavar="N", help="files of each form (%(default)s)")
    add("--cache", default=_cache(), metavar="DIR", help="where packages are kept (%(default)s)")
    add("--limit", type=float, default=LIMIT, metavar="SECONDS", help="for each peer and part (%(default)s)")
    add("--peers", action=argparse.BooleanOptionalAction, default=True, help="the scanners on PATH too")
    add(
        "--peer",
        type=peers.build,
        action="append",
        default=[],
        metavar="NAME=PROGRAM",
        help="another build of a scanner",
    )
    add("--plot", metavar="FILE", help="draw the random secrets there, as SVG")
    add("--markdown", action="store_true", help="print tables as docs/reference/accuracy.md has them")
    add("--cases", type=_file, metavar="FILE", help="compare with the cases of that file instead")
    return parser


def _sections(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
    return names


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
