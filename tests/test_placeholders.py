"""What is taken for an example or a placeholder, and that no real key is."""

from __future__ import annotations

import base64
import math
import random
import re
import string
import tomllib
from pathlib import Path
from typing import Any

import keys
import pytest

from keyguard import placeholders
from keyguard.errors import ConfigError
from keyguard.placeholders import DOCUMENTED, PLACEHOLDER

FILE = Path(__file__).parent.parent / "patterns" / "examples.toml"
TEXT = FILE.read_text(encoding="utf-8")
TABLE = tomllib.loads(TEXT)
EXAMPLES = placeholders.parse(TABLE)
ALPHABET = string.ascii_letters + string.digits + "+/"
DRAWN = "uB7kQ2ZpXcV9mR4tLhJ0{}".format("sWyE6fNgDa3iTqOv8xKS")
"""Forty characters, of which the beginning stands in for what is random."""


def drawn(length: int) -> str:
    return DRAWN[:length]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(keys.EXAMPLE_ID, id="the best known one"),
        pytest.param(keys.spelled("ASIA IOSFODNN7 EXAMPLE"), id="its temporary twin"),
        pytest.param(keys.spelled("AKIA IOSFODNN7 ABCDEFG"), id="with another ending"),
        pytest.param(keys.spelled("AKIA I44QH8DHB EXAMPLE"), id="not base32"),
        pytest.param(keys.spelled("AKIA 111111111 EXAMPLE"), id="iam list-access-keys"),
        pytest.param(keys.spelled("AKIA 222222222 EXAMPLE"), id="iam list-access-keys, second"),
        pytest.param(keys.spelled("AKIA 1EXAMPLE1 EXAMPLE"), id="ansible"),
        pytest.param(keys.spelled("AKIA IESZCNJ3O EXAMPLE"), id="rds"),
        pytest.param(keys.spelled("ASIA SZ4SI7REE EXAMPLE"), id="guardduty"),
        pytest.param(keys.spelled("ASIA WHOJDLGPO EXAMPLE"), id="cloudtrail"),
        pytest.param(keys.spelled("AKIA EXAMPLE 123456789"), id="s3 presign"),
        pytest.param(keys.spelled("AKIA EXAMPLE PBUMBC3GA"), id="devicefarm"),
        pytest.param(keys.spelled("ASIA EXAMPLE123 EXAMPL"), id="cut off"),
        pytest.param(keys.spelled("AKIA 32P3D2JD NMVAJLGF"), id="ecr, no example in it"),
        pytest.param(keys.spelled("AKIA J5C56P35 AEBRX2QQ"), id="ssm, no example in it"),
        pytest.param(keys.spelled("ASIA QNZGKIQY 56JQ7WML"), id="article, no example in it"),
        pytest.param(keys.spelled("0PN5 J17HBGZH T7JJ3X82"), id="first generation"),
        pytest.param(keys.spelled("44CF 9590006B F252F707"), id="first generation, hex"),
        pytest.param(keys.spelled("022Q F06E7MXB SH9DHM02"), id="first generation, third"),
    ],
)
def test_documented_ids(value: str) -> None:
    assert placeholders.reason(EXAMPLES, "id", value.encode()) == DOCUMENTED


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(keys.EXAMPLE_SECRET, id="the best known one"),
        pytest.param(keys.spelled("wJalrXUtnFEMI/K7MDENG +bPxRfiCY EXAMPLEKEY"), id="signature test suite"),
        pytest.param(keys.spelled("wJalrXUtnFEMI/K7MDENG /bPxRfiCYz EXAMPLEKEY"), id="a character long"),
        pytest.param(keys.spelled("wJalrXUtnFEMI/K7MDENG /bPxRfiCY SECRETSKEY"), id="another ending"),
        pytest.param(keys.spelled("wJalrXUtnFEMI/K7MDENG /bPxRfiCY EFUCDlEX1A"), id="yet another ending"),
        pytest.param(keys.spelled("je7MtGbClwBF/2Zp9Utk /h3yCo8nvb EXAMPLEKEY"), id="second profile"),
        pytest.param(keys.spelled("8P+SQvWIuLnKhh8d++jp w0nNmQRBZvN EXAMPLEKEY"), id="assume role with saml"),
        pytest.param(keys.spelled("uV3F3YluFJax1cknvbcG wgjvx4QpvB+leU8dUj2o"), id="first generation"),
        pytest.param(
            keys.spelled("OtxrzxIsfpFjA7SwPzIL wy8Bw21TLhquhboDYROV"), id="first generation, second"
        ),
        pytest.param(keys.spelled("kWcrlUX5JEDGM/LtmEEN I/aVmYvHNif5zB+d9+ct"), id="first generation, third"),
    ],
)
def test_documented_secrets(value: str) -> None:
    assert placeholders.reason(EXAMPLES, "secret", value.encode()) == DOCUMENTED


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(keys.EXAMPLE_SECRET[:20].swapcase() + drawn(20), id="case matters"),
        pytest.param("w" + keys.EXAMPLE_SECRET[:20] + drawn(19), id="not at the beginning"),
        pytest.param(keys.EXAMPLE_SECRET[:12] + drawn(28), id="too little of it"),
    ],
)
def test_what_only_resembles_a_documented_secret(value: str) -> None:
    assert placeholders.reason(EXAMPLES, "secret", value.encode()) is None


