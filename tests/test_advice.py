"""What to do about a finding."""

from __future__ import annotations

import shlex
from datetime import date, timedelta
from typing import Any

import findings
import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import keyid, reporters, rules
from keyguard.advice import files, plan, practices, states, steps
from keyguard.model import EXPIRED, NOT_CHECKED, SEVERITIES, Finding, Occurrence, Severity
from keyguard.reporters import Style

PAIR = "aws-access-key-pair"
LONE = "aws-access-key-id"
RULES = (*(rule.id for rule in rules.builtin().rules), "a-rule-of-the-future")
TYPES = ("long-term", "temporary", "bearer-token", "service-specific", "legacy", "of-the-future", None)
STATES = (NOT_CHECKED, "active", "denied", "unknown", "mismatched", "inactive", "canary", EXPIRED)
KEY = keys.key_id()
TODAY = "2026-11-25"
ACCOUNT = "arn:aws:iam::123456789012:"
ROOT = f"{ACCOUNT}root"
USER = f"{ACCOUNT}user/ops/build-bot"
ROLE = "arn:aws:sts::123456789012:assumed-role/deploy/i-0123"
SSO = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_01/ana"
FEDERATED = "arn:aws-cn:sts::123456789012:federated-user/ana"
PATHS = (
    *(f"a/{name}" for kind in files.FILES for name in kind.names),
    *(f"a/{kind.beginnings[0]}x" for kind in files.FILES if kind.beginnings),
    *(f"a/x{kind.endings[0]}" for kind in files.FILES if kind.endings),
    *(f"a{kind.folders[0]}x" for kind in files.FILES if kind.folders),
    None,
)
OLD_AND_LAX = (
    ("created", "2021-03-04, 2,092 days ago"),
    ("last_used", "2026-11-24T09:12:00Z, s3 in eu-west-1"),
    ("mfa", "no"),
)


def found(rule: str = PAIR, key_type: str | None = "long-term", **changes: object) -> Finding:
    """A finding whose ID, if it has one, is of the type ``key_type``."""
    prefixes = {"temporary": "ASIA", "bearer-token": "ABIA", "service-specific": "ACCA", "legacy": "A3TX"}
    given: dict[str, object] = {
        "rule": rule,
        "key_type": key_type,
        "key_id": keys.key_id(prefix=prefixes.get(key_type, "AKIA")) if key_type else None,
    }
    return findings.finding(**(given | changes))


def steps_of(one: Finding, *paths: str, today: str = TODAY) -> tuple[str, ...]:
    return plan.advise(one, paths, today)


def text_of(one: Finding, *paths: str) -> str:
    return " ".join(steps_of(one, *paths))


def command(step: str) -> list[str]:
    return shlex.split(step.split("`")[1]) if "`" in step else []


def rendered(one: Finding, advice: tuple[str, ...]) -> list[list[str]]:
    """The lines of each step in a report of 80 columns."""
    text = reporters.get("text").render(findings.report(one._replace(advice=advice)), Style())
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if line[:3].strip().isdigit() and line[3:5] == ". ":
            blocks.append([])
        if blocks:
            blocks[-1].append(line)
    return blocks


# What holds for all advice.


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("key_type", TYPES)
def test_advice_is_short_and_complete(rule: str, key_type: str | None) -> None:
    for path in PATHS:
        one = found(rule, key_type, path=path, commit="c" * 40, source="history", triage=OLD_AND_LAX)
        for step in (*steps_of(one, "x/a", "y/b"), plan.revoke(one), plan.place(one)):
            assert len(step.partition(" `")[0]) <= 160
            assert "{" not in step
            assert "None" not in step
            assert step.isprintable()
            assert step.count("`") == 0 or (step.count("`") == 2 and step.endswith("`"))


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("identity", [None, ROOT, USER, ROLE, SSO, FEDERATED, f"{ACCOUNT}user/ana"])
@pytest.mark.parametrize("key_type", ["long-term", "temporary"])
@pytest.mark.parametrize("rule", [PAIR, LONE, "aws-secret-access-key", "aws-session-token"])
def test_a_screen_has_at_most_six_steps_of_two_lines(
    rule: str, key_type: str, identity: str | None, status: str
) -> None:
    for path in ("src/app.py", ".github/workflows/ci.yml", "web/x.java", "rootkey.csv", None):
        one = found(
            rule, key_type, path=path, status=status, identity=identity, triage=OLD_AND_LAX, commit="c" * 40
        )
        advice = steps_of(one, "x/a", "y/b", "z/c")
        assert 1 <= len(advice) <= plan.MOST
        blocks = rendered(one, advice)
        assert len(blocks) == len(advice)
        assert [block for block in blocks if len(block) > 2] == []
        assert max(len(line) for block in blocks for line in block) <= 80


