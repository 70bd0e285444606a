"""Says in words what kept AWS from being asked, or from answering; verification and the audit say the same.

botocore's own texts hold addresses of proxies, and what was sent; so only the names of its errors are read.
"""

from __future__ import annotations

from typing import Final

_UNRESOLVED: Final = ("NameResolutionError", "gaierror")

_REASONS: Final[tuple[tuple[str, str], ...]] = (
    ("ProfileNotFound", "there is no such profile"),
    ("ConfigParseError", "the configuration file of AWS cannot be read"),
    ("SSO", "the sign-in has expired: aws sso login"),
    ("TokenRetrievalError", "the sign-in has expired: aws sso login"),
    ("Credential", "there are no credentials, or they cannot be had"),
    ("SSLError", "the TLS certificate of {host} is not trusted, or there is none"),
    ("Proxy", "the proxy that the environment names cannot be reached, or refuses"),
    ("Timeout", "{host} did not answer in time"),
    ("EndpointConnectionError", "there is no connection to {host}"),
    ("Connection", "{host}, or a proxy before it, closed the connection without an answer"),
    ("HTTPClientError", "asking {host} failed ({inner})"),
    ("ResponseParserError", "what answered is not AWS"),
    ("Region", "the region in the configuration is wrong"),
)
"""What the name of an error of botocore's, or of a class that it is derived from, holds, and its meaning."""

_ANYTHING: Final = "{host}, or what it answered, is wrong ({name})"


def reason(error: Exception, host: str) -> str:
    """Why ``host`` was not asked, or gave no answer, from an error of botocore's.

    >>> reason(TimeoutError(), "sts.us-east-1.amazonaws.com")
    'sts.us-east-1.amazonaws.com did not answer in time'
    """
    name = type(error).__name__
    inner = _inner(error)
    if name == "EndpointConnectionError" and inner in _UNRESOLVED:
        return f"the name {host} cannot be resolved"
    kinds = [kind.__name__ for kind in type(error).__mro__]
    found = (text for kind in kinds for part, text in _REASONS if part in kind)
    return next(found, _ANYTHING).format(host=host, name=name, inner=inner or name)


def _inner(error: Exception) -> str:
    """The name of the error that botocore's own is about; empty when it does not say."""
    inside = getattr(error, "kwargs", {}).get("error")
    return "" if inside is None else type(inside).__name__
