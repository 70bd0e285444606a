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

ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
MIN_LENGTH: Final = 20
"""Shorter runs cannot be told apart by their characters alone; they score 0."""
MAX_LENGTH: Final = 128
"""Of longer runs, only so many characters from the beginning are looked at."""

_DIGITS: Final = b"0123456789"
_DIGITS_FIRST: Final = _DIGITS + ALPHABET.translate(None, _DIGITS)
_PRINTABLE: Final = b"\t\n\r" + bytes(range(32, 127))
_DATA: Final = "data/randomness.bin"


class Part(NamedTuple):
    """One of the things that a score is made of: what was measured, and what that adds, in log-odds."""

    figure: float
    odds: float


class Features(NamedTuple):
    """The parts that explain a score: the probability of ``odds``, which is ``bias`` and the parts added up.

    The figures of ``pairs``, ``distinct`` and ``printable`` are in standard deviations from the mean of
    random runs of the same length, so that they mean the same at any length.
    """

    bias: float
    """The log-odds of a run that is in all respects like the mean of random ones."""
    pairs: Part
    """How much likelier its neighbouring characters are by chance than in source text; text: about -12."""
    distinct: Part
    """How many fewer different characters it has than a random run; at most 0, repetition: below -5."""
    printable: Part
    """How much more printable ASCII than by chance its bytes are, beyond 2 deviations; base64 of text: 5."""
    no_digit: Part
    """1 if it has no digit, as 1 in 800 secrets, else 0."""

    @property
    def odds(self) -> float:
        """The log-odds that the run is random bytes."""
        return self.bias + self.pairs.odds + self.distinct.odds + self.printable.odds + self.no_digit.odds


class Model(NamedTuple):
    """The trained figures: a byte of evidence per pair, its mean and deviation in random runs, weights."""

    table: bytes
    mean: float
    deviation: float
    bias: float
    weights: tuple[float, float, float, float]


class _Scale(NamedTuple):
    """What depends on a run's length alone; ``pairs_of`` reads pairs of characters as 16-bit numbers."""

    pairs_of: Callable[[bytes], tuple[Any, ...]]
    odd: int
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
    128 characters.  Runs that :func:`is_possible` denies score 0.  No input raises anything.
    """
    if not is_possible(run):
        return 0.0
    model = load()
    pairs, distinct, printable, no_digit = evidence(run, model)
    a, b, c, d = model.weights
    return 1.0 / (1.0 + math.exp(-(model.bias + a * pairs + b * distinct + c * printable + d * no_digit)))


def is_possible(run: bytes) -> bool:
    """Whether it is long enough, all of base64, and has a capital and a small letter.

    All but 1 in 10⁹ random secrets have both; hex, base32 and text in capitals have not.
    """
    return not (len(run) < MIN_LENGTH or run.islower() or run.upper() == run or run.translate(None, ALPHABET))


def features(run: bytes) -> Features | None:
    """The parts of the score of ``run``; None where :func:`is_possible` alone decides."""
    if not is_possible(run):
        return None
    model = load()
    parts = (
        Part(figure, weight * figure)
        for figure, weight in zip(evidence(run, model), model.weights, strict=True)
    )
    return Features(model.bias, *parts)


def evidence(run: bytes, model: Model) -> tuple[float, float, float, float]:
    """The figures that the model weighs, in the order of its weights; ``run`` must be possible."""
    run = run[:MAX_LENGTH]
    pairs_of, odd, pairs, root, absent, absent_deviation, quads, hidden, hidden_deviation = _scale(len(run))
    table, total = model.table, 0
    for pair in pairs_of(run[:-1] + run[1:] if odd else run + run[1:-1]):  # a loop is faster than sum and map
        total += table[pair]
    missing = _DIGITS_FIRST.translate(None, run)
    control = len(a2b_base64(run[:quads]).translate(None, _PRINTABLE))
    distinct = (absent - len(missing)) / absent_deviation
    printable = (hidden - control) / hidden_deviation - 2
    return (
        (total - model.mean * pairs) / (model.deviation * root),
        distinct if distinct < 0 else 0.0,
        printable if printable > 0 else 0.0,
        1.0 if missing.startswith(_DIGITS) else 0.0,
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
        pairs_of=struct.Struct(f"<{pairs}H").unpack,
        odd=length % 2,
        pairs=pairs,
        root=math.sqrt(pairs),
        absent=64 * one,
        absent_deviation=math.sqrt(64 * one + 64 * 63 * two - (64 * one) ** 2),
        quads=length // 4 * 4,
        hidden=decoded * (1 - share),
        hidden_deviation=math.sqrt(decoded * share * (1 - share)),
    )
