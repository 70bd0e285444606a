"""Says what a part of a source is.  For type checkers only: a protocol is slow to make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Document, Skipped
    from keyguard.pipeline import Glance


class Part(Protocol):
    """A share of a source: small to pickle, read where it is scanned."""

    @property
    def unit(self) -> Literal["files", "objects"]:
        """What its documents are counted as."""

    def documents(self, glance: Glance, /) -> Iterator[Document | Skipped]:
        """Read it.

        ``glance`` may be asked about the whole of a document that is plain text without zeros.  It counts
        those in which there is nothing, and they need not be given: to make a document of each of a million
        objects takes longer than to look at them.
        """
