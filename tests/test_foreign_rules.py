"""Rules of others find what they find elsewhere, and what cannot be taken over of them is said."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import keys
import pytest
import regex
import repos
from hypothesis import given
from hypothesis import strategies as st

import keyguard
from keyguard import cli, limits
from keyguard.errors import ConfigError
from keyguard.foreign import files, made, re2
from keyguard.limits import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.rules import Rule


def taken(content: str, name: str = "rules.toml") -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    shown, rules, said = files.load(content.encode(), name)
    assert shown == name
    return rules, said


def finds(rules: tuple[Rule, ...], text: str, path: str | None = "a.txt") -> list[tuple[str, bytes]]:
    """The rules that find something in a text, and what."""
    scanner = keyguard.Scanner(keyguard.Config(rules=rules))
    return [(one.rule, one.token.reveal()) for one in scanner.scan_text(text, path) if one.token]


ACME = """
[[rules]]
id = "acme-token"
description = "Acme"
regex = '''(?i)acme[_-]?key\\s*[:=]\\s*["']?([a-z0-9]{12})\\b'''
"""
VALUE = "h3k9x2" + "m7q1zt"
TEXT = f'ACME_KEY = "{VALUE}"'
FOUND = [("acme-token", VALUE.encode())]


class TestGitleaks:
    """TOML of gitleaks and betterleaks."""

    def test_a_rule(self) -> None:
        rules, said = taken(ACME)
        assert said == ()
        assert finds(rules, TEXT) == FOUND

    @pytest.mark.parametrize(
        ("more", "hit"),
        [
            pytest.param("keywords = ['acme']", True, id="keyword in another case"),
            pytest.param("keywords = ['zulu']", False, id="keyword that is not there"),
            pytest.param("entropy = 3.0", True, id="entropy"),
            pytest.param("entropy = 3.9", False, id="entropy too low"),
            pytest.param("secretGroup = 1", True, id="group"),
            pytest.param("path = '''\\.txt$'''", True, id="path"),
            pytest.param("path = '''\\.go$'''", False, id="another path"),
            pytest.param("[[rules.allowlists]]\nstopwords = ['X2M7']", False, id="stopword"),
            pytest.param("[[rules.allowlists]]\nstopwords = ['zzz']", True, id="stopword that is not there"),
            pytest.param("[rules.allowlist]\nregexes = ['^h3k']", False, id="exception, the old way"),
            pytest.param("[[rules.allowlists]]\nregexes = ['^ACME']", True, id="exception for a value"),
            pytest.param(
                "[[rules.allowlists]]\nregexTarget = 'match'\nregexes = ['^ACME']", False, id="for a match"
            ),
            pytest.param("[[rules.allowlists]]\npaths = ['''a\\.txt$''']", False, id="excepted path"),
            pytest.param("[[rules.allowlists]]\npaths = ['b']", True, id="another excepted path"),
            pytest.param("[[allowlists]]\nregexes = ['^h3k']", False, id="exception of the file"),
            pytest.param(
                "[[allowlists]]\ntargetRules = ['other']\nregexes = ['^h3k']", True, id="for another rule"
            ),
        ],
    )
    def test_what_is_taken_over(self, more: str, *, hit: bool) -> None:
        rules, said = taken(ACME + more)
        assert finds(rules, TEXT) == (FOUND if hit else [])
        assert [one for one in said if not one.startswith("allowlist: holds")] == []

    @pytest.mark.parametrize(
        ("more", "what"),
        [
            pytest.param(
                "[[rules.required]]\nid = 'x'", "left out, it is made of several rules", id="composite"
            ),
            pytest.param("skipReport = true", "left out, it is only a part of another", id="part"),
            pytest.param("secretGroup = 4", "left out, it has no group 4", id="group that is not there"),
            pytest.param("filter = 'x'", "finds also what its filter leaves out", id="filter"),
            pytest.param("validate = 'x'", "what it finds is not verified", id="validation"),
            pytest.param("frobnicate = 1", "'frobnicate' is not taken over", id="unknown"),
            pytest.param(
                "[[rules.allowlists]]\nregexTarget = 'line'\nregexes = ['a']", "whole lines", id="line"
            ),
            pytest.param("[[rules.allowlists]]\ncommits = ['abc']", "it names commits", id="commits"),
            pytest.param(
                "[[rules.allowlists]]\ncondition = 'AND'\npaths = ['a']\nstopwords = ['b']",
                "it has several conditions (paths, stopwords)",
                id="all of several",
            ),
        ],
    )
    def test_what_is_not(self, more: str, what: str) -> None:
        _, said = taken(ACME + more)
        assert len(said) == 1
        assert said[0].startswith("acme-token: ")
        assert what in said[0]

    def test_a_file_that_extends(self) -> None:
        _, said = taken('[extend]\nuseDefault = true\npath = "x"\n' + ACME)
        assert [one.partition("extend")[0] for one in said] == ["", "line 1: "]

    def test_two_of_one_name(self) -> None:
        rules, said = taken(ACME + ACME.replace("{12}", "{13}"))
        assert finds(rules, TEXT) == FOUND
        assert said == ("line 8: acme-token: left out, line 3 has a rule of that name; rename one",)

    @pytest.mark.parametrize(
        ("table", "line"), [("", 1), ("[tool.keyguard]\n", 2)], ids=["rules", "configuration"]
    )
    def test_files_that_a_file_of_rules_names_are_not_read(self, table: str, line: int) -> None:
        rule = "[[{}rule]]\nid = 'zulu'\ndescription = 'Z'\npattern = 'zulu'\n"
        own = rule.format("tool.keyguard." if table else "")
        rules, said = taken(f"{table}rules = ['rules.toml']\n{own}")
        assert [one.id for one in rules] == ["zulu"]
        assert said == (f"line {line}: the files that 'rules' names are not read; {files.INSTEAD}",)

    def test_a_file_that_only_names_others(self) -> None:
        with pytest.raises(ConfigError, match=r"^rules\.toml:2: it holds no rules, but names of files; name"):
            taken("\nrules = ['other.toml']\n")

    @pytest.mark.parametrize("pattern", ["a(", "(?U)a+", r"a\C", "[é]a", "x*"])
    def test_a_pattern_that_is_not_understood_does_no_harm_to_others(self, pattern: str) -> None:
        rules, said = taken(ACME + f"[[rules]]\nid = 'bad'\nregex = '''{pattern}'''\n")
        assert [one.id for one in rules] == ["acme-token"]
        assert len(said) == 1
        assert said[0].startswith("bad: left out, ")

    def test_a_rule_for_paths_alone(self) -> None:
        _, said = taken(ACME + "[[rules]]\nid = 'p'\npath = 'x'\n")
        assert said == ("p: left out, it has no pattern for a value",)

    @pytest.mark.parametrize("content", ["", "title = 'x'", "rules = 1", "rules = [1]"])
    def test_what_has_no_rules(self, content: str) -> None:
        with pytest.raises(ConfigError, match="has no rules"):
            taken(content)


class TestLists:
    """Patterns without more around them."""

    def test_a_pattern_a_line(self) -> None:
        rules, said = taken("# mine\n\nzulu_[0-9]{9}\r\nbad(\nx*\n", "my/list.txt")
        assert [re.sub("-[0-9a-f]{8}$", "", one.id) for one in rules] == ["list"]
        assert [one.split(":")[0] for one in said] == ["line 4", "line 5"]
        assert [value for _, value in finds(rules, "x zulu_123456780")] == [b"zulu_123456780"]

    def test_a_name_stays_when_lines_move(self) -> None:
        assert taken("zulu_[0-9]{9}\n", "l.txt")[0] == taken("# x\nzulu_[0-9]{9}\n", "l.txt")[0]

    def test_json(self) -> None:
        rules, _ = taken('{"Zulu Token": "zulu_[0-9]{9}", "More": ["a_[0-9]{9}", "b_[0-9]{9}"]}', "r.json")
        assert [one.id for one in rules] == ["zulu-token", "more", "more-2"]
        assert len(taken('["zulu_[0-9]{9}"]', "r.json")[0]) == 1

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            pytest.param('{"a": "b1",\n "c": "d1",\n "a": "b2"}', "r.json:3: two patterns", id="a line each"),
            pytest.param('{"\\u0061": "b1", "a": "b2"}', "r.json: two patterns", id="written in another way"),
        ],
    )
    def test_two_of_one_name_in_json(self, content: str, said: str) -> None:
        with pytest.raises(ConfigError, match=f"^{said} are called 'a'; rename one"):
            taken(content, "r.json")

    @pytest.mark.parametrize("content", ["{", "1", '{"a": 1}', '{"a": [""]}', "[" * 100_000])
    def test_json_that_is_none(self, content: str) -> None:
        with pytest.raises(ConfigError, match=r"^r\.json"):
            taken(content, "r.json")


class TestPatterns:
    """A pattern of Go's means the same here."""

    @pytest.mark.parametrize(
        ("written", "text", "value"),
        [
            pytest.param("abc", b"xabcx", b"abc", id="no group: all"),
            pytest.param("a(b)c", b"abc", b"b", id="the first group"),
            pytest.param("(?P<x>a)b", b"ab", b"a", id="a group with a name"),
            pytest.param("(?:a)(b)", b"ab", b"b", id="no capture"),
            pytest.param("a(?i)b|c", b"C", b"C", id="a flag in the middle holds to the end"),
            pytest.param("(?i:a)b", b"Ab", b"Ab", id="a flag for a group"),
            pytest.param(r"\Qa.b\E", b"a.b", b"a.b", id="quoted"),
            pytest.param(r"a\z", b"a", b"a", id="the end"),
            pytest.param(r"\x{41}", b"A", b"A", id="a code"),
            pytest.param("[[:alpha:]]+", b"1ab", b"ab", id="a named class"),
            pytest.param("[[]a", b"[a", b"[a", id="a bracket in a class"),
            pytest.param("[]a]+", b"]a", b"]a", id="a bracket at the beginning of a class"),
            pytest.param("[+--]", b",", b",", id="no difference of classes"),
            pytest.param("[a&&b]", b"&", b"&", id="no intersection"),
            pytest.param("[a||b]+", b"|", b"|", id="no union"),
            pytest.param("é+", "éé".encode(), "éé".encode(), id="a character of two bytes, repeated"),
            pytest.param(r"\(a\)", b"(a)", b"(a)", id="parentheses that are none"),
            pytest.param("a.c", b"a\nc", None, id="a dot is no newline"),
        ],
    )
    def test_it_finds(self, written: str, text: bytes, value: bytes | None) -> None:
        found = regex.search(re2.translated(written).encode(), text)
        assert (found["value"] if found else None) == value

    def test_another_group(self) -> None:
        found = regex.search(re2.translated("(a)(b)", 2).encode(), b"ab")
        assert found
        assert found["value"] == b"b"

    @given(st.text(max_size=30))
    def test_any_text_is_found_when_it_is_quoted(self, text: str) -> None:
        if r"\E" not in text and text:
            assert regex.fullmatch(re2.translated(rf"\Q{text}\E").encode(), text.encode())

    @given(st.text(alphabet="ab()[]{}?*+|\\^$.-i:P<>", max_size=20))
    def test_no_pattern_is_too_strange(self, written: str) -> None:
        with suppress(re2.UntranslatableError):
            made.trouble(re2.translated(written))


