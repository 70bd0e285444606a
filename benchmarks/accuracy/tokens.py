"""The other secrets of AWS, as forms to find and as values made up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import string
import uuid
from typing import TYPE_CHECKING, Final

from benchmarks.accuracy.cases import Form, key_id
from keyguard import samples

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

TUNED: Final = {
    "session token": ("http", "X-Amz-Security-Token: «token»\n"),
    "bedrock long-term": ("env", "AWS_BEARER_TOKEN_BEDROCK=«bedrock»\n"),
    "bedrock short-term": ("env", "AWS_BEARER_TOKEN_BEDROCK=«short»\n"),
    "ses smtp password": (
        "ini",
        "[email]\nhost = email-smtp.us-east-1.amazonaws.com\nsmtp_password = «smtp»\n",
    ),
    "appsync key": ("json", '{"aws_appsync_apiKey": "«appsync»"}\n'),
    "mws token": ("txt", "MWSAuthToken=«mws»\n"),
}
HELD_OUT: Final = {
    "codecommit password": ("txt", "https://ana-at-123456789012:«codecommit»@git-codecommit.us-east-1.amazonaws.com/v1/repos/r\n"),
    "eks token": ("yaml", "users:\n- name: x\n  user:\n    token: «eks»\n"),
    "ecr password": ("sh", "docker login -u AWS -p «ecr» 123456789012.dkr.ecr.us-east-1.amazonaws.com\n"),
    "session token in a url": ("txt", "https://b.s3.amazonaws.com/k?x-amz-security-token=«token»\n"),
}  # fmt: skip


def forms() -> list[Form]:
    """All of them."""
    return [
        Form(name, "other secrets", template, suffix=suffix, held_out=held_out)
        for table, held_out in ((TUNED, False), (HELD_OUT, True))
        for name, (suffix, template) in table.items()
    ]


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
    query = f"Action={action}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={key_id(source, 'ASIA')}%2F{scope}"
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
