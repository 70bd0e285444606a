"""What a scanner reported, in one shape for all of them, without the keys themselves."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

ID, SECRET, PAIR, TOKEN, UNKNOWN = "ID", "secret", "pair", "token", "ID or secret"
LINE: Final = r"^(?:\./)?(?P<path>.+?):(?P<line>\d+):"


class Hit(NamedTuple):
    """A place that a scanner reported: path below the directory, line, and the kind of thing."""

    path: str
    line: int
    kind: str


def report(text: str) -> Iterator[Hit]:
    """Of gitleaks and betterleaks: a JSON list."""
    for one in json.loads(text or "null") or []:
        kind = ID if one["RuleID"] == "aws-access-token" else TOKEN
        yield Hit(one["File"], one["StartLine"], PAIR if one.get("RequiredSets") else kind)


def lines_of_json(text: str) -> Iterator[Any]:
    """The objects of JSON Lines; anything else between them is left out."""
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def trufflehog(text: str) -> Iterator[Hit]:
    """Of trufflehog: JSON Lines; its detectors of AWS want a pair."""
    for one in lines_of_json(text):
        if "DetectorName" in one:
            place = one["SourceMetadata"]["Data"]["Filesystem"]
            yield Hit(place["file"], place.get("line", 0), PAIR)


def kingfisher(text: str) -> Iterator[Hit]:
    """Of kingfisher: JSON Lines; its rule for the ID wants a secret."""
    for one in lines_of_json(text):
        if "finding" in one:
            rule = one["rule"]["id"]
            kind = PAIR if rule.endswith("access-token") else SECRET if "secret" in rule else TOKEN
            yield Hit(one["finding"]["path"], one["finding"]["line"], kind)


def detect_secrets(text: str) -> Iterator[Hit]:
    """Of detect-secrets: one JSON document; it does not tell IDs from secrets."""
    for path, found in json.loads(text)["results"].items():
        yield from (Hit(path, one["line_number"], UNKNOWN) for one in found)


def lines(text: str) -> Iterator[Hit]:
    """Of git-secrets and ripsecrets: ``path:line:`` and the line itself, which is not kept."""
    for found in re.finditer(LINE, text, re.MULTILINE):
        yield Hit(found["path"], int(found["line"]), UNKNOWN)


READERS: Final[Mapping[str, Callable[[str], Iterator[Hit]]]] = {
    "gitleaks": report,
    "betterleaks": report,
    "trufflehog": trufflehog,
    "kingfisher": kingfisher,
    "detect-secrets": detect_secrets,
    "ripsecrets": lines,
    "git-secrets": lines,
}
"""How what each prints is read."""


def read(name: str, printed: str) -> list[Hit]:
    """The distinct places in what the scanner ``name`` printed."""
    return sorted({hit._replace(path=os.path.normpath(hit.path)) for hit in READERS[name](printed)})


def by_path(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    """The hits of each file."""
    found: dict[str, list[Hit]] = {}
    for hit in hits:
        found.setdefault(hit.path, []).append(hit)
    return found
