"""A file to find keys in, with what is to be found and where."""

from __future__ import annotations

import base64
import random
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.accuracy.drafts import render
from keyguard import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from benchmarks.accuracy.drafts import Draft, Spot, Step

OLD: Final = 4
"""One in so many IDs is of the old generation, which does not tell its account."""


class Form(NamedTuple):
    """A way in which keys stand in files: a template, how its values are written, how all of it is.

    ``held_out``: nothing may be tuned on it.
    """

    name: str
    group: str
    template: str
    how: tuple[Step, ...] = ()
    whole: tuple[Step, ...] = ()
    suffix: str = "txt"
    codec: str = "utf-8"
    held_out: bool = False


class Expected(NamedTuple):
    """What one finding should say: these values, beginning at these places of these kinds."""

    values: frozenset[str]
    places: tuple[tuple[str, int, int, int], ...]
    """Kind, line, column, and how many columns earlier is right too."""


class Case(NamedTuple):
    """A file of a form."""

    form: Form
    path: str
    data: bytes
    expected: tuple[Expected, ...]


def secret(source: random.Random) -> str:
    """A secret access key: nothing but thirty random bytes."""
    return base64.b64encode(source.randbytes(30)).decode()


def key_id(source: random.Random, prefix: str = "AKIA") -> str:
    """An access key ID, of either generation."""
    if source.randrange(OLD):
        return samples.key_id(source, prefix)
    body = source.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=15)
    return prefix + source.choice("IJ") + "".join(body)


def maker(source: random.Random, more: dict[str, Callable[[random.Random], str]]) -> Callable[[str], str]:
    """Makes the value of a kind."""
    kinds: dict[str, Callable[[random.Random], str]] = {
        "id": key_id,
        "temporary": lambda random_: key_id(random_, "ASIA"),
        "secret": secret,
        "token": samples.token,
        **more,
    }
    return lambda kind: kinds[kind](source)


def cases(
    forms: Iterable[Form], count: int, seed: int, more: dict[str, Callable[[random.Random], str]]
) -> Iterator[Case]:
    """``count`` files of each form; the same seed gives the same ones."""
    for form in forms:
        for number in range(count):
            source = random.Random(f"{seed}-{form.name}-{number}")  # noqa: S311 - the same in every run
            draft = render(form.template, maker(source, more), form.how)
            for step in form.whole:
                draft = step(draft)
            yield Case(form, path(form, number), draft.text.encode(form.codec), expected(draft))


def path(form: Form, number: int) -> str:
    """What the file is called; the name says nothing of a key."""
    return f"{form.name.replace(' ', '-')}/part{number}.{form.suffix}"


def expected(draft: Draft) -> tuple[Expected, ...]:
    """What is to be found: the values of one number belong together."""
    ordered = sorted(draft.spots, key=lambda spot: spot.number)
    grouped = (list(spots) for _, spots in groupby(ordered, key=lambda spot: spot.number))
    return tuple(
        Expected(frozenset(spot.value for spot in spots), tuple(_place(draft.text, spot) for spot in spots))
        for spots in grouped
    )


def _place(text: str, spot: Spot) -> tuple[str, int, int, int]:
    before = text[: spot.start].removeprefix("\ufeff")
    line = before.count("\n") + 1
    kind = "id" if spot.kind == "temporary" else spot.kind
    return kind, line, len(before) - (before.rfind("\n") + 1) + 1, spot.slack
