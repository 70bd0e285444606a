"""Attribution: against an oracle that lists every tree of every commit, and where histories are not whole."""

from __future__ import annotations

import os
import shutil
import zlib
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import handmade
import pytest
import repos
from histories import Oracle, Step, imported, remembered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.attribution import Whereabouts, attribute
from keyguard.git import Git
from keyguard.processes import mapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATHS = ("a", "b", "d/a", "d/b", "d/e/a", "d/e/f/a", "f", "f/a", "twice d/a")
CONTENTS = (*"123", "long " * 30)

LAYOUTS = ("loose", "packed", "half packed", "--depth=2", "--depth=50")

files = st.lists(
    st.tuples(st.sampled_from(PATHS), st.none() | st.sampled_from(CONTENTS)),
    max_size=4,
    unique_by=lambda one: one[0],
)
steps = st.lists(
    st.builds(
        Step,
        st.lists(st.integers(0, 20), max_size=3, unique=True).map(tuple),
        st.integers(0, 9),
        files.map(tuple),
        st.booleans(),
    ),
    min_size=1,
    max_size=9,
)
FATES = (
    "refs/heads/{}", "refs/remotes/origin/{}", "refs/tags/{}", "refs/stash", "refs/notes/commits",
    "refs/anything/{}", "tag", "nested tag", "tag of tree", "tree", "blob", "tag of blob", "reflog",
    None, None,
)  # fmt: skip


def linked(made: Sequence[Step]) -> list[Step]:
    """The steps with the parents that exist."""
    return [
        step._replace(
            parents=tuple(dict.fromkeys(parent % number for parent in step.parents)) if number else ()
        )
        for number, step in enumerate(made)
    ]


def fated(repo: repos.Repo, oid: str, fate: str | None, number: int) -> None:
    """Let something name the commit, or what is in it."""
    if fate is None or fate == "reflog":
        return
    kinds = {"tree": "^{tree}", "blob": ":a"}
    suffix = next((mark for kind, mark in kinds.items() if kind in fate), "")
    if repo.attempt("rev-parse", "--verify", "--quiet", oid + suffix).returncode:
        return
    target = repo.oid(oid + suffix)
    ref = fate.format(number) if "/" in fate else f"refs/tags/{fate.replace(' ', '-')}-{number}"
    for again in range(fate.count("tag of") + (fate in ("tag", "nested tag")) + (fate == "nested tag")):
        about = f"object {target}\ntype {repo.git('cat-file', '-t', target).decode().strip()}\ntag {again}\n"
        signed = "tagger Tess <t@example.org> 1600000000 +0000\n\nmessage\n"
        target = (
            repo.git("hash-object", "-t", "tag", "-w", "--stdin", stdin=(about + signed).encode())
            .decode()
            .strip()
        )
    repo.git("update-ref", ref, target)


def check(repo: repos.Repo, oracle: Oracle | None = None) -> None:
    """All answers are the oracle's, whether everything is asked for or a few objects only."""
    git, expected = Git.at(str(repo.path)), (oracle or Oracle(repo)).expected()
    assert attribute(git, list(expected)) == expected
    step = len(expected) // 3 + 1
    for begin in range(min(step, 4)):
        few = sorted(expected)[begin::step]
        assert attribute(git, few) == {oid: expected[oid] for oid in few}


class History(NamedTuple):
    """Commits, what names each, which HEAD is (None: a branch that is not there), and how it is stored."""

    steps: list[Step]
    fates: list[str | None]
    head: int | None
    layout: str
    hash: str

    def made(self, path: Path) -> repos.Repo:
        """The repository."""
        repo = repos.init(path, f"--object-format={self.hash}")
        steps = linked(self.steps)
        half = len(steps) // 2 if self.layout == "half packed" else 0
        if half:
            imported(repo, steps[:half], packed=True)
        oids = imported(repo, steps, packed=self.layout == "packed", first=half)
        fates = list(zip(oids, self.fates, strict=False))
        for number, (oid, fate) in enumerate(fates):
            fated(repo, oid, fate, number)
        if self.head is not None:
            (path / ".git" / "HEAD").write_text(oids[self.head % len(oids)] + "\n")
        remembered(repo, [oid for oid, fate in fates if fate == "reflog"])
        if self.layout.startswith("--depth"):
            repacked(repo, self.layout)
        return repo


histories = st.builds(
    History,
    steps,
    st.lists(st.sampled_from(FATES), min_size=9, max_size=9),
    st.none() | st.integers(0, 8),
    st.sampled_from(LAYOUTS),
    st.sampled_from(("sha1", "sha256")),
)
numbers = count()


