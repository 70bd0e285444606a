"""The other secrets of AWS: found in whatever stands around them, and nothing that only resembles them."""

from __future__ import annotations

import random
import string
import time
from typing import TYPE_CHECKING

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

import keyguard
from keyguard import Config, Scanner, samples

if TYPE_CHECKING:
    from keyguard.model import Finding

BY_THEMSELVES = {
    "aws-bedrock-api-key": ("{bedrock}", "{shortbedrock}"),
    "aws-appsync-api-key": ("{appsync}",),
    "aws-mws-auth-token": ("amzn.mws.{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}",),
    "aws-presigned-url": (
        "{presigned}",
        "{presigned:asia}",
        "{presigned:2}",
        "{presigned:amp}",
        "{presigned:json}",
    ),
    "aws-eks-token": ("{eks}",),
    "aws-ecr-password": ("{ecr}", "{ecr:docker}"),
    "aws-codeartifact-token": ("{codeartifact}",),
    "aws-sso-token": ("{sso}", "{sso:aor}"),
    "aws-sso-client-secret": ("{ssoclient}",),
    "aws-session-token": ("{token}",),
}
BESIDE = {
    "aws-ses-smtp-password": ("smtp", ("{smtp}", "{smtp:2}", "{smtp:url}")),
    "aws-service-specific-password": ("ana-at-123456789012", ("{password}", "{password:url}")),
}
VALUES = [(rule, value) for rule, values in BY_THEMSELVES.items() for value in values]
NEEDY = [(rule, word, value) for rule, (word, values) in BESIDE.items() for value in values]

SURROUNDINGS = {
    "alone": "{}",
    "quotes": 'x = "{}"',
    "apostrophes": "x: '{}',",
    "env": "export X={}",
    "yaml": "a:\n  b: {}\n",
    "json": '{{"a":"{}"}}',
    "json in json": '"{{\\"a\\":\\"{}\\"}}"',
    "xml": "<a>{}</a>",
    "markdown": "see `{}` or [x]({})",
    "csv": "a,b\n1,{}\r\n",
    "brackets": "f({});",
    "not ascii": "é{}é",
}
"""What stands around a value in the forms that are in use."""


def rules_in(text: str) -> set[str]:
    return {one.rule for one in keyguard.scan_text(text)}


@pytest.mark.parametrize("around", SURROUNDINGS.values(), ids=list(SURROUNDINGS))
@pytest.mark.parametrize(("rule", "value"), VALUES, ids=[value for _, value in VALUES])
def test_each_is_found_as_one_thing_whatever_stands_around(rule: str, value: str, around: str) -> None:
    for seed in range(10):
        made = samples.filled(value, seed)
        assert rules_in(around.replace("{}", made).replace("{{", "{").replace("}}", "}")) == {rule}


@pytest.mark.parametrize("around", SURROUNDINGS.values(), ids=list(SURROUNDINGS))
@pytest.mark.parametrize(("rule", "word", "value"), NEEDY, ids=[value for *_, value in NEEDY])
def test_each_that_needs_a_word_is_found_beside_it(rule: str, word: str, value: str, around: str) -> None:
    for seed in range(10):
        written = around.replace("{}", samples.filled(value, seed)).replace("{{", "{").replace("}}", "}")
        assert rules_in(f"{word}\n{written}") == {rule}
        assert rules_in(f"{written}\n{word}") == {rule}
        assert not rules_in(written) & {rule}


@pytest.mark.parametrize(("rule", "value"), VALUES, ids=[value for _, value in VALUES])
def test_one_that_is_cut_short_is_none(rule: str, value: str) -> None:
    # A session token and a long-term Bedrock key may have many lengths; a URL ends in what it can do without.
    for seed in range(10):
        made = samples.filled(value, seed)
        assert rule not in rules_in(made[: min(len(made) - 1, 60) if "presigned" not in value else -40])


