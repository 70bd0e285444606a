"""What a scan forgets: the witness sees the same matches, and what they were weighed with."""

from __future__ import annotations

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import rules
from keyguard.context import log_odds, total
from keyguard.engine import Engine
from keyguard.model import Chunk
from keyguard.witness import look

ID, SECRET = keys.pair()
FAINT = f"sha256-a_{SECRET}"  # after what nothing can make up for


@pytest.mark.parametrize(
    ("text", "matches", "seen"),
    [
        pytest.param("nothing", 0, 0, id="nothing"),
        pytest.param(
            "0123456789abcdef" * 2 + "01234567", 0, 0, id="a hash, which a scan does not load rules for"
        ),
        pytest.param(ID, 1, 1, id="an ID"),
        pytest.param(f"{ID} {SECRET}", 2, 2, id="two"),
        pytest.param(FAINT, 0, 1, id="what is too faint to be a match is seen all the same"),
    ],
)
def test_everything_that_was_weighed_is_seen(text: str, matches: int, seen: int) -> None:
    found = look(rules.builtin(), [Chunk(text.encode())])
    assert tuple(map(len, found)) == (matches, seen)


@given(
    st.lists(
        st.sampled_from([ID, SECRET, FAINT, " ", "\n", "aws_secret_access_key = ", "=", "x"]), max_size=9
    )
)
def test_matches_are_those_of_a_scan_and_their_weights_add_up(pieces: list[str]) -> None:
    chunk = Chunk("".join(pieces).encode())
    matches, seen = look(rules.builtin(), [chunk])
    assert matches == Engine(rules.builtin).matches(chunk)
    assert set(matches) <= {one.match for one in seen}
    for match, odds, evidence in seen:
        together = odds + total(one.weight for one in evidence)
        assert log_odds(match.score) == pytest.approx(max(min(together, 20.7), -20.7), abs=0.1)
