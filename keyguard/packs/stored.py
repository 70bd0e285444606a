"""What is read from a repository's object directory, and the limits within which it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from keyguard.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.packs.large import Large

Kind = Literal["commit", "tree", "blob", "tag"]

KINDS: Final[tuple[Kind | None, ...]] = (None, "commit", "tree", "blob", "tag")
"""The kinds, each at the number that packs have for it (gitformat-pack(5))."""

ALL: Final[frozenset[Kind]] = frozenset(("commit", "tree", "blob", "tag"))
TEXTS: Final[frozenset[Kind]] = frozenset(("commit", "blob", "tag"))
"""What holds text.  A tree holds names, and there are more trees than anything else."""

OFS_DELTA: Final = 6
REF_DELTA: Final = 7

WHOLE: Final = 32 << 20
"""Bytes up to which an object is held in memory; a larger one is given in pieces."""

PIECE: Final = 4 << 20
"""Bytes of a piece."""

HELD: Final = 64 << 20
"""Bytes of delta bases that are held for later; beyond, they are made again when their time comes."""

HUGE: Final = 1 << 33
"""Bytes beyond which an object is not read: eight gigabytes."""


class DamageError(SourceError):
    """An object cannot be read; the message says why, not which."""


class Stored(NamedTuple):
    """An object: its name in bytes, its kind, and its content, which is bytes up to :data:`WHOLE`.

    ``base`` and ``delta`` are what it was made from, if it is known: the name of an object, and the changes.
    """

    oid: bytes
    kind: Kind
    data: bytes | Large
    base: bytes | None = None
    delta: bytes = b""

    @property
    def name(self) -> str:
        """Its name as git shows it."""
        return self.oid.hex()

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces of at most :data:`WHOLE` bytes; they were checked, so it does not fail."""
        return iter((self.data,)) if isinstance(self.data, bytes) else self.data.pieces()
