"""The rules: data that proves itself, and says what is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from keyguard import rulecheck, rules, samples
from keyguard.errors import ConfigError

PATTERNS = Path(__file__).parent.parent / "patterns"
RULE = """
schema = 1
[[rule]]
id = "x"
name = "X"
kind = "id"
severity = "low"
description = "X"
help = "X"
anchors = ["AKIA"]
pattern = '(?P<value>AKIA[A-Z2-7]{16})'
examples = ["{id}"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(PATTERNS / "examples.toml", tmp_path)
    return tmp_path


def test_the_built_in_rules_hold() -> None:
    assert list(rulecheck.check(rules.builtin())) == []


def test_rule_ids_are_permanent() -> None:
    assert [rule.id for rule in rules.builtin().rules] == [
        "aws-access-key-pair",
        "aws-access-key-id",
        "aws-legacy-access-key-id",
        "aws-secret-access-key",
        "aws-session-token",
        "aws-bedrock-api-key",
        "aws-ses-smtp-password",
        "aws-service-specific-password",
        "aws-appsync-api-key",
        "aws-mws-auth-token",
        "aws-presigned-url",
        "aws-eks-token",
        "aws-ecr-password",
        "aws-codeartifact-token",
        "aws-sso-token",
        "aws-sso-client-secret",
    ]


def test_every_rule_has_examples_and_counterexamples() -> None:
    assert all(rule.examples and rule.counterexamples for rule in rules.builtin().rules)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(folder: Path) -> None:
    (folder / "aws.toml").write_bytes(b"\xef\xbb\xbf" + RULE.replace("\n", "\r\n").encode())
    assert [rule.id for rule in rules.load(str(folder)).rules] == ["x"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(("schema = 1", "schema = 2"), "schema is 2", id="another schema"),
        pytest.param(("schema = 1", "schema = "), "aws.toml: ", id="not TOML"),
        pytest.param(('anchors = ["AKIA"]', ""), "has no anchor", id="no anchor"),
        pytest.param(
            ('anchors = ["AKIA"]', "anchors = 1"), "anchors is not a list", id="anchors of a wrong type"
        ),
        pytest.param(('severity = "low"', 'severity = "lo"'), "severity is 'lo'", id="no such severity"),
        pytest.param(('name = "X"', ""), "name is missing", id="no name"),
        pytest.param(('name = "X"', 'name = "X"\nnear = ""'), "near is missing", id="nothing is to be near"),
        pytest.param(
            ('name = "X"', 'name = "X"\nreader = "x"'),
            "use one of presigned-url|reader is 'x'",
            id="no such reader",
        ),
        pytest.param(("[[rule]]", "[rule]"), "not a list of tables", id="not a list"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(folder: Path, change: tuple[str, str], message: str) -> None:
    (folder / "aws.toml").write_text(RULE.replace(*change))
    with pytest.raises(ConfigError, match=message):
        rules.load(str(folder))


@pytest.mark.parametrize(
    ("added", "message"),
    [
        pytest.param("beside = '(?P<owner>x)'", "group 'owner'", id="a group that no report has"),
        pytest.param("near = '('", "pattern: ", id="what is to be near does not compile"),
        pytest.param("beside = '('", "pattern: ", id="what tells more does not compile"),
    ],
)
def test_patterns_of_the_surroundings_are_checked(folder: Path, added: str, message: str) -> None:
    (folder / "aws.toml").write_text(RULE.replace('name = "X"', f'name = "X"\n{added}'))
    with pytest.raises(ConfigError, match=message):
        rules.check_patterns(rules.load(str(folder)))


def test_a_rule_of_somebody_else_may_want_something_near(folder: Path) -> None:
    (folder / "aws.toml").write_text(
        RULE.replace('kind = "id"', 'kind = "token"')
        .replace('anchors = ["AKIA"]', "anchors = ['smtp']\nnear = 'smtp[0-9]'")
        .replace("AKIA[A-Z2-7]{16}", "[A-Za-z0-9+/]{44}")
        .replace('"{id}"', '"smtp1 {secret:44}", "{secret:44} smtp1"')
        + "counterexamples = ['{secret:44}', 'smtp {secret:44}']\n"
    )
    assert list(rulecheck.check(rules.load(str(folder)))) == []


def test_two_rules_of_one_name(folder: Path) -> None:
    (folder / "aws.toml").write_text(RULE + RULE.replace("schema = 1", ""))
    with pytest.raises(ConfigError, match="two rules are called 'x'"):
        rules.load(str(folder))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(('"{id}"', '"{id:ASIA}"'), "misses its example", id="an example that it misses"),
        pytest.param(('examples = ["{id}"]', ""), "has no examples", id="no examples"),
        pytest.param(
            ("examples", 'counterexamples = ["{id}"]\nexamples'),
            "finds its counterexample",
            id="finds too much",
        ),
    ],
)
def test_a_rule_that_does_not_hold(folder: Path, change: tuple[str, str], sentence: str) -> None:
    (folder / "aws.toml").write_text(RULE.replace(*change))
    assert [sentence in problem for problem in rulecheck.check(rules.load(str(folder)))] == [True]


def test_samples_are_the_same_for_the_same_seed_only() -> None:
    assert samples.filled("{id} {secret}", 1) == samples.filled("{id} {secret}", 1)
    assert samples.filled("{id}", 1) != samples.filled("{id}", 2)
    first, second = samples.filled("{id} {id}", 1).split()
    assert first != second
