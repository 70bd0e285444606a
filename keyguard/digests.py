"""Hashes a little text without loading OpenSSL, which takes three milliseconds that a hook does not have."""

from __future__ import annotations

FINGERPRINT = "kg1:"
"""What fingerprints begin with, of which these are the first kind."""


def sha1(data: bytes) -> bytes:
    """The SHA-1 of ``data``, as git has it: a name, not a seal."""
    try:
        from _sha1 import sha1 as hashed  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    except ImportError:  # a Python that was built without it
        from hashlib import sha1 as hashed  # noqa: PLC0415 - see above
    digest: bytes = hashed(data, usedforsecurity=False).digest()
    return digest


def sha256(data: bytes) -> bytes:
    """The SHA-256 of ``data``."""
    try:
        from _sha256 import sha256 as hashed  # type: ignore[import-not-found]  # noqa: PLC0415 - see above
    except ImportError:  # from Python 3.12 on it is in another module
        from hashlib import sha256 as hashed  # noqa: PLC0415 - see above
    digest: bytes = hashed(data).digest()
    return digest


def fingerprint(*parts: bytes) -> str:
    """The name of what has these parts."""
    return FINGERPRINT + sha256(b"\0".join(parts)).hex()[:32]
