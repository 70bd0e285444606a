"""Where to ask: AWS's partitions are separate clouds, each of which knows only its own keys.

Source: botocore's endpoints, and STS's and IAM's pages in the AWS General Reference.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from keyguard.errors import UsageError

DEFAULT_REGION: Final = "us-east-1"


class Endpoint(NamedTuple):
    """A service at an address, and the region that a request to it is signed for."""

    service: str
    url: str
    region: str

    @property
    def host(self) -> str:
        """What a user calls it."""
        return self.url.partition("://")[2].partition("/")[0]


class _Partition(NamedTuple):
    """A cloud by itself: how its regions begin, what its names end in, and where its IAM is."""

    name: str
    regions: str
    suffix: str
    iam_host: str
    iam_region: str


_PARTITIONS: Final = (
    _Partition("aws-cn", "cn", "amazonaws.com.cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    _Partition("aws-us-gov", "us-gov", "amazonaws.com", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
    _Partition("aws-eusc", "eusc", "amazonaws.eu", "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
    _Partition("aws", "(?:us|eu|ap|sa|ca|me|af|il|mx)", "amazonaws.com", "iam.amazonaws.com", "us-east-1"),
)


def sts(region: str, override: str | None = None) -> Endpoint:
    """The STS of ``region``, or at the address ``override``.  Raises :class:`UsageError`."""
    url = override or f"https://sts.{region}.{_of(region).suffix}"
    return Endpoint("sts", f"{url.rstrip('/')}/", region)


def iam(region: str, override: str | None = None) -> Endpoint:
    """The IAM of the partition that ``region`` is in; each has only one.  Raises :class:`UsageError`."""
    partition = _of(region)
    return Endpoint(
        "iam", f"{(override or f'https://{partition.iam_host}').rstrip('/')}/", partition.iam_region
    )


def partition(region: str) -> str:
    """The name of the partition, as ARNs have it.  Raises :class:`UsageError`."""
    return _of(region).name


def checked(url: str) -> str:
    """``url`` if it may be asked: over TLS, or on this machine.  Raises :class:`UsageError`."""
    match = re.fullmatch(r"(https?)://(\[[0-9a-fA-F:]+\]|[\w.-]+)(:\d{1,5})?/?", url, re.ASCII)
    if match is None:
        raise UsageError(f"{url!r} is no endpoint", "write it as https://HOST or https://HOST:PORT")
    if match[1] == "http" and match[2] not in ("localhost", "127.0.0.1", "[::1]"):
        raise UsageError(f"{url} would be asked without TLS", "write https://")
    return url


def _of(region: str) -> _Partition:
    for one in _PARTITIONS:
        if re.fullmatch(rf"{one.regions}-[a-z]+(?:-[a-z]+)?-\d", region):
            return one
    raise UsageError(f"{region!r} is no region of AWS", "write it as us-east-1, cn-north-1 or us-gov-west-1")
