"""A report in the shape of gitleaks' JSON, for programs that read that, such as DefectDojo.

An array with an object for each finding, with gitleaks' names: lines and columns count from 1, ``EndColumn``
is the last column and not the one behind it, and what is not known is an empty string.  Nothing in this shape
says what was not read, or what was accepted: that is for the exit code and for the other formats.
"""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, Final

from keyguard.reporters import document
from keyguard.reporters.safe import well_formed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyguard.model import Finding, Report
    from keyguard.reporters import Style

_DIGITS: Final = 6
"""Of an entropy, behind the point, as gitleaks writes it."""


def pieces(report: Report, style: Style) -> Iterator[str]:
    """The array, one finding a line; an empty one for a clean run.  Secrets are masked."""
    names = {rule.id: rule.name for rule in style.rules}
    yield from document.listed(_finding(one, names) for one in report.findings)
    yield "\n"


def _finding(one: Finding, names: Mapping[str, str]) -> dict[str, object]:
    author, email = _person(one.author or "")
    path, commit = well_formed(one.path or ""), one.commit or ""
    return {
        "RuleID": one.rule,
        "Description": names.get(one.rule, one.rule),
        "StartLine": one.line,
        "EndLine": one.end_line,
        "StartColumn": one.column,
        "EndColumn": one.end_column - 1,
        "Match": " ".join(filter(None, (one.key_id, _masked(one)))),
        "Secret": _masked(one) or one.key_id or "",
        "File": path,
        "SymlinkFile": "",
        "Commit": commit,
        "Entropy": _entropy(one),
        "Author": author,
        "Email": email,
        "Date": one.date or "",
        "Message": "",
        "Tags": _tags(one),
        "Fingerprint": ":".join([*filter(None, (commit,)), path, one.rule, str(one.line)]),
    }


def _tags(one: Finding) -> list[str]:
    """What gitleaks' shape has no field for; without spaces and commas, which DefectDojo refuses in a tag."""
    told = {
        "severity": one.severity,
        "confidence": one.confidence,
        "account": one.account,
        "status": one.status,
        "fingerprint": one.fingerprint,
    }
    return [f"{name}:{value}" for name, value in told.items() if value]


def _masked(one: Finding) -> str:
    return " ".join(value.masked() for value in (one.secret, one.token) if value)


def _entropy(one: Finding) -> float:
    """Shannon entropy of the secret, else of the token, else of the ID, in bits per character."""
    secret = one.secret or one.token
    value = secret.reveal() if secret else (one.key_id or "").encode()
    shares = [value.count(byte) / len(value) for byte in set(value)]
    return round(-sum(share * log2(share) for share in shares), _DIGITS)


def _person(author: str) -> tuple[str, str]:
    """Name and address in ``Name <address>``."""
    name, _, rest = well_formed(author).partition(" <")
    return name, rest.removesuffix(">")
