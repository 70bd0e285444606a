"""Redaction: no key is left, and nothing else is changed."""

from __future__ import annotations

import base64
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

import keyguard
from keyguard import anchors, rules
from keyguard.engine import Engine
from keyguard.judge import candidates
from keyguard.model import Chunk
from keyguard.samples import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@pytest.mark.parametrize("between", ["", ":", "::", "\n\n\n"], ids=len)
@pytest.mark.parametrize("before", ["", "a", "ab", "abc"], ids=len)
def test_an_encoded_pair_is_masked_and_what_is_behind_it_is_not(before: str, between: str) -> None:
    """Also where both share a group of base64, and the masks would overlap."""
    written = base64.b64encode(f"{before} {ID}{between or ' '}{SECRET} ".encode()).decode()
    redacted = keyguard.redact(f"<{written}> and so on")
    assert redacted.startswith("<")
    assert redacted.endswith("> and so on")
    assert not [at for at in range(8, len(written) - 20) if written[at + 8 : at + 20] in redacted]


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


# Most lines are let through without asking the rules; none of those may hold a key.

EXAMPLES = [
    pytest.param(example, id=f"{rule.id}-{number}")
    for rule in rules.builtin().rules
    for number, example in enumerate(rule.examples)
]
PIECES = st.sampled_from(
    [
        *(literal.decode() for literal in anchors.LITERALS),
        *(ID, SECRET, ID[:10], ID[10:], keys.bedrock_key(), filled("{smtp}", 1), filled("{appsync}", 1)),
        *(
            ' + "',
            '"',
            " ",
            "=",
            "\n",
            "\0",
            "%2F",
            "email-smtp.eu-west-1.amazonaws.com",
            "0123456789abcdef" * 3,
        ),
    ]
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_a_rule_finds_is_masked(example: str) -> None:
    text = filled(example, 3)
    assert [one.rule for one in keyguard.scan_text(text)] != []
    assert [one for one in keyguard.scan_text(keyguard.redact(text)) if one.secret or one.token] == []


@given(st.lists(PIECES, max_size=8).map("".join))
def test_what_is_let_through_holds_nothing(text: str) -> None:
    if keyguard.redact(text) == text:
        assert candidates(Engine(rules.builtin).matches(Chunk(text.encode()))) == []


def log_lines() -> Iterator[str]:
    """Lines of a service's log without end; one in a hundred has a key."""
    number = 0
    while True:
        number += 1
        if number % 100:
            yield f"2030-01-02 03:04:05 smtp.worker {number} took job 00f067aa-0ba9-02b7-9d0e-4736a3ce929d"
        else:
            yield filled("2030-01-02 03:04:05 ERROR no such key: {id}, {secret} in the request", number)


def masked_as_they_should_be(lines: list[str]) -> bool:
    """Whether a line has a mask where it had a key, and is as it was where not; five megabytes, and ten."""
    done = [keyguard.redact(line) for line in lines]
    plain = [number for number, line in enumerate(lines, 1) if number % 100 and done[number - 1] != line]
    keyed = [line for line in done[99::100] if line.count(MASK) != 2]
    return not plain and not keyed


def test_of_many_lines_no_key_is_lost_and_no_other_line_is_changed() -> None:
    """Also not where the machinery for much text takes over, after four megabytes; in several threads."""
    lines = list(islice(log_lines(), 60_000))
    assert masked_as_they_should_be(lines)
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(masked_as_they_should_be, [lines[:5000]] * 4))
