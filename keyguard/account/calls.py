"""Asks IAM, read-only and with the caller's own credentials, and keeps count of what it refused to say.

The only module that knows botocore, which it imports when AWS is asked and not before.  Profile, variables,
configuration and AWS_ENDPOINT_URL mean what they mean to the AWS CLI.  Of what AWS answers, only error codes
and the sentence of an AccessDenied are repeated: others can hold the request, and with it a session token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyguard import __version__, awserrors
from keyguard.errors import SourceError, UsageError
from keyguard.model import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INSTALL: Final = "install it: pip install 'keyguard[verify]'"
_CONNECT: Final = 10
"""Seconds until a connection must stand."""

_READ: Final = 60
"""Seconds that IAM may take to answer."""

_REGION: Final = "us-east-1"
"""Where IAM is asked for unless a region is configured: it is one service for all regions of a partition."""

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_GONE: Final = "NoSuchEntity"
_REFUSED: Final[Mapping[str, str]] = {
    "ExpiredToken": "the credentials have expired",
    "ExpiredTokenException": "the credentials have expired",
    "RequestExpired": "the clock of this computer is wrong",
    "InvalidClientTokenId": "AWS does not know the credentials",
    "UnrecognizedClientException": "AWS does not know the credentials",
    "SignatureDoesNotMatch": "the secret access key is wrong, or the clock of this computer",
    "InvalidSignatureException": "the secret access key is wrong, or the clock of this computer",
    "IncompleteSignature": "the credentials are malformed",
    "MissingAuthenticationToken": "there are no credentials",
    "OptInRequired": "the account is not signed up for IAM",
}
"""Error codes after which no other call would fare better, and what they mean."""


class StoppedError(Exception):
    """No other call would fare better; holds what the user is told."""


class Refusal(NamedTuple):
    """Why a call was refused, and whether that leaves something unknown."""

    reason: str
    failed: bool


class Iam:
    """IAM, and what it refused: one entry for each operation, however often it was asked."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - botocore makes its clients at run time
        """Ask by means of ``client``."""
        self._client = client
        self._host = _host(client.meta.endpoint_url)
        self._refused: dict[str, list[Refusal]] = {}

    def ask(self, operation: str, member: str, **parameters: str) -> Any:  # noqa: ANN401 - as above
        """What a call answers under ``member``; None when it was refused.  Raises :class:`StoppedError`."""
        (answer,) = self._answers(operation, lambda call: [call(**parameters)])
        return None if answer is None else _of(answer, member)

    def pages(self, operation: str, member: str, **parameters: str) -> list[dict[str, Any]] | None:
        """All of a list that comes in pages; None when one of them was refused.  As :meth:`ask`."""
        pager = self._client.get_paginator(operation)
        pages = list(self._answers(operation, lambda _: pager.paginate(**parameters)))
        return None if pages[-1] is None else [one for page in pages for one in _of(page, member)]

    def _answers(self, operation: str, asked: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
        from botocore.exceptions import ClientError  # noqa: PLC0415 - only to ask AWS

        try:
            yield from asked(getattr(self._client, operation))
        except ClientError as error:
            self._refuse(operation, error.response.get("Error", {}))
            yield None
        except Exception as error:  # noqa: BLE001 - botocore's parsers raise whatever an answer leads them to
            raise StoppedError(f"cannot ask IAM: {awserrors.reason(error, self._host)}") from None

    def _refuse(self, operation: str, error: Mapping[str, str]) -> None:
        """Keep that a call was refused.  Raises :class:`StoppedError` when all others would be."""
        code = str(error.get("Code", "?"))
        if code in _REFUSED:
            raise StoppedError(f"cannot ask IAM: {_REFUSED[code]} ({code})")
        reason = str(error.get("Message", "")) if code in _DENIED else ""
        said = f"{code}: {reason}" if reason else code
        self._refused.setdefault(operation, []).append(Refusal(said, code != _GONE))

    def refused(self) -> tuple[Skipped, ...]:
        """What was refused so far, an entry for each operation."""
        return tuple(_entry(operation, several) for operation, several in self._refused.items())


def connect(profile: str | None, endpoint: str | None) -> Iam:
    """IAM, to be asked with the credentials of ``profile``, or the default ones; ``endpoint`` is a URL.

    Raises :class:`UsageError` when botocore is missing, :class:`SourceError` when the configuration is wrong.
    """
    try:
        from botocore.config import Config  # noqa: PLC0415 - only to ask AWS
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - likewise
        from botocore.session import Session  # noqa: PLC0415 - likewise
    except ImportError:
        raise UsageError("to ask AWS, keyguard needs botocore, which is not installed", _INSTALL) from None
    config = Config(
        connect_timeout=_CONNECT,
        read_timeout=_READ,
        user_agent_extra=f"keyguard/{__version__}",
    )
    try:
        session = Session(profile=profile)
        region = session.get_config_variable("region") or _REGION
        return Iam(session.create_client("iam", region, endpoint_url=endpoint, config=config))
    except (BotoCoreError, ValueError) as error:
        what = f"cannot ask IAM: {awserrors.reason(error, 'the endpoint')}"
        raise SourceError(what, "look at --profile, --endpoint-url and 'aws configure list'") from None


def _host(url: str) -> str:
    """What a user calls it; the path, and a name and a password, are not repeated."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2]


def _of(answer: Mapping[str, Any], member: str) -> Any:  # noqa: ANN401 - as above
    """What AWS always answers; others, who answer 200 to everything, do not."""
    if member not in answer:
        raise StoppedError(f"cannot ask IAM: what answered is not AWS (no {member})")
    return answer[member]


def _entry(operation: str, several: list[Refusal]) -> Skipped:
    name = f"iam:{''.join(word.capitalize() for word in operation.split('_'))}"
    times = f" ({len(several):,} times)" if len(several) > 1 else ""
    return Skipped(
        name.replace("Mfa", "MFA"),
        f"refused{times}: {several[0].reason}",
        any(one.failed for one in several),
    )
