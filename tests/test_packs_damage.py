"""Packs that are damaged or lie: what is wrong is named, everything else is read."""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING

import handmade as hand
import pytest
import repos

from keyguard.packs.store import Store
from keyguard.packs.stored import DamageError, Stored

if TYPE_CHECKING:
    from pathlib import Path

GOOD = hand.blob(b"all is well here\n" * 30)
OTHER = hand.blob(b"and here, too\n")
LOST = hand.name(b"nobody has this")


def read(objects: Path) -> tuple[dict[bytes, bytes], dict[str, str]]:
    """What is read, and what is not and why."""
    store = Store.open(str(objects), 20)
    found: dict[bytes, bytes] = {}
    reasons: dict[str, str] = {}
    parts = store.parts(2)
    for one in (one for part in parts for one in part.objects()):
        if isinstance(one, Stored):
            found[one.oid] = b"".join(one.pieces())
        else:
            reasons[one.path.removeprefix("object ")] = one.reason
    return found, reasons | {one.path: one.reason for one in store.skipped}


def bad(content: bytes, kind: int = hand.BLOB, **lies: object) -> hand.Entry:
    """An entry named after its content, whatever that is."""
    return hand.Entry(hand.name(content), kind, content, **lies)  # type: ignore[arg-type]  # for the tests' brevity


def patch(*instructions: bytes, base: int = len(GOOD.content), makes: int = 5, **lies: object) -> hand.Entry:
    """A delta to ``GOOD``."""
    return bad(hand.delta(base, makes, *instructions), hand.REF, base=GOOD.oid, **lies)


SIZE = len(GOOD.content)
DAMAGED = [
    pytest.param(bad(b"text", deflated=b"no zlib at all" * 9), "zlib", id="garbage"),
    pytest.param(bad(b"text" * 99, deflated=zlib.compress(b"text" * 99)[:-5]), "zlib", id="cut-short"),
    pytest.param(
        bad(b"text" * 99, deflated=zlib.compress(b"text" * 99)[:-4] + b"ABCD"), "zlib", id="checksum"
    ),
    pytest.param(bad(b"text", size=3), "3 bytes were announced, there are more", id="longer-than-it-says"),
    pytest.param(bad(b"text", size=5), "5 bytes were announced, there are 4", id="shorter-than-it-says"),
    pytest.param(bad(bytes(9 << 20), size=5), "5 bytes were announced, there are more", id="bomb"),
    pytest.param(bad(b"text", size=1 << 40), "claims to hold", id="claims-a-terabyte"),
    pytest.param(bad(b"text", size=1 << 33), "bytes were announced", id="claims-eight-gigabytes"),
    pytest.param(bad(b"text", size=1 << 63), "damaged", id="claims-more-than-there-can-be"),
    pytest.param(bad(b"text", kind=0), "damaged", id="type-0"),
    pytest.param(bad(b"text", kind=5), "damaged", id="type-5"),
    pytest.param(
        bad(b"text", hand.OFS, base=hand.back(3)), "no base where it says", id="base-inside-an-entry"
    ),
    pytest.param(bad(b"text", hand.OFS, base=hand.back(1 << 40)), "no base", id="base-before-the-pack"),
    pytest.param(bad(b"text", hand.OFS, base=hand.back(0)), "no base", id="base-is-itself"),
    pytest.param(bad(b"text", hand.OFS, base=b"\xff" * 30 + b"\1"), "damaged", id="base-has-no-end"),
    pytest.param(
        bad(hand.delta(3, 3), hand.REF, base=LOST), f"from {LOST.hex()}, which is missing", id="no-base"
    ),
    pytest.param(patch(hand.insert(b"abcde"), makes=1 << 60), "claims to make", id="delta-claims-2-to-60"),
    pytest.param(
        patch(hand.insert(b"abcde"), makes=1 << 30), "makes 5 bytes, not", id="delta-claims-a-gigabyte"
    ),
    pytest.param(patch(hand.insert(b"abcde"), makes=1 << 69), "impossible number", id="delta-claims-2-to-69"),
    pytest.param(patch(hand.insert(b"abcde"), base=7), "base of 7 bytes", id="delta-for-another-base"),
    pytest.param(patch(hand.insert(b"abcd")), "delta is damaged", id="delta-makes-less"),
    pytest.param(patch(hand.insert(b"abcdef")), "delta is damaged", id="delta-makes-more"),
    pytest.param(patch(hand.copy(SIZE - 4, 5)), "delta is damaged", id="delta-copies-from-behind"),
    pytest.param(patch(b"\0"), "delta is damaged", id="delta-of-instruction-0"),
    pytest.param(patch(b"\x05abc"), "delta is damaged", id="delta-inserts-too-little"),
    pytest.param(patch(b"\xff\1"), "delta is damaged", id="delta-ends-in-a-copy"),
    pytest.param(bad(b"", hand.REF, base=GOOD.oid), "impossible number", id="empty-delta"),
    pytest.param(patch(hand.insert(b"abcde"), size=1 << 40), "memory allowed", id="delta-claims-to-be-large"),
]


