"""Makes keys for the tests, from a seed, so that no key stands in the repository.

They have the shape of real ones and belong to nobody: AWS never issued them.
"""

from __future__ import annotations

import base64
import random
import string

BASE32 = string.ascii_uppercase + "234567"
BASE64 = string.ascii_letters + string.digits + "+/"


def spelled(text: str) -> str:
    """``text`` without its spaces: so no key stands in a test, not even in pieces that are put together."""
    return text.replace(" ", "")


EXAMPLE_ID = spelled("AKIA IOSFODNN7 EXAMPLE")
EXAMPLE_SECRET = spelled("wJalr XUtnFEMI/ K7MDENG/ bPxRfiCY EXAMPLEKEY")


def key_id(seed: int = 0, prefix: str = "AKIA", account: str = "123456789012") -> str:
    """An access key ID of the new generation that decodes to ``account``."""
    rest = random.Random(f"id-{seed}").getrandbits(39)
    bits = 1 << 79 | int(account) << 39 | rest
    return prefix + "".join(BASE32[bits >> shift & 31] for shift in range(75, -1, -5))


def secret(seed: int = 0) -> str:
    """A secret access key: 30 random bytes in base64, with lower, upper and digits in it."""
    source = random.Random(f"secret-{seed}")
    while True:
        value = base64.b64encode(source.randbytes(30)).decode()
        classes = (str.islower, str.isupper, str.isdigit)
        if all(any(test(character) for character in value) for test in classes):
            return value


def pair(seed: int = 0) -> tuple[str, str]:
    """An ID and a secret."""
    return key_id(seed), secret(seed)


def session_token(seed: int = 0, length: int = 600) -> str:
    """A session token of today's form (it begins with ``origin_ec`` in a wrapper)."""
    body = b"\x21\x0a\x09origin_ec" + random.Random(f"token-{seed}").randbytes(length)
    return base64.b64encode(body).decode()


def bedrock_key(seed: int = 0, account: str = "123456789012") -> str:
    """A long-term Bedrock API key: 132 characters."""
    source = random.Random(f"bedrock-{seed}")
    user = "".join(source.choices(string.ascii_lowercase + string.digits, k=4))
    inner = base64.b64encode(source.randbytes(45)).decode()
    return "ABSK" + base64.b64encode(f"BedrockAPIKey-{user}-at-{account}:{inner}".encode()).decode()
