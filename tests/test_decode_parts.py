"""What the decoders are made of: maps, parts, and the forms that are not to be decoded."""

from __future__ import annotations

import base64 as stdlib
import random

import disguises
import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import anchors, reach, rules
from keyguard.decode import base64, escapes, joints, tokens
from keyguard.decode.splice import AFTER, BEFORE, Part, spliced
from keyguard.decode.view import Piece, View
from keyguard.engine import Engine
from keyguard.model import Chunk, Match

ID, SECRET = keys.pair(4)


def matches(text: str) -> list[Match]:
    return Engine(rules.builtin).matches(Chunk(text.encode()))


class TestView:
    """A map leads back to where something stands."""

    def test_every_byte_of_a_splice_has_its_place(self) -> None:
        outer = View(b"ab%2Fcd")
        view = spliced(outer, "percent", [Part(2, 5, b"/")])
        assert (view.data, view.encoding) == (b"ab/cd", "percent")
        assert [view.span(at, at + 1) for at in range(5)] == [(0, 1), (1, 2), (2, 5), (5, 6), (6, 7)]

    def test_what_is_left_out_ends_a_text(self) -> None:
        data = b"%41" + b"x" * (BEFORE + AFTER + 1) + b"%42"
        view = spliced(View(data), "percent", [Part(0, 3, b"A"), Part(len(data) - 3, len(data), b"B")])
        assert b"\n\n" in view.data
        assert view.span(len(view.data) - 1, len(view.data)) == (len(data) - 3, len(data))

    def test_only_what_is_beside_a_decoded_part_is_genuine(self) -> None:
        view = spliced(View(b"ab%2Fcd"), "percent", [Part(2, 5, b"/")])
        assert [view.is_genuine(at, at + 1) for at in range(5)] == [False, True, True, True, False]

    def test_a_joint_is_touched_by_what_goes_across(self) -> None:
        view = spliced(View(b'ab" + "cd'), "joined", [Part(2, 7, b"")])
        assert view.data == b"abcd"
        assert (view.touches(1, 3), view.touches(0, 2), view.touches(2, 4)) == (True, False, False)
        assert view.span(1, 3) == (1, 8)

    @given(st.binary(min_size=1, max_size=60), st.data())
    def test_maps_of_base64_in_base64(self, secret: bytes, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(secret) - 1))
        end = data.draw(st.integers(start + 1, len(secret)))
        inner = stdlib.b64encode(secret)
        text = View(stdlib.b64encode(inner))
        first = View(inner, "base64", text, (Piece(0, 0, 4, 3, decoded=True),))
        second = View(secret, "base64+base64", first, (Piece(0, 0, 4, 3, decoded=True),))
        begin, stop = start * 4 // 3, -(-end * 4 // 3)
        assert second.span(start, end) == (begin * 4 // 3, -(-stop * 4 // 3))


class TestNothing:
    """What looks like a disguise and is none."""

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(f'["{ID[:10]}", "{ID[10:]}"]', id="a list that nobody joins"),
            pytest.param(f'"{ID[:10]}" = "{ID[10:]}"', id="two strings that are compared"),
            pytest.param(f'"{ID[:10]}", "{ID[10:]}"', id="two arguments"),
            pytest.param(f"{ID[:10]}\n{ID[10:]}", id="two lines"),
            pytest.param(stdlib.b64encode(f"x{ID}".encode()).decode(), id="a letter before it in base64"),
            pytest.param(stdlib.b64encode(ID[:19].encode()).decode(), id="base64 of too little"),
            pytest.param("sha256 " + random.Random(1).randbytes(32).hex(), id="a hash"),
            pytest.param(ID[:10] + "&unknown;" + ID[10:], id="a reference to nothing"),
            pytest.param("%zz".join((ID[:10], ID[10:])), id="no escape"),
        ],
    )
    def test_is_found(self, text: str) -> None:
        assert matches(text) == []

    def test_base64_of_thirty_random_bytes_is_no_secret_within(self) -> None:
        text = stdlib.b64encode(random.Random(3).randbytes(600)).decode()
        assert matches(f"data = {text}") == []

    def test_what_stands_plain_is_found_once_and_plain(self) -> None:
        text = f'a = "x%2Fy" + "{ID}" + "\\/" # &#47;\u200b secret = "{SECRET}"'
        found = [(match.kind, match.encoding) for match in matches(text)]
        assert found == [("id", "plain"), ("secret", "plain")]

    def test_the_name_outside_counts_for_what_is_inside(self) -> None:
        hidden = stdlib.b64encode(SECRET.encode()).decode()
        bare, named = (matches(f"{name}{hidden}")[0].score for name in ("x: ", "aws_secret_access_key: "))
        assert bare < named


