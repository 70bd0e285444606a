"""Reads the reports of kingfisher, as JSON or as an object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from keyguard.baseline.imports.claims import NOT_OURS, Claim, placed, slashed, valued

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyguard.baseline.imports.given import Given

NAME: Final = "kingfisher"
WHAT: Final = "a report of kingfisher, in JSON"

_HIDDEN: Final = "[REDACTED"
_LIVE: Final = "active credential"


def recognised(given: Given) -> bool:
    """A document with findings, or a list of them with what it did behind it."""
    found = _findings(given.data)
    return found is not None and all(isinstance(one.get("rule"), dict) for one in found)


def read(given: Given) -> Iterator[Claim]:
    """A claim for each finding: for its values, or, if they were left out, for its line."""
    for one in _findings(given.data) or ():
        found, rule = one["finding"], str(one["rule"].get("id") or one["rule"].get("name"))
        commit, path = _file(found)
        line = int(found.get("line") or 0)
        values = _values(found)
        status = str((found.get("validation") or {}).get("status") or "").lower()
        yield Claim(
            label=f"{path}:{line} ({rule})",
            accepts=valued(values) if values else placed(commit, line, line),
            path=None if values else path,
            at=(commit, path) if commit else None,
            verdict="real" if status == _LIVE else "",
            note="" if "aws" in rule.lower() else NOT_OURS,
        )


def _findings(data: Any) -> list[dict[str, Any]] | None:  # noqa: ANN401 - JSON is anything
    """Its findings; None for what is no report of kingfisher's."""
    if isinstance(data, dict) and isinstance(data.get("findings"), list):
        data = data["findings"]
    elif not isinstance(data, list) or not data:
        return None
    objects = [one for one in data if isinstance(one, dict)]
    found = [one for one in objects if isinstance(one.get("finding"), dict) and "rule" in one]
    others = [one for one in objects if "rule" not in one and "finding" not in one]
    return found if len(found) + len(others) == len(data) and (found or not others) else None


def _file(found: Mapping[str, Any]) -> tuple[str | None, str]:
    """The commit, if it is from a history, and the path."""
    git = found.get("git_metadata") or {}
    path = (git.get("file") or {}).get("path") or found.get("path") or "?"
    return (git.get("commit") or {}).get("id"), slashed(str(path))


def _values(found: Mapping[str, Any]) -> list[str]:
    captured = (found.get("dependent_captures") or {}).values()
    values = [str(found.get("snippet") or ""), *map(str, captured)]
    return [value for value in values if value and not value.startswith(_HIDDEN)]
