"""The library: typed, without globals, and safe to share."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import git
import keys
import pytest

import keyguard

if TYPE_CHECKING:
    from pathlib import Path

ID, SECRET = keys.pair(1)
TEXT = f"aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"


def rules(findings: object) -> list[str]:
    return [finding.rule for finding in findings]  # type: ignore[attr-defined]  # any iterator of findings


def test_text_and_bytes() -> None:
    (finding,) = keyguard.scan_text(TEXT, path="config.py")
    assert (finding.path, finding.rule, finding.account) == (
        "config.py",
        "aws-access-key-pair",
        "123456789012",
    )
    assert finding.secret is not None
    assert finding.secret.reveal().decode() == SECRET
    assert rules(keyguard.scan_bytes(TEXT.encode("utf-16"))) == ["aws-access-key-pair"]


def test_a_lone_surrogate_in_text_is_no_error() -> None:
    assert rules(keyguard.scan_text("\udcff" + TEXT)) == ["aws-access-key-pair"]


def test_a_path(tmp_path: Path) -> None:
    (tmp_path / "keys.ini").write_text(TEXT)
    assert rules(keyguard.scan_path(tmp_path)) == ["aws-access-key-pair"]
    assert rules(keyguard.scan_path(str(tmp_path / "keys.ini"))) == ["aws-access-key-pair"]
    with pytest.raises(keyguard.KeyguardError, match="does not exist"):
        list(keyguard.scan_path(tmp_path / "nowhere"))


def test_what_is_staged_by_path_and_by_repo(tmp_path: Path) -> None:
    repo = git.Repo.init(tmp_path)
    (tmp_path / "keys.ini").write_text(TEXT)
    assert rules(keyguard.scan_staged(tmp_path)) == []
    repo.index.add(["keys.ini"])
    assert rules(keyguard.scan_staged(tmp_path)) == ["aws-access-key-pair"]
    assert rules(keyguard.scan_staged(repo)) == ["aws-access-key-pair"]
    repo.close()


def test_a_history_by_path_and_by_repo(tmp_path: Path) -> None:
    repo = git.Repo.init(tmp_path)
    (tmp_path / "keys.ini").write_text(TEXT)
    repo.index.add(["keys.ini"])
    repo.index.commit("add")
    for given in (tmp_path, repo):
        (finding,) = keyguard.scan_history(given)
        assert (finding.path, finding.commit) == ("keys.ini", repo.head.commit.hexsha)
    repo.close()


def test_staged_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(keyguard.KeyguardError):
        list(keyguard.scan_staged(tmp_path))


def test_a_scanner_is_shared_by_threads_and_survives_pickling() -> None:
    scanner = pickle.loads(pickle.dumps(keyguard.Scanner()))
    large = TEXT + "x = 1\n" * 1_000_000  # enough for both machineries
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(
            lambda number: rules(scanner.scan_text(large if number % 8 == 0 else TEXT)), range(64)
        )
    assert all(result == ["aws-access-key-pair"] for result in results)


def test_a_configuration() -> None:
    scanner = keyguard.Scanner(keyguard.Config(min_confidence="high"))
    unlikely = "AKIA" + "7" + ID[5:]
    assert rules(keyguard.scan_text(unlikely)) == ["aws-access-key-id"]
    assert rules(scanner.scan_text(unlikely)) == []


def test_a_configuration_that_cannot_be() -> None:
    with pytest.raises(keyguard.KeyguardError, match="min_confidence is 'hgih'"):
        keyguard.Scanner(keyguard.Config(min_confidence="hgih"))  # type: ignore[arg-type]  # the mistake under test


def test_import_has_no_effects() -> None:
    code = "import sys; before = set(sys.modules); import keyguard; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['__future__', 'keyguard']\n"
    assert done.stderr == ""
