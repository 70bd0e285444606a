"""Looks at every chunk, and lets the rules loose only on those that hold an anchor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.anchors import LITERALS, RUN, RUN_LENGTH, Anchors
from keyguard.decode import View, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.matching import Matcher
    from keyguard.model import Chunk, Match
    from keyguard.rules import Rule, RuleSet


_RUN_ALONE: Final = frozenset((RUN,))


class Engine:
    """Matches chunks.  Rules are read and compiled only when the first anchor is seen."""

    def __init__(self, load: Callable[[], RuleSet], added: tuple[Rule, ...] = ()) -> None:
        """Take the rules from ``load``; ``added`` are those of them that are not keyguard's own."""
        self._load = load
        self._added = added
        self._anchors = _anchors(added)
        self._matcher: Matcher | None = None

    def __reduce__(self) -> tuple[type[Engine], tuple[Callable[[], RuleSet], tuple[Rule, ...]]]:
        """Pickle where the rules come from; the other side compiles its own."""
        return type(self), (self._load, self._added)

    @property
    def local(self) -> bool:
        """Whether what is near a value decides about it; a rule of others may want words anywhere."""
        return not self._added

    def present(self, data: bytes) -> frozenset[bytes]:
        """The anchors that stand in ``data``; text without any, and without zeros, has no matches."""
        return self._anchors.present(data)

    def matches(self, chunk: Chunk, present: frozenset[bytes] | None = None) -> list[Match]:
        """The matches that belong to ``chunk``, in the order of the text.

        ``present`` are the anchors in it, if someone has looked already.
        """
        found = []
        present = self.present(chunk.data) if present is None else present
        if present:
            found.append((View(chunk.data, "plain"), present))
        if b"\0" in chunk.data:
            wide = ((view, self._anchors.present(view.data)) for view in views(chunk.data))
            found += [(view, present) for view, present in wide if present]
        if self._matcher is None and all(
            present == _RUN_ALONE and self._is_hashes(view.data) for view, present in found
        ):
            return []
        return self._rules().matches(chunk, found)

    def _rules(self) -> Matcher:
        if self._matcher is None:
            from keyguard.matching import Matcher  # noqa: PLC0415 - text without an anchor never needs it

            self._matcher = Matcher(self._load(), self._anchors.runs)
        return self._matcher

    def _is_hashes(self, data: bytes) -> bool:
        """Whether all runs are in one case, as hashes are: no secret is, so the rules need not be loaded."""
        values = (data[start : start + RUN_LENGTH] for start in self._anchors.runs(data))
        return all(value.islower() or value.isupper() for value in values)


def _anchors(added: tuple[Rule, ...]) -> Anchors:
    if not added:
        return Anchors()
    literals = dict.fromkeys((*LITERALS, *(anchor for rule in added for anchor in rule.anchors)))
    return Anchors(tuple(literals), anywhere=not all(rule.anchors for rule in added))
