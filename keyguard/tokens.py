"""Reads what tokens say about themselves, so that a report can tell whose they are and when they end.

All of it is read offline, off the value alone.  The forms are those of AWS's own tools (botocore's presigned
URLs, ``aws eks get-token``, ``aws ecr get-login-password``, the generator of short-term Bedrock keys), or
known from tokens that their owners published.  A reader gives None for what its rule does not look for.
"""

from __future__ import annotations

import re
from binascii import Error
from typing import TYPE_CHECKING, Final

from keyguard import keyid, randomness
from keyguard.decode import base64
from keyguard.decode.escapes import BACKSLASH, backslash, plain
from keyguard.model import Reading
from keyguard.moments import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Fields = Mapping[bytes, bytes]
    Reader = Callable[[bytes], "Reading | None"]

EKS_PREFIX: Final = b"k8s-aws-v1."
BEDROCK_PREFIX: Final = b"bedrock-api-key-"
EKS_LASTS: Final = 15 * 60
"""Seconds, whatever the URL inside says (aws-iam-authenticator, which checks such tokens)."""

LONGEST: Final = 7 * 24 * 60 * 60
"""Seconds that a presigned URL lasts at most (S3 User Guide, "Sharing objects with presigned URLs")."""

_WEEKS_OF: Final = range(1_500_000_000, 2_500_000_000)
"""Seconds since 1970 that a token of today may hold: 2017 to 2049."""

_ID: Final = rb"(?:AKIA|ASIA)(?:[A-Z2-7]{16}|[A-Z0-9]{9}EXAMPLE)"
_REGION: Final = rb"[a-z]{2,4}(?:-[a-z]{2,10}){1,2}-\d"


def read(name: str, value: bytes) -> Reading | None:
    """What ``value`` says, as the reader called ``name`` reads it; None when it cannot be such a value."""
    return READERS[name](value)


def _presigned_url(value: bytes) -> Reading | None:
    """Signature version 4 or 2 (SigV4: "Authenticating Requests: Using Query Parameters"; boto for SigV2)."""
    fields = _fields(value)
    return _version_4(fields) or _version_2(fields)


def _eks(value: bytes) -> Reading | None:
    url = _decoded(value.removeprefix(EKS_PREFIX))
    return _version_4(_fields(url.partition(b"?")[2]), EKS_LASTS)


def _bedrock(value: bytes) -> Reading | None:
    """A short-term key is a presigned URL, a long-term one names its account: ``USER-at-ACCOUNT:…``."""
    if value.startswith(BEDROCK_PREFIX):
        url = _decoded(value.removeprefix(BEDROCK_PREFIX))
        return _version_4(_fields(url.partition(b"?")[2])) or Reading()
    account = re.search(rb"-at-(\d{12}):", _decoded(value[4:]))
    return Reading(account=account[1].decode()) if account else Reading()


def _session_token(value: bytes) -> Reading | None:
    """Its third field is the region; the tokens of 2018 hold the account too (Tal Be'ery's analysis)."""
    start = _decoded(plain(value)[:400])
    region = re.search(rb"\x1a[\x08-\x14](" + _REGION + rb")[\x00-\x1f\"]", start)
    account = re.search(rb"\x1a\x0c(\d{12})", start)
    return Reading(account=_text(account), region=_text(region))


def _ecr(value: bytes) -> Reading | None:
    """The password is JSON in base64; Docker's configuration has it once more so, behind ``AWS:``."""
    inner = _decoded(value)
    inner = _decoded(inner[4:]) if inner.startswith(b"AWS:") else inner
    expires = re.search(rb'"expiration"\s*:\s*(\d{10})\b', inner)
    return Reading(expires=moment(int(expires[1]))) if expires and b'"payload"' in inner[:20] else None


def _codeartifact(value: bytes) -> Reading | None:
    """The header of the encrypted token says when it ends."""
    expires = re.search(rb'"exp"\s*:\s*(\d{10})\b', _decoded(value.partition(b".")[0]))
    return Reading(expires=moment(int(expires[1]))) if expires else None


