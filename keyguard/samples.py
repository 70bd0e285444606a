"""Makes keys out of nothing, so that rules can carry examples without a key standing in a file.

They have the shape of real ones; AWS never issued them.
"""

from __future__ import annotations

import base64
import random
import re
import string
from typing import TYPE_CHECKING, Final

from keyguard import keyid

if TYPE_CHECKING:
    from collections.abc import Callable

BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SECRET_LENGTH: Final = 40
END: Final = 2_200_000_000
"""When made-up tokens end, in seconds since 1970: late enough that none has expired."""


def key_id(source: random.Random, prefix: str = "AKIA") -> str:
    """An access key ID of the new generation, with an account that could exist."""
    bits = 1 << 79 | int(account(source)) << 39 | source.getrandbits(39)
    return prefix + "".join(chr(keyid.ALPHABET[bits >> shift & 31]) for shift in range(75, -1, -5))


def secret(source: random.Random, length: int = SECRET_LENGTH) -> str:
    """Random base64 characters with upper and lower case and digits among them."""
    while True:
        value = "".join(source.choices(BASE64, k=length))
        if re.search("[a-z]", value) and re.search("[A-Z]", value) and re.search("[0-9]", value):
            return value


def token(source: random.Random) -> str:
    """A session token of today's form, for a region."""
    head = b"\x21\x0a\x09origin_ec\x10" + b"\xff" * 9 + b"\x01\x1a\x09eu-west-1\x22"
    return base64.b64encode(head + source.randbytes(400)).decode()


def bedrock(source: random.Random) -> str:
    """A long-term Bedrock API key: 132 characters."""
    inner = base64.b64encode(source.randbytes(45)).decode()
    return (
        "ABSK" + base64.b64encode(f"BedrockAPIKey-{'x' * 4}-at-{account(source)}:{inner}".encode()).decode()
    )


def short_bedrock(source: random.Random) -> str:
    """A short-term Bedrock API key, which is a presigned URL in base64."""
    url = f"bedrock.amazonaws.com/?Action=CallWithBearerToken&{signed(source, 'bedrock', 'ASIA')}&Version=1"
    return "bedrock-api-key-" + base64.b64encode(url.encode()).decode()


def account(source: random.Random) -> str:
    """Twelve digits."""
    return str(source.randrange(10**11, keyid.LAST_ACCOUNT))


def hexadecimal(source: random.Random, length: int) -> str:
    """Digits of a hash."""
    return "".join(source.choices("0123456789abcdef", k=length))


def signed(source: random.Random, service: str, prefix: str, lasts: int = 3600) -> str:
    """The parameters of a presigned URL, signature version 4; it lasts so many seconds."""
    scope = f"{key_id(source, prefix)}%2F20400131%2Feu-west-1%2F{service}%2Faws4_request"
    session = f"&X-Amz-Security-Token={_quoted(token(source))}" if prefix == "ASIA" else ""
    return (
        f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}&X-Amz-Date=20400131T235959Z"
        f"&X-Amz-Expires={lasts}{session}&X-Amz-SignedHeaders=host&X-Amz-Signature={hexadecimal(source, 64)}"
    )


def presigned(source: random.Random, form: str) -> str:
    """A presigned URL.

    ``asia``: by temporary credentials; ``2``: signature version 2; ``amp``: in HTML; ``json``: in JSON.
    """
    if form == "2":
        signature = _quoted(base64.b64encode(source.randbytes(20)).decode())
        query = f"AWSAccessKeyId={key_id(source)}&Expires={END}&Signature={signature}"
    else:
        query = signed(source, "s3", "ASIA" if form == "asia" else "AKIA")
    url = f"https://bucket.s3.eu-west-1.amazonaws.com/a/b.txt?{query}"
    return url.replace("&", {"amp": "&amp;", "json": r"\u0026"}.get(form, "&"))


def eks(source: random.Random) -> str:
    """A token for a Kubernetes cluster."""
    url = f"https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&{signed(source, 'sts', 'ASIA', 60)}"
    return "k8s-aws-v1." + _unpadded(url.encode())


def ecr(source: random.Random, form: str) -> str:
    """A password for a container registry; ``docker``: as docker keeps it."""
    payload, key = (base64.b64encode(source.randbytes(size)).decode() for size in (600, 120))
    inner = f'{{"payload":"{payload}","datakey":"{key}","version":"2","type":"DATA_KEY","expiration":{END}}}'
    password = base64.b64encode(inner.encode()).decode()
    return base64.b64encode(f"AWS:{password}".encode()).decode() if form == "docker" else password


def codeartifact(source: random.Random) -> str:
    """A token for a repository of packages: five parts, the first of which can be read."""
    tag, iv = _unpadded(source.randbytes(16)), _unpadded(source.randbytes(12))
    head = f'{{"ver":1,"isu":{END - 43_200},"enc":"A128GCM","tag":"{tag}","exp":{END},"iv":"{iv}"}}'
    parts = [head.encode(), *map(source.randbytes, (16, 12, 500, 16))]
    return ".".join(map(_unpadded, parts))


def sso(source: random.Random, prefix: str = "aoa") -> str:
    """An access token of IAM Identity Center, or with ``aor`` a refresh token; it holds when it ends."""
    body = END.to_bytes(8, "big") + source.randbytes(55)
    return f"{prefix}{_unpadded(body)}:{base64.b64encode(source.randbytes(103)).decode().rstrip('=')}"


def sso_client(source: random.Random) -> str:
    """The secret of a client of IAM Identity Center: a signed token that is not encrypted."""
    client = _unpadded(source.randbytes(16) + b"eu-west-1")
    inner = f'{{"clientId":{{"value":"{client}"}},"clientName":"x","expirationTimestamp":{END}.123456789}}'
    payload = '{"serialized":"' + inner.replace('"', '\\"') + '"}'
    head = '{"kid":"key-1564028099","alg":"HS384"}'
    return ".".join(map(_unpadded, (head.encode(), payload.encode(), source.randbytes(48))))


def smtp(source: random.Random, form: str) -> str:
    """An SMTP password of SES; ``2`` of the old version, ``url`` as it stands in a URL."""
    value = base64.b64encode((b"\x02" if form == "2" else b"\x04") + source.randbytes(32)).decode()
    return _quoted(value) if form == "url" else value


def password(source: random.Random, form: str) -> str:
    """The password of a service-specific credential; ``url`` as it stands in a URL."""
    value = base64.b64encode(source.randbytes(32)).decode()
    return _quoted(value) if form == "url" else value


def _quoted(text: str) -> str:
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


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
        "shortbedrock": lambda _: short_bedrock(source),
        "account": lambda _: account(source),
        "presigned": lambda form: presigned(source, form),
        "eks": lambda _: eks(source),
        "ecr": lambda form: ecr(source, form),
        "codeartifact": lambda _: codeartifact(source),
        "sso": lambda prefix: sso(source, prefix or "aoa"),
        "ssoclient": lambda _: sso_client(source),
        "smtp": lambda form: smtp(source, form),
        "password": lambda form: password(source, form),
        "appsync": lambda _: "da2-" + "".join(source.choices(string.ascii_lowercase + string.digits, k=26)),
        "hex": lambda length: hexadecimal(source, int(length)),
        "base32": lambda length: "".join(source.choices(keyid.ALPHABET.decode(), k=int(length))),
    }
    pattern = r"\{(" + "|".join(makers) + r")(?::(\w+))?\}"
    return re.sub(pattern, lambda found: makers[found[1]](found[2] or ""), template)
