"""Holds back literals that mean something only with certain text beside them, for many stand in any text.

A guard is two patterns: for what is directly before a literal, and for what is directly behind it.  One of
them has to match; an empty one never does.  They are patterns of re's, and hyperscan's once what is
possessive (``{0,15}+``), which hyperscan has no need of, is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

    Guard = tuple[bytes, bytes]


def pattern(literal: bytes, guard: Guard) -> re.Pattern[bytes]:
    """A pattern that finds ``literal`` first, which is fast, and looks then at what is beside it."""
    import re  # noqa: PLC0415 - most runs see none

    one, (before, behind) = re.escape(literal), guard
    looks = [b"(?<=" + before + one + b")"] if before else []
    looks += [b"(?=" + behind + b")"] if behind else []
    return re.compile(one + b"(?:" + b"|".join(looks) + b")")


def expressions(literal: bytes, guard: Guard | None) -> list[tuple[bytes, bytes]]:
    """``literal`` with its patterns of hyperscan's: two when either side will do."""
    one = escaped(literal)
    if guard is None:
        return [(literal, one)]
    before, behind = (side.replace(b"}+", b"}") for side in guard)
    found = [(literal, before + one)] if before else []
    return [*found, (literal, one + behind)] if behind else found


def escaped(literal: bytes) -> bytes:
    """``literal`` as a pattern of hyperscan's."""
    return b"".join(b"\\x%02x" % byte for byte in literal)
