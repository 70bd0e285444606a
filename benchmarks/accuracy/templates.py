"""Forms whose keys stand there as they are: read from ``forms.toml``, where they look like files."""

from __future__ import annotations

import os
import tomllib
from typing import Final

from benchmarks.accuracy.cases import Form

FILE: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "forms.toml")


def forms() -> list[Form]:
    """All of them."""
    with open(FILE, "rb") as file:
        tables = tomllib.load(file)["form"]
    return [Form(**table) for table in tables]
