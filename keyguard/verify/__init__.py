"""Asks AWS whether the keys that were found work, because only one that does is worth waking someone for.

Nothing here runs unless the user asked for it by ``--verify`` or ``keyguard verify``.
"""
