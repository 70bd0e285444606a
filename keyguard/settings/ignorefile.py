"""Reads `.keyguardignore`: paths in the syntax of .gitignore and fingerprints, with dates and reasons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyguard import allow
from keyguard.digests import FINGERPRINT
from keyguard.errors import ConfigError
from keyguard.settings import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.allow import Base, Entry

_REASON: Final = re.compile(r"[ \t]+#[ \t]*(.*)$")
_UNTIL: Final = re.compile(r"[ \t]+until=(\S*)[ \t]*$")
_WHOLE: Final = re.compile(FINGERPRINT + "[0-9a-f]{32}")


def entries(text: str, name: str, base: Base) -> tuple[Entry, ...]:
    """What the file accepts.  Raises :class:`ConfigError`, with the line, for what it does not understand."""
    values: list[Entry] = []
    lines = []
    for number, line in _lines(text):
        what, until, reason = _parts(line)
        if what.startswith(FINGERPRINT):
            _check_value(f"{name}:{number}", what)
            values.append(allow.Allow(reason, until, values=(what,), by=allow.IGNORE_FILE, base=base))
        else:
            _check_path(f"{name}:{number}", what)
            lines.append(allow.Line(what, reason, until))
    return (*values, allow.Lines(tuple(lines), base)) if lines else tuple(values)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _parts(line: str) -> tuple[str, str | None, str | None]:
    """The pattern or fingerprint, the last day, and the reason."""
    commented = _REASON.search(line)
    rest = line[: commented.start()] if commented else line
    dated = _UNTIL.search(rest)
    what = rest[: dated.start()] if dated else rest
    reason = commented[1].strip() if commented else ""
    return what.rstrip(), checked.day(dated[1]) if dated else None, reason or None


def _check_value(where: str, what: str) -> None:
    if not _WHOLE.fullmatch(what):
        advice = "copy it from a report: kg1: and 32 hex digits, then 'until=YYYY-MM-DD' or '# reason'"
        raise ConfigError(f"{where}: {what[:60]!r} is no fingerprint", advice)


def _check_path(where: str, pattern: str) -> None:
    try:
        allow.check([pattern])
    except ConfigError as error:
        raise ConfigError(f"{where}: {error.message}", error.advice) from None
