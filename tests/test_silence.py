"""Why what looks like a key is none."""

from __future__ import annotations

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import rules
from keyguard.model import MASK
from keyguard.silence import Silence, silences

ID, SECRET = keys.pair()
HEX = "0123456789abcdef" * 2 + "01234567"  # as long as a secret


def of(text: str) -> list[Silence]:
    data = text.encode("utf-8", "surrogateescape")
    return list(silences(data, (0, len(data)), [], rules.builtin()))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(SECRET[:-1], "a secret has 40", id="a character too few"),
        pytest.param(SECRET + "x", "a secret has 40", id="a character too many"),
        pytest.param(SECRET + "=", "padding (=) follows", id="padding"),
        pytest.param(HEX, "one case", id="a hash"),
        pytest.param(HEX.upper(), "one case", id="a hash in capitals"),
        pytest.param("src/main/java/com/example/ApplicationMai", "not random", id="a path"),
        pytest.param("AKIA", "4 letters and digits", id="a prefix alone"),
        pytest.param(ID[:-1], "19 letters and digits", id="an ID that is cut off"),
        pytest.param(ID + "A", "21 letters and digits", id="an ID with more behind it"),
        pytest.param(f"x{ID}", "stands before it", id="an ID with a letter before it"),
        pytest.param(ID[:10] + ID[10:].lower(), "small letters", id="an ID in two cases"),
        pytest.param(ID[:-1] + "8", "0, 1, 8 or 9", id="an ID with a digit that base32 has not"),
        pytest.param("AROA" + ID[4:] + "Q", "opens nothing", id="the ID of a role"),
        pytest.param("da2-short", "the form or the length", id="the beginning of an API key"),
        pytest.param("smtp", "nothing near it", id="a word that wants something near it"),
    ],
)
def test_each_has_its_reason(text: str, why: str) -> None:
    assert [one for one in of(text) if why in one.why]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("an ordinary line of text, with 12 words and no key at all", id="words"),
        pytest.param("f(19characters01234ab)", id="a short run"),
        pytest.param("AROA", id="the prefix of a role alone"),
    ],
)
def test_what_looks_like_nothing_needs_no_reason(text: str) -> None:
    assert of(text) == []


def test_what_was_found_is_left_to_others() -> None:
    text = f"{ID} x{ID}".encode()
    found = silences(text, (0, len(text)), [(0, 20)], rules.builtin())
    assert {one.column for one in found} == {22, 23}


def test_columns_count_characters() -> None:
    assert [one.column for one in of(f"éé {HEX}")] == [4]


def test_only_the_line_is_looked_at() -> None:
    text = f"{HEX}\nx\n{HEX}".encode()
    assert list(silences(text, (41, 42), [], rules.builtin())) == []


@given(st.text(), st.integers(0, 5))
def test_nothing_is_shown_that_would_be_a_secret(around: str, cut: int) -> None:
    shown = of(f"{around}{SECRET}{'x' * cut}{around}")
    assert all(SECRET[4:12] not in f"{one}" and one.shown.endswith(MASK) for one in shown)
