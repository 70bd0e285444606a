"""Maps a function over the parts of a source in several processes, which can be interrupted without loss."""

from __future__ import annotations

import signal
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children
from typing import TYPE_CHECKING, Final, TypeVar

from keyguard.errors import DeadWorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from types import FrameType

PATIENCE: Final = 3.0
"""Seconds that processes have to hand over what they found when they are interrupted."""

P = TypeVar("P")
R = TypeVar("R")


def mapped(function: Callable[[P], R], parts: Iterable[P], jobs: int) -> Iterator[R]:
    """The results, in the order of ``parts``.

    ``function`` has to answer a KeyboardInterrupt with what it has so far; when one comes here, it is passed
    on to every process, and what they answer comes before it is raised again.  Raises
    :class:`DeadWorkerError` when a process dies.
    """
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, initializer=_prepare)
    futures = [pool.submit(_called, function, part) for part in parts]
    workers = set(active_children()) - others
    given, ended = 0, False
    try:
        for future in futures:
            yield future.result()
            given += 1
        ended = True
    except BrokenProcessPool:
        raise DeadWorkerError("a scanning process died; what it was reading was not scanned") from None
    except KeyboardInterrupt:
        for worker in workers:
            worker.terminate()
        yield from _rest(futures[given:])
        raise
    finally:
        if not ended:
            pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.kill()
        if ended:  # there is nothing to wait for, but its thread must not close what an exit writes to
            pool.shutdown()


def _rest(futures: list[Future[R]]) -> Iterator[R]:
    """What comes of the parts that are being scanned."""
    running = [future for future in futures if not future.cancel()]
    done, _ = wait(running, PATIENCE)
    yield from (future.result() for future in running if future in done and not future.exception())


def _prepare() -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the parent, which then says SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_: int, frame: FrameType | None) -> None:
    """Interrupt the function, if it is running; a process that waits for work is none of its business."""
    while frame is not None:
        if frame.f_code is _called.__code__:
            raise KeyboardInterrupt
        frame = frame.f_back


def _called(function: Callable[[P], R], part: P) -> R:
    return function(part)
