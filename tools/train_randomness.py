"""Makes keyguard/data/randomness.bin from public packages and says how well it does on others.

Run it with a directory for the downloads (about 2 GB; what is there already is not fetched again):

    python tools/train_randomness.py /tmp/packages

It needs numpy, and the clients of ``training_packages.py``.  The same archives give the same file.
"""

from __future__ import annotations

import base64
import math
import random
import re
import string
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from training_packages import FRESH, HELD_OUT, TRAIN, Corpus, collect  # noqa: E402 - lies beside this script

from keyguard import randomness  # noqa: E402 - the script runs from a checkout, not from an installation
from keyguard.findings import SURE  # noqa: E402 - likewise
from keyguard.judge import WEAK  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Callable

HEX = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
KEYBOARD = "1234567890 qwertyuiop asdfghjkl zxcvbnm ".replace(" ", "")
SEQUENCES = tuple(
    sequence.encode()
    for sequence in (
        UPPER + LOWER + DIGITS + "+/",
        LOWER + UPPER + DIGITS + LOWER,
        KEYBOARD + KEYBOARD.upper(),
        "".join(map("".join, zip(UPPER, LOWER, strict=True))),
    )
)
CODES = np.full(256, -1)
CODES[list(randomness.ALPHABET)] = range(64)
UNITS_PER_NAT = 24
SMOOTHING, UNIFORM_SHARE, SEQUENCE_SHARE = 50, 0.02, 0.15
RIDGE = 1e-5
RANDOM_RUNS = 400_000
# So many of the runs are added once more as base64 of themselves: base64 of text is real, but rare.
ENCODED_EVERY = 100


def codes(runs: list[bytes]) -> np.ndarray:
    """Runs of one length as numbers 0 to 63, a row each."""
    return CODES[np.frombuffer(b"".join(runs), dtype=np.uint8).reshape(len(runs), -1)]


def pairs(matrix: np.ndarray) -> np.ndarray:
    """The pairs of neighbours as numbers 0 to 4095."""
    return matrix[:, :-1] * 64 + matrix[:, 1:]


def sequences() -> np.ndarray:
    """What follows what in alphabets, keyboard rows and repetition: text that packages hold too little of."""
    table = np.eye(64)
    for sequence in SEQUENCES:
        row = CODES[list(sequence)]
        table[row[:-1], row[1:]] += 1
        table[row[1:], row[:-1]] += 0.7
    return table / table.sum(axis=1, keepdims=True)


def text_evidence(counts: np.ndarray) -> np.ndarray:
    """Per pair, the logarithm of its odds in text to chance; ``counts`` are the pairs of text."""
    table = counts.reshape(64, 64)
    single = (table.sum(axis=0) + 1) / (table.sum() + 64)
    follows = (table + SMOOTHING * single) / (table.sum(axis=1, keepdims=True) + SMOOTHING)
    rest = 1 - UNIFORM_SHARE - SEQUENCE_SHARE
    return np.log(64 * (rest * follows + UNIFORM_SHARE / 64 + SEQUENCE_SHARE * sequences())).ravel()


def train_cells(texts: list[bytes]) -> bytes:
    """One byte per pair, 128 for no evidence, more for chance.

    Twice, the runs that look like chance are left out and the rest is counted again: they are keys and
    digests, and would teach the table that text is random.
    """
    lengths = sorted({len(text) for text in texts})
    groups = [pairs(codes([text for text in texts if len(text) == length])) for length in lengths]
    kept = groups
    for _ in range(3):
        counts = sum(np.bincount(group.ravel(), minlength=4096) for group in kept)
        table = text_evidence(counts)
        kept = [group[table[group].mean(axis=1) > 0] for group in groups]
    return np.clip(np.round(128 - UNITS_PER_NAT * table), 0, 255).astype(np.uint8).tobytes()


def fit(chance: np.ndarray, text: np.ndarray, share: float) -> np.ndarray:
    """Bias and weights of a logistic regression, of random runs against those of packages.

    Rows are runs.  Both sides weigh the same, but of the packages' runs only ``share`` is in ``text``
    (the others lack a case and need no weighing).  A part of ``text`` is random itself: how much, and
    which, is estimated along with the weights (expectation and maximisation).
    """
    rows = np.vstack([chance, text])
    rows = np.hstack([np.ones((len(rows), 1)), rows])
    labels = np.r_[np.ones(len(chance)), np.zeros(len(text))]
    genuine, mixed, weights = np.ones(len(text)), 0.01, np.zeros(rows.shape[1])
    for _ in range(60):  # far more rounds than it takes
        masses = np.r_[np.full(len(chance), 1 / len(chance)), genuine * share / len(text)]
        weights = newton(rows, labels, masses, weights)
        odds = mixed * np.exp(np.clip(rows[len(chance) :] @ weights, -30, 30))
        genuine = (1 - mixed) / (odds + 1 - mixed)
        mixed = 1 - genuine.mean()
    print(f"estimated share of random runs among those of the packages: {mixed:.2%} of {len(text)}")
    return weights


