"""keyguard as a plugin of detect-secrets: its scan, hook, baseline and audit, with keyguard's judgement.

detect-secrets loads this file by its path (``-p``) and takes every plugin class that it sees here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.plugins.base import RegexBasedDetector

from keyguard.errors import ConfigError
from keyguard.library import Scanner
from keyguard.model import SEVERITIES, Severity

if TYPE_CHECKING:
    import re
    from collections.abc import Generator, Iterator

    from detect_secrets.util.code_snippet import CodeSnippet

    from keyguard.model import Part

_DENYLIST: Final[tuple[re.Pattern[str], ...]] = ()


class KeyguardDetector(RegexBasedDetector):
    """Finds what keyguard finds, on the line that detect-secrets asks about.

    The lines around it are read too: an ID and a secret are a pair, also with other lines between, and what
    stands around says how likely something is a key at all.

    It is a detector with regular expressions, though without any, because detect-secrets drops what other
    plugins find behind ``…_id =``, which is where an access key ID stands.
    """

    secret_type = "AWS credentials (keyguard)"  # noqa: S105 - every baseline has it  # pragma: allowlist secret
    denylist = _DENYLIST

    def __init__(self, severity: Severity = "medium") -> None:
        """Report from ``severity`` on, as ``--fail-on`` does for keyguard.  Raises ConfigError."""
        if severity not in SEVERITIES:
            raise ConfigError(
                f"{type(self).__name__}: severity is {severity!r}", f"use one of {', '.join(SEVERITIES)}"
            )
        self._severity: Severity = severity
        self._scanner = Scanner()

    def json(self) -> dict[str, Any]:
        """What a baseline holds of the plugin, from which it is made again."""
        return {**super().json(), "severity": self._severity}

    def analyze_string(self, string: str) -> Generator[str]:
        """What is found in a text by itself."""
        yield from self._values(string.split("\n"), 0)

    def analyze_line(  # type: ignore[override]  # detect-secrets hands arguments over by their names
        self, filename: str, line: str, line_number: int = 0, context: CodeSnippet | None = None
    ) -> set[PotentialSecret]:
        """What is found on ``line``; ``context`` is that line and those around it."""
        lines, target = (context.lines, context.target_index) if context else ([line], 0)
        found = self._values([one.rstrip("\r\n") for one in lines], target, filename)
        return {PotentialSecret(self.secret_type, filename, value, line_number) for value in found}

    def _values(self, lines: list[str], target: int, path: str | None = None) -> Iterator[str]:
        """The text of each part that begins on line ``target``, as it is written there.

        As it is written: an audit looks for it on the line.
        """
        for finding in self._scanner.scan_text("\n".join(lines), path):
            if finding.at_least(self._severity):
                parts = (part for part in finding.parts if part.line == target + 1)
                yield from (_written(part, lines[target]) for part in parts)


def _written(part: Part, line: str) -> str:
    return line[part.column - 1 : part.end_column - 1 if part.end_line == part.line else None]
