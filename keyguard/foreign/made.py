"""Makes a rule of what other scanners know of one."""

from __future__ import annotations

import re

from keyguard.limits import Limits
from keyguard.rules import Rule
from keyguard.settings import own


def rule(name: str, description: str, pattern: str, limits: Limits = Limits()) -> Rule:  # noqa: B008 - it is frozen
    """A rule of another scanner; it has no severity there, and no examples."""
    return Rule(
        id=identifier(name),
        name=description or name,
        kind="token",
        severity="medium",
        description=description or name,
        help=own.HELP,
        anchors=(),
        run=0,
        pattern=pattern,
        examples=(),
        counterexamples=(),
        added=True,
        limits=limits,
    )


def identifier(name: str) -> str:
    """A rule's id made of any name."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:64] or "unnamed"


def trouble(pattern: str) -> str | None:
    """Why a pattern cannot be used, if it cannot."""
    wrong = own.trouble(pattern)
    if wrong is not None:
        return f"its pattern is not understood: {wrong}"
    return "its pattern matches the empty text" if own.matches_nothing(pattern) else None
