"""Decides what is asked: which IDs, with which secrets, in which order, and what is never asked at all.

A key is a pair that stood together.  Where pairing left an ID alone, or gave it a secret that is not its own,
the secrets around it are tried: those of the same file first, the nearest first, then those of its directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard import keyid
from keyguard.model import MASK, PAIR_RULE, Secret
from keyguard.verify import partitions
from keyguard.verify.model import PROVEN, Key, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from keyguard.model import Finding, Kind
    from keyguard.verify.model import Settings

    IsExample = Callable[[Kind, bytes], bool]

MOST_TRIES: Final = 6
"""Secrets that one ID is asked about with, at most, in each of the two rounds."""

MOST_GUESSES: Final = 60
"""Guesses in a run, at most: each is a line in somebody's log."""

MOST_TOKENS: Final = 2
THROW_AWAY: Final = Secret(b"keyguard/throw/away".ljust(40, b"0"))
"""Forty characters that are nobody's secret."""

_TOKEN_RULE: Final = "aws-session-token"  # noqa: S105 - the name of a rule; tokens of others are no use here
_ASKABLE: Final = ("long-term", "temporary", "legacy")
_CANARY: Final = "its account is known for tripwires, so nobody was asked"
_NO_TOKEN: Final = "a temporary key cannot be asked about without its session token"  # noqa: S105 - a reason
_MASKED: Final = "the report has its secret masked: write it with --show-secrets"


class Case(NamedTuple):
    """An ID, and the keys it may be part of, the likeliest first.

    ``region`` is the main one of the partition that a finding tells, if any does.
    """

    id: str
    tries: tuple[Key, ...]
    region: str | None = None


class First(NamedTuple):
    """What is asked to begin with, and what is known of IDs without asking."""

    cases: tuple[Case, ...]
    settled: Mapping[str, Verdict]
    lone: tuple[str, ...]
    """IDs that could be asked about, if there was a secret."""


def first(
    findings: Sequence[Finding], settings: Settings, canaries: Collection[str], is_example: IsExample
) -> First:
    """The pairs as they were found; of what must not or cannot be asked, why."""
    cases, settled, lone = [], {}, []
    tokens = _Near((one, one.token) for one in findings if one.rule == _TOKEN_RULE)
    for key_id, several in _by_id(findings).items():
        if is_example("id", key_id.encode()) or keyid.key_type(key_id.encode()) not in _ASKABLE:
            continue
        if not settings.canaries and keyid.account(key_id.encode()) in canaries:
            settled[key_id] = Verdict("canary", _CANARY)
            continue
        pairs = [(one, one.secret) for one in several if one.secret]
        hidden = any(masked(secret) for _, secret in pairs)
        readable = [one for one, secret in pairs if not is_example("secret", secret.reveal())]
        tries = tuple(dict.fromkeys(key for one in readable for key in _keys(one, tokens)))
        if tries:
            cases.append(Case(key_id, tries[:MOST_TRIES], _region(several)))
        elif readable:
            settled[key_id] = Verdict("unknown", _NO_TOKEN)
        elif hidden and not settings.ids:
            settled[key_id] = Verdict("unknown", _MASKED)
        else:
            lone.append(key_id)
    return First(tuple(cases), settled, tuple(lone))


