"""Accepts findings that a configuration says are no danger, each with its reason and perhaps its last day.

What is accepted is still found, and listed as accepted.  An entry is held against the finding itself, its
path, account and value, never against the text around it.
"""

from __future__ import annotations

import posixpath
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec import GitIgnoreSpec

    from keyguard.model import Finding
    from keyguard.suppress import Suppression

MOST_STARS: Final = 16
"""Wildcards in a pattern: enough for any path, and few enough to be matched by any engine in no time."""

_PLAIN: Final = dict.fromkeys(map(ord, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./*"))
IGNORE_FILE: Final = ".keyguardignore"


class Base(NamedTuple):
    """How paths of a report become paths of the configuration's directory.

    ``above`` is the reports' root as seen from there, ``below`` that directory as seen from the root.
    """

    above: str = ""
    below: str = ""

    def seen(self, path: str) -> str | None:
        """The path as patterns see it; None when it is outside."""
        path = posixpath.normpath(posixpath.join(self.above, path))
        if path.startswith(("../", "/")):
            return None
        if not self.below:
            return path
        return path.removeprefix(self.below + "/") if path.startswith(self.below + "/") else None


class Allow(NamedTuple):
    """One entry: a finding is accepted that fits all of its fields that say something.

    ``until`` is the last day it holds, as ``YYYY-MM-DD``; "" is no date, and holds on no day.
    """

    reason: str | None
    until: str | None = None
    paths: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    stopwords: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    by: str = "config"
    base: Base = Base()

    def accepts(self, one: Finding, today: str) -> Suppression | None:
        """What accepts ``one`` on the day ``today``."""
        if not _holds(self.until, today):
            return None
        fits = (
            (not self.rules or one.rule in self.rules)
            and (not self.values or one.fingerprint in self.values)
            and (not self.accounts or one.account in self.accounts)
            and (not self.commits or _begins(one.commit, self.commits))
            and (not self.stopwords or _holds_word(one, self.stopwords))
            and (not self.paths or _at(self.base, one.path, self.paths) is not None)
        )
        return _accepting(self.by, self.reason, self.until) if fits else None


class Line(NamedTuple):
    """A line of an ignore file that is a pattern for paths."""

    pattern: str
    reason: str | None = None
    until: str | None = None


class Lines(NamedTuple):
    """The patterns of an ignore file, of which the last that matches decides, as in .gitignore."""

    lines: tuple[Line, ...]
    base: Base = Base()
    by: str = IGNORE_FILE

    def accepts(self, one: Finding, today: str) -> Suppression | None:
        """What accepts ``one`` on the day ``today``."""
        lines = [line for line in self.lines if _holds(line.until, today)]
        found = _at(self.base, one.path, tuple(line.pattern for line in lines))
        return None if found is None else _accepting(self.by, lines[found].reason, lines[found].until)

    def covers(self, path: str) -> bool:
        """Whether it is a path that is meant, on whatever day."""
        return _at(self.base, path, tuple(line.pattern for line in self.lines)) is not None


Entry: TypeAlias = Allow | Lines


def accepted(entries: Iterable[Entry], one: Finding, today: str) -> Suppression | None:
    """What of ``entries`` accepts a finding, if anything does; ``today`` is ``YYYY-MM-DD``."""
    return next((by for entry in entries if (by := entry.accepts(one, today)) is not None), None)


def check(patterns: Iterable[str]) -> None:
    """Raise :class:`ConfigError` for what is no pattern of .gitignore's."""
    for pattern in patterns:
        if pattern.count("*") > MOST_STARS:
            raise ConfigError(f"{pattern!r} has more than {MOST_STARS} wildcards", "write a simpler pattern")
        if not _is_plain(pattern):
            _spec((pattern,))


def _is_plain(pattern: str) -> bool:
    """Whether it is surely a pattern, so that nothing has to be loaded to know: names, slashes and stars."""
    return pattern.translate(_PLAIN) == "" and pattern.strip("/*. ") != ""


def _holds(until: str | None, today: str) -> bool:
    from keyguard.suppress import holds  # noqa: PLC0415 - loaded already, when something was found

    return holds(until, today)


def _accepting(by: str, reason: str | None, until: str | None) -> Suppression:
    from keyguard.suppress import Suppression  # noqa: PLC0415 - loaded already, when something was found

    return Suppression(by, reason, None, until)


def _may(pattern: str, path: str) -> bool:
    """Whether a pattern can match: all that is between its stars has to stand in the path.

    Most paths match nothing, and to know that nothing has to be loaded.
    """
    return not _is_plain(pattern) or all(piece in path for piece in pattern.strip("/").split("*"))


def _begins(commit: str | None, beginnings: tuple[str, ...]) -> bool:
    return commit is not None and commit.startswith(beginnings)


def _holds_word(one: Finding, words: tuple[str, ...]) -> bool:
    """Whether one of ``words`` is in what of the finding is worth most, in upper or lower case."""
    value = one.secret or one.token
    text = value.reveal().decode("utf-8", "replace") if value else one.key_id or ""
    return any(word.lower() in text.lower() for word in words)


def _at(base: Base, path: str | None, patterns: tuple[str, ...]) -> int | None:
    """Which of ``patterns`` decides that ``path`` is meant; None when it is not."""
    seen = None if path is None else base.seen(path)
    if seen is None or not any(_may(pattern, f"/{seen}/") for pattern in patterns):
        return None
    name = seen.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # it takes no other names
    found = _spec(patterns).check_file(name)
    return found.index if found.include else None


@lru_cache(maxsize=256)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where there are patterns

    try:
        with warnings.catch_warnings(action="ignore"):  # of re's, about what it was made of the pattern
            return GitIgnoreSpec.from_lines(patterns)
    except Exception:  # noqa: BLE001 - its own, re's and hyperscan's, which have nothing in common
        wrong = ", ".join(map(repr, patterns))
        raise ConfigError(f"cannot use {wrong} as paths", "write each as a line of .gitignore") from None
