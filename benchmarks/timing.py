"""Runs whole programs and measures them, in turns, so that a noisy machine hits all of them alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STARTER: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "starter.py")


class Program(NamedTuple):
    """What to run: how the tables call it, its arguments, where, and with which environment.

    ``codes`` are the exit codes after which it did its work.  It is run ``runs`` times, each for ``limit``
    seconds at most, and with ``warm_up`` once before that does not count.  ``output`` is a file for what it
    prints, by default nowhere: that could be a secret.
    """

    name: str
    argv: tuple[str, ...]
    directory: str
    environment: Mapping[str, str]
    codes: tuple[int, ...] = (0,)
    runs: int = 1
    limit: float = 600.0
    output: str = os.devnull
    warm_up: bool = True


class Sample(NamedTuple):
    """One run: wall and processor time in seconds, the peak memory of its largest process in bytes.

    ``cut``: it took longer than it was given, so its times are lower bounds.
    """

    wall: float
    cpu: float
    memory: int
    code: int
    cut: bool


class Result(NamedTuple):
    """A program and its runs, without that which warmed up; if that failed, it is all there is."""

    program: Program
    samples: tuple[Sample, ...]

    @property
    def wall(self) -> float:
        """The median of the wall time, in seconds."""
        return statistics.median(sample.wall for sample in self.samples)

    @property
    def cpu(self) -> float:
        """The median of the processor time, in seconds: user and system, of all processes together."""
        return statistics.median(sample.cpu for sample in self.samples)

    @property
    def memory(self) -> int:
        """The highest peak memory, in bytes."""
        return max(sample.memory for sample in self.samples)

    @property
    def cut(self) -> bool:
        """Whether it was ended because it took too long."""
        return any(sample.cut for sample in self.samples)

    @property
    def failed(self) -> bool:
        """Whether it once did not do its work, so that its times mean nothing."""
        return not self.cut and self.code not in self.program.codes

    @property
    def code(self) -> int:
        """The exit code of its last run; after one that failed there was none."""
        return self.samples[-1].code

    @property
    def measured(self) -> bool:
        """Whether its times mean something."""
        return not self.cut and not self.failed


def measure(programs: Sequence[Program]) -> list[Result]:
    """Run those that must warm up, then all of them in turns: A B A B.

    What fails or takes too long is not run again.
    """
    runs: list[list[Sample]] = [[run(program)] if program.warm_up else [] for program in programs]
    for turn in range(max((program.runs for program in programs), default=0)):
        for program, samples in zip(programs, runs, strict=True):
            if turn < program.runs and _goes_on(program, samples):
                samples.append(run(program))
    return [
        Result(program, tuple(samples[program.warm_up :] or samples))
        for program, samples in zip(programs, runs, strict=True)
    ]


def _goes_on(program: Program, samples: Sequence[Sample]) -> bool:
    return not any(sample.cut or sample.code not in program.codes for sample in samples)


def run(program: Program) -> Sample:
    """Run a program once."""
    starter = [sys.executable, "-I", "-S", STARTER, str(program.limit), program.output, *program.argv]
    done = subprocess.run(
        starter, cwd=program.directory, env=program.environment, capture_output=True, text=True, check=True
    )
    wall, cpu, memory, code, cut = done.stdout.split()
    return Sample(float(wall), float(cpu), int(memory), int(code), cut == "1")
