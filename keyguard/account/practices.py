"""The practices that an account is held to: AWS's own for access keys, each with what to do about it.

Sources: IAM User Guide, "Security best practices in IAM", "Secure access keys" and "Managing access keys for
IAM users"; severities are those of AWS Security Hub's controls where it has one (IAM.3 rotation, IAM.4 root
key, IAM.5 MFA of users, IAM.8 unused, IAM.9 MFA of root).  The ids are permanent.  A step is a sentence; a
command in it stands between backticks and holds an access key ID, never a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.advice.steps import (
    DEACTIVATE,
    DEACTIVATION,
    DELETE,
    DELETION,
    LAST_USE,
    LISTING,
    TRAIL,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.model import Severity

ROOT_KEY: Final = "account-root-access-key"
ROOT_MFA: Final = "account-root-mfa"
USER_MFA: Final = "account-user-mfa"
OLD_KEY: Final = "account-old-key"
UNUSED_KEY: Final = "account-unused-key"
INACTIVE_KEY: Final = "account-inactive-key"
TWO_KEYS: Final = "account-two-keys"
CONSOLE_AND_KEYS: Final = "account-console-and-keys"
KEY_IN_CODE: Final = "account-key-in-code"

OF_ROOT: Final = f"{KEY_IN_CODE}-root"
"""The steps for a key in code that may be the root user's."""

INACTIVE: Final = "-inactive"
"""Goes behind a practice's id in :data:`STEPS`, for a key that is deactivated already."""

_LOOK: Final = "Look in CloudTrail (event history, by AWS access key) for uses that were not yours."
_REWRITE: Final = "It stays in the history that was pushed: rewrite that only when the key is dead."
_ROLE: Final = "Better than a new key: a role, whose temporary credentials nobody has to rotate."

FIND_ID: Final = f"The IDs of its keys: {LISTING}"
"""Goes first where the ID is not known: credential reports hold none."""


class Practice(NamedTuple):
    """One practice: its id, what breaking it is called, why it matters, and how severe that is."""

    id: str
    name: str
    description: str
    help: str
    severity: Severity


PRACTICES: Final = (
    Practice(
        ROOT_KEY,
        "Root user has an access key",
        "A key of the root user can do everything, and no policy limits it. AWS advises to have none.",
        "Delete the key as the root user; use roles instead.",
        "critical",
    ),
    Practice(
        ROOT_MFA,
        "Root user has no MFA",
        "Who learns the root user's password owns the account.",
        "Sign in as the root user and assign an MFA device.",
        "critical",
    ),
    Practice(
        USER_MFA,
        "Password without MFA",
        "A password can be guessed, phished or found in a leak; a second factor cannot.",
        "Let the user assign an MFA device, or take the password away.",
        "medium",
    ),
    Practice(
        OLD_KEY,
        "Old access key",
        "The longer a key is in use, the more places it has been copied to. AWS advises to rotate keys.",
        "Make a new key, put it where the old one is used, deactivate the old one, delete it.",
        "medium",
    ),
    Practice(
        UNUSED_KEY,
        "Unused access key",
        "A key that nobody uses can only be misused. AWS advises to remove it.",
        "Deactivate the key, wait whether anything fails, delete it.",
        "medium",
    ),
    Practice(
        INACTIVE_KEY,
        "Deactivated access key",
        "Whoever may change keys can make it work again.",
        "Delete the key.",
        "low",
    ),
    Practice(
        TWO_KEYS,
        "Two active access keys",
        "Two are for the days of a rotation. Different applications want different keys, and users or roles.",
        "Deactivate the one that is not used; give each application a user, or better a role, of its own.",
        "medium",
    ),
    Practice(
        CONSOLE_AND_KEYS,
        "Password and access keys",
        "A person with long-term keys, or a program with a password: one of the two is too much.",
        "People get temporary credentials by signing in; programs need no password.",
        "low",
    ),
    Practice(
        KEY_IN_CODE,
        "Key of the account in code",
        "Whoever can read the code can use the account as the key's user.",
        "Deactivate the key, look in CloudTrail what it did, delete it.",
        "high",
    ),
)

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    ROOT_KEY: (
        "As the root user, in the console, Security credentials: deactivate the key; does anything fail?",
        _LOOK,
        "Give what used it a role of its own, with temporary credentials.",
        "Delete the key there. Is it gone? `aws iam get-account-summary --query SummaryMap`",
    ),
    ROOT_KEY + INACTIVE: (
        "It is deactivated. As the root user, delete it: console, Security credentials.",
        "Is it gone? `aws iam get-account-summary --query SummaryMap`",
    ),
    ROOT_MFA: (
        "As the root user, in the console, Security credentials: assign an MFA device.",
        "Is it there? `aws iam get-account-summary --query SummaryMap.AccountMFAEnabled`",
    ),
    USER_MFA: (
        "Ask the user to assign a device: console, Security credentials.",
        "Is it there? `aws iam list-mfa-devices --user-name {user}`",
        "If no person signs in as this user: `aws iam delete-login-profile --user-name {user}`",
        "Let policies demand it for what matters: the condition aws:MultiFactorAuthPresent.",
    ),
    OLD_KEY: (
        _ROLE,
        "Else make a new key: `aws iam create-access-key --user-name {user}`",
        f"Put it where the old one is used, then: {DEACTIVATION}",
        DELETE,
    ),
    UNUSED_KEY: (
        DEACTIVATE,
        DELETE,
    ),
    INACTIVE_KEY: (f"Delete it: {DELETION}",),
    TWO_KEYS: (
        f"See which is used, and by what: {LAST_USE}",
        "Two applications? Give each a user, or better a role, of its own.",
        f"Deactivate the one that is not needed: {DEACTIVATION}",
        DELETE,
    ),
    CONSOLE_AND_KEYS: (
        "A person? Let them sign in for temporary credentials: `aws configure sso`",
        "A program? Take the password away: `aws iam delete-login-profile --user-name {user}`",
        f"See what uses its keys: {LAST_USE}",
    ),
    KEY_IN_CODE: (
        DEACTIVATE,
        TRAIL,
        _ROLE,
        DELETE,
        _REWRITE,
    ),
    KEY_IN_CODE + INACTIVE: (
        f"It is deactivated, and whoever may change keys can undo that. Delete it: {DELETION}",
        TRAIL,
        _REWRITE,
    ),
    OF_ROOT: (
        "As the root user, look whether it is that user's key: console, Security credentials.",
        "If so, deactivate it there, and delete it.",
        _LOOK,
    ),
}


def practice(rule: str) -> Practice:
    """The practice with that id."""
    return next(one for one in PRACTICES if one.id == rule)
