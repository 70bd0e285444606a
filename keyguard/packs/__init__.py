"""Reads a repository's objects from where git stores them, each once, at the speed of the disk's cache.

::

    store = Store.open(objects_dir, hash_size)  # keyguard.packs.store
    for part in store.parts(jobs):              # in any order, in any process
        for one in part.objects():              # Stored(oid, kind, data) or Skipped
            ...
    store.skipped                               # what could not be used at all; complete after parts()
"""
