"""What stands inside a token is no match of its own."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.model import Kind, Match, Place, Secret
from keyguard.nesting import outermost


def match(kind: str, start: int, end: int) -> Match:
    return Match("rule", cast("Kind", kind), start, end, Secret(b"x"), Place(1, start + 1, 1, end + 1), 0.9)


URL = match("token", 10, 100)


@pytest.mark.parametrize(
    ("inner", "kept"),
    [
        pytest.param(match("id", 20, 40), False, id="an ID inside"),
        pytest.param(match("token", 50, 90), False, id="a session token inside"),
        pytest.param(match("secret", 60, 100), False, id="up to its end"),
        pytest.param(match("token", 10, 100), False, id="the same again"),
        pytest.param(match("id", 0, 20), True, id="begins before"),
        pytest.param(match("id", 90, 110), True, id="ends behind"),
        pytest.param(match("id", 100, 120), True, id="follows"),
    ],
)
def test_outermost(inner: Match, *, kept: bool) -> None:
    matches = [URL, inner]
    assert outermost(matches) == (matches if kept else [URL])


def test_only_a_token_holds_others() -> None:
    matches = [match("secret", 0, 40), match("id", 10, 30)]
    assert outermost(matches) == matches


SPANS = st.tuples(st.sampled_from(["id", "secret", "token"]), st.integers(0, 30), st.integers(1, 20))


@given(st.lists(SPANS, max_size=12))
def test_what_is_left_out_lies_within_a_token_that_is_kept(spans: list[tuple[str, int, int]]) -> None:
    matches = [match(kind, start, start + length) for kind, start, length in spans]
    left = outermost(matches)
    tokens = [one for one in left if one.kind == "token"]
    assert all(
        one in left or any(t.start <= one.start and one.end <= t.end for t in tokens) for one in matches
    )
    assert not any(t is not one and t.start <= one.start and one.end <= t.end for one in left for t in tokens)
