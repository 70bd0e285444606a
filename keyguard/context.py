"""Weighs what stands around a value, so that evidence adds up in one place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyguard.rules import Evidence

REACH: Final = 120
"""Bytes before and after a value that are looked at, on its own line."""

FAINT_ODDS: Final = -4.0
"""Log-odds below which a value is not worth pairing: one chance in fifty."""

_VOCABULARY: Final = frozenset(
    {
        "access",
        "accesskey",
        "accesskeyid",
        "amazon",
        "amz",
        "api",
        "aws",
        "awsaccesskeyid",
        "awssecretkey",
        "credential",
        "credentials",
        "env",
        "export",
        "fs",
        "id",
        "iam",
        "key",
        "keyid",
        "login",
        "name",
        "my",
        "s",
        "s3",
        "s3a",
        "s3n",
        "secret",
        "secretaccesskey",
        "secretkey",
        "set",
        "token",
        "user",
        "value",
        "var",
    }
)


class Weight(NamedTuple):
    """What the surroundings say: log-odds, the name of the strongest evidence, the credential's group."""

    odds: float
    hint: str | None
    group: str


class Context:
    """The evidence of the rules, compiled."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        """Compile ``evidence``."""
        self._evidence = tuple((one, regex.compile(one.pattern.encode())) for one in evidence)
        self.most = sum(one.weight for one, _ in self._evidence if one.kind == "secret" and one.weight > 0)
        self._words = regex.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
        self._name = regex.compile(
            rb"([A-Za-z][\w.\-]{1,60}+)[\"'\]]{0,2}\s{0,4}(?:[:=]|=>|:=)?[\s\"'(]{0,6}$"
        )

    def weigh(self, kind: str, data: bytes, start: int, end: int) -> Weight:
        """What stands around ``data[start:end]`` says about a value of ``kind``."""
        lines = data[max(start - 2 * REACH, 0) : start].split(b"\n")
        before = lines[-1][-REACH:]
        after = data[end : end + REACH].partition(b"\n")[0]
        above = lines[-2].rstrip()[-REACH:] if len(lines) > 1 else b""
        texts = {"before": before, "after": after, "around": before + data[start:end] + after, "above": above}
        found = [
            one for one, pattern in self._evidence if one.kind == kind and pattern.search(texts[one.where])
        ]
        strongest = max(found, key=lambda one: abs(one.weight), default=None)
        return Weight(
            sum(one.weight for one in found), strongest.name if strongest else None, self._group(before)
        )

    def _group(self, before: bytes) -> str:
        """What is left of the name in front when the words that every key's name has are taken away."""
        name = self._name.search(before)
        if name is None:
            return ""
        words = [word.decode().lower() for word in self._words.findall(name[1])]
        return "-".join(word for word in words if word not in _VOCABULARY)


def probability(odds: float) -> float:
    """Log-odds as a probability."""
    return 1 / (1 + math.exp(-max(min(odds, 700.0), -700.0)))


def log_odds(probability_: float) -> float:
    """A probability as log-odds, bounded so that certainty can be outweighed."""
    bounded = min(max(probability_, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))
