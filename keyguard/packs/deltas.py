"""Applies deltas, after a look at what they claim (gitformat-pack(5), "Deltified representation")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dulwich.errors import ApplyDeltaError

from keyguard.packs.stored import HUGE, WHOLE, DamageError

try:  # the compiled function alone: the module around it takes 40 ms to import
    from dulwich._pack import apply_delta  # type: ignore[import-not-found]  # compiled, without types
except ImportError:
    from dulwich.pack import apply_delta

__all__ = ("ApplyDeltaError", "apply", "apply_delta", "instructions", "sizes", "small", "target")

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST: Final = 9
"""Bytes of a number below 2**63."""

_COPY: Final = 0x80
_DEFAULT: Final = 0x10000
"""Bytes that are copied by an instruction that gives no number."""


def sizes(delta: bytes) -> tuple[int, int, int]:
    """Bytes of the base, of the result, and where the instructions begin; raises :class:`DamageError`."""
    source, at = _number(delta, 0)
    target, at = _number(delta, at)
    return source, target, at


def _number(delta: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(delta[at : at + _LONGEST]):
        value |= (byte & 0x7F) << (7 * place)
        if byte < _COPY:
            return value, at + place + 1
    raise DamageError("its delta begins with an impossible number")


def target(base: int, delta: bytes) -> int:
    """Bytes that ``delta`` makes of a base of ``base`` bytes; raises :class:`DamageError`."""
    source, made, _ = sizes(delta)
    if source != base:
        raise DamageError(f"its delta is for a base of {source} bytes, its base has {base}")
    if made > HUGE:
        raise DamageError(f"its delta claims to make {made} bytes")
    return made


def small(delta: bytes) -> bool:
    """Whether what ``delta`` makes is surely less than :data:`WHOLE`: its size is a number of three bytes."""
    at = 0
    length = len(delta) - 3
    while at < length and delta[at] >= _COPY:
        at += 1
    return at < length and (delta[at + 1] < _COPY or delta[at + 2] < _COPY or delta[at + 3] < _COPY)


def apply(base: bytes, delta: bytes) -> bytes:
    """What ``delta`` makes of ``base``, at most :data:`WHOLE` bytes; raises :class:`DamageError`."""
    if not small(delta) and target(len(base), delta) > WHOLE:
        raise DamageError("its delta makes more than it may")
    try:
        parts: list[bytes] = apply_delta(base, delta)
    except (ApplyDeltaError, ValueError, MemoryError) as error:
        raise DamageError(f"its delta is damaged: {error}") from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


def instructions(delta: bytes, at: int | None = None) -> Iterator[tuple[int, int | None, int]]:
    """The instructions: where each stands, where in the base it copies from (None: inserts), how many bytes.

    ``at`` is where one stands, by default the first.  Raises :class:`DamageError`.
    """
    at = sizes(delta)[2] if at is None else at
    end = len(delta)
    while at < end:
        code = delta[at]
        if code >= _COPY:
            origin, length, after = _copy(delta, at)
            yield at, origin, length
        else:
            after = at + 1 + code
            if not code or after > end:
                raise DamageError("its delta is damaged")
            yield at, None, code
        at = after


def _copy(delta: bytes, at: int) -> tuple[int, int, int]:
    code, place, value = delta[at], at + 1, 0
    for bit in range(7):
        if code >> bit & 1:
            if place >= len(delta):
                raise DamageError("its delta is damaged")
            value |= delta[place] << (8 * bit)
            place += 1
    return value & 0xFFFFFFFF, value >> 32 or _DEFAULT, place