@pytest.mark.parametrize(("wrong", "reason"), DAMAGED)
def test_what_is_damaged_is_named_and_the_rest_is_read(
    tmp_path: Path, wrong: hand.Entry, reason: str
) -> None:
    child = hand.Entry(hand.name(b"child"), hand.REF, hand.delta(4, 1, hand.insert(b"x")), base=wrong.oid)
    hand.write(tmp_path, [GOOD, wrong, child, OTHER])
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content, OTHER.oid: OTHER.content}
    assert reason in reasons[wrong.oid.hex()]
    assert (
        reasons[child.oid.hex()] == f"cannot be read: it is made from {wrong.oid.hex()}, which cannot be read"
    )
    assert len(reasons) == 2


def test_a_good_copy_elsewhere_is_read_instead(tmp_path: Path) -> None:
    content = b"there are two of this\n"
    wrong = bad(content, deflated=b"garbage")
    made = content + b"and more\n"
    child = hand.Entry(hand.name(made), hand.REF, hand.appended(content, b"and more\n"), base=wrong.oid)
    hand.write(tmp_path, [wrong, child, OTHER], label="a")
    hand.write(tmp_path, [hand.blob(content)], label="b")
    found, reasons = read(tmp_path)
    assert not reasons
    assert found == {wrong.oid: content, child.oid: made, OTHER.oid: OTHER.content}


def test_a_cycle_is_named(tmp_path: Path) -> None:
    names = [hand.name(bytes((number,))) for number in range(4)]
    entries = [
        hand.Entry(own, hand.REF, hand.delta(1, 1, hand.insert(b"x")), base=base)
        for own, base in zip(names, (names[1], names[2], names[0], names[0]), strict=True)
    ]
    alone = hand.name(b"alone")
    hand.write(tmp_path, [*entries, GOOD, hand.Entry(alone, hand.REF, hand.delta(1, 1), base=alone)])
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content}
    assert reasons.keys() == {one.hex() for one in (*names, alone)}
    assert all("cycle" in reason for reason in reasons.values())


def test_a_cycle_through_two_packs_is_named(tmp_path: Path) -> None:
    one, two = hand.name(b"one"), hand.name(b"two")
    hand.write(tmp_path, [hand.Entry(one, hand.REF, hand.delta(1, 1), base=two), GOOD], label="a")
    hand.write(tmp_path, [hand.Entry(two, hand.REF, hand.delta(1, 1), base=one), OTHER], label="b")
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content, OTHER.oid: OTHER.content}
    assert all("cycle" in reasons[oid.hex()] for oid in (one, two))


def test_a_base_in_another_pack_or_behind_what_is_made_from_it_is_found(tmp_path: Path) -> None:
    made = GOOD.content + b"more"
    child = hand.Entry(hand.name(made), hand.REF, hand.appended(GOOD.content, b"more"), base=GOOD.oid)
    grand = hand.Entry(hand.name(made + b"!"), hand.REF, hand.appended(made, b"!"), base=child.oid)
    hand.write(tmp_path, [grand, child], label="a")
    hand.write(tmp_path, [OTHER, GOOD], label="b")
    found, reasons = read(tmp_path)
    assert not reasons
    assert found == {
        GOOD.oid: GOOD.content, OTHER.oid: OTHER.content, child.oid: made, grand.oid: made + b"!"
    }  # fmt: skip


def test_a_truncated_pack_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    texts = [os.urandom(500) for _ in range(20)]
    entries = [hand.blob(text) for text in texts]
    hand.write(tmp_path, entries, cut=5000)
    found, reasons = read(tmp_path)
    assert 8 <= len(found) <= 11
    assert all(hand.name(text) == oid for oid, text in found.items())
    assert found.keys() | {bytes.fromhex(oid) for oid in reasons} == {entry.oid for entry in entries}


