"""Going to the anchors finds what passing over all of the text finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import leads

LEADING = re.compile(rb"(?P<value>KEY(?<![a-z]...)[0-9]{2,4}+)(?![0-9])")
INSIDE = re.compile(rb"(?P<value>(?:ab|x)KEY[0-9]{2})")
ANYWHERE = re.compile(rb"(?P<value>u=[A-Za-z0-9&=]++)")


def spans(data: bytes, lead: int | None, pattern: re.Pattern[bytes]) -> list[bytes]:
    return [data[start:end] for start, end in leads.spans(data, [b"KEY"], lead, pattern)]


@pytest.mark.parametrize("padding", [0, 5000], ids=["dense", "sparse"])
@given(st.lists(st.sampled_from([b"KEY", b"12", b"345", b"a", b" ", b"b", b"x"]), max_size=20))
def test_what_begins_with_its_anchor(padding: int, pieces: list[bytes]) -> None:
    data = b"".join(pieces) + b"." * padding
    assert spans(data, 0, LEADING) == [match[0] for match in LEADING.finditer(data)]


@given(st.lists(st.sampled_from([b"KEY", b"12", b"ab", b"x", b" "]), max_size=20))
def test_what_begins_before_it(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert spans(data, 2, INSIDE) == [match[0] for match in INSIDE.finditer(data)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"u=1&KEY=2", [b"u=1&KEY=2"], id="around an anchor"),
        pytest.param(b"u=1", [], id="no anchor"),
        pytest.param(b"u=1 " + b" " * leads.BEFORE + b"KEY u=2", [b"u=2"], id="too far in front"),
        pytest.param(b"KEY" + b" " * leads.AFTER + b"u=1", [], id="too far behind"),
        pytest.param(b"u=1&KEY=2 " * 3, [b"u=1&KEY=2"] * 3, id="several near each other, each once"),
    ],
)
def test_what_begins_anywhere_near(data: bytes, expected: list[bytes]) -> None:
    assert spans(data, None, ANYWHERE) == expected
