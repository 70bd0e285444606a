"""Says what to do once AWS was asked: what differs when it is known whether a key works, and whose it is."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from collections.abc import Mapping
from typing import Final, NamedTuple

from keyguard.advice.steps import BELONGS, DELETION, EXPIRES, TRAIL
from keyguard.model import EXPIRED

EXPIRED_ALREADY: Final = (
    "It has expired: it opens nothing any more. Leave such tokens out of the code all the same."
)
_GONE: Final = (
    "AWS does not know it: it is deactivated, deleted, made up, or of another partition.",
    f"If it is only deactivated, delete it: {DELETION}",
)
_OVER: Final = "AWS does not know it: it opens nothing now. Leave such keys out of the code all the same."
_TRIPWIRE: Final = (
    "It is a tripwire: whoever tries it is reported to its owner. Nothing to rotate.",
    "If nobody here has put it there, find out who has, and why.",
)

SHORT: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    (EXPIRED, ""): (EXPIRED_ALREADY,),
    ("canary", ""): _TRIPWIRE,
    ("inactive", ""): _GONE,
    ("inactive", "temporary"): (_OVER,),
}
"""All there is to do, by status and type of key; an empty type is for all others."""

_MISMATCHED: Final = "The ID is of a key that works, but not with this secret. Do others have the right one?"
_ID_WORKS: Final = "The key works. Is its secret in this repository or its history, or known to others?"

# Sources: IAM User Guide, "Delete access keys for the root user", "Revoke IAM role temporary security
# credentials", "Disabling permissions for temporary security credentials"; AssumeRole, whose sessions last 12
# hours at most; IAM Identity Center User Guide, "Revoke active IAM role sessions created by permission sets".
DELETE_ROOT: Final = (
    "The root user should have no key. As the root user, delete it: "
    "`aws iam delete-access-key --access-key-id {id}`"
)
NO_ROOT: Final = f"Use a role or an IAM user, not root. {BELONGS}"
_ROOT: Final = (
    DELETE_ROOT,
    TRAIL,
    "It could do everything: look for users, roles and keys that none of you has made.",
    NO_ROOT,
)
_ROOT_SESSION: Final = (
    "It is a session of the root user, which no policy can limit. It expires by itself.",
    "As the root user, delete the key that made it; this lists them: `aws iam list-access-keys`",
    *_ROOT[1:],
)
_ROLE_SESSION: Final = (
    "It is a session of the role {name}, and expires by itself, within 12 hours.",
    "To end it now: IAM console, that role, Revoke sessions. That ends all of its sessions.",
    TRAIL,
    BELONGS,
)
_SSO_SESSION: Final = (
    _ROLE_SESSION[0],
    "To end it now: in its permission set, deny what was issued before now (aws:TokenIssueTime).",
    TRAIL,
    BELONGS,
)
_USER_SESSION: Final = (
    EXPIRES,
    "To end it now: deny its user {user} what was issued before now (aws:TokenIssueTime).",
    TRAIL,
    BELONGS,
)
_FEDERATED_SESSION: Final = (
    EXPIRES,
    "To end it now: deny the user who asked for it what was issued before now (aws:TokenIssueTime).",
    TRAIL,
    BELONGS,
)
_SSO_ROLE: Final = "AWSReservedSSO_"
_PLAIN: Final = frozenset("+=,.@-_")
"""What the name of a user or role may hold besides letters and digits; a shell takes it as it is."""


class Owner(NamedTuple):
    """Whose key it is: ``root``, ``user``, ``assumed-role``, ``federated-user`` or nothing; and the name."""

    kind: str = ""
    name: str = ""

    @property
    def user(self) -> str:
        """The name of the IAM user for a command; in capitals, to be filled in, where it is not known."""
        return self.name if self.kind == "user" and self.name else "USER"


def owner(identity: str | None) -> Owner:
    """Whose key it is, by the ARN that AWS gave.

    >>> owner("arn:aws:iam::123456789012:user/ops/ana")
    Owner(kind='user', name='ana')
    """
    kind, _, rest = (identity or "").rpartition(":")[2].partition("/")
    name = rest.rpartition("/")[2] if kind == "user" else rest.partition("/")[0]
    return Owner(kind, name if _is_name(name) else "")


def of_owner(kind: str, who: Owner) -> tuple[str, ...] | None:
    """The steps for the key of kind ``kind`` of somebody known, where they are other than usual."""
    if who.kind == "root":
        return _ROOT_SESSION if kind == "temporary" else _ROOT
    if kind != "temporary":
        return None
    if who.kind == "assumed-role" and who.name:
        return _SSO_SESSION if who.name.startswith(_SSO_ROLE) else _ROLE_SESSION
    return {"user": _USER_SESSION, "federated-user": _FEDERATED_SESSION}.get(who.kind)


def unfitting(steps: tuple[str, ...], *, alone: bool) -> tuple[str, ...]:
    """The steps for an ID that works, but not with the secret here, or that stands ``alone``."""
    return (_ID_WORKS if alone else _MISMATCHED, *steps[1:])


def _is_name(name: str) -> bool:
    """Whether it is what IAM allows; what came over the network goes into a command."""
    return not name.startswith("-") and all(
        letter in _PLAIN or (letter.isascii() and letter.isalnum()) for letter in name
    )
