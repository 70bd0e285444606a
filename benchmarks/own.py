"""What the user's own credentials cost a hook: they are looked for wherever they stand, in every commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks import inputs
from benchmarks.hook import GITS_OWN, LINES
from benchmarks.inputs import CLEAN, HASH
from benchmarks.plan import keyguard
from benchmarks.table import Line, Table
from benchmarks.timing import Program, measure
from keyguard.samples import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.place import Place
    from benchmarks.plan import Plan

PROFILES: Final = (0, 1, 10)
PROFILE: Final = "[profile{number}]\naws_access_key_id = {{id}}\naws_secret_access_key = {{secret}}\n"


def table(place: Place, plan: Plan) -> Table:
    """Measure it."""
    programs = [(on, one) for on in (CLEAN, HASH) for one in _programs(place, plan, on)]
    results = measure([program for _, program in programs])
    lines = [
        Line(result, on, results[at - at % len(PROFILES)])
        for at, ((on, _), result) in enumerate(zip(programs, results, strict=True))
    ]
    note = f"One staged file of {LINES} lines; profiles in ~/.aws/credentials; {plan.runs} runs, in turns."
    return Table("A hook with your own credentials", "no profile", (), lines, (note,))


def _programs(place: Place, plan: Plan, on: str) -> Iterator[Program]:
    folder = inputs.repository(place, f"own {on}", {inputs.KEY_FILE: inputs.small_file(LINES, on)})
    for count in PROFILES:
        name = f"credentials {count}"
        profiles = (filled(PROFILE.format(number=number), number) for number in range(count))
        inputs.write(place.folder, {name: "".join(profiles)})
        environment = {
            **place.environment,
            **GITS_OWN,
            "AWS_SHARED_CREDENTIALS_FILE": place.path(name),
        }
        shown = f"keyguard hook pre-commit, {count} profile{'' if count == 1 else 's'}"
        yield Program(shown, keyguard("hook", "pre-commit"), folder, environment, (0,), plan.runs, plan.limit)
