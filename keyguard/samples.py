"""Makes keys out of nothing, so that rules can carry examples without a key standing in a file.

They have the shape of real ones; AWS never issued them.
"""

from __future__ import annotations

import base64
import random
import re
from typing import TYPE_CHECKING, Final

from keyguard import keyid

if TYPE_CHECKING:
    from collections.abc import Callable

BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SECRET_LENGTH: Final = 40


def key_id(source: random.Random, prefix: str = "AKIA") -> str:
    """An access key ID of the new generation, with an account that could exist."""
    account = source.randrange(10**11, keyid.LAST_ACCOUNT)
    bits = 1 << 79 | account << 39 | source.getrandbits(39)
    return prefix + "".join(chr(keyid.ALPHABET[bits >> shift & 31]) for shift in range(75, -1, -5))


def secret(source: random.Random, length: int = SECRET_LENGTH) -> str:
    """Random base64 characters with upper and lower case and digits among them."""
    while True:
        value = "".join(source.choices(BASE64, k=length))
        if re.search("[a-z]", value) and re.search("[A-Z]", value) and re.search("[0-9]", value):
            return value


def token(source: random.Random) -> str:
    """A session token of today's form."""
    return base64.b64encode(b"\x21\x0a\x09origin_ec" + source.randbytes(420)).decode()


def bedrock(source: random.Random) -> str:
    """A long-term Bedrock API key: 132 characters."""
    inner = base64.b64encode(source.randbytes(45)).decode()
    account = source.randrange(10**11, keyid.LAST_ACCOUNT)
    return "ABSK" + base64.b64encode(f"BedrockAPIKey-{'x' * 4}-at-{account}:{inner}".encode()).decode()


def filled(template: str, seed: int) -> str:
    """``template`` with every ``{id}``, ``{id:PREFIX}``, ``{secret}``, ``{secret:LENGTH}``, … replaced.

    The same seed gives the same keys; every place gets its own.
    """
    source = random.Random(f"{seed}-{template}")  # noqa: S311 - made-up keys must be the same in every run
    makers: dict[str, Callable[[str], str]] = {
        "id": lambda prefix: key_id(source, prefix or "AKIA"),
        "secret": lambda length: secret(source, int(length or SECRET_LENGTH)),
        "token": lambda _: token(source),
        "bedrock": lambda _: bedrock(source),
        "hex": lambda length: "".join(source.choices("0123456789abcdef", k=int(length))),
        "base32": lambda length: "".join(source.choices(keyid.ALPHABET.decode(), k=int(length))),
    }
    pattern = r"\{(" + "|".join(makers) + r")(?::(\w+))?\}"
    return re.sub(pattern, lambda found: makers[found[1]](found[2] or ""), template)
