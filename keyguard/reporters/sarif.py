"""SARIF 2.1.0, as GitHub's code scanning reads it.

What GitHub does not read, or reads otherwise than the standard says, decides several choices here: severity
is a property of the rule; only the first location counts; ``primaryLocationLineHash`` is left to the upload
action, which computes it from the file; results that are marked as suppressed still open alerts, so they are
listed only in a verbose report.  No snippet of the source, no author and no secret is ever in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.reporters import document
from keyguard.reporters.safe import well_formed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyguard.model import Finding, Part, Report, Severity, Skipped, Suppressed
    from keyguard.reporters import RuleInfo, Style

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS: Final[Mapping[Severity, str]] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "info": "note",
}
_SCORES: Final[Mapping[Severity, str]] = {
    "critical": "9.8",
    "high": "8.5",
    "medium": "5.5",
    "low": "2.0",
    "info": "0.1",
}
"""GitHub's bands: critical above 9.0, high from 7.0, medium from 4.0, low from 0.1."""

_PRECISIONS: Final[Mapping[Severity, str]] = {
    "critical": "very-high",
    "high": "very-high",
    "medium": "high",
    "low": "medium",
    "info": "low",
}
_COMMENTS: Final = ("keyguard:", "pragma:", "gitleaks:", "betterleaks:", "trufflehog:")
"""How what accepts a finding begins when it stands in the scanned text itself."""

_UNRESERVED: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!"
"""What stands for itself in a path: RFC 3986 §2.3, ``/``, and the ``!`` before a member of an archive."""

_END: Final = "]}]}"
"""How a log ends, behind its results."""

_LONGEST_TEXT: Final = 1024
_LONGEST_NAME: Final = 255


def pieces(report: Report, style: Style) -> Iterator[str]:
    """The log, on one line; the results, of which there may be many, come last in it."""
    run = {
        "tool": {"driver": _driver(style)},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "/".join(style.command.split()) + "/"},
        "invocations": [_invocation(report)],
        "results": [],
    }
    text = document.encoded({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})
    yield text.removesuffix(_END)
    between = ""
    for one in _results(report, style):
        yield between + document.encoded(one)
        between = ", "
    yield f"{_END}\n"


def _results(report: Report, style: Style) -> Iterator[dict[str, object]]:
    rules = {rule.id: (number, rule.name) for number, rule in enumerate(style.rules)}
    yield from (_result(one, rules) for one in report.findings)
    for one in document.accepted(report, style):
        yield _result(one.finding, rules) | {"suppressions": [_suppression(one)]}


def _driver(style: Style) -> dict[str, object]:
    version = {"version": style.version, "semanticVersion": style.version} if style.version else {}
    return {"name": "keyguard", **version, "rules": [_rule(rule) for rule in style.rules]}


def _rule(rule: RuleInfo) -> dict[str, object]:
    help_text = rule.help or rule.description or rule.name
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-"))[:_LONGEST_NAME],
        "shortDescription": {"text": rule.name[:_LONGEST_TEXT]},
        "fullDescription": {"text": (rule.description or rule.name)[:_LONGEST_TEXT]},
        "help": {"text": help_text, "markdown": f"## What to do\n\n{help_text}\n"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", "secret", "aws"],
            "precision": _PRECISIONS[rule.severity],
            "security-severity": _SCORES[rule.severity],
        },
    }


def _invocation(report: Report) -> dict[str, object]:
    notes = [
        *(_notification(one) for one in report.skipped),
        *({"level": "error", "message": {"text": _literal(error)}} for error in report.summary.errors),
    ]
    if report.interrupted:
        notes.append({"level": "error", "message": {"text": "The scan was interrupted."}})
    return {"executionSuccessful": report.complete, "toolExecutionNotifications": notes}


