"""Every form in which keys are hidden for this benchmark, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.accuracy import disguises, several, templates, tokens
from benchmarks.accuracy.cases import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.accuracy.cases import Case, Form


def forms() -> list[Form]:
    """All forms, those that are held out among them."""
    return [*templates.forms(), *several.forms(), *disguises.forms()]


def files(count: int, seed: int) -> Iterator[Case]:
    """``count`` files of each form; the same seed gives the same ones."""
    return cases(forms(), count, seed, tokens.kinds())
