"""Says how much a repository holds, as git counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from benchmarks import inputs

if TYPE_CHECKING:
    from benchmarks.place import Place


class Stored(NamedTuple):
    """Bytes of the packs and their indexes, and the number of objects, loose ones too."""

    size: int
    objects: int


def stored(place: Place, repository: str) -> Stored:
    """How large the repository is."""
    printed = inputs.git(place, repository, "count-objects", "-v").splitlines()
    counts = {name: int(value) for name, value in (line.split(": ") for line in printed) if value.isdigit()}
    return Stored(counts["size-pack"] * 1024, counts["count"] + counts["in-pack"])
