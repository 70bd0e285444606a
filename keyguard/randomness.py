"""How likely a run of base64 characters is random bytes, so that a bare secret needs no word beside it.

The model is a table of character pairs, counted in public packages, and three other features;
``tools/train_randomness.py`` makes ``data/randomness.bin`` from them.
"""

from __future__ import annotations

import functools
import math
import os
import struct
from binascii import a2b_base64
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

THRESHOLD_STRONG: Final = 0.9
"""Score from which a run with nothing beside it is reported: at most 1 in 1,000 random secrets is below."""
THRESHOLD_WEAK: Final = 0.5
"""Score that suffices beside an AWS name: at most 1 in 10,000 random secrets is below."""

ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
MIN_LENGTH: Final = 20
"""Shorter runs cannot be told apart by their characters alone; they score 0."""
MAX_LENGTH: Final = 128
"""Of longer runs, only so many characters from the beginning are looked at."""

_DIGITS: Final = b"0123456789"
_PRINTABLE: Final = b"\t\n\r" + bytes(range(32, 127))
_DATA: Final = "data/randomness.bin"


class Features(NamedTuple):
    """What a score is made of.

    ``pairs``, ``distinct`` and ``printable`` are in standard deviations from the mean of random runs
    of the same length, so that they mean the same at any length.
    """

    valid: bool
    """At least 20 characters, all of base64; if not, the score is 0."""
    both_cases: bool
    """Has a capital and a small letter: all but 1 in 10⁹ secrets, no hex.  If not: 0."""
    pairs: float
    """How much likelier its neighbouring characters are by chance than in source text; text: about -12."""
    distinct: float
    """How many fewer different characters it has than a random run; at most 0, repetition: below -5."""
    printable: float
    """How much more printable ASCII than by chance its bytes are, beyond 2 deviations; base64 of text: 5."""
    no_digit: float
    """1 if it has no digit, as 1 in 800 secrets, else 0."""
    entropy: float
    """Shannon entropy in bits per character; shown only: ``distinct`` does as well, in far less time."""


class Model(NamedTuple):
    """The trained figures: a byte of evidence per pair, its mean and deviation in random runs, weights."""

    table: bytes
    mean: float
    deviation: float
    bias: float
    weights: tuple[float, float, float, float]


class _Scale(NamedTuple):
    """What depends on a run's length alone; ``even`` and ``odd`` read its pairs as 16-bit numbers."""

    even: Callable[[bytes], tuple[Any, ...]]
    odd: Callable[[bytes, int], tuple[Any, ...]]
    pairs: int
    root: float
    absent: float
    absent_deviation: float
    quads: int
    hidden: float
    hidden_deviation: float


def score(run: bytes) -> float:
    """Probability, 0 to 1, that ``run`` is random bytes in base64, not text, a name, a path, hex or the like.

    It holds at even odds: for a run drawn with equal chance from random secrets of 40 characters and
    from the distinct runs of 40 characters that stand alone in public packages: not joined to more by
    ``-`` or ``_``, not in base64 of several lines; of these, the few that are random themselves (keys of
    other makers, digests in base64) count as random.
    At prior odds ``o`` of random to not random the probability is ``s * o / (s * o + 1 - s)``.

    Made for 40 characters.  At other lengths, from 20 on, about the same share of random runs passes a
    threshold; how much text passes, falls with the length.  Runs longer than 128 are judged by their first
    128 characters.  Shorter runs and runs with a character outside ``A-Za-z0-9+/`` score 0.  No input raises
    anything.
    """
    if len(run) < MIN_LENGTH or run.lower() == run or run.upper() == run or run.translate(None, ALPHABET):
        return 0.0
    model = load()
    pairs, distinct, printable, no_digit = evidence(run, model)
    a, b, c, d = model.weights
    return 1.0 / (1.0 + math.exp(-(model.bias + a * pairs + b * distinct + c * printable + d * no_digit)))


def features(run: bytes) -> Features:
    """What the score of ``run`` is made of; the figures are 0 where it is not valid."""
    valid = len(run) >= MIN_LENGTH and not run.translate(None, ALPHABET)
    both_cases = run.lower() != run and run.upper() != run
    figures = (*evidence(run, load()), _entropy(run)) if valid else (0.0,) * 5
    return Features(valid, both_cases, *figures)


def evidence(run: bytes, model: Model) -> tuple[float, float, float, float]:
    """The figures that the model weighs, in the order of its weights; ``run`` must be valid."""
    run = run[:MAX_LENGTH]
    scale = _scale(len(run))
    value = model.table.__getitem__
    total = sum(map(value, scale.even(run))) + sum(map(value, scale.odd(run, 1)))
    absent = len(ALPHABET.translate(None, run))
    hidden = len(a2b_base64(run[: scale.quads]).translate(None, _PRINTABLE))
    return (
        (total - model.mean * scale.pairs) / (model.deviation * scale.root),
        min(0.0, (scale.absent - absent) / scale.absent_deviation),
        max(0.0, (scale.hidden - hidden) / scale.hidden_deviation - 2),
        float(len(run.translate(None, _DIGITS)) == len(run)),
    )


@functools.cache
def load() -> Model:
    """The model that the package ships; ``OSError`` if its file is missing from the installation."""
    path = os.path.join(os.path.dirname(__file__), _DATA)
    with open(path, "rb") as file:
        return parse(file.read())


def parse(data: bytes) -> Model:
    """The model in a data file: a line of seven decimal numbers, then 4,096 bytes, one per pair."""
    head, _, cells = data.partition(b"\n")
    mean, deviation, bias, a, b, c, d = map(float, head.split())
    return Model(spread(cells), mean, deviation, bias, (a, b, c, d))


def spread(cells: bytes) -> bytes:
    """The 64 rows of 64 ``cells``, each where its pair points to when read as a little-endian number."""
    table = bytearray(1 << 16)
    for first, one in enumerate(ALPHABET):
        for second, two in enumerate(ALPHABET):
            table[two << 8 | one] = cells[first << 6 | second]
    return bytes(table)


@functools.cache
def _scale(length: int) -> _Scale:
    pairs, decoded, share = length - 1, length // 4 * 3, len(_PRINTABLE) / 256
    one, two = (63 / 64) ** length, (62 / 64) ** length
    return _Scale(
        even=struct.Struct(f"<{length // 2}H").unpack_from,
        odd=struct.Struct(f"<{pairs // 2}H").unpack_from,
        pairs=pairs,
        root=math.sqrt(pairs),
        absent=64 * one,
        absent_deviation=math.sqrt(64 * one + 64 * 63 * two - (64 * one) ** 2),
        quads=length // 4 * 4,
        hidden=decoded * (1 - share),
        hidden_deviation=math.sqrt(decoded * share * (1 - share)),
    )


def _entropy(run: bytes) -> float:
    counts = map(run.count, set(run))
    return math.log2(len(run)) - sum(count * math.log2(count) for count in counts) / len(run)
