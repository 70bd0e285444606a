"""The values that flow from a source to a report, so that every stage speaks of the same things.

All of them are immutable and cheap to pickle.  Content is ``bytes``, paths are ``str``; offsets are
byte offsets, half-open; lines and columns are 1-based, columns count code points, ends are exclusive.
"""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from collections.abc import Callable, Iterable
from typing import Final, Literal, NamedTuple

Kind = Literal["id", "secret", "token"]
Severity = Literal["info", "low", "medium", "high", "critical"]
Confidence = Literal["low", "medium", "high"]

SEVERITIES: Final[tuple[Severity, ...]] = ("info", "low", "medium", "high", "critical")
CONFIDENCES: Final[tuple[Confidence, ...]] = ("low", "medium", "high")
FORMATS: Final = ("text", "json", "jsonl", "sarif", "gitleaks")
"""How a report can be written; :mod:`keyguard.reporters` has a module for each."""

PAIR_RULE: Final = "aws-access-key-pair"
SMTP_RULE: Final = "aws-ses-smtp-password"
"""Rules whose matches are joined with others."""

NOT_CHECKED: Final = "not-checked"
EXPIRED: Final = "expired"
"""The status of what stopped working by itself before the day of the scan: no one has to be asked."""

MASK: Final = "*" * 12
SHOWN: Final = 4


class Secret:
    """A secret's bytes, which nothing shows by accident.

    ``repr``, ``str`` and formatting give the masked form; a pickle holds the bytes inverted, so that a
    log of pickles holds no secret in clear.  Only :meth:`reveal` gives the value.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        """Hold ``value``."""
        object.__setattr__(self, "_value", bytes(value))

    def reveal(self) -> bytes:
        """The value itself; whoever calls this answers for where it goes."""
        value: bytes = object.__getattribute__(self, "_value")
        return value

    def masked(self) -> str:
        """The first four characters and twelve stars: enough to recognise, useless to a thief.

        Of a short value it is fewer: never more than a quarter.
        """
        value = self.reveal()
        return value[: min(SHOWN, len(value) // SHOWN)].decode("ascii", "replace") + MASK

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: secrets do not change."""
        message = f"Secret is immutable: {name}"
        raise AttributeError(message)

    def __eq__(self, other: object) -> bool:
        """Equal when the values are."""
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        """Hash of the value."""
        return hash((Secret, self.reveal()))

    def __len__(self) -> int:
        """Length of the value in bytes."""
        return len(self.reveal())

    def __repr__(self) -> str:
        """The masked form."""
        return f"Secret({self.masked()!r})"

    __str__ = masked

    def __format__(self, spec: str) -> str:
        """The masked form, whatever the format."""
        return format(self.masked(), spec)

    def __reduce__(self) -> "tuple[Callable[[bytes], Secret], tuple[bytes]]":
        """Pickle the bytes inverted."""
        return _from_inverted, (_invert(self.reveal()),)


def _invert(value: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in value)


def _from_inverted(value: bytes) -> Secret:
    return Secret(_invert(value))


class Place(NamedTuple):
    """Where something stands in a text."""

    line: int
    column: int
    end_line: int
    end_column: int


class Chunk(NamedTuple):
    """A stretch of a document's text, together with where it begins.

    A document that fits in memory is one chunk.  A longer one is cut into chunks that overlap; only
    the matches that begin in ``data[own_start:own_end]`` belong to this chunk, the rest of ``data``
    is there so that they can be seen whole and in context.
    """

    data: bytes
    start: int = 0
    line: int = 1
    column: int = 1
    own_start: int = 0
    own_end: int | None = None
    matches: "tuple[Match, ...] | None" = None
    """What is in ``data``, if someone has looked already."""


class Origin(NamedTuple):
    """What a document is and where it comes from."""

    source: str
    path: str | None
    object: str = "blob"
    commit: str | None = None
    author: str | None = None
    date: str | None = None
    reachable: str | None = None
    oid: str | None = None
    """The object of a repository that it is the content of."""


class Document(NamedTuple):
    """Something to scan.

    ``added`` gives the numbers of the lines that count, when only some do (a staged change); it is
    called only when something was found.  ``encoding`` is how the text was written on disk.
    """

    origin: Origin
    chunks: Iterable[Chunk]
    encoding: str = "plain"
    added: Callable[[], frozenset[int]] | None = None


class Reading(NamedTuple):
    """What a value says about itself, or what stands beside it says about it; None where nothing does.

    ``expires`` is a time in UTC, as ``YYYY-MM-DDTHH:MM:SSZ``.
    """

    key_id: str | None = None
    account: str | None = None
    region: str | None = None
    expires: str | None = None

    def or_else(self, other: "Reading") -> "Reading":
        """This, with what it does not say taken from ``other``."""
        return Reading(*(mine or theirs for mine, theirs in zip(self, other, strict=True)))


