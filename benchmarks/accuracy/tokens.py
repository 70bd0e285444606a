"""Makes up the other secrets of AWS, in the shapes that its documentation and its tools give them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import string
import uuid
from typing import TYPE_CHECKING

from benchmarks.accuracy.cases import key_id
from keyguard import samples

if TYPE_CHECKING:
    import random
    from collections.abc import Callable


def kinds() -> dict[str, Callable[[random.Random], str]]:
    """How a value of each kind is made."""
    return {
        "bedrock": samples.bedrock,
        "short": _short,
        "smtp": _smtp,
        "appsync": lambda source: (
            "da2-" + "".join(source.choices(string.ascii_lowercase + string.digits, k=26))
        ),
        "mws": lambda source: f"amzn.mws.{uuid.UUID(int=source.getrandbits(128), version=4)}",
        "codecommit": lambda source: base64.b64encode(source.randbytes(32)).decode(),
        "eks": _eks,
        "ecr": _ecr,
    }


def _signed(source: random.Random, host: str, action: str) -> str:
    """A presigned URL: what the tokens of several services are made of."""
    signature = source.randbytes(32).hex()
    scope = "20240102%2Fus-east-1%2Fsts%2Faws4_request"
    credential = f"{key_id(source, 'ASIA')}%2F{scope}"
    query = f"Action={action}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}"
    return f"{host}/?{query}&X-Amz-Date=20240102T030405Z&X-Amz-Expires=43200&X-Amz-Signature={signature}"


def _short(source: random.Random) -> str:
    url = _signed(source, "bedrock.amazonaws.com", "CallWithBearerToken") + "&Version=1"
    return "bedrock-api-key-" + base64.b64encode(url.encode()).decode()


def _eks(source: random.Random) -> str:
    url = _signed(source, "https://sts.us-east-1.amazonaws.com", "GetCallerIdentity")
    return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _ecr(source: random.Random) -> str:
    payload = base64.b64encode(source.randbytes(300)).decode()
    inner = f'{{"payload":"{payload}","datakey":"x","version":"2","type":"DATA_KEY","expiration":1700000000}}'
    return base64.b64encode(inner.encode()).decode()


def _smtp(source: random.Random) -> str:
    """As the SES Developer Guide derives it ("Obtaining Amazon SES SMTP credentials")."""
    key = b"AWS4" + base64.b64encode(source.randbytes(30))
    for part in ("11111111", "us-east-1", "ses", "aws4_request", "SendRawEmail"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return base64.b64encode(b"\x04" + key).decode()
