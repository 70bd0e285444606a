"""Baselines: what they know, how they are written, and that nothing but keys changes them."""

from __future__ import annotations

import hmac
import itertools
import json
import os
import stat
from typing import TYPE_CHECKING

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

import keyguard
from keyguard.baseline import files, format, matching, updating  # noqa: A004 - what it is called
from keyguard.baseline.entries import Baseline, Entry, entry, hasher
from keyguard.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Finding

SALT = bytes(range(16))
HASHES = [hasher(SALT)(bytes([number])) for number in range(8)]
HEADER = format.render(Baseline(SALT)).strip()


def pair(seed: int = 0, prefix: str = "", between: str = "\n") -> str:
    key_id, secret = keys.pair(seed)
    return f"{prefix}aws_access_key_id = {key_id}{between}aws_secret_access_key = {secret}\n"


def found(*texts: str) -> list[Finding]:
    return [one for text in texts for one in keyguard.scan_text(text, path="app.py")]


def baseline(*texts: str) -> Baseline:
    return updating.created(found(*texts), SALT, "files")


def left(known: Baseline, *texts: str) -> list[Finding]:
    return matching.split(found(*texts), known)[0]


class TestHashes:
    """Keyed, so that baselines cannot be compared."""

    def test_it_is_hmac(self) -> None:
        expected = hmac.digest(SALT, b"value", "sha256").hex()[:32]
        assert hasher(SALT)(b"value") == f"kb1:{expected}"

    def test_equal_keys_differ_with_the_salt(self) -> None:
        other = updating.created(found(pair()), bytes(16), "files")
        assert {one.hash for one in baseline(pair()).entries}.isdisjoint(one.hash for one in other.entries)

    def test_nothing_of_a_key_is_in_the_file(self) -> None:
        text = format.render(baseline(pair()))
        key_id, secret = keys.pair()
        assert key_id not in text
        assert not any(secret[at : at + 6] in text for at in range(35))


class TestKnown:
    """What a baseline knows again."""

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(pair(), id="the same"),
            pytest.param(pair(prefix="\n" * 50), id="moved"),
            pytest.param(pair(between="\n# a comment\n"), id="with a line between"),
            pytest.param(f"aws_secret_access_key = {keys.secret()}\n", id="only the secret"),
            pytest.param(f"key = {keys.key_id()}\n", id="only the ID"),
            pytest.param(pair(between="\n" * 900), id="too far apart to be a pair"),
        ],
    )
    def test_it_is_known(self, text: str) -> None:
        assert found(text)
        assert left(baseline(pair()), text) == []

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(pair(1), id="another key"),
            pytest.param(pair().replace(keys.secret(), keys.secret(1)), id="another secret on its line"),
            pytest.param(f"key = {keys.key_id(1)}\n", id="another ID"),
        ],
    )
    def test_it_is_new(self, text: str) -> None:
        assert left(baseline(pair()), text) == found(text)

    def test_an_accepted_id_does_not_accept_its_secret(self) -> None:
        known = baseline(f"key = {keys.key_id()}\n")
        assert [one.rule for one in left(known, pair())] == ["aws-access-key-pair"]

    def test_what_is_real_is_reported(self) -> None:
        known = baseline(pair())
        real = known._replace(entries=tuple(one._replace(verdict="real") for one in known.entries))
        reported, accepted, met = matching.split(found(pair()), real)
        assert (len(reported), accepted, met) == (1, [], {known.entries[0].hash})

    def test_the_reason_is_given(self) -> None:
        known = baseline(pair())
        why = known._replace(entries=(known.entries[0]._replace(reason="rotated"),))
        (one,) = matching.split(found(pair()), why)[1]
        assert (one.by, one.reason) == ("baseline", "rotated")

    def test_examples_need_no_entry(self) -> None:
        assert baseline(f"key = {keys.EXAMPLE_ID}\n").entries == ()


