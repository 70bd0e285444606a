"""What an access key ID says about itself."""

from __future__ import annotations

import base64

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import keyid


@pytest.mark.parametrize(
    ("body", "account"),
    [
        # Published by others together with their account (canary accounts and articles, see docs/reference).
        pytest.param("SP2TPHJS" + "QH3FJRUX", "171436882533", id="a canary account"),
        pytest.param("QNZGKIQY" + "56JQ7WML", "029608264753", id="a leading zero"),
        pytest.param("Y34FZKBO" + "KMUTVV7A", "609629065308", id="from an article"),
        pytest.param("IOSFODNN" + "7EXAMPLE", None, id="old generation"),
        pytest.param("CDEFGHKL" + "MNOPQRST", None, id="first bit not set"),
        pytest.param("77777777" + "77777777", None, id="no such account"),
        pytest.param("SP2TPHJS" + "QH3FJRU1", None, id="1 is not in the alphabet"),
        pytest.param("SP2TPHJS", None, id="too short"),
    ],
)
def test_account(body: str, account: str | None) -> None:
    assert keyid.account(b"AKIA" + body.encode()) == account


@given(st.integers(0, keyid.LAST_ACCOUNT), st.integers(0, 1000))
def test_account_is_what_was_put_in(account: int, seed: int) -> None:
    assert keyid.account(keys.key_id(seed, account=str(account)).encode()) == f"{account:012d}"


@given(st.integers(0, 1000))
def test_the_layout_is_that_of_base32(seed: int) -> None:
    key = keys.key_id(seed)
    bits = int.from_bytes(base64.b32decode(key[4:]))
    assert keyid.account(key.encode()) == f"{bits >> 39 & 0xFFFFFFFFFF:012d}"


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("AKIA", "long-term"),
        ("ASIA", "temporary"),
        ("ABIA", "bearer-token"),
        ("ACCA", "service-specific"),
        ("A3TX", "legacy"),
    ],
)
def test_key_type(prefix: str, kind: str) -> None:
    assert keyid.key_type(keys.key_id(1, prefix).encode()) == kind


@pytest.mark.parametrize(
    ("body", "least", "most"),
    [
        pytest.param("SP2TPHJS" + "QH3FJRUX", 1.0, 1.0, id="new generation"),
        pytest.param("IOSFODNN" + "7XXMPLEA", 0.9, 0.99, id="old generation ends in A or Q"),
        pytest.param("IOSFODNN" + "7XXMPLEB", 0.5, 0.9, id="old generation, odd end"),
        pytest.param("77777777" + "77777777", 0.1, 0.5, id="never seen"),
    ],
)
def test_plausibility(body: str, least: float, most: float) -> None:
    assert least <= keyid.plausibility(b"AKIA" + body.encode()) <= most
