"""Reads the reports of gitleaks and betterleaks, which serve them as baselines, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from keyguard.baseline.imports.claims import NOT_OURS, Claim, placed, slashed, valued

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyguard.baseline.imports.claims import Spot
    from keyguard.baseline.imports.given import Given

NAME: Final = "gitleaks-report"
WHAT: Final = "a report of gitleaks or betterleaks, in JSON"

OURS: Final = ("aws", "generic", "amazon")
"""What the rules begin with by which they report AWS keys."""


def recognised(given: Given) -> bool:
    """A list of objects that name a rule; one without any says that nothing was found."""
    return isinstance(given.data, list) and all(
        isinstance(one, dict) and "RuleID" in one for one in given.data
    )


def read(given: Given) -> Iterator[Claim]:
    """A claim for each finding: for its value, or, if that was left out, for its place."""
    for one in given.data:
        path, commit = slashed(str(one.get("File") or "")), str(one.get("Commit") or "") or None
        line = int(one.get("StartLine") or 0)
        yield Claim(
            label=str(one.get("Fingerprint") or f"{path}:{one['RuleID']}:{line}"),
            accepts=_accepts(one, commit),
            path=None if _values(one) else path,
            at=(commit, path) if commit else None,
            note=note(str(one["RuleID"])),
        )


def note(rule: str) -> str:
    """Why keyguard may have nothing where a rule of that name had."""
    return "" if rule.startswith(OURS) else NOT_OURS


def _accepts(one: dict[str, Any], commit: str | None) -> Callable[[Spot], bool]:
    if values := _values(one):
        return valued(values)
    first = int(one.get("StartLine") or 0)
    return placed(commit, first, max(first, int(one.get("EndLine") or 0)))


def _values(one: dict[str, Any]) -> list[str]:
    """Its value, if it is there in clear, and those that had to stand near it."""
    near = (part for group in one.get("RequiredSets") or () for part in group.get("components") or ())
    found = [str(part.get("Secret") or "") for part in (one, *near)]
    return [] if _is_hidden(found[0]) else [value for value in found if not _is_hidden(value)]


def _is_hidden(value: str) -> bool:
    """Whether ``--redact`` was used: wholly, or so that some characters are left, and dots."""
    return not value or value == "REDACTED" or value.endswith("...")
