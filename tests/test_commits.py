"""What commits introduce is read commit by commit, once, with nothing of what was there before."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
import repos

from keyguard.errors import GitError, UsageError
from keyguard.git import Git
from keyguard.model import Document, Skipped
from keyguard.sources import commits

if TYPE_CHECKING:
    from pathlib import Path

LINES = "".join(f"line {number}\n" for number in range(30))
NOBODY = "0" * 40


@pytest.fixture
def repo(tmp_path: Path) -> repos.Repo:
    return repos.init(tmp_path / "repo")


def content(document: Document) -> bytes:
    return b"".join(chunk.data[chunk.own_start : chunk.own_end] for chunk in document.chunks)


def git(repo: repos.Repo) -> Git:
    return Git.at(str(repo.path))


def documents(repo: repos.Repo, revisions: list[str]) -> list[tuple[Document, bytes, set[int] | None]]:
    """Every document with its text and its added lines; fails when something was skipped."""
    found = []
    for one in commits.introduced(git(repo), revisions):
        assert isinstance(one, Document), one
        data = content(one)
        found.append((one, data, None if one.added is None else set(one.added())))
    return found


def blobs(repo: repos.Repo, *ranges: str) -> list[tuple[str | None, bytes, set[int] | None]]:
    """Path, text and added lines of every blob."""
    found = documents(repo, commits.between(git(repo), ranges))
    return [(one.origin.path, data, lines) for one, data, lines in found if one.origin.object == "blob"]


class TestIntroduced:
    """Commits and their blobs."""

    def test_every_commit_and_not_the_difference_in_the_end(self, repo: repos.Repo) -> None:
        repo.commit("base", file="one\n")
        base = repo.oid()
        repo.commit("adds", file="one\nkey\n")
        adding = repo.oid()
        repo.commit("removes", file="one\n")
        found = documents(repo, commits.between(git(repo), [f"{base}..HEAD"]))
        assert [(one.origin.object, one.origin.path, lines) for one, _, lines in found] == [
            ("commit", None, None),
            ("blob", "file", {2}),
            ("commit", None, None),
            ("blob", "file", set()),
        ]
        assert found[1][0].origin.commit == adding

    @pytest.mark.parametrize("hashes", ["sha1", "sha256"])
    def test_the_first_commit_too(self, tmp_path: Path, hashes: str) -> None:
        repo = repos.init(tmp_path / hashes, f"--object-format={hashes}")
        repo.commit(file="one\n", empty="")
        assert blobs(repo, "HEAD") == [("empty", b"", None), ("file", b"one\n", None)]

    def test_it_knows_who_and_when(self, repo: repos.Repo) -> None:
        oid = repo.commit("subject\n\nbody with a key", file="x")
        (message, data, _), (blob, *_) = documents(repo, [oid])
        for origin in (message.origin, blob.origin):
            assert (origin.source, origin.commit) == ("history", oid)
            assert origin.author == "Ann Author <ann@example.org>"
            assert origin.date == "2023-11-14T22:13:20Z"
        assert data == repo.git("cat-file", "commit", oid)
        assert b"body with a key" in data
        assert b"author Ann Author" in data

    @pytest.mark.parametrize(
        ("author", "date"),
        [
            pytest.param(b"A <a> 99999999999999999999 +0000", None, id="beyond all time"),
            pytest.param(b"A <a> nonsense +0000", None, id="no number"),
            pytest.param(b"A <a> 0 +0000", "1970-01-01T00:00:00Z", id="the first second"),
        ],
    )
    def test_strange_times(self, repo: repos.Repo, author: bytes, date: str | None) -> None:
        repo.commit()
        raw = repo.git("cat-file", "commit", "HEAD").split(b"\n")
        raw[1] = b"author " + author
        oid = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=b"\n".join(raw))
        (found,) = documents(repo, [oid.decode().strip()])
        assert found[0].origin.date == date

    def test_each_blob_once_at_its_first_commit(self, repo: repos.Repo) -> None:
        first = repo.commit(a="same\n")
        repo.commit(b="same\n")
        repo.commit(a="other\n")
        repo.commit(a="same\n")
        found = documents(repo, [repo.oid()])
        seen = [(one.origin.path, one.origin.commit) for one, data, _ in found if data == b"same\n"]
        assert seen == [("a", first)]

    def test_a_renamed_file_is_set_against_what_it_was(self, repo: repos.Repo) -> None:
        repo.commit(old=LINES)
        repo.git("mv", "old", "new")
        repo.commit(new=LINES + "key\n")
        assert blobs(repo, "HEAD~1..HEAD") == [("new", (LINES + "key\n").encode(), {31})]

    def test_a_symlink_is_its_target_and_a_submodule_nothing(self, repo: repos.Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "library").commit(file="one\n")
        repo.git("submodule", "--quiet", "add", str(tmp_path / "library"), "module")
        (repo.path / "link").symlink_to("target")
        repo.git("add", "link")
        repo.commit()
        assert [path for path, *_ in blobs(repo, "HEAD")] == [".gitmodules", "link"]

    @pytest.mark.parametrize("name", repos.ODD_NAMES)
    def test_any_name(self, repo: repos.Repo, name: bytes) -> None:
        repo.stage(name, "one\n")
        repo.commit()
        repo.stage(name, "one\ntwo\n")
        repo.commit()
        (found,) = blobs(repo, "HEAD~1..HEAD")
        assert found == (name.decode("utf-8", "surrogateescape"), b"one\ntwo\n", {2})

    def test_attributes_and_configuration_change_nothing(self, repo: repos.Repo) -> None:
        repo.commit(file="one\n")
        repo.stage(".gitattributes", "* -diff binary\n")
        for key, value in {
            "diff.external": "false",
            "diff.renames": "copies",
            "log.showRoot": "false",
        }.items():
            repo.git("config", key, value)
        repo.commit(file="one\ntwo\n")
        assert ("file", b"one\ntwo\n", {2}) in blobs(repo, "HEAD~1..HEAD")

    def test_more_commits_than_are_looked_at_together(
        self, repo: repos.Repo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(commits, "_BATCH", 3)
        for number in range(8):
            repo.commit(**{f"file{number}": f"{number}\n"})
        assert [path for path, *_ in blobs(repo, "HEAD")] == [f"file{number}" for number in range(8)]

    def test_nothing_gives_nothing(self, repo: repos.Repo) -> None:
        repo.commit(file="x")
        assert documents(repo, []) == []
        assert documents(repo, commits.between(git(repo), ["HEAD..HEAD"])) == []

    def test_nothing_is_written(self, repo: repos.Repo) -> None:
        repo.commit(a=LINES)
        repo.git("mv", "a", "b")
        repo.commit(b=LINES + "x")
        before = repos.files_of(repo.path)
        blobs(repo, "HEAD")
        assert repos.files_of(repo.path) == before

    def test_larger_than_wanted(self, repo: repos.Repo) -> None:
        oid = repo.commit(big="x" * 2000, small="x")
        found = list(commits.introduced(git(repo), [oid], 1024))
        assert found[1] == Skipped(f"{oid}:big", "larger than --max-file-size 1K", failed=False)
        assert isinstance(found[2], Document)

    def test_a_missing_blob_is_named_and_the_others_are_read(self, repo: repos.Repo) -> None:
        oid = repo.commit(a="a", b="b", c="c")
        repo.lose(repo.oid(":b"))
        found = list(commits.introduced(git(repo), [oid]))
        assert [type(one) for one in found] == [Document, Document, Skipped, Document]
        assert (found[2].path, found[2].failed) == (f"{oid}:b", True)

    @pytest.mark.parametrize("lost", ["HEAD~1", "HEAD~1^{tree}"])
    def test_a_missing_commit_or_tree_is_an_error(self, repo: repos.Repo, lost: str) -> None:
        for number in range(3):
            repo.commit(file=str(number))
        repo.lose(repo.oid(lost))
        with pytest.raises(GitError):
            list(commits.introduced(git(repo), [repo.oid()]))


class TestMerges:
    """What a merge brings is not new."""

    @pytest.fixture
    def sides(self, repo: repos.Repo) -> repos.Repo:
        """Two branches; on ``side`` a key was added to a file that ``main`` renames."""
        repo.commit(file=LINES, other="other\n" + LINES)
        repo.git("checkout", "-q", "-b", "side")
        repo.commit(
            "side", file=LINES + "side key\n", other="other\n" + LINES + "side key\n", side="side key\n"
        )
        repo.git("checkout", "-q", "main")
        repo.git("mv", "other", "renamed")
        repo.commit("main", file="main\n" + LINES, renamed="main\nother\n" + LINES)
        return repo

    def test_a_clean_merge_introduces_nothing(self, sides: repos.Repo) -> None:
        sides.merge("side")
        found = documents(sides, [sides.oid(), f"^{sides.oid('main~1')}", f"^{sides.oid('side')}"])
        assert [(one.origin.path, lines) for one, _, lines in found if one.origin.object == "blob"] == [
            ("file", set()),
            ("renamed", set()),
        ]

    def test_what_a_merge_adds_of_its_own_is_found(self, sides: repos.Repo) -> None:
        sides.git("merge", "-q", "--no-commit", "side")
        sides.stage("file", b"evil key\n" + (sides.path / "file").read_bytes())
        sides.stage("evil", "evil key\n")
        merge = sides.commit()
        found = documents(sides, [merge, f"^{sides.oid('main~1')}", f"^{sides.oid('side')}"])
        lines = {one.origin.path: lines for one, _, lines in found if one.origin.object == "blob"}
        assert lines == {"evil": {1, 2}, "file": {1}, "renamed": set()}
        assert all(one.origin.commit == merge for one, *_ in found)

    def test_a_merge_of_several(self, repo: repos.Repo) -> None:
        repo.commit(file="x")
        for name in ("one", "two"):
            repo.git("checkout", "-q", "-b", name, "main")
            repo.commit(**{name: f"{name}\n"})
        repo.git("checkout", "-q", "main")
        repo.git("merge", "-q", "--no-commit", "one", "two")
        repo.stage("one", "one\nevil\n")
        repo.commit()
        assert ("one", b"one\nevil\n", {2}) in blobs(repo, "main~1..HEAD")


class TestTags:
    """What is named by tags."""

    def test_the_message_of_a_tag_and_of_a_tag_of_it(self, repo: repos.Repo) -> None:
        oid = repo.commit(file="x")
        repo.git("tag", "-a", "-m", "a key", "first")
        repo.git("tag", "-a", "-m", "another key", "second", "first")
        found = documents(repo, commits.between(git(repo), ["second"]))
        objects = [(one.origin.object, one.origin.path) for one, *_ in found]
        assert objects == [("tag", None), ("tag", None), ("commit", None), ("blob", "file")]
        assert b"another key" in found[0][1]
        assert found[0][0].origin.author == "Carl Committer <carl@example.org>"
        assert found[2][0].origin.commit == oid

    def test_a_tag_of_a_blob_or_a_tree(self, repo: repos.Repo) -> None:
        repo.commit(file="x", **{"dir/file": "y"})
        repo.git("tag", "-a", "-m", "m", "blob", "HEAD:file")
        repo.git("tag", "tree", "HEAD^{tree}")
        found = documents(repo, commits.between(git(repo), ["blob", "tree"]))
        assert [(one.origin.object, one.origin.path, data) for one, data, _ in found[1:]] == [
            ("blob", None, b"x"),
            ("blob", "dir/file", b"y"),
            ("blob", "file", b"x"),
        ]

    def test_a_tag_that_is_none(self, repo: repos.Repo) -> None:
        raw = b"object nonsense\ntype commit\ntag x\n\nkey\n"
        oid = repo.git("hash-object", "-t", "tag", "-w", "--stdin", "--literally", stdin=raw).decode().strip()
        with pytest.raises(GitError, match="does not say"):
            list(commits.introduced(git(repo), [oid]))


def paths(repo: repos.Repo, revisions: list[str]) -> list[str | None]:
    """The paths of the blobs that are read."""
    return [one.origin.path for one, *_ in documents(repo, revisions) if one.origin.object == "blob"]


def pushed_paths(repo: repos.Repo, line: str, remote: str = "origin") -> list[str | None]:
    return paths(repo, commits.pushed(git(repo), [line + "\n"], remote))


class TestPushed:
    """The lines of a pre-push hook."""

    @pytest.fixture
    def cloned(self, repo: repos.Repo, tmp_path: Path) -> repos.Repo:
        """A repository whose remote ``origin`` has its first commit."""
        repo.commit("old", file="old\n")
        repo.git("clone", "-q", "--bare", ".", str(tmp_path / "origin"))
        repo.git("remote", "add", "origin", str(tmp_path / "origin"))
        repo.git("fetch", "-q", "origin")
        return repo

    def test_an_update(self, cloned: repos.Repo) -> None:
        old = cloned.oid()
        new = cloned.commit(new="new\n")
        assert pushed_paths(cloned, f"refs/heads/main {new} refs/heads/main {old}") == ["new"]

    @pytest.mark.parametrize("zeros", [40, 64])
    def test_a_new_branch_brings_what_the_remote_has_not(self, cloned: repos.Repo, zeros: int) -> None:
        new = cloned.commit(new="new\n")
        assert pushed_paths(cloned, f"refs/heads/x {new} refs/heads/x {'0' * zeros}") == ["new"]

    @pytest.mark.parametrize("zeros", [40, 64])
    def test_a_deletion_brings_nothing(self, cloned: repos.Repo, zeros: int) -> None:
        line = f"(delete) {'0' * zeros} refs/heads/main {cloned.oid()}"
        assert commits.pushed(git(cloned), [line], "origin") == []

    def test_a_forced_push_over_what_was_never_fetched(self, cloned: repos.Repo) -> None:
        new = cloned.commit(new="new\n")
        line = f"refs/heads/main {new} refs/heads/main {'1234567890' * 4}"
        assert pushed_paths(cloned, line) == ["new"]

    def test_all_lines_count(self, cloned: repos.Repo) -> None:
        base = cloned.oid()
        lines = []
        for name in ("one", "two"):
            cloned.git("checkout", "-q", "-b", name, base)
            oid = cloned.commit(**{name: f"{name}\n"})
            lines.append(f"refs/heads/{name} {oid} refs/heads/{name} {NOBODY}\n")
        lines.insert(1, f"(delete) {NOBODY} refs/heads/main {base}\n")
        revisions = commits.pushed(git(cloned), lines, "origin")
        assert sorted(paths(cloned, revisions)) == ["one", "two"]

    @pytest.mark.parametrize(
        "remote", ["https://example.org/x.git", "git@example.org:x", "/srv/x", "../x", ""]
    )
    def test_to_a_url_what_no_remote_has(self, cloned: repos.Repo, remote: str) -> None:
        new = cloned.commit(new="new\n")
        assert pushed_paths(cloned, f"refs/heads/x {new} refs/heads/x {NOBODY}", remote) == ["new"]

    def test_to_a_remote_that_has_nothing_yet_everything(self, cloned: repos.Repo) -> None:
        new = cloned.commit(new="new\n")
        found = pushed_paths(cloned, f"refs/heads/x {new} refs/heads/x {NOBODY}", "elsewhere")
        assert found == ["file", "new"]

    def test_a_name_with_spaces(self, cloned: repos.Repo) -> None:
        new = cloned.commit(new="new\n")
        assert pushed_paths(cloned, f"HEAD@{{1 day ago}} {new} refs/heads/x {NOBODY}") == ["new"]

    @pytest.mark.parametrize(
        "line",
        [
            pytest.param("", id="empty"),
            pytest.param("a b c", id="too few"),
            pytest.param(f"a --all b {NOBODY}", id="an option"),
            pytest.param(f"a HEAD b {NOBODY}", id="a name"),
            pytest.param(f"a {NOBODY[1:]} b {NOBODY}", id="too short"),
        ],
    )
    def test_a_malformed_line(self, cloned: repos.Repo, line: str) -> None:
        with pytest.raises(UsageError, match="line 2 of standard input"):
            commits.pushed(git(cloned), [f"a {NOBODY} b {NOBODY}", line], "origin")

    def test_a_real_push(self, cloned: repos.Repo) -> None:
        listen(cloned, "pre-push", "commits.pushed(git, sys.stdin, sys.argv[1])")
        cloned.commit("message", new="new\n")
        cloned.git("tag", "-a", "-m", "tagged", "v1")
        cloned.git("push", "-q", "origin", "main", "v1")
        assert heard(cloned.path) == ["tag None", "commit None", "blob new"]


class TestReceived:
    """The lines of a pre-receive hook."""

    def test_a_deletion_brings_nothing(self, repo: repos.Repo) -> None:
        assert commits.received(git(repo), [f"{'1' * 40} {NOBODY} refs/heads/main\n"]) == []

    def test_a_malformed_line(self, repo: repos.Repo) -> None:
        with pytest.raises(UsageError, match="line 1"):
            commits.received(git(repo), ["nonsense\n"])

    def test_a_real_push_is_seen_in_quarantine(self, repo: repos.Repo, tmp_path: Path) -> None:
        repos.init(tmp_path / "server", "--bare")
        repo.git("remote", "add", "origin", str(tmp_path / "server"))
        repo.commit(old="old\n")
        repo.git("push", "-q", "origin", "main")
        server = repos.Repo(tmp_path / "server")
        listen(server, "pre-receive", "commits.received(git, sys.stdin)", "hooks")
        repo.commit(new="new\n")
        repo.git("branch", "other")
        repo.git("push", "-q", "origin", "main", "other")
        assert heard(server.path) == ["commit None", "blob new"]

    def test_a_push_that_is_refused_leaves_nothing(self, repo: repos.Repo, tmp_path: Path) -> None:
        server = repos.init(tmp_path / "server", "--bare")
        repo.git("remote", "add", "origin", str(tmp_path / "server"))
        listen(server, "pre-receive", "commits.received(git, sys.stdin)", "hooks", status=1)
        repo.commit(new="new\n")
        assert repo.attempt("push", "-q", "origin", "main").returncode
        assert heard(server.path) == ["commit None", "blob new"]
        assert server.git("cat-file", "--batch-all-objects", "--batch-check") == b""


def listen(repo: repos.Repo, name: str, revisions: str, folder: str = ".git/hooks", status: int = 0) -> None:
    """Install a hook that writes down what it reads."""
    script = f"""\
        #!{sys.executable}
        import sys
        sys.path[:0] = {sys.path!r}
        from keyguard.git import Git
        from keyguard.sources import commits
        git = Git.here()
        with open("heard", "w") as file:
            for one in commits.introduced(git, {revisions}):
                print(one.origin.object, one.origin.path, file=file)
        sys.exit({status})
    """
    place = repo.path / folder / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(textwrap.dedent(script))
    place.chmod(0o755)


def heard(place: Path) -> list[str]:
    return (place / "heard").read_text().splitlines()


class TestHanded:
    """What pre-commit says in its variables."""

    def test_a_range(self, repo: repos.Repo) -> None:
        old, new = repo.commit(), repo.commit()
        given = {"PRE_COMMIT_FROM_REF": old, "PRE_COMMIT_TO_REF": new}
        assert commits.handed(git(repo), given) == [new, f"^{old}"]
        given["PRE_COMMIT_REMOTE_NAME"] = "origin"
        assert commits.handed(git(repo), given) == [new, f"^{old}", "--not", "--remotes=origin"]

    def test_a_branch_with_its_first_commit(self, repo: repos.Repo) -> None:
        oid = repo.commit()
        given = {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main", "PRE_COMMIT_REMOTE_NAME": "origin"}
        assert commits.handed(git(repo), given) == [oid, "--not", "--remotes=origin"]

    def test_by_hand(self, repo: repos.Repo) -> None:
        oid = repo.commit()
        assert commits.handed(git(repo), {}) == [oid, "--not", "--remotes"]


class TestBetween:
    """Ranges."""

    @pytest.fixture
    def forked(self, repo: repos.Repo) -> repos.Repo:
        repo.commit("base")
        repo.git("checkout", "-q", "-b", "side")
        repo.commit("side")
        repo.git("checkout", "-q", "main")
        repo.commit("main")
        repo.git("tag", "-a", "-m", "m", "tag")
        return repo

    def test_two_dots(self, forked: repos.Repo) -> None:
        expected = [forked.oid("main"), f"^{forked.oid('side')}"]
        assert commits.between(git(forked), ["side..main"]) == expected
        assert commits.between(git(forked), ["side.."]) == expected
        assert commits.between(git(forked), [f"{forked.oid('side')[:10]}..HEAD"]) == expected

    def test_three_dots(self, forked: repos.Repo) -> None:
        found = commits.between(git(forked), ["side...main"])
        base = forked.oid("main~1")
        assert sorted(found) == sorted([forked.oid("side"), forked.oid("main"), f"^{base}"])

    def test_one_revision_stays_a_tag(self, forked: repos.Repo) -> None:
        assert commits.between(git(forked), ["tag"]) == [forked.oid("tag")]

    def test_several(self, forked: repos.Repo) -> None:
        found = commits.between(git(forked), ["side..main", "side"])
        assert found == [forked.oid("main"), f"^{forked.oid('side')}", forked.oid("side")]

    @pytest.mark.parametrize(
        "given",
        [
            pytest.param("nowhere..main", id="unknown"),
            pytest.param("1234567890" * 4 + "..main", id="an object that is not here"),
            pytest.param("--all", id="an option"),
            pytest.param("main..--output=x", id="an option behind the dots"),
            pytest.param("^main", id="an exclusion"),
            pytest.param("a b", id="spaces"),
            pytest.param("", id="nothing"),
            pytest.param("a..b..c", id="too many dots"),
        ],
    )
    def test_what_is_no_revision(self, forked: repos.Repo, given: str) -> None:
        with pytest.raises(UsageError, match="there is no revision"):
            commits.between(git(forked), [given])


class TestShallow:
    """A clone without all of its history."""

    def test_its_first_commit_counts_as_new(self, repo: repos.Repo, tmp_path: Path) -> None:
        for number in range(3):
            repo.commit(**{f"file{number}": f"{number}\n"})
        repo.git("clone", "-q", "--depth=2", f"file://{repo.path}", str(tmp_path / "clone"))
        clone = repos.Repo(tmp_path / "clone")
        assert [path for path, *_ in blobs(clone, "HEAD")] == ["file0", "file1", "file2"]

    def test_what_was_cut_off_is_no_revision(self, repo: repos.Repo, tmp_path: Path) -> None:
        first, _, _ = repo.commit(), repo.commit(), repo.commit()
        repo.git("clone", "-q", "--depth=2", f"file://{repo.path}", str(tmp_path / "clone"))
        with pytest.raises(UsageError, match="if this clone is shallow, fetch its history"):
            commits.between(git(repos.Repo(tmp_path / "clone")), [f"{first}..HEAD"])
