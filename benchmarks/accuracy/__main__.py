"""Lets ``python -m benchmarks.accuracy`` measure and print; ``--help`` says what can be chosen."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from benchmarks import machine, peers, table
from benchmarks.accuracy import casefile, chance, forms, negatives, others, packages, plot, recall, report
from benchmarks.place import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.peers import Peer
    from benchmarks.place import Place

    Section = Callable[[argparse.Namespace, Place, Sequence[Peer]], Iterator[str]]

SEED: Final = 1
COUNT: Final = 25
LIMIT: Final = 300.0


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for, and print it."""
    options = _parser().parse_args(argv)
    if options.cases:
        with open(options.cases, encoding="utf-8") as file:
            print("\n".join(casefile.summary(casefile.compared(file))))
        return 0
    with place() as here:
        installed = peers.installed(here, options.peer) if options.peers else []
        able = others.able(installed)
        print(
            table.grid(
                [("with", "version"), *machine.describe(here, able).items()], markdown=options.markdown
            )
        )
        try:
            for name in options.only:
                for paragraph in SECTIONS[name](options, here, able):
                    print(f"\n{paragraph}", flush=True)
        except (subprocess.CalledProcessError, packages.WrongArchiveError, OSError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 2
    return 0


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    add = parser.add_argument
    add("--only", type=_sections, default=[*SECTIONS], metavar="NAMES", help=f"some of: {','.join(SECTIONS)}")
    add(
        "--seed", type=int, default=SEED, help="for the keys; the same one gives the same files (%(default)s)"
    )
    add("--count", type=int, default=COUNT, metavar="N", help="files of each form (%(default)s)")
    add("--cache", default=_cache(), metavar="DIR", help="where packages are kept (%(default)s)")
    add("--limit", type=float, default=LIMIT, metavar="SECONDS", help="for each peer and part (%(default)s)")
    add("--peers", action=argparse.BooleanOptionalAction, default=True, help="the scanners on PATH too")
    add(
        "--peer",
        type=peers.build,
        action="append",
        default=[],
        metavar="NAME=PROGRAM",
        help="another build of a scanner",
    )
    add("--plot", metavar="FILE", help="draw the random secrets there, as SVG")
    add("--markdown", action="store_true", help="print tables as docs/reference/accuracy.md has them")
    add("--cases", type=_file, metavar="FILE", help="compare with the cases of that file instead")
    return parser


def _sections(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
    return names


def _file(text: str) -> str:
    if not os.path.isfile(text):
        raise argparse.ArgumentTypeError(f"{text} is not a file")
    return text


def _cache() -> str:
    """Below the user's directory for caches (XDG Base Directory Specification)."""
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(caches, "keyguard-accuracy")


if __name__ == "__main__":
    sys.exit(main())