class TestLimits:
    """What is excepted."""

    def test_entropy(self) -> None:
        assert limits.entropy(b"aaaa") == 0
        assert limits.entropy(b"abcd") == 2

    def test_a_word_anywhere(self) -> None:
        assert limits.worth(Limits(keywords=(b"acme",)), b"x ACME y")
        assert not limits.worth(Limits(keywords=(b"acme",)), b"x")
        assert limits.worth(Limits(), b"")

    def test_a_pattern_that_takes_forever_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "PATIENCE", 0.05)
        with pytest.raises(TimeoutError):
            limits.place(Limits(not_paths=("(?:x|xx)+[yz]",)), "x" * 60)

    def test_without_a_path(self) -> None:
        assert limits.place(Limits(not_paths=("a",)), None)
        assert not limits.place(Limits(path="a"), None)


class TestSeverity:
    """A rule of others says what is bad; only what calls itself an example is none."""

    @pytest.mark.parametrize(
        ("value", "severity"),
        [
            pytest.param("123456780", "medium", id="digits"),
            pytest.param("111222333", "medium", id="few characters"),
            pytest.param("000000000", "info", id="one character"),
        ],
    )
    def test_it_is_that_of_the_rule(self, value: str, severity: str) -> None:
        rules, _ = taken("zulu_([0-9]{9})", "l.txt")
        rules = (rules[0]._replace(pattern="zulu_(?P<value>[0-9]{9})"),)
        (one,) = keyguard.Scanner(keyguard.Config(rules=rules)).scan_text(f"zulu_{value}")
        assert one.severity == severity
        assert severity == "info" or one.advice == (rules[0].help,)


