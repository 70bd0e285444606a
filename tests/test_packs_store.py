"""Whole stores: every object that git has, and nothing else, however it is stored."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
import repos
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.packs.store import Store
from keyguard.packs.stored import ALL, Stored

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Skipped
    from keyguard.packs.stored import Kind

HASHES = {"sha1": 20, "sha256": 32}


def oracle(repo: repos.Repo) -> dict[str, tuple[str, bytes]]:
    """Every object, as git itself gives it."""
    told = repo.git("cat-file", "--batch-all-objects", "--batch", "--unordered")
    found, at = {}, 0
    while at < len(told):
        end = told.index(b"\n", at)
        name, kind, size = told[at:end].decode().split()
        found[name] = (kind, told[end + 1 : end + 1 + int(size)])
        at = end + 2 + int(size)
    return found


def opened(repo: repos.Repo, hash_size: int = 20) -> Store:
    place = repo.git("rev-parse", "--path-format=absolute", "--git-path", "objects").decode().rstrip("\n")
    return Store.open(place, hash_size)


def read(
    store: Store, jobs: int = 1, kinds: frozenset[Kind] = ALL
) -> tuple[list[tuple[str, str, bytes]], list[Skipped]]:
    """Everything that the parts give, each of them pickled and back, last part first."""
    found: list[tuple[str, str, bytes]] = []
    skipped: list[Skipped] = list(store.skipped)
    for part in reversed(store.parts(jobs, kinds)):
        for one in pickle.loads(pickle.dumps(part)).objects():
            if isinstance(one, Stored):
                found.append((one.name, one.kind, b"".join(one.pieces())))
            else:
                skipped.append(one)
    return found, skipped


def check(repo: repos.Repo, hash_size: int = 20, jobs: int = 2) -> None:
    """The store is what git says, each object once."""
    found, skipped = read(opened(repo, hash_size), jobs)
    assert not skipped
    assert len({name for name, _, _ in found}) == len(found)
    assert {name: (kind, data) for name, kind, data in found} == oracle(repo)


def grown(path: Path, *options: str, commits: int = 25) -> repos.Repo:
    """A repository whose files change a little with each commit, so that there are chains of deltas."""
    repo = repos.init(path, *options)
    text = [f"line {number} of a file that is long enough\n" for number in range(200)]
    for number in range(commits):
        text[number * 7 % 200] = f"changed by {number}\n"
        repo.commit(
            f"commit {number}", one="".join(text), two="".join(reversed(text[:100])), three=f"{number}\n"
        )
    repo.git("tag", "-a", "-m", "a tag", "v1")
    return repo


PACKED = [
    pytest.param(("repack", "-adfq"), id="one-pack"),
    pytest.param(("repack", "-adfq", "--depth=250", "--window=250"), id="long-chains"),
    pytest.param(("repack", "-adfq", "--depth=1"), id="many-from-one"),
    pytest.param(("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"), id="bases-by-name"),
    pytest.param(("-c", "pack.indexVersion=1", "repack", "-adfq"), id="index-of-the-first-version"),
    pytest.param(("-c", "pack.compression=0", "repack", "-adFq"), id="not-compressed"),
    pytest.param(("repack", "-adfq", "--max-pack-size=1m"), id="at-most-so-large"),
    pytest.param(("repack", "-adq", "--write-midx"), id="index-of-many-packs"),
]


@pytest.mark.parametrize("how", PACKED)
@pytest.mark.parametrize("form", HASHES)
def test_everything_that_is_packed_is_read(tmp_path: Path, how: tuple[str, ...], form: str) -> None:
    repo = grown(tmp_path, f"--object-format={form}")
    repo.git(*how)
    check(repo, HASHES[form])


@pytest.mark.parametrize("form", HASHES)
def test_everything_that_is_loose_is_read(tmp_path: Path, form: str) -> None:
    check(grown(tmp_path, f"--object-format={form}", commits=4), HASHES[form])


def test_an_empty_repository_holds_nothing(tmp_path: Path) -> None:
    assert read(opened(repos.init(tmp_path))) == ([], [])


def test_many_packs_with_copies_and_loose_objects_give_each_object_once(tmp_path: Path) -> None:
    repo = grown(tmp_path, commits=6)
    repo.git("repack", "-adq")
    (first,) = (tmp_path / ".git/objects/pack").glob("*.pack")
    first.with_suffix(".keep").touch()
    repo.commit("more", one="something else\n" * 50)
    repo.git("repack", "-aq", "--pack-kept-objects")
    repo.commit("loose", one="something else\n" * 51)
    for name, (kind, content) in list(oracle(repo).items())[::3]:
        pack = next((tmp_path / ".git/objects" / name[:2]).glob(name[2:]), None)
        if pack is None:
            repo.git("hash-object", "-w", "-t", kind, "--stdin", stdin=content)
    check(repo)


def test_cruft_packs_are_read(tmp_path: Path) -> None:
    repo = grown(tmp_path, commits=6)
    lost = repo.commit("to be lost", one="nobody reaches this\n" * 20)
    repo.git("reset", "-q", "--hard", "HEAD~2")
    repo.git("reflog", "expire", "--expire=all", "--all")
    repo.git("repack", "--cruft", "-dq")
    assert list((tmp_path / ".git/objects/pack").glob("*.mtimes"))
    assert lost in oracle(repo)
    check(repo)


def test_borrowed_objects_are_read_wherever_they_are(tmp_path: Path) -> None:
    lender = grown(tmp_path / "lender", commits=5)
    lender.git("repack", "-adq")
    lender.commit("loose", one="at the lender\n")
    repo = repos.init(tmp_path / "repo")
    middle = repos.init(tmp_path / "mid dle")
    objects = [one.path / ".git/objects" for one in (repo, middle, lender)]
    (objects[0] / "info/alternates").write_text(f'# a comment\n\n"{objects[1]}"\n')
    (objects[1] / "info/alternates").write_text("../../../lender/.git/objects\n")
    (objects[2] / "info/alternates").write_text(f"{objects[0]}\n{objects[2]}\n")
    repo.commit("own", one="of its own\n")
    middle.commit("middle", one="in the middle\n")
    found, skipped = read(opened(repo))
    assert not skipped
    assert len(found) == len({name for name, _, _ in found})
    mine = {name: (kind, data) for name, kind, data in found}
    (objects[2] / "info/alternates").unlink()  # git warns about the cycle
    assert mine == oracle(repo)


def test_an_alternate_that_is_not_there_is_named(tmp_path: Path) -> None:
    repo = repos.init(tmp_path)
    (tmp_path / ".git/objects/info/alternates").write_text("/nowhere/objects\n")
    _, skipped = read(opened(repo))
    assert [one.path for one in skipped] == ["/nowhere/objects"]
    assert skipped[0].failed


def test_further_directories_are_read_too(tmp_path: Path) -> None:
    one, two = grown(tmp_path / "one", commits=1), repos.init(tmp_path / "two")
    two.commit("two", only="here\n")
    places = [str(repo.path / ".git/objects") for repo in (one, two)]
    store = Store.open(places[0], 20, also=places[1:])
    assert {name for name, _, _ in read(store)[0]} == oracle(one).keys() | oracle(two).keys()


@pytest.mark.parametrize(
    "kinds",
    [{"blob"}, {"commit", "tag"}, {"tree"}, set()],
    ids=lambda kinds: " ".join(sorted(kinds)) or "none",
)
def test_only_the_kinds_that_are_asked_for_are_given(tmp_path: Path, kinds: frozenset[Kind]) -> None:
    repo = grown(tmp_path, commits=5)
    repo.git("repack", "-adfq")
    repo.commit("loose", one="loose\n")
    found, _ = read(opened(repo), 1, frozenset(kinds))
    assert {name for name, _, _ in found} == {
        name for name, (kind, _) in oracle(repo).items() if kind in kinds
    }


def test_parts_are_small_and_one_process_reads_an_index_once(tmp_path: Path) -> None:
    repo = grown(tmp_path)
    repo.git("repack", "-adfq")
    store = opened(repo)
    parts = store.parts(4)
    assert all(len(pickle.dumps(part)) < 1000 for part in parts)
    assert all(pickle.loads(pickle.dumps(part)).store is store for part in parts)


@pytest.mark.parametrize("least", [20_000.0, 100_000.0])
def test_families_that_are_shared_are_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: float
) -> None:
    repo = grown(tmp_path)
    repo.git("repack", "-adfq", "--depth=50", "--window=50")
    monkeypatch.setattr("keyguard.packs.parts.LEAST", least)
    monkeypatch.setattr("keyguard.packs.parts.MOST", least)
    parts = opened(repo).parts(4, ALL)
    assert any(getattr(part, "shares", 1) > 1 for part in parts)
    check(repo)


LIMITS = [
    pytest.param((700, 300, 100), id="nearly-all-is-large"),
    pytest.param((1500, 1500, 500), id="some-is-large"),
    pytest.param((1 << 20, 100, 4000), id="bases-are-made-again"),
]


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("how", ["loose", "packed", "by-name"])
def test_large_objects_are_read_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int, int], how: str
) -> None:
    """With small limits, small objects are large."""
    whole, held, stride = limits
    for module in ("contents", "deltas", "reader", "loose"):
        monkeypatch.setattr(f"keyguard.packs.{module}.WHOLE", whole)
    monkeypatch.setattr("keyguard.packs.reader.HELD", held)
    monkeypatch.setattr("keyguard.packs.reader.HEAVY", 10)
    monkeypatch.setattr("keyguard.packs.reader.small", lambda _: False)
    monkeypatch.setattr("keyguard.packs.deltas.small", lambda _: False)
    monkeypatch.setattr("keyguard.packs.inflate.STRIDE", stride)
    monkeypatch.setattr("keyguard.packs.inflate.TAME", 50)
    monkeypatch.setattr("keyguard.packs.inflate.PIECE", stride // 2)
    monkeypatch.setattr("keyguard.packs.large.PIECE", stride // 2)
    repo = grown(tmp_path, commits=3 if how == "loose" else 12)
    if how != "loose":
        offsets = "false" if how == "by-name" else "true"
        repo.git("-c", f"repack.useDeltaBaseOffset={offsets}", "repack", "-adfq", "--depth=20", "--window=20")
    check(repo)


LINES = st.lists(st.sampled_from([f"{'word ' * count}{count}\n" for count in range(1, 30)]), max_size=40)
HISTORY = st.lists(
    st.dictionaries(st.sampled_from("abc"), LINES, min_size=1, max_size=2), min_size=1, max_size=8
)
REPACK = st.tuples(st.integers(0, 60), st.integers(1, 60), st.booleans())


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORY, repacks=st.lists(REPACK, max_size=3), each=st.booleans())
def test_any_history_is_read_however_it_is_packed(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[dict[str, list[str]]],
    repacks: list[tuple[int, int, bool]],
    each: bool,
) -> None:
    repo = repos.init(tmp_path_factory.mktemp("history"))
    for number, files in enumerate(history):
        repo.commit(f"commit {number}", **{name: "".join(lines) for name, lines in files.items()})
        if each and number % 3 == 2:
            repo.git("repack", "-dq")  # what is loose goes to a pack of its own
    for depth, window, by_name in repacks:
        settled = ("-c", f"repack.useDeltaBaseOffset={'false' if by_name else 'true'}")
        repo.git(*settled, "repack", "-adfq", f"--depth={depth}", f"--window={window}")
    check(repo)
