"""Tells how well truly random secrets are told apart from what has their shape in real packages."""

from __future__ import annotations

import base64
import os
import random
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.accuracy import packages
from keyguard import anchors, randomness, rules
from keyguard.engine import Engine
from keyguard.judge import WEAK
from keyguard.model import Chunk

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

SECRETS: Final = 200_000
LINES: Final = 500
"""Lines of a made-up file."""

BARE, NAMED = "part {number} uses {secret} here\n", 'aws_secret_access_key = "{secret}"\n'


class Scores(NamedTuple):
    """Scores, in order: of random secrets, and of what stands in packages with ``text`` bytes."""

    name: str
    secrets: Sequence[float]
    negatives: Sequence[float]
    text: int

    def recall(self, threshold: float) -> float:
        """The share of the secrets at or above ``threshold``."""
        return 1 - bisect_left(self.secrets, threshold) / len(self.secrets)

    def rate(self, threshold: float) -> float:
        """How much else is at or above it, in 100 MB."""
        return (len(self.negatives) - bisect_left(self.negatives, threshold)) * 1e8 / self.text

    def best(self, rate: float) -> float:
        """The recall at the lowest threshold that lets through no more than ``rate``."""
        thresholds = [0.0, *(one + 1e-12 for one in self.negatives)]
        return next(self.recall(one) for one in thresholds if self.rate(one) <= rate)


def secrets(count: int, seed: int) -> list[bytes]:
    """Thirty random bytes each, in base64; the same seed gives the same ones."""
    source = random.Random(f"chance-{seed}")  # noqa: S311 - the same in every run
    return [base64.b64encode(source.randbytes(30)) for _ in range(count)]


def by_score(made: Iterable[bytes], folder: str) -> Scores:
    """What the randomness alone says, of every run of forty characters, with no look at what is around it."""
    text, negatives = 0, []
    for _, data in texts(folder):
        text += len(data)
        negatives += [randomness.score(data[at : at + anchors.RUN_LENGTH]) for at in anchors.runs(data)]
    return Scores("score alone", sorted(map(randomness.score, made)), sorted(negatives), text)


def by_finding(made: Sequence[bytes], folder: str, apart: Container[tuple[str, int]]) -> Scores:
    """What keyguard makes of it with all that stands around; no telling word stands by the random secrets.

    ``apart``: paths and lines that hold a secret after all.
    """
    engine = Engine(rules.builtin)
    text, negatives = 0, []
    for path, data in texts(folder):
        text += len(data)
        negatives += [score for score, line in scored(engine, data) if (path, line) not in apart]
    return Scores("with what stands around", placed(engine, made, BARE), sorted(negatives), text)


def named(made: Sequence[bytes]) -> float:
    """The share of the secrets that is found where their name stands before them."""
    return sum(one >= WEAK for one in placed(Engine(rules.builtin), made, NAMED)) / len(made)


def placed(engine: Engine, made: Sequence[bytes], line: str) -> list[float]:
    """The scores of secrets that stand in such lines, those that were not seen as 0; in order."""
    found: list[float] = []
    for start in range(0, len(made), LINES):
        some = made[start : start + LINES]
        lines = (line.format(number=number, secret=one.decode()) for number, one in enumerate(some))
        found += [score for score, _ in scored(engine, "".join(lines).encode())]
    return sorted([0.0] * (len(made) - len(found)) + found)


def scored(engine: Engine, data: bytes) -> list[tuple[float, int]]:
    """The scores and lines of the secrets in a text."""
    matches = engine.matches(Chunk(data))
    return [(match.score, match.place.line) for match in matches if match.kind == "secret"]


def texts(folder: str) -> Iterator[tuple[str, bytes]]:
    """The path and the content of each text file."""
    for path in packages.paths(folder):
        with open(path, "rb") as file:
            data = file.read()
        if b"\0" not in data[: packages.HEAD]:
            yield os.path.relpath(path, folder), data