class TestCommands:
    """``--rules``, ``rules check`` and ``rules list``."""

    @pytest.fixture(autouse=True)
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "a.txt").write_text(TEXT)
        (tmp_path / "rules.toml").write_text(ACME + "frobnicate = 1\n")
        return tmp_path

    def test_a_scan(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["scan", "--rules", "rules.toml", "a.txt"]) == 1
        out, err = capfd.readouterr()
        assert "acme-token" in out
        assert "rules.toml: acme-token: 'frobnicate' is not taken over" in err
        assert cli.main(["scan", "-q", "--rules", "rules.toml", "a.txt"]) == 1
        assert capfd.readouterr().err == ""

    def test_a_hook_says_nothing_of_it_unless_asked(
        self, place: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        repos.init(place)
        assert cli.main(["hook", "pre-commit", "--rules", "rules.toml"]) == 0
        assert capfd.readouterr() == ("", "")
        assert cli.main(["hook", "pre-commit", "-v", "--rules", "rules.toml"]) == 0
        assert "rules.toml: acme-token: 'frobnicate' is not taken over" in capfd.readouterr().err

    def test_no_such_file(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["scan", "--rules", "no.toml", "a.txt"]) == 2
        assert "there is no file no.toml" in capfd.readouterr().err

    def test_a_check(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["rules", "check", "rules.toml"]) == 0
        assert "'frobnicate' is not taken over" in capfd.readouterr().err

    @pytest.mark.parametrize(
        ("examples", "said"),
        [
            pytest.param("examples = ['zulu_1']", "misses its example", id="misses"),
            pytest.param("counterexamples = ['zulu_123456780']", "finds its counterexample", id="finds"),
        ],
    )
    def test_a_check_that_fails(
        self, place: Path, capfd: pytest.CaptureFixture[str], examples: str, said: str
    ) -> None:
        own = "[[rule]]\nid = 'zulu'\ndescription = 'Z'\npattern = 'zulu_[0-9]{9}'\n"
        (place / "own.toml").write_text(own + examples)
        assert cli.main(["rules", "check", "own.toml"]) == 1
        assert said in capfd.readouterr().err

    def test_a_list(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["rules", "list", "rules.toml"]) == 0
        assert "acme-token" in capfd.readouterr().out

    def test_keys_are_found_all_the_same(self, place: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (place / "rules.toml").write_text("[[rules]]\nid = 'all'\nregex = '''A[A-Z0-9]{19}'''\n")
        (place / "a.txt").write_text("{} {}".format(*keys.pair()))
        assert cli.main(["scan", "--rules", "rules.toml", "a.txt"]) == 1
        assert "aws-access-key-pair" in capfd.readouterr().out
