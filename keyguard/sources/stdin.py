"""Reads what comes on standard input."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final, Literal

from keyguard import text
from keyguard.model import Document, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.pipeline import Glance

SOURCE: Final = "stdin"


class Stdin:
    """Standard input as the only part of a source; ``path`` is what reports call it."""

    def __init__(self, stream: IO[bytes], path: str) -> None:
        """Read ``stream`` when asked."""
        self._stream = stream
        self._path = path

    @property
    def unit(self) -> Literal["files", "objects"]:
        """What its documents are counted as."""
        return "files"

    def documents(self, _: Glance) -> Iterator[Document]:
        """The one document."""
        chunks, encoding = text.chunks_of(iter(lambda: self._stream.read(text.PIECE), b""))
        yield Document(Origin(SOURCE, self._path), chunks, encoding)