@pytest.mark.parametrize("rule", ["aws-appsync-api-key", "aws-mws-auth-token"])
@pytest.mark.parametrize("change", ["x{}", "{}x", "_{}-", "{}-a"])
def test_one_that_is_a_piece_of_something_longer_is_none(rule: str, change: str) -> None:
    if (rule, change) == ("aws-mws-auth-token", "_{}-"):
        change = "{}-"
    made = samples.filled(BY_THEMSELVES[rule][0], 1)
    assert rule not in rules_in(change.replace("{}", made))


@pytest.mark.parametrize(("rule", "word", "value"), NEEDY, ids=[value for *_, value in NEEDY])
@pytest.mark.parametrize("change", ["x{}", "{}x", "{}=", "/{}", "{}/"])
def test_a_password_that_is_longer_is_none(rule: str, word: str, value: str, change: str) -> None:
    assert rule not in rules_in(f"{word} {change.replace('{}', samples.filled(value, 1))}")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "smtp " + "BackwardsCompatibleName" + "OfAVeryLongIdentifiers"[:21], id="a name of 44 letters"
        ),
        pytest.param("smtp {hex:44}", id="hex"),
        pytest.param("a-at-123456789012 " + "k" * 43 + "=", id="one letter"),
        pytest.param("a-at-12345678901 {password}", id="an account of eleven digits"),
        pytest.param("a-at-1234567890123 {password}", id="an account of thirteen digits"),
        pytest.param("root@example.com 123456789012", id="e-mail and account of the root user"),
        pytest.param("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:latest", id="the name of an image"),
        pytest.param("kubectl: k8s-aws-v1 token", id="the name of a token"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxIn0.{hex:43}", id="another signed token"),
        pytest.param(
            "https://d1.cloudfront.net/x?Policy=abc&Signature=abc&Key-Pair-Id=APKA{base32:16}", id="CDN"
        ),
    ],
)
def test_what_only_resembles_them(text: str) -> None:
    assert rules_in(samples.filled(text, 1)) == set()


def on(day: str, template: str) -> Finding:
    (one,) = Scanner(Config(today=day)).scan_text(samples.filled(template, 1))
    return one


@pytest.mark.parametrize(
    ("template", "live", "dead"),
    [
        pytest.param("{presigned:asia}", "low", "info", id="URL of temporary credentials"),
        pytest.param("{presigned}", "low", "low", id="URL that names a long-term key"),
        pytest.param("{eks}", "low", "info", id="cluster"),
        pytest.param("{ecr}", "low", "info", id="registry"),
        pytest.param("{codeartifact}", "low", "info", id="packages"),
        pytest.param("{sso}", "low", "info", id="access token"),
        pytest.param("{ssoclient}", "low", "info", id="client"),
        pytest.param("{shortbedrock}", "high", "info", id="Bedrock"),
    ],
)
def test_what_has_expired_says_so_and_is_less_severe(template: str, live: str, dead: str) -> None:
    before, after = on("2026-01-01", template), on("2041-01-01", template)
    assert (before.severity, before.status) == (live, "not-checked")
    assert (after.severity, after.status) == (dead, "expired")
    assert "expired" in after.advice[0]
    assert before.fingerprint == after.fingerprint


def test_on_its_last_day_nothing_has_expired_yet() -> None:
    one = on("2026-01-01", "{ecr}")
    assert one.expires
    assert on(one.expires[:10], "{ecr}").status == "not-checked"


