"""Runs that are nothing: what is left out changes no match, however often it was seen before."""

from __future__ import annotations

import base64
import random

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import rules
from keyguard.anchors import MUCH
from keyguard.decode import dull
from keyguard.decode.dull import Dull
from keyguard.engine import Engine
from keyguard.model import Chunk

ID, SECRET = keys.pair(3)
NAME = "DescribeReservedInstancesModificationsResult"
TEXT = base64.b64encode(f"aws_secret_access_key={SECRET}".encode()).decode().rstrip("=")
WORDS = st.sampled_from(
    [
        *(
            NAME,
            NAME[:41],
            NAME[:40],
            f"a{NAME}",
            NAME * 2,
            SECRET,
            f"n{SECRET}",
            f"{SECRET}a",
            TEXT,
            TEXT[1:],
        ),
        *(
            SECRET.encode().hex(),
            "A" + NAME[:43],
            "\\",
            "%2F",
            "=",
            '"',
            "\n",
            " ",
            ID,
            "secret: ",
            "smtp",
            "é",
        ),
    ]
)


def left(text: str, known: Dull | None = None) -> list[str]:
    data, found = text.encode(), known or Dull()
    spans = [(at, at + len(run)) for at, run in runs(text)]
    return [data[begin:end].decode() for begin, end in found.without(data, spans)]


def runs(text: str) -> list[tuple[int, str]]:
    at, found = 0, []
    for run in "".join(one if one.isalnum() or one in "+/" else " " for one in text).split(" "):
        if len(run) >= len(SECRET):
            found.append((at, run))
        at += len(run) + 1
    return found


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(SECRET, id="as long as a secret"),
        pytest.param(TEXT, id="base64 of text"),
        pytest.param(SECRET.encode().hex(), id="hex of text"),
        pytest.param("A" + NAME[:43], id="what may be a password of SES"),
        pytest.param(NAME * 20, id="too long to be remembered"),
    ],
)
def test_what_may_be_something_stays(run: str) -> None:
    known = Dull()
    assert [left(f'"{run}"', known) for _ in range(3)] == [[run]] * 3


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(NAME, id="a name"),
        pytest.param(NAME[:41], id="a character more than a secret"),
        pytest.param(f"{SECRET}{SECRET[:20]}", id="random and longer"),
        pytest.param("0f" * 32, id="a hash"),
    ],
)
def test_what_is_nothing_is_left_out(run: str) -> None:
    known = Dull()
    assert [left(f'"{run}" {run}', known) for _ in range(3)] == [[]] * 3


def test_an_escape_before_it_makes_a_difference() -> None:
    known = Dull()
    assert left(f" n{SECRET} ", known) == []
    assert left(f"\\n{SECRET} ", known) == [f"n{SECRET}"]
    assert left(f"%3D{SECRET} ", known) == [f"3D{SECRET}"]


def test_it_forgets_before_it_takes_too_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dull, "REMEMBERED", 10)
    known = Dull()
    nothing = [name for name in (f"{NAME}{number}" for number in range(100)) if left(name) == []]
    assert len(nothing) > 20
    assert [left(name, known) for name in nothing * 2] == [[]] * 2 * len(nothing)
    assert left(f"{TEXT} {NAME}", known) == [TEXT]


@pytest.fixture(scope="module")
def large() -> Engine:
    """An engine that has read so much that it remembers."""
    engine = Engine(rules.builtin)
    engine.present(b" " * (MUCH + 1))
    return engine


@given(words=st.lists(WORDS, max_size=12))
def test_no_match_is_lost(words: list[str], large: Engine) -> None:
    chunk = Chunk("".join(words).encode())
    expected = [(one.rule, one.start, one.end) for one in Engine(rules.builtin).matches(chunk)]
    for _ in range(2):
        assert [(one.rule, one.start, one.end) for one in large.matches(chunk)] == expected


def test_random_names_do_not_hide_a_key(large: Engine) -> None:
    chance = random.Random(7)
    names = ["".join(chance.sample(NAME, len(NAME))) for _ in range(2000)]
    for _ in range(2):
        chunk = Chunk("\n".join([*names, f"secret = {SECRET}", *names]).encode())
        assert [one.value.reveal().decode() for one in large.matches(chunk)] == [SECRET]
