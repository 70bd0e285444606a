"""The user's own credentials are found by their value, and named by their profile."""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import keys
import pytest
import repos

import keyguard
from keyguard import owned
from keyguard.model import Own, Secret

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "my/own/secret/of/small/words/only/yes/it"
"""No rule takes it for a secret."""


def own(value: str, where: str = "profile prod in ~/.aws/credentials") -> Own:
    return Own(Secret(value.encode()), "secret", where)


def scanner(*values: str) -> keyguard.Scanner:
    return keyguard.Scanner(keyguard.Config(own=tuple(map(own, values))))


class TestFound:
    """Wherever they appear."""

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(f"{WORDS}", id="bare"),
            pytest.param(f"x = '{WORDS}'  # of mine", id="quoted"),
            pytest.param(f"abc{WORDS}def", id="inside a word"),
            pytest.param(f'{{"s": "{base64.b64encode(("key: " + WORDS).encode()).decode()}"}}', id="base64"),
        ],
    )
    def test_a_value_that_no_rule_takes(self, text: str) -> None:
        assert list(keyguard.scan_text(text)) == []
        (one,) = scanner(WORDS).scan_text(text)
        assert (one.severity, one.confidence, one.line) == ("critical", "high", 1)
        assert one.message == "one of your own credentials: profile prod in ~/.aws/credentials"

    def test_utf_16(self) -> None:
        assert [one.severity for one in scanner(WORDS).scan_bytes(WORDS.encode("utf-16"))] == ["critical"]

    def test_a_pair_that_a_rule_finds_is_one_finding(self) -> None:
        key_id, secret = keys.pair()
        text = f"aws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"
        (one,) = scanner(secret).scan_text(text)
        assert (one.rule, one.severity) == ("aws-access-key-pair", "critical")
        assert [each.severity for each in scanner(keys.secret(1)).scan_text(text)] == ["high"]

    def test_a_scanner_with_some_can_be_pickled_and_shows_none(self) -> None:
        again = pickle.loads(pickle.dumps(scanner(WORDS)))
        assert len(list(again.scan_text(WORDS))) == 1
        assert WORDS.encode() not in pickle.dumps(scanner(WORDS))
        assert WORDS not in repr(own(WORDS))

    def test_one_that_is_accepted_is_not_reported(self) -> None:
        assert list(scanner(WORDS).scan_text(f"{WORDS}  # keyguard: ignore")) == []


class TestRead:
    """Where they stand."""

    def test_profiles_and_variables(self, tmp_path: Path) -> None:
        (tmp_path / "credentials").write_text(
            f"[prod]\naws_access_key_id={keys.key_id()}\naws_secret_access_key = {keys.secret()}\n"
        )
        (tmp_path / "config").write_text(f"[profile dev]\nregion = x\naws_session_token = {keys.secret(1)}\n")
        environment = {
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "BOTO_CONFIG": str(tmp_path / "missing"),
            "BOTO_PATH": str(tmp_path),  # a directory
            "AWS_SECRET_ACCESS_KEY": keys.secret(2),
        }
        found = {one.value.reveal().decode(): (one.kind, one.where) for one in owned.credentials(environment)}
        assert found == {
            keys.secret(2): ("secret", "variable AWS_SECRET_ACCESS_KEY"),
            keys.key_id(): ("id", f"profile prod in {tmp_path}/credentials"),
            keys.secret(): ("secret", f"profile prod in {tmp_path}/credentials"),
            keys.secret(1): ("token", f"profile dev in {tmp_path}/config"),
        }
        assert owned.credentials({**environment, "CI": "true"}) == ()

    @pytest.mark.parametrize(
        "value", ["", "no", "x" * 15, keys.EXAMPLE_SECRET], ids=["none", "short", "nearly", "documented"]
    )
    def test_what_is_none(self, value: str) -> None:
        nowhere = dict.fromkeys(("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "BOTO_CONFIG"), "/nowhere")
        assert owned.credentials({**nowhere, "AWS_SECRET_ACCESS_KEY": value}) == ()


class TestCommand:
    """From the command line."""

    def scan(self, where: Path, *options: str, **variables: str) -> list[dict[str, object]]:
        kept = {name: value for name, value in repos.environment().items() if name not in owned._CI}  # noqa: SLF001 - the tests may run in CI
        environment = kept | {"PYTHONPATH": os.getcwd(), "AWS_SECRET_ACCESS_KEY": WORDS} | variables
        command = [sys.executable, "-m", "keyguard", "scan", "-fjson", "--exit-zero", *options, "file"]
        done = subprocess.run(command, cwd=where, env=environment, capture_output=True, check=True)
        assert WORDS.encode() not in done.stdout + done.stderr
        return list(json.loads(done.stdout)["findings"])

    def test_they_are_looked_for_unless_in_ci_or_on_request(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text(f"x {WORDS}\n")
        (one,) = self.scan(tmp_path)
        assert (one["severity"], one["message"]) == (
            "critical",
            "one of your own credentials: variable AWS_SECRET_ACCESS_KEY",
        )
        assert self.scan(tmp_path, CI="1") == []
        assert self.scan(tmp_path, "--no-own-credentials") == []