@pytest.mark.parametrize(
    ("text", "account", "region"),
    [
        pytest.param(
            "docker login -p {ecr} 123456789012.dkr.ecr.eu-west-3.amazonaws.com",
            "123456789012",
            "eu-west-3",
            id="ECR",
        ),
        pytest.param(
            "https://aws:{codeartifact}@x-123456789012.d.codeartifact.eu-west-3.amazonaws.com/",
            "123456789012",
            "eu-west-3",
            id="CodeArtifact",
        ),
        pytest.param('{"region":"eu-west-3","accessToken":"{sso}"}', None, "eu-west-3", id="SSO"),
        pytest.param(
            "https://u-at-123456789012:{password:url}@git-codecommit.eu-west-3.amazonaws.com/v1",
            "123456789012",
            "eu-west-3",
            id="CodeCommit",
        ),
        pytest.param("email-smtp.eu-west-3.amazonaws.com {smtp}", None, "eu-west-3", id="SES"),
        pytest.param(
            "https://x.appsync-api.us-gov-west-1.amazonaws.com/ {appsync}",
            None,
            "us-gov-west-1",
            id="AppSync",
        ),
    ],
)
def test_what_stands_beside_tells_account_and_region(text: str, account: str | None, region: str) -> None:
    one = on("2026-01-01", text)
    assert (one.account, one.region) == (account, region)


def test_a_url_that_aws_publishes_as_an_example_is_one() -> None:
    url = samples.filled("{presigned}", 1)
    start = url.index("AKIA")
    (one,) = keyguard.scan_text(url[:start] + keys.EXAMPLE_ID + url[start + 20 :])
    assert (one.severity, one.key_id) == ("info", keys.EXAMPLE_ID)


@pytest.mark.parametrize(
    "beginning",
    ["k1zPZM6uVxMQ3oxqgoYl", "+oaFsNk7tLco+C/obP9G"],
    ids=["created", "reset"],
)
def test_a_password_that_aws_publishes_is_an_example(beginning: str) -> None:
    made = samples.filled("{password}", 1)
    (one,) = keyguard.scan_text(f"ana-at-123456789012 {beginning}{made[len(beginning) :]}")
    assert one.severity == "info"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("da2-" + string.ascii_lowercase, id="the alphabet"),
        pytest.param("da2-" + "x" * 26, id="one letter"),
        pytest.param("da2-" + "yourapikeygoeshere" + "0" * 8, id="words"),
        pytest.param("amzn.mws." + "-".join("0" * n for n in (8, 4, 4, 4, 12)), id="zeros"),
    ],
)
def test_placeholders(text: str) -> None:
    assert [one.severity for one in keyguard.scan_text(text)] == ["info"]


@pytest.mark.parametrize(
    "value", ["{appsync}", "amzn.mws.{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", "smtp {smtp}"]
)
def test_what_was_drawn_is_no_placeholder(value: str) -> None:
    text = "\n\n".join(samples.filled(value, seed) for seed in range(2000))
    assert {one.severity for one in keyguard.scan_text(text)} <= {"low", "medium", "high"}


@given(st.sampled_from(VALUES), st.text(max_size=20), st.text(max_size=20), st.integers(0, 99))
def test_no_token_survives_redaction(value: tuple[str, str], before: str, after: str, seed: int) -> None:
    made = samples.filled(value[1], seed)
    masked = keyguard.redact(f"{before} {made} {after}")
    assert made not in masked


ANCHORS = [
    "X-Amz-Credential=",
    "smtp ",
    "-at-123456789012 ",
    "eyJ",
    "aoaAAAAA",
    "k8s-aws-v1.",
    "da2-",
    "&",
    "AKIA",
    "B",
]


@pytest.mark.parametrize(
    "anchor", [*ANCHORS, "X-Amz-A=&", "Signature=", "aoaAAAAAG", "QVdTOmV5S", "eyJwYXlsb2FkIjoi"]
)
def test_a_text_that_is_all_anchors_takes_linear_time(anchor: str) -> None:
    text = "AKIA" + "ASIA smtp eyJ " + anchor * (1_000_000 // len(anchor))
    begun = time.process_time()
    list(keyguard.scan_text(text))
    assert time.process_time() - begun < 5


def test_anchors_in_any_order_take_linear_time() -> None:
    source = random.Random(1)
    text = "".join(source.choices([*ANCHORS, "x" * 50, "A" * 90, " ", "\n", "."], k=60_000))
    begun = time.process_time()
    list(keyguard.scan_text(text))
    assert time.process_time() - begun < 10