def test_an_id_is_no_secret_and_a_secret_no_id() -> None:
    tail = keys.EXAMPLE_ID[4:13].encode()
    assert placeholders.reason(EXAMPLES, "secret", tail + drawn(31).encode()) is None
    assert placeholders.reason(EXAMPLES, "id", b"AKIA" + b"wJalrXUtnFEMI" + b"7QZ") is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("X" * 16, id="x"),
        pytest.param("Z" * 16, id="z"),
        pytest.param("QZ5BBBBBBBKP3VTM", id="seven times the same"),
        pytest.param("QZ5XXXXXXKP3VTMW", id="six x"),
        pytest.param("QZ5RMB4WKP3XXXXX", id="five x at the end"),
        pytest.param("TESTTEST" * 2, id="block"),
        pytest.param("QZ5RKQZ5RKQZ5RKQ", id="block that does not fill it"),
        pytest.param("ABABBABAABBAABAB", id="two letters"),
        pytest.param("DEADBEEF" * 2, id="hex word"),
        pytest.param("2345672345672345", id="digits"),
        pytest.param("7364527364253746", id="only digits"),
        pytest.param("ABCDEFGHIJKLMNOP", id="alphabet"),
        pytest.param("PONMLKJIHGFEDCBA", id="alphabet backwards"),
        pytest.param("KQZHTUVWXYZ234PM", id="from letters to digits"),
        pytest.param("KZASDFGHJL2PMBVH", id="keyboard"),
        pytest.param("A2B3C4D5E6F7G2H3", id="letters and digits in turn"),
        pytest.param("YOURACCESSKEYIDX", id="your access key"),
        pytest.param("YOURKEYQZ5RMB4WK", id="your key"),
        pytest.param("QZEXAMPLEKP3VTMW", id="example"),
        pytest.param("QZ5PLACEHOLDERKP", id="placeholder"),
        pytest.param("CHANGEMEQZ5RMB4W", id="change me"),
        pytest.param("DUMMYQZ5RMKP3VTM", id="dummy at the beginning"),
        pytest.param("QZ5RMB4KP3VDUMMY", id="dummy at the end"),
        pytest.param("QZ5RMBSECRETP3VT", id="six letters"),
        pytest.param("FAKEFAKEQZ5RMB4W", id="fake"),
        pytest.param("QZ5R234567P3VTMW", id="six digits"),
        pytest.param("QZREDACTEDKP3VTM", id="redacted"),
    ],
)
def test_placeholder_ids(body: str) -> None:
    assert placeholders.reason(EXAMPLES, "id", b"AKIA" + body.encode()) == PLACEHOLDER


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("LALEMEL33243OLIA", id="made up, but not to see"),
        pytest.param("QZ5RMDUMMYKP3VTM", id="five letters in the middle"),
        pytest.param("QZ5RXXXXXKP3VTMW", id="five x in the middle"),
        pytest.param("FAKEQZ5RMB4WKP3V", id="four letters at the beginning"),
        pytest.param("QZ5RMB4WKP3VXXXX", id="four x at the end"),
        pytest.param("QZ5RBBBBBBKP3VTM", id="six times the same"),
        pytest.param("QZ5RHIJKLMKP3VTW", id="six of the alphabet"),
        pytest.param("KQZ5KQZ5KQZ5RMBW", id="block for a while"),
        pytest.param("QKZHPMBVTWQKJLRS", id="only letters"),
        pytest.param("ABCABDABEABFABCD", id="six letters"),
    ],
)
def test_ids_that_may_be_real(body: str) -> None:
    assert placeholders.reason(EXAMPLES, "id", b"AKIA" + body.encode()) is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x" * 40, id="x"),
        pytest.param("/" * 40, id="slashes"),
        pytest.param("TEST" * 10, id="block"),
        pytest.param(drawn(12) * 3 + drawn(4), id="block that does not fill it"),
        pytest.param(drawn(17) + "aaaaaaa" + drawn(16), id="seven times the same"),
        pytest.param(drawn(17) + "xxxxxx" + drawn(17), id="six x"),
        pytest.param(drawn(35) + "XXXXX", id="five x at the end"),
        pytest.param("0123456789" * 4, id="digits"),
        pytest.param("thisisasuperlongphrasewithoutanycapitals", id="small letters only"),
        pytest.param("THISISASUPERLONGPHRASEWITHOUTSMALLLETTER", id="capitals only"),
        pytest.param("AbCdEfGhIjKlMnOpQrStUvWxYz0123456789ABCD", id="alphabet"),
        pytest.param("1a2B3c4D5e6F7g8H" + drawn(24), id="letters and digits in turn"),
        pytest.param("qWeRtYuI" + drawn(32), id="keyboard"),
        pytest.param(drawn(16) + "98765432" + drawn(16), id="digits backwards"),
        pytest.param(drawn(30) + "EXAMPLEKEY", id="example"),
        pytest.param(drawn(15) + "eXample" + drawn(18), id="example in any case"),
        pytest.param("YourSecretAccessKey" + drawn(21), id="your secret"),
        pytest.param(drawn(15) + "secret" + drawn(19), id="six small letters"),
        pytest.param(drawn(15) + "Secret" + drawn(19), id="six, the first a capital"),
        pytest.param(drawn(15) + "SECRET" + drawn(19), id="six capitals"),
        pytest.param("Dummy" + drawn(35), id="five at the beginning"),
        pytest.param(drawn(35) + "dummy", id="five at the end"),
        pytest.param(drawn(15) + "Redacted" + drawn(17), id="redacted"),
    ],
)
def test_placeholder_secrets(value: str) -> None:
    assert placeholders.reason(EXAMPLES, "secret", value.encode()) == PLACEHOLDER


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(DRAWN, id="drawn"),
        pytest.param(drawn(15) + "sEcret" + drawn(19), id="six letters in another case"),
        pytest.param(drawn(15) + "dummy" + drawn(20), id="five letters in the middle"),
        pytest.param("Fake" + drawn(36), id="four letters at the beginning"),
        pytest.param(drawn(15) + "hijklmn" + drawn(18), id="seven of the alphabet"),
        pytest.param(drawn(17) + "aaaaaa" + drawn(17), id="six times the same"),
        pytest.param(
            "da39a3ee" + "5e6b4b0d" + "3255bfef" + "95601890" + "afd80709", id="hex is no placeholder"
        ),
        pytest.param("ThisIs" + drawn(30) + "ABCD", id="words that nobody listed"),
    ],
)
def test_secrets_that_may_be_real(value: str) -> None:
    assert placeholders.reason(EXAMPLES, "secret", value.encode()) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("AQoDYXdzEPT" + "/" * 10 + "wEXAMPLEtc" + drawn(40), PLACEHOLDER, id="documentation"),
        pytest.param("AQo" + "EXAMPLE" + "H4aoAH0gNCAPy" + drawn(40), PLACEHOLDER, id="older documentation"),
        pytest.param("ABSK" + "QmVkcm9ja0FQSUtleS1" + "EXAMPLE" + drawn(40), PLACEHOLDER, id="bedrock"),
        pytest.param("ABSK" + "x" * 128, PLACEHOLDER, id="five letters"),
        pytest.param("IQoJb3JpZ2luX2VjEOz" + "/" * 20 + DRAWN * 6, None, id="slashes are in real ones"),
        pytest.param("IQoJb3JpZ2luX2VjEOz" + DRAWN + "secret" + DRAWN, None, id="six letters are too few"),
        pytest.param(keys.session_token(), None, id="made like a real one"),
        pytest.param(keys.bedrock_key(), None, id="bedrock, made like a real one"),
    ],
)
def test_tokens(value: str, expected: str | None) -> None:
    assert placeholders.reason(EXAMPLES, "token", value.encode()) == expected


