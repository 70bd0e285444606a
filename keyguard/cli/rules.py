"""``keyguard rules``: what keyguard looks for, and the proof that it finds it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard import cli, rules
from keyguard.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """List or check the rules."""
    parser = options.parser("rules", "List the rules, or check each against its own examples.")
    parser.add_argument("action", choices=("list", "check"))
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="rules of a file, or a folder of pattern files, not keyguard's own",
    )
    given = parser.parse_args(arguments)
    ruleset = _named(given.file) if given.file else rules.builtin()
    return _check(ruleset) if given.action == "check" else _list(ruleset)


def _named(name: str) -> rules.RuleSet:
    """The rules of a folder or a file; what cannot be taken over of a file is said."""
    if os.path.isdir(name):
        return rules.load(name)
    from keyguard.cli.configured import read_rules  # noqa: PLC0415 - only for rules of others
    from keyguard.reporters.safe import safe  # noqa: PLC0415 - likewise

    shown, found, said = read_rules(name)
    for what in said:
        cli.say(f"keyguard: {safe(shown)}: {safe(what)}")
    own = {rule.id for rule in rules.builtin().rules}
    for rule in found:
        if rule.id in own:
            cli.say(f"keyguard: {safe(shown)}: {rule.id}: left out, there is a rule of that name")
    return rules.builtin()._replace(rules=tuple(rule for rule in found if rule.id not in own))


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
    from rich.text import Text  # noqa: PLC0415 - likewise

    table = Table("rule", "severity", "what it finds", box=None, pad_edge=False)
    for rule in ruleset.rules:
        table.add_row(rule.id, rule.severity, Text(rule.description))
    Console(soft_wrap=False).print(table)
    return 0
