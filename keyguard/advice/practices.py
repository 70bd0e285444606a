"""Says what a key shows of how keys are handled: what AWS's practices advise beyond this one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from keyguard.model import Finding

DAYS: Final = 90
"""From this age on a key is old, and after so many days without a use unused; AWS's own examples use it."""

UNUSED: Final = "It was not used for {days:,} days: remove it for good, and put nothing in its place."
NEVER_USED: Final = "IAM knows of no use of it: remove it for good, and put nothing in its place."
_APART: Final = "In {count} directories: give each application its own key."
_OLD: Final = f"It is {{days:,}} days old. Rotate keys that have to stay, every {DAYS} days for instance."
_NO_MFA: Final = "Its user has no MFA: add it, and let policies ask for it (aws:MultiFactorAuthPresent)."
_NO_ROOT_MFA: Final = "Turn on MFA for the root user: in the console, under Security credentials."
_HISTORY: Final = (
    "Take it out of the history last; that takes back nothing that was pushed: "
    "`git filter-repo --replace-text FILE`"
)
_LOST: Final = "No branch or tag leads to it any more: git gc removes it in time, but not from copies."

_ONE_APPLICATION: Final = frozenset(
    ("", ".github", "config", "doc", "docs", "example", "examples", "scripts", "spec", "test", "tests")
)
"""Directories that go with any application."""


def unused(facts: Mapping[str, str], today: str) -> str | None:
    """What to say of a key that nobody uses."""
    last = facts.get("last_used", "")
    if last.startswith("never"):
        return NEVER_USED
    days = days_since(last, today)
    return UNUSED.format(days=days) if days is not None and days > DAYS else None


def apart(paths: Iterable[str]) -> str | None:
    """What to say of a key that several applications may share."""
    count = applications(paths)
    return _APART.format(count=count) if count > 1 else None


def history(one: Finding) -> str | None:
    """What to say of what is in commits: rotating comes first, since rewriting undoes no leak."""
    if one.commit is None:
        return _LOST if one.source == "history" and one.reachable == "unreachable" else None
    return _LOST if one.reachable in ("reflog", "unreachable") else _HISTORY


def habits(facts: Mapping[str, str], today: str, *, root: bool = False) -> list[str]:
    """What to change besides this key: MFA, and rotation."""
    days = days_since(facts.get("created", ""), today)
    mfa = [_NO_ROOT_MFA if root else _NO_MFA] if facts.get("mfa", "") == "no" else []
    return mfa if root or days is None or days <= DAYS else [*mfa, _OLD.format(days=days)]


def applications(paths: Iterable[str]) -> int:
    """How many applications the files may belong to: the directories that they do not share.

    >>> applications(["services/a/x.py", "services/b/y.py"]), applications(["src/app.py", "tests/t.py"])
    (2, 1)
    """
    folders = {tuple(path.split("/")[:-1]) for path in paths}
    shared = _shared(folders)
    apart = {next(iter(folder[shared:]), "") for folder in folders}
    return len(apart - _ONE_APPLICATION)


def days_since(when: str, today: str) -> int | None:
    """Days from the date that ``when`` begins with to ``today``; None when one of them is no date."""
    from datetime import date  # noqa: PLC0415 - only what AWS said has dates, and no hook asks it

    try:
        return (date.fromisoformat(today[:10]) - date.fromisoformat(when[:10])).days
    except ValueError:
        return None


def _shared(folders: Collection[tuple[str, ...]]) -> int:
    """How many directories, from the top, they have in common."""
    count = 0
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        count += 1
    return count
