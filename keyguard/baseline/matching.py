"""Sets aside the findings that a baseline knows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from keyguard.baseline.entries import hasher, worth_most
from keyguard.model import Suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyguard.baseline.entries import Baseline, Entry
    from keyguard.model import Finding

BY: Final = "baseline"
"""What a report says of what accepted the finding."""

FALSE: Final = "no key, by the audit of the baseline"
REAL: Final = "real"


class Known:
    """A baseline, ready to be asked about many findings."""

    def __init__(self, baseline: Baseline) -> None:
        """Know the entries of ``baseline``."""
        self._hash = hasher(baseline.salt)
        self._baseline = baseline
        self._entries = {one.hash: one for one in baseline.entries}

    def entry(self, finding: Finding) -> Entry | None:
        """The entry that a finding is known by.

        An ID without its secret is known, too, when it stood beside a secret that is; a secret is not known
        by its ID: it is another one.
        """
        digest = self._hash(worth_most(finding))
        found = self._entries.get(digest)
        return found or (None if finding.secret or finding.token else self._ids.get(digest))

    @cached_property
    def _ids(self) -> dict[str, Entry]:
        """Made for the first ID that stands alone: most that is known is known by its secret."""
        return {one.id: one for one in self._baseline.entries if one.id}


def split(
    findings: Iterable[Finding], baseline: Baseline
) -> tuple[list[Finding], list[Suppressed], frozenset[str]]:
    """What is to be reported, what is accepted, and the hashes of the entries that were met.

    What an audit called real is known, but not accepted.
    """
    known = Known(baseline)
    left, accepted, met = [], [], set()
    for finding in findings:
        entry = known.entry(finding)
        if entry is not None:
            met.add(entry.hash)
        if entry is None or entry.verdict == REAL:
            left.append(finding)
        else:
            accepted.append(Suppressed(finding, BY, entry.reason or (FALSE if entry.verdict else None)))
    return left, accepted, frozenset(met)
