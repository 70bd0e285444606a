"""Writes times as reports have them, without what takes long to load."""

from __future__ import annotations

import time
from typing import Final

LAST_YEAR: Final = 9999
"""The last that has four digits."""


def moment(seconds: int) -> str | None:
    """Seconds since 1970 as ``YYYY-MM-DDTHH:MM:SSZ``; None for what no such text can say.

    >>> moment(1_700_000_000)
    '2023-11-14T22:13:20Z'
    """
    try:
        year, month, day, hour, minute, second = time.gmtime(seconds)[:6]
    except (ValueError, OverflowError, OSError):
        return None
    if not 0 < year <= LAST_YEAR:
        return None
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