@pytest.mark.parametrize("place", [4, 1 << 20, 1 << 40], ids=["in-the-header", "behind-the-end", "far-away"])
def test_an_index_that_points_outside_is_named(tmp_path: Path, place: int) -> None:
    wrong = hand.blob(b"elsewhere")._replace(place=place)
    hand.write(tmp_path, [GOOD, wrong, OTHER])
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content, OTHER.oid: OTHER.content}
    assert reasons == {wrong.oid.hex(): "cannot be read: the pack ends before it"}


def test_an_index_with_a_place_inside_an_entry_hides_nothing_else(tmp_path: Path) -> None:
    wrong = hand.blob(b"elsewhere")._replace(place=14)
    hand.write(tmp_path, [GOOD, wrong, OTHER])
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content, OTHER.oid: OTHER.content}
    assert reasons.keys() == {wrong.oid.hex()}


def spoiled(how: str, pack: Path) -> None:
    index = pack.with_suffix(".idx")
    data = bytearray(index.read_bytes())
    if how == "missing":
        index.unlink()
    elif how == "empty":
        index.write_bytes(b"")
    elif how == "truncated":
        index.write_bytes(data[:1100])
    elif how == "version":
        index.write_bytes(data[:7] + b"\x03" + data[8:])
    elif how == "fanout":
        index.write_bytes(data[:20] + b"\xff" + data[21:])
    elif how == "order":
        index.write_bytes(data[:1032] + b"\xff" * 8 + data[1040:])
    else:
        index.write_bytes(os.urandom(len(data)))


@pytest.mark.parametrize("how", ["missing", "empty", "truncated", "version", "fanout", "order", "random"])
def test_a_pack_is_read_without_a_usable_index(tmp_path: Path, how: str) -> None:
    made, last = GOOD.content + b"more", GOOD.content + b"more!"
    near = hand.Entry(hand.name(last), hand.REF, hand.appended(made, b"!"), base=hand.name(made))
    child = hand.Entry(hand.name(made), hand.REF, hand.appended(GOOD.content, b"more"), base=GOOD.oid)
    pack = hand.write(tmp_path, [near, child, GOOD, OTHER])
    spoiled(how, pack)
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content, OTHER.oid: OTHER.content, child.oid: made, near.oid: last}
    assert reasons.keys() == {str(pack)}
    assert "all its objects were read without" in reasons[str(pack)]


def test_a_damaged_pack_without_index_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    pack = hand.write(tmp_path, [GOOD, hand.blob(os.urandom(900)), OTHER], cut=500)
    pack.with_suffix(".idx").unlink()
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content}
    assert "2 of its 3 objects were not read" in reasons[str(pack)]


def test_an_index_that_counts_otherwise_is_not_believed(tmp_path: Path) -> None:
    pack = hand.write(tmp_path, [GOOD, OTHER])
    hand.write_index(pack.with_suffix(".idx"), [(OTHER.oid, 12)], bytes(20))
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content, OTHER.oid: OTHER.content}
    assert "its index has 1 objects" in reasons[str(pack)]


@pytest.mark.parametrize("data", [b"", b"PACK", b"junk" * 20, b"PACK\0\0\0\x09" + bytes(40)], ids=repr)
def test_what_is_no_pack_is_named(tmp_path: Path, data: bytes) -> None:
    pack = hand.write(tmp_path, [GOOD])
    hand.write(tmp_path, [OTHER], label="other")
    pack.write_bytes(data)
    found, reasons = read(tmp_path)
    assert found == {OTHER.oid: OTHER.content}
    assert reasons.keys() == {str(pack)}


def loose(objects: Path, data: bytes, oid: bytes = LOST) -> Path:
    place = objects / oid.hex()[:2] / oid.hex()[2:]
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)
    return place


