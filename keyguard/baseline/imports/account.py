"""Reads the findings of an audit of an account, to accept what is wrong in it.

Unlike other files, a report of ``keyguard account`` says itself what is meant: no scan has to find it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from keyguard import digests
from keyguard.baseline.entries import Entry, of_account
from keyguard.errors import ConfigError
from keyguard.reporters import reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.baseline.imports.given import Given

NAME: Final = "keyguard-account"
WHAT: Final = "a report of 'keyguard account', in JSON"
_SCANNED: Final = "'keyguard baseline create' knows what a scan finds"


def entries(given: Given, keyed: Callable[[bytes], str]) -> list[Entry] | None:
    """An entry for each finding, with the hashes that ``keyed`` gives; None when it is no report of ours.

    Raises :class:`ConfigError` for what no audit has found.
    """
    objects = reading.objects(given.text)
    if objects is None or not any(_is(one, "summary") or _is(one, "finding") for one in objects):
        return None
    found = [one for one in objects if _is(one, "finding") and one.get("severity") != "info"]
    if not all(_whole(one) for one in found):
        raise ConfigError(f"{given.name}: this is not {WHAT}, but of a scan, or damaged", _SCANNED)
    return [Entry(keyed(one["fingerprint"].encode()), one["rule"]) for one in found]


def _is(one: Any, type_: str) -> bool:  # noqa: ANN401 - what is in JSON
    return isinstance(one, dict) and one.get("type") == type_


def _whole(one: dict[str, Any]) -> bool:
    return of_account(str(one.get("rule"))) and str(one.get("fingerprint")).startswith(digests.FINGERPRINT)