class TestUpdates:
    """What goes, what stays and what comes."""

    def test_what_is_gone_goes_and_the_rest_is_not_touched(self) -> None:
        known = baseline(pair(0), pair(1))
        change = updating.updated(known, found(pair(1)), add=False)
        assert change.baseline == baseline(pair(1))
        assert change.dropped == baseline(pair(0)).entries

    def test_what_is_new_comes_on_request(self) -> None:
        known = baseline(pair(0))
        assert updating.updated(known, found(pair(0), pair(1)), add=False).baseline == known
        assert updating.updated(known, found(pair(0), pair(1)), add=True).baseline == baseline(
            pair(0), pair(1)
        )

    @pytest.mark.parametrize(
        "now", [pair(between="\n" * 900), pair(prefix="#\n")], ids=["torn apart", "moved"]
    )
    def test_moving_code_changes_nothing(self, now: str) -> None:
        known = baseline(pair())
        assert updating.updated(known, found(now), add=True).baseline == known

    def test_what_was_apart_is_joined_without_a_change(self) -> None:
        known = baseline(pair(between="\n" * 900))
        assert len(known.entries) == 2
        change = updating.updated(known, found(pair()), add=True)
        assert change.added == ()

    def test_a_verdict_is_never_lost(self) -> None:
        (one,) = baseline(pair()).entries
        joined = updating.joined(Baseline(SALT, (one._replace(verdict="real"),)), [one])
        assert [each.verdict for each in joined.entries] == ["real"]

    @given(st.permutations(range(5)))
    def test_the_order_of_findings_makes_no_difference(self, order: list[int]) -> None:
        texts = [pair(seed) for seed in range(4)] + [f"key = {keys.key_id(2)}\n"]
        shuffled = baseline(*(texts[number] for number in order))
        assert format.render(shuffled) == format.render(baseline(*texts))


class TestFormat:
    """What is written is read, and what was changed is said by line."""

    @given(
        st.lists(
            st.builds(
                Entry,
                st.sampled_from(HASHES),
                st.just("aws-access-key-pair"),
                st.sampled_from(["", *HASHES]),
                st.sampled_from(["", "real", "false"]),
                st.text(),
            ),
            unique_by=lambda one: one.hash,
        )
    )
    def test_what_is_written_is_read(self, entries: list[Entry]) -> None:
        text = format.render(Baseline(SALT, tuple(entries), "history"))
        again = format.parse(text, "b")
        assert sorted(again.entries) == sorted(entries)
        assert (again.salt, again.covers) == (SALT, "history")
        assert format.render(again) == text

    def test_each_line_is_json_and_they_are_sorted(self) -> None:
        _, *lines = format.render(baseline(*map(pair, range(9)))).splitlines()
        assert len(lines) == 9
        assert lines == sorted(lines)
        assert [set(json.loads(line)) for line in lines] == [{"hash", "rule", "id"}] * 9

    def test_what_a_merge_left_out_of_order_is_written_in_order(self) -> None:
        entries = tuple(Entry(f"kb1:{digit * 32}", "r") for digit in "abc")
        assert format.render(Baseline(SALT, entries[::-1])) == format.render(Baseline(SALT, entries))

    def test_an_entry_more_is_a_line_more(self) -> None:
        few = format.render(baseline(pair(0), pair(1))).splitlines()
        more = format.render(baseline(pair(0), pair(1), pair(2))).splitlines()
        assert len(set(more) - set(few)) == 1
        assert set(few) <= set(more)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("{0}\n{2}\n{1}\n", id="in another order"),
            pytest.param("{0}\n{1}\n{2}\n{1}\n", id="twice"),
            pytest.param("{0}\n{1}\n\n{2}", id="an empty line, and no end"),
            pytest.param("{0}\n {1}\n{2} \n", id="blanks"),
            pytest.param("\ufeff{0}\n{1}\n{2}\n", id="a byte order mark"),
        ],
    )
    def test_what_does_no_harm_is_taken(self, text: str) -> None:
        lines = format.render(Baseline(SALT, (Entry(HASHES[0], "a"), Entry(HASHES[1], "b")))).splitlines()
        assert set(format.parse(text.format(*lines), "b").entries) == {
            Entry(HASHES[0], "a"),
            Entry(HASHES[1], "b"),
        }

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            pytest.param("<<<<<<< HEAD", "b:2: a merge conflict", id="conflict"),
            pytest.param("=======", "b:2: a merge conflict", id="conflict, its middle"),
            pytest.param('{"hash": ', "b:2: this line is no JSON object", id="cut"),
            pytest.param("[" * 5000, "b:2: this line is no JSON object", id="deep"),
            pytest.param("[]", "b:2: the fields of an entry are", id="a list"),
            pytest.param('{"hash":"kb1:12","rule":"a"}', "b:2: a hash is", id="no hash"),
            pytest.param(f'{{"hash":"{HASHES[0]}"}}', "b:2: the fields of an entry are", id="no rule"),
            pytest.param(
                f'{{"hash":"{HASHES[0]}","rule":"a","line":"3"}}', "b:2: the fields", id="another field"
            ),
            pytest.param(f'{{"hash":"{HASHES[0]}","rule":3}}', "b:2: the fields", id="a number"),
            pytest.param(
                f'{{"hash":"{HASHES[0]}","rule":"a","verdict":"ok"}}', "b:2: the verdict", id="verdict"
            ),
            pytest.param(HEADER, "b:2: a second baseline begins here", id="two baselines"),
        ],
    )
    def test_what_was_changed_is_said(self, line: str, said: str) -> None:
        with pytest.raises(ConfigError, match=said) as error:
            format.parse(f"{HEADER}\n{line}\n", "b")
        assert error.value.advice

    def test_two_verdicts_on_one_key(self) -> None:
        lines = [f'{{"hash":"{HASHES[0]}","rule":"a","verdict":"{one}"}}' for one in ("real", "false")]
        with pytest.raises(ConfigError, match="b:3: line 2 calls the same key real"):
            format.parse("\n".join([HEADER, *lines, ""]), "b")

    def test_a_verdict_wins_over_none(self) -> None:
        lines = [f'{{"hash":"{HASHES[0]}","rule":"a"{one}}}' for one in ("", ',"verdict":"false"')]
        for several in itertools.permutations(lines):
            (one,) = format.parse("\n".join([HEADER, *several, ""]), "b").entries
            assert one.verdict == "false"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param("", "no baseline of keyguard", id="empty"),
            pytest.param('{"results": {}}', "no baseline of keyguard.*baseline import", id="of another"),
            pytest.param(HEADER.replace('"version":1', '"version":2'), "version 2.*update", id="newer"),
            pytest.param(HEADER.replace('"version":1', '"version":"x"'), "first line", id="no version"),
            pytest.param(HEADER.replace("sha256:0", "sha256:x"), "first line", id="another salt"),
            pytest.param(HEADER.replace("files", "moon"), "first line", id="covers something else"),
            pytest.param(f"<<<<<<< x\n{HEADER}", "a merge conflict", id="conflict"),
        ],
    )
    def test_what_is_no_baseline(self, text: str, said: str) -> None:
        with pytest.raises(ConfigError, match=rf"b:1: .*{said}"):
            format.parse(text, "b")


