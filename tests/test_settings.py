"""Configuration files are found where they should be, checked to the last key, and can do no harm."""

from __future__ import annotations

import argparse
import json
import os
import time
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
import keys
import pytest
import repos
from hypothesis import given
from hypothesis import strategies as st

from keyguard import cli
from keyguard.cli import options
from keyguard.errors import ConfigError
from keyguard.settings import checked, schema, toml
from keyguard.settings.jsonschema import schema as json_schema
from keyguard.suppress import FOREIGN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Ran(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[tuple[str, str]]:
        """Type and path of what a report in jsonl lists."""
        lines = map(json.loads, self.out.splitlines())
        return [(one["type"], one["path"]) for one in lines if one["type"] in {"finding", "suppressed"}]


class Project:
    """A repository with a key in ``app.ini``, in which commands are run."""

    def __init__(self, repo: repos.Repo, capture: pytest.CaptureFixture[str]) -> None:
        self.repo = repo
        self.path = repo.path
        self._capture = capture

    def write(self, name: str, content: str | bytes) -> None:
        self.repo.write(name, content)

    def run(self, *arguments: str) -> Ran:
        self._capture.readouterr()
        code = cli.main(list(arguments))
        return Ran(code, *self._capture.readouterr())

    def scan(self, *arguments: str) -> Ran:
        return self.run("scan", "-vf", "jsonl", *arguments)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Project:
    for name in list(os.environ):
        if name.startswith(("KEYGUARD_", "GIT_")):
            monkeypatch.delenv(name)
    repo = repos.init(tmp_path / "repo")
    repo.commit(**{"app.ini": "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys.pair())})
    monkeypatch.chdir(repo.path)
    return Project(repo, capfd)


FOUND = [("finding", "app.ini")]


class TestWhere:
    """The nearest file up to the top of the repository counts, and no other."""

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("keyguard.toml", 'exclude = ["*.ini"]'),
            (".keyguard.toml", 'exclude = ["*.ini"]'),
            ("pyproject.toml", '[tool.keyguard]\nexclude = ["*.ini"]'),
        ],
    )
    def test_each_name(self, project: Project, name: str, content: str) -> None:
        project.write(name, content)
        assert project.scan().findings == []

    def test_a_pyproject_without_the_table_is_passed_by(self, project: Project) -> None:
        project.write("keyguard.toml", 'exclude = ["*.ini"]')
        project.write("sub/pyproject.toml", '[project]\nname = "x"\ndependencies = ["keyguard"]\n')
        project.write("sub/app.ini", keys.key_id())
        assert project.run("-C", "sub", "scan", "-vf", "jsonl").findings == []

    def test_it_is_not_looked_for_above_the_repository(self, project: Project) -> None:
        (project.path.parent / "keyguard.toml").write_text('exclude = ["*.ini"]')
        assert project.scan().findings == FOUND

    def test_the_nearest_counts_alone(self, project: Project) -> None:
        project.write("keyguard.toml", 'exclude = ["*.ini"]\nfail-on = "critical"')
        project.write("sub/keyguard.toml", "")
        project.write("sub/app.ini", keys.key_id())
        assert project.run("-C", "sub", "scan", "-vf", "jsonl").findings == FOUND

    def test_it_is_that_of_what_is_scanned(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        project.write("keyguard.toml", 'exclude = ["/app.ini"]')
        project.write("sub/app.ini", keys.key_id())
        monkeypatch.chdir(tmp_path)
        assert project.scan("repo").findings == [("finding", "repo/sub/app.ini")]

    @pytest.mark.parametrize("second", [".keyguard.toml", "pyproject.toml"])
    def test_two_in_one_directory(self, project: Project, second: str) -> None:
        project.write("keyguard.toml", "")
        project.write(second, "\n[tool.keyguard]\n" if second == "pyproject.toml" else "")
        ran = project.scan()
        assert ran.code == 2
        line = ":2" if second == "pyproject.toml" else ""
        said = f"there are two configurations: keyguard.toml and {second}{line}; keep one of them\n"
        assert ran.err.endswith(said)

    def test_a_symlink_that_leads_out(self, project: Project, tmp_path: Path) -> None:
        (tmp_path / "elsewhere.toml").write_text("secret = 1")
        (project.path / "keyguard.toml").symlink_to(tmp_path / "elsewhere.toml")
        ran = project.scan()
        assert ran.code == 2
        assert "leads out" in ran.err

    def test_a_directory_of_that_name(self, project: Project) -> None:
        (project.path / "keyguard.toml").mkdir()
        assert "it is no file" in project.scan().err

    def test_none_at_all_on_request(self, project: Project) -> None:
        project.write("keyguard.toml", 'exclude = ["*.ini"]')
        assert project.scan("--no-config").findings == FOUND

    def test_a_file_by_name(self, project: Project, tmp_path: Path) -> None:
        (tmp_path / "mine.toml").write_text('exclude = ["/app.ini"]')
        project.write("keyguard.toml", "nonsense = 1")
        assert project.scan("-c", str(tmp_path / "mine.toml")).findings == []
        assert "does not exist" in project.scan("-c", "nowhere.toml").err


class TestFromACommit:
    """``--config-from`` reads what those who change the work tree cannot change."""

    def test_it_is_read_from_there(self, project: Project) -> None:
        project.repo.commit(**{"keyguard.toml": 'exclude = ["*.md"]', ".keyguardignore": "*.rst\n"})
        project.write("keyguard.toml", 'exclude = ["*.ini"]')
        project.write(".keyguardignore", "*.ini\n")
        project.write("a.md", keys.key_id())
        project.write("a.rst", keys.key_id())
        ran = project.scan("--config-from", "HEAD")
        assert ran.findings == [("finding", "app.ini"), ("suppressed", "a.rst")]

    def test_so_are_the_rules_that_it_names(self, project: Project) -> None:
        project.repo.commit(**{"keyguard.toml": 'rules = ["r.txt"]', "r.txt": "acme_[0-9]{9}\n"})
        (project.path / "r.txt").unlink()
        project.write("a.txt", "acme_123456780")
        assert ("finding", "a.txt") in project.scan("--config-from", "HEAD").findings

    def test_errors_name_the_commit(self, project: Project) -> None:
        project.repo.commit(**{"keyguard.toml": "\nfoo = 1"})
        assert "HEAD:keyguard.toml:2: there is no setting 'foo'" in project.scan("--config-from", "HEAD").err

    @pytest.mark.parametrize("ref", ["nowhere", "--output=x", "HEAD:app.ini", ""])
    def test_what_is_no_commit(self, project: Project, ref: str) -> None:
        ran = project.scan(f"--config-from={ref}")
        assert ran.code == (2 if ref else 1)

    def test_it_does_not_go_with_config(self, project: Project) -> None:
        project.write("x.toml", "")
        assert project.scan("--config-from", "HEAD", "-c", "x.toml").code == 2


class Case(NamedTuple):
    """What a file, a variable and an option say of a setting, and what it is by the variable.

    ``file`` is empty where no file may say it; ``option`` is None where there is none, or none that would
    make a difference.
    """

    name: str
    file: str
    variable: str
    value: str
    option: tuple[str, ...] | None = None


CASES = (
    Case("format", "'json'", "sarif", "sarif", ("jsonl",)),
    Case("output", "", "v.out", "v.out", ("o.out",)),
    Case("fail-on", "'high'", "low", "low", ("info",)),
    Case("min-confidence", "'high'", "medium", "medium", ("low",)),
    Case("show-secrets", "", "1", "true", ()),
    Case("color", "'always'", "never", "never", ("auto",)),
    Case("quiet", "true", "0", "false"),
    Case("verbose", "true", "0", "false"),
    Case("exit-zero", "", "1", "true", ()),
    Case("exclude", "['f']", "v", "['f', 'v']", ("o",)),
    Case("max-file-size", "'1'", "2", "2", ("3",)),
    Case("timeout", "'1m'", "2m", "120", ("180",)),
    Case("no-gitignore", "true", "0", "false"),
    Case("all-occurrences", "true", "0", "false"),
    Case("jobs", "", "2", "2", ("3",)),
    Case("rules", "['f.txt']", "v.txt", "['f.txt', 'v.txt']", ("o.txt",)),
    Case(
        "exclude-rule",
        "['aws-access-key-id']",
        "aws-access-key-pair",
        "['aws-access-key-id', 'aws-access-key-pair']",
        ("aws-session-token",),
    ),
    Case("foreign-ignores", "['gitleaks']", "trufflehog", "['trufflehog']"),
    Case("baseline", "'f.txt'", "v.txt", "v.txt", ("o.txt",)),
    Case("no-own-credentials", "", "1", "true", ()),
    Case("config", "", "v.toml", "v.toml", ("o.toml",)),
    Case("config-from", "", "HEAD", "head", ("HEAD~0",)),
    Case("no-config", "", "1", "true", ()),
)


class TestPrecedence:
    """Option before variable before file before default."""

    def test_each_beats_the_next(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        assert shown(project)["fail-on"] == ("medium", "default")
        project.write("keyguard.toml", '\nfail-on = "low"')
        assert shown(project)["fail-on"] == ("low", "keyguard.toml:2")
        monkeypatch.setenv("KEYGUARD_FAIL_ON", "high")
        assert shown(project)["fail-on"] == ("high", "KEYGUARD_FAIL_ON")
        assert shown(project, "--fail-on", "critical")["fail-on"] == ("critical", "--fail-on")
        assert shown(project, "--fail-on", "medium")["fail-on"] == ("medium", "--fail-on")

    def test_lists_are_added_up(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        project.write("keyguard.toml", 'exclude = ["a"]')
        monkeypatch.setenv("KEYGUARD_EXCLUDE", "b, c")
        value, origin = shown(project, "--exclude", "d")["exclude"]
        assert value == ["a", "d", "b", "c"]
        assert origin == "keyguard.toml:1, --exclude, KEYGUARD_EXCLUDE"

    @pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
    def test_each_setting(self, project: Project, monkeypatch: pytest.MonkeyPatch, one: Case) -> None:
        for name in ("f.txt", "v.txt", "o.txt", "v.toml", "o.toml"):
            project.write(name, "")
        if one.name == "show-secrets":
            monkeypatch.setenv("KEYGUARD_FORMAT", "jsonl")
        if one.file:
            project.write("keyguard.toml", f"{one.name} = {one.file}\n")
            assert shown(project)[one.name][1] == "keyguard.toml:1"
        variable = f"KEYGUARD_{one.name.replace('-', '_').upper()}"
        monkeypatch.setenv(variable, one.variable)
        value, origin = shown(project)[one.name]
        assert (str(value).lower(), origin.rpartition(", ")[2]) == (one.value, variable)
        if one.option is not None:
            value, origin = shown(project, f"--{one.name}", *one.option)[one.name]
            assert f"--{one.name}" in origin
            assert not one.option or one.option[0] in str(value)

    def test_the_table_has_every_setting(self) -> None:
        assert {one.name for one in CASES} == {one.name for one in schema.SETTINGS}

    def test_it_counts(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        project.write("keyguard.toml", 'fail-on = "critical"')
        assert project.scan().code == 0
        monkeypatch.setenv("KEYGUARD_FAIL_ON", "low")
        assert project.scan().code == 1

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("KEYGUARD_FAIL_ON", "hihg"),
            ("KEYGUARD_QUIET", "perhaps"),
            ("KEYGUARD_TIMEOUT", "soon"),
            ("KEYGUARD_JOBS", "-1"),
        ],
    )
    def test_a_wrong_variable(
        self, project: Project, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
    ) -> None:
        monkeypatch.setenv(variable, value)
        ran = project.scan()
        assert ran.code == 2
        assert variable in ran.err

    def test_a_misspelt_variable(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KEYGUARD_FAILON", "low")
        monkeypatch.setenv("KEYGUARD_VERSION", "1.0")
        ran = project.scan()
        assert "KEYGUARD_FAILON is not used; did you mean KEYGUARD_FAIL_ON?" in ran.err
        assert "VERSION" not in ran.err

    def test_a_push_cannot_bring_variables_along(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given = options.defaults(
            lambda to: (options.add_scan(to), options.add_report(to)), hook="pre-receive"
        )
        monkeypatch.setenv("KEYGUARD_EXIT_ZERO", "1")
        options.config(given)
        assert given.exit_zero is False


def shown(project: Project, *arguments: str) -> dict[str, tuple[Any, str]]:
    """What ``config show`` prints: by name, the value and where it comes from."""
    ran = project.run("config", "show", *arguments)
    assert ran.code == 0, ran.err
    found = {}
    for line in ran.out.splitlines():
        if not line.startswith("#"):
            ((name, value),) = tomllib.loads(line).items()
            found[name] = (value, line.rsplit("  # ", 1)[1])
    return found


def test_show_lists_every_setting(project: Project) -> None:
    assert list(shown(project)) == [one.name for one in schema.SETTINGS]


def test_show_lists_rules_and_what_is_accepted(project: Project) -> None:
    project.write("keyguard.toml", '[[allow]]\nreason = "old"\nuntil = 2020-01-01\npaths = ["a"]\n' + ACME)
    out = project.run("config", "show").out
    assert "# rule acme: medium, A token" in out
    assert "# config: accepts paths a (old) until 2020-01-01, which is past" in out


ACME = """
[[rule]]
id = "acme"
description = "A token"
pattern = 'acme_[0-9]{9}'
anchors = ["acme_"]
"""


class TestWrong:
    """Each mistake is an error that names the file, the line, the key and what to do."""

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            pytest.param(
                "\nfail_on = 'low'", ":2: there is no setting 'fail_on'; did you mean 'fail-on'?", id="key"
            ),
            pytest.param("fail-on = 'hihg'", ":1: 'fail-on' is not one of", id="choice"),
            pytest.param("fail-on = 3", ":1: 'fail-on' is not one of", id="type of a choice"),
            pytest.param("quiet = 'yes'", ":1: 'quiet' is not true or false", id="flag"),
            pytest.param("quiet = 1", ":1: 'quiet' is not true or false", id="number for a flag"),
            pytest.param(
                "exclude = 'x'", ":1: 'exclude' is not a list of texts; write exclude = [\"x\"]", id="a text"
            ),
            pytest.param("exclude = [1]", ":1: 'exclude' is not a list of texts", id="number in a list"),
            pytest.param("max-file-size = '5X'", ":1: 'max-file-size' is not a size", id="size"),
            pytest.param("max-file-size = -1", ":1: 'max-file-size' is not a size", id="negative"),
            pytest.param("timeout = true", ":1: 'timeout' is not a time", id="time"),
            pytest.param(
                "exclude = ['" + "*a" * 20 + "']", "more than 16 wildcards", id="too many wildcards"
            ),
            pytest.param("foreign-ignores = ['noqa']", ":1: 'foreign-ignores'", id="unknown scanner"),
            pytest.param(
                "exclude-rule = ['aws-acess-key-id']", "did you mean 'aws-access-key-id'?", id="rule"
            ),
            pytest.param("a = \n", ":1: ", id="no TOML"),
            pytest.param("a = 'x\n", "correct the TOML", id="a text that does not end"),
            pytest.param("x = " + "[" * 5000, "nested", id="deep"),
            pytest.param("allow = 1", ":1: 'allow' is not a list of tables", id="no table"),
            pytest.param("[allow]\nreason='x'", ":1: 'allow' is not a list of tables", id="one table"),
            pytest.param("\n[[allow]]\npaths = ['x']", ":2: 'reason' is missing", id="no reason"),
            pytest.param("[[allow]]\nreason = 'x'", ":1: it would accept everything", id="no criterion"),
            pytest.param(
                "[[allow]]\nreason = 'x'\npaths = ['a']\n[[allow]]\nreason = 'x'\nvalue = ['a']",
                ":6: there is no setting 'value'; did you mean 'values'?",
                id="key of the second table",
            ),
            pytest.param("[[allow]]\nreason='x'\nvalues=['kg1:0']", ":3: 'values' is not", id="fingerprint"),
            pytest.param("[[allow]]\nreason='x'\naccounts=[123456789012]", ":3: 'accounts'", id="account"),
            pytest.param("[[allow]]\nreason='x'\nstopwords=['abc']", ":3: 'stopwords'", id="stopword"),
            pytest.param("[[allow]]\nreason='x'\ncommits=['HEAD']", ":3: 'commits'", id="commit"),
            pytest.param(
                "[[allow]]\nreason='x'\nrules=['nope']", ":3: there is no rule", id="rule of an entry"
            ),
            pytest.param(
                "[[allow]]\nreason='x'\nuntil=5\npaths=['a']", ":3: 'until' is not a date", id="until"
            ),
            pytest.param("[[rule]]\nid='a b'", ":2: 'id' is not of a-z", id="rule id"),
            pytest.param(ACME.replace("[0-9]", "[0-9"), ":5: pattern: ", id="regex"),
            pytest.param(
                ACME.replace("acme_[0-9]{9}", "(x)*"), ":5: pattern: it matches the empty", id="empty"
            ),
            pytest.param(ACME + ACME, ":9: two rules are called 'acme'", id="twice"),
            pytest.param("rules = ['../x.toml']", ":1: '../x.toml' is outside", id="rules above"),
            pytest.param("rules = ['/etc/passwd']", ":1: '/etc/passwd' is outside", id="rules elsewhere"),
            pytest.param("rules = ['x.toml']", ":1: there is no file 'x.toml'", id="no rules"),
            pytest.param(
                "\nrules = ['./keyguard.toml']" + ACME,
                ":2: './keyguard.toml' is this file itself; its rules count anyway: leave it out",
                id="itself",
            ),
            pytest.param(
                "\n[tool.keyguard]\nquiet = true",
                ":2: there is no setting 'tool'; all of this file is keyguard's: leave out [tool.keyguard]",
                id="as in a pyproject",
            ),
        ],
    )
    def test_it_is_said(self, project: Project, content: str, said: str) -> None:
        project.write("keyguard.toml", content)
        ran = project.scan()
        assert ran.code == 2
        assert "keyguard.toml" in ran.err
        assert said in ran.err
        assert "unexpected" not in ran.err
        assert ran.err.count("\n") == 1

    def test_bytes_that_are_not_utf_8(self, project: Project) -> None:
        project.write("keyguard.toml", b'# fine\nexclude = ["\xff"]\n')
        assert "keyguard.toml:2: it is not UTF-8" in project.scan().err

    def test_a_line_of_a_pyproject(self, project: Project) -> None:
        project.write("pyproject.toml", '[project]\nname = "x"\n\n[tool.keyguard]\nfoo = 1\n')
        assert "pyproject.toml:5: there is no setting 'foo'" in project.scan().err

    @pytest.mark.parametrize("content", ["tool.keyguard = 1", "[tool]\nkeyguard = [1]"])
    def test_a_pyproject_where_it_is_no_table(self, project: Project, content: str) -> None:
        project.write("pyproject.toml", content)
        assert "tool.keyguard is no table" in project.scan().err

    @pytest.mark.parametrize("content", ["\ufefffail-on = 'critical'\n", "# x\r\nfail-on = 'critical'\r\n"])
    def test_marks_and_ends_of_lines_of_windows(self, project: Project, content: str) -> None:
        project.write("keyguard.toml", content)
        assert project.scan().code == 0


class TestUntrusted:
    """Whoever may commit a file can narrow a scan and add rules, and can do nothing else."""

    @pytest.mark.parametrize(
        "name", [*(one.name for one in schema.SETTINGS if one.own), *schema.REFUSED], ids=str
    )
    @pytest.mark.parametrize("value", ["true", '"x"'])
    def test_what_only_the_user_can_say(self, project: Project, name: str, value: str) -> None:
        project.write("keyguard.toml", f"{name} = {value}\n")
        ran = project.scan()
        assert ran.code == 2
        assert f"keyguard.toml:1: '{name}' cannot be set in a file" in ran.err
        assert ran.out == ""

    def test_these_are_among_them(self) -> None:
        own = {one.name for one in schema.SETTINGS if one.own} | set(schema.REFUSED)
        assert {"show-secrets", "output", "exit-zero", "verify", "sts-endpoint", "plugins", "jobs"} <= own

    def test_a_rule_cannot_take_a_key_out_of_a_report(self, project: Project) -> None:
        rule = ACME.replace("acme_[0-9]{9}", "(?s).+").replace('anchors = ["acme_"]', "severity = 'info'")
        project.write("keyguard.toml", rule)
        ran = project.scan("app.ini")
        assert '"rule": "aws-access-key-pair"' in ran.out
        assert '"rule": "acme"' not in ran.out

    def test_a_rule_cannot_be_called_as_one_of_keyguards(self, project: Project) -> None:
        project.write("keyguard.toml", ACME.replace('"acme"', '"aws-access-key-id"'))
        ran = project.scan()
        assert "aws-access-key-id: left out, keyguard has a rule of that name; call this one some" in ran.err
        assert ran.findings == FOUND

    def test_a_rule_that_takes_forever_is_stopped_and_the_rest_is_found(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("keyguard.matching.PATIENCE", 0.05)
        rule = ACME.replace("acme_[0-9]{9}", "(?:x|xx)+[yz]").replace('anchors = ["acme_"]', "")
        project.write("keyguard.toml", rule)
        project.write("app.ini", (project.path / "app.ini").read_text() + "x" * 60)
        ran = project.scan("app.ini")
        assert ran.findings == FOUND
        assert "rule acme takes longer than" in ran.out
        assert json.loads(ran.out.splitlines()[-1])["complete"] is False

    def test_a_rule_is_given_its_time_once_for_a_text(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("keyguard.matching.PATIENCE", 2)
        rule = ACME.replace("acme_[0-9]{9}", "(?:x|xx)+[yz]").replace('anchors = ["acme_"]', "")
        project.write("keyguard.toml", rule)
        project.write("app.ini", "x" * 80)
        begun = time.process_time()
        assert "not read" in project.run("scan", "app.ini").out
        assert time.process_time() - begun < 3.5


class TestBaseline:
    """A file names the baseline below its own directory, which everything then uses that asks for one."""

    def test_it_is_used_from_anywhere_and_kept_by_its_commands(self, project: Project) -> None:
        project.write("keyguard.toml", "baseline = 'kept/known.jsonl'\n")
        (project.path / "kept").mkdir()
        (project.path / "below").mkdir()
        said = "there is no baseline kept/known.jsonl, which keyguard.toml:1 names; make one with"
        assert said in project.scan().err
        assert "kept/known.jsonl knows 1 key" in project.run("baseline", "create").err
        assert project.scan().findings == [("suppressed", "app.ini")]
        assert 'baseline = "kept/known.jsonl" ' in project.run("config", "show").out
        assert "0 gone" in project.run("baseline", "update").err
        assert project.run("-C", "below", "scan", "..").code == 0

    def test_the_command_line_and_the_environment_come_first(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.write("keyguard.toml", "baseline = 'none.jsonl'\n")
        project.run("baseline", "create", "-b", "a.jsonl")
        assert project.scan("-b", "a.jsonl").findings == [("suppressed", "app.ini")]
        monkeypatch.setenv("KEYGUARD_BASELINE", "a.jsonl")
        assert project.scan().findings == [("suppressed", "app.ini")]
        assert "a.jsonl: 0 gone" in project.run("baseline", "update").err
        assert not (project.path / "none.jsonl").exists()

    @pytest.mark.parametrize("name", ["../x.jsonl", "/x.jsonl", "a/../../x.jsonl"])
    def test_one_elsewhere_is_refused(self, project: Project, name: str) -> None:
        project.write("keyguard.toml", f"\nbaseline = '{name}'\n")
        ran = project.scan()
        assert ran.code == 2
        assert f"keyguard.toml:2: '{name}' is outside of the repository" in ran.err

    def test_a_symlink_out_of_the_repository_is_refused(self, project: Project, tmp_path: Path) -> None:
        (tmp_path / "x.jsonl").write_text("")
        (project.path / "x.jsonl").symlink_to(tmp_path / "x.jsonl")
        project.write("keyguard.toml", "baseline = 'x.jsonl'\n")
        assert "x.jsonl leads out of" in project.run("baseline", "update").err

    def test_it_is_not_read_from_a_commit_and_that_is_said(self, project: Project) -> None:
        project.run("baseline", "create", "-b", "a.jsonl")
        project.repo.commit(**{"keyguard.toml": "baseline = 'a.jsonl'\n"})
        ran = project.scan("--config-from", "HEAD")
        assert ran.findings == FOUND
        assert "HEAD:keyguard.toml: baseline: left out" in ran.err


class TestSchema:
    """The JSON schema, the options and what is accepted are one thing."""

    def test_it_is_a_schema(self) -> None:
        jsonschema.Draft7Validator.check_schema(json_schema())

    def test_it_is_printed(self, project: Project) -> None:
        assert json.loads(project.run("config", "schema").out) == json_schema()

    @pytest.mark.parametrize(
        ("content", "good"),
        [
            pytest.param("fail-on = 'low'\nmax-file-size = '5M'\ntimeout = 30", True, id="settings"),
            pytest.param(ACME, True, id="a rule"),
            pytest.param(
                "[[allow]]\nreason = 'x'\npaths = ['a']\naccounts = ['123456789012']", True, id="entry"
            ),
            pytest.param("fail_on = 'low'", False, id="unknown key"),
            pytest.param("fail-on = 'x'", False, id="unknown choice"),
            pytest.param("quiet = 1", False, id="wrong type"),
            pytest.param("show-secrets = true", False, id="not in a file"),
            pytest.param("[[allow]]\npaths = ['a']", False, id="no reason"),
            pytest.param("[[allow]]\nreason = 'x'\nvalues = ['a']", False, id="no fingerprint"),
        ],
    )
    def test_it_agrees_with_what_is_accepted(self, content: str, *, good: bool) -> None:
        table = tomllib.loads(content)
        assert jsonschema.Draft7Validator(json_schema()).is_valid(table) is good
        assert accepts(content) is good

    def test_the_scanners_are_those_whose_comments_are_read(self) -> None:
        assert schema.FOREIGN == FOREIGN

    def test_what_verifies_is_refused(self) -> None:
        parser = argparse.ArgumentParser()
        options.add_verify(parser)
        names = {name.replace("_", "-") for name in vars(parser.parse_args([]))}
        assert names <= set(schema.REFUSED)

    def test_every_option_of_a_scan_is_a_setting(self) -> None:
        defined = options.defaults(lambda to: (options.add_scan(to), options.add_report(to)))
        names = {one.name for one in schema.SETTINGS}
        assert {name.replace("_", "-") for name in vars(defined)} <= names

    def test_defaults_are_those_of_the_options(self) -> None:
        defined = vars(options.defaults(lambda to: (options.add_scan(to), options.add_report(to))))
        for one in schema.SETTINGS:
            name = one.name.replace("-", "_")
            if name in defined:
                assert (tuple(defined[name]) if one.kind == "strings" else defined[name]) == one.default


def accepts(content: str) -> bool:
    file = toml.parsed(content.encode(), "x.toml")
    try:
        checked.settings(file, file.table)
        for name in schema.TABLES:
            checked.tables(file, file.table, name)
    except ConfigError:
        return False
    return True


class TestLines:
    """The line of a key is known, however the file is written."""

    @pytest.mark.parametrize(
        ("text", "key", "line"),
        [
            pytest.param("a = 1\nb = 2", ("b",), 2, id="plain"),
            pytest.param('a = """\nb = 1\n"""\nb = 2', ("b",), 4, id="text of several lines"),
            pytest.param("a = '''\n]\n'''\nb = 2", ("b",), 4, id="literal of several lines"),
            pytest.param("a = [\n 'x', # ]\n]\nb = 2", ("b",), 4, id="list of several lines"),
            pytest.param("# b = 1\nb = 2", ("b",), 2, id="comment"),
            pytest.param('"b" = 2', ("b",), 1, id="quoted"),
            pytest.param("[x]\n[y.z]\nb = 2", ("y", "z", "b"), 3, id="tables"),
            pytest.param("y.z.b = 2", ("y", "z", "b"), 1, id="dotted"),
            pytest.param("[[t]]\na = 1\n[[t]]\na = 1", ("t", 1, "a"), 4, id="list of tables"),
            pytest.param(
                "[[t]]\n[t.u]\na = 1\n[[t]]\n[t.u]\na = 1", ("t", 1, "u", "a"), 6, id="below a list"
            ),
            pytest.param("\n[[t]]\nb = 1", ("t", 0, "missing"), 2, id="not there: its table"),
            pytest.param("a = {b = 1}", ("a", "b"), 1, id="inline: around it"),
        ],
    )
    def test_it_is_that_line(self, text: str, key: toml.Key, line: int) -> None:
        assert toml.parsed(text.encode(), "x").line(key) == line

    @given(st.lists(st.sampled_from(["a", "b", "[t]", "# x", "'''\n'''", '"\\""']), max_size=8))
    def test_every_key_that_is_read_has_a_line(self, parts: list[str]) -> None:
        lines = [
            f"k{n} = {part}" if part[0] in "'\"" else f"k{n} = 1 # {part}" for n, part in enumerate(parts)
        ]
        file = toml.parsed("\n".join(lines).encode(), "x")
        text = "\n".join(lines)
        for n in range(len(parts)):
            assert file.line((f"k{n}",)) == text[: text.index(f"k{n} =")].count("\n") + 1

    @given(st.text(alphabet="ab=[]{}\"'#\n.\\", max_size=40))
    def test_no_text_is_too_strange(self, text: str) -> None:
        file = None
        with suppress(ConfigError):
            file = toml.parsed(text.encode(), "x")
        assert file is None or file.line(("a",)) >= 1


class TestEverywhere:
    """Every command that scans reads it."""

    @pytest.fixture
    def allowing(self, project: Project) -> Iterator[Project]:
        project.write("keyguard.toml", '[[allow]]\nreason = "why"\npaths = ["app.ini"]\n')
        return project

    def test_staged(self, allowing: Project) -> None:
        allowing.repo.stage("app.ini", (allowing.path / "app.ini").read_text() + keys.key_id(5) + "\n")
        assert allowing.run("staged", "-vf", "jsonl").findings == [("suppressed", "app.ini")]

    def test_the_hook(self, allowing: Project) -> None:
        allowing.repo.stage("app.ini", keys.key_id(5) + "\n")
        assert allowing.run("hook", "pre-commit").code == 0

    def test_history(self, allowing: Project) -> None:
        ran = allowing.run("history", "-vf", "jsonl", "-j", "1")
        assert ran.findings == [("suppressed", "app.ini")]
        assert ran.code == 0

    def test_a_key_of_a_history_that_is_elsewhere_too(self, allowing: Project) -> None:
        allowing.repo.commit(**{"other.ini": (allowing.path / "app.ini").read_text()})
        ran = allowing.run("history", "-vf", "jsonl", "-j", "1")
        assert ("finding", "other.ini") in ran.findings

    def test_a_range(self, allowing: Project) -> None:
        ran = allowing.run("history", "-vf", "jsonl", "--branch", "HEAD")
        assert ran.findings == [("suppressed", "app.ini")]

    def test_several_processes(self, allowing: Project) -> None:
        allowing.write("keyguard.toml", (allowing.path / "keyguard.toml").read_text() + ACME)
        allowing.write("a.txt", "acme_123456780")
        assert allowing.scan("-j", "2").findings == [("finding", "a.txt"), ("suppressed", "app.ini")]

    def test_sarif_knows_the_rules(self, allowing: Project) -> None:
        allowing.write("keyguard.toml", ACME)
        allowing.write("a.txt", "acme_123456780")
        run = json.loads(allowing.run("scan", "-f", "sarif").out)["runs"][0]
        assert "acme" in [rule["id"] for rule in run["tool"]["driver"]["rules"]]
