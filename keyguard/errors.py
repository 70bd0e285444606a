"""What can go wrong, and what the user is told: every message says what happened and what to do.

::

    KeyguardError
    ├── UsageError        the command line or the call asks for something that cannot be
    ├── ConfigError       a configuration, rule or baseline file is wrong
    ├── SourceError       something that was named cannot be read
    │   └── GitError      git refused, is missing, or is too old
    ├── ScanTimeoutError  the time that was given is used up
    ├── SlowRuleError     a rule that is not keyguard's own takes too long
    └── DeadWorkerError   a process that scanned has died
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is two thirds of what it would take to print a version
if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model import Match


class KeyguardError(Exception):
    """Base of all errors that keyguard raises on purpose; never holds a secret.

    ``advice`` is the next step, shown after the message.
    """

    def __init__(self, message: str, advice: str = "") -> None:
        """Say ``message`` and, after it, what to do."""
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        """Both, on one line."""
        return f"{self.message}; {self.advice}" if self.advice else self.message

    def __reduce__(self) -> tuple[type[KeyguardError], tuple[str, str]]:
        """Pickle both, so that a worker's error arrives whole."""
        return type(self), (self.message, self.advice)


class UsageError(KeyguardError):
    """The command line or the call asks for something that cannot be."""


class ConfigError(KeyguardError):
    """A configuration, rule or baseline file is wrong."""


class SourceError(KeyguardError):
    """Something that was named cannot be read."""


class GitError(SourceError):
    """Git refused, is missing, or is too old."""


class ScanTimeoutError(KeyguardError):
    """The time that was given is used up."""


class SlowRuleError(KeyguardError):
    """Rules that are not keyguard's own take too long for a text.

    ``matches`` are those of the other rules.
    """

    def __init__(self, rules: Sequence[str], seconds: float, matches: list[Match]) -> None:
        """Name the rules, and the seconds that they had."""
        names = ", ".join(rules)
        super().__init__(
            f"rule {names} takes longer than {seconds:g} s", "see 'keyguard rules check', or leave it out"
        )
        self.matches = matches

    def __reduce__(self) -> tuple[type[KeyguardError], tuple[str, str]]:
        """Pickle what it says, not what was found."""
        return KeyguardError, (self.message, self.advice)


class DeadWorkerError(KeyguardError):
    """A process that scanned has died."""
