"""What a CI job is about is told by its variables, and no commit of it is left out."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import hostile
import keys
import pytest
import repos

from keyguard import cirange
from keyguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OLD, NEW, NOTHING = "a" * 40, "b" * 40, "0" * 40
GITHUB = {"GITHUB_ACTIONS": "true"}
PUSH = GITHUB | {"GITHUB_EVENT_NAME": "push", "GITHUB_SHA": NEW, "GITHUB_REF": "refs/heads/topic"}
REQUEST = GITHUB | {
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_BASE_REF": "main",
    "GITHUB_HEAD_REF": "topic",
}
REQUESTED = {"pull_request": {"base": {"sha": OLD}, "head": {"sha": NEW}}}
GITLAB = {"GITLAB_CI": "true", "CI_COMMIT_SHA": NEW}
BITBUCKET = {"BITBUCKET_COMMIT": NEW, "BITBUCKET_BRANCH": "topic"}
AZURE = {"BUILD_SOURCEVERSION": NEW, "BUILD_SOURCEBRANCH": "refs/heads/topic"}
JENKINS = {"JENKINS_URL": "https://ci.example.org/", "GIT_COMMIT": NEW, "GIT_BRANCH": "origin/topic"}


@pytest.mark.parametrize(
    ("variables", "event", "ranges", "branch"),
    [
        pytest.param(PUSH, {"before": OLD, "after": NEW}, [f"{OLD}..{NEW}"], "topic", id="github push"),
        pytest.param(PUSH, {"before": NOTHING, "after": NEW}, [NEW], "topic", id="github new branch"),
        pytest.param(PUSH, {"before": OLD, "after": NOTHING}, [], "topic", id="github deleted branch"),
        pytest.param(PUSH, None, [NEW], "topic", id="github push, event not readable"),
        pytest.param(PUSH, {"before": 5, "after": [NEW]}, [NEW], "topic", id="github push, odd event"),
        pytest.param(
            PUSH | {"GITHUB_REF": "refs/tags/v1"},
            {"before": NOTHING, "after": NEW},
            [NEW],
            "",
            id="github tag",
        ),
        pytest.param(REQUEST, REQUESTED, [f"{OLD}..{NEW}"], "topic", id="github request"),
        pytest.param(REQUEST, None, ["origin/main..HEAD"], "topic", id="github request without event"),
        pytest.param(
            REQUEST | {"GITHUB_EVENT_NAME": "pull_request_target"},
            REQUESTED,
            [f"{OLD}..{NEW}"],
            "topic",
            id="github request, base checked out",
        ),
        pytest.param(
            GITHUB | {"GITHUB_EVENT_NAME": "merge_group", "GITHUB_REF": "refs/heads/queue"},
            {"merge_group": {"base_sha": OLD, "head_sha": NEW}},
            [f"{OLD}..{NEW}"],
            "queue",
            id="github merge queue",
        ),
        pytest.param(
            GITLAB | {"CI_MERGE_REQUEST_DIFF_BASE_SHA": OLD, "CI_COMMIT_BEFORE_SHA": NOTHING},
            None,
            [f"{OLD}..{NEW}"],
            None,
            id="gitlab request: before is zeros, too",
        ),
        pytest.param(
            GITLAB | {"CI_COMMIT_BEFORE_SHA": OLD, "CI_COMMIT_BRANCH": "topic"},
            None,
            [f"{OLD}..{NEW}"],
            "topic",
            id="gitlab push",
        ),
        pytest.param(
            GITLAB | {"CI_COMMIT_BEFORE_SHA": NOTHING, "CI_COMMIT_BRANCH": "topic"},
            None,
            [NEW],
            "topic",
            id="gitlab new branch",
        ),
        pytest.param(
            GITLAB | {"CI_COMMIT_BEFORE_SHA": NOTHING, "CI_COMMIT_TAG": "v1"},
            None,
            [NEW],
            "",
            id="gitlab tag",
        ),
        pytest.param(
            BITBUCKET | {"BITBUCKET_PR_DESTINATION_COMMIT": OLD},
            None,
            [f"{OLD}..{NEW}"],
            "topic",
            id="bitbucket request",
        ),
        pytest.param(BITBUCKET, None, [NEW], "topic", id="bitbucket push"),
        pytest.param(
            AZURE | {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
            None,
            [f"origin/main..{NEW}"],
            None,
            id="azure request",
        ),
        pytest.param(AZURE, None, [NEW], "topic", id="azure push"),
        pytest.param(
            JENKINS | {"GIT_PREVIOUS_SUCCESSFUL_COMMIT": OLD},
            None,
            [f"{OLD}..{NEW}"],
            "topic",
            id="jenkins build",
        ),
        pytest.param(JENKINS, None, [NEW], "topic", id="jenkins first build"),
        pytest.param(
            JENKINS | {"CHANGE_TARGET": "main", "CHANGE_BRANCH": "topic"},
            None,
            [f"origin/main..{NEW}"],
            "topic",
            id="jenkins change",
        ),
        pytest.param({"GIT_COMMIT": NEW}, None, [NEW], None, id="jenkins that does not know its URL"),
    ],
)
def test_what_the_variables_say(
    variables: Mapping[str, str],
    event: Mapping[str, object] | None,
    ranges: list[str],
    branch: str | None,
) -> None:
    job = cirange.job(variables, event)
    assert list(job.ranges) == ranges
    assert job.why
    if branch is not None:
        assert job.branch == branch


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        pytest.param({}, "GITHUB_ACTIONS, GITLAB_CI, BITBUCKET_COMMIT, BUILD_SOURCEVERSION", id="no service"),
        pytest.param({"CI": "true"}, "keyguard history --range", id="some other service"),
        pytest.param(GITHUB | {"GITHUB_EVENT_NAME": "schedule"}, "schedule", id="no commits"),
        pytest.param({"GITLAB_CI": "true"}, "CI_COMMIT_SHA", id="incomplete"),
        pytest.param(
            REQUEST | {"GITHUB_EVENT_NAME": "pull_request_target"}, "GITHUB_EVENT_PATH", id="target, no event"
        ),
        pytest.param(
            GITHUB | {"GITHUB_EVENT_NAME": "pull_request"}, "GITHUB_BASE_REF", id="request of nothing"
        ),
    ],
)
def test_what_cannot_be_told_is_an_error_that_says_what_to_do(
    variables: Mapping[str, str], named: str
) -> None:
    with pytest.raises(UsageError, match="keyguard history") as caught:
        cirange.job(variables)
    assert named in str(caught.value)


class Checkout:
    """A clone as a CI service makes it, of a repository with a key in each commit.

    ``main`` holds key 1; ``topic`` adds key 2, replaces it, and adds key 3.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = repos.init(folder / "origin")
        self.base = self.origin.commit("base", **{"main.py": hostile.secret(1)})
        self.origin.git("checkout", "-q", "-b", "topic")
        self.added = self.origin.commit("adds", **{"topic.py": hostile.secret(2)})
        self.tip = self.origin.commit("replaces", **{"topic.py": hostile.secret(3)})
        (folder / "home").mkdir()

    def clone(self, *options: str) -> repos.Repo:
        url = self.origin.path.as_uri()
        self.origin.git("clone", "-q", *options, url, str(self.folder / "clone"))
        clone = repos.Repo(self.folder / "clone")
        clone.git("checkout", "-q", "--detach")
        return clone

    def run(self, variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        services = ("GITHUB", "GITLAB", "CI", "BITBUCKET", "BUILD", "SYSTEM", "JENKINS", "CHANGE")
        kept = hostile.environment(self.folder / "home")
        kept = {name: value for name, value in kept.items() if not name.startswith(services)}
        return subprocess.run(
            [hostile.KEYGUARD, "ci", *arguments],
            cwd=self.folder / "clone",
            env=kept | dict(variables),
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

    def push(self, before: str, after: str, ref: str = "refs/heads/topic") -> dict[str, str]:
        """The variables of a push to GitHub."""
        place = self.folder / "event.json"
        place.write_text(json.dumps({"before": before, "after": after}))
        return PUSH | {"GITHUB_SHA": after, "GITHUB_REF": ref, "GITHUB_EVENT_PATH": str(place)}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def found(done: subprocess.CompletedProcess[str]) -> set[int]:
    assert not any(keys.secret(seed) in done.stdout + done.stderr for seed in range(5))
    return {seed for seed in range(5) if keys.key_id(seed) in done.stdout}


def test_each_commit_of_a_push_is_scanned_and_no_other(checkout: Checkout) -> None:
    checkout.clone()
    done = checkout.run(checkout.push(checkout.base, checkout.tip), "-v")
    assert (done.returncode, found(done)) == (1, {2, 3})
    assert f"GitHub push: scanning {checkout.base}..{checkout.tip}" in done.stderr
    done = checkout.run(checkout.push(checkout.added, checkout.tip))
    assert (done.returncode, found(done)) == (1, {3})
    assert "scanning" not in done.stderr


def test_a_new_branch_is_scanned_although_the_clone_has_it_as_a_remote_branch(checkout: Checkout) -> None:
    clone = checkout.clone()
    assert clone.oid("refs/remotes/origin/topic") == checkout.tip
    for variables in (
        checkout.push(NOTHING, checkout.tip),
        GITLAB | {"CI_COMMIT_SHA": checkout.tip, "CI_COMMIT_BRANCH": "topic"},
        BITBUCKET | {"BITBUCKET_COMMIT": checkout.tip},
        AZURE | {"BUILD_SOURCEVERSION": checkout.tip},
        {"GIT_COMMIT": checkout.tip},
    ):
        done = checkout.run(variables)
        assert (done.returncode, found(done)) == (1, {2, 3}), variables


def test_a_new_branch_at_a_commit_that_another_has_brings_nothing(checkout: Checkout) -> None:
    checkout.origin.git("branch", "copy", "main")
    checkout.clone()
    done = checkout.run(checkout.push(NOTHING, checkout.base, "refs/heads/copy"))
    assert (done.returncode, found(done)) == (0, set()), done.stderr


def test_a_tag_of_what_a_branch_has_brings_nothing_but_its_message(checkout: Checkout) -> None:
    checkout.origin.git("tag", "-a", "-m", hostile.secret(4), "v1", "main")
    checkout.clone()
    tag = checkout.origin.oid("v1")
    assert found(checkout.run(checkout.push(NOTHING, tag, "refs/tags/v1"))) == {4}


def test_a_forced_push_falls_back_to_what_no_other_branch_has_and_says_so(checkout: Checkout) -> None:
    checkout.clone()
    done = checkout.run(checkout.push(OLD, checkout.tip))
    assert (done.returncode, found(done)) == (1, {2, 3})
    assert f"{OLD} is not in this clone" in done.stderr
    assert "on no other remote branch" in done.stderr


def test_a_request_whose_merge_is_checked_out_and_whose_target_is_not_here(checkout: Checkout) -> None:
    """What the checkout calls refs/remotes/pull/… is the job's own."""
    clone = checkout.clone("--single-branch", "--branch", "topic")
    clone.git("update-ref", "refs/remotes/pull/1/merge", checkout.tip)
    done = checkout.run(REQUEST)
    assert "origin/main is not in this clone" in done.stderr
    assert (done.returncode, found(done)) == (1, {1, 2, 3})


def test_a_request_with_its_target(checkout: Checkout) -> None:
    checkout.clone()
    done = checkout.run(REQUEST)
    assert (done.returncode, found(done), done.stderr.count("\n")) == (1, {2, 3}, 1)


def test_a_clone_that_is_too_shallow_does_not_look_clean(checkout: Checkout) -> None:
    checkout.origin.commit("removes", **{"topic.py": "", "main.py": ""})
    tip = checkout.origin.oid()
    checkout.clone("--depth", "1", "--branch", "topic")
    done = checkout.run(checkout.push(checkout.base, tip))
    assert (done.returncode, found(done)) == (2, set())
    assert "too shallow for this job" in done.stderr


def test_a_shallow_clone_that_is_deep_enough(checkout: Checkout) -> None:
    checkout.clone("--depth", "2", "--branch", "topic")
    done = checkout.run(checkout.push(checkout.added, checkout.tip))
    assert (done.returncode, found(done)) == (1, {3})
    assert "shallow" not in done.stderr


def test_a_deleted_branch_is_clean(checkout: Checkout) -> None:
    checkout.clone()
    done = checkout.run(checkout.push(checkout.tip, NOTHING), "-v")
    assert done.returncode == 0
    assert "deletes topic: scanning nothing" in done.stderr


@pytest.mark.parametrize(
    "event", [pytest.param("[]", id="a list"), pytest.param("{", id="torn"), pytest.param(None, id="no file")]
)
def test_an_event_that_cannot_be_read_makes_no_job_clean(checkout: Checkout, event: str | None) -> None:
    checkout.clone()
    variables = checkout.push(checkout.tip, checkout.tip)
    place = checkout.folder / "event.json"
    place.unlink()
    if event is not None:
        place.write_text(event)
    assert found(checkout.run(variables)) == {2, 3}


@pytest.mark.parametrize(
    "name", ["-h", "--output=x", "^main", "main; true", "\x1b[31m", "a" * 5000], ids=lambda name: name[:8]
)
def test_variables_become_neither_options_nor_programs(checkout: Checkout, name: str) -> None:
    checkout.clone()
    done = checkout.run(JENKINS | {"GIT_COMMIT": name})
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no revision" in done.stderr
    assert "\x1b" not in done.stderr
    assert "bug in keyguard" not in done.stderr
    assert sorted(os.listdir(checkout.folder / "clone")) == [".git", "main.py", "topic.py"]


def test_outside_of_a_job_and_outside_of_a_repository(checkout: Checkout) -> None:
    clone = checkout.clone()
    done = checkout.run({})
    assert done.returncode == 2
    assert "keyguard history --range" in done.stderr
    (clone.path / ".git").rename(clone.path / "git")
    done = checkout.run(PUSH)
    assert done.returncode == 2
    assert "is not in a git repository" in done.stderr
