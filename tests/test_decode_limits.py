"""Text that is made to be expensive costs what other text costs, and what was cut short is said."""

from __future__ import annotations

import base64
import random
import time
import tracemalloc

import keys
import pytest

import keyguard
from keyguard import pipeline, rules
from keyguard.config import Config
from keyguard.decode import walk
from keyguard.engine import Engine
from keyguard.model import Chunk, Origin, Report
from keyguard.sources import Single, files

SIZE = 1 << 20
ID, SECRET = keys.pair(5)


def nested(times: int) -> bytes:
    """An ID in base64, as often as that."""
    data = f"key {ID}".encode()
    for _ in range(times):
        data = base64.b64encode(data)
    return data


def filled(unit: bytes) -> bytes:
    return unit * (SIZE // len(unit))


BAD = {
    "random base64": base64.b64encode(random.Random(1).randbytes(SIZE)),
    "base64 in lines": base64.encodebytes(filled(b"some text. ")),
    "base64 of IDs": filled(b"QUtJQFLSUBS0lB"),
    "backslashes": filled(b"\\"),
    "escaped slashes": filled(b"abcdefgh\\/"),
    "percent signs": filled(b"%"),
    "percent escapes": filled(b"abcdefgh%2F"),
    "percent of percent": b"abcdefgh%" + b"25" * SIZE + b"2Fabcdefgh",
    "references": filled(b"&#65;"),
    "ampersands": filled(b"&amp;#47;"),
    "quotes": b"AKIA" + filled(b'"'),
    "joints": b"AKIA" + filled(b'"+"a'),
    "spaces behind quotes": b"AKIA" + filled(b'a"' + b" " * 119),
    "operators": b"AKIA" + filled(b'a"' + b"+" * 119),
    "names": filled(b"secret='a'+"),
    "IDs": filled(b"AKIA "),
    "marks": filled("a\u200b".encode()),
    "lists": filled(b"0x41, 0x4b, 0x49, 0x41, "),
    "numbers": filled(b"65, 75, 73, 65, "),
    "hex": filled(b"414b4941"),
    "lines that go on": b"AKIA" + filled(b"a\\\n"),
    "zeros": filled(b"\0"),
    "hashes": b"\n".join(random.Random(n).randbytes(32).hex().encode() for n in range(10_000)),
}


@pytest.mark.parametrize("name", BAD)
def test_time_is_linear(name: str) -> None:
    """Ten times the budget of an ordinary machine for a megabyte: what is quadratic takes minutes."""
    engine = Engine(rules.builtin)
    begun = time.process_time()
    engine.matches(Chunk(BAD[name]))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("name", ["percent escapes", "lists", "marks", "references", "base64 in lines"])
def test_memory_is_bounded(name: str) -> None:
    engine = Engine(rules.builtin)
    engine.matches(Chunk(b"AKIA"))
    tracemalloc.start()
    engine.matches(Chunk(BAD[name]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 150 << 20


@pytest.mark.parametrize("times", range(1, walk.DEPTH + 1))
def test_so_many_encodings_are_undone(times: int) -> None:
    (match,) = Engine(rules.builtin).matches(Chunk(nested(times)))
    assert match.encoding == "+".join(["base64"] * times)


def scanned(data: bytes) -> Report:
    document = files.document(Origin("files", "deep.txt"), data)
    return pipeline.scan([Single(lambda: iter([document]))], pipeline.Scanner(Config()))


@pytest.mark.parametrize("times", [walk.DEPTH + 1, 20])
def test_one_more_is_told(times: int) -> None:
    report = scanned(nested(times))
    ((path, reason, failed),) = report.skipped
    assert (path, "encoded more than 4 times" in reason, failed) == ("deep.txt", True, False)
    assert report.complete


def test_too_many_escapes_are_told() -> None:
    report = scanned(filled(b"abcdefgh%2F") + b" abcdefgh%2F" * walk.PARTS)
    assert ["so many escapes" in one.reason for one in report.skipped] == [True]


def test_too_many_bytes_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "FACTOR", 0)
    monkeypatch.setattr(walk, "ALLOWANCE", 1000)
    report = scanned(base64.b64encode(filled(f"{ID} ".encode())))
    assert ["holds so much" in one.reason for one in report.skipped] == [True]


def test_an_ordinary_text_is_not_cut_short() -> None:
    assert scanned(f"key = {base64.b64encode(SECRET.encode()).decode()}".encode()).skipped == ()


def test_what_is_hidden_is_masked() -> None:
    hidden = base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
    assert hidden[4:] not in keyguard.redact(f"Authorization: Basic {hidden}\n")