def _sso_token(value: bytes) -> Reading | None:
    """Behind three letters, eight bytes are the time at which it ends.

    Not documented: access and refresh tokens that were published together are apart by the 90 days that AWS
    documents for a session, so that it is not the time of issue.
    """
    seconds = int.from_bytes(_decoded(value[3:14]), "big")
    return Reading(expires=moment(seconds)) if seconds in _WEEKS_OF else None


def _sso_client_secret(value: bytes) -> Reading | None:
    """The payload of the signed token says when it ends; the ID of the client, in it, ends in the region."""
    payload = _decoded(value.split(b".")[1])
    expires = re.search(rb'expirationTimestamp\\*":(\d{10})', payload)
    client = re.search(rb'clientId\\*":\{\\*"value\\*":\\*"([\w-]{16,64})', payload)
    region = re.search(_REGION + rb"$", _decoded(client[1])) if client else None
    told = region[0].decode() if region else None
    return Reading(region=told, expires=moment(int(expires[1])) if expires else None)


def _smtp_password(value: bytes) -> Reading | None:
    """It is random behind the version: forty of its characters are judged as a secret's are."""
    return Reading() if randomness.score(plain(value)[4:44]) >= _LIKELY else None


def _service_password(value: bytes) -> Reading | None:
    return Reading() if randomness.score(plain(value)[:40]) >= _LIKELY else None


_LIKELY: Final = 0.1
"""Of what has the right form and stands where such a password does, little is anything else."""

READERS: Final[Mapping[str, Reader]] = {
    "presigned-url": _presigned_url,
    "eks": _eks,
    "bedrock": _bedrock,
    "session-token": _session_token,
    "ecr": _ecr,
    "codeartifact": _codeartifact,
    "sso-token": _sso_token,
    "sso-client-secret": _sso_client_secret,
    "smtp-password": _smtp_password,
    "service-password": _service_password,
}
"""By the names that rules give them."""


def _version_4(fields: Fields, lasts: int | None = None) -> Reading | None:
    scope = rb"(" + _ID + rb")/\d{8}/(" + _REGION + rb"|\*)/[\w-]+/aws4_request"
    credential = re.fullmatch(scope, fields.get(b"x-amz-credential", b""))
    if credential is None or not re.fullmatch(rb"[0-9a-f]{64}", fields.get(b"x-amz-signature", b"")):
        return None
    key_id, region = credential[1].decode(), credential[2].decode()
    lasts = _number(fields.get(b"x-amz-expires", b"")) if lasts is None else lasts
    begun = _begun(fields.get(b"x-amz-date", b""))
    expires = moment(begun + lasts) if begun is not None and lasts is not None and lasts <= LONGEST else None
    return Reading(key_id, keyid.account(credential[1]), None if region == "*" else region, expires)


def _version_2(fields: Fields) -> Reading | None:
    key_id = re.fullmatch(_ID, fields.get(b"awsaccesskeyid", b""))
    expires = _number(fields.get(b"expires", b""))
    signature = re.fullmatch(rb"[A-Za-z0-9+/ ]{27}=", fields.get(b"signature", b""))
    if key_id is None or expires is None or signature is None:
        return None
    return Reading(key_id[0].decode(), keyid.account(key_id[0]), None, moment(expires))


def _fields(query: bytes) -> Fields:
    """The parameters of a query, also of one that stands in HTML or JSON; names in lower case."""
    parts = (part.partition(b"=") for part in re.split(rb"&(?:amp;)?", re.sub(BACKSLASH, backslash, query)))
    return {name.lower(): plain(value) for name, _, value in parts}


def _decoded(text: bytes) -> bytes:
    """Base64 of either alphabet, with or without padding, cut off anywhere; empty for what is none."""
    try:
        return base64.plain(text.rstrip(b"="))
    except Error:
        return b""


def _begun(date: bytes) -> int | None:
    """``20240131T235959Z`` as seconds since 1970."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only where a date was found

    if not re.fullmatch(rb"\d{8}T\d{6}Z", date):
        return None
    try:
        return int(datetime.strptime(date.decode(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _number(digits: bytes) -> int | None:
    return int(digits) if re.fullmatch(rb"\d{1,10}", digits) else None


def _text(found: re.Match[bytes] | None) -> str | None:
    return found[1].decode() if found else None