def newton(rows: np.ndarray, labels: np.ndarray, masses: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A few steps to the maximum of the likelihood; the ridge keeps the weights finite, not the bias."""
    ridge = RIDGE * np.r_[0, np.ones(len(weights) - 1)]
    for _ in range(8):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (masses * (labels - chance)) - ridge * weights
        curve = (rows * (masses * chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge + 1e-12)
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def train(corpus: Corpus, secrets: list[bytes]) -> bytes:
    """The content of the data file."""
    cells = train_cells([run for run in corpus.select(length=None) if not HEX.fullmatch(run)])
    values = np.frombuffer(cells, dtype=np.uint8)[pairs(codes(secrets))].sum(axis=1)
    width = len(secrets[0]) - 1
    head = f"{values.mean() / width:.4f} {values.std() / width**0.5:.4f}"
    model = randomness.parse(f"{head} 0 0 0 0 0\n".encode() + cells)
    weighed = [run for run in corpus.select() if run.lower() != run != run.upper()]
    encoded = [base64.b64encode(run[:30]) for run in weighed[::ENCODED_EVERY]]
    sides = (secrets[:100_000], weighed + encoded)
    chance, text = (np.array([randomness.evidence(run, model) for run in side]) for side in sides)
    weights = fit(chance, text, len(weighed) / len(corpus.select()))
    return f"{head} {' '.join(f'{weight:.3f}' for weight in weights)}\n".encode() + cells


def scores(runs: list[bytes], method: Callable[[bytes], float] = randomness.score) -> np.ndarray:
    """What ``method`` says of each run; the score that is shipped, if none is named."""
    return np.array([method(run) for run in runs])


def entropy(run: bytes) -> float:
    """Shannon entropy, in bits per character: what other scanners go by."""
    counts = [run.count(one) for one in set(run)]
    return math.log2(len(run)) - sum(count * math.log2(count) for count in counts) / len(run)


def pairs_alone(run: bytes) -> float:
    """The pairs without the other features."""
    found = randomness.features(run)
    return found.pairs.figure if found else -100.0


METHODS: dict[str, Callable[[bytes], float]] = {
    "entropy": entropy,
    "pairs": pairs_alone,
    "score": randomness.score,
}


def report(corpus: Corpus, secrets: list[bytes], title: str) -> None:
    """What passes for a secret in ``corpus`` at thresholds that keep a given share of the secrets."""
    print(f"\n{title}: {corpus.size / 1e6:.0f} MB of text, {len(corpus.select())} distinct bare runs")
    runs = corpus.select()
    for name, method in METHODS.items():
        chance, text = scores(secrets, method), scores(runs, method)
        for missed in (0.001, 0.0001):
            row(f"{name}, {1 - missed:.2%} recall", corpus, runs, text >= np.quantile(chance, missed))
    for threshold in (SURE, WEAK):
        recall = (chance >= threshold).mean()
        row(f"score >= {threshold}, {recall:.3%} recall", corpus, runs, text >= threshold)
    for context in ("joined", "block"):
        others = corpus.select(context)
        row(f"{context} runs, score >= {threshold}", corpus, others, scores(others) >= threshold)
    bounds = [0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1]
    print("scores of bare runs:", *zip(bounds, np.histogram(text, bounds)[0].tolist(), strict=False))
    survivors(corpus, runs, text)


def row(name: str, corpus: Corpus, runs: list[bytes], passed: np.ndarray) -> None:
    """Print one row of the table."""
    distinct = int(passed.sum())
    seen = sum(corpus.runs[run].count for run, one in zip(runs, passed, strict=True) if one)
    rates = " ".join(f"{100e6 * count / corpus.size:7.2f}" for count in (distinct, seen))
    print(f"{name:32} distinct, all: {distinct:4} {seen:6}, per 100 MB: {rates}")


def survivors(corpus: Corpus, runs: list[bytes], text: np.ndarray) -> None:
    """Print what passes, shortened: some of it are keys of somebody's."""
    for index in np.argsort(-text, kind="stable"):
        if text[index] < WEAK:
            return
        one = corpus.runs[runs[index]]
        print(f"  {text[index]:.4f} {runs[index][:12].decode()}... x{one.count} {one.package}: {one.path}")


def main() -> None:
    """Download, train, write the file, measure."""
    root = Path(sys.argv[1]).resolve()
    source = random.Random(20240501)  # noqa: S311 - samples, not secrets
    secrets = [base64.b64encode(source.randbytes(30)) for _ in range(RANDOM_RUNS)]
    corpus = collect(root, TRAIN)
    (ROOT / "keyguard/data/randomness.bin").write_bytes(train(corpus, secrets))
    fresh = [base64.b64encode(source.randbytes(30)) for _ in range(RANDOM_RUNS)]
    report(corpus, fresh, "Trained on")
    report(collect(root, HELD_OUT), fresh, "Held out")
    report(collect(root, FRESH), fresh, "Fresh")


if __name__ == "__main__":
    main()
