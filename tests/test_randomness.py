"""The score tells random secrets from everything else that has their shape."""

from __future__ import annotations

import base64
import hashlib
import itertools
import math
import random

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import randomness
from keyguard.findings import SURE
from keyguard.judge import WEAK
from keyguard.randomness import ALPHABET, features, is_possible, score

LETTERS = ALPHABET[:52].decode()
SAMPLE = 20_000


def random_run(source: random.Random, length: int = 40) -> bytes:
    """Base64 of random bytes, without the conditions that ``keys.secret`` sets."""
    return bytes(source.choices(ALPHABET, k=length))


def parts(run: bytes) -> randomness.Features:
    found = features(run)
    assert found
    return found


@pytest.mark.parametrize(
    ("threshold", "recall"),
    [
        pytest.param(SURE, 0.999, id="for sure: 99.9%"),
        pytest.param(WEAK, 0.9999, id="at all: 99.99%"),
    ],
)
def test_keeps_random_secrets(threshold: float, recall: float) -> None:
    source = random.Random(4)
    kept = sum(score(random_run(source)) >= threshold for _ in range(SAMPLE))
    assert kept >= recall * SAMPLE


@pytest.mark.parametrize("length", range(32, 65))
def test_keeps_random_runs_of_other_lengths(length: int) -> None:
    source = random.Random(length)
    kept = sum(score(random_run(source, length)) >= SURE for _ in range(1000))
    assert kept >= 995


def test_knows_the_secrets_of_the_other_tests() -> None:
    assert all(score(keys.secret(seed).encode()) >= SURE for seed in range(100))


@pytest.mark.parametrize(
    "run",
    [
        pytest.param("getDefaultSharedPreferencesEditorFactory", id="camelCase identifier"),
        pytest.param("TestIssue3497ParallelResponseWriterClose", id="PascalCase with digits"),
        pytest.param("AwsEc2VpcPeeringConnectionVpcInfoDetails", id="type with an abbreviation"),
        pytest.param("com/AWSEC2/latest/UserGuide/EBSSnapshots", id="part of a link"),
        pytest.param("/repos/octocat/HelloWorld/pulls/comments", id="path of an API"),
        pytest.param("org/docs/Web/API/SVGFEBlendElement/width", id="path with capitals, no digit"),
        pytest.param("src/main/java/org/example/KeyStoreTest10", id="path of a file"),
        pytest.param(ALPHABET[:40].decode(), id="alphabet"),
        pytest.param(("0123456789" + LETTERS)[:40], id="alphabet after digits"),
        pytest.param(ALPHABET[::-1][:40].decode(), id="alphabet backwards"),
        pytest.param("AaBbCcDdEeFfGgHhIiJj" + "KkLlMmNnOoPpQqRrSsTt", id="alphabet in both cases"),
        pytest.param("1234567890qwertyuiop" + "ASDFGHJKLzxcvbnm1234", id="keyboard rows"),
        pytest.param("Ab1+" * 10, id="repeated group"),
        pytest.param("D13" + "x" * 37, id="filler after a beginning"),
        pytest.param("AKIA" + "EXAMPLEexample" + "X" * 22, id="placeholder"),
        pytest.param("EQAAAAAR" + "AAAAAAkSAAAAAAAS" * 2, id="base64 of zeros"),
    ],
)
def test_scores_other_runs_low(run: str) -> None:
    assert score(run.encode()) < WEAK


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(hashlib.sha1(b"commit", usedforsecurity=False).hexdigest(), id="git hash"),
        pytest.param(hashlib.sha1(b"x", usedforsecurity=False).hexdigest().upper(), id="capital hex"),
        pytest.param("7" * 40, id="digits"),
        pytest.param("x" * 40, id="one letter"),
        pytest.param("MFRGGZDFMZTWQ2LK" * 2 + "NNWG23TP", id="base32"),
    ],
)
def test_a_run_of_one_case_scores_nothing(run: str) -> None:
    assert score(run.encode()) == 0
    assert not is_possible(run.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("the quick brown fox jumps over", id="prose"),
        pytest.param('{"user": 12, "name": "Ann B."}', id="JSON"),
        pytest.param("03:Ref35400:refs/heads/develop", id="node id"),
        pytest.param("host=db;port=5432;user=app;ssl\n", id="settings"),
    ],
)
def test_base64_of_text_scores_low(text: str) -> None:
    run = base64.b64encode(text.encode()[:30])
    assert parts(run).printable.figure > 4
    assert score(run) < WEAK