def test_no_random_id_is_a_placeholder() -> None:
    source = random.Random(20260615)
    drawn_ids = (b"AKIA" + base64.b32encode(source.randbytes(10)) for _ in range(200_000))
    assert not [one for one in drawn_ids if placeholders.reason(EXAMPLES, "id", one)]


def test_no_random_secret_is_a_placeholder() -> None:
    source = random.Random(20260615)
    drawn_secrets = (base64.b64encode(source.randbytes(30)) for _ in range(200_000))
    assert not [one for one in drawn_secrets if placeholders.reason(EXAMPLES, "secret", one)]


def test_no_id_of_either_generation_is_a_placeholder() -> None:
    source = random.Random(20260615)
    for seed in range(5_000):
        new = keys.key_id(seed, account=str(source.randrange(10**12)))
        old = "ASIA" + source.choice("IJ") + new[5:-1] + source.choice("AQ")
        assert placeholders.reason(EXAMPLES, "id", new.encode()) is None
        assert placeholders.reason(EXAMPLES, "id", old.encode()) is None


def _words(least: int, most: int = 99) -> list[str]:
    return [word for word in TABLE["placeholder"]["words"] if least <= len(word) <= most]


def _rows(length: int, letters: str) -> list[str]:
    rows = (row.decode() for row in EXAMPLES.rows if len(row) == length)
    return [row for row in rows if not set(row) - set(letters)]


