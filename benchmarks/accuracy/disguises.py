"""Forms whose keys do not stand there as they are: read from ``disguises.toml``.

Its ``[texts]`` are what is disguised.  A ``[[form]]`` names a text or has a ``template``; ``how`` lists the
steps by which each value is written, ``whole`` those for all of it, ``before`` and ``after`` stand around
that.  A ``[[join]]`` puts values in pieces with ``joint`` between them.

The tests have disguises of their own (``tests/disguises.py``), with which keyguard was built.  These share
nothing with them on purpose, so that a mistake or a gap of one is not one of both.
"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Any, Final

from benchmarks.accuracy.cases import Form
from benchmarks.accuracy.drafts import joined, within
from benchmarks.accuracy.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "disguises.toml")
CUTS: Final = {"in two": (4,), "in three": (4, -7), "in odd pieces": (2, 11)}
"""Where a value is cut: behind the beginning of an ID, before its last seven characters; and elsewhere."""

ODD: Final = "in odd pieces"
"""Always held out: not even the beginning of an ID is in one piece."""


def forms() -> list[Form]:
    """All of them."""
    with open(FILE, "rb") as file:
        data = tomllib.load(file)
    joins = [_joined(table, cut) for cut in CUTS for table in data["join"]]
    return [_form(table, data["texts"]) for table in data["form"]] + joins


def _form(table: Mapping[str, Any], texts: Mapping[str, str]) -> Form:
    around = within(table.get("before", ""), table.get("after", ""))
    return Form(
        table["name"],
        table["group"],
        table.get("template") or texts[table["text"]],
        tuple(STEPS[name] for name in table.get("how", ())),
        (*(STEPS[name] for name in table.get("whole", ())), around),
        table.get("suffix", "txt"),
        table.get("codec", "utf-8"),
        table.get("held_out", False),
    )


def _joined(table: Mapping[str, Any], cut: str) -> Form:
    return Form(
        f"{table['name']} {cut}",
        "odd concatenation" if cut == ODD else "concatenation",
        table["template"],
        (joined(table["joint"], *CUTS[cut]),),
        suffix=table["suffix"],
        held_out=cut == ODD or table.get("held_out", False),
    )