@pytest.mark.parametrize("path", PATHS)
def test_what_goes_instead_takes_two_lines_also_with_a_word_on_applications(path: str | None) -> None:
    one = found(path=path)
    advice = steps_of(one, "x/a", "y/b")
    assert max(len(block) for block in rendered(one, advice)) <= 2


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("key_type", TYPES)
def test_commands_hold_the_id_and_never_a_secret(rule: str, key_type: str | None, status: str) -> None:
    one = found(rule, key_type, status=status, commit="c" * 40)
    secret = one.secret.reveal().decode() if one.secret else ""
    for step in (*steps_of(one), plan.revoke(one)):
        assert secret not in step
        words = command(step)
        assert words[:1] in ([], ["aws"], ["git"])
        if "--access-key-id" in words:
            assert words[words.index("--access-key-id") + 1] == (one.key_id or "ID")


def all_commands() -> list[list[str]]:
    tables: list[Any] = [
        *steps.STEPS.values(),
        steps.REVOKED.values(),
        *states.SHORT.values(),
        *(
            states.of_owner(kind, states.owner(arn)) or ()
            for kind in ("long-term", "temporary")
            for arn in (ROOT, USER, ROLE, SSO, FEDERATED)
        ),
    ]
    return [command(step) for table in tables for step in table if "`aws" in step]


def test_aws_knows_the_commands_and_their_options() -> None:
    session = pytest.importorskip("botocore.session", reason="the extra verify").get_session()
    own = {"sso": {"logout", "login"}, "eks": {"update-kubeconfig"}, "codeartifact": {"login"}}
    for _, service, operation, *rest in all_commands():
        if operation in own.get(service, ()):
            continue
        model = session.get_service_model(service)
        name = "".join(word.capitalize() for word in operation.split("-"))
        shape = model.operation_model(name).input_shape
        known = {"-".join(_words(member)): member for member in shape.members}
        options = [word.removeprefix("--") for word in rest if word.startswith("--")]
        assert set(options) <= set(known)
        assert {known[option] for option in options} >= set(shape.required_members)


def _words(member: str) -> list[str]:
    from botocore import xform_name  # noqa: PLC0415 - only where there is a botocore

    return str(xform_name(member)).split("_")


@given(
    st.sampled_from(RULES),
    st.integers(0, 99),
    st.sampled_from(["AKIA", "ASIA", "ABIA", "ACCA", "A3TX"]),
    st.sampled_from(SEVERITIES),
    st.sampled_from(STATES),
    st.text(),
    st.text(),
)
def test_nothing_breaks_the_advice(
    rule: str, seed: int, prefix: str, severity: Severity, status: str, path: str, identity: str
) -> None:
    key_id = keys.key_id(seed, prefix)
    one = findings.finding(
        rule=rule,
        key_id=key_id,
        key_type=keyid.key_type(key_id.encode()),
        severity=severity,
        status=status,
        path=path,
        identity=identity,
        triage=(("created", path), ("last_used", identity), ("mfa", path)),
    )
    for step in steps_of(one, path, identity):
        assert step.isprintable()
        assert step.isascii()


# What it is.


