"""Reads a repository's objects from where git stores them, each once, at the speed of the disk's cache.

::

    store = Store.open(objects_dir, hash_size)
    for part in store.parts(jobs):  # in any order, in any process
        for one in part.objects():  # Stored(oid, kind, data) or Skipped
            ...
    store.skipped                   # what could not be used at all; complete after parts()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from keyguard.packs.parts import Part as Part
    from keyguard.packs.store import Store as Store
    from keyguard.packs.stored import ALL as ALL
    from keyguard.packs.stored import TEXTS as TEXTS
    from keyguard.packs.stored import DamageError as DamageError
    from keyguard.packs.stored import Kind as Kind
    from keyguard.packs.stored import Stored as Stored

__all__ = ("ALL", "TEXTS", "DamageError", "Kind", "Part", "Store", "Stored")

_HOMES: Final = {"Part": "parts", "Store": "store"}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562): the modules here import each other through here."""
    from importlib import import_module  # noqa: PLC0415 - not needed by those who name the module

    if name not in __all__:
        raise AttributeError(f"module 'keyguard.packs' has no attribute {name!r}")
    value: object = getattr(import_module(f"keyguard.packs.{_HOMES.get(name, 'stored')}"), name)
    return value
