"""What tokens say about themselves: all of it, and nothing where they are none."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import keyid, moments, rules, samples, tokens
from keyguard.model import Reading

ENDS = "2039-09-18T23:06:40Z"
SIGNED_UNTIL = "2040-02-01T00:59:59Z"


def made(template: str) -> bytes:
    return samples.filled(template, 7).encode()


def query(url: bytes) -> bytes:
    return url.partition(b"?")[2]


@pytest.mark.parametrize(
    ("name", "value", "region", "expires", "prefix"),
    [
        pytest.param("presigned-url", query(made("{presigned}")), "eu-west-1", SIGNED_UNTIL, "AKIA", id="v4"),
        pytest.param(
            "presigned-url",
            query(made("{presigned:asia}")),
            "eu-west-1",
            SIGNED_UNTIL,
            "ASIA",
            id="v4, session",
        ),
        pytest.param(
            "presigned-url", query(made("{presigned:amp}")), "eu-west-1", SIGNED_UNTIL, "AKIA", id="v4, HTML"
        ),
        pytest.param(
            "presigned-url", query(made("{presigned:json}")), "eu-west-1", SIGNED_UNTIL, "AKIA", id="v4, JSON"
        ),
        pytest.param("presigned-url", query(made("{presigned:2}")), None, ENDS, "AKIA", id="v2"),
        pytest.param("eks", made("{eks}"), "eu-west-1", "2040-02-01T00:14:59Z", "ASIA", id="15 minutes"),
        pytest.param(
            "bedrock", made("{shortbedrock}"), "eu-west-1", SIGNED_UNTIL, "ASIA", id="Bedrock, short"
        ),
        pytest.param("session-token", made("{token}"), "eu-west-1", None, None, id="session token"),
        pytest.param("ecr", made("{ecr}"), None, ENDS, None, id="registry"),
        pytest.param("ecr", made("{ecr:docker}"), None, ENDS, None, id="registry, as docker keeps it"),
        pytest.param("codeartifact", made("{codeartifact}"), None, ENDS, None, id="packages"),
        pytest.param("sso-token", made("{sso}"), None, ENDS, None, id="access token"),
        pytest.param("sso-token", made("{sso:aor}"), None, ENDS, None, id="refresh token"),
        pytest.param("sso-client-secret", made("{ssoclient}"), "eu-west-1", ENDS, None, id="client"),
    ],
)
def test_what_is_read(
    name: str, value: bytes, region: str | None, expires: str | None, prefix: str | None
) -> None:
    reading = tokens.read(name, value)
    assert reading is not None
    assert (reading.region, reading.expires) == (region, expires)
    assert (reading.key_id or "")[:4] == (prefix or "")
    assert reading.account == (keyid.account(reading.key_id.encode()) if reading.key_id else None)


def test_a_long_term_bedrock_key_names_its_account() -> None:
    reading = tokens.read("bedrock", made("{bedrock}"))
    assert reading is not None
    assert re.fullmatch(r"\d{12}", reading.account or "")
    assert reading == Reading(account=reading.account)


def test_a_session_token_of_2018_names_its_account() -> None:
    body = b"\x02\x0a\x06origin\x10\x01\x1a\x09us-west-2\x22\x40\x1a\x0c123456789012\x22\x10" + bytes(80)
    reading = tokens.read("session-token", base64.b64encode(body))
    assert reading == Reading(account="123456789012", region="us-west-2")


def test_the_order_of_parameters_does_not_matter() -> None:
    value = query(made("{presigned:asia}"))
    turned = b"&".join(value.split(b"&")[::-1])
    assert tokens.read("presigned-url", turned) == tokens.read("presigned-url", value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(rb"X-Amz-Signature=\w+", b"X-Amz-Signature=abc", id="a signature that is none"),
        pytest.param(rb"X-Amz-Signature=\w+", b"", id="no signature"),
        pytest.param(rb"AKIA\w{16}", b"AKIDEXAMPLE", id="an ID that is none"),
        pytest.param(rb"aws4_request", b"aws4", id="another scope"),
    ],
)
def test_what_is_no_presigned_url(before: bytes, after: bytes) -> None:
    assert tokens.read("presigned-url", re.sub(before, after, query(made("{presigned}")))) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(rb"X-Amz-Date=\w+", b"X-Amz-Date=20401399T000000Z", id="no such day"),
        pytest.param(rb"X-Amz-Date=\w+", b"", id="no date"),
        pytest.param(rb"X-Amz-Expires=\d+", b"X-Amz-Expires=9999999", id="longer than AWS allows"),
        pytest.param(rb"X-Amz-Expires=\d+", b"", id="no time"),
    ],
)
def test_a_presigned_url_whose_end_is_unknown(before: bytes, after: bytes) -> None:
    reading = tokens.read("presigned-url", re.sub(before, after, query(made("{presigned}"))))
    assert reading is not None
    assert reading.expires is None


@pytest.mark.parametrize("name", ["presigned-url", "eks", "ecr", "codeartifact", "sso-token"])
@pytest.mark.parametrize("value", [b"", b"=", b"k8s-aws-v1.AAAA", b"aoaAAAAA", b"\xff" * 50, b"A" * 101])
def test_what_cannot_be_read_is_none(name: str, value: bytes) -> None:
    assert tokens.read(name, value) is None


@given(
    st.sampled_from(sorted(tokens.READERS)), st.binary(max_size=200) | st.from_regex(rb"[A-Za-z0-9+/=.%&-]*")
)
def test_nothing_is_raised(name: str, value: bytes) -> None:
    tokens.read(name, value + b".")


@given(st.integers(-(10**20), 10**20))
def test_times(seconds: int) -> None:
    written = moments.moment(seconds)
    assert written is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", written)


def test_every_reader_is_used() -> None:
    assert {rule.reader for rule in rules.builtin().rules if rule.reader} == set(tokens.READERS)
