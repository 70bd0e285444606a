"""The anchors: what is there is found, by either machinery, and nothing else."""

from __future__ import annotations

import random
import re
import string

import keys
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard import anchors, rules, samples

RUN = b"k" * anchors.RUN_LENGTH
BESIDE = [b"Q" * 16, b"Q" * 17, b"7", b"IQoJ", b"FQ", b"0" * 12, b"q" * 26, b"Q" * 30, b"2ZXIiOjEsImlzdSI6"]
"""What some guards want."""


def large() -> anchors.Anchors:
    """Anchors that have read so much that hyperscan does the work."""
    made = anchors.Anchors()
    made.present(b" " * (anchors.MUCH + 1))
    return made


def test_the_literals_are_those_of_the_rules() -> None:
    named = {anchor for rule in rules.builtin().rules for anchor in rule.anchors}
    assert set(anchors.LITERALS) == named
    assert {rule.run for rule in rules.builtin().rules} <= {0, anchors.RUN_LENGTH}


MADE = pytest.mark.parametrize("made", [anchors.Anchors, large], ids=["little text", "much text"])
"""Either machinery."""

SAMPLES = {
    rule.id: [samples.filled(text, seed).encode() for text in rule.examples for seed in range(3)]
    for rule in rules.builtin().rules
    if rule.anchors
}


@pytest.mark.parametrize("literal", sorted({*anchors.LITERALS} - anchors.GUARDS.keys()), ids=bytes.decode)
@MADE
def test_each_literal_is_seen(literal: bytes, made: type[anchors.Anchors]) -> None:
    assert literal in made().present(b"x" + literal + b"x")


@pytest.mark.parametrize("literal", anchors.GUARDS, ids=bytes.decode)
@MADE
def test_a_guarded_one_is_not_seen_in_a_word(literal: bytes, made: type[anchors.Anchors]) -> None:
    assert literal not in made().present(b"x" + literal + b"xxxx")


@pytest.mark.parametrize("literal", anchors.GUARDS, ids=bytes.decode)
@MADE
def test_each_guard_lets_through_what_the_rules_want(literal: bytes, made: type[anchors.Anchors]) -> None:
    wanted = [rule.id for rule in rules.builtin().rules if literal in rule.anchors]
    texts = [text for name in wanted for text in SAMPLES[name]]
    texts += [b"FwoGZXIvYXdz", b"AQoDYXdz"]  # how older session tokens begin
    assert any(literal in made().present(text) for text in texts)


@pytest.mark.parametrize("name", SAMPLES)
@MADE
def test_each_example_has_an_anchor_of_its_rule(name: str, made: type[anchors.Anchors]) -> None:
    present = made().present
    for text in SAMPLES[name]:
        assert present(text) & {*rules.builtin().rule(name).anchors}, text[:40]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(b"AKIA" + b"Q" * 16, True, id="an ID"),
        pytest.param(b"AKIA' + 'Q", True, id="a piece of one"),
        pytest.param(b"AKIAQ7\\x51", True, id="a piece before an escape"),
        pytest.param(b"AKIA\xe2\x80\x8bQ", True, id="a piece before what is not seen"),
        pytest.param(b"AKIAQ<b", True, id="a piece before markup"),
        pytest.param(b"AKIA" + b"Q" * 15 + b" ", False, id="too short, and nothing goes on"),
        pytest.param(b"AKIA" + b"Q" * 18 + b" ", False, id="too long for one"),
        pytest.param(b"AKIAkkkk", False, id="other letters"),
    ],
)
@MADE
def test_ids(text: bytes, expected: bool, made: type[anchors.Anchors]) -> None:
    assert (b"AKIA" in made().present(b"x = '" + text + b"'")) == expected


@MADE
def test_what_others_add_has_no_guard(made: type[anchors.Anchors]) -> None:
    added = anchors.Anchors((b"AKIA", b"tok_"))
    added.present(b" " * (anchors.MUCH + 1) if made is large else b"")
    assert added.present(b"AKIAkkkk tok_") == {b"AKIA", b"tok_"}


@MADE
def test_text_without_anchors_has_none(made: type[anchors.Anchors]) -> None:
    assert made().present(b"AKI ASI nothing " + b"k" * 39) == frozenset()


@settings(deadline=None)  # to compile for hyperscan takes longer than an example may
@given(
    st.lists(
        st.sampled_from([*anchors.LITERALS, *BESIDE, RUN, b" ", b"AK", b"x", b"\0", b"\n", RUN[1:]]),
        max_size=12,
    )
)
def test_both_machineries_agree(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    assert anchors.Anchors().present(data) == large().present(data)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(b"", b"", 1, id="alone"),
        pytest.param(b"'", b"'", 1, id="quoted"),
        pytest.param(b"_", b"_", 1, id="an underscore is a boundary"),
        pytest.param(b"x", b"", 0, id="41 characters"),
        pytest.param(b"", b"x", 0, id="one more behind"),
        pytest.param(b"", b"=", 0, id="padding: 30 bytes have none"),
        pytest.param(b"\\n", b"", 1, id="a literal newline escape in front"),
        pytest.param(b"%3D", b"", 1, id="a percent escape in front"),
        pytest.param(b"\\x22", b"", 1, id="a hex escape in front"),
        pytest.param(b"\\u0022", b"\\u0022", 1, id="a unicode escape in front"),
        pytest.param(b"\\q", b"", 0, id="no escape"),
        pytest.param(b"n", b"", 0, id="an n without its backslash"),
    ],
)
def test_runs(before: bytes, after: bytes, expected: int) -> None:
    secret = keys.secret(1).encode()
    data = b"key " + before + secret + after + b" end"
    assert [data[start : start + 40] for start in anchors.runs(data)] == [secret] * expected


@pytest.mark.parametrize("escape", [b"%2f", b"\\n", b"\\x2f", b"\\u002f"], ids=["percent", "n", "x", "u"])
def test_an_escape_is_no_part_of_a_run(escape: bytes) -> None:
    rest = keys.secret(1).encode()[: anchors.RUN_LENGTH + 1 - len(escape)]
    assert list(anchors.runs(b"key " + escape + rest + b" end")) == []
    assert list(anchors.runs(b"key _" + escape[1:] + rest + b" end")) == [5]


@given(st.text(alphabet="aZ09+/ =\n", max_size=400))
def test_runs_agree_with_a_pattern(text: str) -> None:
    data = text.encode()
    pattern = re.compile(rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])")
    assert sorted(anchors.runs(data)) == [match.start() for match in pattern.finditer(data)]


def test_runs_of_a_wordlist_are_all_found() -> None:
    source = random.Random(3)
    words = [
        "".join(source.choices(string.ascii_letters, k=source.choice((39, 40, 41)))) for _ in range(3000)
    ]
    found = sorted(anchors.runs("\n".join(words).encode()))
    assert len(found) == sum(len(word) == 40 for word in words)
