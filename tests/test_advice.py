"""What to do about a finding."""

from __future__ import annotations

import shlex

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import advice, keyid, rules
from keyguard.model import EXPIRED, SEVERITIES, Severity

PAIR = "aws-access-key-pair"
LONE = "aws-access-key-id"
RULES = (*(rule.id for rule in rules.builtin().rules), "a-rule-of-the-future")
TYPES = ("long-term", "temporary", "bearer-token", "service-specific", "legacy", "of-the-future", None)
KEY = keys.key_id()
PATHS = (
    "app.py",
    "nb.ipynb",
    "index.js",
    "Main.java",
    "main.go",
    "App.tsx",
    "View.swift",
    "main.tf",
    "terraform.tfstate",
    "Dockerfile",
    ".github/workflows/ci.yml",
    "k8s/pod.yaml",
    "serverless.yml",
    ".env",
    "ana_accessKeys.csv",
    "rootkey.csv",
    "notes.txt",
    None,
)


def text_of(rule: str, key_type: str | None, key_id: str | None = KEY, path: str | None = None) -> str:
    return " ".join(advice.advise(rule, key_id, key_type, "high", path))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("key_type", TYPES)
def test_advice_is_short_and_complete(rule: str, key_type: str | None) -> None:
    key_id = KEY if key_type else None
    for steps in [advice.advise(rule, key_id, key_type, "high", path) for path in PATHS]:
        assert 1 <= len(steps) <= 5
        for step in (*steps, advice.revoke(rule, key_id, key_type)):
            assert len(step) <= 100
            assert "{" not in step
            assert "None" not in step
            assert step.isprintable()
            assert step.count("`") in (0, 2)


def test_a_long_term_key_is_stopped_looked_into_replaced_and_deleted_in_that_order() -> None:
    steps = advice.advise(PAIR, KEY, "long-term", "high", "app.py")
    order = ["--status Inactive", "--user-name", "CloudTrail", "role", "delete-access-key"]
    assert [word for step, word in zip(steps, order, strict=True) if word in step] == order


@pytest.mark.parametrize(
    ("rule", "key_type", "expected", "unexpected"),
    [
        pytest.param(PAIR, "long-term", "update-access-key", "expires", id="long-term: deactivate"),
        pytest.param(PAIR, "temporary", "expires by itself", "update-access-key", id="temporary: it expires"),
        pytest.param(PAIR, "temporary", "Revoke active sessions", "delete", id="temporary: revoke sessions"),
        pytest.param(LONE, "long-term", "its secret stands in this repository", "CloudTrail", id="ID alone"),
        pytest.param(LONE, "temporary", "Nothing to rotate", "aws iam", id="temporary ID alone"),
        pytest.param(LONE, "bearer-token", "Nothing to rotate", "aws iam", id="ID of a bearer token"),
        pytest.param(LONE, "service-specific", "password", "aws iam", id="ID of a service's password"),
        pytest.param("aws-secret-access-key", None, "list-access-keys", KEY, id="secret: find its ID first"),
        pytest.param("aws-session-token", None, "36 hours", "update-access-key", id="session token"),
        pytest.param(
            "aws-bedrock-api-key",
            None,
            "delete-service-specific-credential",
            "~/.aws/credentials",
            id="Bedrock: another command, another place",
        ),
        pytest.param("aws-legacy-access-key-id", "legacy", "at all", "aws iam", id="A3T: is it a key?"),
        pytest.param(
            "aws-ses-smtp-password", "long-term", KEY, "delete", id="SMTP: its user name is the key"
        ),
        pytest.param("aws-ses-smtp-password", None, "--access-key-id ID", "None", id="SMTP: no user name"),
        pytest.param(
            "aws-service-specific-password",
            None,
            "list-service-specific-credentials --user-name",
            "access-key",
            id="CodeCommit: another command",
        ),
        pytest.param("aws-appsync-api-key", None, "appsync delete-api-key", "aws iam", id="AppSync"),
        pytest.param("aws-mws-auth-token", None, "2024", "aws iam", id="MWS: nothing to do"),
        pytest.param("aws-presigned-url", "temporary", "until it expires", "aws iam", id="a URL"),
        pytest.param("aws-eks-token", "temporary", "15 minutes", "update-access-key", id="EKS"),
        pytest.param("aws-ecr-password", None, "12 hours", "update-access-key", id="ECR"),
        pytest.param("aws-codeartifact-token", None, "12 hours", "update-access-key", id="CodeArtifact"),
        pytest.param("aws-sso-token", None, "sso logout", "aws iam", id="a token to sign in"),
        pytest.param("aws-sso-client-secret", None, "Without a token", "aws iam", id="a client"),
        pytest.param("a-rule-of-the-future", None, "revoke it", "aws iam", id="an unknown rule"),
    ],
)
def test_advice_depends_on_what_it_is(
    rule: str, key_type: str | None, expected: str, unexpected: str
) -> None:
    text = text_of(rule, key_type, KEY if key_type else None)
    assert expected in text
    assert unexpected not in text


