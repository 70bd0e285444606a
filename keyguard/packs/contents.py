"""Makes an object's content out of its stored bytes and its base, in memory or, when large, as a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.packs import deltas
from keyguard.packs.inflate import inflate
from keyguard.packs.large import Inflated, Patched
from keyguard.packs.stored import HUGE, WHOLE, DamageError

if TYPE_CHECKING:
    from keyguard.packs.large import Large

    Content = bytes | Large


def made(base: Content | None, raw: memoryview, size: int) -> Content:
    """The content of an object that ``raw`` holds as ``size`` deflated bytes: a delta if there is a base."""
    return plain(raw, size) if base is None else patched(base, raw, size)


def plain(raw: memoryview, size: int) -> Content:
    """The content of an object that is stored as it is."""
    if size <= WHOLE:
        return inflate(raw, size)
    if size > HUGE:
        raise DamageError(f"it claims to hold {size} bytes")
    return Inflated(raw, size)


def patched(base: Content, raw: memoryview, size: int) -> Content:
    """The content of an object that is stored as a delta of ``size`` bytes to ``base``."""
    if size > WHOLE:
        raise DamageError(f"its delta of {size} bytes is larger than the memory allowed")
    delta = inflate(raw, size)
    made = deltas.target(len(base), delta)
    if isinstance(base, bytes) and made <= WHOLE:
        return deltas.apply(base, delta)
    recipe = Patched(base, delta, made)
    return recipe if made > WHOLE else b"".join(recipe.pieces())


def weight(content: Content) -> int:
    """Bytes of memory that it takes."""
    return len(content) if isinstance(content, bytes) else content.weight
