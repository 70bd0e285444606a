"""Where configuration is read: the disk, or a commit, which those who change the disk cannot change."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Protocol

from keyguard.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from keyguard.git import Git

LARGEST: Final = 16 << 20
"""Bytes of a file that are read; what is larger is no configuration."""


class Place(Protocol):
    """A tree of files, named by their paths below its top, separated by ``/``."""

    def read(self, name: str) -> bytes | None:
        """What a file holds; None when there is no such file.  Raises :class:`ConfigError`."""

    def location(self, name: str) -> str | None:
        """Where on the disk a file is, or would be; None in a commit.  Raises :class:`ConfigError`."""

    def shown(self, name: str) -> str:
        """What messages call it."""


class Disk:
    """The files below a directory."""

    def __init__(self, top: str, *, confined: bool = True) -> None:
        """Read below ``top``; unless ``confined``, nothing else says where a symlink may lead."""
        self._top = os.path.realpath(top)
        self._confined = confined

    def read(self, name: str) -> bytes | None:
        """What a file holds; None when there is none."""
        path = os.path.join(self._top, name)
        if not os.path.lexists(path):
            return None
        target = self._target(name)
        if not os.path.isfile(target):
            raise ConfigError(
                f"cannot read {self.shown(name)}: it is no file", "remove it, or put a file there"
            )
        try:
            with open(target, "rb") as file:
                return file.read(LARGEST)
        except OSError as error:
            raise ConfigError(
                f"cannot read {self.shown(name)}: {error.strerror}", "see to its permissions"
            ) from None

    def location(self, name: str) -> str:
        """Where a file is, or would be."""
        self._target(name)
        return self.shown(name)

    def _target(self, name: str) -> str:
        """Where its symlinks lead.  Raises :class:`ConfigError` for what leads out of a repository."""
        target = os.path.realpath(os.path.join(self._top, name))
        if self._confined and os.path.commonpath([self._top, target]) != self._top:
            raise ConfigError(f"{self.shown(name)} leads out of {self._top}", "put the file itself there")
        return target

    def shown(self, name: str) -> str:
        """Relative to the current directory, when it is below that."""
        path = os.path.join(self._top, name)
        try:
            relative = os.path.relpath(path)
        except (OSError, ValueError):  # the current directory is gone, or on another drive
            return path
        return path if relative.startswith(os.pardir) else relative


class Commit:
    """The files of a commit."""

    def __init__(self, git: Git, ref: str) -> None:
        """Read the commit that ``ref`` names.  Raises :class:`UsageError` when there is none."""
        oid = git.resolve(f"{ref}^{{commit}}")
        if oid is None:
            raise UsageError(f"--config-from: there is no commit {ref!r}", "fetch it, or name another")
        self._git = git
        self._oid = oid
        self._ref = ref

    def read(self, name: str) -> bytes | None:
        """What a file holds; None when there is none."""
        oid = self._git.resolve(f"{self._oid}:{name}")
        if oid is None:
            return None
        for found in self._git.objects([oid]):
            if found.kind != "blob":
                raise ConfigError(
                    f"cannot read {self.shown(name)}: it is a {found.kind}", "commit a file there"
                )
            return b"".join(found.pieces)[:LARGEST]
        return None

    def location(self, _: str) -> None:
        """Nowhere: it is in git."""

    def shown(self, name: str) -> str:
        """As git writes it."""
        return f"{self._ref}:{name}"
