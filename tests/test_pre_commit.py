"""Commits, merges and pushes are stopped for real: by pre-commit, which installs keyguard, and by git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import keys
import pytest
import repos
from test_packaging import CHECKOUT, NO_PATH, once, shared, snapshot, wheelhouse

if TYPE_CHECKING:
    from collections.abc import Mapping

BIN = Path(sys.executable).parent
ID, SECRET = keys.pair(1)
KEY = f"aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
CLEAN = "region = eu-central-1\n"
HOOKS = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")


class Outcome(NamedTuple):
    """How a command ended, and all that it said."""

    code: int
    said: str

    def stopped(self, *places: str) -> None:
        """Fail unless keyguard stopped it for the key at ``places``, and kept the secret to itself."""
        assert self.code == 1, self.said
        assert ID in self.said
        assert SECRET not in self.said
        found = re.findall(r"^(?:remote: )?(\S.*?:\d+):\d+: [A-Z]+ aws-", self.said, re.MULTILINE)
        assert sorted(found) == sorted(places), self.said

    def passed(self) -> None:
        """Fail unless it went through and keyguard had nothing to say."""
        assert self.code == 0, self.said
        assert "aws-" not in self.said
        assert "error" not in self.said

    def checked(self, hook: str) -> None:
        """Fail unless it went through, and pre-commit ran that hook."""
        self.passed()
        assert re.search(rf"^{re.escape(hook)}\.+Passed$", self.said, re.MULTILINE), self.said


class Repo(repos.Repo):
    """A repository whose hooks find keyguard and, if they want it, pre-commit's home."""

    def __init__(self, path: Path, variables: Mapping[str, str] | None = None) -> None:
        """Use what is at ``path``, and run every program with ``variables``."""
        super().__init__(path)
        self.variables = variables or {}

    def run(self, *command: str | bytes, **variables: str) -> Outcome:
        """Run a program in it."""
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        environment = repos.environment({"PATH": path, **NO_PATH, **self.variables, **variables})
        done = subprocess.run(
            command,
            cwd=self.path,
            env=environment,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Outcome(done.returncode, (done.stdout + done.stderr).decode("utf-8", "backslashreplace"))


@pytest.fixture(autouse=True)
def outside_of_any_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests may themselves be run by a hook."""
    for name in os.environ:
        if name.startswith(("PRE_COMMIT", "SKIP", "KEYGUARD")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def variables(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> dict[str, str]:
    """What pre-commit needs to know: where to keep environments, and that there is no network."""
    return {
        "PRE_COMMIT_HOME": str(shared(tmp_path_factory) / "pre-commit"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheelhouse(tmp_path_factory, pytestconfig)),
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
    }


def hooked(place: Path, source: repos.Repo, variables: dict[str, str]) -> None:
    """Make a repository that uses the keyguard of ``source`` through pre-commit, with all hooks installed."""
    repo = Repo(repos.init(place).path, variables)
    hooks = "".join(f"      - id: {name}\n" for name in ("keyguard", "keyguard-push", "keyguard-commit-msg"))
    config = f"repos:\n  - repo: {source.path}\n    rev: {source.oid()}\n    hooks:\n{hooks}"
    repo.commit(**{".pre-commit-config.yaml": config})
    types = [word for hook in HOOKS for word in ("--hook-type", hook)]
    done = repo.run("pre-commit", "install", "--install-hooks", *types)
    assert done.code == 0, done.said


@pytest.fixture
def repo(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, variables: dict[str, str]) -> Repo:
    """A repository that uses keyguard through pre-commit; what pre-commit installs is shared by all."""
    source = snapshot(tmp_path_factory)
    made = once(shared(tmp_path_factory) / "hooked", lambda place: hooked(place, source, variables))
    return Repo(shutil.copytree(made, tmp_path / "repo", symlinks=True), variables)


class TestCommit:
    """What a commit would record is read from the index."""

    def commit(self, repo: Repo, *arguments: str, **variables: str) -> Outcome:
        return repo.run("git", "commit", "-m", "a commit", *arguments, **variables)

    def test_a_clean_one_passes(self, repo: Repo) -> None:
        repo.stage("app.ini", CLEAN)
        self.commit(repo).checked("keyguard (AWS keys)")

    def test_one_with_a_key_is_stopped_and_nothing_is_changed(self, repo: Repo) -> None:
        head = repo.oid()
        repo.stage("app.ini", CLEAN + KEY)
        outcome = self.commit(repo)
        outcome.stopped("app.ini:2")
        assert "SKIP=keyguard git commit" in outcome.said
        assert repo.oid() == head
        assert repo.git("status", "--porcelain") == b"A  app.ini\n"

    def test_once_it_is_taken_out_it_passes(self, repo: Repo) -> None:
        repo.stage("app.ini", KEY)
        self.commit(repo).stopped("app.ini:1")
        repo.stage("app.ini", CLEAN)
        self.commit(repo).checked("keyguard (AWS keys)")

    def test_the_first_one(self, repo: Repo) -> None:
        repo.git("update-ref", "-d", "HEAD")
        repo.stage("app.ini", KEY)
        self.commit(repo).stopped("app.ini:1")
        repo.stage("app.ini", CLEAN)
        self.commit(repo).checked("keyguard (AWS keys)")

    def test_all(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": CLEAN})
        repo.write("app.ini", CLEAN + KEY)
        self.commit(repo, "-a").stopped("app.ini:2")
        repo.write("app.ini", CLEAN + CLEAN)
        self.commit(repo, "-a").checked("keyguard (AWS keys)")

    def test_one_file_while_another_is_staged(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": CLEAN, "other.ini": CLEAN})
        repo.stage("other.ini", KEY)
        repo.write("app.ini", KEY)
        self.commit(repo, "app.ini").stopped("app.ini:1")
        repo.write("app.ini", CLEAN + CLEAN)
        self.commit(repo, "app.ini").checked("keyguard (AWS keys)")
        self.commit(repo).stopped("other.ini:1")

    def test_amending(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": CLEAN})
        repo.stage("app.ini", CLEAN + KEY)
        self.commit(repo, "--amend").stopped("app.ini:2")
        repo.commit()
        repo.stage("other.ini", CLEAN)
        self.commit(repo, "--amend").checked("keyguard (AWS keys)")  # what it has already is not new
        repo.stage("app.ini", CLEAN)
        self.commit(repo, "--amend").checked("keyguard (AWS keys)")

    def test_what_is_staged_counts_although_the_work_tree_is_clean(self, repo: Repo) -> None:
        repo.stage("app.ini", KEY)
        repo.write("app.ini", CLEAN)
        self.commit(repo).stopped("app.ini:1")
        assert (repo.path / "app.ini").read_text() == CLEAN

    def test_what_is_not_staged_does_not_count(self, repo: Repo) -> None:
        repo.stage("app.ini", CLEAN)
        repo.write("app.ini", KEY)
        repo.write("untracked.ini", KEY)
        self.commit(repo).checked("keyguard (AWS keys)")
        assert (repo.path / "app.ini").read_text() == KEY

    def test_the_other_half_of_a_pair_that_is_there_already(self, repo: Repo) -> None:
        half, other = KEY.splitlines(keepends=True)
        repo.commit(**{"app.ini": half})
        repo.stage("app.ini", half + other)
        outcome = self.commit(repo)
        outcome.stopped("app.ini:1")
        assert "aws-access-key-pair" in outcome.said

    def test_taking_a_key_out_passes(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": CLEAN + KEY, "gone.ini": KEY})
        repo.stage("app.ini", CLEAN)
        repo.git("rm", "-q", "gone.ini")
        self.commit(repo).checked("keyguard (AWS keys)")

    def test_another_line_beside_a_key_passes(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": CLEAN + KEY})
        repo.stage("app.ini", "[default]\n" + CLEAN + KEY)
        self.commit(repo).checked("keyguard (AWS keys)")

    def test_renaming(self, repo: Repo) -> None:
        one, two = CLEAN * 20, "[default]\n" * 20
        repo.commit(**{"one.ini": one, "two.ini": KEY + two})
        repo.git("mv", "one.ini", "first.ini")
        repo.git("mv", "two.ini", "second.ini")
        repo.stage("first.ini", one + KEY)
        repo.stage("second.ini", KEY + two + CLEAN)
        self.commit(repo).stopped("first.ini:21")
        repo.stage("first.ini", one + CLEAN)
        self.commit(repo).checked("keyguard (AWS keys)")

    def test_the_target_of_a_symlink(self, repo: Repo) -> None:
        (repo.path / "link").symlink_to(f"{ID}/{SECRET}")
        repo.git("add", "link")
        self.commit(repo).stopped("link:1")

    def test_the_target_of_a_symlink_beside_a_file(self, repo: Repo) -> None:
        (repo.path / "link").symlink_to(f"{ID}/{SECRET}")
        repo.git("add", "link")
        repo.stage("app.ini", CLEAN)
        self.commit(repo).stopped("link:1")

    def test_a_symlink_is_not_followed(self, repo: Repo, tmp_path: Path) -> None:
        (tmp_path / "outside.ini").write_text(KEY)
        (repo.path / "link").symlink_to(tmp_path / "outside.ini")
        (repo.path / "dangling").symlink_to("nowhere")
        repo.git("add", "link", "dangling")
        repo.stage("app.ini", CLEAN)
        self.commit(repo).checked("keyguard (AWS keys)")
        repo.run("pre-commit", "run", "--all-files").checked("keyguard (AWS keys)")

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_wide_text(self, repo: Repo, encoding: str) -> None:
        repo.stage("app.ini", (CLEAN + KEY).encode(encoding))
        self.commit(repo).stopped("app.ini:2")

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            pytest.param("a file.ini", "a file.ini:1", id="a space"),
            pytest.param("-v.ini", "-v.ini:1", id="like an option"),
            pytest.param("'$(x)\".ini", "'$(x)\".ini:1", id="quotes"),
            pytest.param("zwölf.ini", "zwölf.ini:1", id="not ASCII"),
            pytest.param("a\nfile.ini", "a\\nfile.ini:1", id="a newline"),
        ],
    )
    def test_any_name(self, repo: Repo, name: str, shown: str) -> None:
        repo.stage(name, KEY)
        self.commit(repo).stopped(shown)

    @pytest.mark.parametrize("name", ["--exit-zero", "--exclude=*", "--help", "--output=report", "--"])
    def test_a_file_called_like_an_option_cannot_switch_the_hook_off(self, repo: Repo, name: str) -> None:
        repo.stage(name, CLEAN)
        repo.stage("app.ini", KEY)
        self.commit(repo).stopped("app.ini:1")
        assert not (repo.path / "report").exists()

    def test_skipping_once(self, repo: Repo) -> None:
        repo.stage("app.ini", KEY)
        outcome = self.commit(repo, SKIP="keyguard")
        assert outcome.code == 0, outcome.said
        assert re.search(r"^keyguard \(AWS keys\)\.+Skipped$", outcome.said, re.MULTILINE)

    def test_in_a_subdirectory(self, repo: Repo) -> None:
        repo.stage("below/app.ini", KEY)
        repo.run("git", "-C", "below", "commit", "-m", "a commit").stopped("below/app.ini:1")

    def test_in_a_linked_work_tree(self, repo: Repo, tmp_path: Path) -> None:
        repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
        linked = Repo(tmp_path / "linked", repo.variables)
        linked.stage("app.ini", KEY)
        self.commit(linked).stopped("app.ini:1")


class TestMerge:
    """What a merge brings of its own."""

    @pytest.fixture
    def forked(self, repo: Repo) -> Repo:
        repo.commit(**{"app.ini": CLEAN, "key.ini": CLEAN})
        repo.git("checkout", "-q", "-b", "side")
        repo.commit(**{"app.ini": "region = eu-west-1\n", "key.ini": CLEAN + KEY})
        repo.git("checkout", "-q", "main")
        return repo

    def test_without_a_conflict_it_is_checked_and_brings_nothing_new(self, forked: Repo) -> None:
        forked.commit(**{"another.ini": CLEAN})
        outcome = forked.run("git", "merge", "-m", "a merge", "side")
        outcome.checked("keyguard (AWS keys)")
        assert forked.git("rev-list", "--count", "--merges", "HEAD") == b"1\n"

    def test_without_a_conflict_but_with_an_addition(self, forked: Repo) -> None:
        forked.commit(**{"another.ini": CLEAN})
        forked.run("git", "merge", "--no-ff", "--no-commit", "side").passed()
        forked.stage("another.ini", CLEAN + KEY)
        forked.run("git", "commit", "-m", "a merge").stopped("another.ini:2")

    def test_a_key_in_the_resolution_of_a_conflict(self, forked: Repo) -> None:
        forked.commit(**{"app.ini": "region = us-east-1\n"})
        assert forked.run("git", "merge", "side").code == 1
        forked.stage("app.ini", "region = us-east-1\n" + KEY)
        forked.run("git", "commit", "-m", "a merge").stopped("app.ini:2")
        forked.stage("app.ini", "region = us-east-1\n")
        forked.run("git", "commit", "-m", "a merge").passed()


class TestRun:
    """``pre-commit run``, which may not be about the index at all."""

    def test_nothing_is_staged(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": KEY})
        repo.run("pre-commit", "run").passed()

    @pytest.mark.parametrize("files", [(), ("--all-files",)], ids=["staged", "all files"])
    def test_nobody_commits(self, repo: Repo, files: tuple[str, ...]) -> None:
        repo.commit()
        repo.stage("app.ini", KEY)
        outcome = repo.run("pre-commit", "run", *files)
        outcome.stopped("app.ini:1")
        assert "keyguard failed this check" in outcome.said
        assert "git commit" not in outcome.said
        assert "keyguard stopped this commit" in repo.run("git", "commit", "-m", "x").said

    def test_all_files(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": CLEAN, "below/app.ini": CLEAN})
        repo.run("pre-commit", "run", "--all-files").checked("keyguard (AWS keys)")
        repo.commit(**{"below/app.ini": CLEAN + KEY})
        outcome = repo.run("pre-commit", "run", "--all-files")
        outcome.stopped("below/app.ini:2")
        assert "git restore --staged" not in outcome.said

    def test_all_files_with_options_before_their_names(self, repo: Repo) -> None:
        config = (repo.path / ".pre-commit-config.yaml").read_text()
        repo.commit(**{
            ".pre-commit-config.yaml": config.replace(
                "- id: keyguard\n", "- id: keyguard\n        args: [--min-confidence, low]\n"
            ),
            "app.ini": CLEAN,
            "below/app.ini": KEY,
        })  # fmt: skip
        repo.run("pre-commit", "run", "--all-files").stopped("below/app.ini:1")

    def test_all_files_reads_the_index_too(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": CLEAN, "other.ini": CLEAN})
        repo.stage("app.ini", KEY)
        repo.write("app.ini", CLEAN)
        repo.run("pre-commit", "run", "--all-files").stopped("app.ini:1")

    def test_all_files_tells_what_is_staged_and_on_the_disk_once(self, repo: Repo) -> None:
        (repo.path / "link").symlink_to(f"{ID}/{SECRET}")
        repo.git("add", "link")
        repo.commit(**{"old.ini": KEY, "changed.ini": CLEAN})
        repo.stage("new.ini", KEY)
        repo.stage("changed.ini", KEY)
        repo.write("changed.ini", CLEAN + KEY)
        run = repo.run("pre-commit", "run", "--all-files")
        run.stopped("changed.ini:1", "changed.ini:2", "link:1", "new.ini:1", "old.ini:1")

    def test_all_files_with_the_target_of_a_symlink(self, repo: Repo) -> None:
        (repo.path / "link").symlink_to(f"{ID}/{SECRET}")
        repo.git("add", "link")
        repo.commit()
        repo.run("pre-commit", "run", "--all-files").stopped("link:1")

    def test_all_files_with_a_submodule(self, repo: Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "library").commit(file=KEY)
        repo.git("submodule", "--quiet", "add", str(tmp_path / "library"), "module")
        repo.run("git", "commit", "-m", "a commit").checked("keyguard (AWS keys)")
        repo.run("pre-commit", "run", "--all-files").checked("keyguard (AWS keys)")

    def test_some_files(self, repo: Repo) -> None:
        repo.commit(**{"one.ini": KEY, "two.ini": CLEAN, "three.ini": KEY})
        run = ("pre-commit", "run", "keyguard", "--files")
        repo.run(*run, "two.ini").checked("keyguard (AWS keys)")
        repo.run(*run, "one.ini", "two.ini").stopped("one.ini:1")

    def test_what_a_range_changes(self, repo: Repo) -> None:
        repo.commit(**{"old.ini": KEY})
        repo.commit(**{"app.ini": CLEAN})
        repo.commit(**{"app.ini": CLEAN + KEY})
        run = ("pre-commit", "run", "--from-ref")
        repo.run(*run, "HEAD~2", "--to-ref", "HEAD").stopped("app.ini:2")
        repo.run(*run, "HEAD", "--to-ref", "HEAD").passed()


class TestCommitMessage:
    """The message is checked too."""

    def test_a_key_in_it(self, repo: Repo) -> None:
        repo.stage("app.ini", CLEAN)
        outcome = repo.run("git", "commit", "-m", f"the old key was {ID}\n\n{SECRET}")
        outcome.stopped("commit message:1")
        assert "SKIP=keyguard-commit-msg" in outcome.said

    def test_none_in_it(self, repo: Repo) -> None:
        repo.stage("app.ini", CLEAN)
        repo.run("git", "commit", "-m", "subject\n\nbody").checked("keyguard (commit message)")

    def test_what_git_adds_below_the_scissors_is_not_in_it(self, repo: Repo) -> None:
        repo.commit(**{"app.ini": CLEAN + KEY})
        repo.stage("app.ini", CLEAN)
        editor = {"GIT_EDITOR": 'f() { echo subject > m && cat "$1" >> m && mv m "$1"; }; f'}
        outcome = repo.run("git", "commit", "--verbose", **editor)
        outcome.checked("keyguard (commit message)")


class TestPush:
    """Every commit of a push is read."""

    @pytest.fixture
    def cloned(self, repo: Repo, tmp_path: Path) -> Repo:
        """A repository with a remote that has its first commit."""
        repos.init(tmp_path / "server", "--bare")
        repo.git("remote", "add", "origin", str(tmp_path / "server"))
        repo.git("push", "-q", "--no-verify", "--set-upstream", "origin", "main")
        return repo

    def test_what_is_clean(self, cloned: Repo) -> None:
        cloned.commit(**{"app.ini": CLEAN})
        cloned.run("git", "push").checked("keyguard (outgoing commits)")
        cloned.run("git", "push", "origin", "HEAD:refs/heads/new").passed()

    def test_to_a_branch_that_is_there(self, cloned: Repo) -> None:
        cloned.commit(**{"app.ini": CLEAN + KEY})
        outcome = cloned.run("git", "push")
        outcome.stopped("app.ini:2")
        assert f"commit   {cloned.oid()[:12]}" in outcome.said
        assert "SKIP=keyguard-push git push" in outcome.said
        assert cloned.oid("refs/remotes/origin/main") == cloned.oid("HEAD~")

    def test_to_a_new_branch(self, cloned: Repo) -> None:
        cloned.git("checkout", "-q", "-b", "new")
        cloned.commit(**{"app.ini": KEY})
        cloned.run("git", "push", "origin", "new").stopped("app.ini:1")

    def test_a_key_that_comes_and_goes_in_the_push(self, cloned: Repo) -> None:
        cloned.commit(**{"app.ini": KEY})
        cloned.commit(**{"app.ini": CLEAN})
        outcome = cloned.run("git", "push")
        outcome.stopped("app.ini:1")
        assert f"commit   {cloned.oid('HEAD~')[:12]}" in outcome.said

    def test_a_key_that_is_there_already(self, cloned: Repo) -> None:
        cloned.commit(**{"app.ini": KEY})
        cloned.git("push", "-q", "--no-verify")
        cloned.commit(**{"other.ini": CLEAN})
        cloned.run("git", "push").checked("keyguard (outgoing commits)")

    def test_a_key_in_a_message(self, cloned: Repo) -> None:
        cloned.commit(f"the key is {ID}\n\n{SECRET}")
        assert cloned.run("git", "push").code == 1

    def test_nothing(self, cloned: Repo) -> None:
        outcome = cloned.run("git", "push")
        outcome.passed()
        assert "up-to-date" in outcome.said

    def test_a_deletion(self, cloned: Repo) -> None:
        cloned.git("push", "-q", "--no-verify", "origin", "HEAD:refs/heads/old")
        cloned.run("git", "push", "origin", ":old").passed()

    def test_a_repository_from_its_first_commit_on(self, cloned: Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "empty", "--bare")
        cloned.commit(**{"app.ini": KEY})
        cloned.commit(**{"app.ini": CLEAN})
        cloned.run("git", "push", str(tmp_path / "empty"), "main").stopped("app.ini:1")

    def test_skipping_once(self, cloned: Repo) -> None:
        cloned.commit(**{"app.ini": KEY})
        assert cloned.run("git", "push", SKIP="keyguard-push").code == 0

    def test_by_hand(self, cloned: Repo) -> None:
        cloned.commit(**{"app.ini": KEY})
        run = ("pre-commit", "run", "--hook-stage", "pre-push", "keyguard-push")
        cloned.run(*run).stopped("app.ini:1")
        cloned.run(*run, "--from-ref", "HEAD", "--to-ref", "HEAD").passed()


class TestTryRepo:
    """How people try it before they use it."""

    def attempt(self, repo: Repo, source: Path, hook: str) -> Outcome:
        return repo.run("pre-commit", "try-repo", str(source), hook, "--all-files")

    @pytest.mark.parametrize("text", [CLEAN, KEY], ids=["clean", "with a key"])
    def test_it(self, repo: Repo, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        """With an environment of its own, which pre-commit installs for each try."""
        repo.commit(**{"app.ini": text})
        outcome = self.attempt(repo, snapshot(tmp_path_factory).path, "keyguard")
        if text == KEY:
            outcome.stopped("app.ini:1")
        else:
            outcome.checked("keyguard (AWS keys)")

    def test_the_program_on_the_path(self, repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> None:
        source = snapshot(tmp_path_factory).path
        self.attempt(repo, source, "keyguard-system").checked("keyguard (installed program)")
        repo.commit(**{"app.ini": KEY})
        self.attempt(repo, source, "keyguard-system").stopped("app.ini:1")

    def test_what_the_manifest_says_is_valid(self, repo: Repo) -> None:
        done = repo.run("pre-commit", "validate-manifest", str(CHECKOUT / ".pre-commit-hooks.yaml"))
        assert done.code == 0, done.said


class TestCalledDirectly:
    """What pre-commit would do, without it."""

    @pytest.fixture
    def alone(self, tmp_path: Path) -> Repo:
        return Repo(repos.init(tmp_path / "alone").path)

    def hook(self, repo: Repo, *names: str | bytes) -> Outcome:
        return repo.run("keyguard", "hook", "pre-commit", *names, PRE_COMMIT="1")

    def test_files_that_are_not_there(self, alone: Repo) -> None:
        alone.commit(**{"app.ini": CLEAN})
        outcome = self.hook(alone, "missing.ini")
        assert outcome.code == 2
        assert "missing.ini: does not exist" in outcome.said

    def test_files_of_which_one_is_there(self, alone: Repo) -> None:
        alone.commit(**{"app.ini": CLEAN})
        assert self.hook(alone, "app.ini", "missing.ini").code == 2
        alone.commit(**{"app.ini": KEY})
        outcome = self.hook(alone, "app.ini", "missing.ini")
        outcome.stopped("app.ini:1")
        assert "missing.ini: does not exist" in outcome.said

    def test_a_directory(self, alone: Repo) -> None:
        alone.commit(**{"below/app.ini": KEY})
        assert self.hook(alone, "below").code == 2

    def test_an_empty_file_is_read(self, alone: Repo) -> None:
        alone.commit(**{"__init__.py": ""})
        assert self.hook(alone, "__init__.py") == (0, "")

    def test_nothing_is_staged(self, alone: Repo) -> None:
        assert self.hook(alone) == (0, "")

    def test_a_name_that_is_not_utf8(self, alone: Repo) -> None:
        alone.stage(b"caf\xe9.ini", KEY)
        self.hook(alone, b"caf\xe9.ini").stopped("caf\\xe9.ini:1")
        alone.commit()
        self.hook(alone, b"caf\xe9.ini").stopped("caf\\xe9.ini:1")

    def test_names_relative_to_a_subdirectory(self, alone: Repo) -> None:
        alone.stage("below/app.ini", KEY)
        below = Repo(alone.path / "below")
        self.hook(below, "app.ini").stopped("below/app.ini:1")

    def test_two_batches_of_the_same_run(self, alone: Repo) -> None:
        alone.stage("one.ini", KEY)
        alone.stage("two.ini", KEY)
        self.hook(alone, "one.ini").stopped("one.ini:1")
        self.hook(alone, "two.ini").stopped("two.ini:1")

    def test_outside_of_a_repository(self, tmp_path: Path) -> None:
        outcome = self.hook(Repo(tmp_path))
        assert outcome.code == 2
        assert "is not in a git repository" in outcome.said


class TestReceive:
    """A server that refuses keys, with git alone."""

    @pytest.fixture
    def server(self, tmp_path: Path) -> Repo:
        server = Repo(repos.init(tmp_path / "server", "--bare").path)
        done = server.run("keyguard", "install", "--hook", "pre-receive")
        assert done.code == 0, done.said
        return server

    @pytest.fixture
    def client(self, tmp_path: Path, server: Repo) -> Repo:
        client = Repo(repos.init(tmp_path / "client").path)
        client.git("remote", "add", "origin", str(server.path))
        client.commit(**{"app.ini": CLEAN})
        client.run("git", "push", "origin", "main").passed()
        return client

    def test_what_is_clean_is_taken(self, client: Repo, server: Repo) -> None:
        assert server.oid("main") == client.oid()
        new = client.commit(**{"app.ini": CLEAN + CLEAN})
        client.run("git", "push", "origin", "main", "main:new").passed()
        assert server.oid("new") == new

    def test_an_update_with_a_key_is_refused_and_leaves_nothing(self, client: Repo, server: Repo) -> None:
        objects = server.git("cat-file", "--batch-all-objects", "--batch-check")
        client.commit(**{"app.ini": CLEAN + KEY})
        outcome = client.run("git", "push", "origin", "main")
        outcome.stopped("app.ini:2")
        assert "pre-receive hook declined" in outcome.said
        assert server.oid("main") == client.oid("HEAD~")
        assert server.git("cat-file", "--batch-all-objects", "--batch-check") == objects

    def test_a_new_branch_with_a_key_that_comes_and_goes(self, client: Repo, server: Repo) -> None:
        client.commit(**{"app.ini": KEY})
        client.commit(**{"app.ini": CLEAN})
        client.run("git", "push", "origin", "HEAD:new").stopped("app.ini:1")
        assert server.git("for-each-ref", "--format=%(refname)") == b"refs/heads/main\n"

    def test_one_branch_of_several(self, client: Repo) -> None:
        client.commit(**{"app.ini": CLEAN + CLEAN})
        client.git("branch", "clean")
        client.commit(**{"app.ini": KEY})
        client.run("git", "push", "origin", "clean", "main").stopped("app.ini:1")

    def test_a_deletion(self, client: Repo, server: Repo) -> None:
        client.run("git", "push", "origin", "main:old").passed()
        client.run("git", "push", "origin", ":old").passed()
        assert server.git("for-each-ref", "--format=%(refname)") == b"refs/heads/main\n"

    def test_a_tag_of_a_commit_with_a_key(self, client: Repo) -> None:
        client.commit(**{"app.ini": KEY})
        client.git("tag", "v1")
        client.run("git", "push", "origin", "v1").stopped("app.ini:1")

    def test_a_tag_with_a_key_in_its_message(self, client: Repo) -> None:
        client.git("tag", "-a", "-m", f"deployed with {ID}\n{SECRET}", "v1")
        outcome = client.run("git", "push", "origin", "v1")
        assert outcome.code == 1
        assert ID in outcome.said

    def test_a_key_that_the_server_has_already(self, client: Repo, server: Repo) -> None:
        (server.path / "hooks" / "pre-receive").rename(server.path / "hooks" / "off")
        client.commit(**{"app.ini": KEY})
        client.run("git", "push", "origin", "main").passed()
        (server.path / "hooks" / "off").rename(server.path / "hooks" / "pre-receive")
        client.commit(**{"other.ini": CLEAN})
        client.run("git", "push", "origin", "main").passed()

    def test_what_the_sender_skips_the_server_does_not(self, client: Repo) -> None:
        """A push to a path hands its environment on."""
        client.commit(**{"app.ini": KEY})
        client.run("git", "push", "--no-verify", "origin", "main", SKIP="keyguard").stopped("app.ini:1")


class TestPushWithGitAlone:
    """A hook that keyguard installs sees what pre-commit's does not."""

    @pytest.fixture
    def cloned(self, tmp_path: Path) -> Repo:
        repos.init(tmp_path / "server", "--bare")
        cloned = Repo(repos.init(tmp_path / "cloned").path)
        cloned.git("remote", "add", "origin", str(tmp_path / "server"))
        cloned.commit(**{"app.ini": CLEAN})
        cloned.git("push", "-q", "origin", "main")
        assert cloned.run("keyguard", "install", "--hook", "pre-push").code == 0
        return cloned

    def test_every_branch_is_read(self, cloned: Repo) -> None:
        """Of which pre-commit looks at the first only."""
        cloned.git("branch", "clean", cloned.commit(**{"app.ini": CLEAN + CLEAN}))
        cloned.commit(**{"app.ini": KEY})
        cloned.run("git", "push", "origin", "clean", "main").stopped("app.ini:1")

    def test_a_tag_of_a_commit_that_is_there(self, cloned: Repo) -> None:
        """For which pre-commit does not run anything."""
        cloned.git("tag", "-a", "-m", f"deployed with {ID}\n{SECRET}", "v1")
        assert cloned.run("git", "push", "origin", "v1").code == 1

    def test_what_is_clean(self, cloned: Repo) -> None:
        cloned.commit(**{"app.ini": CLEAN + CLEAN})
        cloned.run("git", "push", "origin", "main", "main:new").passed()
        cloned.run("git", "push", "origin", "main").passed()
        cloned.run("git", "push", "origin", ":new").passed()

    def test_skipping_once(self, cloned: Repo) -> None:
        cloned.commit(**{"app.ini": KEY})
        cloned.run("git", "push", "origin", "main").stopped("app.ini:1")
        assert cloned.run("git", "push", "origin", "main", SKIP="keyguard").code == 0