def test_a_long_term_key_is_stopped_looked_into_replaced_and_deleted_in_that_order() -> None:
    order = ["--status Inactive", "get-access-key-last-used", "cloudtrail", "role", "delete-access-key"]
    advice = steps_of(found())
    assert [word for step, word in zip(advice, order, strict=True) if word in step] == order


@pytest.mark.parametrize(
    ("rule", "key_type", "expected", "unexpected"),
    [
        pytest.param(PAIR, "long-term", "update-access-key", "expires", id="long-term: deactivate"),
        pytest.param(PAIR, "temporary", "expires by itself", "update-access-key", id="temporary: it expires"),
        pytest.param(PAIR, "temporary", "Revoke active sessions", "delete", id="temporary: revoke sessions"),
        pytest.param(LONE, "long-term", "Is its secret in this repository", "cloudtrail", id="ID alone"),
        pytest.param(LONE, "temporary", "Nothing to rotate", "aws iam", id="temporary ID alone"),
        pytest.param(LONE, "bearer-token", "Nothing to rotate", "aws iam", id="ID of a bearer token"),
        pytest.param(
            LONE,
            "service-specific",
            "delete-service-specific-credential",
            "update-access-key",
            id="ID of a service's password",
        ),
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
        pytest.param("aws-ses-smtp-password", "long-term", KEY, "boto3", id="SMTP: its user name is the key"),
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
    text = text_of(found(rule, key_type))
    assert expected in text
    assert unexpected not in text


@pytest.mark.parametrize("rule", RULES)
def test_there_is_nothing_to_do_about_an_example(rule: str) -> None:
    assert steps_of(found(rule, severity="info")) == (plan.EXAMPLE,)


@pytest.mark.parametrize("rule", RULES)
def test_there_is_nothing_to_do_about_what_has_expired(rule: str) -> None:
    for severity in SEVERITIES:
        assert steps_of(found(rule, "temporary", severity=severity, status=EXPIRED)) == (
            states.EXPIRED_ALREADY,
        )


# Where it stood.


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("src/app.py", "boto3", id="Python"),
        pytest.param("a/b.zip!inner/tool.PY", "boto3", id="in an archive, upper case"),
        pytest.param("a/b.zip!k8s/x.yaml", "service account", id="a folder in an archive"),
        pytest.param("lib/index.mjs", "Pass the client no keys", id="JavaScript on a server"),
        pytest.param("src/Main.java", "DefaultCredentialsProvider", id="Java"),
        pytest.param("cmd/main.go", "config.LoadDefaultConfig", id="Go"),
        pytest.param("lib/upload.rb", "the SDK", id="Ruby"),
        pytest.param("public/index.php", "'credentials'", id="PHP"),
        pytest.param("App/Program.cs", "the SDK", id=".NET"),
        pytest.param("src/main.rs", "aws_config", id="Rust"),
        pytest.param("deploy.sh", "the CLI", id="a shell script"),
        pytest.param("Makefile", "the CLI", id="a makefile"),
        pytest.param("web/App.tsx", "Cognito", id="runs in a browser"),
        pytest.param("ios/View.swift", "Cognito", id="runs on a phone"),
        pytest.param("android/app/src/Main.kt", "Cognito", id="runs on a phone, by its folder"),
        pytest.param("infra/main.tf", "assume_role", id="Terraform: another account"),
        pytest.param("terraform.tfstate", "backend", id="Terraform's state"),
        pytest.param("Dockerfile", "image", id="Dockerfile"),
        pytest.param("docker-compose.prod.yml", "image", id="Compose"),
        pytest.param(".github/workflows/deploy.yml", "configure-aws-credentials", id="GitHub Actions"),
        pytest.param("sub/.gitlab-ci.yml", "id_tokens", id="GitLab CI"),
        pytest.param("bitbucket-pipelines.yml", "OIDC", id="Bitbucket"),
        pytest.param(".circleci/config.yml", "CIRCLE_OIDC_TOKEN", id="CircleCI"),
        pytest.param("azure-pipelines.yml", "OIDC", id="Azure"),
        pytest.param("buildspec.yml", "CodeBuild", id="CodeBuild"),
        pytest.param("Jenkinsfile", "Roles Anywhere", id="Jenkins"),
        pytest.param("deploy/k8s/app.yaml", "IRSA", id="Kubernetes, by folder"),
        pytest.param("charts/app/values.yaml", "service account", id="Helm"),
        pytest.param("serverless.yml", "execution role", id="Lambda"),
        pytest.param("src/lambda/handler.py", "execution role", id="Lambda, by its folder"),
        pytest.param("template.yaml", "in the template", id="CloudFormation and SAM"),
        pytest.param("aws/user-data.sh", "instance profile", id="EC2's user data"),
        pytest.param("ecs/task-definition.json", "taskRoleArn", id="ECS"),
        pytest.param("ansible/site.yml", "Roles Anywhere", id="machines elsewhere"),
        pytest.param("conf/core-site.xml", "S3A", id="Hadoop"),
        pytest.param("load.sql", "IAM_ROLE", id="SQL"),
        pytest.param("build.log", "logs", id="a log"),
        pytest.param(".env.local", ".gitignore", id="dotenv with a suffix"),
        pytest.param("prod.env", ".gitignore", id="dotenv with a name"),
        pytest.param("ana_accessKeys.csv", "aws configure", id="downloaded from the console"),
        pytest.param(".aws/credentials", "aws sso login", id="the credentials file itself"),
        pytest.param(".aws/config", "source_profile", id="profiles: another account"),
        pytest.param(".s3cfg", "out of git", id="a tool's own file"),
        pytest.param("rootkey.csv", "Delete this file", id="the root user's key"),
        pytest.param("credentials.py", "boto3", id="a program that is called like a file of keys"),
        pytest.param("notes.txt", "better, use a role", id="anything else"),
        pytest.param("py", "better, use a role", id="a name is not an ending"),
        pytest.param("mycharts/x.txt", "better, use a role", id="part of a folder's name is not the folder"),
        pytest.param(None, "better, use a role", id="a commit message"),
    ],
)
def test_where_it_belongs_depends_on_the_file(path: str | None, expected: str) -> None:
    assert expected in files.instead(path)
    assert files.instead(path) in text_of(found(path=path))


