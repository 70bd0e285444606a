"""Knows the accounts whose keys are tripwires: to ask about one would raise somebody's alarm."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

_FILE: Final = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "canaries.txt")


@cache
def accounts() -> frozenset[str]:
    """The account numbers, twelve digits each."""
    with open(_FILE, encoding="ascii") as file:
        lines = (line.strip() for line in file)
        return frozenset(line for line in lines if line and not line.startswith("#"))
