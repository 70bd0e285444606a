"""git is found, called without obeying the repository, and judged by how it ends."""

from __future__ import annotations

import os
import pickle
import threading
import time
from typing import TYPE_CHECKING

import pytest
import repos

from keyguard import gitobjects
from keyguard.errors import GitError
from keyguard.git import Git
from keyguard.giterrors import NotARepositoryError
from keyguard.text import PIECE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from keyguard.gitobjects import Object


@pytest.fixture
def repo(tmp_path: Path) -> repos.Repo:
    return repos.init(tmp_path / "repo")


def contents(objects: Iterable[Object]) -> list[tuple[str, bytes]]:
    """Kind and content of each."""
    return [(one.kind, b"".join(one.pieces)) for one in objects]


class TestWhere:
    """Which repository is meant."""

    def test_a_named_directory_is_used_whatever_the_environment_says(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = repos.init(tmp_path / "other")
        monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
        assert Git.at(str(repo.path)).top_level() == str(repo.path)

    def test_a_hook_uses_what_git_told_it(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("GIT_DIR", str(repo.path / ".git"))
        monkeypatch.setenv("GIT_WORK_TREE", str(repo.path))
        assert Git.here().git_dir() == str(repo.path / ".git")
        assert Git.here().top_level() == str(repo.path)

    def test_other_variables_of_git_are_dropped(
        self, repo: repos.Repo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repo.commit(a="a")
        monkeypatch.chdir(repo.path)
        monkeypatch.setenv("GIT_TRACE", str(repo.path / "trace"))
        monkeypatch.setenv("GIT_CONFIG_COUNT", "nonsense")
        monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
        assert Git.here().resolve("HEAD") == repo.oid()
        assert not (repo.path / "trace").exists()

    def test_outside_of_a_repository_there_is_no_top(self, tmp_path: Path) -> None:
        assert Git.at(str(tmp_path)).top_level() is None
        assert Git.at(str(tmp_path)).listed_files() is None

    def test_outside_of_a_repository_git_need_not_be_installed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "")
        assert Git.at(str(tmp_path)).listed_files() is None

    def test_the_prefix_is_where_the_directory_is_below_the_top(self, repo: repos.Repo) -> None:
        repo.write("a/b/file", "x")
        assert Git.at(str(repo.path)).prefix() == ""
        assert Git.at(str(repo.path / "a" / "b")).prefix() == "a/b/"

    def test_a_linked_worktree_has_its_own_directory(self, repo: repos.Repo, tmp_path: Path) -> None:
        repo.commit(a="a")
        repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
        git = Git.at(str(tmp_path / "linked"))
        assert git.top_level() == str(tmp_path / "linked")
        assert git.git_dir() == str(repo.path / ".git" / "worktrees" / "linked")

    @pytest.mark.parametrize("below", [".", "sub"])
    def test_hooks_are_where_the_configuration_says(self, repo: repos.Repo, below: str) -> None:
        repo.write("sub/file", "x")
        git = Git.at(str(repo.path / below))
        assert git.hooks_path() == str(repo.path / ".git" / "hooks")
        repo.git("config", "core.hooksPath", ".githooks")
        assert git.hooks_path() == str(repo.path / ".githooks")

    def test_it_travels_between_processes_and_shows_no_environment(
        self, repo: repos.Repo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MINE", "not to be shown")
        git = Git.at(str(repo.path))
        assert pickle.loads(pickle.dumps(git)) == git
        assert "not to be shown" not in repr(git)
        assert b"not to be shown" not in pickle.dumps(git)

    def test_nothing_there_has_no_name(self, repo: repos.Repo) -> None:
        git = Git.at(str(repo.path))
        assert git.resolve("HEAD") is None
        assert git.resolve("--all") is None

    @pytest.mark.parametrize("hashes", ["sha1", "sha256"])
    def test_the_empty_tree_is_named_but_not_written(self, tmp_path: Path, hashes: str) -> None:
        repo = repos.init(tmp_path / hashes, f"--object-format={hashes}")
        before = repos.files_of(repo.path)
        expected = repo.git("hash-object", "-t", "tree", "--stdin").decode().strip()
        assert Git.at(str(repo.path)).empty_tree() == expected
        assert repos.files_of(repo.path) == before


class TestBare:
    """A repository without a work tree."""

    @pytest.fixture
    def bare(self, repo: repos.Repo, tmp_path: Path) -> Path:
        repo.commit(a="content")
        repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
        return tmp_path / "bare"

    def test_a_named_bare_repository_is_read(self, repo: repos.Repo, bare: Path) -> None:
        git = Git.at(str(bare))
        assert git.resolve("HEAD") == repo.oid()
        assert git.top_level() is None
        assert git.listed_files() is None

    def test_so_is_one_that_is_the_current_directory(
        self, repo: repos.Repo, bare: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(bare)
        assert Git.here().resolve("HEAD") == repo.oid()

    def test_so_is_a_git_directory(self, repo: repos.Repo) -> None:
        repo.commit(a="content")
        assert Git.at(str(repo.path / ".git")).resolve("HEAD") == repo.oid()

    def test_a_directory_inside_of_one_is_refused(self, bare: Path) -> None:
        with pytest.raises(GitError, match="name the directory of that repository itself"):
            Git.at(str(bare / "refs")).resolve("HEAD")

    def test_a_broken_one_is_not_replaced_by_the_repository_around_it(self, repo: repos.Repo) -> None:
        for name in ("objects", "refs"):
            (repo.path / "inner" / name).mkdir(parents=True)
        repo.write("inner/HEAD", "nonsense")
        with pytest.raises(NotARepositoryError):
            Git.at(str(repo.path / "inner")).git_dir()

    def test_one_that_belongs_to_someone_else_is_refused(self, bare: Path) -> None:
        git = Git.at(str(bare))._replace(told=(("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"),))
        with pytest.raises(GitError, match=r"dubious ownership.*safe\.directory"):
            git.git_dir()


class TestListedFiles:
    """What a directory holds."""

    def test_tracked_and_untracked_but_not_ignored(self, repo: repos.Repo) -> None:
        repo.commit(tracked="x", gone="x")
        repo.write(".gitignore", "ignored\n")
        repo.write("ignored", "x")
        repo.write("sub/new", "x")
        (repo.path / "gone").unlink()
        listed = Git.at(str(repo.path)).listed_files()
        assert sorted(listed) == [".gitignore", "gone", "sub/new", "tracked"]

    def test_relative_to_the_directory(self, repo: repos.Repo) -> None:
        repo.commit(outside="x")
        repo.stage("sub/inside", "x")
        assert Git.at(str(repo.path / "sub")).listed_files() == ["inside"]

    @pytest.mark.parametrize("name", repos.ODD_NAMES)
    @pytest.mark.parametrize("tracked", [True, False], ids=["tracked", "untracked"])
    def test_any_name_leads_to_its_file(self, repo: repos.Repo, name: bytes, *, tracked: bool) -> None:
        repo.write(name, "found")
        if tracked:
            repo.git("--literal-pathspecs", "add", "--", name)
        (listed,) = Git.at(str(repo.path)).listed_files()
        assert (repo.path / listed).read_text() == "found"

    def test_a_submodule_and_an_embedded_repository_are_one_directory(
        self, repo: repos.Repo, tmp_path: Path
    ) -> None:
        repos.init(tmp_path / "library").commit(file="x")
        repo.git("submodule", "--quiet", "add", str(tmp_path / "library"), "module")
        repos.init(repo.path / "embedded").commit(file="x")
        listed = Git.at(str(repo.path)).listed_files()
        assert sorted(listed) == [".gitmodules", "embedded/", "module"]
        assert Git.at(str(repo.path / "module")).listed_files() == ["file"]

    def test_a_file_in_conflict_is_listed_once(self, repo: repos.Repo) -> None:
        repo.commit(file="base")
        repo.git("checkout", "-q", "-b", "side")
        repo.commit(file="side")
        repo.git("checkout", "-q", "main")
        repo.commit(file="main")
        repo.attempt("merge", "side")
        assert Git.at(str(repo.path)).listed_files() == ["file"]

    def test_nothing_is_written_for_a_sparse_index(self, repo: repos.Repo) -> None:
        repos.sparse(repo)
        before = repos.files_of(repo.path)
        assert "a/new" in Git.at(str(repo.path)).listed_files()
        assert repos.files_of(repo.path) == before


class TestObjects:
    """Reading many objects from one process."""

    def test_they_come_in_the_order_asked_for(self, repo: repos.Repo) -> None:
        oids = [repos.blob(repo, content) for content in (b"one", b"", b"with\nlines\n", b"\0\xff")]
        tree = repo.git("mktree").decode().strip()
        found = list(Git.at(str(repo.path)).objects([*oids, tree, oids[0]]))
        assert [one.oid for one in found] == [*oids, tree, oids[0]]
        assert [one.kind for one in found] == ["blob"] * 4 + ["tree", "blob"]
        assert [one.size for one in found] == [3, 0, 11, 2, 0, 3]

    def test_their_content_is_read_as_it_stands(self, repo: repos.Repo) -> None:
        repo.write(".gitattributes", "* text eol=crlf working-tree-encoding=UTF-16\n")
        oid = repos.blob(repo, b"a\nb\n")
        assert contents(Git.at(str(repo.path)).objects([oid])) == [("blob", b"a\nb\n")]

    def test_content_that_nobody_read_does_not_disturb_the_next(self, repo: repos.Repo) -> None:
        first, second = repos.blob(repo, b"x" * 100_000), repos.blob(repo, b"second")
        objects = Git.at(str(repo.path)).objects([first, second])
        next(objects)
        assert b"".join(next(objects).pieces) == b"second"

    def test_a_large_blob_comes_in_pieces(self, repo: repos.Repo) -> None:
        objects = Git.at(str(repo.path)).objects([repos.blob(repo, b"0123456789abcdef" * (PIECE // 8))])
        found = next(objects)
        assert found.size == 2 * PIECE
        assert [len(piece) for piece in found.pieces] == [PIECE, PIECE]
        assert list(objects) == []

    def test_content_cannot_be_had_too_late(self, repo: repos.Repo) -> None:
        found = list(Git.at(str(repo.path)).objects([repos.blob(repo, b"one"), repos.blob(repo, b"two")]))
        with pytest.raises(ValueError, match="before the next"):
            list(found[0].pieces)

    def test_reading_past_a_huge_blob_is_not_needed(
        self, repo: repos.Repo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(gitobjects, "NOT_WORTH_READING", 1000)
        huge, small = repos.blob(repo, b"x" * 2000), repos.blob(repo, b"small")
        objects = Git.at(str(repo.path)).objects([huge, small, huge])
        assert [(one.kind, one.size) for one in objects] == [("blob", 2000), ("blob", 5), ("blob", 2000)]

    def test_many_more_than_a_pipe_holds(self, repo: repos.Repo) -> None:
        oids = [repos.blob(repo, b"x" * 5000), repos.blob(repo, b"y")] * 3000
        seen = sum(len(b"".join(one.pieces)) for one in Git.at(str(repo.path)).objects(oids))
        assert seen == 3000 * 5001

    def test_names_are_read_only_a_little_ahead(self, repo: repos.Repo) -> None:
        oid = repos.blob(repo, b"x")
        asked = iter([oid] * 1000)
        objects = Git.at(str(repo.path)).objects(asked)
        next(objects)
        objects.close()
        assert len(list(asked)) >= 1000 - 2 * gitobjects.WINDOW

    def test_nothing_to_read_needs_no_git(self, repo: repos.Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        assert list(Git.at(str(repo.path)).objects([])) == []

    def test_a_missing_one_is_a_result(self, repo: repos.Repo) -> None:
        there, missing = repos.blob(repo, b"there"), "0123456789" * 4
        found = list(Git.at(str(repo.path)).objects([missing, there]))
        assert [one.kind for one in found] == ["missing", "blob"]
        assert found[0].reason
        assert not found[1].reason

    def test_a_damaged_one_is_a_result(self, repo: repos.Repo) -> None:
        oids = [repos.blob(repo, content) for content in (b"one", b"two", b"three")]
        repos.damage(repo, oids[1], b"garbage")
        found = contents(Git.at(str(repo.path)).objects(oids))
        assert found == [("blob", b"one"), ("missing", b""), ("blob", b"three")]

    def test_one_that_ends_too_early_raises_and_the_next_still_comes(self, repo: repos.Repo) -> None:
        broken, whole = repos.blob(repo, os.urandom(3_000_000)), repos.blob(repo, b"whole")
        repos.damage(repo, broken, repos.loose(repo, broken).read_bytes()[:1_000_000])
        objects = Git.at(str(repo.path)).objects([broken, whole])
        with pytest.raises(GitError, match="damaged"):
            list(next(objects).pieces)
        assert contents(objects) == [("blob", b"whole")]

    def test_one_at_which_git_dies_is_a_result(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = f"""
if "cat-file" not in sys.argv:
    os.execv({repos.which()!r}, sys.argv)
for line in sys.stdin:
    oid = line.strip()
    if oid.startswith("bad"):
        sys.exit("fatal: this one is \\x1b[31mbad")
    print(oid, "blob 3\\nabc", flush=True)
"""
        monkeypatch.setenv("PATH", repos.fake_git(tmp_path / "bin", script))
        objects = Git.at(str(repo.path)).objects(["bad1", "good", "bad2", "good", "bad3"])
        found = [(one.kind, b"".join(one.pieces), one.reason) for one in objects]
        bad, good = ("unreadable", b"", "this one is \\x1b[31mbad"), ("blob", b"abc", "")
        assert found == [bad, good, bad, good, bad]

    def test_a_flood_of_complaints_stops_nothing(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = """
for line in sys.stdin:
    sys.stderr.write("error: something is wrong\\n" * 100_000)
    print(line.strip(), "blob 3\\nabc", flush=True)
"""
        monkeypatch.setenv("PATH", repos.fake_git(tmp_path / "bin", script))
        assert contents(Git.at(str(repo.path)).objects(["a", "b"])) == [("blob", b"abc")] * 2

    def test_answers_to_another_question_are_not_believed(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = "for line in sys.stdin: print('other', 'blob 3\\nabc', flush=True)"
        monkeypatch.setenv("PATH", repos.fake_git(tmp_path / "bin", script))
        assert [one.kind for one in Git.at(str(repo.path)).objects(["a", "b"])] == ["unreadable"] * 2

    def test_outside_of_a_repository_the_error_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(NotARepositoryError):
            list(Git.at(str(tmp_path)).objects(["0" * 40]))

    @pytest.mark.parametrize("read", [0, 1])
    def test_closing_ends_git(self, repo: repos.Repo, read: int) -> None:
        oid = repos.blob(repo, b"x" * 1_000_000)
        objects = Git.at(str(repo.path)).objects([oid] * 100)
        for _ in range(read):
            next(objects)
        threads = threading.active_count()
        begun = time.monotonic()
        objects.close()
        assert time.monotonic() - begun < 5
        assert threading.active_count() <= threads
        with pytest.raises(ChildProcessError):  # no child is left, not even a dead one
            os.waitpid(-1, os.WNOHANG)


class TestErrors:
    """What goes wrong is said in one line."""

    def test_not_a_repository(self, tmp_path: Path) -> None:
        with pytest.raises(NotARepositoryError, match="not in a git repository") as caught:
            Git.at(str(tmp_path)).git_dir()
        assert "\n" not in str(caught.value)

    def test_no_such_directory(self, tmp_path: Path) -> None:
        with pytest.raises(GitError, match="does the directory exist"):
            Git.at(str(tmp_path / "missing")).git_dir()

    def test_the_current_directory_is_gone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "gone").mkdir()
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        with pytest.raises(GitError, match="current directory"):
            Git.here()

    @pytest.mark.parametrize(
        "search",
        [
            pytest.param("", id="empty"),
            pytest.param("bin", id="relative"),
            pytest.param(".:", id="current directory"),
        ],
    )
    def test_git_is_missing(self, repo: repos.Repo, search: str, monkeypatch: pytest.MonkeyPatch) -> None:
        repo.write("bin/git", "#!/bin/sh\nexit 1\n")
        repo.write("git", "#!/bin/sh\nexit 1\n")
        for place in ("bin/git", "git"):
            (repo.path / place).chmod(0o755)
        monkeypatch.chdir(repo.path)
        monkeypatch.setenv("PATH", search)
        with pytest.raises(GitError, match="install git"):
            Git.here().git_dir()

    @pytest.mark.parametrize("linked", [False, True], ids=["itself", "by a link"])
    def test_a_git_inside_of_the_repository_is_not_run(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, linked: bool
    ) -> None:
        search = repos.fake_git(repo.path / "bin", "open('ran', 'w')")
        if linked:
            (tmp_path / "bin").symlink_to(repo.path / "bin")
            search = search.replace(str(repo.path / "bin"), str(tmp_path / "bin"))
        (repo.path / "sub").mkdir()
        git = Git.at(str(repo.path / "sub"))
        monkeypatch.setenv("PATH", search)
        assert git.prefix() == "sub/"
        monkeypatch.setenv("PATH", search.split(os.pathsep)[0])
        with pytest.raises(GitError, match="inside the repository"):
            git.git_dir()
        assert not (repo.path / "sub" / "ran").exists()

    def test_someone_else_owns_the_repository(self, repo: repos.Repo) -> None:
        git = Git.at(str(repo.path))._replace(told=(("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"),))
        for call in (git.git_dir, git.top_level, git.listed_files):
            with pytest.raises(GitError, match="dubious ownership") as caught:
                call()
            assert caught.value.advice.endswith(f"safe.directory '{repo.path}'")

    def test_an_old_git_is_named_when_it_fails(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = "print('git version 2.20.1') if 'version' in sys.argv else sys.exit(129)"
        monkeypatch.setenv("PATH", repos.fake_git(tmp_path / "bin", script))
        with pytest.raises(GitError, match=r"git 2\.20 is too old; install git 2\.31 or newer"):
            Git.at(str(repo.path)).git_dir()

    def test_an_old_git_that_does_what_it_must_is_fine(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = "print('git version 2.20.1' if 'version' in sys.argv else '/somewhere')"
        monkeypatch.setenv("PATH", repos.fake_git(tmp_path / "bin", script))
        assert Git.at(str(repo.path)).git_dir() == "/somewhere"

    def test_complaints_do_not_count_only_the_status_does(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = "sys.stderr.write('fatal: not a git repository'); print('/somewhere')"
        monkeypatch.setenv("PATH", repos.fake_git(tmp_path / "bin", script))
        assert Git.at(str(repo.path)).git_dir() == "/somewhere"

    @pytest.mark.parametrize(
        ("script", "message"),
        [
            pytest.param(
                "sys.exit('warning: a\\nfatal: it \\x1b[31m\\u202e\\x9b broke\\nand so on')",
                r"it \x1b[31m\u202e\x9b broke",
                id="control characters",
            ),
            pytest.param("sys.exit('error: x\\n' * 1_000_000)", "rev-parse failed: x", id="flood"),
            pytest.param("sys.exit(3)", "gave no reason", id="silence"),
            pytest.param("os.kill(os.getpid(), 9)", "signal 9", id="killed"),
        ],
    )
    def test_one_line_whatever_git_says(
        self, repo: repos.Repo, tmp_path: Path, script: str, message: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", repos.fake_git(tmp_path / "bin", script))
        with pytest.raises(GitError) as caught:
            Git.at(str(repo.path)).git_dir()
        assert message in str(caught.value)
        assert len(str(caught.value)) < 1000
        assert str(caught.value).isprintable()


class TestHostile:
    """Nothing that the repository names runs, and nothing is written to it."""

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("core.fsmonitor", "{command}"),
            ("core.hooksPath", "{hooks}"),
            ("core.pager", "{command}"),
            ("core.sshCommand", "{command}"),
            ("core.gitProxy", "{command}"),
            ("core.alternateRefsCommand", "{command}"),
            ("core.editor", "{command}"),
            ("core.askPass", "{command}"),
            ("diff.external", "{command}"),
            ("diff.evil.textconv", "{command}"),
            ("diff.evil.command", "{command}"),
            ("filter.evil.clean", "{command}"),
            ("filter.evil.smudge", "{command}"),
            ("filter.evil.process", "{command}"),
            ("merge.evil.driver", "{command}"),
            ("gpg.program", "{command}"),
            ("alias.rev-parse", "!{command}"),
            ("remote.origin.uploadpack", "{command}"),
            ("credential.helper", "!{command}"),
            ("trailer.x.command", "{command}"),
        ],
    )
    def test_a_program_in_the_configuration(
        self, repo: repos.Repo, tmp_path: Path, key: str, value: str
    ) -> None:
        mark = tmp_path / "ran"
        command = tmp_path / "hooks" / "post-index-change"
        command.parent.mkdir()
        command.write_text(f"#!/bin/sh\ntouch '{mark}'\ncat\n")
        command.chmod(0o755)
        missing = repos.prepared(repo)
        repo.git("config", key, value.format(command=command, hooks=command.parent))
        before = repos.files_of(repo.path)
        use_everything(Git.at(str(repo.path)), missing)
        assert not mark.exists()
        assert repos.files_of(repo.path) == before

    def test_the_trap_works(self, repo: repos.Repo, tmp_path: Path) -> None:
        repos.prepared(repo)
        repo.git("config", "core.fsmonitor", f"touch '{tmp_path}/ran'; false")
        repo.git("ls-files")
        assert (tmp_path / "ran").exists()

    def test_a_way_to_fetch_what_is_missing(self, repo: repos.Repo, tmp_path: Path) -> None:
        missing = repos.prepared(repo)
        trap = tmp_path / "trap"
        trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
        trap.chmod(0o755)
        for key, value in {
            "core.repositoryFormatVersion": "1",
            "extensions.partialClone": "origin",
            "remote.origin.promisor": "true",
            "remote.origin.url": f"ext::{trap}",
            "protocol.ext.allow": "always",
        }.items():
            repo.git("config", key, value)
        use_everything(Git.at(str(repo.path)), missing)
        assert not (tmp_path / "ran").exists()
        repo.attempt("cat-file", "-p", missing)
        assert (tmp_path / "ran").exists(), "the trap does not work"

    def test_replaced_objects_show_their_own_content(self, repo: repos.Repo) -> None:
        bad, good = repos.blob(repo, b"bad"), repos.blob(repo, b"good")
        repo.git("replace", bad, good)
        assert contents(Git.at(str(repo.path)).objects([bad])) == [("blob", b"bad")]


def use_everything(git: Git, missing: str) -> None:
    git.listed_files()
    git.prefix()
    git.hooks_path()
    git.merge_heads()
    git.run("diff-index", "--cached", "--raw", "-z", "-M", "HEAD", "--")
    git.run("diff-tree", "-r", "-c", "--root", "--raw", "-z", "-M", "HEAD", "--")
    head = git.resolve("HEAD")
    assert head is not None
    git.run("rev-list", "--stdin", "--not", "--remotes", stdin=head.encode())
    assert [kind for kind, _ in contents(git.objects([head, missing]))] == ["commit", "missing"]