@pytest.mark.parametrize("path", PATHS)
def test_a_stopped_developer_reads_where_keys_are_kept(path: str | None) -> None:
    place = plan.place(found(path=path))
    assert "role" in place
    if not (path or "").startswith("a/rootkey"):
        assert "~/.aws/credentials" in place


@pytest.mark.parametrize("rule", sorted(steps.PLACES.keys() - {"bedrock", "smtp"}))
def test_what_is_no_access_key_is_not_sent_to_the_file_of_keys(rule: str) -> None:
    name = next(one for one in RULES if steps.kind_of(one, None, None) == rule)
    assert "~/.aws/credentials" not in plan.place(found(name, None))


# Whether it works, and whose it is.


def test_a_root_key_is_deleted_and_not_replaced_by_another() -> None:
    one = found(status="active", identity=ROOT, severity="critical", triage=(("mfa", "no"),))
    text = text_of(one)
    assert "root user should have no key" in steps_of(one)[0]
    assert f"delete-access-key --access-key-id {KEY}" in steps_of(one)[0]
    assert [
        word
        for word in ("role or an IAM user", "cloudtrail", "MFA", "users, roles and keys")
        if word not in text
    ] == []
    assert "USER" not in text
    assert "MFA" not in text_of(one._replace(triage=(("mfa", "yes: arn:aws:iam::1:mfa/x"),)))
    assert "root user" in plan.revoke(one)


def test_the_file_that_aws_names_after_the_root_user_is_believed_until_aws_says_otherwise() -> None:
    one = found(path="Downloads/rootkey.csv")
    assert "As the root user, delete it" in steps_of(one)[0]
    assert "root" in plan.revoke(one)
    assert "root" not in steps_of(one._replace(status="active", identity=USER))[0]


