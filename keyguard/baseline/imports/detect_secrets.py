"""Reads ``.secrets.baseline``, which has the SHA-1 of each value that detect-secrets saw, file by file."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from keyguard import digests
from keyguard.baseline.imports.claims import NOT_OURS, Claim, slashed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.baseline.imports.claims import Spot
    from keyguard.baseline.imports.given import Given

NAME: Final = "detect-secrets"
WHAT: Final = "a baseline of detect-secrets (.secrets.baseline)"

_MAYBE: Final = ("AWS Access Key", "Base64 High Entropy String", "Secret Keyword")
"""The types under which it reports AWS keys."""

_WORD: Final = r"""\"[^"]*\"|'[^']*'|`[^`]*`|[^\s=:]+"""
_AROUND: Final = "\"'`,;()"
"""What it reads as one value, quoted or bare, and what of that is not part of the value."""


def recognised(given: Given) -> bool:
    """An object with results, and the plugins that found them."""
    return isinstance(given.data, dict) and isinstance(given.data.get("results"), dict)


def read(given: Given) -> Iterator[Claim]:
    """A claim for each entry; what an audit called a real secret stays one."""
    results: dict[str, list[dict[str, Any]]] = given.data["results"]
    for path, entries in results.items():
        for entry in entries:
            line = entry.get("line_number")
            kind = str(entry.get("type"))
            yield Claim(
                label=f"{path}:{line} ({kind})" if line else f"{path} ({kind})",
                accepts=partial(_is_hashed, str(entry["hashed_secret"])),
                path=slashed(path),
                verdict={True: "real", False: "false"}.get(entry.get("is_secret"), ""),  # type: ignore[arg-type]  # absent before the audit
                note="" if kind in _MAYBE else NOT_OURS,
            )


def _is_hashed(digest: str, spot: Spot) -> bool:
    texts = (text.encode("utf-8", "surrogateescape") for text in _texts(spot))
    return any(digests.sha1(text).hex() == digest for text in texts)


def _texts(spot: Spot) -> Iterator[str]:
    """What detect-secrets may have taken for the value: it, or the quoted or bare word that it stands in."""
    yield spot.value
    for line in spot.lines:
        words = (match[0].strip(_AROUND) for match in re.finditer(_WORD, line))
        yield from (word for word in words if spot.value in word)
