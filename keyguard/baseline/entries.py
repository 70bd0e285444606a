"""The values of a baseline, and the keyed hashes by which it knows a key again."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from collections.abc import Callable
from hashlib import sha256
from typing import Final, Literal, NamedTuple

from keyguard.model import Finding

Covers = Literal["files", "history"]
Verdict = Literal["", "real", "false"]

VERDICTS: Final[tuple[Verdict, ...]] = ("", "real", "false")
COVERS: Final[tuple[Covers, ...]] = ("files", "history")

ACCOUNT_RULES: Final = "account-"
"""How the rules of an account's audit begin: no scan finds what they do."""

PREFIX: Final = "kb1:"
"""What a keyed hash begins with; so other scanners do not take it for a secret in hex."""

DIGITS: Final = 32
"""Hex digits of a keyed hash: 128 bits."""

SALT_SIZE: Final = 16
"""Bytes of a salt."""

_BLOCK: Final = 64
_INNER: Final = 0x36
_OUTER: Final = 0x5C
"""SHA-256's block in bytes, and the constants of HMAC."""


class Entry(NamedTuple):
    """What is known: a key, by the hash of the part that is worth most (secret, else token, else ID).

    What is wrong in an account, with a user or with a key of theirs, is known by its fingerprint.
    ``id`` is the hash of the key ID that stood beside it, so that the ID is known by itself, too, once
    the two are moved apart.  ``verdict`` is what an audit said; ``real`` takes the acceptance back.
    """

    hash: str
    rule: str
    id: str = ""
    verdict: Verdict = ""
    reason: str = ""


class Baseline(NamedTuple):
    """Entries, and the salt of their hashes: the same key has another hash in every baseline.

    ``covers`` says what has to be scanned to see what is gone: the files, or the history as well.
    """

    salt: bytes
    entries: tuple[Entry, ...] = ()
    covers: Covers = "files"


def hasher(salt: bytes) -> Callable[[bytes], str]:
    """What gives the keyed hash of a secret, token or ID: HMAC-SHA256 (RFC 2104), cut to 128 bits.

    Both keys are hashed once, not for every value: with 50,000 of them that is most of the work.
    """
    block = salt.ljust(_BLOCK, b"\0")
    inner = sha256(bytes(byte ^ _INNER for byte in block))
    outer = sha256(bytes(byte ^ _OUTER for byte in block))

    def keyed(value: bytes) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(value)
        second.update(first.digest())
        return PREFIX + second.hexdigest()[:DIGITS]

    return keyed


def of_account(rule: str) -> bool:
    """Whether it is a rule of an account's audit."""
    return rule.startswith(ACCOUNT_RULES)


def worth_most(finding: Finding) -> bytes:
    """The part of a finding by which it is known: a pair goes with its secret, as with inline comments.

    What is wrong in an account is not the key itself: there, a key may be old, and unused, and in code.
    """
    if of_account(finding.rule):
        return finding.fingerprint.encode()
    value = finding.secret or finding.token
    return value.reveal() if value else (finding.key_id or "").encode()


def entry(keyed: Callable[[bytes], str], finding: Finding, verdict: Verdict = "") -> Entry:
    """The entry for ``finding`` in a baseline with the hashes that ``keyed`` gives."""
    value = worth_most(finding)
    key_id = (finding.key_id or "").encode()
    beside = keyed(key_id) if key_id and key_id != value else ""
    return Entry(keyed(value), finding.rule, beside, verdict)