def _few(length: int, alphabet: int, most: int) -> float:
    """How often ``length`` characters drawn from ``alphabet`` have at most ``most`` different ones."""
    chances = [1.0] + [0.0] * alphabet
    for _ in range(length):
        chances = [
            (chances[seen] * seen + (chances[seen - 1] * (alphabet - seen + 1) if seen else 0.0)) / alphabet
            for seen in range(alphabet + 1)
        ]
    return sum(chances[: most + 1])


def odds_of_an_id() -> dict[str, float]:
    """How often each test takes a random ID for a placeholder, at most."""
    base32 = string.ascii_uppercase + "234567"
    windows = 10 + 2 + 2
    return {
        "words": sum((17 - len(word)) * 32.0 ** -len(word) for word in _words(6)),
        # The first character of the new generation is one of fifteen.
        "ends": sum(32.0**-5 + 32.0**-4 / 15 for _ in _words(5, 5)),
        "run": 10 * 32.0**-6,
        "distinct": _few(16, 32, placeholders.ID_DISTINCT),
        "digits": (6 / 32) ** 16,
        "rows": len(_rows(placeholders.ID_ROW, base32)) * windows * 32.0**-7,
        "block": sum(32.0 ** -(16 - period) for period in range(1, 9)),
        "documented": sum(32.0 ** -len(tail) for tail in EXAMPLES.id_tails),
    }


def odds_of_a_secret() -> dict[str, float]:
    """How often each test takes a random secret for a placeholder, at most."""
    windows = 33 + 13 + 13
    return {
        "words": sum((41 - len(word)) * 32.0 ** -len(word) for word in _words(7)),
        "cased": sum(35 * 3 * 64.0**-6 for _ in _words(6, 6)),
        "ends": sum(2 * 3 * 64.0**-5 for _ in _words(5, 5)),
        "run": 34 * 64.0**-6,
        "distinct": _few(40, 64, placeholders.DISTINCT),
        "one class": 2 * (26 / 64) ** 40 + (10 / 64) ** 40,
        "rows": len(_rows(placeholders.SECRET_ROW, ALPHABET)) * windows * 32.0**-8,
        "block": sum(64.0 ** -(40 - period) for period in range(1, 21)),
        "documented": sum(64.0 ** -len(head) for head in EXAMPLES.secret_heads),
    }


