"""Chunks, encodings, and places in text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import text
from keyguard.model import Chunk, Place


def whole(pieces: list[bytes]) -> bytes:
    """The document again, from the stretches that its chunks own."""
    chunks, _ = text.chunks_of(pieces)
    return b"".join(chunk.data[chunk.own_start : chunk.own_end] for chunk in chunks)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(b"", None, id="empty file"),
        pytest.param(b"plain", None, id="ASCII"),
        pytest.param(b"\xef\xbb\xbfplain", None, id="UTF-8 with a mark is still UTF-8"),
        pytest.param(b"\x7fELF\0\0\1\0\0\0abc", None, id="binary with some zeros"),
        pytest.param(codecs.BOM_UTF16_LE + "a".encode("utf-16-le"), "utf-16-le", id="UTF-16 LE mark"),
        pytest.param(codecs.BOM_UTF16_BE + "a".encode("utf-16-be"), "utf-16-be", id="UTF-16 BE mark"),
        pytest.param(
            codecs.BOM_UTF32_LE + "a".encode("utf-32-le"), "utf-32-le", id="UTF-32 LE, not UTF-16 LE"
        ),
        pytest.param("key = value\n".encode("utf-16-le"), "utf-16-le", id="UTF-16 LE without a mark"),
        pytest.param("key = value\n".encode("utf-16-be"), "utf-16-be", id="UTF-16 BE without a mark"),
        pytest.param(bytes(100), None, id="zeros only"),
    ],
)
def test_encoding_of(head: bytes, expected: str | None) -> None:
    assert text.encoding_of(head) == expected


@given(st.lists(st.binary(max_size=60_000), max_size=6))
def test_chunks_own_every_byte_once(pieces: list[bytes]) -> None:
    data = b"x" + b"".join(pieces).replace(b"\0", b"0")
    assert whole([data[:1], *[piece.replace(b"\0", b"0") for piece in pieces]]) == data


@given(st.text(max_size=300), st.integers(1, 50))
def test_utf16_is_decoded_across_pieces(content: str, cut: int) -> None:
    content = "".join(character for character in content if not "\ud800" <= character <= "\udfff")
    raw = codecs.BOM_UTF16_LE + ("text " * 20 + content).encode("utf-16-le")
    assert whole([raw[: 40 + cut], raw[40 + cut :]]).decode() == "text " * 20 + content


def test_later_chunks_know_where_they_begin() -> None:
    line = "é" * 50 + "\n"
    data = (line * 4000).encode()
    pieces = [data[at : at + 100_001] for at in range(0, len(data), 100_001)]
    for chunk in text.chunks_of(pieces)[0]:
        before = data[: chunk.start]
        assert data[chunk.start : chunk.start + len(chunk.data)] == chunk.data
        assert chunk.line == before.count(b"\n") + 1
        assert chunk.column == len(before[before.rfind(b"\n") + 1 :].decode()) + 1


def test_places_count_code_points_and_end_exclusive() -> None:
    data = "é = 1\nñü key\n".encode()
    start = data.index(b"key")
    assert list(text.places(Chunk(data), [(start, start + 3)])) == [Place(2, 4, 2, 7)]


def test_a_byte_that_is_no_utf8_is_one_column() -> None:
    assert list(text.places(Chunk(b"\xff\xfekey"), [(2, 5)])) == [Place(1, 3, 1, 6)]


@given(st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=8))
def test_places_agree_with_counting_from_the_start(data: bytes, raw: list[tuple[int, int]]) -> None:
    data = data.decode("latin-1").encode()  # any text; the sweep must not depend on where it stopped before
    spans = sorted((min(pair), max(pair)) for pair in raw)
    spans = [
        (a, b) for a, b in spans if all(at >= len(data) or data[at] not in range(0x80, 0xC0) for at in (a, b))
    ]
    for (start, end), place in zip(spans, text.places(Chunk(data), spans), strict=True):
        assert place[:2] == text.advance(1, 1, data[:start])
        assert place[2:] == text.advance(1, 1, data[:end])


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_lines_are_those_of_the_whole(pieces: list[bytes]) -> None:
    data = [b"x", *[piece.replace(b"\0", b"") for piece in pieces]]
    assert list(text.lines(data)) == b"".join(data).split(b"\n")


def test_lines_of_utf16_are_decoded() -> None:
    assert list(text.lines(["a\nβ".encode("utf-16")])) == [b"a", "β".encode()]
