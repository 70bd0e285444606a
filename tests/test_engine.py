"""The engine: every form of a key in its place, and nothing that is none."""

from __future__ import annotations

import base64
import pickle
import random
from typing import NamedTuple

import keys
import pytest

from keyguard import engine, rules
from keyguard.anchors import RUN
from keyguard.engine import Engine
from keyguard.model import Chunk, Match

ID, SECRET = keys.pair(1)
TOKEN = keys.session_token(1)
BEDROCK = keys.bedrock_key(1)


class Seen(NamedTuple):
    """What a test wants to know of a match."""

    kind: str
    value: str
    line: int
    column: int


def matches(data: str | bytes) -> list[Match]:
    raw = data.encode() if isinstance(data, str) else data
    return Engine(rules.builtin).matches(Chunk(raw))


def seen(data: str | bytes) -> list[Seen]:
    return [
        Seen(match.kind, match.value.reveal().decode(), match.place.line, match.place.column)
        for match in matches(data)
        if match.score >= 0.3
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", "", id="alone"),
        pytest.param('key = "', '"', id="quoted"),
        pytest.param("user_", "", id="an underscore is a boundary"),
        pytest.param("-", "-", id="so is a hyphen"),
        pytest.param("a\\n", "\\n", id="a literal newline escape"),
        pytest.param("q%3D", "%26", id="percent escapes"),
        pytest.param("\\u0022", "\\u0022", id="unicode escapes"),
        pytest.param("u0022", "", id="a unicode escape without its backslash"),
        pytest.param("\\x22", "", id="a hex escape"),
        pytest.param("s3://", ":", id="in a URL"),
        pytest.param("é", "é", id="beside letters that are not ASCII"),
    ],
)
@pytest.mark.parametrize("prefix", ["AKIA", "ASIA", "ABIA", "ACCA"])
def test_an_id_is_found(before: str, after: str, prefix: str) -> None:
    value = keys.key_id(2, prefix)
    assert seen(before + value + after) == [Seen("id", value, 1, len(before) + 1)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" + ID, id="a letter in front"),
        pytest.param("7" + ID, id="a digit in front"),
        pytest.param(ID + "A", id="one character too many"),
        pytest.param(ID[:-1], id="one too few"),
        pytest.param(ID.lower(), id="lower case"),
        pytest.param(ID[:10] + "1" + ID[11:], id="1 is not in the alphabet"),
        pytest.param("AROA" + ID[4:], id="a role's identifier"),
        pytest.param("AIDA" + ID[4:] + "Q", id="a user's identifier"),
        pytest.param("TODAYINASIA" + "ASACKOFRICEFELLOVER", id="a sentence"),
        pytest.param("nAKIA" + ID[4:], id="an n that is no escape"),
        pytest.param("AKIA\0" + ID[5:], id="a zero inside"),
    ],
)
def test_what_is_no_id(text: str) -> None:
    assert not [match for match in seen(text) if match.kind == "id"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("aws_secret_access_key = ", "\n", id="credentials file"),
        pytest.param('"SecretAccessKey": "', '",', id="JSON"),
        pytest.param("", "", id="alone"),
        pytest.param("AWS_SECRET_ACCESS_KEY%3D", "%26", id="percent escapes"),
        pytest.param('secret\\": \\"', '\\"', id="JSON in a string"),
        pytest.param("<secretKey>", "</secretKey>", id="XML"),
    ],
)
def test_a_secret_is_found(before: str, after: str) -> None:
    assert seen(before + SECRET + after) == [Seen("secret", SECRET, 1, len(before) + 1)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("commit " + random.Random(1).randbytes(20).hex(), id="a git hash"),
        pytest.param("key = " + random.Random(2).randbytes(20).hex().upper(), id="a hash in capitals"),
        pytest.param("aws_secret_access_key = " + SECRET[:39], id="39 characters"),
        pytest.param("aws_secret_access_key = " + SECRET + "Q", id="41 characters"),
        pytest.param("x = " + "src/main/java/com/example/ApplicationMain", id="a path"),
        pytest.param(
            "x = " + base64.b64encode(b"thirty bytes of readable text.").decode(), id="text in base64"
        ),
        pytest.param("call(" + "ThisIsTheNameOfAVeryLongCamelCaseMethods" + ")", id="an identifier"),
        pytest.param('"' + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn" + '"', id="an alphabet"),
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert not seen(text)


def test_tokens_are_found() -> None:
    assert [match.kind for match in seen(f"aws_session_token = {TOKEN}\n")] == ["token"]
    assert [match.rule for match in matches(f"AWS_BEARER_TOKEN_BEDROCK={BEDROCK}\n")] == [
        "aws-bedrock-api-key"
    ]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("shift", [0, 1], ids=["even offset", "odd offset"])
def test_utf16_inside_a_binary_file(encoding: str, shift: int) -> None:
    blob = b"\x7fELF\xff\xfe\xfd\xfc" + b"\x01" * shift + f" {ID} {SECRET} ".encode(encoding) + b"\xff\xff"
    found = matches(blob)
    assert [(match.kind, match.value.reveal().decode(), match.encoding) for match in found] == [
        ("id", ID, "utf-16"),
        ("secret", SECRET, "utf-16"),
    ]
    assert blob[found[0].start : found[0].end : 2] == ID.encode()


def test_every_other_byte_of_something_else_is_no_utf16() -> None:
    woven = bytes(byte for pair in zip(ID.encode(), b"x" * 20, strict=True) for byte in pair)
    assert not [match for match in matches(b"\0" + woven) if match.encoding != "plain"]


def test_binary_files_are_searched() -> None:
    assert [
        match.kind for match in seen(b"\x7fELF\0\0\1" + ID.encode() + b"\0" + SECRET.encode() + b"\0\xff")
    ] == [
        "id",
        "secret",
    ]


def test_matches_are_in_the_order_of_the_text_with_their_lines() -> None:
    found = seen(f"é {SECRET}\n\n  {ID}\n")
    assert found == [Seen("secret", SECRET, 1, 3), Seen("id", ID, 3, 3)]


def test_a_match_belongs_to_the_chunk_in_which_it_begins() -> None:
    data = f"key = {ID} ".encode()
    one = Engine(rules.builtin)
    assert one.matches(Chunk(data, own_end=6)) == []
    assert len(one.matches(Chunk(data, own_end=7))) == 1
    assert one.matches(Chunk(data, own_start=7)) == []


def test_offsets_and_lines_go_on_where_the_chunk_begins() -> None:
    (match,) = Engine(rules.builtin).matches(Chunk(f"\n{ID}".encode(), start=1000, line=50, column=9))
    assert (match.start, match.place.line, match.place.column) == (1001, 51, 1)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param(
            f"https://b.s3.amazonaws.com/k?X-Amz-Credential={ID}%2F20260101%2F",
            "presigned-url",
            id="version 4",
        ),
        pytest.param(
            f"https://b/k?AWSAccessKeyId={ID}&Expires=1&Signature=x", "presigned-url", id="version 2"
        ),
        pytest.param(
            f"Authorization: AWS4-HMAC-SHA256 Credential={ID}/20260101", "authorization-header", id="header"
        ),
        pytest.param(f"AWSAccessKeyId={ID}\n", None, id="an old credentials file is no URL"),
        pytest.param(f"aws_access_key_id = {ID}", None, id="a plain ID"),
    ],
)
def test_where_an_id_stands_without_its_secret_by_design(text: str, hint: str | None) -> None:
    assert [match.hint for match in matches(text)] == [hint]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("PROD_AWS_SECRET_ACCESS_KEY = ", "prod"),
        ("AWS_SECRET_ACCESS_KEY_STAGING = '", "staging"),
        ("awsSecretKeyBackup: ", "backup"),
        ("aws_secret_access_key = ", ""),
        ("", ""),
    ],
)
def test_the_group_is_what_tells_one_credential_from_another(name: str, group: str) -> None:
    assert [match.group for match in matches(name + SECRET)] == [group]


def test_what_stands_around_adds_up() -> None:
    bare, named, hashed = (
        matches(f"{name}{SECRET}")[0].score for name in ("", "aws_secret_access_key = ", "sha1: ")
    )
    assert hashed < bare < named


def test_an_engine_can_be_pickled() -> None:
    copied = pickle.loads(pickle.dumps(Engine(rules.builtin)))
    assert len(copied.matches(Chunk(ID.encode()))) == 1


def never() -> rules.RuleSet:
    pytest.fail("the rules were read")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("smtp.example.org, SMTP", id="a word that counts near a run"),
        pytest.param("user-at-123456789012", id="a user of a service"),
        pytest.param("smtp " + random.Random(1).randbytes(20).hex(), id="a word, and a hash"),
    ],
)
def test_what_means_nothing_alone_needs_no_rules(text: str) -> None:
    assert Engine(never).matches(Chunk(text.encode())) == []


def test_those_words_are_of_rules_that_want_them_near_a_run() -> None:
    faint = engine.FAINT - {RUN}
    near = {anchor for rule in rules.builtin().rules if rule.near for anchor in rule.anchors}
    alone = {anchor for rule in rules.builtin().rules if not rule.near for anchor in rule.anchors}
    assert faint == near - alone
