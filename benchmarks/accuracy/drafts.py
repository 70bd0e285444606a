"""Text that remembers where its keys stand, through every way of writing it differently.

A disguise is a function from a draft to a draft, so disguises can be put around each other.
"""

from __future__ import annotations

import base64
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Step = Callable[["Draft"], "Draft"]
    Values = Callable[[str], str]

PLACE: Final = re.compile(r"«([a-z]+)(\d*)»")
"""Where a template has a value: its kind, and a number that it shares with what belongs to it."""

QUANTUM: Final = 4
"""Characters of base64 that hold three bytes together: as right a beginning as the character itself."""


class Spot(NamedTuple):
    """A value and where it stands; ``slack``: so many characters earlier is as right a beginning."""

    kind: str
    number: str
    value: str
    start: int
    end: int
    slack: int = 0

    def moved(self, by: int) -> Spot:
        """The same, ``by`` characters later."""
        return self._replace(start=self.start + by, end=self.end + by)


class Draft(NamedTuple):
    """A text, and the values that it holds."""

    text: str
    spots: tuple[Spot, ...] = ()


def render(template: str, value: Values, how: Iterable[Step] = ()) -> Draft:
    """``template`` with ``value(kind)`` at each place, written as the steps of ``how`` say."""
    draft, done = Draft(""), 0
    for found in PLACE.finditer(template):
        kind, number = found[1], found[2]
        made = value(kind)
        inner = Draft(made, (Spot(kind, number, made, 0, len(made)),))
        for step in how:
            inner = step(inner)
        draft = _and(_and(draft, Draft(template[done : found.start()])), inner)
        done = found.end()
    return _and(draft, Draft(template[done:]))


def _and(first: Draft, second: Draft) -> Draft:
    moved = (spot.moved(len(first.text)) for spot in second.spots)
    return Draft(first.text + second.text, (*first.spots, *moved))


def within(before: str, after: str = "") -> Step:
    """Text in front of it and behind it."""
    return lambda draft: _and(_and(Draft(before), draft), Draft(after))


def written(character: Callable[[str], str]) -> Step:
    """Each character replaced by what ``character`` makes of it."""

    def step(draft: Draft) -> Draft:
        pieces = [character(one) for one in draft.text]
        at = [0]
        for piece in pieces:
            at.append(at[-1] + len(piece))
        return Draft("".join(pieces), _placed(draft, at.__getitem__, at.__getitem__))

    return step


def only(characters: str, character: Callable[[str], str]) -> Step:
    """The same for these ``characters`` alone."""
    return written(lambda one: character(one) if one in characters else one)


def _placed(draft: Draft, first: Callable[[int], int], end: Callable[[int], int]) -> tuple[Spot, ...]:
    """The spots of ``draft`` where their first characters and their ends have gone."""
    return tuple(
        spot._replace(
            start=first(spot.start),
            end=end(spot.end),
            slack=first(spot.start) - first(spot.start - spot.slack),
        )
        for spot in draft.spots
    )


def joined(joint: str, *at: int) -> Step:
    """``joint`` put in before the characters at these positions: the value in several pieces."""

    def step(draft: Draft) -> Draft:
        cuts = [0, *(cut % len(draft.text) for cut in at), len(draft.text)]
        text = joint.join(draft.text[a:b] for a, b in pairwise(cuts))
        return Draft(text, tuple(spot._replace(end=len(text)) for spot in draft.spots))

    return step


def base64_of(*, safe: bool = False, padded: bool = True, codec: str = "utf-8") -> Step:
    """Base64 (RFC 4648 §4, or §5 if ``safe``) of the text in ``codec``; the text must be ASCII."""

    def step(draft: Draft) -> Draft:
        data = draft.text.encode(codec)
        width = len(data) // max(1, len(draft.text))
        encode = base64.urlsafe_b64encode if safe else base64.b64encode
        text = encode(data).decode()

        def first(position: int) -> int:
            return position * width * 4 // 3

        def end(position: int) -> int:
            return -(-position * width * 4 // 3)

        spots = _placed(draft, first, end)
        early = (spot._replace(slack=spot.slack + (spot.start - spot.slack) % QUANTUM) for spot in spots)
        return Draft(text if padded else text.rstrip("="), tuple(early))

    return step


def wrapped(width: int, indent: str = "") -> Step:
    """The text in lines of ``width`` characters."""
    gap = 1 + len(indent)

    def step(draft: Draft) -> Draft:
        text = "\n".join(
            indent + draft.text[start : start + width] for start in range(0, len(draft.text), width)
        )

        def at(position: int) -> int:
            return position + position // width * gap + len(indent)

        return Draft(text, _placed(draft, at, lambda end: at(end - 1) + 1))

    return step
