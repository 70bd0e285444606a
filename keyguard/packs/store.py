"""Finds everything that is stored in a repository's object directories and divides it into parts."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from keyguard.model import Skipped
from keyguard.packs import alternates, loose
from keyguard.packs.contents import made
from keyguard.packs.index import duplicates
from keyguard.packs.pack import Pack
from keyguard.packs.stored import KINDS, REF_DELTA, TEXTS, DamageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from keyguard.packs.contents import Content
    from keyguard.packs.pack import Entry
    from keyguard.packs.parts import Part
    from keyguard.packs.stored import Kind

OPEN: Final = 64
"""Packs that are open at a time; a system may allow a process 256 files."""


class Store:
    """A repository's objects: packed, loose, and borrowed from other repositories.

    A pickle holds paths only; in each process what was once read of indexes serves every part.
    """

    def __init__(
        self, directories: tuple[str, ...], packs: tuple[tuple[str, int, int], ...], hash_size: int
    ) -> None:
        """Use :meth:`open`."""
        self._made_of = (directories, packs, hash_size)
        self.directories = directories
        self.hash_size = hash_size
        self.packs = [Pack(path, hash_size) for path, _, _ in packs]
        self.skipped: list[Skipped] = []
        self._open: list[Pack] = []
        self._again: dict[int, npt.NDArray[np.bool_]] | None = None

    @classmethod
    def open(cls, objects_dir: str, hash_size: int, also: Sequence[str] = ()) -> Store:
        """The objects in ``objects_dir`` and in ``also`` (git's GIT_ALTERNATE_OBJECT_DIRECTORIES).

        ``hash_size`` is the length of names: 20, or 32 for SHA-256.  What cannot be used is in ``skipped``.
        """
        directories, skipped = alternates.directories((objects_dir, *also))
        packs = [pack for directory in directories for pack in _packs(directory, skipped)]
        store = _store(tuple(directories), tuple(packs), hash_size)
        store.skipped = skipped
        return store

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Pickle the paths."""
        return _store, self._made_of

    def parts(self, jobs: int = 1, kinds: frozenset[Kind] = TEXTS) -> list[Part]:
        """All objects of ``kinds``, in parts that ``jobs`` processes can read in any order."""
        from keyguard.packs.parts import divided  # noqa: PLC0415 - parts know the store, not the other way

        return divided(self, jobs, kinds)

    def note(self, notes: Iterable[Skipped]) -> None:
        """Add to ``skipped`` what is not there yet."""
        self.skipped += [note for note in dict.fromkeys(notes) if note not in self.skipped]

    def use(self, pack: Pack) -> Pack:
        """The pack, after closing another if too many are open."""
        if pack in self._open:
            self._open.remove(pack)
        self._open.append(pack)
        if len(self._open) > OPEN:
            self._open.pop(0).close()
        return pack

    def usable(self) -> Iterator[Pack]:
        """The packs that can be read."""
        for pack in self.packs:
            if self.fault(pack) is None:
                yield pack

    def fault(self, pack: Pack) -> str | None:
        """Why the pack cannot be read."""
        try:
            _ = self.use(pack).index
        except DamageError as error:
            return error.message
        except OSError as error:
            return f"cannot be read: {error.strerror}"
        return None

    def again(self, number: int) -> npt.NDArray[np.bool_] | None:
        """Of each object of a pack's index, whether an earlier pack has it too; None when none is."""
        if self._again is None:
            self._again = duplicates({n: p.index for n, p in enumerate(self.packs) if self.fault(p) is None})
        return self._again.get(number)

    def only_loose(self, directory: str, names: list[str]) -> Iterator[str]:
        """Those of the loose objects ``names`` that are neither in a pack nor in an earlier directory."""
        if not names:
            return
        oids = np.frombuffer(bytes.fromhex("".join(names)), np.uint8).reshape(len(names), -1)
        packed = np.zeros(len(names), bool)
        for pack in self.usable():
            packed |= pack.index.find_all(oids) >= 0
        earlier = self.directories[: self.directories.index(directory)]
        for name, known in zip(names, packed.tolist(), strict=True):
            if not known and not any(os.path.exists(loose.place(other, name)) for other in earlier):
                yield name

    def load(self, oid: bytes, but: Pack | None = None) -> tuple[Kind, Content] | None:
        """The object ``oid``, from anywhere but the pack ``but``; None when there is none.

        Raises :class:`DamageError`.
        """
        fault = None
        for pack, at in self._places(oid):
            if pack is not but:
                try:
                    return self._chain(pack, at)
                except DamageError as error:
                    fault = error
                except OSError as error:
                    fault = DamageError(f"its pack cannot be read: {error.strerror}")
        try:
            found = self._loose(oid)
        except DamageError as error:
            found, fault = None, error
        if found is None and fault is not None:
            raise fault
        return found

    def _places(self, oid: bytes) -> Iterator[tuple[Pack, int]]:
        for pack in self.usable():
            at = pack.find(oid)
            if at is not None:
                yield pack, at

    def _loose(self, oid: bytes) -> tuple[Kind, Content] | None:
        for directory in self.directories:
            try:
                return loose.read(directory, oid.hex())
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise DamageError(f"its file cannot be read: {error.strerror}") from None
        return None

    def _chain(self, pack: Pack, at: int) -> tuple[Kind, Content]:
        """The object at an entry, by way of its bases, wherever they are."""
        deltas: list[Entry] = []
        seen: set[tuple[str, int]] = set()
        found: tuple[Kind, Content] | None = None
        while found is None:
            if (pack.path, at) in seen:
                raise DamageError("the deltas that make it form a cycle")
            seen.add((pack.path, at))
            entry = self.use(pack).entry(at)
            kind = KINDS[entry.type] if entry.type < len(KINDS) else None
            if kind is not None:
                found = kind, _made(None, entry)
                break
            deltas.append(entry)
            if entry.base is not None:
                at = entry.base
            elif entry.type == REF_DELTA:
                place = next(self._places(entry.base_name), None)
                found = self._loose(entry.base_name) if place is None else None
                pack, at = place or (pack, at)
                if place is None and found is None:
                    raise DamageError(f"it is made from {entry.base_name.hex()}, which is missing")
            else:
                raise DamageError("its entry in the pack is damaged, or there is no base where it says")
        kind, content = found
        for entry in reversed(deltas):
            content = _made(content, entry)
        return kind, content


def _made(base: Content | None, entry: Entry) -> Content:
    """What an entry makes; one that seems to end too early is read on, for an index can lie."""
    try:
        return made(base, entry.raw, entry.size)
    except DamageError:
        return made(base, entry.rest, entry.size)


@lru_cache(maxsize=1)
def _store(directories: tuple[str, ...], packs: tuple[tuple[str, int, int], ...], hash_size: int) -> Store:
    """One store for all the parts that a process reads; the sizes and times of packs tell a changed one."""
    return Store(directories, packs, hash_size)


def _packs(directory: str, skipped: list[Skipped]) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of each pack of an object directory."""
    place = os.path.join(directory, "pack")
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        skipped.append(Skipped(place, f"cannot be read: {error.strerror}"))
        return
    root = os.path.realpath(directory)
    for entry in entries:
        if not entry.name.endswith(".pack"):
            continue
        if not os.path.realpath(entry.path).startswith(root + os.sep):
            skipped.append(Skipped(entry.path, "a symbolic link that leaves the repository"))
            continue
        state = entry.stat()
        yield entry.path, state.st_size, state.st_mtime_ns
