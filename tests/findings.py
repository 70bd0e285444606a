"""Makes findings and reports for the tests of what is done with them."""

from __future__ import annotations

from typing import Any, cast

import keys

from keyguard import keyid
from keyguard.advice.plan import advise
from keyguard.model import Finding, Part, Report, Secret, Skipped, Summary, Suppressed
from keyguard.reporters import RuleInfo

RULES = (
    RuleInfo(
        "aws-access-key-pair",
        "AWS access key with its secret",
        "An access key ID together with its secret.",
        "Deactivate the key.",
        "high",
    ),
    RuleInfo("aws-access-key-id", "AWS access key ID", "An ID alone.", "Find its secret.", "medium"),
    RuleInfo("aws-secret-access-key", "AWS secret access key", "A secret alone.", "Find its ID.", "medium"),
    RuleInfo("aws-session-token", "AWS session token", "A token alone.", "Revoke the sessions.", "low"),
)


def finding(**changes: object) -> Finding:
    """A pair on lines 3 and 4 of ``src/app.py``, with ``changes``; its advice follows from these."""
    key_id = cast("str | None", changes.pop("key_id", keys.key_id()))
    one = Finding(
        rule="aws-access-key-pair",
        severity="high",
        confidence="high",
        score=0.9994,
        fingerprint="kg1:the-pair",
        key_id=key_id,
        key_type=keyid.key_type(key_id.encode()) if key_id else None,
        account=keyid.account(key_id.encode()) if key_id else None,
        secret=Secret(keys.secret().encode()),
        token=None,
        source="files",
        path="src/app.py",
        line=3,
        column=19,
        end_line=4,
        end_column=61,
        encoding="plain",
        commit=None,
        object="blob",
        author=None,
        date=None,
        reachable=None,
        parts=(Part("id", 3, 19, 3, 39), Part("secret", 4, 21, 4, 61)),
        occurrences=(),
        status="not-checked",
        identity=None,
        advice=(),
    )._replace(**cast("dict[str, Any]", changes))
    if one.advice:
        return one
    return one._replace(advice=advise(one))


def lone_id(**changes: object) -> Finding:
    """A long-term ID without its secret."""
    given: dict[str, object] = {
        "rule": "aws-access-key-id",
        "severity": "medium",
        "fingerprint": "kg1:an-id",
        "secret": None,
        "path": "deploy/main.tf",
        "line": 7,
        "column": 5,
        "end_line": 7,
        "end_column": 25,
        "parts": (Part("id", 7, 5, 7, 25),),
    }
    return finding(**(given | changes))


def lone_secret(**changes: object) -> Finding:
    """A secret without its ID, and some doubt."""
    given: dict[str, object] = {
        "rule": "aws-secret-access-key",
        "severity": "medium",
        "confidence": "medium",
        "score": 0.7,
        "fingerprint": "kg1:a-secret",
        "key_id": None,
        "path": "web/config.js",
        "line": 12,
        "column": 9,
        "end_line": 12,
        "end_column": 49,
        "parts": (Part("secret", 12, 9, 12, 49),),
    }
    return finding(**(given | changes))


def session(**changes: object) -> Finding:
    """Temporary credentials, complete with their token."""
    given: dict[str, object] = {
        "key_id": keys.key_id(prefix="ASIA"),
        "fingerprint": "kg1:a-session",
        "token": Secret(keys.session_token().encode()),
        "path": ".env",
        "line": 1,
        "column": 19,
        "end_line": 3,
        "end_column": 840,
        "parts": (Part("id", 1, 19, 1, 39), Part("secret", 2, 23, 2, 63), Part("token", 3, 19, 3, 840)),
    }
    return finding(**(given | changes))


def example(**changes: object) -> Finding:
    """AWS's documented example ID."""
    given: dict[str, object] = {
        "key_id": keys.EXAMPLE_ID,
        "severity": "info",
        "fingerprint": "kg1:an-example",
        "path": "docs/howto.md",
    }
    return lone_id(**(given | changes))


def report(
    *findings: Finding,
    suppressed: tuple[Suppressed, ...] = (),
    skipped: tuple[Skipped, ...] = (),
    errors: tuple[str, ...] = (),
    interrupted: bool = False,
) -> Report:
    """A report of a scan of 14 files; the findings are put in the order of every report."""
    ordered = tuple(sorted(findings, key=lambda one: one.sort_key))
    summary = Summary(files=14, bytes=38_211, seconds=0.09, errors=errors)
    return Report(ordered, suppressed, skipped, summary, interrupted)
