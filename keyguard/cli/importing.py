"""``keyguard baseline import``: takes over what another scanner was told to accept."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final

from keyguard import cli, pipeline
from keyguard.baseline import files, updating
from keyguard.baseline.entries import SALT_SIZE, Baseline, hasher, worth_most
from keyguard.baseline.imports import account
from keyguard.baseline.imports import given as others
from keyguard.baseline.imports.commits import named
from keyguard.baseline.imports.taking import taken
from keyguard.baseline.lines import lines
from keyguard.cli.rescan import ended, say, scanned
from keyguard.errors import ConfigError, UsageError
from keyguard.git import Git
from keyguard.reporters.safe import safe
from keyguard.sources import Single

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from keyguard.baseline.imports.taking import Taken
    from keyguard.model import Report

LISTED: Final = 20
"""Lines of a list without ``-v``."""


def take_over(given: argparse.Namespace, scanner: pipeline.Scanner) -> int:
    """Add to the baseline what the file ``given.file`` says was accepted."""
    if given.file is None:
        raise UsageError("'baseline import' needs a file", "e.g. keyguard baseline import .secrets.baseline")
    kinds = (*others.KINDS, account.NAME)
    if given.kind and given.kind not in kinds:
        raise UsageError(f"there is no kind {given.kind!r}", f"it is one of {', '.join(kinds)}")
    file = others.given(given.file)
    known = files.load(given.path) if os.path.lexists(given.path) else Baseline(os.urandom(SALT_SIZE))
    if given.kind in (None, account.NAME) and _audited(given, file, known):
        return 0
    claims = others.claims(file, given.kind)
    here = scanned(given, scanner, history=False)
    there = _of_commits(scanner, [claim.at for claim in claims if claim.at])
    if here.interrupted or there.interrupted:
        return cli.INTERRUPTED
    keyed = hasher(known.salt)
    result = taken((*here.findings, *there.findings), claims, partial(lines, git=Git.at()), keyed)
    present = {
        keyed(value) for one in here.findings for value in (worth_most(one), (one.key_id or "").encode())
    }
    if any(one.hash not in present for one in result.entries):
        known = known._replace(covers="history")
    files.save(given.path, updating.joined(known, result.entries))
    _tell(given, len(claims), result)
    return max(ended(here), ended(there))


def _audited(given: argparse.Namespace, file: others.Given, known: Baseline) -> bool:
    """Take over what an audit of an account found; whether the file is the report of one."""
    entries = account.entries(file, hasher(known.salt))
    if entries is None and given.kind == account.NAME:
        raise ConfigError(f"{file.name}: this is not {account.WHAT}", "leave --from out")
    if entries is not None:
        files.save(given.path, updating.joined(known, entries))
        say(given, f"took over {len(entries):,} from {safe(given.file)}, into {safe(given.path)}")
    return entries is not None


def _of_commits(scanner: pipeline.Scanner, places: Sequence[tuple[str, str]]) -> Report:
    """What is in files of commits; nothing when there are none to look at."""
    parts = [Single(partial(named, Git.at(), places))] if places else []
    return pipeline.scan(parts, scanner)


def _tell(given: argparse.Namespace, number: int, result: Taken) -> None:
    """Say what was taken over, and what was not, with the reason."""
    unmet = len(result.unmet)
    say(given, f"took over {number - unmet:,} of {number:,} from {safe(given.file)}, into {safe(given.path)}")
    notes = [f"not taken over: {safe(one.label)}: {one.note or 'no key is there'}" for one in result.unmet]
    half = "the ID was accepted, its secret was not: it is reported"
    notes += dict.fromkeys(f"{safe(one.path or '')}:{one.line}: {half}" for one in result.halves)
    shown = notes if given.verbose or len(notes) <= LISTED else notes[: LISTED - 1]
    for note in shown:
        cli.say(note)
    if len(shown) < len(notes):
        cli.say(f"and {len(notes) - len(shown):,} more; -v lists them")
