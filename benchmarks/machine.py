"""What the numbers were measured with: the machine, how busy it was, and the versions."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING, Final

import keyguard
from benchmarks import inputs, peers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.peers import Peer
    from benchmarks.place import Place

QUIET: Final = 0.75
"""Processes for each core that want to run while nothing but the benchmark does."""


def describe(place: Place, installed: Sequence[Peer]) -> dict[str, str]:
    """The machine and the versions of what runs on it, each under its name."""
    found = {
        "processor": f"{_processor()}, {cores()} cores",
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "git": inputs.git(place, place.folder, "version").removeprefix("git version "),
        "keyguard": keyguard.__version__,
    }
    programs = {peer.executable: peer for peer in reversed(installed)}  # some stand there twice
    versions = {peer.name: peers.version(peer, place) or "unknown" for peer in programs.values()}
    return found | dict(reversed(versions.items()))


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def busy(load: float) -> str:
    """A warning when the machine had more to do than the benchmark; ``load`` is the average of a minute."""
    if load <= QUIET * cores():
        return ""
    what = f"Other work ran on the machine when this began (load {load:.1f} on {cores()} cores)"
    return f"{what}: wall times are too long, and their ratios unsure; CPU times hold better."


def _processor() -> str:
    if sys.platform == "linux":
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
        if models:
            return models[0]
    return platform.processor() or platform.machine()
