"""What a configuration and a baseline cost the hook and ``pre-commit run``, with and without a finding."""

from __future__ import annotations

import os
import sysconfig
from typing import TYPE_CHECKING, Final

from benchmarks import inputs
from benchmarks.hook import GITS_OWN, LINES
from benchmarks.inputs import CLEAN, HASH, KEY
from benchmarks.plan import keyguard
from benchmarks.table import TIMES, Figure, Line, Table
from benchmarks.timing import Program, measure
from keyguard.baseline import files
from keyguard.baseline.entries import Baseline, Entry, hasher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.place import Place
    from benchmarks.plan import Plan
    from benchmarks.timing import Result

ENTRIES: Final = 50_000
MORE: Final = 0.3
"""Seconds that it may take to load and to match, when something was found."""

RATIO: Final = 1.3
"""At most as many times as long as without, when nothing was, or when the baseline is of a usual size."""

FEWER: Final = 50
"""So many times smaller is a baseline of a usual size."""

SALT: Final = bytes(16)

HOOK: Final = """\
repos:
  - repo: local
    hooks:
      - id: keyguard
        name: keyguard
        entry: {program} hook pre-commit
        language: system
"""
CONFIGURATION: Final = """\
baseline = "known.jsonl"
fail-on = "medium"
exclude = ["vendor/", "*.min.js"]

[[allow]]
reason = "recorded answers of a fake server"
paths = ["tests/fixtures/"]

[[allow]]
reason = "closed in January"
until = 2999-01-31
accounts = ["123456789012"]
"""


def tables(place: Place, plan: Plan, entries: int = ENTRIES) -> list[Table]:
    """Measure both."""
    return [table(place, plan, entries), under_pre_commit(place, plan, entries)]


def table(place: Place, plan: Plan, entries: int = ENTRIES) -> Table:
    """Measure the hook with a baseline."""
    path = place.path("baseline.jsonl")
    _save(path, entries)
    programs = [_program(place, plan, on, path) for on in (CLEAN, KEY)]
    results = measure([one for several in programs for one in several])
    lines = []
    for on, without, with_it in zip((CLEAN, KEY), results[::2], results[1::2], strict=True):
        ratio, more = with_it.cpu / without.cpu, with_it.cpu - without.cpu
        figure = Figure("CPU", ratio, RATIO, TIMES) if on == CLEAN else Figure("more CPU", more, MORE, " s")
        lines += [Line(without, on, without), Line(with_it, on, without, figures=(figure,))]
    note = f"One staged file of {LINES} lines, a baseline of {entries:,} entries; {plan.runs} runs, in turns."
    return Table("A hook with a baseline", "without", (), lines, (note,))


def under_pre_commit(place: Place, plan: Plan, entries: int = ENTRIES) -> Table:
    """Measure ``pre-commit run`` with a configuration that names a baseline, and without both."""
    few = entries // FEWER
    cases = ((CLEAN, entries), (HASH, entries), (KEY, few), (KEY, entries))
    results = measure([one for on, count in cases for one in _runs(place, plan, on, count)])
    lines = []
    for (on, count), without, with_both in zip(cases, results[::2], results[1::2], strict=True):
        shown = f"{on}; {count:,} entries"
        figures = () if (on, count) == cases[-1] else _ratio(with_both, without)
        lines += [Line(without, on, without), Line(with_both, shown, without, figures=figures)]
    note = (
        f"One staged file of {LINES} lines, a configuration with two exceptions; {plan.runs} runs, in turns."
    )
    return Table("pre-commit with a configuration and a baseline", "without", (), lines, (note,))


def _ratio(result: Result, without: Result) -> tuple[Figure, ...]:
    if not (result.measured and without.measured):
        return ()
    return (Figure("CPU", result.cpu / without.cpu, RATIO, TIMES),)


def _runs(place: Place, plan: Plan, on: str, entries: int) -> Iterator[Program]:
    """Without and with, each in a repository of its own."""
    argv = (os.path.join(sysconfig.get_path("scripts"), "pre-commit"), "run")
    hook = {".pre-commit-config.yaml": HOOK.format(program=keyguard()[0])}
    for what, more in {"": {}, ", configured": {"keyguard.toml": CONFIGURATION}}.items():
        folder = inputs.repository(place, f"pre-commit {on} {entries}{what}", {})
        inputs.write(folder, {**hook, **more})
        if more:
            _save(os.path.join(folder, "known.jsonl"), entries)
        inputs.git(place, folder, "add", ".")
        inputs.git(place, folder, "commit", "-qm", "Set up")
        inputs.write(folder, {inputs.KEY_FILE: inputs.small_file(LINES, on)})
        inputs.git(place, folder, "add", ".")
        name = f"pre-commit run{what}"
        yield Program(name, argv, folder, place.environment, (0, 1), plan.runs, plan.limit)


def _save(path: str, entries: int) -> None:
    keyed = hasher(SALT)
    known = (keyed(number.to_bytes(4, "big")) for number in range(entries))
    files.save(path, Baseline(SALT, tuple(Entry(one, "aws-access-key-pair", one) for one in known)))


def _program(place: Place, plan: Plan, on: str, path: str) -> list[Program]:
    folder = inputs.repository(place, f"baseline {on}", {inputs.KEY_FILE: inputs.small_file(LINES, on)})
    environment = {**place.environment, **GITS_OWN}
    calls = {
        "keyguard hook pre-commit": ("hook", "pre-commit"),
        "keyguard hook pre-commit -b": ("hook", "pre-commit", "-b", path),
    }
    return [
        Program(name, keyguard(*argv), folder, environment, (0, 1), plan.runs, plan.limit)
        for name, argv in calls.items()
    ]