def test_the_user_stands_in_the_commands_once_it_is_known() -> None:
    one = found(status="active", identity=USER)
    assert f"--user-name build-bot --access-key-id {KEY} --status Inactive" in steps_of(one)[0]
    assert "USER" not in text_of(one)
    assert "get-access-key-last-used" not in text_of(one)
    assert "--user-name build-bot" in plan.revoke(one)


@pytest.mark.parametrize(
    "name",
    ["ana; rm -rf /", "$(id)", "`id`", "-ana", "a b", "ana\n", "{id}", "\u202eana"],
    ids=["command", "substitution", "backticks", "option", "blank", "newline", "placeholder", "direction"],
)
def test_a_name_that_iam_does_not_allow_is_not_put_into_a_command(name: str) -> None:
    text = text_of(found(status="active", identity=f"{ACCOUNT}user/{name}"))
    assert "--user-name USER" in text
    assert name not in text


@pytest.mark.parametrize(
    ("identity", "expected", "unexpected"),
    [
        pytest.param(ROLE, "the role deploy", "permission set", id="a role"),
        pytest.param(SSO, "permission set", "Revoke sessions", id="a role of IAM Identity Center"),
        pytest.param(USER, "deny its user build-bot", "role deploy", id="GetSessionToken by a user"),
        pytest.param(FEDERATED, "deny the user who asked", "open its role", id="GetFederationToken"),
        pytest.param(ROOT, "As the root user, delete the key that made it", "deny", id="the root user"),
        pytest.param(None, "open its role", "deny", id="nobody knows"),
    ],
)
def test_a_session_is_ended_as_its_holder_allows(
    identity: str | None, expected: str, unexpected: str
) -> None:
    one = findings.session(status="active", identity=identity)
    assert expected in text_of(one)
    assert unexpected not in text_of(one)
    assert "update-access-key" not in text_of(one)


@pytest.mark.parametrize(
    ("one", "expected", "count"),
    [
        pytest.param(found(status="inactive"), "delete-access-key", 2, id="inactive: delete what is left"),
        pytest.param(findings.session(status="inactive"), "opens nothing", 1, id="a session that is over"),
        pytest.param(found(status="canary"), "tripwire", 2, id="tripwire"),
        pytest.param(found(status=EXPIRED), "expired", 1, id="expired"),
    ],
)
def test_what_does_not_work_takes_few_words(one: Finding, expected: str, count: int) -> None:
    advice = steps_of(one._replace(commit="c" * 40, triage=OLD_AND_LAX))
    assert len(advice) == count
    assert expected in " ".join(advice)
    assert "--status Inactive" not in " ".join(advice)


@pytest.mark.parametrize("status", ["unknown", "denied", NOT_CHECKED, "of-the-future"])
def test_unknown_is_not_inactive(status: str) -> None:
    assert steps_of(found(status=status)) == steps_of(found(status="active"))


def test_an_id_that_works_without_its_secret_is_said_to_work() -> None:
    assert "the right one" in steps_of(found(status="mismatched"))[0]
    assert "The key works" in steps_of(findings.lone_id(status="mismatched"))[0]
    assert "update-access-key" in steps_of(found(status="mismatched"))[1]
    assert "works" in steps_of(findings.session(status="mismatched"))[0]


# How keys are handled.


