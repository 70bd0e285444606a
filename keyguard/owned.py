"""Reads which credentials are the user's own, so that these are found wherever they appear.

They stand where the AWS CLI, the SDKs and boto look for them.  None is fine, and so is a file that cannot be
read: a scan does not depend on it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from keyguard.model import Own, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyguard.model import Kind

SHORTEST: Final = 16
"""Bytes; what is shorter ("no", "bar") is no credential, and would be found everywhere."""

_KINDS: Final[Mapping[str, Kind]] = {
    "aws_access_key_id": "id",
    "aws_secret_access_key": "secret",  # pragma: allowlist secret
    "aws_session_token": "token",
    "aws_security_token": "token",
}
_FILES: Final = (
    ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ("AWS_CONFIG_FILE", "~/.aws/config"),
    ("BOTO_CONFIG", "~/.boto"),
    ("BOTO_PATH", "/etc/boto.cfg"),
)
"""A variable that names files, and where they are without it."""

_CI: Final = ("CI", "TF_BUILD", "JENKINS_URL", "BITBUCKET_BUILD_NUMBER")
_EXAMPLE: Final = "EXAMPLE"
"""What the credentials in AWS's documentation have in them."""


def credentials(environment: Mapping[str, str]) -> tuple[Own, ...]:
    """The user's own credentials; none in CI, where they are the job's, and nobody's to leak by hand."""
    if any(environment.get(name, "").lower() not in ("", "0", "false") for name in _CI):
        return ()
    found: dict[str, Own] = {}
    for name, value, where in (*_variables(environment), *_files(environment)):
        kind = _KINDS.get(name)
        if kind and len(value) >= SHORTEST and value.isascii() and _EXAMPLE not in value:
            found.setdefault(value, Own(Secret(value.encode()), kind, where))
    return tuple(found.values())


def _variables(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in _KINDS:
        yield name, environment.get(name.upper(), "").strip(), f"variable {name.upper()}"


def _files(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for variable, usual in _FILES:
        for path in environment.get(variable, usual).split(os.pathsep):
            yield from _settings(path, os.path.expanduser(path))


def _settings(shown: str, path: str) -> Iterator[tuple[str, str, str]]:
    """Name, value and profile of each setting of a file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    profile = "default"
    for line in lines:
        text = line.strip()
        if text.startswith("[") and "]" in text:
            profile = text[1 : text.index("]")].removeprefix("profile ").strip(" \"'")
        name, equals, value = text.partition("=")
        if equals:
            yield name.strip().lower(), value.strip(), f"profile {profile} in {shown}"
