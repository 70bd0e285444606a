"""Copies a repository that is elsewhere, for as long as it is read, with everything dangerous off."""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from keyguard import giterrors
from keyguard.errors import GitError, ScanTimeoutError, UsageError
from keyguard.git import Git, allowed_protocols

if TYPE_CHECKING:
    from collections.abc import Iterator

PROTOCOLS: Final = ("https", "http", "ssh", "git")
ON_REQUEST: Final = ("file",)
"""Only when GIT_ALLOW_PROTOCOL names it: a directory can be named as such, and is then read in place."""

_URL: Final = r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)"
_SHORT: Final = r"[^@:/\s]+@(?P<host>[^:/\s]+|\[[^]\s]*\]):.*"  # user@host:path, as scp takes it
_USER: Final = r"(?<=://)[^/\s]*@"
_ADDRESS: Final = r"\[[0-9A-Fa-f:.]*\]"


def is_url(name: str) -> bool:
    """Whether ``name`` is to be cloned; never when there is a file or directory of that name.

    Raises :class:`UsageError` for what git would take for an option or for a program to run.
    """
    if os.path.lexists(name):
        return False
    if name.startswith("-"):
        raise UsageError(f"{name!r} is no repository: it starts with '-'", "put './' before a path")
    if "::" in re.sub(_ADDRESS, "", name):
        raise UsageError(
            f"{shown(name)!r} is refused: with '::' git runs a program that the URL names",
            "clone it yourself",
        )
    return re.fullmatch(f"{_URL}|{_SHORT}", name, re.DOTALL) is not None


def shown(url: str) -> str:
    """The URL without user and password, to be put into messages."""
    return re.sub(_USER, "", url)


@contextmanager
def cloned(url: str, deadline: float | None = None) -> Iterator[str]:
    """The directory of a bare copy of what is at ``url``, removed afterwards, whatever happens.

    ``deadline`` is a time of ``time.monotonic()``.  Raises :class:`UsageError` for a URL that is refused,
    :class:`GitError`, and :class:`ScanTimeoutError`.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - only for a URL

    protocols = _protocols(url)
    with TemporaryDirectory(prefix="keyguard-") as directory:
        seconds = None if deadline is None else max(deadline - time.monotonic(), 0)
        try:
            complaint = Git.at(directory).clone(url, ":".join(protocols), seconds)
        except TimeoutError:
            raise ScanTimeoutError(
                f"cloning {shown(url)} took too long", "give it more with --timeout"
            ) from None
        if complaint is not None:
            raise _failed(url, complaint)
        yield directory


def _protocols(url: str) -> tuple[str, ...]:
    """Those that may be used, when that of ``url`` is one of them and its host is a host."""
    parts = re.fullmatch(f"{_URL}|{_SHORT}", url, re.DOTALL)
    scheme, rest, host = parts.group("scheme", "rest", "host") if parts else (None, None, None)
    allowed = allowed_protocols(PROTOCOLS, ON_REQUEST)
    if (scheme or "ssh") not in allowed:
        advice = f"{', '.join(allowed) or 'none'} would be allowed; GIT_ALLOW_PROTOCOL can name file, too"
        raise UsageError(f"{shown(url)} is refused: protocol {scheme or 'ssh'} is not allowed", advice)
    host = host or (rest or "").partition("/")[0].rpartition("@")[2]
    if host.startswith("-") or not url.isprintable():
        raise UsageError(f"{shown(url)!r} is refused: that is no name of a host", "see how it is written")
    return allowed


def _failed(url: str, complaint: bytes) -> GitError:
    """What went wrong; of ssh, the cause stands before what git makes of it."""
    why = giterrors.reason(complaint)
    before = complaint.partition(b"fatal: ")[0].replace(b"\r", b"")
    if why.startswith("Could not read from remote repository") and before.strip():
        why = giterrors.reason(before)
    advice = "keyguard asks for no password: does git know it, by a credential helper or an ssh key?"
    return GitError(f"cannot clone {shown(url)}: {shown(why)}", advice)
