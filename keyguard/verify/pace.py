"""Spaces requests in time: no more in a second than may be, fewer where the server has enough of them."""

from __future__ import annotations

import time
from threading import Lock
from typing import Final

SLOWEST: Final = 1.0
"""Seconds between two requests, at most."""

SLOWER: Final = 1.5
FASTER: Final = 0.9


class Pace:
    """Turns that are given out to many threads."""

    def __init__(self, rate: float) -> None:
        """At most ``rate`` turns a second."""
        self._lock = Lock()
        self._next = 0.0
        self._usual = self._interval = 1 / rate

    def turn(self) -> float:
        """Take the next turn; gives how many seconds it is until then."""
        with self._lock:
            now = time.monotonic()
            mine = max(self._next, now)
            self._next = mine + self._interval
        return mine - now

    def slower(self) -> None:
        """The server has enough."""
        with self._lock:
            self._interval = max(self._interval, min(self._interval * SLOWER, SLOWEST))

    def faster(self) -> None:
        """The server keeps up: go back, by and by, to what is usual."""
        with self._lock:
            self._interval = max(self._interval * FASTER, self._usual)
