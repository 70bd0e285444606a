"""Says where a rule of others does not apply, so that what their rules except is excepted here too.

Pure text and numbers; the patterns run with a bound, as these rules' own do.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import regex

PATIENCE: Final = 1.0
"""Seconds that an exception may take to be decided for one value or path."""


class Limits(NamedTuple):
    """What a value and a path have to be, besides matching.

    ``keywords`` are in lower case: one of them stands in the text, in any case.  ``entropy`` is in bits a
    character (Shannon), and has to be exceeded.  ``path`` is a pattern that the path has to match; of the
    others none may match or be in it.
    """

    keywords: tuple[bytes, ...] = ()
    entropy: float = 0.0
    path: str | None = None
    not_paths: tuple[str, ...] = ()
    not_values: tuple[str, ...] = ()
    not_matches: tuple[str, ...] = ()
    stopwords: tuple[str, ...] = ()


def worth(limits: Limits, data: bytes) -> bool:
    """Whether a text can hold a value at all."""
    if not limits.keywords:
        return True
    lower = data.lower()
    return any(keyword in lower for keyword in limits.keywords)


def value(limits: Limits, found: bytes, whole: bytes) -> bool:
    """Whether a value, found in the match ``whole``, is not excepted.  Raises :class:`TimeoutError`."""
    if limits.entropy and entropy(found) <= limits.entropy:
        return False
    lower = found.decode("utf-8", "replace").lower()
    if any(word.lower() in lower for word in limits.stopwords):
        return False
    return not (_any(limits.not_values, found) or _any(limits.not_matches, whole))


def place(limits: Limits, path: str | None) -> bool:
    """Whether what stands at ``path`` is not excepted.  Raises :class:`TimeoutError`."""
    name = (path or "").encode("utf-8", "surrogateescape")
    if limits.path is not None and not _any((limits.path,), name):
        return False
    return path is None or not _any(limits.not_paths, name)


def entropy(found: bytes) -> float:
    """Shannon's entropy of the characters of a value, in bits a character."""
    size = len(found)
    return -sum(n / size * math.log2(n / size) for n in Counter(found).values())


def _any(patterns: tuple[str, ...], text: bytes) -> bool:
    return any(_compiled(pattern).search(text, timeout=PATIENCE) is not None for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> regex.Pattern[bytes]:
    import regex  # noqa: PLC0415 - only where there are such rules

    return regex.compile(pattern.encode())
