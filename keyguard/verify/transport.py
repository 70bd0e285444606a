"""Signs calls with a found key and sends them: the only module that speaks to AWS.

botocore does both, without its sessions and clients: these would look for credentials, profiles and
endpoints around here, and log what they send.  Of the environment only its proxies have a say.  The secret
is never sent, but a session token is; neither reaches a log or an error.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from botocore import exceptions
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies, percent_encode_sequence

from keyguard import awserrors
from keyguard.verify import replies
from keyguard.verify.model import UnreachableError

if TYPE_CHECKING:
    from keyguard.verify.model import Answer, Call, Key, Settings
    from keyguard.verify.partitions import Endpoint

_STAMP: Final = "%Y%m%dT%H%M%SZ"


class Transport:
    """Connections to endpoints, which threads may share."""

    def __init__(self, settings: Settings) -> None:
        """Connect to nobody yet.  Raises :class:`UnreachableError` for a missing CA bundle."""
        bundle = settings.ca_bundle
        if bundle is not None and not os.path.exists(bundle):
            raise UnreachableError(f"the CA bundle {bundle} does not exist")
        self._settings = settings
        self._lock = Lock()
        self._sessions: dict[str, URLLib3Session] = {}

    def close(self) -> None:
        """End all connections."""
        with self._lock:
            for session in self._sessions.values():
                session.close()

    def _session(self, url: str) -> URLLib3Session:
        """The connections to ``url``, with the proxies that the environment has for it."""
        with self._lock:
            if url not in self._sessions:
                self._sessions[url] = URLLib3Session(
                    verify=self._settings.ca_bundle or True,
                    proxies=get_environ_proxies(url),
                    timeout=(self._settings.connect, self._settings.patience),
                    max_pool_connections=self._settings.workers,
                )
            return self._sessions[url]

    def send(self, call: Call, key: Key, endpoint: Endpoint, skew: float) -> Answer:
        """Make ``call`` with ``key``; ``skew`` is how far the server's clock is ahead, in seconds.

        Raises :class:`UnreachableError`.
        """
        parameters = [("Action", call.action), ("Version", call.version), *call.parameters]
        request = AWSRequest("POST", endpoint.url, data=percent_encode_sequence(parameters).encode())
        request.stream_output = True  # so that this module decides how much it reads
        request.headers["User-Agent"] = self._settings.agent
        request.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        _sign(request, key, endpoint, datetime.now(UTC) + timedelta(seconds=skew))
        try:
            response = self._session(endpoint.url).send(request.prepare())
        except exceptions.BotoCoreError as error:
            raise UnreachableError(awserrors.reason(error, endpoint.host)) from None
        return _read(response, endpoint.host)


def _sign(request: AWSRequest, key: Key, endpoint: Endpoint, now: datetime) -> None:
    """Sign with Signature Version 4.

    :meth:`SigV4Auth.add_auth` does the same, but takes its own time, and logs the session token.
    """
    credentials = Credentials(key.id, _text(key.secret.reveal()), key.token and _text(key.token.reveal()))
    signer = SigV4Auth(credentials, endpoint.service, endpoint.region)
    request.context["timestamp"] = request.headers["X-Amz-Date"] = now.strftime(_STAMP)
    if credentials.token:
        request.headers["X-Amz-Security-Token"] = credentials.token
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    names = signer.signed_headers(signer.headers_to_sign(request))
    request.headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, Signature={signature}"
    )


def _text(value: bytes) -> str:
    return value.decode("ascii")


def _read(response: AWSResponse, host: str) -> Answer:
    """The answer, as far as it is worth reading."""
    raw = response.raw
    try:
        content = raw.read(replies.LONGEST)
        return replies.answer(response.status_code, content, response.headers.get("date", ""))
    except Exception as error:  # noqa: BLE001 - urllib3's own, which are not botocore's
        raise UnreachableError(f"the answer of {host} broke off ({type(error).__name__})") from None
    finally:
        raw.close()
