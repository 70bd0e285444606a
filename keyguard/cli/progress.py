"""Shows how far a long scan is, on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from keyguard.pipeline import Examined


@contextmanager
def shown(parts: Sequence[object], options: argparse.Namespace) -> Iterator[Callable[[Examined], None]]:
    """A function to be told of each part that was scanned; it draws objects, speed, findings, time left."""
    if options.quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - likewise

    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(parts))
        seen = {"objects": 0, "bytes": 0, "findings": 0}

        def watch(examined: Examined) -> None:
            seen["objects"] += examined.objects
            seen["bytes"] += examined.bytes
            seen["findings"] += len(examined.findings)
            elapsed = bar.tasks[0].elapsed or 1
            speed = seen["bytes"] / elapsed / 1e6
            text = f"{seen['objects']:,} objects, {speed:,.0f} MB/s, {seen['findings']:,} found"
            bar.update(task, advance=1, description=text)

        yield watch
