"""Reads a commit message that is about to be recorded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from keyguard import text
from keyguard.errors import SourceError
from keyguard.model import Document, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

SCISSORS: Final = b"------------------------ >8 ------------------------"
"""git drops this line and all below it (git-commit(1), ``--cleanup=scissors``); it writes it for ``-v``."""


def message(path: str) -> Iterator[Document]:
    """The message in the file at ``path``, without what git adds below the scissors line.

    Comment lines are read: whether git drops them is decided later.  Raises :class:`SourceError`.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise SourceError(f"the commit message {path} is not a regular file")
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise SourceError(f"cannot read the commit message {path}: {error.strerror}") from None
    lines = content.split(b"\n")
    kept = next((number for number, line in enumerate(lines) if line[1:].strip() == SCISSORS), len(lines))
    chunks, encoding = text.chunks_of([b"\n".join(lines[:kept])])
    yield Document(Origin("staged", None, "commit"), chunks, encoding)
