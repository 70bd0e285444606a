"""Reads who made a commit or a tag, and when, for what the history and its attribution report."""

from __future__ import annotations

from keyguard.moments import moment


def signature(content: bytes, field: bytes) -> tuple[str | None, str | None]:
    """Who and when (``YYYY-MM-DDTHH:MM:SSZ``), from what follows ``field`` (``b"author "``) in the header.

    ``content`` is a commit or a tag (git-commit-tree(1), git-mktag(1)).  None for what is not there or cannot
    be read.
    """
    for line in content.partition(b"\n\n")[0].split(b"\n"):
        words = line.removeprefix(field).rsplit(b" ", 2)  # name and address, seconds, time zone
        if line.startswith(field) and len(words) == 3:  # noqa: PLR2004 - these three
            return words[0].decode("utf-8", "surrogateescape"), _moment(words[1])
    return None, None


def _moment(seconds: bytes) -> str | None:
    try:
        return moment(int(seconds))
    except ValueError:
        return None
