"""Reads ``.secretsignore`` of ripsecrets: paths, as in ``.gitignore``, then values in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.baseline.imports.claims import Claim, valued

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.baseline.imports.given import Given

NAME: Final = "secretsignore"
WHAT: Final = "the ignore file of ripsecrets (.secretsignore)"

_SECRETS: Final = "[secrets]"


def recognised(given: Given) -> bool:
    """By its name, or by the line that the values stand under."""
    return given.data is None and (
        given.base == ".secretsignore" or any(row == _SECRETS for _, row in given.rows)
    )


def read(given: Given) -> Iterator[Claim]:
    """A claim for each line; what was found at a path that was left out is taken one by one."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only for this kind of file

    in_secrets = False
    for number, row in given.rows:
        if row.startswith("[") and row.endswith("]"):
            in_secrets = row == _SECRETS
        elif in_secrets:
            yield Claim(f"line {number}", valued([row]), note="the value is not found in the files any more")
        else:
            spec = GitIgnoreSpec.from_lines([row])
            yield Claim(
                f"line {number} ({row})",
                lambda spot, spec=spec: spec.match_file(spot.path),  # type: ignore[misc]  # bound now
                note="no key is at such a path; --exclude leaves paths out",
            )
