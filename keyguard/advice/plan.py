"""Puts together what to do about a finding.

What it is chooses the steps, what kind of file it stood in what goes there instead; what AWS answered, where
it was asked, and where else the key stands change them.  All of that is tables in the modules beside this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.advice import practices, states
from keyguard.advice.files import ANYWHERE, CREDENTIALS, instead
from keyguard.advice.steps import BELONGS, ELSEWHERE, LASTING, PLACES, REVOKED, STEPS, WHOSE, kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from keyguard.advice.states import Owner
    from keyguard.model import Finding

EXAMPLE: Final = "An example from AWS's documentation, or a placeholder: nothing to do."
MOST: Final = 6
"""Steps; more is not read."""

_ROOT_FILE: Final = "rootkey"


def advise(one: Finding, paths: Collection[str] = (), today: str = "") -> tuple[str, ...]:
    """What to do about a finding, in order: at most :data:`MOST` steps, one for what opens nothing.

    To be called anew when more is known: its status, identity and triage.  ``paths`` are those of its key, as
    far as they are not its occurrences.  Without ``today``, as ``YYYY-MM-DD``, no key is old or unused.
    """
    kind, who = _kind(one), _owner(one)
    for type_ in (one.key_type or "", ""):
        if (one.status, type_) in states.SHORT:
            return tuple(_filled(one, who, step) for step in states.SHORT[one.status, type_])
    if one.severity == "info":
        return (EXAMPLE,)
    steps = states.of_owner(kind, who) or STEPS[kind]
    if one.status == "mismatched" and one.key_id and kind in STEPS:
        steps = states.unfitting(STEPS.get(f"{one.key_type}-id", STEPS[kind]), alone=one.secret is None)
    if who.user != "USER":
        steps = tuple(step for step in steps if step != WHOSE)
    filled = _placed(one, who, steps, paths, today)
    return (*filled, *_beyond(one, who, kind, today)[: MOST - len(filled)])


def advised(findings: Iterable[Finding], today: str = "") -> list[Finding]:
    """The findings, each with what to do about it, now that it is known where else its key stands."""
    several = list(findings)
    paths: dict[str, set[str]] = {}
    for one in several:
        paths.setdefault(_name(one), set()).update(_paths(one))
    return [one._replace(advice=advise(one, paths[_name(one)], today)) for one in several]


def revoke(one: Finding) -> str:
    """The one step that makes a key useless to whoever has seen it."""
    who, kind = _owner(one), _kind(one)
    step = states.DELETE_ROOT if who.kind == "root" else REVOKED.get(kind, ELSEWHERE)
    return _filled(one, who, step)


def place(one: Finding) -> str:
    """Where it goes instead, said so that nothing else has to be said beside it."""
    home = belongs(one.rule, one.path)
    if _owner(one).kind == "root":
        return states.NO_ROOT.replace(BELONGS, home)
    return home if CREDENTIALS in home or home in PLACES.values() else f"{ANYWHERE} {home}"


def belongs(rule: str, path: str | None) -> str:
    """Where a key, or better a role, goes instead of a file like ``path``.

    >>> belongs("aws-access-key-pair", "deploy/main.tf")
    'Leave keys out of the provider; for another account, use its assume_role block.'
    """
    return PLACES.get(kind_of(rule, None, None)) or instead(path)


def _placed(one: Finding, who: Owner, steps: Sequence[str], paths: Collection[str], today: str) -> list[str]:
    """The steps with what goes where the key stood; nothing goes where nobody uses it."""
    home = belongs(one.rule, one.path)
    unused = practices.unused(dict(one.triage), today)
    apart = practices.apart({*paths, *_paths(one)}) if one.key_type == "long-term" else None
    best = unused or (f"{home} {apart}" if apart else home)
    return [best if step == BELONGS else _filled(one, who, step.replace(BELONGS, home)) for step in steps]


def _beyond(one: Finding, who: Owner, kind: str, today: str) -> list[str]:
    """What comes after the key itself, the most important first."""
    history = practices.history(one) if kind in LASTING else None
    habits = practices.habits(dict(one.triage), today, root=who.kind == "root")
    return [step for step in (history, *habits) if step]


def _filled(one: Finding, who: Owner, step: str) -> str:
    for mark, value in (("{id}", one.key_id or "ID"), ("{user}", who.user), ("{name}", who.name)):
        step = step.replace(mark, value)
    return step


def _kind(one: Finding) -> str:
    return kind_of(one.rule, one.key_id, one.key_type)


def _owner(one: Finding) -> Owner:
    """Whose it is: as AWS said; else the root user's, where the file is called as AWS calls that download."""
    name = (one.path or "").rpartition("/")[2].lower()
    if one.identity is None and one.key_type == "long-term" and name.startswith(_ROOT_FILE):
        return states.Owner("root")
    return states.owner(one.identity)


def _paths(one: Finding) -> set[str]:
    return {place for place in (one.path, *(other.path for other in one.occurrences)) if place}


def _name(one: Finding) -> str:
    return one.key_id or one.fingerprint
