"""Attribution: against an oracle that lists every tree of every commit, and where histories are not whole."""

from __future__ import annotations

import shutil
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import pytest
import repos
from histories import Oracle, Step, imported, remembered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.attribution import Sighting, Whereabouts, attribute
from keyguard.git import Git
from keyguard.processes import mapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATHS = ("a", "b", "d/a", "d/b", "d/e/a", "d/e/f/a", "f", "f/a", "twice d/a")
CONTENTS = (*"123", "long " * 30)

files = st.lists(
    st.tuples(st.sampled_from(PATHS), st.none() | st.sampled_from(CONTENTS)), max_size=4, unique_by=lambda one: one[0]
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
    "refs/anything/{}", "tag", "nested tag", "tag of tree", "tree", "blob", "tag of blob", "reflog", None, None,
)  # fmt: skip


def linked(made: Sequence[Step]) -> list[Step]:
    """The steps with the parents that exist."""
    return [
        step._replace(parents=tuple(dict.fromkeys(parent % number for parent in step.parents)) if number else ())
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
        target = repo.git("hash-object", "-t", "tag", "-w", "--stdin", stdin=(about + signed).encode()).decode().strip()
    repo.git("update-ref", ref, target)


def everything(repo: repos.Repo) -> dict[str, Whereabouts]:
    """The answer for every object there is."""
    oids = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").decode().split()
    return attribute(Git.at(str(repo.path)), oids)


def check(repo: repos.Repo) -> dict[str, Whereabouts]:
    """All answers are the oracle's."""
    oracle, found = Oracle(repo), everything(repo)
    assert found == oracle.expected()
    return found


numbers = count()


@settings(
    max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps,
    st.lists(st.sampled_from(FATES), min_size=9, max_size=9),
    st.none() | st.integers(0, 8),
    st.sampled_from(("loose", "packed", "mixed", "repacked", "one chain")),
    st.booleans(),
)
def test_any_history(
    tmp_path: Path, made: list[Step], fates: list[str | None], head: int | None, layout: str, sha256: bool
) -> None:
    repo = repos.init(tmp_path / str(next(numbers)), *(["--object-format=sha256"] if sha256 else []))
    made = linked(made)
    half = len(made) // 2 if layout == "mixed" else 0
    if half:
        imported(repo, made[:half], packed=True)
    oids = imported(repo, made, packed=layout not in ("loose", "mixed"), first=half)
    for number, (oid, fate) in enumerate(zip(oids, fates, strict=False)):
        fated(repo, oid, fate, number)
    if head is not None:
        (repo.path / ".git" / "HEAD").write_text(oids[head % len(oids)] + "\n")
    remembered(repo, [oid for oid, fate in zip(oids, fates, strict=False) if fate == "reflog"])
    if "pack" in layout or "chain" in layout:
        window = "--depth=50" if "chain" in layout else "--depth=3"
        repo.git("-c", "repack.useDeltaBaseOffset=" + str(layout == "repacked").lower(), "repack", "-adfqk", "--window=50", window)
    check(repo)
    shutil.rmtree(repo.path)
