"""The parts of what is printed, one function for each: it measures and gives paragraphs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from benchmarks import machine
from benchmarks.accuracy import chance, forms, negatives, packages, plot, recall, report

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.peers import Peer
    from benchmarks.place import Place

    Section = Callable[[argparse.Namespace, Place, Sequence[Peer]], Iterator[str]]


def _forms(options: argparse.Namespace, here: Place, able: Sequence[Peer]) -> Iterator[str]:
    """The part of the forms that is found."""
    cases = list(forms.files(options.count, options.seed))
    measured = recall.measured(cases, here, able, options.limit)
    yield _title(
        options,
        f"Forms: {len(cases)} files, {options.count} of each form, seed {options.seed}; found in percent",
    )
    yield report.by_group(measured, markdown=options.markdown)
    yield "\n".join(map(str, report.figures(measured)))
    yield report.by_form(measured, markdown=options.markdown)
    yield "\n".join(["Not found completely by keyguard:", *report.misses(measured)])


def _negatives(options: argparse.Namespace, here: Place, able: Sequence[Peer]) -> Iterator[str]:
    """What is reported in packages; the peers look at what is held out."""
    for part, folder in packages.fetched(packages.listed(), options.cache).items():
        runs = able if part == packages.HELD_OUT else ()
        silence = negatives.measured(part, folder, here, runs, options.limit)
        size = f"{silence.content.files:,} files, {silence.content.text / 1e6:.0f} MB of text"
        yield _title(options, f"False positives in 100 MB, {part} packages: {size}")
        yield report.by_kind(silence, markdown=options.markdown)
        yield f"{negatives.distinct(silence)} different values of keyguard's"
        yield "\n".join(report.places(silence))


def _speed(options: argparse.Namespace, here: Place, _: Sequence[Peer]) -> Iterator[str]:
    """How fast keyguard scans all of the packages."""
    parts = packages.fetched(packages.listed(), options.cache)
    load = os.getloadavg()[0]
    speed = negatives.speed(options.cache, list(parts), here)
    yield _title(options, f"Speed: keyguard scan -j 1, all packages, {speed.size / 1e6:.0f} MB")
    yield "\n".join(filter(None, [*map(str, report.speeds(speed)), machine.busy(load)]))


def _chance(options: argparse.Namespace, _: Place, __: Sequence[Peer]) -> Iterator[str]:
    """Random secrets against the held-out packages."""
    folder = packages.fetched(packages.listed(), options.cache)[packages.HELD_OUT]
    made = chance.secrets(chance.SECRETS, options.seed)
    around = chance.by_finding(made, folder, negatives.apart(folder))
    curves = [chance.by_score(made, folder), around]
    yield _title(options, f"{len(made):,} random secrets, against the held-out packages")
    yield report.chances(curves, markdown=options.markdown)
    yield "\n".join(map(str, report.chosen(around, chance.named(made))))
    if options.plot:
        with open(options.plot, "w", encoding="utf-8") as file:
            file.write(plot.drawn(curves))


SECTIONS: Final[Mapping[str, Section]] = {
    "forms": _forms,
    "negatives": _negatives,
    "chance": _chance,
    "speed": _speed,
}


def _title(options: argparse.Namespace, text: str) -> str:
    return f"### {text}" if options.markdown else text
