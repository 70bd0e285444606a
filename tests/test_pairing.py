"""Which secret belongs to which ID: in every form of file, in small cases that say why, and as properties."""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from functools import cache
from typing import TYPE_CHECKING

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import FORMS, SHAPES, token

from keyguard.model import Candidate, Match, Place, Secret
from keyguard.pairing import pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Pairs = list[tuple[str, str]]

KINDS = (("aws-access-key-id", "id"), ("aws-secret-access-key", "secret"), ("aws-session-token", "token"))
RULES = {kind: rule for rule, kind in KINDS}
VALUES = re.compile(
    r"(?P<id>(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9]))"
    r"|(?P<secret>(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=]))"
    r"|(?P<token>IQoJb3JpZ2luX2Vj[A-Za-z0-9+/]+=*)"
)
NAME = re.compile(r"([\w.-]+)[\"'\\]*\s*(?:=>|[=:])\s*[\"'\\]*$")
PLAIN_WORDS = re.compile(r"(?i)aws|access|secret|key|id|session|token|s3|fs|s3a|tf|var|cloud")


def find(text: str, *, names: bool = True) -> list[Match]:
    """All that looks like an ID, a secret or a token, much as the engine gives it."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return [_found(text, starts, found, names=names) for found in VALUES.finditer(text)]


def _found(text: str, starts: list[int], found: re.Match[str], *, names: bool) -> Match:
    kind, value = found.lastgroup, found.group()
    line = bisect_right(starts, found.start())
    column = found.start() - starts[line - 1] + 1
    before = text[starts[line - 1] : found.start()]
    return Match(
        rule=RULES[kind],
        kind=kind,
        start=found.start(),
        end=found.end(),
        value=Secret(value.encode()),
        place=Place(line, column, line, column + len(value)),
        score=0.2 if kind == "secret" and not value.strip("0123456789abcdef") else 0.95,
        hint="presigned-url" if before.endswith("X-Amz-Credential=") else None,
        group=_group(before) if names else "",
    )


def _group(before: str) -> str:
    name = NAME.search(before)
    words = re.split(r"[_.-]|(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])", name[1]) if name else []
    return "-".join(word for word in words if word and not PLAIN_WORDS.fullmatch(word))


def pairs_of(candidates: Iterable[Candidate]) -> Pairs:
    """The distinct pairs among them."""
    found = {(one.id.value, one.secret.value) for one in candidates if one.id and one.secret}
    return sorted((key.reveal().decode(), secret.reveal().decode()) for key, secret in found)


@pytest.mark.parametrize("name", SHAPES)
def test_a_form_with_any_number_of_pairs(name: str) -> None:
    for count in range(1, 13):
        for seed in range(3):
            text, expected = SHAPES[name](seed, count)
            assert pairs_of(pair(find(text))) == sorted(expected), (seed, count)


@pytest.mark.parametrize("name", sorted(SHAPES.keys() - {"named_shuffled"}))
def test_names_help_but_are_not_needed(name: str) -> None:
    for count in (2, 3, 7, 12):
        text, expected = SHAPES[name](11, count)
        assert pairs_of(pair(find(text, names=False))) == sorted(expected), count


def test_several_forms_in_one_file() -> None:
    chance = random.Random(3)
    right = 0
    for seed in range(400):
        parts = [
            SHAPES[chance.choice(list(SHAPES))](1000 * seed + n, chance.randrange(1, 6)) for n in range(3)
        ]
        text = "\n\n".join(part for part, _ in parts)
        right += pairs_of(pair(find(text))) == sorted(both for _, pairs in parts for both in pairs)
    assert right >= 398


@pytest.mark.parametrize("lost", [0, 1], ids=["an ID is in another file", "a secret is in another file"])
def test_what_is_missing_does_not_shift_the_others(lost: int) -> None:
    chance = random.Random(5)
    right = total = 0
    for name in FORMS:
        for count in range(2, 13):
            text, expected = SHAPES[name](21, count)
            gone = expected.pop(chance.randrange(count))
            found = pairs_of(pair(find(text.replace(gone[lost], "${VARIABLE}"))))
            right += len(set(found) & set(expected))
            total += len(expected)
    assert right / total > 0.97


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.prefix == "ASIA"])
def test_session_tokens_join_their_pair(name: str) -> None:
    for count in range(1, 13):
        text, expected = SHAPES[name](4, count)
        tokens = [token(4000 + n) for n in range(count)]
        for one in pair(find(text)):
            n = expected.index((one.id.value.reveal().decode(), one.secret.value.reveal().decode()))
            assert one.token.value.reveal().decode() == tokens[n]


WORD = re.compile(r"(?:([a-z]+)\.)?([IABCUHSWZTK])(\d)")
PREFIXES = {"A": "ASIA", "B": "ABIA", "C": "ACCA"}
SCORES = {"W": 0.3, "Z": 0.01}
HINTS = {"U": "presigned-url", "H": "authorization-header"}


def sketch(text: str) -> tuple[list[Match], dict[Match, str]]:
    """Matches for a text like ``I1 = prod.S1``, and the word that each of them was.

    I ID, A temporary, B bearer token's, C service-specific, U in a URL, H in a header; S secret, W weak,
    Z worthless; T session token, K Bedrock key.
    """
    matches: dict[Match, str] = {}
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        column = 1
        for part in re.split(r"(\w+\.?\w*)", line):
            word = WORD.fullmatch(part)
            length = len(part)
            if word:
                match = _sketched(word, offset, Place(number, column, number, column))
                matches[match] = part
                length = match.end - match.start
            offset, column = offset + length, column + length
        offset += 1
    return list(matches), matches


def _sketched(word: re.Match[str], start: int, place: Place) -> Match:
    group, letter, digit = word.groups()
    kind, make = _kind(letter)
    value = make(int(digit)).encode()
    return Match(
        rule="aws-bedrock-api-key" if letter == "K" else RULES[kind],
        kind=kind,
        start=start,
        end=start + len(value),
        value=Secret(value),
        place=place._replace(end_column=place.column + len(value)),
        score=SCORES.get(letter, 0.9),
        hint=HINTS.get(letter),
        group=group or "",
    )


def _kind(letter: str) -> tuple[str, Callable[[int], str]]:
    if letter in "SWZ":
        return "secret", _secret
    if letter in "TK":
        return "token", keys.session_token if letter == "T" else keys.bedrock_key
    return "id", lambda seed: keys.key_id(seed, PREFIXES.get(letter, "AKIA"))


_secret = cache(keys.secret)


def outcome(text: str) -> str:
    """What :func:`pair` makes of a sketch, as words joined by ``+``."""
    matches, words = sketch(text)
    found = [(one.id, one.secret, one.token) for one in pair(matches)]
    return " ".join("+".join(words[part] for part in parts if part) for parts in found)


def lines(count: int) -> str:
    return "\n" * count


CASES = [
    pytest.param("", "", id="nothing"),
    pytest.param("I1", "I1", id="an ID alone"),
    pytest.param("S1", "S1", id="a secret alone"),
    pytest.param("T1", "T1", id="a token alone"),
    pytest.param("I1, S1", "I1+S1", id="on one line"),
    pytest.param("S1, I1", "I1+S1", id="the other way round"),
    pytest.param("I1\n\n\nS1", "I1+S1", id="some lines apart"),
    pytest.param("I1\nS1\n\n\n\nS2", "I1+S1 S2", id="the nearer secret"),
    pytest.param("I1\n\n\n\nI2\nS2", "I1 I2+S2", id="the nearer ID"),
    pytest.param("I1\n\n\n\nS2\nI2", "I1 I2+S2", id="the nearer ID, though after the secret"),
    pytest.param("I1\nS1\nI2\nS2", "I1+S1 I2+S2", id="no space between records"),
    pytest.param("S1\nI1\nS2\nI2", "I1+S1 I2+S2", id="secrets first, no space between records"),
    pytest.param("I1\nI2\nI3\nS1\nS2\nS3", "I1+S1 I2+S2 I3+S3", id="block of IDs, block of secrets"),
    pytest.param("S1 S2\nI1 I2", "I1+S1 I2+S2", id="block of secrets, block of IDs"),
    pytest.param("I1\nI2\nS1\nS2\n\nI3\nI4\nS3\nS4", "I1+S1 I2+S2 I3+S3 I4+S4", id="blocks in sections"),
    pytest.param(
        "I1\nI2\nx\nI4\nS1\nS2\nS3\nS4", "I1+S1 I2+S2 S3 I4+S4", id="a gap in a list tells what is missing"
    ),
    pytest.param(
        "I1\n\n\n\n\nI2\nS2\n\n\n\n\nS1", "I1 I2+S2 S1", id="a pair between two strangers is no block"
    ),
    pytest.param(
        "I1 S1\nS2 x\nI3 S3\nI4 S4\n\nI5",
        "I1+S1 S2 I3+S3 I4+S4 I5",
        id="a lone secret does not shift a table",
    ),
    # Distance
    pytest.param("I1" + lines(40) + "S1", "I1+S1", id="40 lines"),
    pytest.param("I1" + lines(41) + "S1" + lines(41) + "S2", "I1 S1 S2", id="41 lines, and another secret"),
    pytest.param("I1" + lines(200) + "S1", "I1+S1", id="200 lines, and nothing else"),
    pytest.param("I1" + lines(201) + "S1", "I1 S1", id="201 lines"),
    pytest.param("I1" + lines(5000) + "S1", "I1 S1", id="top and bottom of a long file"),
    pytest.param("I1" + " " * 5000 + "S1" + " " * 5000 + "S2", "I1 S1 S2", id="5 kB of a long line"),
    pytest.param("I1" + " " * 20000 + "S1", "I1 S1", id="20 kB of a long line"),
    pytest.param("I1\nI2\nI3" + lines(35) + "S1\nS2\nS3", "I1+S1 I2+S2 I3+S3", id="lists with a gap"),
    # Weak secrets
    pytest.param("I1 W1", "I1+W1", id="weak, on the line"),
    pytest.param("I1\nW1", "I1+W1", id="weak, on the next line"),
    pytest.param("I1\n\nW1", "I1 W1", id="weak, further away"),
    pytest.param("I1" + " " * 600 + "W1", "I1 W1", id="weak, far along the line"),
    pytest.param("I1 W2 S1", "I1+S1 W2", id="a weak one between does not steal"),
    pytest.param("I1\nW2\n\nS1", "I1+S1 W2", id="nor does a nearer one"),
    pytest.param("I1 S1\nI1 W2", "I1+S1 I1 W2", id="nor one beside an ID whose secret is known"),
    pytest.param("I1 Z1", "I1 Z1", id="what is surely no secret"),
    # IDs that have no secret
    pytest.param("B1 S1", "B1 S1", id="bearer token"),
    pytest.param("C1 S1", "C1 S1", id="service-specific credential"),
    pytest.param("U1 S1", "U1 S1", id="presigned URL"),
    pytest.param("H1 S1", "H1 S1", id="authorization header"),
    pytest.param("I1\nU2\nS1", "I1+S1 U2", id="a URL between"),
    # The same value again
    pytest.param("I1\n\n\nI1\nS1\n\n\nI1", "I1 I1+S1 I1", id="the secret is the nearest one's"),
    pytest.param("I1 S1\n\nI1 S1", "I1+S1 I1+S1", id="the pair twice"),
    pytest.param("I1\nS1\n\nI1\n\n\nS2", "I1+S1 I1 S2", id="never two secrets of one ID"),
    pytest.param("I1 W1\n\n\nI1\nW2", "I1+W1 I1 W2", id="nor two weak ones"),
    # Names
    pytest.param(
        "prod.I1\ndev.I2\ndev.S2\nprod.S1", "prod.I1+prod.S1 dev.I2+dev.S2", id="names before order"
    ),
    pytest.param("prod.I1\ndev.S2\ndev.I2\nprod.S1", "prod.I1+prod.S1 dev.I2+dev.S2", id="names cross"),
    pytest.param(
        "prod.I1" + lines(60) + "I2 S2" + lines(60) + "prod.S1", "prod.I1+prod.S1 I2+S2", id="names reach far"
    ),
    pytest.param("prod.I1\n\n\ndev.S2", "prod.I1 dev.S2", id="different names repel"),
    pytest.param("prod.I1\nS1", "prod.I1+S1", id="one without a name"),
    pytest.param("x.I1\ny.S1\nx.I2\ny.S2", "x.I1+y.S1 x.I2+y.S2", id="names of kinds, not of credentials"),
    # Tokens
    pytest.param("A1\nS1\nT1", "A1+S1+T1", id="temporary"),
    pytest.param("T1\nS1\nA1", "A1+S1+T1", id="temporary, backwards"),
    pytest.param("A1 T1 S1", "A1+S1+T1", id="token between"),
    pytest.param("I1\nS1\nT1", "I1+S1 T1", id="long-term keys have none"),
    pytest.param("A1\nT1", "A1 T1", id="without the secret"),
    pytest.param("A1\nS1\nT1\nT2", "A1+S1+T1 T2", id="one only"),
    pytest.param("A1\nS1\nT1\nA2\nS2\nT2", "A1+S1+T1 A2+S2+T2", id="two in order"),
    pytest.param("T1\nA1\nS1\nT2\nA2\nS2", "A1+S1+T1 A2+S2+T2", id="two, tokens first"),
    pytest.param("I1\nS1\n\nA2\nS2\nT2", "I1+S1 A2+S2+T2", id="beside a long-term one"),
    pytest.param("A1\nS1\nK1", "A1+S1 K1", id="a Bedrock key is none"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_who_belongs_to_whom(text: str, expected: str) -> None:
    assert sorted(outcome(text).split()) == sorted(expected.split())


def only(text: str) -> Candidate:
    """The one candidate of a sketch."""
    (found,) = pair(sketch(text)[0])
    return found


RULE_CASES = [
    ("I1 S1", "aws-access-key-pair"),
    ("A1 S1 T1", "aws-access-key-pair"),
    ("I1", "aws-access-key-id"),
    ("S1", "aws-secret-access-key"),
    ("T1", "aws-session-token"),
    ("K1", "aws-bedrock-api-key"),
]


@pytest.mark.parametrize(("text", "rule"), RULE_CASES)
def test_the_rule_of_a_candidate(text: str, rule: str) -> None:
    assert only(text).rule == rule


@pytest.mark.parametrize("text", ["I1 S1", "I1\nS1", "S1\nI1", "I1 W1", "A1\nS1\nT1"])
def test_evidence_side_by_side_adds_up(text: str) -> None:
    one = only(text)
    assert 1 >= one.score > max(part.score for part in one.parts)


def test_evidence_fades_with_distance() -> None:
    scores = [only("I1" + lines(apart) + "S1").score for apart in (1, 2, 5, 20, 100, 200)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1] >= 0.9


def test_a_lone_match_keeps_its_score() -> None:
    assert [one.score for one in pair(sketch("I1 W1 Z2 W3")[0])] == [pytest.approx(0.93), 0.01, 0.3]


def test_candidates_stand_in_the_order_of_the_text() -> None:
    found = pair(sketch("S9 x\n\nS1 I1\nZ3 I2 T4\nS2")[0])
    starts = [one.parts[0].start for one in found]
    assert starts == sorted(starts)


def test_many_pairs_are_read_in_linear_time() -> None:
    count = 10_000
    digits = [str(n % 10) for n in range(count)]
    for form in ("I{}, S{}", "S{}\n\nI{}\n"):
        assert len(pair(sketch("\n".join(form.format(digit, digit) for digit in digits))[0])) == count
    lists = "\n".join([*map("I{}".format, digits), *map("S{}".format, digits)])
    assert len(pair(sketch(lists)[0])) == count


def _moved(match: Match, offset: int, down: int) -> Match:
    line, column, end_line, end_column = match.place
    place = Place(line + down, column, end_line + down, end_column)
    return match._replace(start=match.start + offset, end=match.end + offset, place=place)


WORDS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "prod.", "dev."]),
    st.sampled_from("IIIIASSSSWZTTBCUHK"),
    st.integers(0, 4),
)
BETWEEN = st.sampled_from([" ", " ", "\n", "\n", "\n\n\n", "\n" * 30, "\n" * 150, " " * 300, " " * 9000])
TEXTS = st.lists(st.tuples(WORDS, BETWEEN), max_size=40).map(lambda some: "".join(map("".join, some)))


@given(TEXTS)
def test_every_match_is_in_exactly_one_candidate(text: str) -> None:
    matches, _ = sketch(text)
    assert sorted(part for one in pair(matches) for part in one.parts) == sorted(matches)


@given(TEXTS)
def test_parts_are_of_their_kinds(text: str) -> None:
    for one in pair(sketch(text)[0]):
        parts = {"id": one.id, "secret": one.secret, "token": one.token}
        assert all(part is None or part.kind == kind for kind, part in parts.items())
        assert len(one.parts) == 1 or (one.id and one.secret and one.rule == "aws-access-key-pair")
        assert one.token is None or one.id is None or one.id.value.reveal().startswith(b"ASIA")
        assert 0 <= one.score <= 1


@given(TEXTS)
def test_an_id_has_one_secret(text: str) -> None:
    found = pairs_of(pair(sketch(text)[0]))
    assert len({key for key, _ in found}) == len(found)


@given(TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_the_matches_does_not_matter(text: str, chance: random.Random) -> None:
    matches, _ = sketch(text)
    assert pair(chance.sample(matches, len(matches))) == pair(matches)


@given(TEXTS, st.integers(0, 10**9), st.integers(0, 10**6))
def test_where_the_text_begins_does_not_matter(text: str, offset: int, down: int) -> None:
    def moved(one: Candidate) -> Candidate:
        parts = (part and _moved(part, offset, down) for part in (one.id, one.secret, one.token))
        return Candidate(one.rule, *parts, one.score)

    matches, _ = sketch(text)
    assert pair([_moved(match, offset, down) for match in matches]) == [moved(one) for one in pair(matches)]
