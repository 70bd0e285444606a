"""Asks in rounds, of which each knows what came of the one before; the edge of verification."""

from __future__ import annotations

import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from keyguard.verify import deep, partitions, plan, threads, verdicts
from keyguard.verify.asking import Asker
from keyguard.verify.model import OVERDUE, Call, UnreachableError, Verdict, unwatched
from keyguard.verify.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from keyguard.model import Finding, Secret
    from keyguard.verify.model import Facts, Key, Settings, Stage, Watch
    from keyguard.verify.outcome import Book
    from keyguard.verify.partitions import Endpoint
    from keyguard.verify.plan import Case, First, IsExample

T = TypeVar("T")

IDENTITY: Final = Call("GetCallerIdentity", "2011-06-15")


class Rounds:
    """One run over one report."""

    def __init__(
        self,
        settings: Settings,
        book: Book,
        tripwires: Collection[str],
        is_example: IsExample,
        watch: Watch = unwatched,
    ) -> None:
        """Ask as ``settings`` say, and write what is answered into ``book``; ``tripwires`` are accounts."""
        self._watch = watch
        self._tripwires = () if settings.canaries else tripwires
        self._settings = settings
        self._book = book
        self._is_example = is_example
        self._limits = settings.workers, settings.deadline
        self._last: dict[str, tuple[Secret, float]] = {}

    def ask(self, findings: Sequence[Finding], first: First) -> None:
        """Pairs, then guesses, then, if it was wished for, lone IDs and what live keys may do.

        Raises :class:`UnreachableError` when nobody can be asked anything.
        """
        with closing(Transport(self._settings)) as transport:
            self._rounds(findings, first, Asker(transport, self._settings))

    def _rounds(self, findings: Sequence[Finding], first: First, asker: Asker) -> None:
        self._ask("keys", first.cases, asker)
        guesses = plan.guesses(findings, first.lone, dict(self._book.asked), self._is_example)
        self._ask("guesses", guesses, asker)
        if self._settings.ids:
            self._ask("ids", plan.throw_aways(first.lone, list(self._book.asked)), asker)
        if self._settings.deep:
            live = [key for key, verdict in list(self._book.asked.items()) if verdict.status == "active"]
            self._each("deep", partial(self._look_deeper, asker=asker), live)
            for key in live:
                self._add(key, (), missing=("deep", f"not known: {OVERDUE}"))

    def _ask(self, stage: Stage, cases: Sequence[Case], asker: Asker) -> None:
        self._each(stage, partial(self._case, asker=asker), cases)
        self._book.fill(cases, OVERDUE)

    def _each(self, stage: Stage, function: Callable[[T], None], items: Sequence[T]) -> None:
        """Call ``function`` for all of ``items``, and tell who watches."""
        threads.each(function, items, *self._limits, lambda done: self._watch(stage, done, len(items)))

    def _case(self, case: Case, asker: Asker) -> None:
        """Try the secrets of an ID until one is its own, or no other can be; raises nothing."""
        endpoints = partitions.route(case.region, self._settings.regions, self._settings.sts_endpoint)
        for key in case.tries:
            verdict = self._verdict(key, endpoints, asker)
            self._book.asked[key] = verdict
            wrong_token = verdict.status == "inactive" and key.token is not None
            if verdict.status != "mismatched" and not wrong_token:
                break

    def _verdict(self, key: Key, endpoints: Sequence[Endpoint], asker: Asker) -> Verdict:
        """What AWS says of ``key``: in one region after the other, as long as it is not known there."""
        verdict = Verdict("unknown", "no region to ask in", failed=True)
        try:
            for endpoint in endpoints:
                self._space(key, asker)
                answer = asker.ask(IDENTITY, key, endpoint)
                partition = partitions.partition(endpoint.region)
                verdict = verdicts.verdict(key, answer, endpoint.host, partition, self._tripwires)
                if verdict.status != "inactive":
                    break
        except UnreachableError as error:
            return Verdict("unknown", str(error), failed=True)
        except Exception as error:  # noqa: BLE001 - its text could hold a secret; the others are to be asked
            return Verdict("unknown", f"unexpected {type(error).__name__}", failed=True)
        return verdict

    def _space(self, key: Key, asker: Asker) -> None:
        """Wait, when the same ID was asked about with another secret just now.

        STS was seen to refuse even the right secret within five seconds of a wrong one.
        """
        secret, when = self._last.get(key.id, (key.secret, 0.0))
        if secret != key.secret:
            asker.sleep(when + self._settings.spacing - time.monotonic())
        self._last[key.id] = key.secret, time.monotonic()

    def _look_deeper(self, key: Key, asker: Asker) -> None:
        """Add to the verdict on a live key what it may do; raises nothing."""
        identity = self._book.asked[key].identity
        if identity is None:
            return
        try:
            endpoint = partitions.iam(identity.arn.split(":")[1], self._settings.iam_endpoint)
            facts = deep.facts(
                key, identity, lambda call: asker.ask(call, key, endpoint), self._settings.today
            )
        except Exception as error:  # noqa: BLE001 - as above
            facts = (("deep", f"not known: unexpected {type(error).__name__}"),)
        self._add(key, facts)

    def _add(self, key: Key, facts: Facts, missing: tuple[str, str] | None = None) -> None:
        """Add facts to the verdict on ``key``; ``missing`` is added when it has none."""
        verdict = self._book.asked[key]
        more = (missing,) if missing and not verdict.facts else facts
        self._book.asked[key] = verdict._replace(facts=(*verdict.facts, *more))
