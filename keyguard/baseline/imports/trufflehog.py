"""Reads what ``trufflehog --json`` prints: an object a line, with the values in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from keyguard.baseline.imports.claims import NOT_OURS, Claim, slashed, valued

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.baseline.imports.given import Given

NAME: Final = "trufflehog"
WHAT: Final = "what 'trufflehog --json' prints"


def recognised(given: Given) -> bool:
    """Objects that name a detector; or one of them alone."""
    listed = given.data if isinstance(given.data, list) else [given.data]
    return bool(listed) and all(isinstance(one, dict) and "DetectorName" in one for one in listed)


def read(given: Given) -> Iterator[Claim]:
    """A claim for each finding; what was proved to work is real."""
    for one in given.data if isinstance(given.data, list) else [given.data]:
        commit, path, line = _place(one)
        ours = str(one["DetectorName"]).startswith("AWS")
        yield Claim(
            label=f"{path}:{line} ({one['DetectorName']})",
            accepts=valued(_values(one)),
            at=(commit, path) if commit else None,
            verdict="real" if one.get("Verified") is True else "",
            note="" if ours else NOT_OURS,
        )


def _place(one: dict[str, Any]) -> tuple[str, str, int]:
    """Commit, path and line, as far as its source has them."""
    sources = (one.get("SourceMetadata") or {}).get("Data") or {}
    data = next((value for value in sources.values() if isinstance(value, dict)), {})
    path = slashed(str(data.get("file") or data.get("link") or "?"))
    return str(data.get("commit") or ""), path, int(data.get("line") or 0)


def _values(one: dict[str, Any]) -> list[str]:
    """``Raw`` is the ID, ``RawV2`` that and the secret, with a colon between them."""
    parts = (one.get("SecretParts") or {}).values()
    found = [str(one.get("Raw") or ""), *str(one.get("RawV2") or "").split(":", 1), *map(str, parts)]
    return list(filter(None, found))
