"""``keyguard staged``: what the next commit would record."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from keyguard import pipeline
from keyguard.cli import options, output, verifying
from keyguard.git import Git
from keyguard.sources import Single
from keyguard.sources.staged import staged

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Scan the index of the repository here."""
    parser = options.parser("staged", "Scan what the next commit would record, read from the index.")
    options.add_scan(parser)
    options.add_verify(parser)
    options.add_report(parser)
    given = parser.told(arguments)
    scanner = pipeline.Scanner(options.config(given))
    read = partial(staged, Git.here(), max_size=given.max_file_size)
    source = Single(read, options.excluded(given))
    report = pipeline.scan([source], scanner)
    report = verifying.verified(report, given, scanner.config.deadline)
    return output.deliver(report, given, output.Setting("keyguard staged"))
