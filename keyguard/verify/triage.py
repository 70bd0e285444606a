"""Says whose a live key is and how severe that makes the finding, from what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.model import SEVERITIES

if TYPE_CHECKING:
    from keyguard.model import Severity
    from keyguard.verify.model import Facts, Identity, Verdict

ADMINISTRATOR: Final = "administrator"
YES: Final = "yes"


def is_root(identity: Identity) -> bool:
    """Whether it is the account's own user, who may do everything."""
    return identity.arn.endswith(f"::{identity.account}:root")


def user(identity: Identity) -> str | None:
    """The name of the IAM user, without its path; None for anybody else."""
    kind, _, rest = _resource(identity).partition("/")
    return rest.rpartition("/")[2] if kind == "user" else None


def role(identity: Identity) -> str | None:
    """The name of the role whose session it is; None for anybody else."""
    kind, _, rest = _resource(identity).partition("/")
    return rest.partition("/")[0] if kind == "assumed-role" else None


def owner(identity: Identity) -> str:
    """Who it is, in words."""
    kind, _, rest = _resource(identity).partition("/")
    if is_root(identity):
        return "the account's root user"
    if kind == "assumed-role":
        name, _, session = rest.partition("/")
        return f"a session ({session}) of the role {name}"
    if kind == "federated-user":
        return f"the federated user {rest}"
    return f"the IAM user {user(identity)}" if kind == "user" else identity.arn


def facts(key_id: str, verdict: Verdict) -> Facts:
    """The answers to show: why, or who it is and how long the key lasts, and what was asked beyond that."""
    reason = (("reason", verdict.reason),) if verdict.reason else ()
    if verdict.identity is None:
        return (*reason, *verdict.facts)
    lifetime = "temporary" if key_id.startswith("ASIA") else "long-term: works until someone stops it"
    known = (("owner", owner(verdict.identity)), ("lifetime", lifetime))
    return (*reason, *known, *verdict.facts)


def severity(found: Severity, verdict: Verdict) -> Severity:
    """How severe a finding is now.

    A live key is at least ``high``, one that may do everything ``critical``.  What AWS does not know is at
    most ``medium``: it may be deactivated only, or live in another partition.  A session that is over, and a
    tripwire, are at most ``low``.  Whatever is not known leaves the severity as it is.
    """
    if found == "info":
        return found
    if verdict.status == "active":
        return "critical" if _almighty(verdict) else max(found, "high", key=SEVERITIES.index)
    if verdict.status == "denied":
        return max(found, "high", key=SEVERITIES.index)
    if verdict.status == "inactive":
        return min(found, "medium", key=SEVERITIES.index)
    if verdict.status in ("expired", "canary"):
        return min(found, "low", key=SEVERITIES.index)
    return found


def _almighty(verdict: Verdict) -> bool:
    may = dict(verdict.facts).get(ADMINISTRATOR, "")
    return (verdict.identity is not None and is_root(verdict.identity)) or may.startswith(YES)


def _resource(identity: Identity) -> str:
    return identity.arn.split(":", 5)[5]