LOOSE = [
    pytest.param(b"", "empty", id="empty"),
    pytest.param(b"garbage" * 20, "zlib", id="garbage"),
    pytest.param(zlib.compress(b"blob 4\0text")[:-5], "zlib", id="cut-short"),
    pytest.param(zlib.compress(b"blob 5\0text"), "announced", id="shorter-than-it-says"),
    pytest.param(zlib.compress(b"blob 4\0" + bytes(50 << 20)), "announced", id="bomb"),
    pytest.param(zlib.compress(b"blob 99999999999\0text"), "claims", id="claims-a-hundred-gigabytes"),
    pytest.param(zlib.compress(b"blob 5000000000\0text"), "announced", id="claims-five-gigabytes"),
    pytest.param(zlib.compress(b"blob \xb2\0te"), "begin", id="a-number-that-is-none"),
    pytest.param(zlib.compress(b"thing 4\0text"), "begin", id="unknown-kind"),
    pytest.param(zlib.compress(bytes(100)), "begin", id="no-header"),
]


@pytest.mark.parametrize(("data", "reason"), LOOSE)
def test_a_damaged_loose_object_is_named(tmp_path: Path, data: bytes, reason: str) -> None:
    hand.write(tmp_path, [GOOD])
    loose(tmp_path, data)
    loose(tmp_path, zlib.compress(b"blob %d\0" % len(OTHER.content) + OTHER.content), OTHER.oid)
    found, reasons = read(tmp_path)
    assert found == {GOOD.oid: GOOD.content, OTHER.oid: OTHER.content}
    assert reason in reasons[LOST.hex()]


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    outside, objects = tmp_path / "outside", tmp_path / "objects"
    outside.mkdir()
    hand.write(objects, [GOOD])
    place = loose(outside, zlib.compress(b"blob 4\0text"))
    linked = loose(objects, b"")
    linked.unlink()
    linked.symlink_to(place)
    os.mkfifo(objects / linked.parent.name / hand.name(b"pipe").hex()[2:])
    pack = hand.write(outside, [OTHER], label="out")
    (objects / "pack" / pack.name).symlink_to(pack)
    (objects / "pack" / pack.with_suffix(".idx").name).symlink_to(pack.with_suffix(".idx"))
    (objects / "ff").symlink_to(place.parent)
    found, reasons = read(objects)
    assert found == {GOOD.oid: GOOD.content}
    assert len(reasons) == 4
    assert all("link" in reason or "regular" in reason for reason in reasons.values())


def test_a_repository_that_was_damaged_by_chance_is_read_but_for_that(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    for number in range(12):
        repo.commit(f"commit {number}", file="".join(f"{line * number} of it\n" for line in range(300)))
    repo.git("repack", "-adfq")
    (pack,) = (tmp_path / ".git" / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    whole, _ = read(tmp_path / ".git" / "objects")
    data = pack.read_bytes()
    for at in range(12, len(data), 97):
        pack.write_bytes(data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :])
        found, reasons = read(tmp_path / ".git" / "objects")
        for oid in whole:
            assert found.get(oid) == whole[oid] or oid.hex() in reasons


def test_a_pack_that_is_cut_short_while_it_is_read_is_named(tmp_path: Path) -> None:
    entries = [hand.blob(b"%d\n" % number * 40) for number in range(50)]
    pack = hand.write(
        tmp_path,
        [
            *entries,
            hand.Entry(
                hand.name(entries[0].content + b"more"),
                hand.REF,
                hand.appended(entries[0].content, b"more"),
                base=entries[0].oid,
            ),
        ],
    )
    store = Store.open(str(tmp_path), 20)
    parts = store.parts()
    os.truncate(pack, pack.stat().st_size // 2)
    found = [one for part in parts for one in part.objects()]
    whole = {one.oid for one in found if isinstance(one, Stored)}
    assert {one.oid for one in entries[:10]} <= whole
    assert len(found) == len(entries) + 1
    reasons = {one.reason for one in found if not isinstance(one, Stored)}
    assert reasons == {"cannot be read: its pack was cut short while it was read"}
    with pytest.raises(DamageError, match="cut short"):
        store.load(entries[-1].oid)


def test_a_pack_that_is_let_go_of_is_read_to_its_end(tmp_path: Path) -> None:
    entries = [hand.blob(b"%d\n" % number * 40) for number in range(50)]
    hand.write(tmp_path, entries)
    store = Store.open(str(tmp_path), 20)
    objects = store.parts()[0].objects()
    found = [next(objects)]
    store.packs[0].close()
    other = os.open(__file__, os.O_RDONLY)  # takes the lowest number that is free
    found += objects
    os.close(other)
    assert {one.oid for one in found if isinstance(one, Stored)} == {one.oid for one in entries}
