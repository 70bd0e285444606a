"""Every disguise is seen through, with the true place of what it hides."""

from __future__ import annotations

import random

import disguises
import keys
import pytest

from keyguard import rules
from keyguard.engine import Engine
from keyguard.model import Origin
from keyguard.sources import files

SEEDS = range(8)
ENGINE = Engine(rules.builtin)


def found(data: bytes) -> dict[disguises.Place, tuple[str, float]]:
    """What is found in a file, with how it is said to be written, and the score."""
    matches = [
        match
        for chunk in files.document(Origin("files", "x"), data).chunks
        for match in ENGINE.matches(chunk)
    ]
    values = [(match, match.value.reveal().decode()) for match in matches]
    return {
        disguises.Place(match.kind, value, *match.place): (match.encoding, match.score)
        for match, value in values
    }


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", disguises.FORMS)
def test_a_disguise_is_seen_through(name: str, seed: int) -> None:
    disguise = disguises.FORMS[name](keys.pair(seed), random.Random(f"{name}-{seed}"))
    seen = found(disguise.data)
    assert set(disguise.places) <= seen.keys()
    assert {seen[place][0] for place in disguise.places} <= set(disguise.encoding.split("|"))
    assert all(seen[place][1] >= 0.5 for place in disguise.places)
    values = [(place.kind, place.value) for place in seen]
    assert len(values) == len(set(values)), "found once"
