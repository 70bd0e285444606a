"""Follows objects from the trees that hold them to the commits, over the whole of a repository at once.

::

    bulk, pieces, entries      stored bytes → which names are in which tree
    catalog, hints, holders    all trees → the entries that lead to what was found
    headers, graph, tips       all commits → how they descend, and what reaches them
    paths                      both → which commit brought what to which path
"""
