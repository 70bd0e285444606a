"""What a configuration can say, as data from which files are checked and the JSON schema is made."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from keyguard.model import CONFIDENCES, FORMATS, SEVERITIES

Kind = Literal["choice", "flag", "size", "time", "string", "strings", "date", "number"]


class Field(NamedTuple):
    """A key: what it takes, and what it means.

    ``choices`` are the values, or those of each item; ``form`` is a pattern that each text has to have, and
    ``formed`` says so in words.  What is ``own`` can be said on the command line and in the environment, and
    never in a file: a file in a repository is the work of whoever may commit there.
    """

    name: str
    kind: Kind
    help: str
    choices: tuple[str, ...] = ()
    form: str = ""
    formed: str = ""
    default: object = None
    own: bool = False
    required: bool = False


FOREIGN: Final = ("detect-secrets", "gitleaks", "betterleaks", "trufflehog")
"""Those of :mod:`keyguard.suppress`, which takes longer to load than a configuration; a test compares."""

COLORS: Final = ("auto", "always", "never")
RULE_ID: Final = r"[a-z0-9][a-z0-9._-]{1,63}"

SETTINGS: Final = (
    Field("format", "choice", "how the report is written", FORMATS),
    Field("output", "string", "the file that the report is written to", own=True),
    Field("fail-on", "choice", "the severity from which on the exit code is 1", SEVERITIES, default="medium"),
    Field("min-confidence", "choice", "leave out what is less sure", CONFIDENCES, default="low"),
    Field("show-secrets", "flag", "do not mask secrets", default=False, own=True),
    Field("color", "choice", "when to use colour", COLORS, default="auto"),
    Field("quiet", "flag", "no summary on standard error", default=False),
    Field("verbose", "flag", "say also what was accepted and read", default=False),
    Field("exit-zero", "flag", "exit with 0 although something was found", default=False, own=True),
    Field("exclude", "strings", "paths that are not read, in the syntax of .gitignore", default=()),
    Field("max-file-size", "size", "skip what is larger: bytes, or e.g. '50M'"),
    Field("timeout", "time", "stop after: seconds, or e.g. '5m'"),
    Field("no-gitignore", "flag", "read also what a repository ignores", default=False),
    Field("all-occurrences", "flag", "list every place of a key", default=False),
    Field("jobs", "string", "number of processes", own=True),
    Field(
        "rules", "strings", "files with more rules: keyguard's, gitleaks', or a pattern a line", default=()
    ),
    Field("exclude-rule", "strings", "rules whose findings are accepted", default=()),
    Field("foreign-ignores", "strings", "the scanners whose comments count", FOREIGN, default=FOREIGN),
    Field("baseline", "string", "the file of what is known and accepted"),
    Field(
        "no-own-credentials", "flag", "do not look for the user's own credentials", default=False, own=True
    ),
    Field("config", "string", "the configuration file", own=True),
    Field("config-from", "string", "the commit that configuration is read from", own=True),
    Field("no-config", "flag", "read no configuration file", default=False, own=True),
)

REFUSED: Final = (
    *("verify", "verify-ids", "verify-canaries", "deep", "dry-run", "region", "sts-endpoint", "iam-endpoint"),
    *("endpoint-url", "plugin", "plugins", "profile", "proxy"),
)
"""What a file can never switch on, whether or not there is such an option; the message says why."""

_DATE: Final = Field("until", "date", "the last day it holds, as YYYY-MM-DD")

ALLOW: Final = (
    Field("reason", "string", "why; it is shown with what is accepted", required=True),
    _DATE,
    Field("paths", "strings", "paths, in the syntax of .gitignore"),
    Field(
        "values", "strings", "fingerprints, as reports give them", (), r"kg1:[0-9a-f]{32}", "a fingerprint"
    ),
    Field("accounts", "strings", "AWS accounts", (), r"[0-9]{12}", "twelve digits"),
    Field(
        "commits",
        "strings",
        "commits, or how their names begin",
        (),
        r"[0-9a-f]{7,64}",
        "7 or more hex digits",
    ),
    Field("stopwords", "strings", "words within a value", (), r".{4,}", "of 4 characters or more"),
    Field("rules", "strings", "only findings of these rules"),
)

RULE: Final = (
    Field("id", "string", "its name; permanent", (), RULE_ID, "of a-z, 0-9, '-', '_' and '.'", required=True),
    Field("description", "string", "what it finds", required=True),
    Field(
        "pattern", "string", "a regular expression; its group 'value', if any, is the secret", required=True
    ),
    Field("name", "string", "its title"),
    Field("help", "string", "what to do about a finding"),
    Field("severity", "choice", "how bad a finding is", SEVERITIES, default="medium"),
    Field("anchors", "strings", "literals, one of which every match holds"),
    Field("keywords", "strings", "words, one of which the text holds, in upper or lower case"),
    Field("entropy", "number", "bits a character that a value has to exceed"),
    Field("path", "string", "a regular expression that the path has to match"),
    Field("examples", "strings", "texts in which it finds something"),
    Field("counterexamples", "strings", "texts in which it finds nothing"),
)

TABLES: Final = {"allow": ALLOW, "rule": RULE}
"""Lists of tables beside the settings."""


def named(fields: tuple[Field, ...], name: str) -> Field | None:
    """The field of that name."""
    return next((one for one in fields if one.name == name), None)
