"""Shows on something small, with a key in it, that a command does its work: to read nothing is fast too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks import inputs
from benchmarks.timing import run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.place import Place
    from benchmarks.timing import Program

LINES: Final = 20
COLUMN: Final = "planted key"


def verdicts(place: Place, programs: Iterable[Program]) -> list[str]:
    """Whether each program, told to scan what :func:`planted` made, names the file that holds the key."""
    return [_verdict(program._replace(output=place.path("printed"))) for program in programs]


def planted(place: Place, name: str) -> str:
    """A repository that once had a file with a key, which lies about untracked now; gives its path."""
    key = {inputs.KEY_FILE: inputs.small_file(LINES, inputs.KEY)}
    folder = inputs.repository(place, name, key)
    inputs.git(place, folder, "commit", "-qm", "Add the settings")
    inputs.git(place, folder, "rm", "-q", "--cached", inputs.KEY_FILE)
    inputs.git(place, folder, "commit", "-qm", "Remove the settings")
    return folder


def _verdict(program: Program) -> str:
    run(program)
    with open(program.output, encoding="utf-8", errors="replace") as file:
        return "found" if inputs.KEY_FILE in file.read() else "missed"
