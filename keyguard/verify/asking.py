"""Asks one thing until there is an answer: slowly enough, again where that helps, but not for ever."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from keyguard.verify import threads, verdicts
from keyguard.verify.model import OVERDUE, UnreachableError
from keyguard.verify.pace import Pace

if TYPE_CHECKING:
    from keyguard.verify.model import Answer, Call, Key, Settings
    from keyguard.verify.partitions import Endpoint
    from keyguard.verify.transport import Transport

ATTEMPTS: Final = 4
"""How often one thing is asked when the server is overloaded."""

GIVE_UP: Final = 5
"""Failures of an endpoint in a row, after which it is not asked any more."""

_LONGEST_SKEW: Final = 10 * 365 * 86_400


class Asker:
    """Asks through a transport, for many threads at once; remembers the server's clock."""

    def __init__(self, transport: Transport, settings: Settings) -> None:
        """Nothing was asked so far."""
        self._transport = transport
        self._settings = settings
        self._pace = Pace(settings.rate)
        self._skew = 0.0
        self._failures: dict[Endpoint, int] = {}

    def ask(self, call: Call, key: Key, endpoint: Endpoint) -> Answer:
        """The answer to ``call``; raises :class:`UnreachableError` when there is none."""
        corrected = False
        for attempt in range(ATTEMPTS):
            answer = self._once(call, key, endpoint)
            need = verdicts.again(answer)
            if need == "clock" and not corrected and self._take_time(answer):
                corrected = True
                continue
            if need != "later":
                break
            self._pace.slower()
            if attempt < ATTEMPTS - 1:
                self.sleep(self._settings.backoff * 2**attempt)
        self._note(endpoint, failed=need == "later")
        return answer

    def sleep(self, seconds: float) -> None:
        """Wait; raises :class:`UnreachableError` when there is not so much time left."""
        if self._left() < seconds:
            raise UnreachableError(OVERDUE)
        time.sleep(max(seconds, 0))

    def _once(self, call: Call, key: Key, endpoint: Endpoint) -> Answer:
        """One request, and a second one when the first did not get through."""
        try:
            return self._sent(call, key, endpoint)
        except UnreachableError:
            self.sleep(self._settings.backoff)
            return self._sent(call, key, endpoint)

    def _sent(self, call: Call, key: Key, endpoint: Endpoint) -> Answer:
        self._check(endpoint)
        self.sleep(self._pace.turn())
        self._check(endpoint)  # others have been asking meanwhile
        limit = min(self._settings.patience, self._left())
        try:
            answer = threads.bounded(partial(self._transport.send, call, key, endpoint, self._skew), limit)
        except TimeoutError:
            self._note(endpoint, failed=True)
            late = limit < self._settings.patience
            raise UnreachableError(OVERDUE if late else f"{endpoint.host} did not answer in time") from None
        except UnreachableError:
            self._note(endpoint, failed=True)
            raise
        return answer

    def _check(self, endpoint: Endpoint) -> None:
        if self._failures.get(endpoint, 0) >= GIVE_UP:
            raise UnreachableError(f"{endpoint.host} failed several times, and was not asked any more")

    def _note(self, endpoint: Endpoint, *, failed: bool) -> None:
        """Remember whether ``endpoint`` is of use."""
        self._failures[endpoint] = self._failures.get(endpoint, 0) + 1 if failed else 0
        if not failed:
            self._pace.faster()

    def _take_time(self, answer: Answer) -> bool:
        """Take the server's clock for ours; False when it did not say what it is."""
        try:
            ahead = parsedate_to_datetime(answer.date).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return False
        if abs(ahead) >= _LONGEST_SKEW:
            return False
        self._skew = ahead
        return True

    def _left(self) -> float:
        deadline = self._settings.deadline
        return float("inf") if deadline is None else deadline - time.monotonic()
