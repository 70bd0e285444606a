"""Makes repositories that hold only the beginning of another one's history."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks import inputs
from benchmarks.stored import stored

if TYPE_CHECKING:
    from benchmarks.place import Place
    from benchmarks.stored import Stored

WHOLE: Final = "all"
PARTS: Final = {"1/8": 1 / 8, "1/4": 1 / 4, "1/2": 1 / 2, WHOLE: 1.0}
"""Shares of the commits that HEAD has by first parents; what these have merged comes with them."""


class Part(NamedTuple):
    """A bare repository: which part of the history it holds, where it is, and how large."""

    name: str
    folder: str
    held: Stored


def parts(place: Place, repository: str, name: str) -> list[Part]:
    """Each part of a repository, which is only read; of parts that are the same, the one with more."""
    commits = inputs.git(place, repository, "rev-list", "--first-parent", "--reverse", "HEAD").splitlines()
    named = {commits[math.ceil(len(commits) * share) - 1]: part for part, share in PARTS.items()}
    made = []
    for number, (commit, part) in enumerate(named.items()):
        folder = _copied(place, repository, commit, f"{name}-{number}.git")
        made.append(Part(part, folder, stored(place, folder)))
    return made


def _copied(place: Place, repository: str, commit: str, name: str) -> str:
    """A repository with all that a commit reaches, in one pack; deltas are taken over, as for a clone."""
    form = inputs.git(place, repository, "rev-parse", "--show-object-format")
    objects = inputs.git(place, repository, "rev-parse", "--path-format=absolute", "--git-path", "objects")
    folder = place.path(name)
    inputs.git(place, place.folder, "init", "-q", "--bare", f"--object-format={form}", folder)
    borrowed = os.path.join("objects", "info", "alternates")
    inputs.write(folder, {borrowed: f"{objects}\n"})  # until they are in a pack of its own
    inputs.git(place, folder, "update-ref", "HEAD", commit)
    inputs.git(place, folder, "repack", "-a", "-d", "-q", "--no-write-bitmap-index")
    os.remove(os.path.join(folder, borrowed))
    return folder