def test_rises_as_a_name_turns_into_a_random_run() -> None:
    name, chance = b"getDefaultSharedPreferencesEditorFactory", random_run(random.Random(1))
    mixed = [score(chance[:count] + name[count:]) for count in (0, 13, 26, 40)]
    assert mixed == sorted(mixed)
    assert mixed[0] < WEAK < SURE < mixed[-1]


def test_falls_as_a_run_repeats_itself() -> None:
    chance = random_run(random.Random(2))
    repeated = [score((chance[:period] * 40)[:40]) for period in (40, 10, 5, 2)]
    assert repeated == sorted(repeated, reverse=True)
    assert repeated[-1] < WEAK


def test_text_falls_with_length() -> None:
    text = b"getDefaultSharedPreferencesEditorFactoryFromApplicationContext32"
    figures = [parts(text[:length]).pairs.figure for length in (32, 40, 48, 64)]
    assert figures == sorted(figures, reverse=True)


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"aB3", id="short"),
        pytest.param(b"aB3_" * 10, id="URL-safe alphabet"),
        pytest.param(b"\xff\x00" * 20, id="bytes"),
    ],
)
def test_what_is_no_base64_scores_nothing(run: bytes) -> None:
    assert score(run) == 0
    assert features(run) is None


def test_only_the_beginning_of_a_long_run_counts() -> None:
    head = random_run(random.Random(3), randomness.MAX_LENGTH)
    assert score(head + b"a" * 100_000) == score(head) > SURE


@given(st.binary(max_size=200) | st.text(ALPHABET.decode(), max_size=200).map(str.encode))
def test_is_a_probability_that_its_parts_explain(run: bytes) -> None:
    found = features(run)
    assert 0 <= score(run) <= 1
    if found is None:
        assert score(run) == 0
    else:
        assert score(run) == pytest.approx(1 / (1 + math.exp(-found.odds)))
        assert found.distinct.figure <= 0 <= found.printable.figure


def test_explains_a_secret_and_a_name() -> None:
    secret, name = parts(keys.secret().encode()), parts(b"getDefaultSharedPreferencesEditorFactory")
    assert secret.pairs.figure > -4 > name.pairs.figure
    assert secret.odds > 0 > name.odds
    assert (secret.no_digit.figure, name.no_digit.figure) == (0, 1)


def test_what_speaks_against_a_run_is_the_part_that_is_meant() -> None:
    name, text = (
        parts(b"getDefaultSharedPreferencesEditorFactory"),
        parts(base64.b64encode(b"ordinary text " * 3)),
    )
    repeated = parts(b"Ab1+" * 10)
    assert min(name[1:], key=lambda part: part.odds) is name.pairs
    assert min(text[1:], key=lambda part: part.odds) is text.printable
    assert repeated.distinct.odds < -5


def test_every_pair_of_neighbours_counts_at_every_length() -> None:
    model = randomness.load()
    for length in range(randomness.MIN_LENGTH, 60):
        run = random_run(random.Random(length), length)
        total = sum(model.table[second << 8 | first] for first, second in itertools.pairwise(run))
        figure = (total - model.mean * (length - 1)) / (model.deviation * math.sqrt(length - 1))
        assert randomness.evidence(run, model)[0] == pytest.approx(figure)
