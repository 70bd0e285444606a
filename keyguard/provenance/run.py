"""Says how work is divided.  For type checkers only: a protocol is slow to make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class Run(Protocol):
    """Calls a function for each part, here or in other processes; the builtin ``map`` is one."""

    def __call__(self, function: Callable[[_Part], _Result], parts: Iterable[_Part], /) -> Iterable[_Result]:
        """The results, in order."""
