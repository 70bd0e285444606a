"""Turns the bytes of a file into text chunks, and offsets into lines and columns.

UTF-16 and UTF-32 become UTF-8 here, so that everything behind sees one encoding; bytes that are no text
pass unchanged.  A long document is cut into overlapping chunks, so that memory has a bound.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from keyguard.model import Chunk, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE: Final = 4 << 20
"""Bytes that a source reads at a time."""

MARGIN: Final = 8 << 10
"""Bytes of context that a match near a chunk's end can rely on; twice the longest token of a rule."""

_SAMPLE: Final = 4096
_CONTINUATION: Final = range(0x80, 0xC0)
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(head: bytes) -> str | None:
    """The wide encoding that ``head``, the beginning of a file, is in; None for everything else.

    By byte order mark, or, for UTF-16 without one, because every other byte is zero nearly everywhere.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if b"\0" not in head[:_SAMPLE]:
        return None
    even, odd = head[:_SAMPLE:2], head[1:_SAMPLE:2]
    for mostly, hardly, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if mostly.count(0) * 10 > len(mostly) * 7 and hardly.count(0) * 20 < len(hardly):
            return name
    return None


def chunks_of(pieces: Iterable[bytes]) -> tuple[Iterator[Chunk], str]:
    """The chunks of a document that comes in ``pieces``, and the name of its encoding.

    The name is ``plain`` for everything that is not UTF-16 or UTF-32.
    """
    stream = iter(pieces)
    head = next(stream, b"")
    encoding = encoding_of(head)
    if encoding is None:
        return _overlapping(_joined(head.removeprefix(codecs.BOM_UTF8), stream)), "plain"
    return _overlapping(_decoded(_joined(head, stream), encoding)), encoding[:6]


def lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a document, decoded as :func:`chunks_of` does, without their ends."""
    stream = iter(pieces)
    head = next(stream, b"")
    encoding = encoding_of(head)
    texts = _joined(head.removeprefix(codecs.BOM_UTF8), stream)
    if encoding is not None:
        texts = _decoded(_joined(head, stream), encoding)
    rest = b""
    for text in texts:
        *whole, rest = (rest + text).split(b"\n")
        yield from whole
    yield rest


def places(chunk: Chunk, spans: Iterable[tuple[int, int]]) -> Iterator[Place]:
    """The places of ``spans`` (offsets into ``chunk.data``), which must be in ascending order of start.

    One sweep over the text whatever the number of spans; columns count code points, a byte that is not
    UTF-8 counts as one.
    """
    at, line, column = 0, chunk.line, chunk.column
    for start, end in spans:
        line, column = advance(line, column, chunk.data[at:start])
        at = start
        end_line, end_column = advance(line, column, chunk.data[start:end])
        yield Place(line, column, end_line, end_column)


def advance(line: int, column: int, text: bytes) -> tuple[int, int]:
    """The line and column after ``text``, when it begins at ``line`` and ``column``."""
    newlines = text.count(b"\n")
    if newlines:
        line, column = line + newlines, 1
        text = text[text.rfind(b"\n") + 1 :]
    width = len(text) if text.isascii() else len(text.decode("utf-8", "surrogateescape"))
    return line, column + width


def _joined(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _decoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for number, piece in enumerate(pieces):
        text = decoder.decode(piece)
        yield (text if number else text.removeprefix("\ufeff")).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _overlapping(texts: Iterator[bytes]) -> Iterator[Chunk]:
    """Cut at the pieces, keep the last two margins of each for the next."""
    chunk = Chunk(next(texts, b""))
    for text in texts:
        if not text:
            continue
        yield chunk._replace(own_end=max(len(chunk.data) - MARGIN, chunk.own_start))
        chunk = _following(chunk, text)
    yield chunk


def _following(chunk: Chunk, text: bytes) -> Chunk:
    cut = max(len(chunk.data) - 2 * MARGIN, 0)
    while cut and chunk.data[cut] in _CONTINUATION:  # never inside a UTF-8 sequence
        cut -= 1
    line, column = advance(chunk.line, chunk.column, chunk.data[:cut])
    owned = max(len(chunk.data) - MARGIN, chunk.own_start) - cut
    return Chunk(chunk.data[cut:] + text, chunk.start + cut, line, column, owned)
