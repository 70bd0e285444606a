"""Options: what a hook without any takes for given is what argparse would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyguard.cli import hook, options

if TYPE_CHECKING:
    from collections.abc import Callable

DEFINE: dict[str, Callable[[options.Definable], None]] = {
    "report": options.add_report,
    "scan": options.add_scan,
    "hook": hook.define,
}


@pytest.mark.parametrize("define", DEFINE.values(), ids=DEFINE)
def test_defaults_are_those_of_argparse(define: Callable[[options.Definable], None]) -> None:
    parser = options.parser("x", "X.")
    define(parser)
    known = vars(parser.parse_known_args(["pre-commit"])[0])
    found = vars(options.defaults(define, hook="pre-commit", arguments=[]))
    assert {name: found[name] for name in known} == known


@pytest.mark.parametrize("kind", ["scan", "report"])
def test_defaults_are_not_shared(kind: str) -> None:
    first = vars(options.defaults(DEFINE[kind]))
    for value in first.values():
        if isinstance(value, list):
            value.append("changed")
    assert "changed" not in str(vars(options.defaults(DEFINE[kind])))


@pytest.mark.parametrize(
    ("arguments", "files", "quiet"),
    [
        pytest.param(["-q", "a", "b"], ["a", "b"], True, id="before the files"),
        pytest.param(["a", "-q", "b"], ["a", "b"], True, id="among them"),
        pytest.param(["a", "b", "-q"], ["a", "b"], True, id="behind them"),
        pytest.param(["a", "--", "-q"], ["a", "-q"], False, id="a file that is called like an option"),
    ],
)
def test_options_stand_anywhere(arguments: list[str], files: list[str], *, quiet: bool) -> None:
    parser = options.parser("hook", "X.")
    hook.define(parser)
    given = parser.told(["pre-commit", *arguments])
    assert (given.arguments, given.quiet) == (files, quiet)
