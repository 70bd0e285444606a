"""Looks up the keys that a scan found among those of an account: whose they are, and whether they work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyguard import digests, keyid
from keyguard.account import audit, practices
from keyguard.account.users import ROOT, User
from keyguard.errors import SourceError
from keyguard.model import Finding, Occurrence, Severity, Skipped
from keyguard.reporters import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from keyguard.account.users import Key

_NOTHING: Final = "It opens nothing any more. Look in CloudTrail for what it did while it worked."
_FORMS: Final = "-f json or -f jsonl"
_REASONS: Final[Mapping[str, str]] = {
    "temporary": "temporary credentials: an account lists none of them",
    "elsewhere": "it belongs to account {account}, not to this one",
    "nobody": "it is none of the keys of this account's users; its own account is not in the ID",
    "unlisted": "not all of the account's keys could be listed: it may be one of them",
}


_TEXT: Final = str | None
_PLACE: Final = {"path": _TEXT, "line": int, "commit": _TEXT, "reachable": _TEXT}
_FIELDS: Final = {
    **_PLACE,
    **dict.fromkeys(("column", "end_line", "end_column"), int),
    **dict.fromkeys(("encoding", "object"), str),
    **dict.fromkeys(("key_type", "author", "date"), _TEXT),
    "in_head": bool | None,
}
"""What of a finding is kept, and its types; its secret is not."""


class Found(NamedTuple):
    """A key that a scan found: its ID, and the finding's fields where it was found first; all its places."""

    id: str
    fields: Mapping[str, Any]
    places: tuple[Occurrence, ...]
    total: int

    @property
    def place(self) -> str:
        """Where it was found first, for people."""
        first = self.places[0]
        return f"{first.path or first.commit or 'a message'}:{first.line}"


class Holdings(NamedTuple):
    """The keys of an account by their IDs; whether these are all, and whether the root user has any."""

    keys: Mapping[str, tuple[User, Key]]
    account: str | None
    all_keys: bool
    root: User | None


def found(text: str, name: str) -> tuple[tuple[Found, ...], tuple[Skipped, ...]]:
    """The keys in a report of keyguard's, each once, in its order; and what of it cannot be looked up.

    The report is ``json`` or ``jsonl``.  Raises :class:`SourceError` for any other text; ``name`` is what it
    is called there.
    """
    objects = _objects(text, name)
    findings = [one for one in objects if one.get("type") == "finding"]
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for one in findings:
        if isinstance(one.get("key_id"), str):
            by_id.setdefault(one["key_id"], []).append(one)
    try:
        keys = tuple(_merged(key_id, several) for key_id, several in by_id.items())
    except (KeyError, TypeError, ValueError, IndexError):
        raise SourceError(f"{name} has findings that keyguard did not write", "scan again") from None
    alone = len(findings) - sum(map(len, by_id.values()))
    whole = all(one.get("complete", True) for one in objects)
    notes = [f"{alone:,} of its findings have no key ID to look up"] if alone else []
    notes += [] if whole else ["its scan was incomplete: there may be more keys"]
    return keys, tuple(Skipped(name, note, failed=False) for note in notes)


def _objects(text: str, name: str) -> list[Mapping[str, Any]]:
    objects = reading.objects(text)
    if objects is None or not all(isinstance(one, dict) for one in objects):
        raise SourceError(f"{name} is no report of keyguard's", f"make one with {_FORMS}")
    if not any(one.get("type") == "summary" for one in objects):
        raise SourceError(f"{name} is no whole report of keyguard's: it has no summary", "scan again")
    return objects


def _merged(key_id: str, several: Sequence[Mapping[str, Any]]) -> Found:
    """A key, out of its findings.  Raises what Python does when these are not as keyguard writes them."""
    fields = {name: _checked(several[0][name], kind) for name, kind in _FIELDS.items()}
    places = [
        Occurrence(*(_checked(place[name], kind) for name, kind in _PLACE.items()))
        for one in several
        for place in one["occurrences"]
    ]
    total = sum(int(one["occurrence_count"]) for one in several)
    return Found(key_id, fields, tuple(dict.fromkeys([places[0], *places])), total)


def _checked(value: Any, kind: Any) -> Any:  # noqa: ANN401 - what is in JSON
    if not isinstance(value, kind):
        raise TypeError(kind)
    return value


def holdings(users: Sequence[User], *, all_keys: bool, root_keys: bool | None) -> Holdings:
    """What is known of an account's keys; ``root_keys``: whether the root user has any, None if unknown."""
    keys = {key.id: (user, key) for user in users for key in user.keys if key.id}
    account = next((user.account for user in users if user.account), None)
    root = next((user for user in users if user.root), User(ROOT, None, None, None, ()))
    return Holdings(keys, account, all_keys, None if root_keys is False else root)


def matched(several: Sequence[Found], held: Holdings) -> Iterator[Finding | Skipped]:
    """A finding for each key of the account, and why each other one has none."""
    for one in several:
        if one.id in held.keys:
            yield _of_user(one, *held.keys[one.id])
        else:
            yield _of_nobody(one, held)


def _of_user(one: Found, user: User, key: Key) -> Finding:
    severity: Severity = "high" if key.active else "low"
    state = "is active" if key.active else "is deactivated"
    message = f"Found in {one.place}, {state}, belongs to user {user.name}; {audit.use(key)}."
    return _placed(
        one, audit.finding(audit.Broken(practices.KEY_IN_CODE, message, severity), user, key, None)
    )


def _of_nobody(one: Found, held: Holdings) -> Finding | Skipped:
    """What to say of a key that no user is known to have; that is no proof that it does not work."""
    account = keyid.account(one.id.encode("ascii", "replace"))
    if keyid.key_type(one.id.encode("ascii", "replace")) == "temporary":
        return _not(one, "temporary", failed=False)
    if account is not None and held.account is not None and account != held.account:
        return _not(one, "elsewhere", failed=False, account=account)
    if not held.all_keys:
        return _not(one, "unlisted", failed=True)
    if account is None or held.account is None:
        return _not(one, "nobody", failed=False)
    return _roots(one, held.root) if held.root else _deleted(one, account)


def _not(one: Found, why: str, *, failed: bool, account: str = "") -> Skipped:
    return Skipped(f"{one.id} in {one.place}", _REASONS[why].format(account=account), failed)


def _roots(one: Found, user: User) -> Finding:
    """A key of this account that no IAM user has, while the root user has one, or may have."""
    message = f"Found in {one.place}; no IAM user has it: it may be the root user's, or deleted."
    base = audit.finding(audit.Broken(practices.KEY_IN_CODE, message, "critical"), user, None, None)
    return _placed(one, base)._replace(status="unknown", advice=practices.STEPS[practices.OF_ROOT])


def _deleted(one: Found, account: str) -> Finding:
    """A key of this account that nobody in it has any more."""
    user = User("", None, None, None, ())
    message = f"Found in {one.place}; nobody in account {account} has it any more: it was deleted."
    base = audit.finding(audit.Broken(practices.KEY_IN_CODE, message, "info"), user, None, None)
    return _placed(one, base)._replace(status="inactive", account=account, holder=None, advice=(_NOTHING,))


def _placed(one: Found, finding: Finding) -> Finding:
    """The finding, at the place where the scan found the key."""
    return finding._replace(
        fingerprint=digests.fingerprint(practices.KEY_IN_CODE.encode(), one.id.encode()),
        key_id=one.id,
        **one.fields,
        occurrences=one.places,
        occurrence_count=one.total,
    )
