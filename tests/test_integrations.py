"""keyguard inside other scanners: the real detect-secrets scans, hooks and audits with it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keys
import pytest
import repos
from detect_secrets.util.code_snippet import get_code_snippet
from hypothesis import given
from hypothesis import strategies as st

from keyguard.errors import ConfigError
from keyguard.integrations import detect_secrets as integration
from keyguard.integrations.detect_secrets import KeyguardDetector

if TYPE_CHECKING:
    from keyguard.model import Severity

ID, SECRET = keys.pair()
TYPE = "AWS credentials (keyguard)"
PLUGIN = Path(integration.__file__)
BINARIES = Path(sys.executable).parent
BASELINE = ".secrets.baseline"
SHIM = "from keyguard.integrations.detect_secrets import KeyguardDetector\n"
APART = f"[prod]\naws_access_key_id = {ID}\n# one\n# two\naws_secret_access_key = {SECRET}\n"


def on_line(lines: list[str], number: int, severity: Severity = "medium") -> set[str | None]:
    """What the plugin finds on one line, in the way in which detect-secrets asks."""
    context = get_code_snippet(lines, number)
    found = KeyguardDetector(severity).analyze_line("app.py", lines[number - 1].rstrip(), number, context)
    assert {one.line_number for one in found} <= {number}
    return {one.secret_value for one in found}


# What is found on a line.


@pytest.mark.parametrize(
    ("lines", "number", "expected"),
    [
        pytest.param(["nothing"], 1, set(), id="nothing"),
        pytest.param([f"key = {ID}"], 1, {ID}, id="ID alone"),
        pytest.param([f"f({ID!r}, {SECRET!r})"], 1, {ID, SECRET}, id="pair on one line"),
        pytest.param(APART.split("\n"), 2, {ID}, id="the ID of a pair on its line"),
        pytest.param(APART.split("\n"), 5, {SECRET}, id="the secret of a pair on its line"),
        pytest.param(APART.split("\n"), 3, set(), id="nothing on a line between"),
        pytest.param(["é = 1\n", f"{ID}\r\n", "x\n"], 2, {ID}, id="lines have their ends"),
        pytest.param(["a"] * 20 + [f"ü {ID}"] + ["b"] * 9, 21, {ID}, id="behind twenty lines"),
        pytest.param([f"{ID}", ID], 2, {ID}, id="the same on the line above"),
        pytest.param([f"key = {keys.EXAMPLE_ID}"], 1, set(), id="an example is nobody's"),
        pytest.param(["x", f"{ID} # keyguard: ignore"], 2, set(), id="accepted"),
        pytest.param(["# keyguard: ignore-next-line", ID], 2, set(), id="accepted on the line above"),
        pytest.param([f"commit {'0123456789abcdef' * 2}01234567"], 1, set(), id="a hash"),
    ],
)
def test_a_line_has_what_begins_on_it(lines: list[str], number: int, expected: set[str]) -> None:
    assert on_line(lines, number) == expected


def test_lines_around_say_how_severe_it_is() -> None:
    """A temporary ID by itself opens nothing; with its secret two lines on it does."""
    temporary = [keys.key_id(prefix="ASIA"), "", f"secret = {SECRET}"]
    assert on_line(temporary[:1], 1) == set()
    assert on_line(temporary, 1) == {temporary[0]}


def test_what_is_encoded_is_told_as_it_is_written() -> None:
    """So that an audit finds it on its line."""
    line = f"data: {base64.b64encode(f'key = {ID};'.encode()).decode()}"
    (found,) = on_line([line], 1)
    assert found in line.split()[1]
    assert ID not in found


def test_without_context_the_line_is_all_there_is() -> None:
    found = KeyguardDetector().analyze_line("x", f"key {ID}", 7)
    assert {(one.secret_value, one.line_number) for one in found} == {(ID, 7)}


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=9), max_size=9))
def test_no_surroundings_make_it_fail_or_move(lines: list[str]) -> None:
    for number in range(1, len(lines) + 1):
        around = [*lines[: number - 1], f"secret = {SECRET}", *lines[number:]]
        assert on_line(around, number) <= {SECRET}


def test_a_text_by_itself_can_be_asked_about() -> None:
    assert list(KeyguardDetector().analyze_string(f"x {ID} y")) == [ID]


# Its setting.


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        pytest.param("low", {keys.key_id(prefix="ASIA")}, id="from low on, a temporary ID counts"),
        pytest.param("medium", set(), id="from medium on, it does not"),
    ],
)
def test_it_reports_from_a_severity_on(severity: Severity, expected: set[str]) -> None:
    assert on_line([keys.key_id(prefix="ASIA")], 1, severity=severity) == expected


def test_its_setting_survives_a_baseline() -> None:
    written = KeyguardDetector("low").json()
    assert written == {"name": "KeyguardDetector", "severity": "low"}
    assert KeyguardDetector(severity=written["severity"]).json() == written


def test_a_wrong_setting_is_an_error_that_says_what_there_is() -> None:
    with pytest.raises(ConfigError, match=r"'severe'.*medium"):
        KeyguardDetector("severe")  # type: ignore[arg-type]  # a baseline is edited by hand


# The real thing.


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a plugin file of its own, as a team would have it."""
    repo = repos.init(tmp_path / "repository")
    (repo.path / "tools").mkdir()
    (repo.path / "tools/keyguard_plugin.py").write_text(SHIM)
    (repo.path / "app.ini").write_text(APART)
    repo.git("add", ".")
    return repo.path