@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories)
def test_any_history(tmp_path: Path, history: History) -> None:
    repo = history.made(tmp_path / str(next(numbers)))
    check(repo)
    shutil.rmtree(repo.path)


def repacked(repo: repos.Repo, *options: str) -> None:
    """Everything in one pack, what nothing reaches, too."""
    named = "repack.useDeltaBaseOffset=false"  # then bases are named instead of placed
    repo.git("-c", named, "repack", "-adfqk", "--window=50", *options)


def long_history(repo: repos.Repo) -> list[str]:
    """Commits in each of which ten files that are side by side change, in one of three folders."""
    made = [Step((), 0, tuple((f"{'d/' * (at % 3)}file{at // 3:02}", str(at)) for at in range(240)))]
    for number in range(1, 40):
        names = (f"{'d/' * (number % 3)}file{number * 7 % 70 + at:02}" for at in range(10))
        made.append(Step((number - 1,), number, tuple((name, f"{name} {number}") for name in names)))
    return imported(repo, made, packed=True)


@pytest.mark.parametrize("hash_", ["sha1", "sha256"])
def test_names_cut_into_pieces_by_long_inserts_and_long_chains(tmp_path: Path, hash_: str) -> None:
    repo = repos.init(tmp_path, f"--object-format={hash_}")
    repo.git("update-ref", "refs/heads/main", long_history(repo)[-1])
    repacked(repo, "--depth=50")
    assert len(deltas(repo)) > 60
    check(repo)


class Delta(NamedTuple):
    """A tree in a pack that is made from another: where it is, and how many bytes it takes."""

    oid: str
    stored: int
    offset: int
    base: str


def deltas(repo: repos.Repo) -> list[Delta]:
    index = next((repo.path / ".git/objects/pack").glob("*.idx"))
    listed = (line.split() for line in repo.git("verify-pack", "-v", str(index)).decode().splitlines())
    rows = [row for row in listed if len(row) == 7 and row[1] == "tree"]
    return [Delta(oid, int(stored), int(offset), base) for oid, _, _, stored, offset, _, base in rows]


