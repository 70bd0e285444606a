"""Whole stores: every object that git has, and nothing else, however it is stored."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
import repos
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.packs import Store, Stored

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Skipped
    from keyguard.packs import Kind

ALL: frozenset[Kind] = frozenset(("commit", "tree", "blob", "tag"))
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
        for one in pickle.loads(pickle.dumps(part)).objects():  # noqa: S301 - our own
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
        repo.commit(f"commit {number}", one="".join(text), two="".join(reversed(text[:100])), three=f"{number}\n")
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
