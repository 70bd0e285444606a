"""Decides which secret belongs to which access key ID, because only the two together are a key.

The matches of a document are read as a sequence of IDs and secrets.  Joining two of them gains something,
because they are not left alone; distance, another name and an unusual order cost something.  Dynamic
programming finds the way through the sequence with the greatest gain.  It takes single pairs and blocks (k
IDs, then k secrets in the same order), each either way round.  Taking the nearest one each time would be
simpler, and wrong wherever an ID is nearer to the secret of the record before than to its own.

The numbers were chosen on generated files of many forms, whole and with parts missing or added; the result
hardly changes when one of them is halved or doubled.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, chain, pairwise
from math import inf, log2
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.model import PAIR_RULE, Candidate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Match, Secret

    Matches = Sequence[Match]
    Runs = tuple[Sequence[int], Sequence[int]]

TOKEN_RULE: Final = "aws-session-token"  # noqa: S105 - the name of a rule
TEMPORARY: Final = b"ASIA"
WITHOUT_SECRET: Final = (b"ABIA", b"ACCA")  # bearer tokens, service-specific credentials: other secrets
SIGNED: Final = ("presigned-url", "authorization-header")  # hints: the ID stands in a signature
WEAK: Final = 0.5  # a secret of a lower score is more likely none
WORTHLESS: Final = 0.03  # not even an ID beside it, worth about thirty to one, makes it likely to be one


class _Reach(NamedTuple):
    """How far apart two things may be: lines and bytes, from the end of one to the start of the other."""

    lines: int
    size: int


BESIDE: Final = _Reach(1, 512)  # not the other end of a minified file
NEAR: Final = _Reach(40, 4096)  # about a screen, with a session token and other fields between
FAR: Final = _Reach(200, 16384)  # for two of the same name, and two that have nothing else to belong to

WIDTH: Final = 80  # bytes that count as one line, so that there are distances in one long line too
LOOK: Final = 4  # how many matches back a partner is looked for; with more between, other pairs gain more
PARTS: Final = 8  # blocks up to this size may be parts of longer runs
ROUNDS: Final = 3  # how often pairing is begun anew without surplus IDs

# What is gained
ALONE: Final = 3.0  # by each match that is not left alone; half for a value that the text holds repeatedly
RECORD: Final = 4.0  # by a line of one ID and then one secret: the record of a table, the arguments of a call
# What is lost
SLOPE: Final = 0.5  # by each doubling of the distance
BACKWARDS: Final = 0.45  # by a secret before its ID
BLOCK: Final = 0.5  # by a block, since it joins over others
NARROW: Final = 1.0  # by each doubling that makes the spaces in a list wider than the gap between the lists
OVER: Final = 1.0  # by each match that is passed over and left alone between the two of a pair
UNLIKE: Final = 0.25  # by each doubling that makes a distance differ from that of the pair before
TURN: Final = 1.5  # by the first pair in another order than the one before; half and a third by the next ones
STRANGER: Final = 5.0  # by different names: only neighbours without another partner are joined all the same
FADE: Final = 1.25  # all that, after n pairs, divided by this power of n + 1: repetition is no new evidence


class _Unit(NamedTuple):
    """What is to be joined with one of the other side (0 or 1), in the order of the text."""

    start: int
    end: int
    side: int
    number: int
    line: int
    end_line: int
    group: str
    alone: float


class _Join(NamedTuple):
    """Units that are joined: the first of ``firsts`` with the first of ``seconds`` and so on."""

    side: int
    firsts: Sequence[int]
    seconds: Sequence[int]
    gain: float
    cost: float
    far: float


class _Path(NamedTuple):
    """A way through the units so far: its last join, the way to that, and what they are worth together."""

    gain: float
    length: int = 0
    turns: int = 0
    join: _Join | None = None
    before: _Path | None = None


def pair(matches: Sequence[Match]) -> list[Candidate]:
    """Put every match of one document into exactly one candidate; they are ordered by where they begin.

    The order of ``matches`` does not matter.  A value that was found twice gives two candidates, but an ID is
    never given two different secrets: it keeps the one that is closest.

    Two bounds keep strangers apart.  An ID and a secret are joined within 40 lines and 4 KiB: whatever keys
    are stored in, they stand closer than this, even with a session token and other fields between.  Within
    200 lines and 16 KiB they are joined if they have the same name (``PROD_…``), or if there is no other ID
    and no other secret that far around.  Beyond that, nothing tells an own secret from a stranger's.  For a
    list of IDs and a list of secrets the bound is on the gap between the lists.  A secret with a score below
    0.5 is joined only with an ID on the same or the next line that has no better one.

    The score of a pair is the chance that one of the two is right while they are on the same or neighbouring
    lines; it falls towards the smaller of their scores with distance.
    """
    ordered = sorted(matches, key=_order)
    pairs = _pairs(ordered)
    tokens = _tokens(ordered, pairs)
    found = [_candidate(ordered, one, other, tokens.get(one)) for one, other in pairs.items()]
    joined = {*pairs, *pairs.values(), *tokens.values()}
    found += [_lone(match) for n, match in enumerate(ordered) if n not in joined]
    return sorted(found, key=lambda one: _order(one.parts[0]))


def _order(match: Match) -> tuple[int, int, str, bytes, str, str, float]:
    value = match.value.reveal()
    return match.start, match.end, match.kind, value, match.rule, match.encoding, match.score


def _pairs(ordered: Matches) -> dict[int, int]:
    """The secret of each ID that has one, as indices of ``ordered``."""
    ids = [n for n, match in enumerate(ordered) if match.kind == "id" and match.hint not in SIGNED]
    ids = [n for n in ids if not ordered[n].value.reveal().startswith(WITHOUT_SECRET)]
    secrets = _units(ordered, _secrets(ordered, WEAK, inf), 1)
    found: dict[int, int] = {}
    for _ in range(ROUNDS):
        found = dict(_match(_units(ordered, ids, 0) + secrets))
        surplus = _surplus(ordered, found)
        if not surplus:
            break
        ids = [n for n in ids if n not in surplus]
    known = {ordered[one].value for one in found}
    left = _units(ordered, [n for n in ids if ordered[n].value not in known], 0)
    found.update(_join(left + _units(ordered, _secrets(ordered, WORTHLESS, WEAK), 1), BESIDE))
    surplus = _surplus(ordered, found)
    return {one: other for one, other in found.items() if one not in surplus}


def _secrets(ordered: Matches, least: float, below: float) -> list[int]:
    return [n for n, match in enumerate(ordered) if match.kind == "secret" and least <= match.score < below]


def _surplus(ordered: Matches, found: dict[int, int]) -> set[int]:
    """The IDs that have another secret than the same ID has elsewhere, where it is closer."""
    closest: dict[Secret, Secret] = {}
    for one in sorted(found, key=lambda one: (_apart(ordered[one], ordered[found[one]]), one)):
        closest.setdefault(ordered[one].value, ordered[found[one]].value)
    return {one for one, other in found.items() if ordered[other].value != closest[ordered[one].value]}


def _tokens(ordered: Matches, pairs: dict[int, int]) -> dict[int, int]:
    """The session token of each pair that has one; only temporary keys do."""
    tokens = [n for n, match in enumerate(ordered) if match.rule == TOKEN_RULE]
    temporary = [n for n in pairs if ordered[n].value.reveal().startswith(TEMPORARY)]
    units = [_spanning(ordered, one, pairs[one]) for one in temporary]
    return dict(_match(units + _units(ordered, tokens, 1)))


def _spanning(ordered: Matches, one: int, other: int) -> _Unit:
    """A pair as something that waits for its token."""
    first, last = (ordered[n] for n in sorted((one, other)))
    end, end_line = max(first.end, last.end), max(first.place.end_line, last.place.end_line)
    group = first.group or last.group
    return _Unit(first.start, end, 0, one, first.place.line, end_line, group.casefold(), ALONE)


def _units(ordered: Matches, chosen: list[int], side: int) -> list[_Unit]:
    times = Counter(ordered[n].value for n in chosen)
    units = []
    for n in chosen:
        match = ordered[n]
        alone = ALONE * (1 + match.score) / (4 if times[match.value] > 1 else 2)
        line, end_line = match.place.line, match.place.end_line
        units.append(_Unit(match.start, match.end, side, n, line, end_line, match.group.casefold(), alone))
    return units


def _match(units: list[_Unit]) -> Iterator[tuple[int, int]]:
    """Join those of the same name, then the others that are near, then two that are alone far around."""
    groups: dict[str, list[_Unit]] = {}
    for unit in units:
        groups.setdefault(unit.group, []).append(unit)
    groups.pop("", None)
    joined = list(chain.from_iterable(_join(group, FAR) for group in groups.values()))
    gone = set(chain.from_iterable(joined))
    joined += _join(_unnamed([unit for unit in units if unit.number not in gone]), NEAR)
    gone = set(chain.from_iterable(joined))
    for cluster in _clusters(sorted(units), FAR):
        if len(cluster) == 2 and cluster[0].number not in gone:  # noqa: PLR2004 - an ID and a secret
            joined += _join(cluster, FAR)
    yield from joined


def _unnamed(units: list[_Unit]) -> list[_Unit]:
    """The units without a name that all of one side share: it tells none of them from another."""
    for side in (0, 1):
        names = [unit.group for unit in units if unit.side == side]
        if len(names) > 1 and len(set(names)) == 1 and names[0]:
            units = [unit._replace(group="") if unit.side == side else unit for unit in units]
    return units


def _join(units: list[_Unit], reach: _Reach) -> Iterator[tuple[int, int]]:
    """The best way to join left and right units, as pairs of their numbers."""
    for cluster in _clusters(sorted(units), reach):
        if len({unit.side for unit in cluster}) > 1:
            yield from _solve(cluster, reach)


def _clusters(units: list[_Unit], reach: _Reach) -> Iterator[list[_Unit]]:
    """Cut where nothing reaches across."""
    cluster: list[_Unit] = []
    for unit in units:
        if cluster and not _within(cluster[-1], unit, reach):
            yield cluster
            cluster = []
        cluster.append(unit)
    yield cluster


def _within(first: _Unit, second: _Unit, reach: _Reach) -> bool:
    return second.line - first.end_line <= reach.lines and second.start - first.end <= reach.size


def _distance(first: _Unit, second: _Unit) -> float:
    """How many lines lie between, or as many bytes as make lines."""
    return max(second.line - first.end_line, (second.start - first.end) / WIDTH, 0.0)


def _solve(units: list[_Unit], reach: _Reach) -> Iterator[tuple[int, int]]:
    """Find the best path to every unit that ends in either order, and read the best of all backwards."""
    best = [(_Path(0.0), _Path(0.0))]
    blocks = _blocks(units, reach)
    for at in range(len(units)):
        paths = list(best[at])
        for join in (*_partners(units, at, reach), *blocks.get(at, ())):
            for before in best[join.firsts[0]]:
                gain = _gain(before, join)
                if gain > paths[join.side].gain:
                    paths[join.side] = _extend(before, join, gain)
        best.append((paths[0], paths[1]))
    path: _Path | None = max(best[-1], key=lambda path: path.gain)
    while path and path.join:
        yield from _numbers(units, path.join)
        path = path.before


def _gain(before: _Path, join: _Join) -> float:
    """The gain of ``before`` and ``join`` together."""
    last = before.join
    if last is None:
        return join.gain - join.cost
    share: float = (1 + before.length) ** -FADE
    gain = before.gain + join.gain - join.cost * share
    gain -= UNLIKE * abs(join.far - last.far)
    return gain if join.side == last.side else gain - TURN / (1 + before.turns)


def _extend(before: _Path, join: _Join, gain: float) -> _Path:
    turned = before.join is not None and before.join.side != join.side
    return _Path(gain, before.length + 1, before.turns + turned, join, before)


def _numbers(units: list[_Unit], join: _Join) -> Iterator[tuple[int, int]]:
    for first, second in zip(join.firsts, join.seconds, strict=True):
        both = units[first].number, units[second].number
        yield both if join.side == 0 else both[::-1]


def _partners(units: list[_Unit], at: int, reach: _Reach) -> Iterator[_Join]:
    """The single pairs that end at ``at``."""
    second = units[at]
    for begin in range(at - 1, max(at - LOOK, 0) - 1, -1):
        first = units[begin]
        if first.side == second.side:
            continue
        if not _within(first, second, reach):
            return
        gain = _worth(first, second) - OVER * (at - begin - 1) + RECORD * _is_record(units, begin, at)
        far = log2(1 + _distance(first, second))
        cost = SLOPE * far + BACKWARDS * first.side
        if gain > cost:
            yield _Join(first.side, (begin,), (at,), gain, cost, far)


def _worth(first: _Unit, second: _Unit) -> float:
    """What it is worth to join two, whatever their distance and order."""
    worth = first.alone + second.alone
    return worth - STRANGER if first.group and second.group and first.group != second.group else worth


def _is_record(units: list[_Unit], begin: int, at: int) -> bool:
    """Whether the line holds this ID and then this secret, and no other secret."""
    line, around = units[at].line, units[max(begin - 1, 0) : at + 3]
    together = at == begin + 1 and units[begin].side == 0 and units[begin].line == line
    return together and sum(unit.side == 1 and unit.line == line for unit in around) == 1


def _blocks(units: list[_Unit], reach: _Reach) -> dict[int, list[_Join]]:
    """The blocks by where they end: the last of a run of one side and the first of the next run."""
    found: dict[int, list[_Join]] = {}
    along = list(accumulate((_distance(*both) for both in pairwise(units)), initial=0.0))
    edges = [n for n in range(1, len(units)) if units[n].side != units[n - 1].side]
    runs = [range(begin, end) for begin, end in pairwise([0, *edges, len(units)])]
    for first, second in pairwise(runs):
        longest = min(len(first), len(second))
        if longest > 1 and _within(units[first[-1]], units[second[0]], reach):
            members: list[Runs] = [(first[-n:], second[:n]) for n in range(2, min(longest, PARTS) + 1)]
            for firsts, seconds in (*members, _aligned(along, first, second)):
                join = _block(units, along, firsts, seconds)
                if join.gain > join.cost:
                    found.setdefault(seconds[-1], []).append(join)
    return found


def _aligned(along: list[float], first: Sequence[int], second: Sequence[int]) -> Runs:
    """Two runs without that stretch of the longer one whose absence makes their spacing most alike."""
    if len(first) < len(second):
        return _aligned(along, second, first)[::-1]
    count, extra = len(second), len(first) - len(second)
    heads = list(accumulate(_unlikes(along, first[:count], second), initial=0.0))
    tails = list(accumulate(_unlikes(along, first[extra:], second), initial=0.0))

    def unlike(cut: int) -> float:
        if cut in (0, count):
            return heads[-1] if cut else tails[-1]
        seam = (first[cut - 1], first[cut + extra]), (second[cut - 1], second[cut])
        return heads[cut - 1] + sum(_unlikes(along, *seam)) + tails[-1] - tails[cut]

    cut = min(range(count + 1), key=unlike) if extra else count
    return (*first[:cut], *first[cut + extra :]), second


def _unlikes(along: list[float], firsts: Sequence[int], seconds: Sequence[int]) -> Iterator[float]:
    """By how many doublings the spaces in one list differ from those in the other."""
    for (one, two), (three, four) in zip(pairwise(firsts), pairwise(seconds), strict=True):
        yield abs(log2(1 + along[two] - along[one]) - log2(1 + along[four] - along[three]))


def _block(units: list[_Unit], along: list[float], firsts: Sequence[int], seconds: Sequence[int]) -> _Join:
    """A block, whose costs count twice, however long it is.

    Its distance is that of two entries of a list, which is ``lag / count`` when the lists follow each other.
    A gap narrower than the spaces in the list speaks for the two beside the gap, and against the block.
    """
    count, side = len(firsts), units[firsts[0]].side
    lag = _distance(units[firsts[0]], units[seconds[0]])
    gap = _distance(units[firsts[-1]], units[seconds[0]])
    space = max(along[two] - along[one] for one, two in pairwise(firsts))
    cost = SLOPE * log2(1 + 2 * lag / count) + NARROW * max(0.0, log2((1 + space) / (1 + gap)))
    gain = sum(_worth(units[one], units[two]) for one, two in zip(firsts, seconds, strict=True))
    gain -= 2 * UNLIKE * sum(_unlikes(along, firsts, seconds))
    return _Join(side, firsts, seconds, gain, 2 * (cost + BLOCK + BACKWARDS * side), log2(1 + lag))


def _lone(match: Match) -> Candidate:
    key, secret, token = (match if match.kind == kind else None for kind in ("id", "secret", "token"))
    return Candidate(match.rule, key, secret, token, match.score)


def _candidate(ordered: Matches, one: int, other: int, token: int | None) -> Candidate:
    key, secret = ordered[one], ordered[other]
    closeness = _closeness(key, secret)
    score = closeness * _either(key.score, secret.score) + (1 - closeness) * min(key.score, secret.score)
    if token is None:
        return Candidate(PAIR_RULE, key, secret, None, score)
    third = ordered[token]
    closeness = max(_closeness(key, third), _closeness(secret, third))
    return Candidate(PAIR_RULE, key, secret, third, _either(score, closeness * third.score))


def _either(one: float, other: float) -> float:
    """The chance that one of the two is right."""
    return min(1.0, max(one, other, 1 - (1 - one) * (1 - other)))


def _closeness(one: Match, other: Match) -> float:
    """1 on the same and the next line, a half at twenty lines more."""
    return 20 / (20 + max(_apart(one, other)[0] - 1, 0))


def _apart(one: Match, other: Match) -> tuple[int, int]:
    """How many lines and bytes lie between two matches."""
    first, last = (one, other) if one.start <= other.start else (other, one)
    return max(last.place.line - first.place.end_line, 0), max(last.start - first.end, 0)
