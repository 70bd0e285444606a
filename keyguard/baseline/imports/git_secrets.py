"""Reads ``.gitallowed`` of git-secrets: regular expressions for lines that are not to be reported."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from keyguard.baseline.imports.claims import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator

    import regex

    from keyguard.baseline.imports.claims import Spot
    from keyguard.baseline.imports.given import Given

NAME: Final = "gitallowed"
WHAT: Final = "the allowed patterns of git-secrets (.gitallowed)"

PATIENCE: Final = 1.0
"""Seconds that a pattern may take for a line: they come with the repository."""


def recognised(given: Given) -> bool:
    """By its name: any text could be such patterns."""
    return given.data is None and given.base == ".gitallowed"


def read(given: Given) -> Iterator[Claim]:
    """A claim for each pattern."""
    import regex  # noqa: PLC0415 - only for this kind of file

    for number, row in given.rows:
        label = f"line {number}"
        try:
            pattern = regex.compile(row)
        except regex.error as error:
            yield Claim(label, lambda _: False, note=f"no expression that keyguard can read: {error}")
        else:
            yield Claim(label, partial(_is_allowed, pattern), note="no line with a key is like that")


def _is_allowed(pattern: regex.Pattern[str], spot: Spot) -> bool:
    """Whether a line is allowed, as ``git grep`` prints it: with path and number before it."""
    printed = (f"{spot.path}:{number}:{line}" for number, line in enumerate(spot.lines, spot.line))
    try:
        return any(pattern.search(line, timeout=PATIENCE) for line in printed)
    except TimeoutError:
        return False
