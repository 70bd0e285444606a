"""The pipeline: one order, nothing lost, nothing silent."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import keys
import pytest

from keyguard import pipeline
from keyguard.config import Config
from keyguard.errors import SourceError
from keyguard.model import Chunk, Document, Origin, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

ID, SECRET = keys.pair(1)


class Texts:
    """A part made of texts; a text that begins with ``!`` is something that happens instead."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = texts

    unit = "files"

    def documents(self, _: object) -> Iterator[Document | Skipped]:
        for number, text in enumerate(self.texts):
            if text == "!error":
                raise SourceError("it broke", "mend it")
            if text == "!interrupt":
                raise KeyboardInterrupt
            if text == "!die":
                os.kill(os.getpid(), signal.SIGKILL)
            if text == "!skip":
                yield Skipped("s", "no reason")
                continue
            yield Document(Origin("files", f"{number}.txt"), (Chunk(text.encode()),))


def scan(*texts: str, jobs: int = 1, config: Config = Config()) -> pipeline.Report:  # noqa: B008 - immutable
    return pipeline.scan([Texts(texts)], pipeline.Scanner(config), jobs)


def test_what_was_found_before_an_error_is_reported() -> None:
    report = scan(ID, "!error", SECRET)
    assert [finding.key_id for finding in report.findings] == [ID]
    assert report.summary.errors == ("it broke; mend it",)
    assert not report.complete


def test_what_was_found_before_an_interruption_is_reported() -> None:
    report = pipeline.scan([Texts((ID, "!interrupt")), Texts((ID,))], pipeline.Scanner(Config()))
    assert len(report.findings) == 1
    assert (report.interrupted, report.complete) == (True, False)


def test_what_was_skipped_is_in_the_report() -> None:
    report = scan("!skip", ID)
    assert (len(report.skipped), len(report.findings), report.complete) == (1, 1, False)


def test_a_dead_process_is_an_error_and_no_hang() -> None:
    report = pipeline.scan([Texts(("!die",)), Texts(("x",))], pipeline.Scanner(Config()), 2)
    assert [error[:24] for error in report.summary.errors] == ["a scanning process died;"]
    assert not report.complete


def test_time_that_is_used_up_is_an_error() -> None:
    report = scan("x", ID, config=Config(deadline=time.monotonic() - 1))
    assert report.findings == ()
    assert "--timeout" in report.summary.errors[0]


def test_findings_are_in_order_whatever_read_them_first() -> None:
    parts = [Texts((f"{ID}\n{keys.key_id(2)}", SECRET)), Texts((keys.key_id(3),))]
    reports = [pipeline.scan(order, pipeline.Scanner(Config())) for order in (parts, parts[::-1])]
    assert reports[0].findings == reports[1].findings
    assert [finding.sort_key for finding in reports[0].findings] == sorted(
        one.sort_key for one in reports[0].findings
    )


def test_only_added_lines_count_but_all_of_the_text_is_context() -> None:
    text = f"id = {ID}\nsecret = {SECRET}\n"
    for added, expected in ((frozenset({2}), 1), (frozenset({1}), 1), (frozenset({3}), 0), (frozenset(), 0)):
        document = Document(Origin("staged", "a"), (Chunk(text.encode()),), added=lambda added=added: added)
        done = pipeline.Examined()
        pipeline.Scanner(Config()).document(document, done)
        assert [finding.rule for finding in done.findings] == ["aws-access-key-pair"] * expected


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        pytest.param(f"{ID}\n{SECRET}\n", ["aws-access-key-pair"], id="a pair over two lines"),
        pytest.param(f"{ID}\n", ["aws-access-key-id"], id="an ID alone"),
        pytest.param(f"{SECRET}\n", ["aws-secret-access-key"], id="a secret alone"),
        pytest.param(f"sha1: {SECRET}\n", [], id="a hash by its name"),
        pytest.param(f"x-{SECRET}-y\n", [], id="a piece of a longer token"),
    ],
)
def test_what_becomes_of_matches(text: str, rules: list[str]) -> None:
    assert [finding.rule for finding in scan(text).findings] == rules


def test_fingerprints_do_not_change_when_a_key_moves() -> None:
    here, there = (scan(f"{before}{ID} {SECRET}\n").findings[0].fingerprint for before in ("", "\n\n   x = "))
    assert here == there
    assert here.startswith("kg1:")
    assert here != scan(f"{ID} {keys.secret(2)}\n").findings[0].fingerprint


@pytest.mark.parametrize(
    "near_miss",
    [
        pytest.param("AKIA" * 25_000, id="prefixes only"),
        pytest.param(f"{ID[:-1]} " * 5_000, id="one character short"),
        pytest.param(f"{SECRET}x " * 2_500, id="41 characters"),
        pytest.param("a" * 100_000, id="one long run"),
        pytest.param(("f" * 40 + "\n") * 2_500, id="hashes"),
        pytest.param("aws_secret_access_key = " * 4_000, id="names without values"),
    ],
)
def test_a_text_of_near_misses_is_nothing(near_miss: str) -> None:
    assert scan(near_miss).findings == ()
