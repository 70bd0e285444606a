"""Redaction: no key is left, and nothing else is changed."""

from __future__ import annotations

import io
import logging

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

import keyguard

ID, SECRET = keys.pair(1)
MASK = "*" * 12


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("nothing", "nothing", id="nothing"),
        pytest.param(f"é {ID} {SECRET}!", f"é AKIA{MASK} {SECRET[:4]}{MASK}!", id="a pair"),
        pytest.param(f"a\r\nkey={ID}\r\n", f"a\r\nkey=AKIA{MASK}\r\n", id="lines keep their ends"),
        pytest.param(f"{ID}\n{ID}", f"AKIA{MASK}\nAKIA{MASK}", id="twice"),
        pytest.param(f"{SECRET} # keyguard: ignore", f"{SECRET[:4]}{MASK} # keyguard: ignore", id="accepted"),
        pytest.param(f"\ufeff{SECRET}", f"\ufeff{SECRET[:4]}{MASK}", id="behind a byte order mark"),
        pytest.param(f"\udcff{SECRET}", f"\udcff{SECRET[:4]}{MASK}", id="behind a lone surrogate"),
        pytest.param("\0".join(f" {ID} "), f" \0A\0K\0{MASK} ", id="with zeros between, as in UTF-16"),
    ],
)
def test_redact(text: str, expected: str) -> None:
    assert keyguard.redact(text) == expected


@given(st.text(), st.text())
def test_no_secret_survives_whatever_stands_around(before: str, after: str) -> None:
    text = f"{before}\naws_secret_access_key = {SECRET}\n{after}"
    assert SECRET not in keyguard.redact(text)
    assert keyguard.redact(text).startswith(before[:1])


def logged(*arguments: object, **options: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(keyguard.RedactingFilter())
    logger = logging.Logger("test")  # noqa: LOG001 - not the process's own
    logger.addHandler(handler)
    logger.error(*arguments, **options)  # type: ignore[arg-type]  # whatever a program may log
    return stream.getvalue()


def test_a_log_record_is_masked_arguments_and_traceback_included() -> None:
    assert logged("key %s of %d", SECRET, 3) == f"key {SECRET[:4]}{MASK} of 3\n"
    try:
        raise ValueError(SECRET)  # noqa: TRY301 - to have a traceback
    except ValueError:
        shown = logged("failed", exc_info=True, stack_info=True)
    assert "ValueError" in shown
    assert SECRET not in shown
