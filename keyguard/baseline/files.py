"""Reads and writes baselines on disk; what is there is replaced only by what is completely written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from keyguard.baseline.format import parse, render
from keyguard.errors import ConfigError
from keyguard.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from keyguard.baseline.entries import Baseline

NAME: Final = ".keyguard-baseline.jsonl"
"""What a baseline is called when nobody says otherwise."""

_ELSEWHERE: Final = "name another file with --baseline"
_SHARED: Final = 0o644
"""A baseline is committed: everybody may read it."""


def load(path: str) -> Baseline:
    """The baseline at ``path``.  Raises :class:`ConfigError`."""
    return parse(_text(path), path)


def save(path: str, baseline: Baseline) -> None:
    """Write the baseline, in one step; a symlink stays one.  Raises :class:`UsageError`."""
    place = os.path.realpath(path) if os.path.islink(path) else path
    mode = os.stat(place).st_mode & 0o777 if os.path.exists(place) else _SHARED
    replace(place, [render(baseline).encode()], mode, _ELSEWHERE)


def lines(path: str, hashes: Container[str]) -> Iterator[tuple[int, str]]:
    """The numbers of the lines whose entry has one of ``hashes``, and that hash."""
    for number, line in enumerate(_text(path).split("\n"), 1):
        found = line.partition('"hash":')[2].strip()[1:].partition('"')[0]
        if found in hashes:
            yield number, found


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        advice = "make one with 'keyguard baseline create', or of a report with 'import'"
        raise ConfigError(f"there is no baseline {path}", advice) from None
    except OSError as error:
        raise ConfigError(f"the baseline {path} cannot be read: {error.strerror}", _ELSEWHERE) from None
    except UnicodeDecodeError:
        raise ConfigError(f"the baseline {path} is no text", "take the file from git again") from None
