"""What stands near: found within reach, whole, and once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import vicinity
from keyguard.model import Reading

NEAR = re.compile(rb"host\d")
VALUE = re.compile(rb"(?P<value>V(?<![a-z].)[a-z]{3})(?![a-z])")
BESIDE = re.compile(rb"host-(?P<region>\w+)|(?P<account>\d{12})")


def spans(data: bytes) -> list[bytes]:
    begins = [match.start() for match in re.finditer(rb"[A-Za-z]+", data)]
    found = vicinity.spans(data, begins, frozenset((b"host",)), NEAR, VALUE)
    return [data[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"host1 Vabc", [b"Vabc"], id="behind"),
        pytest.param(b"Vabc host1", [b"Vabc"], id="in front"),
        pytest.param(b"Vabc host1 Vdef", [b"Vabc", b"Vdef"], id="on both sides"),
        pytest.param(b"host1 host2 Vabc host3", [b"Vabc"], id="near several, once"),
        pytest.param(b"host Vabc", [], id="an anchor that does not match"),
        pytest.param(b"Vabc", [], id="nothing near"),
        pytest.param(b"host1" + b" " * (vicinity.REACH + 1) + b"Vabc", [], id="out of reach behind"),
        pytest.param(b"Vabc" + b" " * (vicinity.REACH + 1) + b"host1", [], id="out of reach in front"),
        pytest.param(b"host1" + b" " * (vicinity.REACH - 5) + b"Vabc", [b"Vabc"], id="just within reach"),
        pytest.param(b"host1 Vabcd", [], id="goes on"),
        pytest.param(b"host1 xVabc", [], id="begins earlier"),
    ],
)
def test_spans(data: bytes, expected: list[bytes]) -> None:
    assert spans(data) == expected


@given(st.lists(st.sampled_from([b"host1", b"Vabc", b" " * 100, b" " * 700, b"x"]), max_size=20))
def test_each_value_is_found_once_and_only_near(pieces: list[bytes]) -> None:
    data = b" ".join(pieces)
    near = [match.span() for match in NEAR.finditer(data)]
    expected = [
        match[0]
        for match in VALUE.finditer(data)
        if any(
            match.start() - vicinity.REACH <= start and end <= match.end() + vicinity.REACH
            for start, end in near
        )
    ]
    assert spans(data) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(b"host-a 123456789012 Vabc", Reading(account="123456789012", region="a"), id="in front"),
        pytest.param(b"Vabc host-a", Reading(region="a"), id="behind"),
        pytest.param(b"host-far   host-near Vabc", Reading(region="near"), id="the nearest"),
        pytest.param(b"host-far     Vabc host-near", Reading(region="near"), id="the nearest, behind"),
        pytest.param(b"Vabc", Reading(), id="nothing"),
        pytest.param(b"host-a" + b" " * 600 + b"Vabc", Reading(), id="out of reach"),
    ],
)
def test_told(text: bytes, expected: Reading) -> None:
    start = text.index(b"Vabc")
    assert vicinity.told(text, (start, start + 4), BESIDE) == expected
