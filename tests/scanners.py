"""Shell scripts that pass for other scanners, for the tests of the benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import peers

if TYPE_CHECKING:
    from pathlib import Path


def builds(folder: Path, **scripts: str) -> list[peers.Peer]:
    """Builds of ripsecrets, each called like its script."""
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return [*peers.builds(f"ripsecrets={folder / name}" for name in scripts)]
