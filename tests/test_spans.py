"""Long runs of base64 characters: what hyperscan finds is what a regular expression says."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.anchors import MUCH, RUN, Anchors, runs
from keyguard.spans import FEW, Run, Search

LENGTH = 40
BASE64 = "ABCxyz059+/"
WORDS = st.one_of(
    st.text(BASE64, min_size=LENGTH - 2, max_size=LENGTH + 7),
    st.sampled_from(["", " ", "=", "\n", "\\n", "%3D", "\\x22", "\\u0022", "-", "é", "\0"]),
)


def search() -> Search:
    return Search([(b"other", b"zz")], Run(RUN, LENGTH), [b"qq"])


def reference(data: bytes) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(rb"[A-Za-z0-9+/]{40,}", data)]


@given(st.lists(WORDS, max_size=12))
def test_spans_are_the_runs(words: list[str]) -> None:
    data = "".join(words).encode()
    found = search().spans(data)
    if found is None:
        assert len(data) > FEW
    else:
        assert list(found) == reference(data)


@given(st.lists(WORDS, max_size=12))
def test_runs_are_the_same_however_they_are_found(words: list[str]) -> None:
    data = "".join(words).encode()
    large = Anchors()
    large.present(b" " * (MUCH + 1))
    assert list(large.runs(data)) == list(runs(data)) == list(Anchors().runs(data))


@pytest.mark.parametrize(
    ("data", "given_up"),
    [
        pytest.param(b"a" * (LENGTH + FEW - 1), False, id="as many hits as are waited for"),
        pytest.param(b"a" * (LENGTH + FEW), True, id="one more"),
        pytest.param((b"a" * LENGTH + b" " * 88) * 100, False, id="more in a longer text"),
        pytest.param(b"a" * 100_000, True, id="one run without end"),
        pytest.param((b"a" * (LENGTH + 5) + b" ") * 2000, True, id="nothing but runs"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_too_many_hits_are_not_waited_for(data: bytes, *, given_up: bool) -> None:
    spans = search()
    assert (spans.spans(data) is None) == given_up
    after = spans.spans(b"b" * LENGTH)
    assert after is not None
    assert list(after) == [(0, LENGTH)]


@pytest.mark.parametrize(
    ("data", "present"),
    [
        pytest.param(b"zz " + b"a" * LENGTH, {b"other", RUN}, id="both"),
        pytest.param(b"zz " + b"a" * (LENGTH - 1), {b"other"}, id="no run"),
        pytest.param(b"a" * 1000 + b" zz", {b"other", RUN}, id="behind too many runs"),
        pytest.param(b"", set(), id="nothing"),
    ],
)
def test_runs_and_what_is_named_are_found_together(data: bytes, present: set[bytes]) -> None:
    found = search()
    assert found.present(data) == present
    assert found.present(b"zz") == {b"other"}
    assert found.present(data) == present


@pytest.mark.parametrize(
    ("data", "hinted"),
    [
        pytest.param(b"a qq", True, id="bare"),
        pytest.param(b"zz", True, id="named"),
        pytest.param(b"a" * LENGTH, True, id="run"),
        pytest.param(b"a" * 1000 + b" qq", True, id="behind too many runs"),
        pytest.param(b"q z", False, id="nothing"),
    ],
)
def test_what_is_bare_is_only_a_hint(data: bytes, *, hinted: bool) -> None:
    found = search()
    assert found.hints(data) == hinted
    assert b"q" not in b"".join(found.present(data))
    assert not found.hints(b"x")


@pytest.mark.parametrize("between", [b"", b"x", b"b" * LENGTH, b"a" * 1000])
def test_spans_are_those_of_the_text_that_is_asked_about(between: bytes) -> None:
    found, data = search(), b"  " + b"a" * LENGTH
    found.present(data)
    if between:
        found.present(between)
    assert [list(found.spans(data) or ()) for _ in range(2)] == [[(2, 2 + LENGTH)]] * 2


def test_what_was_found_first_is_kept_while_more_is_searched() -> None:
    spans = search()
    first, second = spans.spans(b"a" * LENGTH), spans.spans(b"  " + b"b" * LENGTH)
    assert first is not None
    assert second is not None
    assert (list(first), list(second)) == ([(0, LENGTH)], [(2, 2 + LENGTH)])


def test_threads_do_not_disturb_each_other() -> None:
    spans = search()
    texts = [(b"c" * LENGTH + b" ") * number for number in range(20)] * 20

    def count(data: bytes) -> int:
        return len(list(spans.spans(data) or ()))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(count, texts)) == list(range(20)) * 20
