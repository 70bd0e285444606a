"""The index is read in every shape that git gives it, and only what a commit adds counts."""

from __future__ import annotations

import os
import pickle
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
import repos
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.errors import GitError
from keyguard.git import Git
from keyguard.giterrors import NotARepositoryError
from keyguard.model import Document, Skipped
from keyguard.sources.staged import staged, staged_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> repos.Repo:
    return repos.init(tmp_path / "repo")


def content(document: Document) -> bytes:
    return b"".join(chunk.data[chunk.own_start : chunk.own_end] for chunk in document.chunks)


def read(items: Iterable[Document | Skipped]) -> Iterator[tuple[str | None, bytes, set[int] | None]]:
    """Path, text and added lines of each document; fails when something was skipped."""
    for item in items:
        assert isinstance(item, Document), item
        data = content(item)
        yield item.origin.path, data, None if item.added is None else set(item.added())


def at(
    repo: repos.Repo, below: str = ".", **options: object
) -> dict[str | None, tuple[bytes, set[int] | None]]:
    """What is staged: path to text and added lines."""
    found = list(read(staged(Git.at(str(repo.path / below)), **options)))
    assert len({path for path, *_ in found}) == len(found)
    return {path: (data, added) for path, data, added in found}


def added(repo: repos.Repo, name: str = "file") -> set[int] | None:
    return at(repo)[name][1]


