"""Says what to do about a finding, after AWS's own practices for access keys.

The order is that of AWS's guide "What do I do if I notice unauthorized activity", and of the IAM User
Guide, "Secure access keys": stop the key, see what it did, put something better in its place, delete it.
What kind of credential it is chooses the steps; what kind of file it stood in chooses what goes there
instead.  Both are tables, so that a new kind is one entry.  A step is a sentence of at most 100 characters;
a command in it stands between backticks, and holds an access key ID, never a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.model import EXPIRED, NOT_CHECKED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.model import Severity

EXAMPLE: Final = "An example from AWS's documentation, or a placeholder: nothing to do."

EXPIRED_ALREADY: Final = (
    "It has expired: it opens nothing any more. Leave such tokens out of the code all the same."
)

_DEACTIVATE: Final = "Deactivate it: `aws iam update-access-key --access-key-id {id} --status Inactive`"
_OWNER: Final = "Its user, for --user-name: `aws iam get-access-key-last-used --access-key-id {id}`"
_TRAIL: Final = "Look in CloudTrail (event history, by AWS access key) for uses that were not yours."
_DELETE: Final = "When nothing fails without it: `aws iam delete-access-key --access-key-id {id}`"
_EXPIRES: Final = "It is temporary: it expires by itself, at most 36 hours after it was issued."
_DELETE_SPECIFIC: Final = (
    "Delete it: `aws iam delete-service-specific-credential --service-specific-credential-id ID`"
)
_EXPIRES_SOON: Final = "It expires by itself; nothing to revoke."
_REVOKE_SESSIONS: Final = "Still valid? In the IAM console, open its role and choose Revoke active sessions."

# Sources: the AWS CLI's reference for iam (without --user-name it acts on the caller's own keys); STS,
# GetSessionToken (no temporary credentials live longer than its 36 hours); Bedrock User Guide, "API keys".
_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "long-term": (_DEACTIVATE, _OWNER, _TRAIL, "{belongs}", _DELETE),
    "long-term-id": (
        "An ID alone opens nothing. Look whether its secret stands in this repository too.",
        "If so: `aws iam update-access-key --access-key-id {id} --status Inactive`",
        _OWNER,
        "{belongs}",
    ),
    "secret": (
        "Find the access key ID that it belongs to: `aws iam list-access-keys --user-name NAME`",
        "Deactivate that key: `aws iam update-access-key --access-key-id ID --status Inactive`",
        _TRAIL,
        "{belongs}",
        "When nothing fails without it: `aws iam delete-access-key --access-key-id ID`",
    ),
    "temporary": (_EXPIRES, _REVOKE_SESSIONS, _TRAIL, "{belongs}"),
    "temporary-id": (
        "The ID of temporary credentials opens nothing without its secret and session token.",
        "Nothing to rotate. Leave it out of the code all the same: it names the account.",
    ),
    "bedrock": (
        "Find its ID: `aws iam list-service-specific-credentials --service-name bedrock.amazonaws.com`",
        _DELETE_SPECIFIC,
        "A short-term key (bedrock-api-key-...) expires by itself, within 12 hours.",
        "Look in CloudTrail for calls of Bedrock that were not yours.",
        "{belongs}",
    ),
    "smtp": (
        "It sends mail as you: deactivate the access key that is its user name, and it stops working.",
        "To do that: `aws iam update-access-key --access-key-id {id} --status Inactive`",
        "Look at the statistics of SES for mail that was not yours.",
        "Make SMTP credentials for a user that may do nothing but ses:SendRawEmail.",
        "{belongs}",
    ),
    "service-password": (
        "Find its ID, by its user name: `aws iam list-service-specific-credentials --user-name NAME`",
        _DELETE_SPECIFIC,
        "Look in CloudTrail for clones and pushes that were not yours.",
        "For CodeCommit, use git-remote-codecommit: it needs no password, only a role.",
    ),
    "appsync": (
        "Is the API meant for everybody? Then it is public anyway: accept it with a comment.",
        "If not, delete it: `aws appsync delete-api-key --api-id API --id KEY`",
        "Authorize with Cognito, OIDC or IAM instead: an API key cannot tell who calls.",
    ),
    "mws": (
        "Amazon shut MWS down in 2024: this token opens nothing any more.",
        "Leave it out of the code all the same: it names a relation between a seller and a developer.",
    ),
    "presigned": (
        "Whoever has the URL can do what it is signed for, until it expires.",
        "Still valid? Deactivating the key or the session that signed it stops it at once.",
        "Make such URLs when they are needed, and let them expire soon; store none.",
    ),
    "eks": (
        "It is the answer to `aws eks get-token`, valid for 15 minutes: nothing to rotate.",
        "Let kubectl ask for it each time (`aws eks update-kubeconfig`) instead of storing it.",
    ),
    "ecr": (
        "It is valid for 12 hours, and does what the role that asked for it may do with images.",
        _REVOKE_SESSIONS,
        "Use amazon-ecr-credential-helper: docker then stores no password.",
    ),
    "codeartifact": (
        "It is valid for 12 hours at most, and reads or publishes packages as the one who asked for it.",
        _REVOKE_SESSIONS,
        "Let the build ask for one each time: `aws codeartifact login`",
    ),
    "sso": (
        "It gives temporary credentials for every role that its user may take.",
        "End the session now: `aws sso logout`, or in IAM Identity Center, the user, Active sessions.",
        "A refresh token (aor...) lasts up to 90 days: do not wait for it to expire.",
        "Leave ~/.aws/sso/cache out of backups, images and repositories.",
    ),
    "sso-client": (
        "It names a program that was registered for signing in. Without a token it opens nothing.",
        "Look whether an access or refresh token stands beside it; end that session: `aws sso logout`",
        "Leave ~/.aws/sso/cache out of backups, images and repositories.",
    ),
    "bearer-token": (
        "The ID of a service's bearer token opens nothing by itself, and the token expires.",
        "Nothing to rotate. Leave it out of the code all the same.",
    ),
    "service-specific": (
        "The ID of a service's own password. Look whether the password stands here too.",
        "If so, delete it in the IAM console: the user, Security credentials.",
        "{belongs}",
    ),
    "legacy": (
        "Look whether it is an access key ID at all: AWS does not document this form.",
        "If it is one, treat it as any other: deactivate it, look in CloudTrail, delete it.",
    ),
    "other": ("Find out whose it is, and revoke it.", _TRAIL, "{belongs}"),
}

_REVOKED: Final[Mapping[str, str]] = {
    "long-term": _DEACTIVATE,
    "long-term-id": _DEACTIVATE,
    "secret": "Deactivate its access key: `aws iam update-access-key --access-key-id ID --status Inactive`",
    "temporary": _REVOKE_SESSIONS,
    "temporary-id": _REVOKE_SESSIONS,
    "bedrock": _DELETE_SPECIFIC,
    "service-password": _DELETE_SPECIFIC,
    "smtp": "Deactivate the access key that is its user name, in the IAM console.",
    "appsync": "Delete it: `aws appsync delete-api-key --api-id API --id KEY`",
    "presigned": "Deactivate the key that signed it, or wait until it expires.",
    "eks": _EXPIRES_SOON,
    "ecr": _EXPIRES_SOON,
    "codeartifact": _EXPIRES_SOON,
    "mws": "Nothing to revoke: MWS was shut down in 2024.",
    "sso": "End the session: `aws sso logout`",
    "sso-client": "End the session: `aws sso logout`",
    "other": "Find out whose it is, and revoke it.",
}
_ELSEWHERE: Final = "Revoke it in the IAM console: the user, Security credentials."

_BY_RULE: Final[Mapping[str, str]] = {
    "aws-bedrock-api-key": "bedrock",
    "aws-legacy-access-key-id": "legacy",
    "aws-secret-access-key": "secret",
    "aws-session-token": "temporary",
    "aws-ses-smtp-password": "smtp",
    "aws-service-specific-password": "service-password",
    "aws-appsync-api-key": "appsync",
    "aws-mws-auth-token": "mws",
    "aws-presigned-url": "presigned",
    "aws-eks-token": "eks",
    "aws-ecr-password": "ecr",
    "aws-codeartifact-token": "codeartifact",
    "aws-sso-token": "sso",
    "aws-sso-client-secret": "sso-client",
}

ANYWHERE: Final = "Keep it in ~/.aws/credentials or environment variables; better, use a role and no key."
_BOTO: Final = (
    "Keep it in ~/.aws/credentials or environment variables, where boto3 finds it; better, use a role."
)
_SDK: Final = _BOTO.replace("boto3", "the SDK")
_BEDROCK: Final = "Keep it in the variable AWS_BEARER_TOKEN_BEDROCK; better, use a role and no key."
_BROWSER: Final = "A browser can keep no key: use Amazon Cognito, or URLs that your server signs."
_APP: Final = "An app can keep no key: let Amazon Cognito give each user temporary credentials."
_TERRAFORM: Final = "In Terraform, leave keys out of the provider: it finds profiles, variables and roles."
_STATE: Final = "Keep state out of git, in an encrypted backend: it holds every key in clear."
_IMAGE: Final = "An image keeps what it was built with: pass variables at run time, or use a task role."
_CI: Final = "Let the CI job assume a role through OIDC; if that cannot be, use the CI's secret store."
_CLUSTER: Final = "Give the service account a role (EKS Pod Identity or IRSA) instead of a key."
_FUNCTION: Final = "Give the function or the instance a role of its own instead of a key."
_DOTENV: Final = "Keep .env out of git (.gitignore), and commit a .env.example without values."
_DOWNLOAD: Final = "Move it to ~/.aws/credentials with `aws configure`, and delete this file."
_ROOT: Final = "The root user needs no access key: delete it in the console, use a role instead."

# What the lower-case name begins with, then what the path goes through, then what the name ends in.
_BY_BEGINNING: Final = (
    (("rootkey",), _ROOT),
    (("credentials", "accesskeys", "new_user_credentials", ".s3cfg", ".boto", ".passwd-s3fs"), _DOWNLOAD),
    ((".env",), _DOTENV),
    (("dockerfile", "containerfile", "docker-compose", "compose.y"), _IMAGE),
    ((".gitlab-ci", "bitbucket-pipelines", "azure-pipelines", ".travis", "jenkinsfile", "buildspec"), _CI),
    (("serverless.", "template.y", "samconfig"), _FUNCTION),
    (("kustomization", "values.y"), _CLUSTER),
)
_BY_FOLDER: Final = (
    (("/.github/workflows/", "/.circleci/", "/.gitlab/", "/.buildkite/"), _CI),
    (("/k8s/", "/kubernetes/", "/helm/", "/charts/", "/manifests/"), _CLUSTER),
    (("/.aws/",), _DOWNLOAD),
)
_BY_ENDING: Final = (
    ((".py", ".ipynb", ".pyi"), _BOTO),
    ((".js", ".mjs", ".cjs", ".ts", ".go", ".rb", ".php", ".cs", ".rs", ".cpp"), _SDK),
    ((".java", ".kt", ".scala", ".groovy", ".properties"), _SDK),
    ((".jsx", ".tsx", ".vue", ".svelte", ".html"), _BROWSER),
    ((".swift", ".dart", ".m"), _APP),
    ((".tf", ".tfvars", ".hcl"), _TERRAFORM),
    ((".tfstate", ".tfstate.backup"), _STATE),
    ((".dockerfile",), _IMAGE),
    ((".env",), _DOTENV),
    (("accesskeys.csv", "credentials.csv"), _DOWNLOAD),
)


def advise(  # noqa: PLR0913, PLR0917 - all of it decides
    rule: str,
    key_id: str | None,
    key_type: str | None,
    severity: Severity,
    path: str | None,
    status: str = NOT_CHECKED,
) -> tuple[str, ...]:
    """What to do, in order: at most five steps; for a documented example, that there is nothing to do.

    >>> advise("aws-access-key-pair", "AKIA" + "...", "long-term", "high", "app.py")[0]
    'Deactivate it: `aws iam update-access-key --access-key-id AKIA... --status Inactive`'
    """
    if status == EXPIRED:
        return (EXPIRED_ALREADY,)
    if severity == "info":
        return (EXAMPLE,)
    steps = _STEPS[_kind(rule, key_id, key_type)]
    return tuple(step.format(id=key_id or "ID", belongs=belongs(rule, path)) for step in steps)


def is_known(rule: str, key_id: str | None, key_type: str | None) -> bool:
    """Whether there is anything to say here; what a rule that was added finds is no credential of AWS's."""
    return _kind(rule, key_id, key_type) != "other"


