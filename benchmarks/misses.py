"""A megabyte of what nearly is a key, beside one of prose: whoever writes such text must not stop a scan."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from benchmarks import inputs
from benchmarks.plan import keyguard
from benchmarks.table import TIMES, Figure, Line, Table
from benchmarks.timing import Program, measure

if TYPE_CHECKING:
    from benchmarks.place import Place
    from benchmarks.plan import Plan

SIZE: Final = 1 << 20
"""Bytes of each text."""

PROSE: Final = "prose"
TEXTS: Final = {
    PROSE: "the quick brown fox jumps over the lazy dog and runs away\n",
    "`-at-` all over": "a-at-1 ",
    "`smtp` all over": "smtp ",
    "beginnings of web tokens": b64encode(b'{"alg":"none"}').decode().replace("=", " "),
    "`secret` all over": "secret ",
    "`%2F` all over": "%2F ",
    "IDs with a character less": "AKIA" + "Q" * 15 + " ",
    "IDs with a character more": "AKIA" + "Q" * 17 + " ",
    "`AKIAkkkk` all over": "AKIAkkkk ",
    "hashes": "0123456789abcdef" * 2 + "01234567\n",
    "runs of 41 characters": "aB3" * 13 + "xy ",
    "`AKIA` all over, no space": "AKIA",
}
"""What is repeated, by what it is called."""

LIMIT: Final = 1.0
"""As many times as long as prose, at most."""


def table(place: Place, plan: Plan, size: int = SIZE) -> Table:
    """Measure it."""
    files = {name: text * (size // len(text)) for name, text in TEXTS.items()}
    names = {name: f"misses {number}" for number, name in enumerate(files)}
    inputs.write(place.folder, {names[name]: content for name, content in files.items()})
    prose, *others = measure([_program(place, plan, names[name]) for name in files])
    lines = [Line(prose, PROSE, prose)]
    for name, one in zip(list(files)[1:], others, strict=True):
        figures = (Figure("CPU", one.cpu / prose.cpu, LIMIT, TIMES),) if one.measured else ()
        lines.append(Line(one, name, prose, figures=figures))
    note = f"{size / 1e6:.1f} MB of each text, in one file; {plan.runs} runs, in turns; medians."
    return Table("Near misses", PROSE, (), lines, (note,))


def _program(place: Place, plan: Plan, file: str) -> Program:
    scan = keyguard("scan", file)
    return Program("keyguard scan", scan, place.folder, place.environment, (0,), plan.runs, plan.limit)
