"""Proves SMTP passwords of Amazon SES from the secrets they are made of, and says whose they are.

Such a password is computed from a secret access key and a region, so where both stand in one document, each
proves the other, without asking anybody.  Its user name is the key's ID.
Source: SES Developer Guide, "Obtaining Amazon SES SMTP credentials", under "Convert existing credentials".
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from bisect import bisect
from typing import TYPE_CHECKING, Final

from keyguard.decode.escapes import plain
from keyguard.model import SMTP_RULE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from keyguard.model import Candidate, Match

LONG_TERM: Final = b"AKIA"
PROVEN: Final = 0.999

REGIONS: Final = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "cn-north-1",
    "cn-northwest-1",
)
"""Those that have SES or may have it; a password of another one is not proven, and reported all the same."""

_DATE: Final = b"11111111"
_STEPS: Final = (b"ses", b"aws4_request", b"SendRawEmail")
_VERSION: Final = b"\x04"
_OLD_VERSION: Final = b"\x02"

_PASSWORDS: Final = 16
_SECRETS: Final = 64
"""So many passwords of a document are tried, each with so many secrets, the nearest: a bound on the work."""

NEAR: Final = 12
"""Lines between a password and its user name, at most."""


def password(secret: bytes, region: str) -> bytes:
    """The password that belongs to ``secret`` in ``region``."""
    key = b"AWS4" + secret
    for step in (_DATE, region.encode(), *_STEPS):
        key = hmac.digest(key, step, "sha256")
    return b64encode(_VERSION + key)


def old_password(secret: bytes) -> bytes:
    """The password that was made of ``secret`` until 2019, the same for every region."""
    return b64encode(_OLD_VERSION + hmac.digest(secret, _STEPS[-1], "sha256"))


def proven(matches: Sequence[Match]) -> list[Match]:
    """``matches``, in which passwords that are made of a secret among them are sure, as is the secret.

    The region for which one was made is in its reading then.
    """
    found = list(matches)
    for one, other, region in _derived(matches):
        reading = matches[one].reading
        found[one] = matches[one]._replace(
            score=PROVEN, reading=reading._replace(region=region or reading.region)
        )
        found[other] = matches[other]._replace(score=PROVEN)
    return found


def _derived(matches: Sequence[Match]) -> Iterator[tuple[int, int, str | None]]:
    """Which password is made of which secret, as indices, and for which region."""
    secrets = [n for n, match in enumerate(matches) if match.kind == "secret"]
    made: dict[int, Mapping[bytes, str | None]] = {}
    for one in [n for n, match in enumerate(matches) if match.rule == SMTP_RULE][:_PASSWORDS]:
        value, start = plain(matches[one].value.reveal()), matches[one].start
        for other in sorted(secrets, key=lambda n: abs(matches[n].start - start))[:_SECRETS]:
            if other not in made:
                made[other] = _passwords(matches[other].value.reveal())
            if value in made[other]:
                yield one, other, made[other][value]


def named(candidates: Sequence[Candidate]) -> list[Candidate]:
    """``candidates``, in which a password has the ID of its key.

    That is the key from whose secret it is made, or else the user name: an ID that stands alone near it.
    """
    owners = dict(_owners(candidates))
    users = {_line(one): n for n, one in enumerate(candidates) if _is_user(one)}
    lines = sorted(users)
    taken: set[int] = set()
    found = list(candidates)
    for n, one in enumerate(candidates):
        if one.rule == SMTP_RULE and one.token:
            owner = owners.get(plain(one.token.value.reveal()))
            user = _nearest(users, lines, _line(one))
            if user is not None and user not in taken and owner in {None, _id(candidates[user])}:
                taken.add(user)
                found[n] = one._replace(id=candidates[user].id)
            elif owner:
                reading = one.token.reading._replace(key_id=owner)
                found[n] = one._replace(token=one.token._replace(reading=reading))
    return [one for n, one in enumerate(found) if n not in taken]


def _owners(candidates: Sequence[Candidate]) -> Iterator[tuple[bytes, str]]:
    """The passwords that can be made of the proven secrets in ``candidates``, each with the ID of its key."""
    for one in candidates:
        if one.id and one.secret and one.secret.score == PROVEN:
            key_id = one.id.value.reveal().decode()
            yield from ((made, key_id) for made in _passwords(one.secret.value.reveal()))


def _is_user(one: Candidate) -> bool:
    return one.id is not None and one.parts == (one.id,) and one.id.value.reveal().startswith(LONG_TERM)


def _nearest(users: Mapping[int, int], lines: Sequence[int], line: int) -> int | None:
    """The user on the nearest of ``lines``, if that is near."""
    at = bisect(lines, line)
    near = [one for one in lines[max(at - 1, 0) : at + 1] if abs(one - line) <= NEAR]
    return users[min(near, key=lambda one: abs(one - line))] if near else None


def _line(one: Candidate) -> int:
    return one.parts[0].place.line


def _id(one: Candidate) -> str | None:
    return one.id.value.reveal().decode() if one.id else None


def _passwords(secret: bytes) -> Mapping[bytes, str | None]:
    """Every password that is made of ``secret``, with its region."""
    return {old_password(secret): None} | {password(secret, region): region for region in REGIONS}