def run(folder: Path, *command: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    program, *arguments = command
    environment = repos.environment({"TERM": "dumb", "HOME": str(folder)})
    return subprocess.run(
        [str(BINARIES / program), *arguments],
        cwd=folder,
        env=environment,
        input=answers,
        capture_output=True,
        check=False,
        text=True,
    )


def results(baseline: dict[str, Any], kind: str = TYPE) -> list[tuple[str, int, str]]:
    every = [one for entries in baseline["results"].values() for one in entries]
    return [
        (one["filename"], one["line_number"], one["hashed_secret"]) for one in every if one["type"] == kind
    ]


def scanned(folder: Path, *options: str) -> dict[str, Any]:
    done = run(folder, "detect-secrets", "scan", *options)
    assert done.returncode == 0, done.stderr
    baseline: dict[str, Any] = json.loads(done.stdout)
    (folder / BASELINE).write_text(done.stdout)
    repos.Repo(folder).git("add", ".")
    return baseline


EXPECTED = [
    ("app.ini", 2, sha1(ID.encode(), usedforsecurity=False).hexdigest()),
    ("app.ini", 5, sha1(SECRET.encode(), usedforsecurity=False).hexdigest()),
]


@pytest.mark.parametrize("path", [str(PLUGIN), "tools/keyguard_plugin.py"], ids=["the module", "a shim"])
def test_scan_finds_with_it_and_names_it_in_the_baseline(repository: Path, path: str) -> None:
    baseline = scanned(repository, "-p", path)
    assert results(baseline) == EXPECTED
    (entry,) = (one for one in baseline["plugins_used"] if one["name"] == "KeyguardDetector")
    assert entry["severity"] == "medium"
    assert entry["path"].endswith(path)


def test_the_hook_stops_a_key_and_lets_other_files_pass(repository: Path) -> None:
    (repository / "clean.py").write_text("x = 1\n")
    hook = ("detect-secrets-hook", "-p", str(PLUGIN))
    assert run(repository, *hook, "clean.py").returncode == 0
    stopped = run(repository, *hook, "app.ini")
    assert stopped.returncode == 1
    assert TYPE in stopped.stdout
    assert SECRET not in stopped.stdout + stopped.stderr


def test_the_hook_knows_what_is_in_the_baseline_and_no_other_key(repository: Path) -> None:
    scanned(repository, "-p", "tools/keyguard_plugin.py")
    hook = ("detect-secrets-hook", "--baseline", BASELINE, "app.ini")
    assert run(repository, *hook).returncode == 0
    (repository / "app.ini").write_text(APART.replace(SECRET, keys.secret(9)))
    assert run(repository, *hook).returncode == 1


def test_a_plugin_path_in_the_baseline_may_be_relative(repository: Path) -> None:
    """So that the baseline works on every machine."""
    baseline = scanned(repository, "-p", "tools/keyguard_plugin.py")
    for plugin in baseline["plugins_used"]:
        if plugin["name"] == "KeyguardDetector":
            plugin.update(path="file://tools/keyguard_plugin.py", severity="low")
    (repository / BASELINE).write_text(json.dumps(baseline))
    (repository / "more.py").write_text(f"key = '{keys.key_id(4, prefix='ASIA')}'\n")
    repos.Repo(repository).git("add", ".")
    done = run(repository, "detect-secrets-hook", "--baseline", BASELINE, "app.ini", "more.py")
    assert (done.returncode, "more.py:1" in done.stdout, "app.ini" in done.stdout) == (1, True, False)
    updated = run(repository, "detect-secrets", "scan", "--baseline", BASELINE)
    assert updated.returncode == 0, updated.stderr
    after = json.loads((repository / BASELINE).read_text())
    (entry,) = (one for one in after["plugins_used"] if one["name"] == "KeyguardDetector")
    assert (entry["path"], entry["severity"]) == ("file://tools/keyguard_plugin.py", "low")
    assert [name for name, *_ in results(after)] == ["app.ini", "app.ini", "more.py"]


def test_audit_shows_each_finding_and_keeps_the_answers(repository: Path) -> None:
    scanned(repository, "-p", "tools/keyguard_plugin.py", "--disable-plugin", "AWSKeyDetector")
    baseline = json.loads((repository / BASELINE).read_text())
    entries = [one for one in baseline["results"]["app.ini"] if one["type"] == TYPE]
    baseline["results"] = {"app.ini": entries}
    (repository / BASELINE).write_text(json.dumps(baseline))
    audit = ("python", "-m", "keyguard.integrations", "audit")
    done = run(repository, *audit, BASELINE, answers="n\ny\n")  # should it be committed?
    assert done.returncode == 0, done.stderr
    after = json.loads((repository / BASELINE).read_text())
    assert [one["is_secret"] for one in after["results"]["app.ini"]] == [True, False]
    stats = run(repository, *audit, "--stats", BASELINE)
    assert "KeyguardDetector" in stats.stdout


def test_an_adhoc_string_is_told(repository: Path) -> None:
    done = run(repository, "detect-secrets", "scan", "-p", str(PLUGIN), "--string", f"key {ID}")
    assert "KeyguardDetector: True" in " ".join(done.stdout.split()).replace(" :", ":")