class Match(NamedTuple):
    """One hit of one rule."""

    rule: str
    kind: Kind
    start: int
    end: int
    value: Secret
    place: Place
    score: float
    encoding: str = "plain"
    hint: str | None = None
    """What the surroundings say, e.g. ``presigned-url``; the name of the strongest evidence."""
    group: str = ""
    """The part of the surrounding name that tells one credential from another, e.g. ``prod``."""
    reading: Reading = Reading()


class Own(NamedTuple):
    """One of the user's own credentials, and where it stands: a profile, or a variable."""

    value: Secret
    kind: Kind
    where: str


class Candidate(NamedTuple):
    """What belongs together: an ID, a secret, a session token, or a part of these."""

    rule: str
    id: Match | None
    secret: Match | None
    token: Match | None
    score: float

    @property
    def parts(self) -> tuple[Match, ...]:
        """The matches it is made of, in the order of the text."""
        found = [part for part in (self.id, self.secret, self.token) if part is not None]
        return tuple(sorted(found, key=lambda part: part.start))


class Part(NamedTuple):
    """Where one part of a finding stands."""

    kind: Kind
    line: int
    column: int
    end_line: int
    end_column: int


class Occurrence(NamedTuple):
    """One of the places of a key that was found several times."""

    path: str | None
    line: int
    commit: str | None
    reachable: str | None


class Holder(NamedTuple):
    """Who has an access key, and what the account says of the key: times are in UTC, None is unknown."""

    user: str
    console: bool | None
    mfa: bool | None
    access_key: int | None = None
    created: str | None = None
    used: bool | None = None
    last_used: str | None = None
    last_used_region: str | None = None
    last_used_service: str | None = None


class Finding(NamedTuple):
    """A key that was found, or what is wrong with one in an account: what a report lists."""

    rule: str
    severity: Severity
    confidence: Confidence
    score: float
    fingerprint: str
    key_id: str | None
    key_type: str | None
    account: str | None
    secret: Secret | None
    token: Secret | None
    source: str
    path: str | None
    line: int
    column: int
    end_line: int
    end_column: int
    encoding: str
    commit: str | None
    object: str
    author: str | None
    date: str | None
    reachable: str | None
    parts: tuple[Part, ...]
    occurrences: tuple[Occurrence, ...]
    status: str
    identity: str | None
    advice: tuple[str, ...]
    occurrence_count: int = 1
    in_head: bool | None = None
    """Whether HEAD's tree still has it, where that was looked up."""
    oid: str | None = None
    """The object of a repository that it was found in; not reported."""
    region: str | None = None
    """The AWS region that it is for, where that can be told offline."""
    expires: str | None = None
    """When it stops working, in UTC, as ``YYYY-MM-DDTHH:MM:SSZ``, where that can be told offline."""
    message: str | None = None
    """What is the matter, in a sentence, where the rule's name does not say it all."""
    holder: Holder | None = None
    """Whose key it is, where an account was asked."""
    triage: tuple[tuple[str, str], ...] = ()
    """What was found out by asking AWS, or why that could not be: names and answers."""

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        """The order of every report: path, line, column, rule; then what makes it total."""
        return (self.path or "", self.line, self.column, self.rule, self.commit or "", self.fingerprint)

    def at_least(self, severity: Severity) -> bool:
        """Whether it is as severe as ``severity`` or more."""
        return SEVERITIES.index(self.severity) >= SEVERITIES.index(severity)


class Suppressed(NamedTuple):
    """A finding that was accepted, and by what."""

    finding: Finding
    by: str
    reason: str | None = None


class Skipped(NamedTuple):
    """Something that was not read, and why; ``failed`` when it should have been."""

    path: str
    reason: str
    failed: bool = True


class Summary(NamedTuple):
    """What a scan covered."""

    files: int = 0
    objects: int = 0
    bytes: int = 0
    seconds: float = 0.0
    errors: tuple[str, ...] = ()


class Report(NamedTuple):
    """Everything a scan has to say."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    skipped: tuple[Skipped, ...]
    summary: Summary
    interrupted: bool = False
    met: frozenset[str] = frozenset()
    """The entries of the baseline that something was known by, by their hashes."""

    @property
    def complete(self) -> bool:
        """Whether everything that was named was read."""
        return (
            not self.interrupted and not self.summary.errors and not any(one.failed for one in self.skipped)
        )

    @property
    def silent(self) -> bool:
        """Whether there is nothing to say but that all was read."""
        return self.complete and not (self.findings or self.suppressed or self.skipped)

    @property
    def empty_handed(self) -> bool:
        """Whether all that was there was left out, be it on request: that must not look like a clean scan."""
        return bool(self.skipped) and not (self.summary.files or self.summary.objects)
