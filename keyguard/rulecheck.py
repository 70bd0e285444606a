"""Proves that rules do what they say: each finds its examples and none of its counterexamples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard import samples
from keyguard.config import Config
from keyguard.model import Chunk, Document, Origin
from keyguard.pipeline import Examined, Scanner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.rules import Rule, RuleSet

SEEDS: Final = range(20)
"""Every example is tried with as many different keys."""


def check(rules: RuleSet) -> Iterator[str]:
    """What is wrong with ``rules``, a sentence each; nothing when all is well.

    A rule that was written for another scanner has no examples; one of keyguard's own has to.
    """
    added = tuple(rule for rule in rules.rules if rule.added)
    scanner = Scanner(Config(rules=added), None if added else lambda: rules)
    for rule in rules.rules:
        if not rule.examples and not rule.added:
            yield f"{rule.id}: has no examples"
        yield from (
            f"{rule.id}: misses its example {text!r}"
            for text in rule.examples
            if not _always(scanner, rule, text)
        )
        yield from (
            f"{rule.id}: finds its counterexample {text!r}"
            for text in rule.counterexamples
            if _ever(scanner, rule, text)
        )


def _always(scanner: Scanner, rule: Rule, text: str) -> bool:
    return all(_finds(scanner, rule, samples.filled(text, seed)) for seed in SEEDS)


def _ever(scanner: Scanner, rule: Rule, text: str) -> bool:
    return any(_finds(scanner, rule, samples.filled(text, seed)) for seed in SEEDS)


def _finds(scanner: Scanner, rule: Rule, text: str) -> bool:
    done = Examined()
    scanner.document(Document(Origin("example", None), (Chunk(text.encode()),)), done)
    return any(finding.rule == rule.id for finding in done.findings)
