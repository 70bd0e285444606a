"""Shows how far it is what takes long, a scan or asking AWS, on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.progress import Progress

    from keyguard.pipeline import Examined

_ASKED: Final[Mapping[str, str]] = {
    "keys": "asked about {done:,} of {of:,} keys",
    "guesses": "tried other secrets with {done:,} of {of:,} IDs",
    "ids": "asked about {done:,} of {of:,} lone IDs",
    "deep": "looked into {done:,} of {of:,} live keys",
    "users": "asked about {done:,} of {of:,} users",
}


@contextmanager
def shown(parts: Sequence[object], options: argparse.Namespace) -> Iterator[Callable[[Examined], None]]:
    """A function to be told of each part that was scanned; it draws objects, speed, findings, time left."""
    with _bar(options) as bar:
        if bar is None:
            yield lambda _: None
            return
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


@contextmanager
def asking(options: argparse.Namespace) -> Iterator[Callable[[str, int, int], None]]:
    """A function to be told what is asked, how many are done, and of how many; it draws them."""
    with _bar(options) as bar:
        if bar is None:
            yield lambda _, __, ___: None
            return
        task = bar.add_task("asking AWS", total=None)

        def watch(stage: str, done: int, of: int) -> None:
            text = _ASKED[stage].format(done=done, of=of)
            bar.update(task, completed=done, total=of, description=text)

        yield watch


@contextmanager
def _bar(options: argparse.Namespace) -> Iterator[Progress | None]:
    """A bar on standard error that is gone at the end; None when nobody would see it."""
    if options.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - likewise

    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar
