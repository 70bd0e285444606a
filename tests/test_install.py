"""Hooks are installed and removed in every kind of repository; what was there before goes on working."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
import repos
from test_pre_commit import BIN, CLEAN, KEY, Outcome, Repo

from keyguard import hookscript

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = hookscript.BEFORE


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(repos.init(tmp_path / "repo").path)


def install(repo: Repo, *arguments: str) -> str:
    """Run ``keyguard install``, which must succeed; what it says."""
    outcome = repo.run("keyguard", "install", *arguments)
    assert outcome.code == 0, outcome.said
    return outcome.said


def commit(repo: Repo, *arguments: str) -> Outcome:
    return repo.run("git", "commit", "-m", "a commit", *arguments)


def hooks(repo: Repo) -> dict[str, tuple[int, bytes]]:
    """The hooks of a repository: mode and content."""
    folder = repo.path / ".git" / "hooks"
    found = (place for place in folder.iterdir() if not place.name.endswith(".sample"))
    return {place.name: (stat.S_IMODE(place.stat().st_mode), place.read_bytes()) for place in found}


class TestFresh:
    """A repository without hooks."""

    def test_commits_and_merges_are_checked(self, repo: Repo) -> None:
        folder = repo.path / ".git" / "hooks"
        said = f"installed {folder}/pre-commit\ninstalled {folder}/pre-merge-commit\n"
        assert install(repo) == said
        repo.stage("app.ini", KEY)
        commit(repo).stopped("app.ini:1")
        repo.stage("app.ini", CLEAN)
        commit(repo).passed()

    def test_a_merge_without_a_conflict_runs_it(self, repo: Repo) -> None:
        repo.commit()
        repo.git("branch", "side")
        repo.commit(app=CLEAN)
        repo.git("checkout", "-q", "side")
        repo.commit(other=CLEAN)
        install(repo)
        repo.hook("pre-merge-commit" + BEFORE, "#!/bin/sh\necho ran\n")
        outcome = repo.run("git", "merge", "-m", "a merge", "main")
        outcome.passed()
        assert "ran" in outcome.said

    def test_the_message_of_a_commit(self, repo: Repo) -> None:
        install(repo, "--hook", "commit-msg")
        repo.run("git", "commit", "--allow-empty", "-m", "subject\n\n" + KEY).stopped("commit message:3")
        repo.run("git", "commit", "--allow-empty", "-m", "subject").passed()

    def test_all_at_once(self, repo: Repo) -> None:
        words = [word for hook in hookscript.COMMANDS for word in ("--hook", hook)]
        install(repo, *words)
        assert set(hooks(repo)) == set(hookscript.COMMANDS)

    def test_commit_all_and_from_a_subdirectory(self, repo: Repo) -> None:
        repo.commit(**{"below/app.ini": CLEAN})
        install(Repo(repo.path / "below"))
        repo.write("below/app.ini", CLEAN + KEY)
        outcome = repo.run("git", "-C", "below", "commit", "-a", "-m", "a commit")
        outcome.stopped("below/app.ini:2")
        assert "git commit --no-verify" in outcome.said

    def test_skipping_once(self, repo: Repo) -> None:
        install(repo)
        repo.stage("app.ini", KEY)
        assert repo.run("git", "commit", "-m", "a commit", SKIP="other,keyguard").code == 0

    def test_it_needs_no_path(self, repo: Repo, tmp_path: Path) -> None:
        """A graphical program commits with another PATH than the shell's."""
        install(repo)
        repo.stage("app.ini", KEY)
        done = subprocess.run(
            ["git", "commit", "-m", "a commit"],
            cwd=repo.path,
            env=repos.environment({"PATH": os.defpath, "HOME": str(tmp_path)}),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1
        assert b"keyguard stopped this commit" in done.stderr


class TestTwice:
    """Installing again."""

    def test_it_changes_nothing(self, repo: Repo) -> None:
        repo.hook("pre-commit", "#!/bin/sh\nexit 0\n")
        install(repo)
        before = hooks(repo)
        install(repo)
        assert hooks(repo) == before
        assert set(before) == {"pre-commit", "pre-commit" + BEFORE, "pre-merge-commit"}

    def test_another_interpreter_takes_over(self, repo: Repo) -> None:
        install(repo)
        folder = repo.path / ".git" / "hooks"
        hookscript.install(str(folder), "pre-commit", "/elsewhere/python")
        assert "/elsewhere/python" in (folder / "pre-commit").read_text()
        install(repo)
        assert "/elsewhere/python" not in (folder / "pre-commit").read_text()


class TestAHookThatIsThere:
    """It is kept and called first."""

    def test_it_is_called_first_and_both_must_pass(self, repo: Repo) -> None:
        repo.hook("pre-commit", "#!/bin/sh\necho first; test ! -e stop\n")
        assert "the hook that was there is called first, as pre-commit.before-keyguard" in install(repo)
        repo.stage("app.ini", KEY)
        outcome = commit(repo)
        outcome.stopped("app.ini:1")
        assert outcome.said.startswith("first\n")
        repo.stage("app.ini", CLEAN)
        outcome = commit(repo)
        outcome.passed()
        assert outcome.said.count("first\n") == 1

    def test_when_it_fails_keyguard_is_not_asked(self, repo: Repo) -> None:
        repo.hook("pre-commit", "#!/bin/sh\necho first; exit 7\n")
        install(repo)
        repo.stage("app.ini", KEY)
        assert commit(repo) == (1, "first\n")
        hook = repo.path / ".git" / "hooks" / "pre-commit"
        assert subprocess.run([hook], cwd=repo.path, check=False, capture_output=True).returncode == 7

    def test_its_arguments_and_its_standard_input_arrive(self, repo: Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "server", "--bare")
        repo.hook("pre-push", '#!/bin/sh\nprintf "<%s>" "$@" > heard; cat >> heard\n')
        install(repo, "--hook", "pre-push")
        server = f"{tmp_path}/server"
        head = repo.commit(**{"app.ini": KEY})
        repo.run("git", "push", server, "main").stopped("app.ini:1")
        line = f"refs/heads/main {head} refs/heads/main {'0' * 40}\n"
        assert (repo.path / "heard").read_text() == f"<{server}><{server}>{line}"

    def test_when_it_fails_a_push_stops(self, repo: Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "server", "--bare")
        repo.hook("pre-push", "#!/bin/sh\nexit 1\n")
        install(repo, "--hook", "pre-push")
        repo.commit(**{"app.ini": CLEAN})
        outcome = repo.run("git", "push", f"{tmp_path}/server", "main")
        assert outcome.code == 1
        assert "keyguard" not in outcome.said

    def test_when_it_does_not_read_its_input_all_is_well(self, repo: Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "server", "--bare")
        repo.hook("pre-push", "#!/bin/sh\nexec 0<&-\n")
        install(repo, "--hook", "pre-push")
        repo.commit(**{"app.ini": CLEAN})
        for number in range(300):
            repo.git("branch", f"a-rather-long-name-{number}")
        repo.run("git", "push", "-q", f"{tmp_path}/server", "--all").passed()

    def test_the_message_arrives(self, repo: Repo) -> None:
        repo.hook("commit-msg", '#!/bin/sh\necho "trailer: x" >> "$1"\n')
        install(repo, "--hook", "commit-msg")
        repo.run("git", "commit", "--allow-empty", "-m", "subject").passed()
        assert repo.git("log", "-1", "--format=%B").split() == [b"subject", b"trailer:", b"x"]

    def test_one_that_is_not_executable_stays_off(self, repo: Repo) -> None:
        repo.hook("pre-commit", "#!/bin/sh\nexit 1\n")
        (repo.path / ".git" / "hooks" / "pre-commit").chmod(0o644)
        install(repo)
        repo.stage("app.ini", CLEAN)
        commit(repo).passed()

    def test_one_that_is_a_symlink(self, repo: Repo) -> None:
        folder = repo.path / ".git" / "hooks"
        repo.hook("shared", "#!/bin/sh\necho shared; exit 1\n")
        (folder / "pre-commit").symlink_to("shared")
        install(repo)
        repo.stage("app.ini", CLEAN)
        assert commit(repo) == (1, "shared\n")
        install(repo, "--uninstall")
        assert os.readlink(folder / "pre-commit") == "shared"
        assert "echo shared" in (folder / "shared").read_text()

    def test_two_of_them_cannot_be_kept(self, repo: Repo) -> None:
        repo.hook("pre-commit", "#!/bin/sh\n")
        repo.hook("pre-commit" + BEFORE, "#!/bin/sh\n")
        before = hooks(repo)
        outcome = repo.run("keyguard", "install")
        assert outcome.code == 2
        assert "exists already; move one of them away" in outcome.said
        assert hooks(repo) == before


class TestPreCommits:
    """A hook of pre-commit's, which keeps others' as ``.legacy``."""

    CONFIG = """\
        repos:
          - repo: local
            hooks:
              - {id: says, name: says, entry: echo from pre-commit, language: system, verbose: true}
        """

    @pytest.fixture
    def repo(self, repo: Repo, tmp_path: Path) -> Repo:
        repo.commit(**{".pre-commit-config.yaml": textwrap.dedent(self.CONFIG)})
        return Repo(repo.path, {"PRE_COMMIT_HOME": str(tmp_path / "home")})

    def pre_commit(self, repo: Repo, *arguments: str) -> None:
        outcome = repo.run("pre-commit", *arguments)
        assert outcome.code == 0, outcome.said

    def both(self, repo: Repo) -> None:
        """Fail unless both are called, once each, and each can stop a commit."""
        repo.stage("app.ini", KEY)
        outcome = commit(repo)
        outcome.stopped("app.ini:1")
        assert outcome.said.count("from pre-commit") == 1
        assert outcome.said.count("keyguard stopped") == 1

    def test_it_is_there_already(self, repo: Repo) -> None:
        self.pre_commit(repo, "install")
        assert "pre-commit.legacy, which pre-commit's hook calls\n" in install(repo)
        self.both(repo)
        self.pre_commit(repo, "uninstall")
        commit(repo).stopped("app.ini:1")

    def test_it_comes_later(self, repo: Repo) -> None:
        install(repo)
        self.pre_commit(repo, "install")
        self.both(repo)
        self.pre_commit(repo, "uninstall")
        commit(repo).stopped("app.ini:1")

    def test_installed_once_more(self, repo: Repo) -> None:
        self.pre_commit(repo, "install")
        install(repo)
        self.pre_commit(repo, "install")
        self.both(repo)
        install(repo)
        self.both(repo)
        install(repo, "--uninstall")
        commit(repo).passed()

    def test_a_third_one_is_still_called(self, repo: Repo) -> None:
        repo.hook("pre-commit", "#!/bin/sh\necho third\n")
        install(repo)
        self.pre_commit(repo, "install")
        self.both(repo)
        assert commit(repo).said.count("third") == 1
        install(repo, "--uninstall")
        outcome = commit(repo)
        outcome.passed()
        assert outcome.said.count("third") == 1


class TestUninstalling:
    """Nothing is left behind."""

    def test_what_was_there_is_back_byte_for_byte(self, repo: Repo) -> None:
        repo.hook("pre-commit", "#!/bin/sh\n# caf\u00e9\nexit 0\n")
        (repo.path / ".git" / "hooks" / "pre-commit").chmod(0o711)
        repo.hook("post-commit", "#!/bin/sh\n")
        before = hooks(repo)
        install(repo)
        install(repo, "--hook", "pre-push")
        assert hooks(repo) != before
        said = install(repo, "--uninstall")
        assert said.count("removed ") == 3
        assert said.count("the hook that was there before is back") == 1
        assert hooks(repo) == before
        repo.stage("app.ini", KEY)
        assert commit(repo).code == 0

    def test_one_of_them(self, repo: Repo) -> None:
        install(repo, "--hook", "pre-commit", "--hook", "pre-push")
        install(repo, "--uninstall", "--hook", "pre-push")
        assert set(hooks(repo)) == {"pre-commit"}

    def test_what_is_not_keyguards_stays(self, repo: Repo) -> None:
        repo.hook("pre-commit", "#!/bin/sh\n")
        before = hooks(repo)
        assert install(repo, "--uninstall") == f"no hook of keyguard's in {repo.path}/.git/hooks\n"
        said = install(repo, "--uninstall", "--hook", "pre-commit")
        assert said == f"{repo.path}/.git/hooks/pre-commit is not keyguard's: left as it is\n"
        assert hooks(repo) == before


class TestWhere:
    """Wherever git looks for hooks."""

    def works(self, repo: Repo, *arguments: str) -> None:
        """Fail unless an installation there stops a commit, and can be undone."""
        install(repo, *arguments)
        repo.stage("app.ini", KEY)
        commit(repo).stopped("app.ini:1")
        install(repo, "--uninstall")
        assert commit(repo).code == 0

    @pytest.mark.parametrize("below", [".", "below"], ids=["at the top", "in a subdirectory"])
    def test_a_path_for_hooks_in_the_repository(self, repo: Repo, below: str) -> None:
        repo.git("config", "core.hooksPath", "tools/hooks")
        repo.commit(**{"below/file": "x"})
        install(Repo(repo.path / below))
        assert (repo.path / "tools" / "hooks" / "pre-commit").is_file()
        repo.stage("app.ini", KEY)
        commit(repo).stopped("app.ini:1")

    def test_a_path_for_hooks_elsewhere(self, repo: Repo, tmp_path: Path) -> None:
        repo.git("config", "core.hooksPath", str(tmp_path / "my hooks"))
        self.works(repo)
        assert hooks(repo) == {}

    def test_a_path_for_the_hooks_of_all_repositories(self, repo: Repo, tmp_path: Path) -> None:
        (tmp_path / ".gitconfig").write_text("[core]\n\thooksPath = ~/all\n[user]\nname = x\nemail = x@x\n")
        repo = Repo(repo.path, {"HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": str(tmp_path / ".gitconfig")})
        assert f"installed {tmp_path}/all/pre-commit\n" in install(repo)
        repo.stage("app.ini", KEY)
        commit(repo).stopped("app.ini:1")

    def test_a_path_that_means_no_hooks(self, repo: Repo) -> None:
        repo.git("config", "core.hooksPath", os.devnull)
        outcome = repo.run("keyguard", "install")
        assert outcome.code == 2
        assert "cannot write /dev/null" in outcome.said

    def test_a_linked_work_tree(self, repo: Repo, tmp_path: Path) -> None:
        repo.commit()
        repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
        linked = Repo(tmp_path / "linked")
        install(linked)
        assert set(hooks(repo)) == {"pre-commit", "pre-merge-commit"}
        for one in (repo, linked):
            one.stage("app.ini", KEY)
            commit(one).stopped("app.ini:1")

    def test_a_submodule(self, repo: Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "library").commit()
        repo.git("submodule", "--quiet", "add", str(tmp_path / "library"), "module")
        self.works(Repo(repo.path / "module"))
        assert hooks(repo) == {}

    def test_a_bare_repository(self, tmp_path: Path) -> None:
        bare = Repo(repos.init(tmp_path / "bare.git", "--bare").path)
        assert install(bare, "--hook", "pre-receive") == f"installed {bare.path}/hooks/pre-receive\n"

    def test_named_with_an_option(self, repo: Repo, tmp_path: Path) -> None:
        outcome = Repo(tmp_path).run("keyguard", "-C", str(repo.path), "install")
        assert outcome.code == 0
        assert set(hooks(repo)) == {"pre-commit", "pre-merge-commit"}

    def test_a_directory_for_hooks_that_is_missing(self, repo: Repo) -> None:
        for place in (repo.path / ".git" / "hooks").iterdir():
            place.unlink()
        (repo.path / ".git" / "hooks").rmdir()
        self.works(repo)

    def test_no_repository(self, tmp_path: Path) -> None:
        outcome = Repo(tmp_path).run("keyguard", "install")
        assert outcome.code == 2
        assert "is not in a git repository" in outcome.said

    def test_an_unknown_hook(self, repo: Repo) -> None:
        outcome = repo.run("keyguard", "install", "--hook", "post-commit")
        assert outcome.code == 2
        assert "invalid choice: 'post-commit'" in outcome.said
        assert hooks(repo) == {}


NAMES = [
    pytest.param("a place", id="a space"),
    pytest.param("it's", id="a quote"),
    pytest.param('"$HOME" `id` \\', id="all that a shell would read"),
    pytest.param("new\nline", id="a newline"),
]


class TestTheInterpreter:
    """The Python that a hook names."""

    def interpreter(self, folder: Path) -> Path:
        """A Python with keyguard, at another place."""
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "python"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        program.chmod(0o755)
        return program

    @pytest.mark.parametrize("name", NAMES)
    def test_any_place(self, tmp_path: Path, name: str) -> None:
        repo = Repo(repos.init(tmp_path / name / "repo").path)
        program = self.interpreter(tmp_path / name)
        repo.run(str(program), "-m", "keyguard", "--version").passed()
        hookscript.install(str(repo.path / ".git" / "hooks"), "pre-commit", str(program))
        repo.stage("app.ini", KEY)
        commit(repo).stopped("app.ini:1")

    @pytest.mark.parametrize("name", NAMES)
    def test_once_it_is_gone_the_hook_says_so(self, tmp_path: Path, name: str) -> None:
        repo = Repo(repos.init(tmp_path / "repo").path)
        program = self.interpreter(tmp_path / name)
        hookscript.install(str(repo.path / ".git" / "hooks"), "pre-commit", str(program))
        program.unlink()
        repo.stage("app.ini", CLEAN)
        outcome = commit(repo)
        assert outcome.code == 1
        assert outcome.said == f"keyguard: error: {program} is gone; run keyguard install again\n"

    def test_once_it_is_gone_a_push_stops_too(self, tmp_path: Path) -> None:
        repo = Repo(repos.init(tmp_path / "repo").path)
        repos.init(tmp_path / "server", "--bare")
        hookscript.install(str(repo.path / ".git" / "hooks"), "pre-push", "/gone/python")
        repo.commit()
        outcome = repo.run("git", "push", str(tmp_path / "server"), "main")
        assert outcome.code == 1
        assert "/gone/python is gone; run keyguard install again" in outcome.said


def test_the_work_trees_own_modules_are_not_imported(repo: Repo) -> None:
    """Neither by the hook of keyguard's own, nor by the program that pre-commit would run."""
    trap = "open('/dev/stderr', 'w').write('TRAPPED'); raise SystemExit(0)\n"
    for name in ("json", "re", "argparse", "subprocess", "regex", "tomllib", "typing", "sitecustomize"):
        repo.stage(f"{name}.py", trap)
    repo.stage("keyguard/__init__.py", trap)
    repo.stage("patterns/aws.toml", "schema = 1\n")
    repo.stage("app.ini", KEY)
    install(repo)
    commit(repo).stopped("app.ini:1")
    outcome = repo.run("keyguard", "hook", "pre-commit")
    outcome.stopped("app.ini:1")
    assert "TRAPPED" not in outcome.said + commit(repo).said


@pytest.mark.parametrize("hook", hookscript.COMMANDS)
def test_the_script_is_plain_sh(hook: str, tmp_path: Path) -> None:
    script = tmp_path / hook
    script.write_text(hookscript.script(hook, str(BIN / "python")))
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/bin/sh"
    assert lines[1] == hookscript.MARK
