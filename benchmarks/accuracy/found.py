"""What keyguard finds in a directory, in this process, so that values are compared without being printed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from keyguard import Config, Scanner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.accuracy.cases import Case, Expected
    from keyguard.model import Finding

CONFIG = Config(gitignore=False)
"""Everything there is; all the rest as keyguard has it by default."""


class Verdict(NamedTuple):
    """What became of a case: anything found; all of it right; at the right places; how much beyond."""

    alarm: bool
    right: bool
    exact: bool
    extra: int


def scan(folder: str) -> dict[str, list[Finding]]:
    """The findings in each file below ``folder``, by its path there."""
    found: dict[str, list[Finding]] = {}
    for finding in Scanner(CONFIG).scan_path(folder):
        found.setdefault(_below(folder, finding.path or ""), []).append(finding)
    return found


def _below(folder: str, path: str) -> str:
    """The path below ``folder``; findings have it so, but where the folder is in the current one."""
    whole = os.path.abspath(path)
    inside = whole.startswith(os.path.join(os.path.abspath(folder), ""))
    return os.path.relpath(whole, folder) if inside else path


def judge(case: Case, findings: Iterable[Finding]) -> Verdict:
    """Compare the findings in a file with what it holds."""
    left = list(findings)
    alarm, right, exact = bool(left), True, True
    for expected in case.expected:
        one = next((one for one in left if _says(one, expected)), None)
        right = right and one is not None
        if one is not None:
            left.remove(one)
            exact = exact and _at(one, expected)
    return Verdict(alarm, right, right and exact, len(left))


def _says(finding: Finding, expected: Expected) -> bool:
    """Whether a finding is what was expected: no more, no less, but for an ID that is read off a token."""
    token = finding.token
    read = token is not None and expected.values == {token.reveal().decode()}
    return read or values(finding) == expected.values


def values(finding: Finding) -> frozenset[str]:
    """The ID, secret and token of a finding."""
    hidden = (one.reveal().decode() for one in (finding.secret, finding.token) if one is not None)
    return frozenset([*([finding.key_id] if finding.key_id else []), *hidden])


def _at(finding: Finding, expected: Expected) -> bool:
    """Whether the parts of a finding begin where they should."""
    parts = sorted((part.line, part.column) for part in finding.parts)
    places = sorted((line, column, slack) for _, line, column, slack in expected.places)
    return len(parts) == len(places) and all(
        line == place[0] and place[1] - place[2] <= column <= place[1]
        for (line, column), place in zip(parts, places, strict=True)
    )
