"""A real IAM to audit: moto's server on loopback, which checks signatures and policies."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

import aws_server
import keys
from botocore.config import Config
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

READ = (
    "GenerateCredentialReport",
    "GetAccessKeyLastUsed",
    "GetAccountSummary",
    "GetCredentialReport",
    "ListAccessKeys",
    "ListMFADevices",
    "ListUsers",
)
"""All that an audit asks for."""

AUDITOR = "auditor"
WRITE_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class Account(NamedTuple):
    """The server's account, empty but for the auditor, whose key is what the audit is made with."""

    url: str
    auditor: tuple[str, str]

    def iam(self, pair: tuple[str, str] | None = None) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
        """A client of the server's IAM, for a setup; once ``enforced``, with the rights of ``pair`` only."""
        key_id, secret = pair or keys.pair()
        session = Session()
        session.set_credentials(key_id, secret)
        retries = {"total_max_attempts": 1}
        return session.create_client(
            "iam", region_name="us-east-1", endpoint_url=self.url, config=Config(retries=retries)
        )

    def post(self, path: str, body: str = "") -> None:
        """Tell moto itself something."""
        post(self.url, path, body)

    def enforce(self, denied: tuple[str, ...] = ()) -> None:
        """From now on, signatures count, and the auditor may read, but for what is ``denied``."""
        statements = [{"Effect": "Allow", "Action": [f"iam:{name}" for name in READ], "Resource": "*"}]
        if denied:
            actions = [f"iam:{name}" for name in denied]
            statements.append({"Effect": "Deny", "Action": actions, "Resource": "*"})
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.iam().put_user_policy(UserName=AUDITOR, PolicyName="read", PolicyDocument=policy)
        self.post("reset-auth", "0")

    def environment(self, **changes: str) -> dict[str, str]:
        """The variables that make a run of keyguard the auditor's."""
        key_id, secret = self.auditor
        return neutral(AWS_ACCESS_KEY_ID=key_id, AWS_SECRET_ACCESS_KEY=secret, **changes)


def neutral(**changes: str) -> dict[str, str]:
    """Variables that keep botocore away from whatever is configured here."""
    here = {
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }
    return here | changes


def post(url: str, path: str, body: str = "") -> None:
    """POST to moto's own interface; raises when it does not like it."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        head = f"POST /moto-api/{path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall((head + body).encode())
        assert b" 200 " in connection.recv(100)


def running() -> Iterator[str]:
    """The URL of a server, for as long as it is needed."""
    for aws in aws_server.started(planted=False):
        yield aws.url


def emptied(url: str) -> Account:
    """The server's account, as new."""
    post(url, "reset")
    post(url, "reset-auth", "inf")
    account = Account(url, ("", ""))
    iam = account.iam()
    iam.create_user(UserName=AUDITOR)
    made = iam.create_access_key(UserName=AUDITOR)["AccessKey"]
    return account._replace(auditor=(made["AccessKeyId"], made["SecretAccessKey"]))
