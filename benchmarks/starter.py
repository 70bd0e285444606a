"""Starts one program, waits for it, and says what it took.

A process of its own, because Linux counts the memory of whoever starts a program towards that program's peak:
this one is as small as Python gets.  Run by its path, without the package around it:

    python -I -S starter.py SECONDS OUTPUT PROGRAM [ARG…]

It prints the wall time and the processor time in seconds, the peak memory in bytes, the exit code (minus the
signal that ended it), and 1 when the time was up and the program was ended.
"""

import os
import resource
import signal
import sys
import time

NOT_FOUND = 127
"""The exit code that shells give for a program that is not there."""


def main() -> None:
    """Measure the program that the arguments name."""
    limit, output, *command = sys.argv[1:]
    signal.signal(signal.SIGALRM, _time_is_up)
    begun = time.perf_counter()
    try:
        child = _started(command, output)
    except OSError:
        sys.exit(print(0, 0, 0, NOT_FOUND, 0))
    status, usage, cut = _waited(child, float(limit))
    wall = time.perf_counter() - begun
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    code = os.waitstatus_to_exitcode(status)
    print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, code, int(cut))


def _started(command: list[str], output: str) -> int:
    """Start ``command`` in a process group of its own, so that it can be ended with all its children."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setpgroup=0)


def _waited(child: int, limit: float) -> tuple[int, resource.struct_rusage, bool]:
    """How ``child`` ended, what it and all it waited for used, and whether it had to be ended."""
    cut = False
    signal.setitimer(signal.ITIMER_REAL, limit)
    while True:
        try:
            _, status, usage = os.wait4(child, 0)
        except TimeoutError:
            cut = True
            os.killpg(child, signal.SIGKILL)
        else:
            signal.setitimer(signal.ITIMER_REAL, 0)
            return status, usage, cut


def _time_is_up(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
