"""Decides which secret belongs to which access key ID, because only the two together are a key.

The matches of a document are read in the order of the text, as a sequence of IDs and secrets.  Every way to
join some of them has a gain: what is no longer alone, less what speaks against the join (distance, another
name, the unusual order).  Dynamic programming over the sequence finds the ways with the greatest gain.
Three things can be joined:

- a pair: an ID and the secret that follows it, or the other way round, with anything left alone between;
- a block: k IDs and then k secrets in the same order, or the other way round;
- what has the same name (``PROD_…``), whatever stands between; this is settled first.

Looking at pairs one by one would be simpler and wrong: where an ID is nearer to the secret of the record
before than to its own, only the whole sequence shows it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate, pairwise
from math import log2
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.model import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyguard.model import Match, Secret

PAIR_RULE: Final = "aws-access-key-pair"
TOKEN_RULE: Final = "aws-session-token"  # noqa: S105 - the name of a rule
TEMPORARY: Final = b"ASIA"
WITHOUT_SECRET: Final = (b"ABIA", b"ACCA")
"""IDs of bearer tokens and service-specific credentials: no 40-character secret goes with them."""
SIGNED: Final = ("presigned-url", "authorization-header")
"""Hints of IDs that stand in a signature, which never holds the secret."""

WEAK: Final = 0.5
"""A secret of a lower score is more likely none: it is joined last, and only to an ID beside it."""
WORTHLESS: Final = 0.03
"""Below this even an ID on the same line does not make it a secret (it is worth about thirty to one)."""


class Reach(NamedTuple):
    """How far apart two things may be: lines from end to start, and bytes."""

    lines: int
    size: int


BESIDE: Final = Reach(1, 512)
"""The next line, and not the other end of a minified file."""
NEAR: Final = Reach(40, 4096)
"""A screen: what belongs together is written together, even with other fields or a token between."""
FAR: Final = Reach(200, 16384)
"""For what has the same name, or nothing else that it could belong to."""

WIDTH: Final = 80
"""Bytes that count as one line, so that long lines have distances too."""
ALONE: Final = 3.0
"""What it is worth that something is not left alone; half of it for a value that stands elsewhere too."""
SLOPE: Final = 0.5
"""Cost of each doubling of the distance, small enough that a whole sequence is not shifted by nearness."""
BACKWARDS: Final = 0.7
"""Cost of a secret before its ID."""
TURN: Final = 1.5
"""Cost of another order than that of the pair before."""
BLOCK: Final = 0.5
"""Cost of being joined over others."""
STRANGER: Final = 5.0
"""Cost of different names: only what is side by side and has no other partner is joined in spite of them."""
FADE: Final = (1.0, 0.5, 0.25, 0.125, 0.0625)
UNLIKE: Final = 0.25
OVER: Final = 1.0
ROUNDS: Final = 3
LOOK: Final = 4
"""How many steps back a partner is looked for; more would be left alone between than a pair is worth."""
PARTS: Final = 8
"""Blocks up to this size may also be parts of longer runs."""


class _Unit(NamedTuple):
    """Something to be joined with one of the other side, in the order of the text."""

    start: int
    end: int
    side: int
    line: int
    end_line: int
    alone: float
    group: str
    index: int


class _Join(NamedTuple):
    """Units that are joined, the first of ``firsts`` with the first of ``seconds`` and so on."""

    side: int
    firsts: Sequence[int]
    seconds: Sequence[int]
    gain: float
    cost: float
    far: float


class _Path(NamedTuple):
    """A way to read the units so far: its last join, and the way to there."""

    gain: float
    length: int = 0
    turns: int = 0
    join: _Join | None = None
    before: _Path | None = None


def pair(matches: Sequence[Match]) -> list[Candidate]:
    """Put every match of one document into exactly one candidate, ordered by where they begin.

    The order of ``matches`` does not matter.  The same value found twice gives two candidates.

    Two bounds keep strangers apart.  An ID and a secret are joined within 40 lines and 4 KiB: in all the
    forms that keys are stored in they stand closer, with a session token or a few fields between.  Up to 200
    lines and 16 KiB they are joined when they have the same name, or when in this whole stretch there is no
    other ID and no other secret.  Further apart nothing but chance connects them.  In a block (a list of
    IDs, then a list of secrets) the bound holds for the gap between the lists, not for each pair.

    The score of a candidate is that of its match; of a pair the chance that one of the two is right, less the further
    they are apart, down to the smaller of the two.
    """
    ordered = sorted(matches, key=_order)
    ids = [n for n, match in enumerate(ordered) if _takes_secret(match)]
    secrets = [n for n, match in enumerate(ordered) if match.kind == "secret" and match.score >= WORTHLESS]
    pairs = _pairs(ordered, ids, secrets)
    tokens = _tokens(ordered, pairs)
    joined = {*pairs, *pairs.values(), *tokens.values()}
    found = [_candidate(ordered, one, pairs[one], tokens.get(one)) for one in pairs]
    found += [_lone(match) for n, match in enumerate(ordered) if n not in joined]
    return sorted(found, key=lambda one: _order(one.parts[0]))


def _order(match: Match) -> tuple[int, int, str, str, bytes, str, float]:
    return (
        match.start,
        match.end,
        match.kind,
        match.rule,
        match.value.reveal(),
        match.encoding,
        match.score,
    )


def _takes_secret(match: Match) -> bool:
    return (
        match.kind == "id"
        and match.hint not in SIGNED
        and not match.value.reveal().startswith(WITHOUT_SECRET)
    )


def _pairs(ordered: Sequence[Match], ids: list[int], secrets: list[int]) -> dict[int, int]:
    """The secret of each ID that has one."""
    strong = [n for n in secrets if ordered[n].score >= WEAK]
    weak = [n for n in secrets if ordered[n].score < WEAK]
    found: dict[int, int] = {}
    for _ in range(ROUNDS):
        found = dict(_match(_units(ordered, ids, 0) + _units(ordered, strong, 1)))
        found.update(_only(ordered, ids, strong, found))
        surplus = _surplus(ordered, found)
        if not surplus:
            break
        ids = [n for n in ids if n not in surplus]
        found = {one: other for one, other in found.items() if one not in surplus}
    paired = {ordered[one].value for one in found}
    left = [n for n in ids if ordered[n].value not in paired]
    found.update(_join(_units(ordered, left, 0) + _units(ordered, weak, 1), BESIDE))
    return found


def _surplus(ordered: Sequence[Match], found: dict[int, int]) -> set[int]:
    """The IDs that would have another secret than the same ID elsewhere, where it is closer to it."""
    closest: dict[Secret, int] = {}
    for one in sorted(found, key=lambda one: (_apart(ordered[one], ordered[found[one]]), one)):
        closest.setdefault(ordered[one].value, found[one])
    return {
        one
        for one, other in found.items()
        if ordered[other].value != ordered[closest[ordered[one].value]].value
    }


def _apart(one: Match, other: Match) -> tuple[int, int]:
    """How many lines and bytes lie between two matches."""
    first, last = (one, other) if _order(one) < _order(other) else (other, one)
    return max(last.place.line - first.place.end_line, 0), max(last.start - first.end, 0)


def _tokens(ordered: Sequence[Match], pairs: dict[int, int]) -> dict[int, int]:
    """The session token of each pair that has one; only temporary keys do."""
    units = []
    for one, other in pairs.items():
        if ordered[one].value.reveal().startswith(TEMPORARY):
            first, last = sorted((ordered[one], ordered[other]), key=_order)
            group = ordered[one].group or ordered[other].group
            units.append(_unit(first, max(first, last, key=lambda part: part.end), 0, group, one))
    found = [n for n, match in enumerate(ordered) if match.rule == TOKEN_RULE]
    return dict(_match(units + _units(ordered, found, 1)))


def _units(ordered: Sequence[Match], chosen: list[int], side: int) -> list[_Unit]:
    times = Counter(ordered[n].value for n in chosen)
    units = []
    for n in chosen:
        match = ordered[n]
        unit = _unit(match, match, side, match.group, n)
        worth = ALONE * (1 + match.score) / 2
        units.append(unit._replace(alone=worth / 2 if times[match.value] > 1 else worth))
    return units


def _unit(first: Match, last: Match, side: int, group: str, index: int) -> _Unit:
    return _Unit(
        start=first.start,
        end=last.end,
        side=side,
        line=first.place.line,
        end_line=last.place.end_line,
        alone=ALONE,
        group=group.casefold(),
        index=index,
    )


def _match(units: list[_Unit]) -> Iterator[tuple[int, int]]:
    """Join those of the same name first, then the others."""
    groups: dict[str, list[_Unit]] = {}
    for unit in units:
        if unit.group:
            groups.setdefault(unit.group, []).append(unit)
    joined = [both for group in groups.values() for both in _join(group, FAR)]
    gone = {index for both in joined for index in both}
    yield from joined
    yield from _join([unit for unit in units if unit.index not in gone], NEAR)


def _join(units: Iterable[_Unit], reach: Reach) -> Iterator[tuple[int, int]]:
    """The best way to join left and right units, as pairs of their indices."""
    for cluster in _clusters(sorted(units), reach):
        if len({unit.side for unit in cluster}) > 1:
            yield from _solve(cluster, reach)


def _clusters(units: list[_Unit], reach: Reach) -> Iterator[list[_Unit]]:
    """Cut where nothing reaches across."""
    cluster: list[_Unit] = []
    for unit in units:
        if cluster and not _within(cluster[-1], unit, reach):
            yield cluster
            cluster = []
        cluster.append(unit)
    yield cluster


def _within(first: _Unit, second: _Unit, reach: Reach) -> bool:
    return second.line - first.end_line <= reach.lines and second.start - first.end <= reach.size


def _distance(first: _Unit, second: _Unit) -> float:
    """How many lines lie between, or as many bytes as make lines."""
    return max(second.line - first.end_line, (second.start - first.end) / WIDTH, 0.0)


def _far(first: _Unit, second: _Unit) -> float:
    """The distance in doublings, because one line more means less the more there are."""
    return log2(1 + _distance(first, second))


def _solve(units: list[_Unit], reach: Reach) -> Iterator[tuple[int, int]]:
    """Follow for both orders the path of the greatest gain, and read it backwards."""
    start = _Path(0.0)
    best = [(start, start)]
    blocks = _blocks(units, reach)
    for at in range(len(units)):
        paths = list(best[at])
        for join in (*_partners(units, at, reach), *blocks.get(at, ())):
            for before in best[join.firsts[0]]:
                gain = _gain(before, join)
                if gain > paths[join.side].gain:
                    paths[join.side] = _extend(before, join, gain)
        best.append((paths[0], paths[1]))
    left, right = best[-1]
    path = left if left.gain >= right.gain else right
    while path.join and path.before:
        yield from _indices(units, path.join)
        path = path.before


def _gain(before: _Path, join: _Join) -> float:
    """The gain of ``before`` and ``join`` together."""
    last = before.join
    if last is None:
        return join.gain - join.cost
    gain = before.gain + join.gain - join.cost * FADE[before.length]
    gain -= UNLIKE * abs(join.far - last.far)
    return gain if join.side == last.side else gain - TURN / (1 + before.turns)


def _extend(before: _Path, join: _Join, gain: float) -> _Path:
    turned = before.join is not None and before.join.side != join.side
    return _Path(gain, min(before.length + 1, len(FADE) - 1), before.turns + turned, join, before)


def _indices(units: list[_Unit], join: _Join) -> Iterator[tuple[int, int]]:
    for first, second in zip(join.firsts, join.seconds, strict=True):
        both = units[first].index, units[second].index
        yield both if join.side == 0 else both[::-1]


def _partners(units: list[_Unit], at: int, reach: Reach) -> Iterator[_Join]:
    """The pairs that end at ``at``."""
    second = units[at]
    for begin in range(at - 1, max(at - LOOK, 0) - 1, -1):
        first = units[begin]
        if first.side == second.side:
            continue
        if not _within(first, second, reach):
            return
        far = _far(first, second)
        gain = _worth(first, second) - OVER * (at - begin - 1)
        cost = SLOPE * far + BACKWARDS * first.side
        if gain > cost:
            yield _Join(first.side, (begin,), (at,), gain, cost, far)


def _worth(first: _Unit, second: _Unit) -> float:
    """The gain of a pair, but for the distance."""
    gain = first.alone + second.alone
    if first.group and second.group and first.group != second.group:
        gain -= STRANGER
    return gain


def _blocks(units: list[_Unit], reach: Reach) -> dict[int, list[_Join]]:
    """All blocks, by where they end."""
    found: dict[int, list[_Join]] = {}
    for first, second in pairwise(_runs(units)):
        longest = min(len(first), len(second))
        if longest < 2 or not _within(units[first[-1]], units[second[0]], reach):
            continue
        members = [(first[-size:], second[:size]) for size in range(2, min(longest, PARTS) + 1)]
        members.append(_aligned(units, first, second))
        for firsts, seconds in members:
            join = _block(units, firsts, seconds)
            if join.gain > join.cost:
                found.setdefault(seconds[-1], []).append(join)
    return found


def _runs(units: list[_Unit]) -> list[range]:
    """The stretches of one side."""
    edges = [n for n in range(1, len(units)) if units[n].side != units[n - 1].side]
    return [range(begin, end) for begin, end in pairwise([0, *edges, len(units)])]


def _aligned(units: list[_Unit], first: range, second: range) -> tuple[Sequence[int], Sequence[int]]:
    """Two runs without one stretch of the longer, so that their entries are spaced as much alike as can be."""
    if len(first) < len(second):
        seconds, firsts = _aligned(units, second, first)
        return firsts, seconds
    extra = len(first) - len(second)
    heads = [0.0, *_unlikes(units, first[: len(second)], second)]
    tails = [0.0, *_unlikes(units, first[extra:], second)]
    heads, tails = list(accumulate(heads)), list(accumulate(tails))

    def cost(cut: int) -> float:
        if cut in (0, len(second)):
            return tails[-1] if cut == 0 else heads[-1]
        seam = _unlike(units, (first[cut - 1], first[cut + extra]), (second[cut - 1], second[cut]))
        return heads[cut - 1] + seam + tails[-1] - tails[cut]

    best = min(range(len(second) + 1), key=cost) if extra else 0
    return [*first[:best], *first[best + extra :]], second


def _unlikes(units: list[_Unit], firsts: Sequence[int], seconds: Sequence[int]) -> Iterator[float]:
    for first, second in zip(pairwise(firsts), pairwise(seconds), strict=True):
        yield _unlike(units, first, second)


def _unlike(units: list[_Unit], first: tuple[int, int], second: tuple[int, int]) -> float:
    """How differently two neighbours of one list and two of the other are spaced."""
    return abs(_far(units[first[0]], units[first[1]]) - _far(units[second[0]], units[second[1]]))


def _block(units: list[_Unit], firsts: Sequence[int], seconds: Sequence[int]) -> _Join:
    """The block with its gain: more when both lists are spaced alike and not further apart than their entries."""
    count = len(firsts)
    side = units[firsts[0]].side
    lag = _distance(units[firsts[0]], units[seconds[0]])
    gap = _far(units[firsts[-1]], units[seconds[0]])
    widest = max(_far(units[one], units[other]) for one, other in pairwise(firsts))
    cost = SLOPE * (log2(1 + 2 * lag / count) + max(0.0, widest - gap)) + BLOCK + BACKWARDS * side
    gain = sum(_worth(units[first], units[second]) for first, second in zip(firsts, seconds, strict=True))
    gain -= 2 * UNLIKE * sum(_unlikes(units, firsts, seconds))
    return _Join(side, firsts, seconds, gain, 2 * cost, log2(1 + lag))


def _only(
    ordered: Sequence[Match], ids: list[int], secrets: list[int], taken: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """An ID and a secret that have nothing else within reach."""
    gone = {*taken, *taken.values()}
    for one in ids:
        around = [] if one in gone else _around(ordered, one, secrets)
        if len(around) == 1 and around[0] not in gone and len(_around(ordered, around[0], ids)) == 1:
            yield one, around[0]


def _around(ordered: Sequence[Match], one: int, others: list[int]) -> list[int]:
    """Those of ``others`` that are within reach of ``one``: all, or the first two."""
    here = ordered[one]
    line, size = here.place.line - FAR.lines, here.start - FAR.size
    begin = max(
        bisect_left(others, size, key=lambda n: ordered[n].end),
        bisect_left(others, line, key=lambda n: ordered[n].place.end_line),
    )
    line, size = here.place.end_line + FAR.lines, here.end + FAR.size
    return [
        n for n in others[begin : begin + 2] if ordered[n].start <= size and ordered[n].place.line <= line
    ]


def _lone(match: Match) -> Candidate:
    parts = {kind: match if match.kind == kind else None for kind in ("id", "secret", "token")}
    return Candidate(rule=match.rule, score=match.score, **parts)


def _candidate(ordered: Sequence[Match], one: int, other: int, token: int | None) -> Candidate:
    key, secret = ordered[one], ordered[other]
    score = _together(key, secret)
    if token is None:
        return Candidate(PAIR_RULE, key, secret, None, score)
    third = ordered[token]
    closeness = max(_closeness(key, third), _closeness(secret, third))
    return Candidate(PAIR_RULE, key, secret, third, 1 - (1 - score) * (1 - closeness * third.score))


def _together(one: Match, other: Match) -> float:
    """The score of a pair: between the smaller of the two and the chance that one of them is right."""
    low, high = sorted((one.score, other.score))
    either = max(high, 1 - (1 - low) * (1 - high))
    closeness = _closeness(one, other)
    return either * closeness + low * (1 - closeness)


def _closeness(one: Match, other: Match) -> float:
    """1 on the same or the next line, less further away."""
    lines, _ = _apart(one, other)
    return 1 / (1 + max(lines - 1, 0) / 20)