def revoke(rule: str, key_id: str | None, key_type: str | None) -> str:
    """The one step that makes a key useless to whoever has seen it."""
    return _REVOKED.get(_kind(rule, key_id, key_type), _ELSEWHERE).format(id=key_id)


def belongs(rule: str, path: str | None) -> str:
    """Where a key, or better a role, goes instead of a file like ``path``.

    >>> belongs("aws-access-key-pair", "deploy/Dockerfile.prod")
    'An image keeps what it was built with: pass variables at run time, or use a task role.'
    """
    if _BY_RULE.get(rule) == "bedrock":
        return _BEDROCK
    whole = f"/{path or ''}".lower()
    name = whole[max(whole.rfind("/"), whole.rfind("!")) + 1 :]
    for beginnings, sentence in _BY_BEGINNING:
        if name.startswith(beginnings):
            return sentence
    for folders, sentence in _BY_FOLDER:
        if any(folder in whole for folder in folders):
            return sentence
    return next((sentence for endings, sentence in _BY_ENDING if name.endswith(endings)), ANYWHERE)


def _kind(rule: str, key_id: str | None, key_type: str | None) -> str:
    """The key of the steps in :data:`_STEPS`."""
    if rule in _BY_RULE:
        return _BY_RULE[rule]
    if key_id is None or key_type is None:
        return "other"
    alone = f"{key_type}-id" if rule == "aws-access-key-id" else key_type
    return next((kind for kind in (alone, key_type) if kind in _STEPS), "other")