def used(when: str) -> Finding:
    return found(status="active", identity=USER, triage=(("last_used", when),))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param("2026-01-01T00:00:00Z, s3 in eu-west-1", "not used for 328 days", id="long ago"),
        pytest.param("never before, as far as IAM knows", "IAM knows of no use", id="never"),
    ],
)
def test_an_unused_key_is_removed_and_not_replaced(when: str, expected: str) -> None:
    text = text_of(used(when))
    assert expected in text
    assert "boto3" not in text
    assert "delete-access-key" in text


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("2026-11-24T09:12:00Z, sts", id="yesterday"),
        pytest.param("not known: the key may not ask iam:GetAccessKeyLastUsed", id="not told"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_key_that_is_used_or_may_be_is_replaced(when: str) -> None:
    assert "boto3" in text_of(used(when))


@given(st.integers(-400, 4000))
def test_a_key_is_old_after_ninety_days(days: int) -> None:
    created = date.fromisoformat(TODAY) - timedelta(days)
    one = found(status="active", identity=USER, triage=(("created", f"{created}, {days} days ago"),))
    assert (f"{days:,} days old" in text_of(one)) == (days > practices.DAYS)
    assert "days old" not in " ".join(steps_of(one, today=""))


def test_mfa_is_asked_for_where_it_is_known_to_be_missing() -> None:
    def text(mfa: str) -> str:
        return text_of(found(status="active", identity=USER, triage=(("mfa", mfa),)))

    assert "MFA" in text("no")
    assert "MFA" not in text("yes: arn:aws:iam::123456789012:mfa/phone")
    assert "MFA" not in text("not known: the key may not ask iam:ListMFADevices")


@pytest.mark.parametrize(
    ("paths", "count"),
    [
        pytest.param(["services/a/x.py", "services/b/y.py", "services/c/z.py"], 3, id="services"),
        pytest.param(["web/.env", "api/.env"], 2, id="two directories"),
        pytest.param([".env", "src/app.py"], 1, id="a file at the top and a directory"),
        pytest.param(
            ["src/app.py", "tests/test_app.py", "docs/x.md"], 1, id="what goes with any application"
        ),
        pytest.param(["a/x.py", "a/y.py"], 0, id="two files side by side"),
        pytest.param(["a/x.py"], 0, id="one file"),
        pytest.param([], 0, id="none"),
    ],
)
def test_applications_are_the_directories_that_files_do_not_share(paths: list[str], count: int) -> None:
    assert practices.applications(paths) == count


def test_a_key_of_several_applications_is_told_apart_wherever_it_is_listed() -> None:
    places = [findings.finding(path=path) for path in ("web/a.py", "api/b.py", "api/c.py")]
    other = findings.finding(path="web/a.py", key_id=keys.key_id(7))
    *same, alone = plan.advised([*places, other])
    assert all("In 2 directories: give each application its own key." in " ".join(one.advice) for one in same)
    assert "application" not in " ".join(alone.advice)


def test_the_places_of_a_history_count_as_places() -> None:
    occurrences = tuple(Occurrence(path, 1, "c" * 40, "head") for path in ("web/a.py", "api/b.py"))
    (one,) = plan.advised([findings.finding(path="web/a.py", occurrences=occurrences)])
    assert "In 2 directories" in " ".join(one.advice)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"commit": "c" * 40, "reachable": "head"}, "git filter-repo", id="in a branch"),
        pytest.param({"commit": "c" * 40}, "git filter-repo", id="in a range of commits"),
        pytest.param({"commit": "c" * 40, "reachable": "reflog"}, "git gc", id="in the reflog only"),
        pytest.param({"reachable": "unreachable", "source": "history"}, "git gc", id="in no commit"),
        pytest.param({}, "", id="in a file"),
        pytest.param({"source": "staged"}, "", id="not committed yet"),
    ],
)
def test_history_is_rewritten_last(changes: dict[str, object], expected: str) -> None:
    advice = steps_of(found(**changes))
    assert expected in advice[-1]
    assert bool(expected) == ("filter-repo" in " ".join(advice) or "git gc" in " ".join(advice))


def test_rewriting_is_not_said_to_undo_a_leak() -> None:
    assert "takes back nothing that was pushed" in steps_of(found(commit="c" * 40))[-1]


def test_what_expires_by_itself_is_not_worth_rewriting_a_history() -> None:
    assert "filter-repo" not in text_of(findings.session(commit="c" * 40))


def test_advice_can_be_asked_for_again_when_more_is_known() -> None:
    one = found()
    (before,) = plan.advised([one])
    (after,) = plan.advised([before._replace(status="active", identity=ROOT)])
    assert before.advice == one.advice
    assert after.advice != before.advice
    assert plan.advised([after]) == [after]
