"""Memory has a bound that does not depend on the repository, and processes read what one reads."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from multiprocessing import get_context
from typing import TYPE_CHECKING

import handmade as hand
import numpy as np
import pytest
import repos
from hypothesis import given
from hypothesis import strategies as st

from keyguard.packs import deltas, families, inflate, loose, parts
from keyguard.packs.entries import in_order
from keyguard.packs.index import NARROW, narrow
from keyguard.packs.large import Patched
from keyguard.packs.store import Store
from keyguard.packs.stored import DamageError, Stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyguard.packs.parts import Part

READ = """
import sys
from keyguard.packs.store import Store
from keyguard.packs.stored import DamageError, Stored
count = size = 0
for part in Store.open(sys.argv[1], 20).parts(1):
    for one in part.objects():
        assert isinstance(one, Stored), one
        count += 1
        for piece in one.pieces():
            size += len(piece)
with open("/proc/self/status") as status:
    (peak,) = [line.split()[1] for line in status if line.startswith("VmHWM")]
print(count, size, int(peak) >> 10)
"""
"""Prints the number of objects, their bytes, and the peak of memory in megabytes."""

LINE = b"".join(hashlib.sha256(bytes((number,))).hexdigest().encode() + b"\n" for number in range(200))
FILE = LINE * (5_000_000 // len(LINE))


def edited(number: int, size: int) -> bytes:
    """A delta that changes fifty bytes."""
    at = 1 + number * 1009 % (size - 100)
    kept = hand.copy(at + 50, size - at - 50)
    return hand.delta(size, size, hand.copy(0, at), hand.insert(b"%050d" % number), kept)


def chain(length: int) -> list[hand.Entry]:
    """One version after another."""
    entries = [hand.blob(FILE)]
    for number in range(length):
        name, base = hand.name(b"%d" % number), entries[-1].oid
        entries.append(hand.Entry(name, hand.REF, edited(number, len(FILE)), base=base))
    return entries


def comb(length: int) -> list[hand.Entry]:
    """Of each version two, one of which goes on: a walk in the wrong order would hold them all."""
    entries = [hand.blob(FILE)]
    for number in range(length):
        base, change = entries[-1].oid, edited(number, len(FILE))
        names = (hand.name(b"leaf %d" % number), hand.name(b"%d" % number))
        entries += [hand.Entry(name, hand.REF, change, base=base) for name in names]
    return entries


def tree(count: int) -> list[hand.Entry]:
    """Of each version two, both of which go on."""
    entries = [hand.blob(FILE * 3)]
    for number in range(1, count):
        name, base = hand.name(b"%d" % number), entries[(number - 1) // 2].oid
        size, at = len(FILE) * 3, 1 + number * 1009
        middle = hand.copy(at + 50, 9_000_000)
        rest = hand.copy(at + 9_000_050, size - at - 9_000_050)
        change = hand.delta(size, size, hand.copy(0, at), hand.insert(b"%050d" % number), middle, rest)
        entries.append(hand.Entry(name, hand.REF, change, base=base))
    return entries


def large(size: int) -> list[hand.Entry]:
    """A large file, and two versions of it: a large one and a small one."""
    data = bytes(size)
    copies = [hand.copy(at, min(16_000_000, size - at)) for at in range(0, size, 16_000_000)]
    second = hand.Entry(
        hand.name(b"2"),
        hand.REF,
        hand.delta(size, size + 3, hand.insert(b"abc"), *copies),
        base=hand.name(data),
    )
    third = hand.delta(size + 3, 300, hand.copy(0, 100), hand.copy(size // 2, 200))
    return [hand.blob(data), second, hand.Entry(hand.name(b"3"), hand.REF, third, base=second.oid)]


def star(count: int) -> list[hand.Entry]:
    """Many versions of one small file."""
    text = FILE[:2000]
    base = hand.blob(text)
    return [base] + [
        hand.Entry(hand.name(b"%d" % number), hand.REF, edited(number, len(text)), base=base.oid)
        for number in range(count)
    ]


FAMILIES = [
    pytest.param(lambda: chain(150), 151, id="chain"),
    pytest.param(lambda: comb(60), 121, id="comb"),
    pytest.param(lambda: tree(40), 40, id="tree"),
    pytest.param(lambda: large(200 << 20), 3, id="large"),
    pytest.param(lambda: star(20_000), 20_001, id="star"),
]


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
@pytest.mark.parametrize(("make", "count"), FAMILIES)
def test_memory_has_a_bound(tmp_path: Path, make: Callable[[], list[hand.Entry]], count: int) -> None:
    hand.write(tmp_path, make())
    done = subprocess.run([sys.executable, "-c", READ, tmp_path], capture_output=True, check=True)
    read, size, peak = map(int, done.stdout.split())
    assert read == count
    assert size >= count * 300
    assert peak < 200


def names_of(part: Part) -> set[bytes]:
    return {one.oid for one in part.objects() if isinstance(one, Stored)}


def test_a_part_has_few_objects_unless_a_family_has_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MANY", 10)
    alone = [hand.blob(b"alone %d" % number) for number in range(35)]
    first = hand.blob(b"the first\n" * 9)
    family = [
        hand.Entry(
            hand.name(first.content + b"%d" % number),
            hand.REF,
            hand.appended(first.content, b"%d" % number),
            base=first.oid,
        )
        for number in range(20)
    ]
    hand.write(tmp_path, [*alone, first, *family])
    counts = [len(list(part.objects())) for part in Store.open(str(tmp_path), 20).parts()]
    assert sorted(counts, reverse=True) == [21, 10, 10, 10, 5]


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_other_processes_read_the_same(tmp_path: Path, method: str) -> None:
    repo = repos.init(tmp_path)
    for number in range(3):
        repo.commit(f"commit {number}", file=b"%d\n" % number + LINE)
    repo.git("repack", "-adq")
    repo.commit("loose", file=b"loose\n")
    parts = Store.open(str(tmp_path / ".git/objects"), 20).parts(2)
    with get_context(method).Pool(1) as pool:
        assert set().union(*pool.map(names_of, parts)) == set().union(*map(names_of, parts))


@given(st.lists(st.integers(0, 1 << 30), max_size=200))
def test_a_sequence_has_bases_first_and_holds_few(numbers: list[int]) -> None:
    parents = [at if number % 9 == 0 else number % (at + 1) for at, number in enumerate(numbers)]
    walk = families.sequence(parents)
    held: list[int] = []
    most = 0
    for at in walk.order:
        if parents[at] != at:
            assert held[-1] == parents[at]
            if walk.last[at]:
                held.pop()
        if walk.needed[at]:
            held.append(at)
        most = max(most, len(held))
    assert not held
    assert sorted(walk.order) == list(range(len(parents)))
    assert most <= max(len(parents), 1).bit_length()


@given(st.lists(st.integers(0, 1 << 30), min_size=1, max_size=200))
def test_every_entry_knows_the_first_of_its_family(numbers: list[int]) -> None:
    bases = [number % len(numbers) for number in numbers]
    found = families.tops(np.array(bases, np.int32)).tolist()
    for at, top in enumerate(found):
        seen = set()
        while at not in seen and bases[at] != at:
            seen.add(at)
            at = bases[at]  # noqa: PLW2901 - climbs
        assert top == (at if bases[at] == at else -1)


@given(st.lists(st.integers(0, 1 << 30), max_size=200))
def test_parents_come_before_children(numbers: list[int]) -> None:
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    rank = {at: place for place, at in enumerate(order)}
    parents = np.array([order[rank[at] * 2 // 3] for at in range(len(numbers))], np.int64)
    found = families.bases_first(parents).tolist()
    assert all(found.index(parents[at]) <= found.index(at) for at in range(len(numbers)))


@pytest.mark.parametrize("factor", [1, 1 << 40], ids=["near", "too-far-to-be-sorted-as-one"])
@given(st.lists(st.integers(0, 1 << 22), max_size=100))
def test_in_order_is_argsort(factor: int, numbers: list[int]) -> None:
    keys = np.array(numbers, np.int64) * factor
    assert in_order(keys).tolist() == np.argsort(keys, kind="stable").tolist()


@pytest.mark.parametrize(
    ("largest", "size"),
    [
        pytest.param(0, 4, id="little"),
        pytest.param(NARROW - 1, 4, id="the last that fits"),
        pytest.param(NARROW, 8, id="two gigabytes"),
        pytest.param(1 << 40, 8, id="a terabyte"),
    ],
)
def test_places_take_four_bytes_where_that_is_enough(largest: int, size: int) -> None:
    places = np.array([0, largest], np.int64)
    found = narrow(places)
    assert found.itemsize == size
    assert (found + np.uint8(255)).tolist() == [255, largest + 255]
    assert in_order(found).tolist() == [0, 1]


def test_a_large_object_is_read_from_any_place(tmp_path: Path) -> None:
    place = tmp_path / "objects"
    data = FILE * 8
    hand.write(place, [hand.blob(data)])
    (part,) = Store.open(str(place), 20).parts()
    (one,) = part.objects()
    assert isinstance(one, Stored)
    assert not isinstance(one.data, bytes)
    assert len(one.data) == len(data)
    assert b"".join(one.pieces()) == data
    for start in (0, 7, inflate.STRIDE - 1, 30_000_000, 5, len(data) - 10):
        assert one.data.read(start, 10) == data[start : start + 10]


def test_loose_objects_are_listed_in_order(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    for number in range(300):
        repo.git("hash-object", "-w", "--stdin", stdin=b"%d" % number) if number < 30 else None
    objects = tmp_path / ".git/objects"
    (objects / "00").mkdir(exist_ok=True)
    (objects / "00" / "tmp_obj_left").touch()
    names = [name for fan in loose.FANS for name in loose.listed(str(objects), fan, 20)]
    assert len(names) == 30
    assert all(one < other for one, other in pairwise(names))


PIECES = st.lists(
    st.one_of(st.binary(min_size=1, max_size=200), st.tuples(st.integers(0, 4000), st.integers(1, 4000))),
    max_size=90,
)


@given(PIECES, st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 300)), max_size=5))
def test_a_delta_says_the_same_however_it_is_applied(
    pieces: list[bytes | tuple[int, int]], reads: list[tuple[int, int]]
) -> None:
    base = LINE[:4000]
    made, instructions = b"", b""
    for piece in pieces:
        if isinstance(piece, bytes):
            made, instructions = made + piece, instructions + hand.insert(piece)
        else:
            start, length = piece[0], min(piece[1], 4000 - piece[0])
            if length:
                made, instructions = (
                    made + base[start : start + length],
                    instructions + hand.copy(start, length),
                )
    change = hand.delta(len(base), len(made), instructions)
    assert deltas.apply(base, change) == made
    recipe = Patched(base, change, len(made))
    assert b"".join(recipe.pieces()) == made
    for number, length in reads:
        start = number % (len(made) + 1)
        count = min(length, len(made) - start)
        assert recipe.read(start, count) == made[start : start + count] if count else True


@given(st.binary(max_size=60))
def test_garbage_is_no_delta_but_never_more_than_that(garbage: bytes) -> None:
    base = LINE[:100]
    for change in (garbage, hand.varint(100) + garbage):
        with suppress(DamageError):
            assert len(deltas.apply(base, change)) == deltas.target(len(base), change)
