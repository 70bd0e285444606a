"""Reads ``.gitleaksignore`` and ``.betterleaksignore``: places, each with its rule, one a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyguard.baseline.imports.claims import Claim, placed, slashed
from keyguard.baseline.imports.gitleaks import note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.baseline.imports.given import Given

NAME: Final = "gitleaksignore"
WHAT: Final = "a list of fingerprints (.gitleaksignore, .betterleaksignore)"

_FINGERPRINT: Final = r"(?:([0-9a-f]{7,64}):)?(.+):([\w.-]+):(\d{1,9})"
_FILES: Final = (".gitleaksignore", ".betterleaksignore")


def recognised(given: Given) -> bool:
    """By its name, or because all its lines are fingerprints."""
    return given.data is None and (
        given.base in _FILES
        or (bool(given.rows) and all(re.fullmatch(_FINGERPRINT, row) for _, row in given.rows))
    )


def read(given: Given) -> Iterator[Claim]:
    """A claim for each fingerprint."""
    for number, row in given.rows:
        match = re.fullmatch(_FINGERPRINT, row)
        if match is None:
            yield Claim(f"line {number}", lambda _: False, note="no fingerprint")
            continue
        commit, path, rule, line = match.groups()
        at = (commit, slashed(path)) if commit else None
        yield Claim(row, placed(commit, int(line), int(line)), slashed(path), at, note=note(rule))
