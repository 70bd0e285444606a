"""What another scanner was told to accept, in one form whatever its files look like."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from keyguard.baseline.entries import Verdict

NOT_OURS: Final = "not about an AWS key"


class Spot(NamedTuple):
    """A part of a finding, as other scanners see it: a value on some lines of a file.

    ``lines`` are the texts of the lines from ``line`` on that it stands on; ``commit`` is where the file was
    read, None for the work tree.
    """

    path: str
    commit: str | None
    line: int
    end_line: int
    value: str
    lines: tuple[str, ...]


class Claim(NamedTuple):
    """One thing that was accepted: ``label`` names it for people, and holds no secret.

    ``accepts`` says whether a spot is meant; only those at ``path`` are asked about, if there is one.
    ``at`` is a file of a commit that has to be read, since what is meant may be nowhere else.  ``note`` is
    why it may well be that keyguard has nothing there.
    """

    label: str
    accepts: Callable[[Spot], bool]
    path: str | None = None
    at: tuple[str, str] | None = None
    verdict: Verdict = ""
    note: str = ""


def valued(values: Iterable[str]) -> Callable[[Spot], bool]:
    """Accepts a spot that has one of these values."""
    wanted = frozenset(values)
    return lambda spot: spot.value in wanted


def placed(commit: str | None, first: int, last: int) -> Callable[[Spot], bool]:
    """Accepts what touches these lines of a file as it is in ``commit``."""
    return lambda spot: spot.commit == commit and spot.line <= last and first <= spot.end_line


def slashed(path: str) -> str:
    """A path as keyguard writes it: relative, with slashes."""
    return path.replace("\\", "/").removeprefix("./")
