"""Tells from the variables of a CI job which commits it is about, so that nobody has to write ranges.

The variables are those that the services document: GitHub Actions (default variables, and the payload of the
event), GitLab (predefined variables), Bitbucket Pipelines, Azure Pipelines, and Jenkins with its git plugin.
"""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from keyguard.errors import UsageError

Variables = Mapping[str, str]
Event = Mapping[str, object]
"""The payload of a GitHub event; empty when there is none."""

_HEADS: Final = "refs/heads/"
_INSTEAD: Final = "say which commits with 'keyguard history --range A..B'"


class Job(NamedTuple):
    """What a job is about.

    A range is ``A..B``, or one revision: then it stands for what is in it and on no other remote branch.
    """

    ranges: tuple[str, ...]
    why: str
    """Which service, and what happened."""
    branch: str | None = None
    """Whose remote branch is not "other": "" when there is none (a tag), None when that is not known."""


def job(variables: Variables, event: Event | None = None) -> Job:
    """What the job with these environment variables is about.

    ``event`` is what is in the file at GITHUB_EVENT_PATH.  Raises :class:`UsageError` when the variables are
    of no service that is known, or the job is about no commits.
    """
    for sign, service in _SERVICES.items():
        if variables.get(sign):
            return service(variables, event or {})
    signs = ", ".join(_SERVICES)
    raise UsageError(f"this is no CI job that keyguard knows (none of {signs} is set)", _INSTEAD)


def _github(variables: Variables, event: Event) -> Job:
    name = variables.get("GITHUB_EVENT_NAME", "")
    if name.startswith("pull_request"):
        return _github_request(name, variables, event)
    if name == "merge_group":
        old, new = _text(event, name, "base_sha"), _text(event, name, "head_sha")
        return _since(
            old, new or _required(variables, "GITHUB_SHA"), f"GitHub {name}", _github_branch(variables)
        )
    if name == "push":
        new = _text(event, "after") or _required(variables, "GITHUB_SHA")
        return _since(_text(event, "before"), new, "GitHub push", _github_branch(variables))
    raise UsageError(
        f"the GitHub event {name!r} is about no commits", f"use 'keyguard history', or {_INSTEAD}"
    )


def _github_request(name: str, variables: Variables, event: Event) -> Job:
    """The commits of a pull request.

    The event says it best: in a pull_request_target, HEAD is the base branch, so that only ``pull_request``
    may be told by what is checked out.
    """
    branch = variables.get("GITHUB_HEAD_REF") or None
    old, new = _text(event, "pull_request", "base", "sha"), _text(event, "pull_request", "head", "sha")
    if old and new:
        return Job((f"{old}..{new}",), f"GitHub {name}", branch)
    if name != "pull_request":
        raise UsageError(f"the file at GITHUB_EVENT_PATH does not say what the {name} is of", _INSTEAD)
    return Job((f"origin/{_required(variables, 'GITHUB_BASE_REF')}..HEAD",), f"GitHub {name}", branch)


def _github_branch(variables: Variables) -> str | None:
    return _branch(variables.get("GITHUB_REF", ""))


def _gitlab(variables: Variables, _: Event) -> Job:
    new = _required(variables, "CI_COMMIT_SHA")
    if base := variables.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        branch = variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")
        return Job((f"{base}..{new}",), "GitLab merge request", branch)
    branch = "" if variables.get("CI_COMMIT_TAG") else variables.get("CI_COMMIT_BRANCH")
    return _since(variables.get("CI_COMMIT_BEFORE_SHA", ""), new, "GitLab push", branch)


def _bitbucket(variables: Variables, _: Event) -> Job:
    new = _required(variables, "BITBUCKET_COMMIT")
    branch = "" if variables.get("BITBUCKET_TAG") else variables.get("BITBUCKET_BRANCH")
    if target := variables.get("BITBUCKET_PR_DESTINATION_COMMIT"):
        return Job((f"{target}..{new}",), "Bitbucket pull request", branch)
    return Job((new,), "Bitbucket push", branch)


def _azure(variables: Variables, _: Event) -> Job:
    new = _required(variables, "BUILD_SOURCEVERSION")
    if target := variables.get("SYSTEM_PULLREQUEST_TARGETBRANCH"):
        branch = _branch(variables.get("SYSTEM_PULLREQUEST_SOURCEBRANCH", ""))
        return Job((f"origin/{target.removeprefix(_HEADS)}..{new}",), "Azure pull request", branch)
    return Job((new,), "Azure push", _branch(variables.get("BUILD_SOURCEBRANCH", "")))


def _jenkins(variables: Variables, _: Event) -> Job:
    new = variables.get("GIT_COMMIT") or "HEAD"
    if target := variables.get("CHANGE_TARGET"):
        return Job((f"origin/{target}..{new}",), "Jenkins change", variables.get("CHANGE_BRANCH"))
    branch = variables.get("GIT_BRANCH", "").removeprefix("origin/") or variables.get("BRANCH_NAME")
    return _since(variables.get("GIT_PREVIOUS_SUCCESSFUL_COMMIT", ""), new, "Jenkins build", branch)


def _since(old: str, new: str, what: str, branch: str | None) -> Job:
    """The commits from ``old`` to ``new``; the zeros that stand for nothing mean a new or deleted branch."""
    if not new.strip("0"):
        return Job((), f"{what} that deletes {branch or 'something'}", branch)
    if old.strip("0"):
        return Job((f"{old}..{new}",), what, branch)
    return Job((new,), f"{what} that nothing came before", branch)


def _branch(ref: str) -> str | None:
    """The branch of a full ref; "" when it is something else, None when there is no ref."""
    if ref.startswith(_HEADS):
        return ref.removeprefix(_HEADS)
    return "" if ref else None


def _required(variables: Variables, name: str) -> str:
    if value := variables.get(name):
        return value
    raise UsageError(f"{name} is not set, which says what this CI job is about", _INSTEAD)


def _text(event: Event, *keys: str) -> str:
    """The text at a place in an event; empty when there is none."""
    found: object = event
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


_SERVICES: Final[Mapping[str, Callable[[Variables, Event], Job]]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
    "BITBUCKET_COMMIT": _bitbucket,
    "BUILD_SOURCEVERSION": _azure,
    "JENKINS_URL": _jenkins,
    "GIT_COMMIT": _jenkins,
}
"""The variable by which each is known."""
