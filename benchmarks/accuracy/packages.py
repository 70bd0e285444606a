"""Real packages in which there are no keys, fetched by name and version with the registries' own clients.

Nothing of a package is run: pip is given wheels only, npm packs what the registry has.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.accuracy.rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

TUNING, HELD_OUT = "tuning", "held-out"
PLATFORM: Final = (
    *("--only-binary=:all:", "--python-version=3.13", "--implementation=cp", "--abi=cp313", "--abi=abi3"),
    *("--abi=none", "--platform=manylinux_2_28_x86_64", "--platform=manylinux2014_x86_64", "--platform=any"),
)
"""The same wheel on every machine."""

MARK: Final = ".complete"
"""Stands beside an unpacked package when all of it is there."""

HEAD: Final = 8192
"""A file with a zero among so many first bytes is no text: git decides in the same way."""


class Package(NamedTuple):
    """A package of ``registry`` (pypi, npm), the part that it is in, and the SHA-256 of its archive."""

    part: str
    registry: str
    name: str
    version: str
    digest: str

    @property
    def folder(self) -> str:
        """What its directory is called."""
        return re.sub(r"[^\w.-]", "+", f"{self.registry}-{self.name}-{self.version}")


class Text(NamedTuple):
    """How much there is in a directory: files, bytes, and bytes of those that are text."""

    files: int
    size: int
    text: int


class WrongArchiveError(Exception):
    """What was fetched is not what was measured before."""


def listed() -> list[Package]:
    """The packages of the list."""
    return [Package(*row) for row in rows("packages.tsv")]


def fetched(packages: list[Package], cache: str) -> dict[str, str]:
    """Make each package stand unpacked in ``cache``; gives the directories of the parts.

    Raises :class:`WrongArchiveError`, ``CalledProcessError`` of a client, ``OSError``.
    """
    for package in packages:
        folder = os.path.join(cache, package.part, package.folder)
        if not os.path.exists(folder + MARK):
            print(f"fetching {package.name} {package.version} …", file=sys.stderr)
            _fetch(package, cache, folder)
    return {part: os.path.join(cache, part) for part in dict.fromkeys(one.part for one in packages)}


def _fetch(package: Package, cache: str, folder: str) -> None:
    archives = os.path.join(cache, "archives", package.folder)
    shutil.rmtree(archives, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(archives)
    os.makedirs(folder)
    subprocess.run(command(package, archives), cwd=archives, check=True, stdout=subprocess.DEVNULL)
    (name,) = os.listdir(archives)
    archive = os.path.join(archives, name)
    check(package, archive)
    unpack(archive, folder)
    shutil.rmtree(archives)
    with open(folder + MARK, "w", encoding="utf-8"):
        pass


def command(package: Package, folder: str) -> list[str]:
    """How the registry's client fetches it into ``folder``."""
    if package.registry == "npm":
        return ["npm", "pack", "--silent", f"{package.name}@{package.version}", "--pack-destination", folder]
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, *PLATFORM]
    return [*pip, f"{package.name}=={package.version}"]


def check(package: Package, archive: str) -> None:
    """Raise :class:`WrongArchiveError` if the archive is another one."""
    with open(archive, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != package.digest:
        raise WrongArchiveError(f"{package.name} {package.version}: not the archive that was measured")


def unpack(archive: str, folder: str) -> None:
    """Unpack a wheel or a tarball; nothing gets out of ``folder``."""
    if archive.endswith(".whl"):
        with zipfile.ZipFile(archive) as files:
            files.extractall(folder)  # noqa: S202 - it drops what would lead out
    else:
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")


def content(folder: str) -> Text:
    """How much there is below ``folder``."""
    files = size = text = 0
    for path in paths(folder):
        with open(path, "rb") as file:
            head = file.read(HEAD)
        length = os.path.getsize(path)
        files, size, text = files + 1, size + length, text + length * (b"\0" not in head)
    return Text(files, size, text)


def paths(folder: str) -> Iterator[str]:
    """Every regular file below ``folder``, in order."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        whole = (os.path.join(where, name) for name in sorted(names))
        yield from (path for path in whole if os.path.isfile(path) and not os.path.islink(path))