def _notification(one: Skipped) -> dict[str, object]:
    return {
        "level": "error" if one.failed else "warning",
        "message": {"text": f"Not read: {_literal(one.reason)}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(one.path)}}}],
    }


def _result(one: Finding, rules: Mapping[str, tuple[int, str]]) -> dict[str, object]:
    number, name = rules.get(one.rule, (None, one.rule))
    index = {"ruleIndex": number} if number is not None else {}
    main = next((part for part in one.parts if (part.line, part.column) == (one.line, one.column)), None)
    others = [part for part in one.parts if part != main] if main and one.path is not None else []
    return {
        "ruleId": one.rule,
        **index,
        "level": _LEVELS[one.severity],
        "rank": round(one.score * 100, 1),
        "message": {"text": _message(one, _literal(name), others)},
        "locations": [_location(one, main)],
        "relatedLocations": [_related(one, number, part) for number, part in enumerate(others, 1)],
        "partialFingerprints": {"keyguard/v1": one.fingerprint},
        "properties": _properties(one),
    }


def _message(one: Finding, name: str, others: list[Part]) -> str:
    """The first sentence is what GitHub shows in tight places, so it says what was found."""
    secrets = {"secret": one.secret, "session token": one.token}
    values = {kind: value.masked() for kind, value in secrets.items() if value}
    if one.message:
        sentences = [_literal(one.message).removesuffix(".")]
    elif one.key_id and (one.secret or not one.token):
        shown = " and ".join(f"its {kind} {value}" for kind, value in values.items())
        sentences = [f"AWS access key {one.key_id}" + (f" with {shown}" if shown else "")]
    else:
        sentences = [" ".join([name, *values.values()])]
    told = {"Account": one.account, "Region": one.region, "Expires": one.expires}
    sentences += [f"{what} {_literal(value)}" for what, value in told.items() if value]
    sentences += [_literal(f"Status: {_status(one)}")] if one.status != "not-checked" else []
    sentences += [f"In {_commit(one)}"] if one.commit else []
    sentences += [f"Its {part.kind} stands [here]({number})" for number, part in enumerate(others, 1)]
    return ". ".join([*sentences, *(_literal(step) for step in one.advice[:1])]).removesuffix(".") + "."


def _status(one: Finding) -> str:
    """Whether it works, and whose it is, or why that is not known."""
    known = dict(one.triage)
    return ", ".join(filter(None, (one.status, known.get("owner") or known.get("reason"))))


def _commit(one: Finding) -> str:
    return f"{one.object} {one.commit}" if one.path is None else f"commit {one.commit}, {uri(one.path)}"


def _location(one: Finding, main: Part | None) -> dict[str, object]:
    if one.object == "user" and one.path is None:
        name = well_formed(one.identity or "account")
        return {"logicalLocations": [{"fullyQualifiedName": name, "kind": "user"}]}
    if one.path is None:
        name = _commit(one) if one.commit else f"{one.object} message"
        return {"logicalLocations": [{"fullyQualifiedName": name, "kind": one.object}]}
    return {"physicalLocation": _physical(one.path, main or one)}


def _related(one: Finding, number: int, part: Part) -> dict[str, object]:
    return {
        "id": number,
        "physicalLocation": _physical(one.path or "", part),
        "message": {"text": part.kind},
    }


def _physical(path: str, place: Finding | Part) -> dict[str, object]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"artifactLocation": {"uri": uri(path)}, "region": region}


def _properties(one: Finding) -> dict[str, object]:
    return {
        "severity": one.severity,
        "confidence": one.confidence,
        "keyId": one.key_id,
        "keyType": one.key_type,
        "account": one.account,
        "region": one.region,
        "expires": one.expires,
        "status": one.status,
        "identity": one.identity and well_formed(one.identity),
        "triage": {name: well_formed(answer) for name, answer in one.triage} or None,
        "commit": one.commit,
        "occurrences": one.occurrence_count,
        "advice": [well_formed(step) for step in one.advice],
    }


def _suppression(one: Suppressed) -> dict[str, object]:
    kind = "inSource" if one.by.startswith(_COMMENTS) else "external"
    why = ": ".join(filter(None, (one.by, one.reason)))
    return {"kind": kind, "justification": well_formed(why)}


def _literal(text: str) -> str:
    """``text`` so that nothing in a message is taken for a link or a placeholder (SARIF §3.11.5 and 6)."""
    text = well_formed(text).replace("{", "{{").replace("}", "}}").replace("\\", "\\\\")
    return text.replace("[", "\\[").replace("]", "\\]")


def uri(path: str) -> str:
    r"""``path`` as a URI reference: percent-encoded, bytes that are not UTF-8 as they are.

    >>> uri("a b/\udcff#1:2.py"), uri("/etc/x")
    ('a%20b/%FF%231%3A2.py', 'file:///etc/x')
    """
    encoded = "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in _bytes(path))
    return f"file://{encoded}" if encoded.startswith("/") else encoded


def _bytes(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a surrogate pair, which Windows allows in names
        return path.encode("utf-8", "surrogatepass")