class TestWhatIsRead:
    """Every shape of change."""

    def test_nothing_is_staged(self, repo: repos.Repo) -> None:
        assert at(repo) == {}
        repo.commit(file="x")
        assert at(repo) == {}

    @pytest.mark.parametrize("hashes", ["sha1", "sha256"])
    def test_before_the_first_commit_everything_counts(self, tmp_path: Path, hashes: str) -> None:
        repo = repos.init(tmp_path / hashes, f"--object-format={hashes}")
        repo.stage("file", "one\ntwo")
        repo.stage("empty", "")
        before = repos.files_of(repo.path)
        assert at(repo) == {"empty": (b"", None), "file": (b"one\ntwo", None)}
        assert repos.files_of(repo.path) == before

    @pytest.mark.parametrize("hashes", ["sha1", "sha256"])
    def test_the_index_counts_not_the_work_tree(self, tmp_path: Path, hashes: str) -> None:
        repo = repos.init(tmp_path / hashes, f"--object-format={hashes}")
        repo.commit(file="one\n", other="other\n")
        repo.stage("file", "one\ntwo\n")
        repo.write("file", "not staged\n")
        repo.write("other", "not staged\n")
        repo.write("untracked", "not staged\n")
        assert at(repo) == {"file": (b"one\ntwo\n", {2})}

    @pytest.mark.parametrize("name", repos.ODD_NAMES)
    @pytest.mark.parametrize("first", [True, False], ids=["added", "changed"])
    def test_any_name(self, repo: repos.Repo, name: bytes, *, first: bool) -> None:
        if not first:
            repo.stage(name, "one\n")
        repo.commit()
        repo.stage(name, "one\ntwo\n")
        assert at(repo) == {os.fsdecode(name): (b"one\ntwo\n", {1, 2, 3} if first else {2})}

    def test_from_a_subdirectory_paths_are_relative_to_the_top(self, repo: repos.Repo) -> None:
        repo.commit(top="x")
        repo.stage("sub/file", "below")
        repo.stage("top", "x\ny")
        repo.git("config", "diff.relative", "true")
        assert set(at(repo, "sub")) == {"sub/file", "top"}

    def test_in_a_linked_worktree(self, repo: repos.Repo, tmp_path: Path) -> None:
        repo.commit(file="one\n")
        repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
        linked = repos.Repo(tmp_path / "linked")
        linked.stage("file", "one\ntwo\n")
        assert at(linked) == {"file": (b"one\ntwo\n", {2})}
        assert at(repo) == {}

    def test_in_a_submodule_but_not_the_submodule_itself(self, repo: repos.Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "library").commit(file="one\n")
        repo.git("submodule", "--quiet", "add", str(tmp_path / "library"), "module")
        assert set(at(repo)) == {".gitmodules"}
        module = repos.Repo(repo.path / "module")
        module.stage("file", "one\ntwo\n")
        assert at(module) == {"file": (b"one\ntwo\n", {2})}

    def test_a_symlink_is_its_target(self, repo: repos.Repo) -> None:
        repo.write("target", "not this\n")
        (repo.path / "link").symlink_to("target")
        repo.git("add", "link")
        assert at(repo) == {"link": (b"target", None)}

    def test_a_file_that_becomes_a_symlink_and_one_that_was_one(self, repo: repos.Repo) -> None:
        (repo.path / "link").symlink_to("one")
        repo.git("add", "link")
        repo.commit(file="one\ntwo\n")
        for name in ("link", "file"):
            (repo.path / name).unlink()
        (repo.path / "file").symlink_to("two")
        repo.git("add", "file")
        repo.stage("link", "one\nnew\n")
        assert at(repo) == {"file": (b"two", set()), "link": (b"one\nnew\n", {2, 3})}

    def test_what_becomes_executable_has_nothing_new(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n")
        repo.git("update-index", "--chmod=+x", "file")
        assert at(repo) == {"file": (b"one\n", set())}

    def test_what_is_deleted_is_not_there(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n")
        repo.git("rm", "-q", "file")
        assert at(repo) == {}
        _, listed = staged_changes(Git.at(str(repo.path)))
        assert [change.readable for change in listed] == [False]

    def test_what_is_only_intended_to_be_added_is_empty(self, repo: repos.Repo) -> None:
        repo.commit(other="x")
        repo.write("file", "not staged\n")
        repo.git("add", "-N", "file")
        assert at(repo).get("file", (b"", {1})) == (b"", {1})

    def test_attributes_change_nothing(self, repo: repos.Repo) -> None:
        content = "one\n".encode("utf-16")
        repo.stage(".gitattributes", "* -diff binary filter=x\nwide working-tree-encoding=UTF-16\n")
        repo.commit(file="one\n", wide=content)
        repo.stage("file", "one\ntwo\n")
        repo.stage("wide", "one\ntwo\n".encode("utf-16"))
        repo.git("config", "diff.external", "false")
        assert at(repo) == {"file": (b"one\ntwo\n", {2}), "wide": (b"one\ntwo\n", {2})}

    def test_wide_text_counts_lines_as_text(self, repo: repos.Repo) -> None:
        repo.commit(file="one\nĊ\n".encode("utf-16"))  # U+010A has the byte of a newline in it
        repo.stage("file", "one\nĊ\ntwo\n".encode("utf-16"))
        assert at(repo) == {"file": ("one\nĊ\ntwo\n".encode(), {3})}

    def test_only_what_is_named_and_symlinks(self, repo: repos.Repo) -> None:
        repo.stage("a", "a")
        repo.stage("b", "b")
        (repo.path / "link").symlink_to("anywhere")
        repo.git("add", "link")
        assert set(at(repo, only=["a", "missing"])) == {"a", "link"}
        assert set(at(repo, only=[])) == {"link"}

    def test_many_files(self, repo: repos.Repo) -> None:
        stream = b"".join(
            b"blob\nmark :%d\ndata 4500\n%s\n" % (n, b"%04d" % n + b"x" * 4496) for n in range(1, 2001)
        )
        marks = b"".join(b"M 100644 :%d dir/%d\n" % (n, n) for n in range(1, 2001))
        commit = b"commit refs/heads/many\ncommitter a <a@b> 0 +0000\ndata 0\n" + marks
        repo.git("fast-import", "--quiet", stdin=stream + commit)
        repo.git("read-tree", "many")
        found = [content(one) for one in staged(Git.at(str(repo.path))) if isinstance(one, Document)]
        assert sorted(int(data[:4]) for data in found) == list(range(1, 2001))

    def test_a_large_file_comes_in_chunks(self, repo: repos.Repo) -> None:
        size = 9 << 20
        repo.stage("file", b"x" * size)
        sizes = [
            len(chunk.data)
            for item in staged(Git.at(str(repo.path)))
            if isinstance(item, Document)
            for chunk in item.chunks
        ]
        assert len(sizes) == 3
        assert max(sizes) < size

    def test_a_larger_file_than_wanted_is_named(self, repo: repos.Repo) -> None:
        repo.stage("big", "x" * 2049)
        repo.stage("fits", "x" * 2048)
        found = list(staged(Git.at(str(repo.path)), max_size=2048))
        assert found[0] == Skipped("big", "larger than --max-file-size 2K", failed=False)
        assert isinstance(found[1], Document)

    def test_a_sparse_index_is_read_and_nothing_written(self, repo: repos.Repo) -> None:
        repos.sparse(repo)
        before = repos.files_of(repo.path)
        assert at(repo) == {"a/new": (b"new", {1})}
        after = repos.files_of(repo.path)
        assert {name: file[2] for name, file in after.items()} == {
            name: file[2] for name, file in before.items()
        }

    def test_nothing_is_written(self, repo: repos.Repo) -> None:
        repos.prepared(repo)
        repo.git("mv", "other", "another")
        before = repos.files_of(repo.path)
        assert set(at(repo)) == {"new", "another"}
        assert repos.files_of(repo.path) == before

    def test_what_tells_the_added_lines_can_go_to_another_process(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n")
        repo.stage("file", "one\ntwo\n")
        (document,) = staged(Git.at(str(repo.path)))
        assert isinstance(document, Document)
        assert pickle.loads(pickle.dumps(document.added))() == {2}


class TestAddedLines:
    """Which lines count."""

    @pytest.mark.parametrize(
        ("before", "after", "lines"),
        [
            pytest.param("a\nb\nc\n", "a\nc\n", set(), id="removing adds nothing"),
            pytest.param("id = 1\n", "id = 1\nsecret = 2\n", {2}, id="secret under an old ID"),
            pytest.param("a\nb\n", "a\nB\n", {2}, id="changed"),
            pytest.param("a\nb\nc\n", "c\na\nb\n", set(), id="moved"),
            pytest.param("a\nb\n", "a\nb\na\n", {3}, id="repeated: the last one counts"),
            pytest.param("a\na\n", "b\na\n", {1}, id="one of two replaced"),
            pytest.param("a\nb\n", "a\r\nb\r\n", set(), id="other line ends"),
            pytest.param("a\r\nb\r\n", "a\nb\nc\n", {3}, id="other line ends and one more"),
            pytest.param("a\nb", "a\nb\n", {3}, id="a newline at the end begins an empty line"),
            pytest.param("a\nb\n", "a\nb", set(), id="no newline at the end"),
            pytest.param("", "a", {1}, id="was empty"),
            pytest.param("a\n", " a\n", {1}, id="indented"),
            pytest.param("a\x0bb\x85\n", "a\x0bb\x85\nc\n", {2}, id="only newlines end lines"),
        ],
    )
    def test_against_the_file_before(
        self, repo: repos.Repo, before: str, after: str, lines: set[int]
    ) -> None:
        repo.commit(file=before)
        repo.stage("file", after)
        assert added(repo) == lines

    @settings(
        max_examples=25,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(st.sampled_from("abcde"), max_size=8), st.lists(st.sampled_from("abcdefg"), max_size=8))
    def test_each_is_one_that_git_shows_as_added(
        self, tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str]
    ) -> None:
        repo = repos.init(tmp_path_factory.mktemp("oracle"))
        old, new = ("".join(f"{line}\n" for line in lines) for lines in (before, after))
        repo.commit(file=old)
        repo.stage("file", new)
        ours = sorted(
            after[number - 1] for number in at(repo).get("file", (b"", set()))[1] - {len(after) + 1}
        )
        patch = repo.git("diff", "--cached", "-U0", "--", "file").decode().splitlines()[4:]
        theirs = [line[1:] for line in patch if line.startswith("+")]
        gone = [line[1:] for line in patch if line.startswith("-")]
        for moved in gone:
            if moved in theirs:
                theirs.remove(moved)
        assert ours == sorted(theirs)

    def test_a_renamed_file_is_set_against_what_it_was(self, repo: repos.Repo) -> None:
        lines = "".join(f"line {n}\n" for n in range(30))
        repo.commit(old=lines, exact="the same\n" * 5)
        repo.git("mv", "old", "new")
        repo.git("mv", "exact", "moved")
        repo.stage("new", lines + "secret\n")
        assert at(repo) == {
            "moved": (b"the same\n" * 5, set()),
            "new": (lines.encode() + b"secret\n", {31}),
        }

    def test_a_new_file_beside_a_deleted_one_is_new(self, repo: repos.Repo) -> None:
        repo.commit(old="something\nelse\n" * 20)
        repo.git("rm", "-q", "old")
        repo.stage("new", "one\ntwo\n")
        assert added(repo, "new") == {1, 2, 3}

    def test_a_copy_is_new(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n")
        repo.stage("copy", "one\n")
        assert added(repo, "copy") == {1, 2}

    def test_a_base_that_is_missing_leaves_everything_new(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n")
        base = repo.oid(":file")
        repo.stage("file", "one\ntwo\n")
        repo.lose(base)
        assert added(repo) >= {1, 2}


class TestMerges:
    """What a merge brings is not new."""

    @pytest.fixture
    def merging(self, repo: repos.Repo) -> repos.Repo:
        """A merge that is about to be recorded; ``key`` came with the other branch."""
        lines = "".join(f"line {n}\n" for n in range(30))
        repo.commit(file=lines, conflict="base\n", renamed=lines + "r\n")
        repo.git("checkout", "-q", "-b", "side")
        repo.git("mv", "renamed", "renamed-there")
        repo.commit(file=lines + "key\n", conflict="side key\n", new="new key\n")
        repo.git("checkout", "-q", "main")
        repo.commit(file="first\n" + lines, conflict="main key\n", renamed="first\n" + lines + "r\n")
        repo.attempt("merge", "-q", "--no-commit", "side")
        return repo

    def test_what_comes_from_the_other_side_is_not_new(self, merging: repos.Repo) -> None:
        merging.stage("conflict", "main key\nside key\n")
        found = at(merging)
        assert b"key\n" in found["file"][0]
        assert {path: lines for path, (_, lines) in found.items()} == {
            "conflict": set(),
            "file": set(),
            "new": set(),
            "renamed-there": set(),
        }

    def test_what_is_in_neither_side_is_new(self, merging: repos.Repo) -> None:
        merging.stage("conflict", "main key\nown key\nside key\n")
        merging.stage("new", "new key\nown key\n")
        found = at(merging)
        assert found["conflict"][1] == {2}
        assert found["new"][1] == {2}

    def test_a_conflict_is_read_on_both_sides_and_nothing_in_it_is_new(self, merging: repos.Repo) -> None:
        found = [one for one in read(staged(Git.at(str(merging.path)))) if one[0] == "conflict"]
        assert found == [("conflict", b"main key\n", set()), ("conflict", b"side key\n", set())]

    def test_a_conflict_of_a_cherry_pick_holds_something_new(self, repo: repos.Repo) -> None:
        repo.commit(file="base\n")
        repo.git("checkout", "-q", "-b", "side")
        repo.commit(file="side key\n", sub="x")
        repo.git("checkout", "-q", "main")
        repo.commit(file="main\n")
        repo.attempt("cherry-pick", "side")
        repo.write("dir/x", "")
        found = [one for one in read(staged(Git.at(str(repo.path / "dir")))) if one[0] == "file"]
        assert found == [("file", b"main\n", set()), ("file", b"side key\n", {1})]

    def test_a_merge_of_several(self, repo: repos.Repo) -> None:
        repo.commit(file="base\n")
        for name in ("one", "two"):
            repo.git("checkout", "-q", "-b", name, "main")
            repo.commit(**{name: f"{name} key\n"})
        repo.git("checkout", "-q", "main")
        repo.git("merge", "-q", "--no-commit", "one", "two")
        assert {path: lines for path, (_, lines) in at(repo).items()} == {"one": set(), "two": set()}

    @pytest.mark.parametrize("head", ["--output=written", "HEAD", "0123456789" * 3])
    def test_what_is_merged_is_named_in_full(self, repo: repos.Repo, head: str) -> None:
        repo.commit(file="base\n")
        repo.stage("file", "more\n")
        (repo.path / ".git" / "MERGE_HEAD").write_text(f"{head}\n")
        with pytest.raises(GitError, match="MERGE_HEAD does not name commits"):
            at(repo)
        assert not (repo.path / "written").exists()

    def test_the_hook_of_a_merge_knows_the_other_side(self, repo: repos.Repo) -> None:
        repo.commit(file="base\n")
        repo.git("checkout", "-q", "-b", "side")
        repo.commit(new="side key\n")
        repo.git("checkout", "-q", "main")
        repo.commit(other="main\n")
        listen(repo, "pre-merge-commit")
        repo.merge("side")
        assert heard(repo) == ["new b'side key\\n' []"]


class TestHooks:
    """The source runs inside of real hooks."""

    def test_a_commit(self, repo: repos.Repo) -> None:
        repo.commit()
        listen(repo)
        repo.stage("sub/file", "one\n")
        repo.git("-C", "sub", "commit", "-q", "-m", "message")
        assert heard(repo) == ["sub/file b'one\\n' [1, 2]"]

    def test_commit_all(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n")
        listen(repo)
        repo.write("file", "one\ntwo\n")
        repo.git("commit", "-q", "-a", "-m", "message")
        assert heard(repo) == ["file b'one\\ntwo\\n' [2]"]

    def test_commit_one_file_but_not_what_else_is_staged(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n", other="one\n")
        listen(repo)
        repo.write("file", "one\ntwo\n")
        repo.stage("other", "one\nstaged\n")
        repo.git("commit", "-q", "-m", "message", "file")
        assert heard(repo) == ["file b'one\\ntwo\\n' [2]"]

    def test_amend_shows_what_is_new_since_the_commit_amended(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n")
        listen(repo)
        repo.stage("file", "one\ntwo\n")
        repo.git("commit", "-q", "--amend", "-m", "message")
        assert heard(repo) == ["file b'one\\ntwo\\n' [2]"]

    def test_a_linked_worktree(self, repo: repos.Repo, tmp_path: Path) -> None:
        repo.commit(file="one\n")
        listen(repo)
        repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
        linked = repos.Repo(tmp_path / "linked")
        linked.stage("file", "one\ntwo\n")
        linked.git("commit", "-q", "-m", "message")
        assert heard(linked) == ["file b'one\\ntwo\\n' [2]"]

    def test_a_work_tree_elsewhere(self, repo: repos.Repo, tmp_path: Path) -> None:
        repo.commit(file="one\n")
        listen(repo)
        (tmp_path / "tree").mkdir()
        variables = {"GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(tmp_path / "tree")}
        outside = repos.Repo(tmp_path / "tree")
        outside.write("file", "one\ntwo\n")
        outside.git("commit", "-q", "-a", "-m", "message", extra=variables)
        assert heard(outside) == ["file b'one\\ntwo\\n' [2]"]


def listen(repo: repos.Repo, name: str = "pre-commit") -> None:
    """Install a hook that writes down what it reads."""
    script = f"""\
        #!{sys.executable}
        import sys
        sys.path[:0] = {sys.path!r}
        from keyguard.git import Git
        from keyguard.sources.staged import staged
        with open("heard", "w") as file:
            for one in staged(Git.here()):
                data = b"".join(chunk.data for chunk in one.chunks)
                print(one.origin.path, data, sorted(one.added()), file=file)
    """
    repo.hook(name, textwrap.dedent(script))


def heard(repo: repos.Repo) -> list[str]:
    return (repo.path / "heard").read_text().splitlines()


class TestErrors:
    """What goes wrong is said in one line."""

    def test_not_a_repository(self, tmp_path: Path) -> None:
        with pytest.raises(NotARepositoryError):
            list(staged(Git.at(str(tmp_path))))

    def test_a_missing_blob_is_named_and_the_others_are_read(self, repo: repos.Repo) -> None:
        for name in "abc":
            repo.stage(name, name)
        repo.lose(repo.oid(":b"))
        a, b, c = staged(Git.at(str(repo.path)))
        assert isinstance(a, Document)
        assert isinstance(c, Document)
        assert isinstance(b, Skipped)
        assert (b.path, b.failed) == ("b", True)

    def test_a_damaged_blob_is_named_and_the_others_are_read(self, repo: repos.Repo) -> None:
        repo.stage("a", os.urandom(9_000_000))
        repo.stage("b", "b")
        repos.damage(repo, repo.oid(":a"), repos.loose(repo, repo.oid(":a")).read_bytes()[:5_000_000])
        seen = [
            (type(one), len(content(one)) if isinstance(one, Document) else one.path)
            for one in staged(Git.at(str(repo.path)))
        ]
        assert [kind for kind, _ in seen] == [Document, Skipped, Document]
        assert 0 < seen[0][1] < 9_000_000
        assert seen[1:] == [(Skipped, "a"), (Document, 1)]

    def test_head_without_its_commit_is_no_first_commit(self, repo: repos.Repo) -> None:
        repo.commit(file="x")
        repo.lose(repo.oid())
        with pytest.raises(GitError):
            list(staged(Git.at(str(repo.path))))

    @pytest.mark.parametrize("hashes", ["sha1", "sha256"])
    @pytest.mark.parametrize("lost", [1, 30, 60, 120])
    def test_a_truncated_index(self, tmp_path: Path, hashes: str, lost: int) -> None:
        repo = repos.init(tmp_path / hashes, f"--object-format={hashes}")
        repo.commit(a="x", b="x")
        repo.stage("c", "staged")
        index = repo.path / ".git" / "index"
        index.write_bytes(index.read_bytes()[:-lost])
        with pytest.raises(GitError, match=r"index .* is damaged"):
            list(staged(Git.at(str(repo.path))))

    def test_an_index_without_a_hash(self, repo: repos.Repo) -> None:
        repo.stage("a", "x")
        index = repo.path / ".git" / "index"
        index.write_bytes(index.read_bytes()[:-20] + bytes(20))
        assert set(at(repo)) == {"a"}

    def test_a_key_is_in_no_argument_of_a_process(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repo.commit(file="one\n")
        repo.stage("file", "one\nthe-key\n")
        monkeypatch.setenv("PATH", repos.spied_git(tmp_path / "bin", tmp_path / "log"))
        assert added(repo) == {2}
        said = (tmp_path / "log").read_text()
        assert said.count("diff-index") == 1
        assert "the-key" not in said


class TestProcesses:
    """What it costs."""

    def test_a_clean_file_in_a_hook_costs_two(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repo.commit(file="one\n")
        repo.stage("file", "one\ntwo\n")
        assert commands(repo, tmp_path, monkeypatch) == ["diff-index", "cat-file"]

    def test_nothing_staged_costs_one(
        self, repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repo.commit(file="one\n")
        assert commands(repo, tmp_path, monkeypatch) == ["diff-index"]


def commands(repo: repos.Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The git commands that reading costs when nothing is found, in a hook."""
    monkeypatch.setenv("PATH", repos.spied_git(tmp_path / "bin", tmp_path / "log"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.chdir(repo.path)
    for one in staged(Git.here()):
        assert isinstance(one, Document)
        content(one)
    lines = (tmp_path / "log").read_text().splitlines()
    return [
        word for line in lines for word in line.split() if word in ("diff-index", "cat-file", "rev-parse")
    ]
