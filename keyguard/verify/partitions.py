"""Where to ask: AWS's partitions are separate clouds, each of which knows only its own keys.

Source: botocore's endpoints, and STS's and IAM's pages in the AWS General Reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """A cloud by itself: how its regions are called, what its names end in, and where its IAM is."""

    name: str
    regions: str
    suffix: str
    iam_host: str
    iam_region: str


_PARTITIONS: Final = (
    _Partition(
        "aws-cn", r"cn-[a-z]+-\d", "amazonaws.com.cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"
    ),
    _Partition(
        "aws-us-gov", r"us-gov-[a-z]+-\d", "amazonaws.com", "iam.us-gov.amazonaws.com", "us-gov-west-1"
    ),
    _Partition(
        "aws-eusc",
        r"eusc-[a-z]+-[a-z]+-\d",
        "amazonaws.eu",
        "iam.eusc-de-east-1.amazonaws.eu",
        "eusc-de-east-1",
    ),
    _Partition(
        "aws", r"(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d", "amazonaws.com", "iam.amazonaws.com", "us-east-1"
    ),
)


def sts(region: str, override: str | None = None) -> Endpoint:
    """The STS of ``region``, or at the address ``override``.  Raises :class:`UsageError`."""
    url = override or f"https://sts.{region}.{_of(region).suffix}"
    return Endpoint("sts", f"{url.rstrip('/')}/", region)


def route(told: str | None, regions: Sequence[str], override: str | None = None) -> list[Endpoint]:
    """Where to ask, in order: as the user said, but first in the partition that the key itself tells."""
    known = {partition(one) for one in regions}
    first = [told] if told and partition(told) not in known else []
    return [sts(one, override) for one in (*first, *regions)]


def iam(name: str, override: str | None = None) -> Endpoint:
    """The IAM of the partition of that name; each has only one.  Raises :class:`ValueError`."""
    (found,) = (one for one in _PARTITIONS if one.name == name)
    return Endpoint("iam", f"{(override or f'https://{found.iam_host}').rstrip('/')}/", found.iam_region)


def partition(region: str) -> str:
    """The name of the partition, as ARNs have it.  Raises :class:`UsageError`."""
    return _of(region).name


def main_region(region: str | None) -> str | None:
    """The region that a partition has its IAM in, from any of its own; None for what is no region."""
    try:
        return None if region is None else _of(region).iam_region
    except UsageError:
        return None


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
        if re.fullmatch(one.regions, region, re.ASCII):
            return one
    raise UsageError(f"{region!r} is no region of AWS", "write it as us-east-1, cn-north-1 or us-gov-west-1")
