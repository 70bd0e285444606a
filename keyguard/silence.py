"""Says what on a line looks like a key, and why it is none: a scan has no word for what it does not find."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard import anchors, keyid, randomness
from keyguard.context import FAINT_ODDS, MOST, probability
from keyguard.model import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.rules import RuleSet

    Span = tuple[int, int]

_RUN: Final = rb"[A-Za-z0-9+/]{20,}"
"""Runs that are worth a word: shorter ones are names and numbers."""

_ID: Final = rb"AKIA|ASIA|ABIA|ACCA|A3T|AROA|AIDA|AGPA|AIPA|ANPA|ANVA|APKA|ASCA"
_NO_KEYS: Final = {
    b"AROA": "a role",
    b"AIDA": "a user",
    b"AGPA": "a group",
    b"AIPA": "an instance profile",
    b"ANPA": "a managed policy",
    b"ANVA": "a version of a policy",
    b"APKA": "a public key",
    b"ASCA": "a certificate",
}
"""What the unique IDs name that are no access keys.  Source: IAM User Guide, "Unique identifiers"."""


class Silence(NamedTuple):
    """What looks like something: what it is, where it begins, how it may be shown, and why it is none."""

    what: str
    column: int
    shown: str
    why: str


def silences(data: bytes, line: Span, taken: Sequence[Span], rules: RuleSet) -> Iterator[Silence]:
    """What is on the line ``data[line[0]:line[1]]``, and in none of ``taken``, where something was found."""
    start, end = line
    text = data[start:end]
    ids = list(_ids(text))
    words = {span for _, span, _ in ids}
    runs = (one for one in _runs(text) if one[1] not in words)
    for what, (first, last), why in sorted((*ids, *runs, *_others(text, rules)), key=lambda one: one[1]):
        if not any(begin < start + last and start + first < stop for begin, stop in taken):
            column = len(text[:first].decode("utf-8", "surrogateescape")) + 1
            yield Silence(what, column, Secret(text[first:last]).masked(), why)


_Found = tuple[str, "Span", str]


def _runs(text: bytes) -> Iterator[_Found]:
    exact = list(anchors.runs(text))
    for run in re.finditer(_RUN, text):
        inside = [at for at in exact if run.start() <= at < run.end()]
        length = run.end() - run.start()
        why = _why_no_secret(text[inside[0] : run.end()]) if inside else _why_no_run(text, run.end(), length)
        yield f"a run of {length} characters", run.span(), why


def _why_no_run(text: bytes, end: int, length: int) -> str:
    if text[end : end + 1] == b"=" and length == anchors.RUN_LENGTH:
        return "padding (=) follows it, and the thirty bytes of a secret need none"
    return f"a secret has {anchors.RUN_LENGTH} characters of base64, neither more nor less"


def _why_no_secret(run: bytes) -> str:
    if run.islower() or run.isupper() or not randomness.is_possible(run):
        return "all its letters are in one case, as in a hash; no secret's are"
    score, least = randomness.score(run), probability(FAINT_ODDS - MOST)
    if score < least:
        return f"it is not random: its score is {score:.2g}, and nothing beside it makes up for that"
    return "it was seen already, as a part of something else"


def _ids(text: bytes) -> Iterator[_Found]:
    for prefix in re.finditer(_ID, text):
        word = re.compile(rb"[A-Za-z0-9]+").match(text, prefix.start())
        end = word.end() if word else prefix.end()
        body = text[prefix.start() : end]
        if prefix[0] in _NO_KEYS and len(body) >= keyid.LENGTH:
            yield _NO_KEYS[prefix[0]], (prefix.start(), end), "such an ID names it, and opens nothing"
        elif prefix[0] not in _NO_KEYS:
            what = f"the beginning of an access key ID, {prefix[0].decode()}"
            yield what, (prefix.start(), end), _why_no_id(text, prefix.start(), body)


def _why_no_id(text: bytes, start: int, body: bytes) -> str:
    if text[:start][-1:].isalnum():
        return "a letter or digit stands before it, so it is a part of something longer"
    if len(body) != keyid.LENGTH:
        return f"it goes on for {len(body)} letters and digits in all; an ID has {keyid.LENGTH}"
    if body.upper() != body:
        return "there are small letters in it; an ID has none"
    return "there is a 0, 1, 8 or 9 in it; an ID is in base32, which has none of these"


def _others(text: bytes, rules: RuleSet) -> Iterator[_Found]:
    """Where a literal of another rule stands, and not what that rule looks for."""
    of_ids = {anchor for rule in rules.rules if rule.kind == "id" for anchor in rule.anchors}
    for rule in rules.rules:
        standing = [anchor for anchor in rule.anchors if anchor in text and anchor not in of_ids]
        if standing:
            anchor = min(standing, key=text.find)
            at = text.find(anchor)
            why = (
                "nothing near it has the form of what the rule looks for"
                if rule.near
                else "what stands there has not the form or the length that the rule wants"
            )
            yield f"{anchor.decode()!r}, a word that {rule.id} looks for", (at, at + len(anchor)), why
