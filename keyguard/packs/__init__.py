"""Reads a repository's objects from where git stores them, each once, at the speed of the disk's cache.

::

    store = Store.open(objects_dir, hash_size)
    for part in store.parts(jobs):            # parts are small to pickle, in any order, in any process
        for one in part.objects():            # Stored (oid, kind, data) or Skipped
            ...
"""

from __future__ import annotations

from keyguard.packs.store import Store
from keyguard.packs.stored import TEXTS, WHOLE, DamageError, Kind, Stored

__all__ = ("TEXTS", "WHOLE", "DamageError", "Kind", "Store", "Stored")
