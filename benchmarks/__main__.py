"""Lets ``python -m benchmarks`` measure and print; ``--help`` says what can be chosen."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from benchmarks import (
    baseline,
    history,
    hook,
    linear,
    log,
    machine,
    misses,
    options,
    own,
    staged,
    table,
    tree,
    verify,
)
from benchmarks.place import place
from benchmarks.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.peers import Peer
    from benchmarks.place import Place
    from benchmarks.table import Table

SECTIONS: Final[Mapping[str, Callable[[Place, Plan], list[Table]]]] = {
    "hook": lambda place, plan: [hook.table(place, plan)],
    "baseline": baseline.tables,
    "own": lambda place, plan: [own.table(place, plan)],
    "staged": lambda place, plan: [staged.table(place, plan)],
    "misses": lambda place, plan: [misses.table(place, plan)],
    "tree": lambda place, plan: [tree.table(place, plan)],
    "history": history.tables,
    "linear": linear.tables,
    "log": lambda place, plan: [log.table(place, plan)],
    "verify": lambda place, plan: [verify.table(place, plan)],
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for, and print it."""
    chosen = _parser().parse_args(argv)
    load = os.getloadavg()[0]
    facts, tables, errors = _measured(chosen)
    print("\n\n".join(_shown(facts, machine.busy(load), tables, markdown=chosen.markdown)))
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as file:
            json.dump({"machine": facts, "load": load, "tables": table.data(tables)}, file, indent=1)
    return 2 if errors else 0


def _parser() -> argparse.ArgumentParser:
    parser = options.parser("benchmarks", __doc__, SECTIONS, "benchmarks.md")
    add, usual = parser.add_argument, Plan()
    add("--runs", type=_count, metavar="N", help=f"of each ({usual.runs}, of long ones {usual.long_runs})")
    add(
        "--peer-runs",
        type=_count,
        default=usual.peer_runs,
        metavar="N",
        help="long ones of peers (%(default)s)",
    )
    add("--limit", type=float, default=usual.limit, metavar="SECONDS", help="for one run (%(default)s)")
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
    add("--plot", metavar="FILE", help="draw the section linear there, as SVG")
    add("--json", metavar="FILE", help="write every run there")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text} is not a number of runs")
    return int(text)


def _directory(text: str) -> str:
    if not os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"{text} is not a directory")
    return text


def _plan(chosen: argparse.Namespace, installed: Sequence[Peer]) -> Plan:
    usual = Plan()
    return Plan(
        runs=chosen.runs or usual.runs,
        long_runs=chosen.runs or usual.long_runs,
        peer_runs=chosen.peer_runs,
        limit=chosen.limit,
        peers=installed,
        tree=chosen.tree,
        histories=chosen.history,
        plot=chosen.plot,
    )


def _measured(chosen: argparse.Namespace) -> tuple[dict[str, str], list[Table], int]:
    """The machine and the versions, what was measured, and how many sections were given up."""
    tables, errors = [], 0
    with place() as here:
        installed = options.installed(chosen, here)
        facts = machine.describe(here, installed)
        plan = _plan(chosen, installed)
        for name in chosen.only:
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
