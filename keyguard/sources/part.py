"""Says what a part of a source is.  For type checkers only: a protocol is slow to make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Document, Skipped


class Part(Protocol):
    """A share of a source: small to pickle, read where it is scanned."""

    def documents(self) -> Iterator[Document | Skipped]:
        """Read it."""
