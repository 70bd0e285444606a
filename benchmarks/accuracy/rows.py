"""Reads the tables that stand beside this module: tab-separated, with comments."""

from __future__ import annotations

import os


def rows(name: str) -> list[list[str]]:
    """The lines of the file ``name`` in cells; lines that begin with ``#`` are comments."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