def odds_of_a_token(length: int = 4096) -> dict[str, float]:
    """Likewise for the longest token that there is."""
    return {"words": sum(length * 3 * 64.0 ** -len(word) for word in _words(7))}


def test_what_the_odds_are() -> None:
    assert sum(odds_of_an_id().values()) < 1e-6
    assert sum(odds_of_a_secret().values()) < 1e-7
    assert sum(odds_of_a_token().values()) < 1e-6


def test_no_word_makes_another_needless() -> None:
    words = _words(6)
    assert not [(one, other) for one in words for other in words if one != other and one in other]
    assert len(set(words)) == len(words)


def _entropy(text: str) -> float:
    return -sum(text.count(one) / len(text) * math.log2(text.count(one) / len(text)) for one in set(text))


def test_no_scanner_finds_anything_in_the_file() -> None:
    quoted = re.findall(r'"([^"]*)"', TEXT)
    assert len(quoted) > 60
    assert not re.findall(r"(?:AKIA|ASIA|A3T.)[A-Z0-9]{16}|[A-Za-z0-9+/]{40}", TEXT)
    assert max(_entropy(text) for text in quoted) < 4.5, "detect-secrets reports base64 from 4.5 on"
    sequences = "0123456789ABCDEF" + string.digits * 2
    hexadecimal = [text for text in quoted if not set(text) - set(string.hexdigits) and text not in sequences]
    assert all(_entropy(text) < 3.0 for text in hexadecimal), "and hex from 3.0 on, but no sequences"


def _changed(part: str, key: str, value: object) -> dict[str, Any]:
    return {**TABLE, part: {**TABLE[part], key: value}}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param({}, "schema is None", id="empty"),
        pytest.param({**TABLE, "schema": 2}, "schema is 2", id="another schema"),
        pytest.param({"schema": 1}, "placeholder.words is not a list", id="only the schema"),
        pytest.param(
            {**TABLE, "documented": []}, "documented.id_tails is not a list", id="a list for a table"
        ),
        pytest.param(_changed("documented", "id_tails", "X"), "id_tails is not a list", id="text for a list"),
        pytest.param(_changed("documented", "secret_heads", [1]), "secret_heads is not", id="a number"),
        pytest.param(_changed("placeholder", "rows", ["ÄÖÜÄÖÜÄÖÜ"]), "rows is not", id="not ASCII"),
        pytest.param(_changed("placeholder", "words", ["KEY"]), "'KEY', which is so short", id="short word"),
        pytest.param(_changed("placeholder", "words", ["DUM.*Y"]), "'DUM.*Y'", id="not letters"),
        pytest.param(_changed("placeholder", "words", ["example"]), "'example'", id="small letters"),
        pytest.param(_changed("placeholder", "rows", ["ABCDEF"]), "rows holds 'ABCDEF'", id="short row"),
        pytest.param(_changed("documented", "id_tails", ["QZ5RMB"]), "id_tails holds", id="short tail"),
        pytest.param(_changed("documented", "secret_heads", ["wJalrXUtn"]), "heads holds", id="short head"),
    ],
)
def test_a_file_of_another_shape_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        placeholders.parse(table)
    assert caught.value.advice


def test_nothing_listed_means_nothing_recognised() -> None:
    empty = {
        "schema": 1,
        "documented": {"id_tails": [], "secret_heads": []},
        "placeholder": {"words": [], "rows": []},
    }
    examples = placeholders.parse(empty)
    assert placeholders.reason(examples, "id", keys.EXAMPLE_ID.encode()) is None
    assert placeholders.reason(examples, "secret", keys.EXAMPLE_SECRET.encode()) is None
    assert placeholders.reason(examples, "token", keys.session_token().encode()) is None
