"""``keyguard ci``: the commits that the CI job around it is about."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from keyguard import cirange, cli, pipeline
from keyguard.cli import options, output, ranges, verifying
from keyguard.errors import UsageError
from keyguard.git import Git
from keyguard.sources import commits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PAYLOAD: Final = "GITHUB_EVENT_PATH"

_REQUESTS: Final = ("refs/remotes/pull/", "refs/remotes/merge-requests/")
"""Where checkouts of a CI service put the commits of a request: they are what the job is about."""


def run(arguments: Sequence[str]) -> int:
    """Scan the commits that the environment tells of."""
    parser = options.parser("ci", "Scan the commits that this CI job is about, as its variables tell.")
    parser.add_argument(
        "--all-occurrences", action="store_true", help="list every place of a key, not one for each path"
    )
    options.add_scan(parser)
    options.add_verify(parser)
    options.add_report(parser)
    given = parser.told(arguments)
    scanner = pipeline.Scanner(options.config(given))
    git = Git.at()
    git.git_dir()  # says what is wrong with it, if anything is
    job = cirange.job(os.environ, _event(os.environ.get(_PAYLOAD)))
    if given.verbose:
        _say(f"{job.why}: scanning {', '.join(map(_described, job.ranges)) or 'nothing'}")
    wanted = [_revisions(git, one, job.branch) for one in job.ranges]
    report = ranges.scanned(git, wanted, given, scanner)
    report = ranges.incomplete(report, _cut(git, wanted))
    report = verifying.verified(report, given, scanner.config.deadline)
    return output.deliver(report, given, output.Setting("keyguard ci"))


def _event(path: str | None) -> Mapping[str, object] | None:
    """What GitHub says of its event; None when there is no such file, or not of this form."""
    import json  # noqa: PLC0415 - not for a job of another service

    try:
        with open(path or os.devnull, "rb") as file:
            event = json.load(file)
    except (OSError, ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _described(one: str) -> str:
    return one if ".." in one else f"what is in {one} and on no other remote branch"


def _say(what: str) -> None:
    from keyguard.reporters.safe import safe  # noqa: PLC0415 - only when there is something to say

    cli.say(f"keyguard: {safe(what)}")


def _revisions(git: Git, one: str, branch: str | None) -> list[str]:
    """The revisions of a range of a job.

    What it starts from need not be here: a forced push replaces it, and a shallow clone leaves it out.
    """
    old, dots, new = one.rpartition("..")
    if dots and _is_here(git, old):
        return commits.between(git, [one])
    if dots:
        _say(f"{old} is not in this clone (a forced push?): scanning {_described(new)}")
    (tip,) = commits.between(git, [new])
    return [tip, *(f"^{oid}" for oid in _elsewhere(git, tip, branch))]


def _is_here(git: Git, name: str) -> bool:
    try:
        return bool(commits.between(git, [name]))
    except UsageError:
        return False


def _elsewhere(git: Git, tip: str, branch: str | None) -> list[str]:
    """Where the remote branches are, but for the job's own, which has ``tip`` already.

    When that is not known, those that have it are taken for its own: what is read too often does no harm.
    """
    without = ("--no-contains", tip) if branch is None else ()
    listed = git.run("for-each-ref", *without, "--format=%(objectname) %(refname)", "refs/remotes")
    refs = (os.fsdecode(line).split(" ", 1) for line in listed.splitlines())
    own = ("/HEAD", *([f"/{branch}"] if branch else []))  # HEAD is another name of one of them
    return [oid for oid, ref in refs if not ref.endswith(own) and not ref.startswith(_REQUESTS)]


def _cut(git: Git, wanted: Sequence[Sequence[str]]) -> list[str]:
    """What to say when a shallow clone ends within what was wanted: its oldest commits may be missing."""
    shallow = git.path("shallow")
    if not wanted or not os.path.isfile(shallow):
        return []
    with open(shallow, "rb") as file:
        ends = set(file.read().split())
    listed = [
        git.run("rev-list", "--stdin", stdin="\n".join(revisions).encode()).split() for revisions in wanted
    ]
    if ends.isdisjoint(oid for oids in listed for oid in oids):
        return []
    return ["the clone is too shallow for this job: commits may be missing; fetch the whole history"]
