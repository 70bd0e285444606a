"""The report in gitleaks' shape: what programs that read gitleaks' reports find in it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import findings
import keys
import pytest

from keyguard import reporters
from keyguard.model import MASK
from keyguard.reporters import Style

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Finding

STYLE = Style(version="1.2.3", rules=findings.RULES)
ID, SECRET = keys.pair()
KINDS: dict[str, type] = {
    "RuleID": str,
    "Description": str,
    "StartLine": int,
    "EndLine": int,
    "StartColumn": int,
    "EndColumn": int,
    "Match": str,
    "Secret": str,
    "File": str,
    "SymlinkFile": str,
    "Commit": str,
    "Entropy": float,
    "Author": str,
    "Email": str,
    "Date": str,
    "Message": str,
    "Tags": list,
    "Fingerprint": str,
}
COMMIT = "c0ffee" * 6 + "c0ff"


def rendered(*several: Finding, style: Style = STYLE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        reporters.get("gitleaks").render(findings.report(*several), style)
    )
    return found


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(findings.finding(), id="pair"),
        pytest.param(findings.lone_id(), id="ID alone"),
        pytest.param(findings.lone_secret(), id="secret alone"),
        pytest.param(findings.session(), id="with a token"),
        pytest.param(findings.finding(path=None, object="commit", commit=COMMIT), id="in a commit message"),
        pytest.param(findings.finding(path="a\udcff\x1b.py"), id="in a file with a name that is no text"),
        pytest.param(
            findings.finding(commit=COMMIT, author="Ana <a@b>", date="2024-05-06T07:08:09Z"), id="in a commit"
        ),
    ],
)
def test_every_field_is_there_and_of_gitleaks_type(one: Finding) -> None:
    (entry,) = rendered(one)
    assert {name: type(value) for name, value in entry.items()} == KINDS


def test_nothing_found_is_an_empty_array() -> None:
    assert reporters.get("gitleaks").render(findings.report(), STYLE) == "[]\n"


@pytest.mark.parametrize(
    ("one", "secret", "match"),
    [
        pytest.param(findings.finding(), SECRET[:4] + MASK, f"{ID} {SECRET[:4]}{MASK}", id="pair"),
        pytest.param(findings.lone_id(), ID, ID, id="an ID is no secret"),
        pytest.param(findings.lone_secret(), SECRET[:4] + MASK, SECRET[:4] + MASK, id="secret alone"),
    ],
)
@pytest.mark.parametrize("style", [STYLE, STYLE._replace(verbose=True, show_secrets=True)], ids=["", "-v"])
def test_secrets_are_masked_whatever_is_asked_for(
    one: Finding, secret: str, match: str, style: Style
) -> None:
    (entry,) = rendered(one, style=style)
    assert (entry["Secret"], entry["Match"]) == (secret, match)
    assert SECRET not in json.dumps(entry)


def test_the_last_column_is_the_last_and_not_the_one_behind_it() -> None:
    (entry,) = rendered(findings.lone_id(line=7, column=5, end_line=7, end_column=25))
    assert [entry[name] for name in ("StartLine", "StartColumn", "EndLine", "EndColumn")] == [7, 5, 7, 24]


@pytest.mark.parametrize(
    ("author", "name", "email"),
    [
        pytest.param("Ana B. <ana@example.org>", "Ana B.", "ana@example.org", id="both"),
        pytest.param("Ana", "Ana", "", id="no address"),
        pytest.param(None, "", "", id="nobody"),
        pytest.param("A\udcff <a@b>", "A\\xff", "a@b", id="no text"),
    ],
)
def test_author_and_address_are_two_fields(author: str | None, name: str, email: str) -> None:
    (entry,) = rendered(findings.finding(author=author))
    assert (entry["Author"], entry["Email"]) == (name, email)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, "src/app.py:aws-access-key-pair:3", id="of a file"),
        pytest.param({"commit": COMMIT}, f"{COMMIT}:src/app.py:aws-access-key-pair:3", id="of a commit"),
    ],
)
def test_the_fingerprint_is_as_in_a_gitleaksignore(changes: dict[str, object], expected: str) -> None:
    assert rendered(findings.finding(**changes))[0]["Fingerprint"] == expected


def test_tags_say_what_the_shape_has_no_field_for() -> None:
    (entry,) = rendered(findings.finding())
    assert {"severity:high", "confidence:high", "account:123456789012"} <= set(entry["Tags"])
    assert not [tag for tag in entry["Tags"] if " " in tag or "," in tag]


@pytest.mark.skipif(shutil.which("gitleaks") is None, reason="gitleaks is not installed")
def test_gitleaks_itself_reads_it_and_writes_the_same_fields(tmp_path: Path) -> None:
    (tmp_path / "app.ini").write_text(f"\n[aws]\naws_access_key_id = {ID}\n")
    ours, theirs = tmp_path / "ours.json", tmp_path / "theirs.json"
    command = [sys.executable, "-m", "keyguard", "scan", "-f", "gitleaks", "-o", str(ours), "app.ini"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    read = ["gitleaks", "dir", "--redact", "-f", "json", "-r", str(theirs), "-b", str(ours), "app.ini"]
    done = subprocess.run(read, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert "could not" not in done.stderr
    (mine,), (other,) = json.loads(ours.read_text()), json.loads(theirs.read_text())
    assert list(mine) == list(other)
    assert {name: type(value) for name, value in other.items()} == KINDS
    for name in ("StartLine", "EndLine", "File", "Entropy"):
        assert mine[name] == pytest.approx(other[name], abs=1e-5) if name == "Entropy" else other[name]
