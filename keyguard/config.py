"""Everything a scan can be told, as one value."""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

from typing import TYPE_CHECKING, NamedTuple

from keyguard.model import Confidence, Own

if TYPE_CHECKING:
    from keyguard.allow import Entry
    from keyguard.rules import Rule


class Config(NamedTuple):
    """How to scan.

    ``max_file_size`` is in bytes (None: no limit), ``deadline`` is a time of ``time.monotonic()`` in seconds
    (None: no limit), ``today`` the date, as ``YYYY-MM-DD``, against which the dates of accepted findings
    are held (empty: the day of the scan).  ``rules`` are looked for besides keyguard's own; what ``allow``
    covers is accepted; ``foreign_ignores`` names the scanners whose comments count besides keyguard's own
    (None: all that are known).  ``baseline`` is the file of what is known and accepted; it is read when
    something was found, not before.  ``own`` are credentials to find wherever they appear.
    """

    min_confidence: Confidence = "low"
    exclude: tuple[str, ...] = ()
    gitignore: bool = True
    max_file_size: int | None = None
    deadline: float | None = None
    today: str = ""
    rules: "tuple[Rule, ...]" = ()
    allow: "tuple[Entry, ...]" = ()
    foreign_ignores: tuple[str, ...] | None = None
    baseline: str | None = None
    own: tuple[Own, ...] = ()
