"""Runs what may take for ever in threads that can be left behind, so that a time given is kept.

A time-out of a socket bounds one read of it.  Nothing bounds the look-up of a name, or a server that sends a
byte now and then; so what takes too long is no longer waited for.
"""

from __future__ import annotations

import time
from collections import deque
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
R = TypeVar("R")

_GLANCE: Final = 0.5
"""Seconds after which it is looked again whether the user wants to stop."""


def bounded(function: Callable[[], R], seconds: float) -> R:
    """What ``function`` gives.  Raises what it raises, and :class:`TimeoutError` after ``seconds``."""
    results: list[R] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            results.append(function())
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            errors.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    for error in errors:
        raise error
    if not results:
        raise TimeoutError
    return results[0]


def each(
    function: Callable[[T], None],
    items: Iterable[T],
    workers: int,
    deadline: float | None,
    watch: Callable[[int], None] = lambda _: None,
) -> None:
    """Call ``function`` for each of ``items``, a few at a time, until all is done or time is up.

    ``function`` raises nothing; ``deadline`` is a time of ``time.monotonic()``; ``watch`` is told, here and
    not in a thread, how many are done.  What is interrupted or has run out of time begins with nothing more,
    and what has begun is not waited for.
    """
    waiting = deque(items)
    done: SimpleQueue[None] = SimpleQueue()
    number = left = len(waiting)

    def work() -> None:
        while waiting:
            try:
                item = waiting.popleft()
            except IndexError:  # another thread was faster
                return
            try:
                function(item)
            finally:
                done.put(None)

    for _ in range(min(workers, left)):
        Thread(target=work, daemon=True).start()
    try:
        while left and not _over(deadline):
            try:
                done.get(timeout=_wait(deadline))
            except Empty:
                continue
            left -= 1
            watch(number - left)
    finally:
        waiting.clear()


def _over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() >= deadline


def _wait(deadline: float | None) -> float:
    return _GLANCE if deadline is None else max(min(_GLANCE, deadline - time.monotonic()), 0.001)