class TestWide:
    """UTF-16 inside of base64, of either byte order, wherever it begins."""

    @pytest.mark.parametrize("before", range(4))
    @pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
    def test_is_read(self, codec: str, before: int) -> None:
        text = stdlib.b64encode(b"#" * before + f"key {ID} end".encode(codec)).decode()
        assert [(one.value.reveal().decode(), one.encoding) for one in matches(f"x: {text}")] == [
            (ID, "base64+utf-16")
        ]


class TestTokens:
    """Each escape by itself."""

    @pytest.mark.parametrize(
        ("kind", "text", "expected"),
        [
            ("percent", "%2f", "/"),
            ("percent", "%u002F", "/"),
            ("backslash", "\\/", "/"),
            ("backslash", "\\u002b", "+"),
            ("backslash", "\\u{2b}", "+"),
            ("backslash", "\\U0000002b", "+"),
            ("backslash", "\\x2B", "+"),
            ("backslash", "\\057", "/"),
            ("backslash", "\\n", "\n"),
            ("backslash", "\\\\", "\\"),
            ("html", "&#47;", "/"),
            ("html", "&#x2F;", "/"),
            ("html", "&plus;", "+"),
            ("html", "&shy;", "\xad"),
            ("html", "&unknown;", None),
            ("html", "&#999999;", "\U000f423f"),
            ("html", "&#xFFFFF;", "\U000fffff"),
            ("invisible", "\u200d", ""),
            ("joined", '"+"', None),
        ],
    )
    def test_reads_as(self, kind: str, text: str, expected: str | None) -> None:
        one = next(one for one in tokens.KINDS if one.name == kind)
        found = tokens.re.fullmatch(one.pattern, text.encode())
        read = one.read(found) if found else None
        assert read == (None if expected is None else expected.encode())

    def test_a_number_that_is_no_character(self) -> None:
        found = tokens.re.fullmatch(escapes.HTML, b"&#9999999;")
        assert found is None
        found = tokens.re.fullmatch(escapes.BACKSLASH, b"\\U99999999")
        assert found
        assert escapes.backslash(found) == b"?"

    @pytest.mark.parametrize("joint", disguises.JOINTS.values(), ids=disguises.JOINTS)
    def test_a_joint_reads_as_nothing(self, joint: str) -> None:
        found = tokens.re.search(joints.JOINT, f"a{joint}b".encode())
        assert found
        assert joints.joint(found) == b""

    @pytest.mark.parametrize("text", ["a' != 'b", "a'_'b", "a' +- 'b", "a')('b"])
    def test_what_joins_nothing(self, text: str) -> None:
        found = tokens.re.search(joints.JOINT, text.encode())
        assert found is None or joints.joint(found) is None


class TestBase64:
    """The beginnings of IDs."""

    @pytest.mark.parametrize("prefix", ["AKIA", "ASIA"])
    @pytest.mark.parametrize("before", range(6))
    def test_an_id_leaves_a_trace_wherever_it_stands(self, prefix: str, before: int) -> None:
        text = stdlib.b64encode(b"#" * before + keys.key_id(before, prefix).encode() + b"!" * 9)
        present = anchors.Anchors().present(text)
        ((part,),) = base64.decoded(text, present, ())
        assert prefix.encode() in part.text


class TestReach:
    """Alphabets reach as far as they do, over any distance."""

    @given(st.integers(0, 3), st.integers(0, 9000), st.integers(0, 9000), st.integers(0, 3))
    def test_both_sides(self, before: int, left: int, right: int, behind: int) -> None:
        data = b" " * before + b"a" * (left + right) + b" " * behind
        assert reach.left_of(data, before + left, b"a") == (before if left else before + left)
        assert reach.right_of(data, before + left, b"a") == before + left + right

    def test_windows_are_apart(self) -> None:
        around = [(0, 10), (5, 20), (30, 40), (90, 120)]
        assert list(reach.windows(around, 100)) == [(0, 20), (30, 40), (90, 100)]
        assert list(reach.windows([], 100)) == []