@pytest.mark.parametrize("rule", RULES)
def test_there_is_nothing_to_do_about_an_example(rule: str) -> None:
    assert advice.advise(rule, keys.EXAMPLE_ID, "long-term", "info", "app.py") == (advice.EXAMPLE,)


@pytest.mark.parametrize("rule", RULES)
def test_there_is_nothing_to_do_about_what_has_expired(rule: str) -> None:
    for severity in SEVERITIES:
        steps = advice.advise(rule, KEY, "temporary", severity, "app.py", EXPIRED)
        assert steps == (advice.EXPIRED_ALREADY,)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("src/app.py", "boto3", id="Python"),
        pytest.param("a/b.zip!inner/tool.PY", "boto3", id="in an archive, upper case"),
        pytest.param("lib/index.mjs", "the SDK", id="JavaScript on a server"),
        pytest.param("src/Main.java", "the SDK", id="Java"),
        pytest.param("cmd/main.go", "the SDK", id="Go"),
        pytest.param("web/App.tsx", "Cognito", id="runs in a browser"),
        pytest.param("ios/View.swift", "Cognito", id="runs on a phone"),
        pytest.param("infra/main.tf", "Terraform", id="Terraform"),
        pytest.param("terraform.tfstate", "backend", id="Terraform's state"),
        pytest.param("Dockerfile", "image", id="Dockerfile"),
        pytest.param("docker-compose.prod.yml", "image", id="Compose"),
        pytest.param(".github/workflows/deploy.yml", "OIDC", id="GitHub Actions"),
        pytest.param("sub/.gitlab-ci.yml", "OIDC", id="GitLab CI"),
        pytest.param("Jenkinsfile", "OIDC", id="Jenkins"),
        pytest.param("deploy/k8s/app.yaml", "service account", id="Kubernetes, by folder"),
        pytest.param("charts/app/values.yaml", "service account", id="Helm"),
        pytest.param("serverless.yml", "function", id="Lambda"),
        pytest.param(".env.local", ".gitignore", id="dotenv with a suffix"),
        pytest.param("prod.env", ".gitignore", id="dotenv with a name"),
        pytest.param("ana_accessKeys.csv", "aws configure", id="downloaded from the console"),
        pytest.param(".aws/credentials", "aws configure", id="the credentials file itself"),
        pytest.param("rootkey.csv", "root user needs no access key", id="the root user's key"),
        pytest.param("notes.txt", "role and no key", id="anything else"),
        pytest.param("py", "role and no key", id="a name is not an ending"),
        pytest.param("mycharts/x.txt", "role and no key", id="part of a folder's name is not the folder"),
        pytest.param(None, "role and no key", id="a commit message"),
    ],
)
def test_where_it_belongs_depends_on_the_file(path: str | None, expected: str) -> None:
    assert expected in advice.belongs(PAIR, path)
    assert advice.belongs(PAIR, path) in advice.advise(PAIR, KEY, "long-term", "high", path)


@pytest.mark.parametrize("key_type", ["long-term", "temporary"])
@pytest.mark.parametrize("rule", RULES)
def test_commands_are_words_that_hold_the_id_and_no_placeholder_of_ours(rule: str, key_type: str) -> None:
    for step in advice.advise(rule, KEY, key_type, "high", None):
        words = shlex.split(step.split("`")[1]) if "`" in step else ["aws"]
        assert words[0] == "aws"
        assert words.count("--access-key-id") == 0 or words[words.index("--access-key-id") + 1] in (KEY, "ID")


@given(
    st.sampled_from(RULES),
    st.integers(0, 99),
    st.sampled_from(["AKIA", "ASIA", "ABIA", "ACCA", "A3TX"]),
    st.sampled_from(SEVERITIES),
    st.text(),
)
def test_no_path_breaks_the_advice(rule: str, seed: int, prefix: str, severity: Severity, path: str) -> None:
    key_id = keys.key_id(seed, prefix)
    steps = advice.advise(rule, key_id, keyid.key_type(key_id.encode()), severity, path)
    assert all(len(step) <= 100 for step in steps)