def guesses(
    findings: Sequence[Finding], lone: Iterable[str], asked: Mapping[Key, Verdict], is_example: IsExample
) -> list[Case]:
    """The other secrets that an ID may belong to, for those which have none or a wrong one.

    A secret may be free when it stood alone, or was answered to be the wrong one for the ID it stood with.
    """
    proven = {key.secret for key, verdict in asked.items() if verdict.status in PROVEN}
    misplaced = {key.secret for key, verdict in asked.items() if verdict.status == "mismatched"}
    resolved = {key.id for key, verdict in asked.items() if verdict.status != "mismatched"}
    wrong = [key.id for key in asked if key.id not in resolved]
    free = _Near(
        (one, one.secret)
        for one in findings
        if one.secret and (one.key_id is None or one.secret in misplaced)
        if one.secret not in proven and not masked(one.secret)
        if not is_example("secret", one.secret.reveal())
    )
    tokens = _Near((one, one.token) for one in findings if one.rule in (_TOKEN_RULE, PAIR_RULE))
    ids = _by_id(findings)
    tried = {(key.id, key.secret) for key in asked}
    cases, left = [], MOST_GUESSES
    for key_id in dict.fromkeys([*wrong, *lone]):
        secrets = [secret for one in ids[key_id] for secret in free.around(one)]
        keys = (Key(key_id, secret, token) for secret in secrets for token in _tokens(ids[key_id][0], tokens))
        tries = [key for key in dict.fromkeys(keys) if (key.id, key.secret) not in tried]
        tries = tries[: min(MOST_TRIES, left)]
        left -= len(tries)
        cases += [Case(key_id, tuple(tries), _region(ids[key_id]))] if tries else []
    return cases


def throw_aways(lone: Iterable[str], asked: Iterable[Key]) -> list[Case]:
    """Lone IDs that nobody was asked about yet; temporary ones tell nothing without their token."""
    known = {key.id for key in asked}
    ids = [one for one in lone if one not in known and not _temporary(one)]
    return [Case(one, (Key(one, THROW_AWAY),)) for one in ids]


def masked(secret: Secret) -> bool:
    """Whether it is only what a report shows of a secret."""
    return secret.reveal().endswith(MASK.encode())


class _Near:
    """Secrets or tokens by the files and directories that they stand in."""

    def __init__(self, found: Iterable[tuple[Finding, Secret | None]]) -> None:
        self._files: dict[str, list[tuple[Finding, Secret]]] = {}
        self._directories: dict[str, list[tuple[Finding, Secret]]] = {}
        for one, value in found:
            if value is None:
                continue
            for path in _places(one):
                self._files.setdefault(path, []).append((one, value))
                self._directories.setdefault(_directory(path), []).append((one, value))

    def around(self, finding: Finding) -> Iterator[Secret]:
        """The values near ``finding``, the likeliest first; some may come twice."""
        for path in _places(finding):
            inside = self._files.get(path, ())
            yield from (value for _, value in sorted(inside, key=lambda one: _distance(finding, one[0])))
        for path in _places(finding):
            beside = self._directories.get(_directory(path), ())
            yield from (value for _, value in sorted(beside, key=lambda one: -one[0].score))


def _by_id(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings of each ID, the surest first; examples have none."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        if one.key_id and one.severity != "info":
            found.setdefault(one.key_id, []).append(one)
    return {key_id: sorted(several, key=lambda one: -one.score) for key_id, several in found.items()}


def _keys(one: Finding, tokens: _Near) -> Iterator[Key]:
    if one.key_id and one.secret:
        given = [one.token] if one.token else _tokens(one, tokens)
        yield from (Key(one.key_id, one.secret, token) for token in given)


def _tokens(one: Finding, tokens: _Near) -> Sequence[Secret | None]:
    """The session tokens it may need; a long-term key needs none."""
    if not _temporary(one.key_id or ""):
        return [None]
    return [token for token in dict.fromkeys(tokens.around(one)) if not masked(token)][:MOST_TOKENS]


def _region(several: Sequence[Finding]) -> str | None:
    """Where to ask first: a session token tells the region that it is of."""
    return next(filter(None, (partitions.main_region(one.region) for one in several)), None)


def _temporary(key_id: str) -> bool:
    return keyid.key_type(key_id.encode()) == "temporary"


def _places(one: Finding) -> list[str]:
    """The files that it stands in; a message, which has no name, is a file by itself."""
    paths = [one.path, *(place.path for place in one.occurrences)]
    alone = f"{one.object} {one.commit or one.oid}//"
    return list(dict.fromkeys(path if path is not None else alone for path in paths))


def _directory(path: str) -> str:
    return path.rpartition("/")[0]


def _distance(one: Finding, other: Finding) -> tuple[int, float]:
    return abs(one.line - other.line), -other.score
