"""Takes keys out of text, so that logs and reports of others can be kept and sent."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Final

from keyguard import anchors, rules
from keyguard.engine import Engine
from keyguard.judge import candidates
from keyguard.model import MASK, SHOWN, Chunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BARE: Final = frozenset(anchors.LITERALS).difference(anchors.IDS)
"""The words that lead to what is written in one piece; an ID may be in several."""

_SHORTEST: Final = 20
"""Characters that the shortest of what those words lead to has in one piece."""

_PIECES: Final = bytes(
    0x61 if (chr(byte).isalnum() and byte < 0x80) or byte in b"+/=_-" else 0x20  # noqa: PLR2004 - ASCII
    for byte in range(256)
)


def redact(text: str) -> str:
    """``text`` with every key in it masked, IDs and examples too, and everything else as it was.

    What a comment in the text accepts is masked all the same.

    >>> redact("nothing to hide")
    'nothing to hide'
    """
    data = text.encode("utf-8", "surrogatepass")
    engine = _engine()
    present = engine.present(data)
    if _is_harmless(data, present):
        return text
    matches = engine.matches(Chunk(data), present)
    if not matches:
        return text
    spans = sorted((part.start, part.end) for one in candidates(matches) for part in one.parts)
    for start, end in reversed(list(_apart(spans))):
        data = data[: start + SHOWN] + MASK.encode() + data[end:]
    return data.decode("utf-8", "surrogatepass")


def _apart(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans, which are in order, those that overlap as one: in base64, two keys may share a group."""
    begin, end = 0, 0
    for start, stop in spans:
        if start >= end:
            if end:
                yield begin, end
            begin = start
        end = max(end, stop)
    if end:
        yield begin, end


def _is_harmless(data: bytes, present: frozenset[bytes]) -> bool:
    """Whether the anchors in a text are enough to know that it holds no key: most lines of a log are.

    Words such as ``smtp`` stand in every line of some logs.
    """
    if b"\0" in data or not present <= _BARE:
        return False
    return not present or b"a" * _SHORTEST not in data.translate(_PIECES)


class RedactingFilter(logging.Filter):
    """A filter for loggers and handlers that masks every key in a record before anyone sees it.

    The message is formatted here, so that a key in an argument is seen too; a traceback is formatted and
    masked as well.

    >>> handler = logging.StreamHandler()
    >>> handler.addFilter(RedactingFilter())
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the record; it is never dropped."""
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info:
            record.exc_text = redact(record.exc_text or _TRACEBACKS.formatException(record.exc_info))
            record.exc_info = None
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


_TRACEBACKS = logging.Formatter()


@cache
def _engine() -> Engine:
    return Engine(rules.builtin)