def test_processes_give_the_same(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    repo.git("update-ref", "refs/heads/main", long_history(repo)[-1])
    oids = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").decode().split()
    git = Git.at(str(tmp_path))
    assert attribute(git, oids, run=partial(mapped, jobs=2)) == attribute(git, oids)


def test_nothing_asked_is_nothing_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", repos.spied_git(tmp_path / "bin", tmp_path / "log"))
    repos.init(tmp_path / "repo")
    (tmp_path / "log").unlink(missing_ok=True)
    assert attribute(Git.at(str(tmp_path / "repo")), []) == {}
    assert not (tmp_path / "log").exists()


def one(repo: repos.Repo, oid: str) -> Whereabouts:
    return attribute(Git.at(str(repo.path)), [oid])[oid]


def commits_of(found: Whereabouts) -> list[tuple[str | None, str | None]]:
    return [(sighting.commit, sighting.path) for sighting in found.sightings]


@pytest.mark.parametrize("options", [(), ("--bare",)], ids=["new", "bare"])
def test_a_repository_without_commits(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert one(repos.init(tmp_path, *options), "1" * 40) == Whereabouts()


def test_the_index_is_not_history(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    repo.commit(a="a")
    repo.stage("b", "staged")
    assert one(repo, repo.oid(":b")) == Whereabouts()


def test_a_merge_takes_the_blame_only_for_its_own_change(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    repo.commit(a="a", b="b")
    repo.git("branch", "side")
    main = repo.commit(a="main")
    repo.git("checkout", "-q", "side")
    side = repo.commit(b="side")
    repo.git("merge", "-q", "--no-commit", "main")
    evil = repo.commit(evil="evil")
    found = attribute(Git.at(str(tmp_path)), [repo.oid(f"HEAD:{name}") for name in ("a", "b", "evil")])
    assert [commits_of(one) for one in found.values()] == [[(main, "a")], [(side, "b")], [(evil, "evil")]]


def test_a_copy_that_head_has_is_named_before_an_older_one_that_was_rebased_away(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    repo.commit(a="a")
    repo.git("checkout", "-q", "-b", "topic")
    old = repo.commit("old", key="key")
    repo.git("checkout", "-q", "main")
    new = repo.commit("new", key="key")
    assert commits_of(one(repo, repo.oid("HEAD:key"))) == [(new, "key")]
    repo.git("checkout", "-q", "topic")
    assert commits_of(one(repo, repo.oid("HEAD:key"))) == [(old, "key")]


@pytest.mark.parametrize("layout", ["loose", "packed"])
def test_what_only_some_ways_lead_to(tmp_path: Path, layout: str) -> None:
    repo = repos.init(tmp_path)
    repo.commit(a="a")
    expected = {}
    for number in range(2):
        repo.write("a", f"stashed {number}")
        expected[repos.blob(repo, f"stashed {number}".encode())] = ("reflog", "refs")[number]
        repo.git("stash", "-q")
    repo.git("notes", "add", "-m", "note")
    expected[repos.blob(repo, b"note\n")] = "refs"
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    tree = repos.Repo(tmp_path / "tree")
    tree.commit(b="in a work tree")
    expected[tree.oid("HEAD:b")] = "refs"
    repo.git("checkout", "-q", "-b", "gone")
    repo.commit(c="c")
    expected[repo.oid("HEAD:c")] = "reflog"
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-q", "-D", "gone")
    if layout == "packed":
        repacked(repo)
    found = attribute(Git.at(str(tmp_path)), list(expected))
    assert {oid: one.reachable for oid, one in found.items()} == expected
    assert attribute(Git.at(str(tree.path)), [tree.oid("HEAD:b")])[tree.oid("HEAD:b")].in_head
    check(repo)


def test_replaced_objects_and_grafts_have_no_say(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    first = repo.commit(key="key")
    second = repo.commit(key="clean")
    key = repo.oid(f"{first}:key")
    repo.git("replace", first, second)
    repo.git("replace", key, repo.oid("HEAD:key"))
    (tmp_path / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / ".git" / "info" / "grafts").write_text(f"{second}\n")
    assert commits_of(one(repo, key)) == [(first, "key")]
    assert one(repo, key).reachable == "head"


def test_a_submodule_is_no_file(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    inner = repo.commit(a="a")
    for number in range(20):
        repo.stage(f"file{number}", f"{number}")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{inner},sub")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.oid('HEAD:a')},other")
    repo.commit()
    check(repo)


@pytest.mark.parametrize("name", repos.ODD_NAMES)
def test_names(tmp_path: Path, name: bytes) -> None:
    repo = repos.init(tmp_path)
    repo.stage(name, "key")
    commit = repo.commit()
    assert commits_of(one(repo, repos.blob(repo, b"key"))) == [(commit, os.fsdecode(name))]


def short(path: Path) -> repos.Repo:
    """Five commits, the third of which brings a file and the fifth takes it away."""
    repo = repos.init(path)
    repo.git("config", "uploadpack.allowFilter", "true")
    for number in range(5):
        repo.stage("d/file", str(number))
        repo.commit(**({"key": "key"} if number == 2 else {}))
    repo.git("rm", "-q", "key")
    repo.commit()
    return repo


def cloned(repo: repos.Repo, path: Path, *options: str) -> repos.Repo:
    repo.git("clone", "-q", "--no-checkout", *options, f"file://{repo.path}", str(path))
    return repos.Repo(path)


def test_in_a_shallow_clone_history_begins_at_the_boundary(tmp_path: Path) -> None:
    repo = short(tmp_path / "whole")
    clone = cloned(repo, tmp_path / "clone", "--depth=2")
    assert commits_of(one(clone, repo.oid("HEAD~:key"))) == [(repo.oid("HEAD~"), "key")]
    check(clone)


@pytest.mark.parametrize("filter_", ["blob:none", "tree:0"])
def test_what_a_partial_clone_lacks_is_not_fetched(tmp_path: Path, filter_: str) -> None:
    repo = short(tmp_path / "whole")
    clone = cloned(repo, tmp_path / "clone", f"--filter={filter_}")
    before = repos.files_of(clone.path)
    found = one(clone, repo.oid("HEAD~:key"))
    assert commits_of(found) == ([(repo.oid("HEAD~3"), "key")] if filter_ == "blob:none" else [])
    assert repos.files_of(clone.path) == before


def test_what_is_damaged_hides_only_itself(tmp_path: Path) -> None:
    repo = short(tmp_path)
    key, commit = repo.oid("HEAD~:key"), repo.oid("HEAD~3")
    repos.damage(repo, repo.oid("HEAD~2^{tree}"), b"not deflated")
    repo.lose(repo.oid("HEAD~:d"))
    repo.lose(repo.oid("HEAD~4"))
    found = one(repo, key)
    assert (commits_of(found), found.commits, found.reachable) == ([(commit, "key")], 2, "head")


@pytest.mark.parametrize("copies", [0, 1], ids=["alone", "with a copy elsewhere"])
@pytest.mark.parametrize("kind", ["inflated", "applied"])
def test_a_damaged_delta_hides_only_what_is_made_from_it(tmp_path: Path, kind: str, copies: int) -> None:
    repo = repos.init(tmp_path / "repo")
    repo.git("update-ref", "refs/heads/main", long_history(repo)[-1])
    repacked(repo, "--depth=3")
    rows = deltas(repo)
    progeny = {row.oid: derived(rows, row.oid) for row in rows}
    beside = {row.oid: [len(progeny[one.oid]) for one in rows if one.base == row.base] for row in rows}
    damaged = next(row for row in rows if 1 < len(progeny[row.oid]) < max(beside[row.oid]))
    lost = progeny[damaged.oid]
    oracle = Oracle(repo)
    if copies:
        other = repos.init(tmp_path / "other")
        content = repo.git("cat-file", "tree", damaged.oid)
        other.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=content)
        repos.loose(repo, damaged.oid).parent.mkdir()
        shutil.copy(repos.loose(other, damaged.oid), repos.loose(repo, damaged.oid))
    else:
        oracle.lose(lost)
    spoiled(next((repo.path / ".git/objects/pack").glob("*.pack")), damaged, kind)
    check(repo, oracle)


def derived(rows: Sequence[Delta], oid: str) -> set[str]:
    """A tree and what is made from it."""
    found = {oid}
    while more := {row.oid for row in rows if row.base in found} - found:
        found |= more
    return found


def test_a_tree_whose_base_is_not_in_its_pack(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    parent = repo.commit(a="a")
    base, key = repo.git("cat-file", "tree", "HEAD^{tree}"), handmade.blob(b"key")
    text = b"100644 key\0" + key.oid
    tree, base_name = handmade.name(base + text, "tree"), bytes.fromhex(repo.oid("HEAD^{tree}"))
    signed = "Ann <a@example.org> 1500000000 +0100"
    commit = f"tree {tree.hex()}\nparent {parent}\nauthor {signed}\ncommitter {signed}\n\nm\n".encode()
    name = handmade.name(commit, "commit")
    entries = [
        handmade.Entry(tree, handmade.REF, handmade.appended(base, text), base_name),
        handmade.Entry(name, handmade.COMMIT, commit),
        key,
    ]
    handmade.write(tmp_path / ".git/objects", entries)
    (tmp_path / ".git/refs/heads/main").write_text(f"{name.hex()}\n")
    found = one(repo, key.oid.hex())
    assert (commits_of(found), found.reachable) == ([(name.hex(), "key")], "head")


def spoiled(pack: Path, entry: Delta, kind: str) -> None:
    """Damage an entry: its deflated bytes, or what they inflate to."""
    data = bytearray(pack.read_bytes())
    body = entry.offset
    while data[body] & 0x80:
        body += 1
    body += 1 + 20  # the name of its base
    end = entry.offset + entry.stored
    if kind == "inflated":
        data[body + 2 : end] = bytes(end - body - 2)
    else:
        delta = bytearray(zlib.decompress(data[body:end]))
        delta[0] ^= 1  # not the size of its base
        again = min((zlib.compress(bytes(delta), level) for level in range(10)), key=len)
        assert len(again) <= end - body
        data[body:end] = again.ljust(end - body, b"\0")
    pack.chmod(0o644)
    pack.write_bytes(data)


def test_several_packs_and_borrowed_objects(tmp_path: Path) -> None:
    repo = short(tmp_path / "whole")
    repo.git("repack", "-q", "-ad")
    repo.commit(more="more")
    repo.git("repack", "-q", "-d")
    repo.git("pack-objects", "-q", "--all", ".git/objects/pack/pack")
    check(repo)
    clone = cloned(repo, tmp_path / "clone", "--shared")
    oid = clone.git("commit-tree", "-m", "m", "-p", "HEAD", "HEAD~:d").decode().strip()
    clone.git("update-ref", "refs/heads/moved", oid)
    check(clone)


def test_trees_that_stand_for_more_paths_than_there_are_atoms(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    blob = repos.blob(repo, b"key")
    mode, kind, oid = "100644", "blob", blob
    for _ in range(30):
        entries = "".join(f"{mode} {kind} {oid}\tn{number}\n" for number in range(9))
        mode, kind, oid = "040000", "tree", repo.git("mktree", stdin=entries.encode()).decode().strip()
    commit = repo.git("commit-tree", "-m", "m", oid).decode().strip()
    repo.git("update-ref", "HEAD", commit)
    found = one(repo, blob)
    assert found.commits == 1
    assert found.in_head
    assert 10 < len(found.sightings) <= 100_000
    assert {sighting.commit for sighting in found.sightings} == {commit}