class TestFiles:
    """On disk."""

    def test_it_is_replaced_as_a_whole(self, tmp_path: Path) -> None:
        place = tmp_path / "b"
        place.write_text("old")
        place.chmod(0o640)
        files.save(str(place), baseline(pair()))
        assert files.load(str(place)) == baseline(pair())
        assert stat.S_IMODE(place.stat().st_mode) == 0o640
        assert os.listdir(tmp_path) == ["b"]

    def test_nothing_is_overwritten_before_the_new_one_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = tmp_path / "b"
        place.write_text("old")
        monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(UsageError, match="No space left"):
            files.save(str(place), baseline(pair()))
        assert place.read_text() == "old"
        assert os.listdir(tmp_path) == ["b"]

    def test_a_symlink_stays_one(self, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to("real")
        files.save(str(tmp_path / "link"), baseline(pair()))
        assert files.load(str(tmp_path / "real")) == files.load(str(tmp_path / "link"))
        assert (tmp_path / "link").is_symlink()

    def test_line_ends_of_windows(self, tmp_path: Path) -> None:
        (tmp_path / "b").write_bytes(format.render(baseline(pair())).replace("\n", "\r\n").encode())
        assert files.load(str(tmp_path / "b")) == baseline(pair())

    @pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "no text"])
    def test_what_cannot_be_read(self, tmp_path: Path, content: bytes | None) -> None:
        if content is not None:
            (tmp_path / "b").write_bytes(content)
        with pytest.raises(ConfigError):
            files.load(str(tmp_path / "b"))

    def test_where_an_entry_stands(self, tmp_path: Path) -> None:
        files.save(str(tmp_path / "b"), baseline(pair(0), pair(1)))
        second = files.load(str(tmp_path / "b")).entries[1].hash
        assert list(files.lines(str(tmp_path / "b"), {second})) == [(3, second)]


def test_the_parts_of_an_entry() -> None:
    (one,) = found(pair())
    keyed = hasher(SALT)
    key_id, secret = (value.encode() for value in keys.pair())
    assert entry(keyed, one) == Entry(keyed(secret), "aws-access-key-pair", keyed(key_id))
