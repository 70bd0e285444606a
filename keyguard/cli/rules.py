"""``keyguard rules``: what keyguard looks for, and the proof that it finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard import cli, rules
from keyguard.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """List or check the rules."""
    parser = options.parser("rules", "List the rules, or check each against its own examples.")
    parser.add_argument("action", choices=("list", "check"))
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help="other pattern files than keyguard's own")
    given = parser.parse_args(arguments)
    ruleset = rules.load(given.folder) if given.folder else rules.builtin()
    return _check(ruleset) if given.action == "check" else _list(ruleset)


def _check(ruleset: rules.RuleSet) -> int:
    from keyguard.rulecheck import check  # noqa: PLC0415 - not to list them

    rules.check_patterns(ruleset)
    wrong = list(check(ruleset))
    for sentence in wrong:
        cli.complain(sentence)
    if wrong:
        return 1
    examples = sum(len(rule.examples) + len(rule.counterexamples) for rule in ruleset.rules)
    print(f"{len(ruleset.rules)} rules hold against {examples} examples and counterexamples")
    return 0


def _list(ruleset: rules.RuleSet) -> int:
    from rich.console import Console  # noqa: PLC0415 - only to draw a table
    from rich.table import Table  # noqa: PLC0415 - likewise

    table = Table("rule", "severity", "what it finds", box=None, pad_edge=False)
    for rule in ruleset.rules:
        table.add_row(rule.id, rule.severity, rule.description)
    Console(soft_wrap=False).print(table)
    return 0
