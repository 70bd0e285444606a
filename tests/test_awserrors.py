"""What is said when AWS could not be asked."""

from __future__ import annotations

import socket

import pytest
from botocore import exceptions

from keyguard import awserrors

HOST = "sts.us-east-1.amazonaws.com"
URL = f"https://{HOST}/"

PROXY = "http://{}:{}@proxy".format("me", "password")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(exceptions.ProfileNotFound(profile="p"), "there is no such profile", id="profile"),
        pytest.param(exceptions.ConfigParseError(path="p"), "configuration file of AWS", id="configuration"),
        pytest.param(exceptions.UnauthorizedSSOTokenError(), "aws sso login", id="sign-in"),
        pytest.param(exceptions.SSOTokenLoadError(error_msg=""), "aws sso login", id="no sign-in"),
        pytest.param(exceptions.NoCredentialsError(), "there are no credentials", id="no credentials"),
        pytest.param(
            exceptions.SSLError(endpoint_url=URL, error="x"),
            f"certificate of {HOST} is not trusted",
            id="TLS",
        ),
        pytest.param(
            exceptions.ProxyConnectionError(proxy_url=PROXY, error="x"),
            "the proxy that the environment names",
            id="proxy",
        ),
        pytest.param(
            exceptions.ConnectTimeoutError(endpoint_url=URL, error="x"),
            f"{HOST} did not answer in",
            id="connect",
        ),
        pytest.param(
            exceptions.ReadTimeoutError(endpoint_url=URL, error="x"), f"{HOST} did not answer in", id="read"
        ),
        pytest.param(
            exceptions.EndpointConnectionError(endpoint_url=URL, error=socket.gaierror()),
            f"the name {HOST} cannot be resolved",
            id="name",
        ),
        pytest.param(
            exceptions.EndpointConnectionError(endpoint_url=URL, error="x"),
            "there is no connection",
            id="nobody",
        ),
        pytest.param(
            exceptions.ConnectionClosedError(endpoint_url=URL, error="x"),
            "closed the connection",
            id="closed",
        ),
        pytest.param(
            exceptions.HTTPClientError(error=ValueError()), f"asking {HOST} failed (ValueError)", id="within"
        ),
        pytest.param(exceptions.InvalidRegionError(region_name="x"), "the region in the", id="region"),
        pytest.param(KeyError("x"), f"{HOST}, or what it answered, is wrong (KeyError)", id="anything else"),
    ],
)
def test_it_is_said_in_our_words(error: Exception, said: str) -> None:
    assert said in awserrors.reason(error, HOST)


def test_nothing_of_the_error_is_repeated() -> None:
    for kind in (exceptions.ProxyConnectionError, exceptions.HTTPClientError):
        error = kind(proxy_url=PROXY, endpoint_url=URL, error=ValueError("password"))
        assert "password" not in awserrors.reason(error, HOST)
