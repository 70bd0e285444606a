"""Finds, among the policies of a user or role, one that lets it do everything, or give itself that."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Final

from keyguard.verify import replies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class IAM(Protocol):
        """Makes a call of IAM's and gives the answer's text."""

        def __call__(self, action: str, **parameters: str) -> str:
            """The answer to ``action``."""

    class Source(Protocol):
        """Looks at some policies."""

        def __call__(self, iam: IAM) -> str:
            """The name of one that gives everything; empty when none does."""


MANAGED: Final = ("AdministratorAccess", "IAMFullAccess")
"""AWS's own policies that are as good as everything: who may write policies may give them to himself."""

MOST: Final = 10
"""Policies of one list whose text is read."""

_EVERYTHING: Final = ("*", "*:*", "iam:*")
_PAGES: Final = 10


def sources(kind: str, name: str) -> Iterator[Source]:
    """Where to look for a ``User`` or a ``Role`` of that name, what is asked with the fewest calls first."""
    yield partial(_attached, kind=kind, name=name)
    yield partial(_inline, kind=kind, name=name)
    if kind == "User":
        yield partial(_groups, name=name)


def _groups(iam: IAM, *, name: str) -> str:
    for group in _listed(iam, "ListGroupsForUser", "GroupName", UserName=name)[:MOST]:
        found = _attached(iam, kind="Group", name=group) or _inline(iam, kind="Group", name=group)
        if found:
            return f"{found}, by the group {group}"
    return ""


def _attached(iam: IAM, *, kind: str, name: str) -> str:
    arns = _listed(iam, f"ListAttached{kind}Policies", "PolicyArn", **{f"{kind}Name": name})
    managed = [arn.rpartition("/")[2] for arn in arns if ":iam::aws:policy/" in arn]
    own = [arn for arn in arns if ":iam::aws:policy/" not in arn]
    return next((one for one in managed if one in MANAGED), "") or _first(
        _own(iam, arn) for arn in own[:MOST]
    )


def _own(iam: IAM, arn: str) -> str:
    version = replies.element(iam("GetPolicy", PolicyArn=arn), "DefaultVersionId")
    document = replies.element(iam("GetPolicyVersion", PolicyArn=arn, VersionId=version), "Document")
    return arn.rpartition("/")[2] if gives_everything(document) else ""


def _inline(iam: IAM, *, kind: str, name: str) -> str:
    holder = {f"{kind}Name": name}
    text = iam(f"List{kind}Policies", **holder)
    listed = re.findall(r"<member>([^<]*)</member>", text)[:MOST]
    return _first(_one(iam, kind, holder, policy) for policy in listed)


def _one(iam: IAM, kind: str, holder: dict[str, str], policy: str) -> str:
    document = iam(f"Get{kind}Policy", PolicyName=policy, **holder)
    return policy if gives_everything(replies.element(document, "PolicyDocument")) else ""


def _first(names: Iterator[str]) -> str:
    return next(filter(None, names), "")


def _listed(iam: IAM, action: str, element: str, **parameters: str) -> list[str]:
    """The elements of all pages of a list."""
    text = iam(action, **parameters)
    found = replies.elements(text, element)
    for _ in range(_PAGES):
        marker = replies.element(text, "Marker")
        if replies.element(text, "IsTruncated") != "true" or not marker:
            break
        text = iam(action, **parameters, Marker=marker)
        found += replies.elements(text, element)
    return found


def gives_everything(document: str) -> bool:
    """Whether a policy, percent-encoded JSON as IAM has it, allows every action on everything.

    >>> gives_everything('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    True
    """
    text = re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), document)
    try:
        policy = json.loads(text.replace("&quot;", '"'))
    except (ValueError, RecursionError):
        return False
    statements = policy.get("Statement", []) if isinstance(policy, dict) else []
    return any(_allows(one) for one in _list(statements) if isinstance(one, dict))


def _allows(statement: dict[str, object]) -> bool:
    everything = any(action in _EVERYTHING for action in _list(statement.get("Action")))
    anywhere = "*" in _list(statement.get("Resource"))
    return statement.get("Effect") == "Allow" and everything and anywhere and not statement.get("Condition")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
