"""Looks at every chunk, and lets the rules loose only on those that hold an anchor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.anchors import LITERALS, RUN, RUN_LENGTH, Anchors

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.decode.dull import Dull
    from keyguard.decode.view import Sight, View
    from keyguard.matching import Matcher
    from keyguard.model import Chunk, Match, Own
    from keyguard.rules import Rule, RuleSet


_OF_RULES: Final = frozenset((*LITERALS, RUN))
FAINT: Final = frozenset((RUN, b"smtp", b"SMTP", b"-at-"))
"""Runs, and what only says something of a run that is near; a test compares with the rules."""

_SHORT: Final = 2 * RUN_LENGTH
"""Digits of hex that hold no secret: forty bytes need as many."""


class Engine:
    """Matches chunks.  Rules are read and compiled only when the first anchor is seen."""

    def __init__(
        self, load: Callable[[], RuleSet], added: tuple[Rule, ...] = (), own: tuple[Own, ...] = ()
    ) -> None:
        """Take the rules from ``load``; ``added`` are those of them that are not keyguard's own.

        What is in ``own`` is found whatever they say.
        """
        self._load = load
        self._added = added
        self._own = own
        self._anchors = _anchors(added, own)
        self.local = not added
        """Whether what is near a value decides about it; a rule of others may want words anywhere."""
        self._matcher: Matcher | None = None
        self._dull: Dull | None = None

    def __reduce__(
        self,
    ) -> tuple[type[Engine], tuple[Callable[[], RuleSet], tuple[Rule, ...], tuple[Own, ...]]]:
        """Pickle where the rules come from; the other side compiles its own."""
        return type(self), (self._load, self._added, self._own)

    def prepare(self) -> None:
        """Get ready for much text at once."""
        self._anchors.prepare()

    def present(self, data: bytes) -> frozenset[bytes]:
        """The anchors that stand in ``data``; text without any, and without zeros, has no matches."""
        return self._anchors.present(data)

    def hints(self, data: bytes) -> bool:
        """Whether ``data``, which may be in pieces, has an anchor, or what an ID begins with."""
        return self._anchors.hints(data)

    def matches(
        self,
        chunk: Chunk,
        present: frozenset[bytes] | None = None,
        cut: Callable[[str], None] = lambda _: None,
    ) -> list[Match]:
        """The matches that belong to ``chunk``, in the order of the text.

        ``present`` are the anchors in it, if someone has looked already.  ``cut`` is told, in words that go
        on after the name of the text, when not all that is encoded in it was decoded.
        """
        present = self.present(chunk.data) if present is None else present
        if not present and b"\0" not in chunk.data:
            return []
        from keyguard.decode.view import View  # noqa: PLC0415 - text without an anchor never needs it

        plain = self._look(View(chunk.data), present)
        if _is_faint(plain):
            return []
        if plain.stretches and self._anchors.much:
            plain = plain._replace(stretches=self._without_dull(plain))
            if _is_faint(plain):
                return []
        sights = [plain, *self._hidden(plain, cut)]
        found = []
        if not self.local or any(_is_worthwhile(sight) for sight in sights):
            found = self._rules().matches(chunk, sights)
        if not any(one.value.reveal() in sight.present for one in self._own for sight in sights):
            return found
        from keyguard import owning  # noqa: PLC0415 - nobody's own credentials are in most texts

        return owning.added(chunk, sights, self._own, found)

    def _look(self, view: View, present: frozenset[bytes] | None = None) -> Sight:
        from keyguard.decode.view import Sight  # noqa: PLC0415 - as above

        found = self.present(view.data) if present is None else present
        return Sight(view, found, list(self._anchors.stretches(view.data)) if RUN in found else ())

    def _without_dull(self, plain: Sight) -> list[tuple[int, int]]:
        """The long runs of a text without those that are nothing."""
        if self._dull is None:
            from keyguard.decode.dull import Dull  # noqa: PLC0415 - most runs see none but hashes

            self._dull = Dull()
        return self._dull.without(plain.view.data, plain.stretches)

    def _hidden(self, plain: Sight, cut: Callable[[str], None]) -> list[Sight]:
        """What is hidden in a text."""
        from keyguard.decode.walk import hidden  # noqa: PLC0415 - most runs see nothing that is encoded

        return list(hidden(plain, self._look, cut))

    def _rules(self) -> Matcher:
        if self._matcher is None:
            from keyguard.matching import Matcher  # noqa: PLC0415 - text without an anchor never needs it

            self._matcher = Matcher(self._load())
        return self._matcher


def _is_faint(sight: Sight) -> bool:
    """Whether a text has no runs but short hashes, as every commit has, and what counts only near a run."""
    data, present, stretches = sight.view.data, sight.present, sight.stretches
    return present <= FAINT and b"\0" not in data and all(_is_hash(data, *one) for one in stretches)


def _is_hash(data: bytes, start: int, end: int) -> bool:
    """Whether a run is in one case, as no secret is, and too short to hold one as hex."""
    value = data[start:end]
    return end - start < _SHORT and (value.islower() or value.isupper())


def _is_worthwhile(sight: Sight) -> bool:
    """Whether the rules need to be loaded for a text.

    Not for one that has only runs that are in one case, as hashes are: no secret is.
    """
    anchors = sight.present & _OF_RULES
    return bool(anchors - {RUN}) or any(_has_both_cases(sight, *stretch) for stretch in sight.stretches)


def _has_both_cases(sight: Sight, start: int, end: int) -> bool:
    """Whether a run may be one secret, with an escape before it."""
    value = sight.view.data[start:end]
    return end - start <= RUN_LENGTH + 5 and not (
        value[-RUN_LENGTH:].islower() or value[-RUN_LENGTH:].isupper()
    )


def _anchors(added: tuple[Rule, ...], own: tuple[Own, ...]) -> Anchors:
    if not (added or own):
        return Anchors()
    values = (one.value.reveal() for one in own)
    literals = dict.fromkeys((*(anchor for rule in added for anchor in rule.anchors), *values))
    return Anchors(tuple(literals), anywhere=not all(rule.anchors for rule in added))
