"""Lets ``python -m benchmarks`` measure and print; ``--help`` says what can be chosen."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from benchmarks import history, hook, linear, log, machine, peers, staged, table, tree, verify
from benchmarks.place import place
from benchmarks.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.place import Place
    from benchmarks.table import Table

SECTIONS: Final[Mapping[str, Callable[[Place, Plan], list[Table]]]] = {
    "hook": lambda place, plan: [hook.table(place, plan)],
    "staged": lambda place, plan: [staged.table(place, plan)],
    "tree": lambda place, plan: [tree.table(place, plan)],
    "history": history.tables,
    "linear": linear.tables,
    "log": lambda place, plan: [log.table(place, plan)],
    "verify": lambda place, plan: [verify.table(place, plan)],
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for, and print it."""
    options = _parser().parse_args(argv)
    load = os.getloadavg()[0]
    facts, tables, errors = _measured(options)
    print("\n\n".join(_shown(facts, machine.busy(load), tables, markdown=options.markdown)))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"machine": facts, "load": load, "tables": table.data(tables)}, file, indent=1)
    return 2 if errors else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add, usual = parser.add_argument, Plan()
    add("--only", type=_sections, default=[*SECTIONS], metavar="NAMES", help=f"some of: {','.join(SECTIONS)}")
    add("--runs", type=_count, metavar="N", help=f"of each ({usual.runs}, of long ones {usual.long_runs})")
    add(
        "--peer-runs",
        type=_count,
        default=usual.peer_runs,
        metavar="N",
        help="long ones of peers (%(default)s)",
    )
    add("--limit", type=float, default=usual.limit, metavar="SECONDS", help="for one run (%(default)s)")
    add("--peers", action=argparse.BooleanOptionalAction, default=True, help="the scanners on PATH too")
    add(
        "--peer",
        type=peers.build,
        action="append",
        default=[],
        metavar="NAME=PROGRAM",
        help="another build of a scanner",
    )
    add(
        "--tree",
        type=_directory,
        metavar="DIR",
        help="the source tree to scan (the interpreter's packages)",
    )
    add(
        "--history",
        type=_directory,
        action="append",
        default=[],
        metavar="REPO",
        help="a repository (can be repeated)",
    )
    add("--markdown", action="store_true", help="print it as docs/reference/benchmarks.md has it")
    add("--plot", metavar="FILE", help="draw the section linear there, as SVG")
    add("--json", metavar="FILE", help="write every run there")
    return parser


def _sections(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
    return names


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number of runs")
    return int(text)


def _directory(text: str) -> str:
    if not os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"{text} is not a directory")
    return text


def _plan(options: argparse.Namespace, installed: Sequence[peers.Peer]) -> Plan:
    usual = Plan()
    return Plan(
        runs=options.runs or usual.runs,
        long_runs=options.runs or usual.long_runs,
        peer_runs=options.peer_runs,
        limit=options.limit,
        peers=installed,
        tree=options.tree,
        histories=options.history,
        plot=options.plot,
    )


def _measured(options: argparse.Namespace) -> tuple[dict[str, str], list[Table], int]:
    """The machine and the versions, what was measured, and how many sections were given up."""
    tables, errors = [], 0
    with place() as here:
        installed = peers.installed(here, options.peer) if options.peers else []
        facts = machine.describe(here, installed)
        plan = _plan(options, installed)
        for name in options.only:
            print(f"measuring {name} …", file=sys.stderr)
            try:
                tables += SECTIONS[name](here, plan)
            except subprocess.CalledProcessError as error:  # what was measured before must not be lost
                print(f"{' '.join(error.cmd)}: {error.stderr}", file=sys.stderr)
                errors += 1
    return facts, tables, errors


def _shown(facts: Mapping[str, str], warning: str, tables: Sequence[Table], *, markdown: bool) -> list[str]:
    """The paragraphs of the output."""
    versions = table.grid([("with", "version"), *facts.items()], markdown=markdown)
    return [versions, *filter(None, [warning]), *(table.render(one, markdown=markdown) for one in tables)]


if __name__ == "__main__":
    sys.exit(main())
