"""The values that verification passes around; a secret in them is a :class:`keyguard.model.Secret`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from keyguard.model import Secret

Status = Literal["active", "inactive", "mismatched", "denied", "expired", "unknown", "canary", "not-checked"]
Facts = tuple[tuple[str, str], ...]
"""Names and answers, in the order in which they are shown."""

Stage = Literal["keys", "guesses", "ids", "deep"]
"""What is asked: pairs, other secrets for an ID, lone IDs, what live keys may do."""

Watch = Callable[[Stage, int, int], None]
"""Is told how many of how many keys a stage is done with."""


def unwatched(_: Stage, __: int, ___: int) -> None:
    """Watches nothing."""


OVERDUE: Final = "the time given by --timeout is used up"

PROVEN: Final[tuple[Status, ...]] = ("active", "canary", "denied", "expired")
"""What only the right secret of a real ID is answered with."""


class UnreachableError(Exception):
    """No answer came; its text says why, and holds nothing that was sent."""


class Settings(NamedTuple):
    """What may be asked, where, and how fast.

    ``ids``: lone IDs too; ``canaries``: tripwires too; ``deep``: also what a key may do.  ``regions`` are
    asked one after the other as long as a key is unknown.  Times are in seconds, ``deadline`` one of
    ``time.monotonic()``; ``rate`` is in requests a second; ``spacing`` is kept between two secrets for one
    ID; ``backoff`` is the first wait after an answer that says to come back later.
    """

    ids: bool = False
    canaries: bool = False
    deep: bool = False
    regions: tuple[str, ...] = ("us-east-1",)
    sts_endpoint: str | None = None
    iam_endpoint: str | None = None
    ca_bundle: str | None = None
    agent: str = "keyguard"
    today: str = ""
    deadline: float | None = None
    rate: float = 20.0
    workers: int = 8
    connect: float = 5.0
    patience: float = 15.0
    spacing: float = 5.5
    backoff: float = 0.5


class Key(NamedTuple):
    """What a request is signed with."""

    id: str
    secret: Secret
    token: Secret | None = None


class Call(NamedTuple):
    """One of the read-only calls of STS or IAM, with its parameters."""

    action: str
    version: str
    parameters: tuple[tuple[str, str], ...] = ()


class Answer(NamedTuple):
    """What a service said: the HTTP status, the code and message of its error, the rest as text.

    ``date`` is the header of that name: the time that the service has.
    """

    http: int
    body: str
    code: str = ""
    message: str = ""
    date: str = ""


class Identity(NamedTuple):
    """Whose key it is, as GetCallerIdentity tells."""

    arn: str
    account: str
    user_id: str


class Verdict(NamedTuple):
    """What is known of a key after asking; ``failed`` when it should have been asked and was not."""

    status: Status
    reason: str = ""
    identity: Identity | None = None
    facts: Facts = ()
    failed: bool = False
