"""What a delta has changed: everything else stands in the base just so."""

from __future__ import annotations

import re._parser as sre  # type: ignore[import-not-found]  # knows how long a match may be
from itertools import accumulate
from typing import TYPE_CHECKING

import handmade
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import rules
from keyguard.packs.deltas import apply
from keyguard.packs.edits import AROUND, LINE, LITTLE, changed, seams

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE = b"".join(b"line %d of some text\n" % number for number in range(20_000))


def copy(start: int, length: int) -> bytes:
    """The instruction to copy, as git writes it: without the bytes that are zero (gitformat-pack(5))."""
    operands = [
        *start.to_bytes(4, "little"),
        *(length % (1 << 24) if length != 0x10000 else 0).to_bytes(3, "little"),
    ]
    code = 0x80 | sum(1 << bit for bit, byte in enumerate(operands) if byte)
    return bytes([code, *filter(None, operands)])


Copy = st.tuples(st.integers(0, len(BASE) - 1), st.integers(1, 0x3FFFF))
Insert = st.binary(min_size=1, max_size=127)


def made(steps: Sequence[tuple[int, int] | bytes]) -> tuple[bytes, bytes]:
    """A delta, and what it makes of the base."""
    pieces = [step if isinstance(step, bytes) else BASE[step[0] : step[0] + step[1]] for step in steps]
    codes = [
        handmade.insert(step) if isinstance(step, bytes) else copy(step[0], min(step[1], len(BASE) - step[0]))
        for step in steps
    ]
    result = b"".join(pieces)
    return handmade.delta(len(BASE), len(result), *codes), result


@given(st.lists(st.one_of(Copy, Insert), min_size=1, max_size=8))
def test_between_seams_the_base_is_unchanged(steps: list[tuple[int, int] | bytes]) -> None:
    delta, result = made(steps)
    assert apply(BASE, delta) == result
    sizes = [len(step) if isinstance(step, bytes) else min(step[1], len(BASE) - step[0]) for step in steps]
    ends = list(accumulate(sizes))
    unmoved = not isinstance(steps[0], bytes) and steps[0][0] == 0
    assert seams(delta) == ([] if unmoved else [0]) + ends


@given(st.lists(st.one_of(Copy, Insert), min_size=1, max_size=8))
def test_every_change_is_given_with_what_is_around_it(steps: list[tuple[int, int] | bytes]) -> None:
    delta, result = made(steps)
    new = changed(result, delta)
    if new is None:
        assert len(delta) * LITTLE > len(result)
        return
    for seam in seams(delta):
        assert result[max(seam - AROUND, 0) : seam + AROUND] in new


@pytest.mark.parametrize(
    ("size", "length"),
    [
        pytest.param(0x10, 16, id="one byte"),
        pytest.param(0x1234, 0x1234, id="two bytes"),
        pytest.param(0x1200, 0x1200, id="the lower byte left out"),
        pytest.param(0x10000, 0x10000, id="none, for the default"),
        pytest.param(0x23456, 0x23456, id="three bytes"),
        pytest.param(0x20000, 0x20000, id="the upper byte alone"),
        pytest.param(0x20056, 0x20056, id="the middle byte left out"),
    ],
)
def test_every_form_of_a_size(size: int, length: int) -> None:
    assert seams(handmade.delta(len(BASE), length, copy(0x010203, size))) == [0, length]


def test_lines_are_completed_but_not_without_end() -> None:
    short = b"first line\n" + b"x" * 3000 + b"\nlast line\n"
    base = b"y" * 200_000
    for middle, whole in ((short, True), (base, False)):
        text = base + b"\n" + middle + b"\n" + base
        half = len(base) + 1 + len(middle) // 2
        delta = handmade.delta(len(text), len(text) + 1, copy(0, half), b"\1!", copy(half, len(text) - half))
        new = changed(text[:half] + b"!" + text[half:], delta)
        assert new is not None
        assert (b"x" * 1500 + b"!" in new) == whole
        assert len(new) < 3 * (LINE + AROUND) + len(short)


@pytest.mark.parametrize(
    "rule", [one for one in rules.builtin().rules if one.pattern], ids=lambda rule: rule.id
)
def test_a_line_is_completed_by_as_much_as_a_bounded_token_may_have(rule: rules.Rule) -> None:
    longest = sre.parse(rule.pattern or "").getwidth()[1]
    assert longest <= AROUND + LINE or rule.id == "aws-presigned-url"


def test_lines_of_two_changes_stay_apart() -> None:
    delta, result = made([(0, 100_000), b"one", (100_000, 100_000), b"two", (200_000, 100_000)])
    new = changed(result, delta)
    assert new is not None
    assert (b"one" in new, b"two" in new) == (True, True)
    assert set(new.split(b"\n")) <= set(result.split(b"\n"))


@pytest.mark.parametrize(
    ("copied", "worth"),
    [
        pytest.param(1, False, id="as large as the text"),
        pytest.param(50_000, False, id="a twentieth of it"),
        pytest.param(200_000, True, id="an eightieth of it"),
    ],
)
def test_a_large_delta_is_not_worth_its_while(copied: int, *, worth: bool) -> None:
    delta, result = made([(0, copied), *(bytes([65 + number]) * 127 for number in range(20))])
    assert (changed(result, delta) is not None) == worth
