"""Where text comes from: each module here reads one kind of source and yields documents.

A source is divided into parts, which can be scanned in any order and by any process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from keyguard.model import Document, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyguard.pipeline import Glance


class Single:
    """A source that is not divided: what ``read`` gives, but for the paths that are ``excluded``."""

    def __init__(
        self,
        read: Callable[[], Iterator[Document | Skipped]],
        excluded: Callable[[str], bool] | None = None,
        unit: Literal["files", "objects"] = "objects",
    ) -> None:
        """Call ``read`` when asked for the documents."""
        self.unit = unit
        self._read = read
        self._excluded = excluded

    def documents(self, _: Glance) -> Iterator[Document | Skipped]:
        """Read it."""
        if self._excluded is None:
            return self._read()
        return (one for one in self._read() if not self._excluded(_path(one) or ""))


def _path(one: Document | Skipped) -> str | None:
    """What reports call it."""
    return one.origin.path if isinstance(one, Document) else one.path
