"""Reads what a service says, without trusting it: it may be a proxy that answers, or anything.

Only the few elements that are asked for are looked at, as text; nothing is parsed that could grow.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyguard.verify.model import Answer, Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 1 << 18
"""Bytes of an answer that are looked at: more than any page of IAM's lists has."""

# A user's path may have any printable character; those of XML come as entities.
_ARN: Final = r"arn:aws[a-z-]*:(?:iam|sts)::\d{12}:[!-;=?-~]{1,2048}"


def answer(http: int, content: bytes, date: str) -> Answer:
    """The answer that ``content`` is; its code is empty when it is no error of AWS's."""
    body = content[:LONGEST].decode("utf-8", "replace")
    if http == OK or "<Error>" not in body:
        return Answer(http, body, date=date)
    return Answer(http, body, element(body, "Code"), element(body, "Message"), date)


OK: Final = 200


def identity(given: Answer) -> Identity | None:
    """Whose key it was; None when the answer does not say so in the form that STS has."""
    found = Identity(*(element(given.body, name) for name in ("Arn", "Account", "UserId")))
    right = re.fullmatch(_ARN, found.arn, re.ASCII) and re.fullmatch(r"\d{12}", found.account, re.ASCII)
    return found if right and "<GetCallerIdentityResult>" in given.body else None


def element(text: str, name: str) -> str:
    """The text of the first element of that name; empty when there is none."""
    match = re.search(rf"<{name}>([^<]*)</{name}>", text)
    return match[1].strip() if match else ""


def elements(text: str, name: str) -> list[str]:
    """The text of every element of that name."""
    return [one.strip() for one in re.findall(rf"<{name}>([^<]*)</{name}>", text)]


def members(text: str) -> Iterator[str]:
    """Each ``<member>`` of a list that has no lists in it."""
    for match in re.finditer(r"<member>((?:(?!<member>).)*?)</member>", text, re.DOTALL):
        yield match[1]
