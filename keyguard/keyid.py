"""What an access key ID says about itself, offline: its kind, its generation, its account.

The layout is not documented by AWS.  It is public knowledge from Aidan Steele's and WithSecure's
analyses: four letters of prefix, then 80 bits in base32.  The first bit tells the generation; in the new
one (since about 2019) the next 40 bits are the account number.
"""

from __future__ import annotations

from typing import Final

ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # pragma: allowlist secret
LENGTH: Final = 20
PREFIX_LENGTH: Final = 4
LAST_ACCOUNT: Final = 999_999_999_999

_TYPES: Final = {
    b"AKIA": "long-term",
    b"ASIA": "temporary",
    b"ABIA": "bearer-token",
    b"ACCA": "service-specific",
}


def key_type(key_id: bytes) -> str:
    """What the prefix says: ``long-term``, ``temporary``, ``bearer-token``, ``service-specific``, ``legacy``.

    Source: IAM User Guide, "Unique identifiers".
    """
    return _TYPES.get(key_id[:PREFIX_LENGTH], "legacy")


def account(key_id: bytes) -> str | None:
    """The twelve-digit account number inside the ID, or None when there is none.

    None for the old generation, for a number that no account can have, and for text that is not an ID.

    >>> account(b"AKIA SP2TPHJS QH3FJRUX".replace(b" ", b""))
    '171436882533'
    >>> account(b"AKIA IOSFODNN7 EXAMPLE".replace(b" ", b"")) is None
    True
    """
    bits = _bits(key_id)
    if bits is None or not bits >> 79:
        return None
    number = (bits >> 39) & 0xFF_FFFF_FFFF
    return f"{number:012d}" if number <= LAST_ACCOUNT else None


def plausibility(key_id: bytes) -> float:
    """How well the ID fits what AWS is known to issue, from 0 to 1.

    New generation with a possible account: 1.0.  Old generation: fifth character I or J, and almost
    always A or Q at the end.  Anything else was never seen, which is not proof that it does not exist.
    """
    if account(key_id) is not None:
        return 1.0
    if key_id[4:5] in (b"I", b"J"):
        return 0.95 if key_id[-1:] in (b"A", b"Q") else 0.7
    return 0.4


def _bits(key_id: bytes) -> int | None:
    body = key_id[PREFIX_LENGTH:]
    if len(key_id) != LENGTH or body.strip(ALPHABET):
        return None
    bits = 0
    for character in body:
        bits = bits << 5 | ALPHABET.index(character)
    return bits
