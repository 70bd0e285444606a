"""The traces: each is seen by either machinery, where it counts, and has a decoder that asks for it."""

from __future__ import annotations

import random
import re

import disguises
import keys
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_anchors import large

from keyguard import reach, traces
from keyguard.anchors import Anchors
from keyguard.decode import base64, numbers, tokens

ALL = sorted({literal for literal, _ in traces.expressions()})
BESIDE = [b"abcdefgh", b"KIAAAAA2", b" ", b"='abc' + 'x'", b"\n    ABCD", b'" + "', b"'\n'", b"a"]


def asked_for() -> set[bytes]:
    """The traces that something is decoded for, or looked at around."""
    found = {trace for kind in tokens.KINDS for trace in kind.traces} | traces.BROKEN | traces.NAMES
    lists = (*traces.HEX_LISTS, *traces.DECIMAL_LISTS, *traces.DUMPS)
    return found | base64.PREFIXES.keys() | set(numbers.HEX) | set(lists)


def test_every_trace_leads_somewhere_and_nothing_waits_for_another() -> None:
    assert set(ALL) == asked_for()


@pytest.mark.parametrize("made", [Anchors, large], ids=["little text", "much text"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(b"abcdefgh%2F", {b"%2F"}, id="an escape behind enough of a key"),
        pytest.param(b"%2Fabcdefgh", {b"%2F"}, id="and before"),
        pytest.param(b"abcdefg%2Fabcdefg", set(), id="but not with less"),
        pytest.param(b"a\xe2\x80\x8b", {"\u200b".encode()}, id="not seen, behind a letter"),
        pytest.param(b" \xe2\x80\x8b ", set(), id="not seen, alone"),
        pytest.param(b"'IABCDE", {b"'IA"}, id="the rest of an ID"),
        pytest.param(b"'IAm", set(), id="a word"),
        pytest.param(b"'AKI' + ", {b"AKI'"}, id="the beginning of an ID"),
        pytest.param(b"'AKI')", set(), id="an argument"),
        pytest.param(b"secret = 'ab' + 'c'", {b"secret"}, id="a secret in pieces"),
        pytest.param(b"secret = 'ab', 'c'", set(), id="a secret and something else"),
        pytest.param(b"Secret: a%2Fb", {b"Secret"}, id="a secret with an escape"),
        pytest.param(b"no secret here", set(), id="a name alone"),
    ],
)
def test_what_counts(text: bytes, expected: set[bytes], made: type[Anchors]) -> None:
    assert made().present(text) == expected


@settings(deadline=None)  # to compile for hyperscan takes longer than an example may
@given(st.lists(st.sampled_from([*ALL, *BESIDE]), max_size=10))
def test_both_machineries_agree(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert Anchors().present(data) == large().present(data)


@pytest.mark.parametrize("name", disguises.FORMS)
def test_both_machineries_agree_on_every_disguise(name: str) -> None:
    data = disguises.FORMS[name](keys.pair(1), random.Random(name)).data
    assert Anchors().present(data) == large().present(data)


def test_places_are_where_it_counts() -> None:
    assert reach.around(b"a%2F abcdefgh%2F", [b"%2F"], 3, 3) == [(10, 16)]
    assert reach.around(b"QUtJQ QUtJQ", [b"QUtJQ"], 2, 3) == [(0, 3), (4, 9)]


@given(st.lists(st.sampled_from([b"QUtJQ", b" ", b"  ", b"%2F", b"QUtJ", b"abcdefgh"]), max_size=20))
def test_what_is_around_is_what_is_around_each_place(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    each = [(max(m.start() - 3, 0), m.start() + 4) for m in re.finditer(b"(?=QUtJQ)", data)]
    assert reach.around(data, [b"QUtJQ"], 3, 4) == list(reach.windows(each, len(data)))
