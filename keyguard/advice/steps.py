"""Says for each kind of credential what to do about it, in order: the table that all advice begins with.

The order is that of AWS's guide "What do I do if I notice unauthorized activity", and of the IAM User
Guide, "Secure access keys": stop the key, see what it did, put something better in its place, delete it.
A sentence has at most 100 characters; a command stands at its end, between backticks, and holds an access
key ID, never a secret.  What is in capitals there is to be filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

BELONGS: Final = "{belongs}"
"""What goes where the key stood; it depends on the file."""

# Sources: the AWS CLI's reference for iam (without --user-name it acts on the keys of the caller, and refuses
# one with temporary credentials) and for cloudtrail; STS, GetSessionToken (no temporary credentials last
# longer than its 36 hours); Bedrock User Guide, "API keys".
DEACTIVATION: Final = "`aws iam update-access-key --user-name {user} --access-key-id {id} --status Inactive`"
DELETION: Final = "`aws iam delete-access-key --user-name {user} --access-key-id {id}`"
LAST_USE: Final = "`aws iam get-access-key-last-used --access-key-id {id}`"
LISTING: Final = "`aws iam list-access-keys --user-name {user}`"
DEACTIVATE: Final = f"Deactivate it: {DEACTIVATION}"
WHOSE: Final = f"Who USER is, and when the key was last used: {LAST_USE}"
TRAIL: Final = (
    "See its use by region: `aws cloudtrail lookup-events"
    " --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={id}`"
)
DELETE: Final = f"When nothing fails without it: {DELETION}"
EXPIRES: Final = "It is temporary: it expires by itself, at most 36 hours after it was issued."
REVOKE_SESSIONS: Final = "Still valid? In the IAM console, open its role and choose Revoke active sessions."
_DELETE_SPECIFIC: Final = (
    "Delete it: `aws iam delete-service-specific-credential --user-name USER"
    " --service-specific-credential-id ID`"
)
_BEDROCK_ID: Final = (
    "Find its ID: `aws iam list-service-specific-credentials"
    " --all-users --service-name bedrock.amazonaws.com`"
)
_EXPIRES_SOON: Final = "It expires by itself; nothing to revoke."
_LOGOUT: Final = "End the session in IAM Identity Center (its user, Active sessions). Yours? `aws sso logout`"
_CACHE: Final = "Leave ~/.aws/sso/cache out of backups, images and repositories."

PLACES: Final[Mapping[str, str]] = {
    "bedrock": "Keep it in the variable AWS_BEARER_TOKEN_BEDROCK; better, use a role and no key.",
    "smtp": "Keep it in an environment variable; better, send by the API of SES, with a role.",
    "service-password": "Leave it to git's credential helper; for CodeCommit, use git-remote-codecommit.",
    "appsync": "Authorize with Cognito, OIDC or IAM instead: an API key cannot tell who calls.",
    "presigned": "Make such URLs when they are needed, and let them expire soon; store none.",
    "eks": "Let kubectl ask for it each time: `aws eks update-kubeconfig --name CLUSTER`",
    "ecr": "Use amazon-ecr-credential-helper: docker then stores no password.",
    "codeartifact": "Let the build ask for one each time: `aws codeartifact login`",
    "mws": "Leave it out of the code all the same: it names a seller and a developer.",
    "sso": _CACHE,
    "sso-client": _CACHE,
}
"""Where it goes instead, for what belongs into no file of keys."""

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "long-term": (DEACTIVATE, WHOSE, TRAIL, BELONGS, DELETE),
    "long-term-id": (
        "An ID alone opens nothing. Is its secret in this repository, or known to others?",
        f"If so, deactivate it: {DEACTIVATION}",
        WHOSE,
        BELONGS,
    ),
    "secret": (
        f"Find the access key ID that it belongs to: {LISTING}",
        f"Deactivate that key: {DEACTIVATION}",
        TRAIL,
        BELONGS,
        DELETE,
    ),
    "temporary": (EXPIRES, REVOKE_SESSIONS, TRAIL, BELONGS),
    "temporary-id": (
        "The ID of temporary credentials opens nothing without its secret and session token.",
        "Nothing to rotate. Leave it out of the code all the same: it names the account.",
    ),
    "bedrock": (
        _BEDROCK_ID,
        _DELETE_SPECIFIC,
        "A short-term key (bedrock-api-key-...) expires by itself, within 12 hours.",
        "Look in CloudTrail for calls of Bedrock that were not yours.",
        PLACES["bedrock"],
    ),
    "smtp": (
        "It sends mail as you, and stops when the access key that is its user name is deactivated.",
        f"Deactivate that key: {DEACTIVATION}",
        "Look at the statistics of SES for mail that was not yours.",
        "Make SMTP credentials for a user that may do nothing but ses:SendRawEmail.",
        PLACES["smtp"],
    ),
    "service-password": (
        "Find its ID: `aws iam list-service-specific-credentials --user-name USER`",
        _DELETE_SPECIFIC,
        "Look in CloudTrail for clones and pushes that were not yours.",
        "For CodeCommit, use git-remote-codecommit: it needs no password, only a role.",
    ),
    "appsync": (
        "Is the API meant for everybody? Then it is public anyway: accept it with a comment.",
        "If not, delete it: `aws appsync delete-api-key --api-id API --id KEY`",
        PLACES["appsync"],
    ),
    "mws": (
        "Amazon shut MWS down in 2024: this token opens nothing any more.",
        PLACES["mws"],
    ),
    "presigned": (
        "Whoever has the URL can do what it is signed for, until it expires.",
        "Still valid? Deactivating the key or the session that signed it stops it at once.",
        PLACES["presigned"],
    ),
    "eks": (
        "It lets into a cluster, and is valid for 15 minutes: nothing to rotate.",
        PLACES["eks"],
    ),
    "ecr": (
        "It is valid for 12 hours, and does what the role that asked for it may do with images.",
        REVOKE_SESSIONS,
        PLACES["ecr"],
    ),
    "codeartifact": (
        "It is valid for 12 hours at most, and reads or publishes packages as the one who asked for it.",
        REVOKE_SESSIONS,
        PLACES["codeartifact"],
    ),
    "sso": (
        "It gives temporary credentials for every role that its user may take.",
        _LOGOUT,
        "A refresh token (aor...) lasts up to 90 days: do not wait for it to expire.",
        _CACHE,
    ),
    "sso-client": (
        "It names a program that was registered for signing in. Without a token it opens nothing.",
        "Look whether an access or refresh token stands beside it; if so, end that session.",
        _CACHE,
    ),
    "bearer-token": (
        "The ID of a service's bearer token opens nothing by itself, and the token expires.",
        "Nothing to rotate. Leave it out of the code all the same.",
    ),
    "service-specific": (
        "It is the ID of a service's own password. Look whether the password stands here, too.",
        _DELETE_SPECIFIC.replace("Delete it", "If so, delete it").replace("-id ID", "-id {id}"),
        BELONGS,
    ),
    "legacy": (
        "Look whether it is an access key ID at all: AWS does not document this form.",
        "If it is one, treat it as any other: deactivate it, look in CloudTrail, delete it.",
    ),
    "other": (
        "Find out whose it is, and revoke it.",
        "Look in CloudTrail for uses that were not yours.",
        BELONGS,
    ),
}

REVOKED: Final[Mapping[str, str]] = {
    "long-term": DEACTIVATE,
    "long-term-id": DEACTIVATE,
    "secret": f"Deactivate its access key: {DEACTIVATION}",
    "temporary": REVOKE_SESSIONS,
    "temporary-id": REVOKE_SESSIONS,
    "bedrock": _DELETE_SPECIFIC,
    "service-password": _DELETE_SPECIFIC,
    "smtp": f"Deactivate the access key that is its user name: {DEACTIVATION}",
    "appsync": "Delete it: `aws appsync delete-api-key --api-id API --id KEY`",
    "presigned": "Deactivate the key that signed it, or wait until it expires.",
    "eks": _EXPIRES_SOON,
    "ecr": _EXPIRES_SOON,
    "codeartifact": _EXPIRES_SOON,
    "mws": "Nothing to revoke: MWS was shut down in 2024.",
    "sso": _LOGOUT,
    "sso-client": _LOGOUT,
}
ELSEWHERE: Final = "Revoke it in the IAM console: the user, Security credentials."

LASTING: Final = frozenset({"long-term", "secret", "bedrock", "smtp", "service-password", "appsync", "sso"})
"""Kinds that work for long: worth taking out of a history."""

_BY_RULE: Final[Mapping[str, str]] = {
    "aws-bedrock-api-key": "bedrock",
    "aws-legacy-access-key-id": "legacy",
    "aws-secret-access-key": "secret",
    "aws-session-token": "temporary",
    "aws-ses-smtp-password": "smtp",  # pragma: allowlist secret
    "aws-service-specific-password": "service-password",  # pragma: allowlist secret
    "aws-appsync-api-key": "appsync",
    "aws-mws-auth-token": "mws",
    "aws-presigned-url": "presigned",
    "aws-eks-token": "eks",
    "aws-ecr-password": "ecr",  # pragma: allowlist secret
    "aws-codeartifact-token": "codeartifact",
    "aws-sso-token": "sso",
    "aws-sso-client-secret": "sso-client",  # pragma: allowlist secret
}


def kind_of(rule: str, key_id: str | None, key_type: str | None) -> str:
    """The key of a finding's steps in :data:`STEPS`."""
    if rule in _BY_RULE:
        return _BY_RULE[rule]
    if key_id is None or key_type is None:
        return "other"
    alone = f"{key_type}-id" if rule == "aws-access-key-id" else key_type
    return next((kind for kind in (alone, key_type) if kind in STEPS), "other")
