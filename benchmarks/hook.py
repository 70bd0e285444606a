"""The hook as a developer waits for it: one staged file of 200 lines, without a key and with one.

Of those without, one holds a commit's hash: as long as a secret, so the rules must be asked.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks import inputs, peers
from benchmarks.inputs import CLEAN, HASH, KEY
from benchmarks.plan import bare, keyguard
from benchmarks.table import EMPTY, TIMES, Figure, Line, Table
from benchmarks.timing import Program, measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.place import Place
    from benchmarks.plan import Plan
    from benchmarks.timing import Result

LINES: Final = 200
COLUMNS: Final = ("the key",)
VERSION_LIMIT: Final = 2.5
LIMITS: Final = {CLEAN: 4.0, KEY: 7.0}
"""At most as many times as long as the bare interpreter."""

GITS_OWN: Final = {"GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": "", "GIT_EDITOR": ":"}
"""What git tells its hooks."""


class Case(NamedTuple):
    """A program to run, on which file, and the exit code by which it says that it found something."""

    program: Program
    on: str = EMPTY
    found: int = 1


def table(place: Place, plan: Plan) -> Table:
    """Measure it."""
    cases = [Case(_once(place, plan, "python -c pass", bare()))]
    cases.append(Case(_once(place, plan, "keyguard --version", keyguard("--version"))))
    for on in (CLEAN, HASH, KEY):
        cases += _cases(place, plan, on)
    results = measure([case.program for case in cases])
    lines = [_line(case, result, results[0]) for case, result in zip(cases, results, strict=True)]
    lines.sort(key=lambda line: line.result.program.name.split()[0] not in ("python", "keyguard"))
    note = f"One staged file of {LINES} lines; {plan.runs} runs of each program, in turns; medians."
    return Table("The hook", "`-c pass`", COLUMNS, lines, (note,))


def _once(place: Place, plan: Plan, name: str, argv: tuple[str, ...]) -> Program:
    return Program(name, argv, place.folder, place.environment, runs=plan.runs)


def _cases(place: Place, plan: Plan, on: str) -> Iterator[Case]:
    """Our hook, in both ways to call it, and the peers', each peer in a repository of its own."""
    files = {inputs.KEY_FILE: inputs.small_file(LINES, on)}
    folder = inputs.repository(place, f"hook {on}", files)
    hook = ("hook", "pre-commit")
    yield _case(place, plan, folder, on, ("keyguard hook pre-commit", keyguard(*hook), 1))
    module = (sys.executable, "-P", "-m", "keyguard", *hook)
    yield _case(place, plan, folder, on, ("python -P -m keyguard hook pre-commit", module, 1))
    for peer in plan.peers if on in LIMITS else ():
        if argv := peer.command(peers.STAGED, names=[*files]):
            # Some write to the repository: what one leaves must not be there for the next.
            own = inputs.repository(place, f"hook {on} {peer.name}", files)
            yield _case(place, plan, own, on, (peer.name, argv, peer.found))


def _case(place: Place, plan: Plan, folder: str, on: str, what: tuple[str, tuple[str, ...], int]) -> Case:
    name, argv, found = what
    environment = {**place.environment, **GITS_OWN}
    output = place.path(f"output of {name} on {on}")
    program = Program(name, argv, folder, environment, (0, found), plan.runs, plan.limit, output)
    return Case(program, on, found)


def _line(case: Case, result: Result, python: Result) -> Line:
    return Line(result, case.on, python, (_verdict(case, result),), tuple(_figures(result, case.on, python)))


def _verdict(case: Case, result: Result) -> str:
    """Whether the program did right: to find is to say so by the exit code, and to name the file."""
    if case.on == EMPTY or result.failed:
        return EMPTY
    with open(case.program.output, encoding="utf-8", errors="replace") as file:
        named = inputs.KEY_FILE in file.read()
    if case.on != KEY:
        return "none" if result.code == 0 else "false alarm"
    return "found" if result.code == case.found and named else "missed"


def _figures(result: Result, on: str, python: Result) -> Iterator[Figure]:
    if not (result.measured and python.measured):
        return
    name, ratio = result.program.name, result.wall / python.wall
    if name == "keyguard --version":
        yield Figure("wall", ratio, VERSION_LIMIT, TIMES)
    if name == "keyguard hook pre-commit" and on in LIMITS:
        yield Figure("wall", ratio, LIMITS[on], TIMES)
