"""The options that both benchmarks have, so that they are called and explained alike."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from benchmarks import peers

if TYPE_CHECKING:
    from collections.abc import Collection

    from benchmarks.peers import Peer
    from benchmarks.place import Place


def parser(name: str, about: str | None, sections: Collection[str], page: str) -> argparse.ArgumentParser:
    """Reads the options of the module ``name``; ``page`` of docs/reference shows what it prints."""

    def chosen(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(sections):
            raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
        return names

    made = argparse.ArgumentParser(prog=f"python -m {name}", description=about)
    add = made.add_argument
    add("--only", type=chosen, default=[*sections], metavar="NAMES", help=f"some of: {','.join(sections)}")
    add("--peers", action=argparse.BooleanOptionalAction, default=True, help="the scanners on PATH too")
    add("--peer", type=peers.build, action="append", default=[], metavar="NAME=PROGRAM", help="another build")
    add("--markdown", action="store_true", help=f"print it as docs/reference/{page} has it")
    return made


def installed(options: argparse.Namespace, here: Place) -> list[Peer]:
    """The other scanners that the options ask for."""
    return peers.installed(here, options.peer) if options.peers else []
