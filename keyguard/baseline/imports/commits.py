"""Reads the files of commits that a claim is about: the work tree may not have them any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.model import Document, Origin, Skipped
from keyguard.sources import changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.git import Git

SOURCE: Final = "history"


def named(git: Git, places: Iterable[tuple[str, str]]) -> Iterator[Document | Skipped]:
    """The document at each place, a commit and a path; one that is not there gives nothing."""
    oids = {place: oid for place in sorted(set(places)) if (oid := _oid(git, *place))}
    for found, ((commit, path), oid) in zip(git.objects(oids.values()), oids.items(), strict=True):
        origin = Origin(SOURCE, path, commit=commit, oid=oid)
        yield from changes.documents(found, origin, f"{commit}:{path}", None)


def _oid(git: Git, commit: str, path: str) -> str | None:
    """The object; a commit is known by its digits only, so that no file can name anything else."""
    return git.resolve(f"{commit}:{path}") if commit and not commit.strip("0123456789abcdef") else None
