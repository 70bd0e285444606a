"""What attribution is made of, where whole histories do not lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.provenance.bulk import ranges
from keyguard.provenance.entries import MANY, Entries
from keyguard.provenance.pieces import Pieces

if TYPE_CHECKING:
    import random

SIZES = st.sampled_from((20, 32))
RANDOM = st.randoms(use_true_random=False)


def found(names: list[bytes], *texts: bytes) -> list[tuple[int, int]]:
    rows = np.frombuffer(b"".join(names), np.uint8).reshape(len(names), -1)
    places, numbers = Pieces(rows).find(texts)
    return list(zip(places.tolist(), numbers.tolist(), strict=True))


@given(SIZES, st.binary(max_size=9), st.integers(0, 32), RANDOM)
def test_a_name_is_found_wherever_a_delta_cuts_it(
    size: int, before: bytes, cut: int, random: random.Random
) -> None:
    names = [random.randbytes(size) for _ in range(5)]
    text = before + names[3][:cut] + b"\x7f" + names[3][cut:] + b"more"
    assert (1, 3) in found(names, b"other text", text)


@given(SIZES, st.binary(max_size=9), st.integers(-8, 8), RANDOM)
def test_a_name_is_found_by_what_a_delta_does_not_copy_of_it(
    size: int, before: bytes, copied: int, random: random.Random
) -> None:
    name = random.randbytes(size)
    text = before + (name[copied:] if copied >= 0 else name[:copied]) + b"more"
    assert (0, 0) in found([name], text)


def test_names_that_have_pieces_in_common_are_all_found() -> None:
    names = [bytes(range(20)), bytes(range(16)) + b"else", bytes(range(100, 120))]
    assert found(names, b"abc" + names[0]) == [(0, 0), (0, 1)]


@pytest.mark.parametrize("texts", [(), (b"",), (b"ab", b"c")], ids=["no text", "empty", "short"])
def test_nothing_is_found_in_nothing(texts: tuple[bytes, ...]) -> None:
    assert found([bytes(range(20))], *texts) == []


def test_no_names_are_not_found() -> None:
    places, _ = Pieces(np.zeros((0, 20), np.uint8)).find([b"text" * 10])
    assert not places.size


def entry(name: bytes, oid: bytes, mode: bytes = b"100644") -> bytes:
    return mode + b" " + name + b"\0" + oid


OID, OTHER = b"the object looked for"[:20], b"another one, not this one"[:20]
FEW, LOTS = {OID}, {OID, *(bytes((number,)) * 20 for number in range(MANY))}


@pytest.mark.parametrize("wanted", [FEW, LOTS], ids=["few", "many"])
@pytest.mark.parametrize(
    ("tree", "names"),
    [
        pytest.param(entry(b"a", OID), [b"a"], id="alone"),
        pytest.param(entry(b"a", OTHER) + entry(b"b", OID) + entry(b"c", OTHER), [b"b"], id="between"),
        pytest.param(entry(b"a", OID) + entry(b"b", OID), [b"a", b"b"], id="twice"),
        pytest.param(entry(b"d", OID, b"40000"), [b"d"], id="a folder"),
        pytest.param(entry(b"s", OID, b"160000"), [], id="a submodule"),
        pytest.param(entry(OID, OTHER), [], id="as a name"),
        pytest.param(entry(b"x" + OID, OID), [b"x" + OID], id="as a name, too"),
        pytest.param(entry(b"a 100644 b", OID), [b"a 100644 b"], id="a name like an entry"),
        pytest.param(entry(b"a", OTHER), [], id="not there"),
        pytest.param(b"100644 a\0" + OID[:10], [], id="truncated"),
        pytest.param(b"no tree", [], id="no tree"),
    ],
)
def test_entries(wanted: set[bytes], tree: bytes, names: list[bytes]) -> None:
    entries = Entries(20)
    for _ in range(2):  # again with what it remembers
        assert entries.of(tree, wanted) == [(name, OID) for name in names]


def test_what_is_remembered_of_one_tree_does_not_mislead_in_another() -> None:
    entries = Entries(20)
    inside = entry(b"b", OTHER)
    assert entries.of(inside, {OTHER}) == [(b"b", OTHER)]
    assert entries.of(entry(b"x" + inside[:-20].rstrip(b"\0"), OTHER), {OTHER}) == [(b"x100644 b", OTHER)]


def test_ranges() -> None:
    assert ranges(np.array([5, 0, 7]), np.array([2, 0, 3])).tolist() == [5, 6, 7, 8, 9]
