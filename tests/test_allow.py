"""What a configuration accepts is listed with its reason, and back when its day is past."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import keys
import pytest
import repos
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

import keyguard
from keyguard import allow, cli
from keyguard.allow import Allow, Base, Line, Lines
from keyguard.errors import ConfigError
from keyguard.settings import ignorefile

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2026-11-25"
ID, SECRET = keys.pair(3)
PAIR = f"aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"


def found(path: str | None = "src/app.ini", text: str = PAIR) -> keyguard.Finding:
    (one,) = keyguard.scan_text(text, path)
    return one


def by(entry: allow.Entry, one: keyguard.Finding, today: str = TODAY) -> bool:
    return allow.accepted([entry], one, today) is not None


class TestEntry:
    """An entry accepts what fits all that it says."""

    @pytest.mark.parametrize(
        ("fields", "accepts"),
        [
            pytest.param({"paths": ("src/",)}, True, id="directory"),
            pytest.param({"paths": ("*.ini",)}, True, id="ending"),
            pytest.param({"paths": ("/app.ini",)}, False, id="anchored elsewhere"),
            pytest.param({"paths": ("src/", "!src/app.ini")}, False, id="taken back"),
            pytest.param({"accounts": ("123456789012",)}, True, id="account"),
            pytest.param({"accounts": ("210987654321",)}, False, id="another account"),
            pytest.param({"values": (found().fingerprint,)}, True, id="fingerprint"),
            pytest.param({"values": ("kg1:" + "0" * 32,)}, False, id="another fingerprint"),
            pytest.param({"stopwords": (SECRET[3:9].upper(),)}, True, id="word in the secret, in any case"),
            pytest.param({"stopwords": (ID[4:10],)}, False, id="word in the ID of a secret"),
            pytest.param({"stopwords": ("aws_",)}, False, id="word beside the value"),
            pytest.param({"stopwords": ("app.ini",)}, False, id="word in the path"),
            pytest.param({"rules": ("aws-access-key-pair",)}, True, id="rule"),
            pytest.param({"rules": ("aws-access-key-id",)}, False, id="rule of a part"),
            pytest.param({"commits": ("abcdef1",)}, False, id="no commit"),
            pytest.param({"paths": ("src/",), "rules": ("aws-access-key-id",)}, False, id="both: one fits"),
            pytest.param({"paths": ("src/",), "accounts": ("123456789012",)}, True, id="both fit"),
        ],
    )
    def test_what_fits(self, fields: dict[str, tuple[str, ...]], *, accepts: bool) -> None:
        assert by(Allow("why", **fields), found()) is accepts

    def test_a_commit(self) -> None:
        one = found()._replace(commit="abcdef1234" + "0" * 30)
        assert by(Allow("why", commits=("abcdef1",)), one)
        assert not by(Allow("why", commits=("bcdef12",)), one)

    @pytest.mark.parametrize(
        ("until", "today", "accepts"),
        [
            pytest.param(None, TODAY, True, id="no end"),
            pytest.param(TODAY, TODAY, True, id="the last day"),
            pytest.param("2026-11-24", TODAY, False, id="past"),
            pytest.param("", TODAY, False, id="malformed"),
            pytest.param("2099-01-01", "", False, id="no day is known"),
        ],
    )
    def test_its_days(self, until: str | None, today: str, *, accepts: bool) -> None:
        assert by(Allow("why", until, paths=("src/",)), found(), today) is accepts
        assert by(Lines((Line("src/", "why", until),)), found(), today) is accepts

    def test_what_has_no_path(self) -> None:
        assert not by(Allow("why", paths=("*",)), found(None))
        assert not by(Lines((Line("*"),)), found(None))

    def test_the_reason_is_kept(self) -> None:
        one = allow.accepted([Allow("a fixture", paths=("*",))], found(), TODAY)
        assert one is not None
        assert (one.by, one.reason) == ("config", "a fixture")

    @given(st.binary(max_size=12))
    def test_any_path_can_be_asked_about(self, name: bytes) -> None:
        one = found()._replace(path=os.fsdecode(name.replace(b"\0", b"") or b"x"))
        assert by(Allow("why", paths=("*.never-there",)), one) is False


class TestPaths:
    """Patterns are those of the directory with the configuration, wherever a scan begins."""

    @pytest.mark.parametrize(
        ("base", "path", "seen"),
        [
            pytest.param(Base(), "a/b", "a/b", id="the same place"),
            pytest.param(Base(above="sub"), "b", "sub/b", id="scanned from below"),
            pytest.param(Base(below="sub"), "sub/b", "b", id="configuration below"),
            pytest.param(Base(below="sub"), "b", None, id="beside the configuration"),
            pytest.param(Base(below="sub"), "subway/b", None, id="a name that begins alike"),
            pytest.param(Base(above="sub"), "../b", "b", id="upwards"),
            pytest.param(Base(above="sub"), "../../b", None, id="outside"),
            pytest.param(Base(above="sub"), "/b", None, id="absolute"),
        ],
    )
    def test_a_path_is_seen_from_there(self, base: Base, path: str, seen: str | None) -> None:
        assert base.seen(path) == seen

    @pytest.mark.parametrize("pattern", ["*" * 17, "a/" + "*b" * 17])
    def test_patterns_that_are_none(self, pattern: str) -> None:
        with pytest.raises(ConfigError):
            allow.check([pattern])

    @given(
        st.text(alphabet="ab/*.", min_size=1, max_size=8),
        st.from_regex(r"\.?[ab][ab.]?(/[ab]{1,3}){0,3}", fullmatch=True),
    )
    def test_what_is_ruled_out_at_a_glance_does_not_match(self, pattern: str, path: str) -> None:
        with suppress(ConfigError):
            allow.check([pattern])
            expected = GitIgnoreSpec.from_lines([pattern]).match_file(path)
            assert Lines((Line(pattern),)).covers(path) is expected


class TestIgnoreFile:
    """``.keyguardignore`` has patterns and fingerprints, with a date and a reason behind each."""

    def test_each_form(self) -> None:
        print_ = "kg1:" + "0a" * 16
        text = (
            f"# a comment\n\ntests/  # made up\n{print_} until=2030-01-31 # revoked\n!tests/real\n{print_}\n"
        )
        *values, lines = ignorefile.entries(text, "x", Base())
        assert [(one.values, one.until, one.reason) for one in values if isinstance(one, Allow)] == [
            ((print_,), "2030-01-31", "revoked"),
            ((print_,), None, None),
        ]
        assert isinstance(lines, Lines)
        assert lines.lines == (Line("tests/", "made up"), Line("!tests/real"))

    @pytest.mark.parametrize("date", ["2030-02-30", "soon", "", "2030-1-1", "20300101"])
    def test_a_date_that_is_none_never_holds(self, date: str) -> None:
        (entry,) = ignorefile.entries(f"*.ini until={date}\n", "x", Base())
        assert not by(entry, found())

    def test_the_last_line_that_matches_decides(self) -> None:
        (entry,) = ignorefile.entries("*.ini # all\n!src/app.ini\n", "x", Base())
        assert not by(entry, found())
        (entry,) = ignorefile.entries("*.ini # one\napp.* # two\n", "x", Base())
        suppression = allow.accepted([entry], found(), TODAY)
        assert suppression is not None
        assert (suppression.by, suppression.reason) == (".keyguardignore", "two")

    @pytest.mark.parametrize("line", ["kg1:abc", "kg1:" + "g" * 32, "kg1:" + "0" * 33, "*a" * 17])
    def test_what_is_wrong_is_said_with_its_line(self, line: str) -> None:
        with pytest.raises(ConfigError, match=r"^x:2: "):
            ignorefile.entries(f"# first\n{line}\n", "x", Base())


class TestScan:
    """In a report, what is accepted is listed; what is accepted no more is a finding."""

    @pytest.fixture
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        repo = repos.init(tmp_path / "repo")
        repo.write("src/app.ini", PAIR)
        monkeypatch.chdir(repo.path)
        return repo.path

    def listed(self, capfd: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, str | None]]:
        capfd.readouterr()
        cli.main(["scan", "-vf", "jsonl", *arguments])
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        kinds = {"finding", "suppressed"}
        return [(one.get("by", "reported"), one.get("reason")) for one in lines if one["type"] in kinds]

    def test_by_a_file(self, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (place / ".keyguardignore").write_bytes(b"\xef\xbb\xbfsrc/ # a fixture\r\n")
        assert self.listed(capfd) == [(".keyguardignore", "a fixture")]

    @pytest.mark.parametrize("until", ["2099-01-01", '"2099-01-01"'], ids=["date", "text"])
    def test_by_an_entry(self, place: Path, capfd: pytest.CaptureFixture[str], until: str) -> None:
        (place / "keyguard.toml").write_text(f"[[allow]]\nreason='r'\nuntil={until}\npaths=['src']\n")
        assert self.listed(capfd) == [("config", "r")]

    @pytest.mark.parametrize("until", ["2020-01-01", '"soon"', '"2099-02-30"', "2020-01-01T00:00:00Z"])
    def test_by_an_entry_no_more(self, place: Path, capfd: pytest.CaptureFixture[str], until: str) -> None:
        (place / "keyguard.toml").write_text(f"[[allow]]\nreason='r'\nuntil={until}\npaths=['src']\n")
        assert self.listed(capfd) == [("reported", None)]

    def test_by_its_rule(self, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert self.listed(capfd, "--exclude-rule", "aws-access-key-pair") == [("exclude-rule", None)]
        (place / "keyguard.toml").write_text("exclude-rule = ['aws-access-key-pair']\n")
        assert self.listed(capfd) == [("exclude-rule", None)]

    def test_a_comment_comes_first(self, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (place / "src/app.ini").write_text(PAIR.rstrip() + "  # keyguard: ignore -- mine\n")
        (place / ".keyguardignore").write_text("src/\n")
        assert self.listed(capfd) == [("keyguard: ignore", "mine")]

    def test_foreign_comments_can_be_switched_off(
        self, place: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (place / "src/app.ini").write_text(PAIR.rstrip() + "  # gitleaks:allow\n")
        assert self.listed(capfd) == [("gitleaks:allow", None)]
        (place / "keyguard.toml").write_text("foreign-ignores = ['trufflehog']\n")
        assert self.listed(capfd) == [("reported", None)]

    def test_from_below(
        self, place: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (place / "keyguard.toml").write_text("[[allow]]\nreason='r'\npaths=['/src/']\n")
        monkeypatch.chdir(place / "src")
        assert self.listed(capfd) == [("config", "r")]
        (place / "keyguard.toml").write_text("exclude = ['/src/']\n")
        assert self.listed(capfd) == []

    def test_in_the_library(self) -> None:
        config = keyguard.Config(allow=(Allow("r", accounts=("123456789012",)),))
        assert list(keyguard.Scanner(config).scan_text(PAIR)) == []
