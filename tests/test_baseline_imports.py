"""What other scanners were told to accept is taken over, and no more; what cannot be is said."""

from __future__ import annotations

import json
from hashlib import sha1
from typing import TYPE_CHECKING

import keys
import pytest
import repos
from test_baseline_command import NAME, ini, run

from keyguard.baseline.imports import git_secrets
from keyguard.baseline.imports.claims import Spot
from keyguard.baseline.imports.given import Given

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID, SECRET = keys.pair(0)


@pytest.fixture
def repo(tmp_path: Path) -> repos.Repo:
    """A repository with a key that was accepted elsewhere (a.ini) and one that was not (b.ini)."""
    repo = repos.init(tmp_path / "repo")
    repo.commit(**{"a.ini": ini(0), "b.ini": ini(1)})
    return repo


def detect_secrets(*, real: bool | None = None) -> str:
    entries = [
        {"type": "AWS Access Key", "hashed_secret": sha1(value.encode()).hexdigest(), "line_number": line}  # noqa: S324 - theirs
        for value, line in ((ID, 2), (SECRET, 3))
    ]
    audited = [one if real is None else one | {"is_secret": real} for one in entries]
    return json.dumps({"version": "1.5.0", "plugins_used": [], "results": {"a.ini": audited}})


def gitleaks(repo: repos.Repo, *, redacted: bool = False) -> str:
    found = [
        {
            "RuleID": rule,
            "File": "a.ini",
            "StartLine": line,
            "EndLine": line,
            "Secret": "REDACTED" if redacted else value,  # pragma: allowlist secret
            "Commit": repo.oid(),
            "Fingerprint": f"{repo.oid()}:a.ini:{rule}:{line}",
        }
        for rule, line, value in (("aws-access-token", 2, ID), ("generic-api-key", 3, SECRET))
    ]
    return json.dumps(found)


def trufflehog(*, verified: bool = False) -> str:
    where = {"Data": {"Filesystem": {"file": "a.ini", "line": 2}}}
    one = {"SourceMetadata": where, "DetectorName": "AWS", "Verified": verified, "Raw": ID}
    return json.dumps(one | {"RawV2": f"{ID}:{SECRET}"}) + "\n"


def kingfisher(status: str = "Not Attempted") -> str:
    found = {"dependent_captures": {"S": SECRET}, "snippet": ID, "line": 2, "path": "a.ini"}
    rule = {"id": "kingfisher.aws.1", "name": "AWS"}
    return json.dumps({"findings": [{"rule": rule, "finding": found | {"validation": {"status": status}}}]})


def lines(repo: repos.Repo) -> str:
    rules = (("aws-access-token", 2), ("generic-api-key", 3))
    return "# accepted\n" + "".join(f"{repo.oid()}:a.ini:{rule}:{line}\n" for rule, line in rules)


FILES: dict[str, tuple[str, Callable[[repos.Repo], str]]] = {
    "detect-secrets": (".secrets.baseline", lambda _: detect_secrets(real=False)),
    "detect-secrets, not audited": (".secrets.baseline", lambda _: detect_secrets()),
    "gitleaksignore": (".gitleaksignore", lines),
    "gitleaksignore, without commits": (
        ".gitleaksignore",
        lambda _: "a.ini:aws-access-token:2\na.ini:generic-api-key:3\n",
    ),
    "betterleaksignore by another name": ("accepted.txt", lines),
    "a report of gitleaks": ("report.json", gitleaks),
    "a report of gitleaks, redacted": ("report.json", lambda repo: gitleaks(repo, redacted=True)),
    "trufflehog": ("found.jsonl", lambda _: trufflehog()),
    "kingfisher": ("report.json", lambda _: kingfisher()),
    "ripsecrets, values": (".secretsignore", lambda _: f"docs/\n[secrets]\n{ID}\n{SECRET}\n"),
    "ripsecrets, paths": (".secretsignore", lambda _: "a.*\n"),
    "git-secrets": (".gitallowed", lambda _: "# comment\n^a\\.ini:[[:digit:]]+:aws\n"),
}


@pytest.mark.parametrize("kind", FILES)
def test_what_was_accepted_is_and_the_rest_is_reported(repo: repos.Repo, tmp_path: Path, kind: str) -> None:
    name, content = FILES[kind]
    (tmp_path / name).write_text(content(repo))
    said = run(repo.path, "baseline", "import", str(tmp_path / name))
    assert "took over" in said
    assert SECRET not in said
    report = run(repo.path, "scan", "-b", NAME, "-v", code=1)
    assert "a.ini:2:21: accepted aws-access-key-pair by baseline" in report
    assert "b.ini:2:21: HIGH aws-access-key-pair" in report
    assert "1 accepted" in report


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param(".secrets.baseline", detect_secrets(real=True), id="audited as real"),
        pytest.param("found.jsonl", trufflehog(verified=True), id="verified by trufflehog"),
        pytest.param("report.json", kingfisher("Active Credential"), id="verified by kingfisher"),
        pytest.param(
            ".secrets.baseline", detect_secrets().replace("a.ini", "other.ini"), id="in another file"
        ),
        pytest.param(".gitleaksignore", "a.ini:aws-access-token:2\n", id="only the ID"),
        pytest.param(".gitleaksignore", "a.ini:aws-access-token:1\n", id="another line"),
        pytest.param(".gitallowed", "nothing\n(\n", id="patterns that allow nothing"),
    ],
)
def test_what_was_not_accepted_is_reported(repo: repos.Repo, tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    run(repo.path, "baseline", "import", str(tmp_path / name))
    assert "a.ini:2:21: HIGH" in run(repo.path, "scan", "-b", NAME, code=1)


def test_what_could_not_be_taken_over_is_said(repo: repos.Repo, tmp_path: Path) -> None:
    (tmp_path / ".gitleaksignore").write_text("a.ini:aws-access-token:2\nx.pem:private-key:1\nodd\n")
    said = run(repo.path, "baseline", "import", str(tmp_path / ".gitleaksignore"))
    assert "took over 1 of 3" in said
    assert "not taken over: x.pem:private-key:1: not about an AWS key" in said
    assert "not taken over: line 3: no fingerprint" in said
    assert "a.ini:2: the ID was accepted, its secret was not: it is reported" in said


def test_a_key_that_only_a_commit_has(repo: repos.Repo, tmp_path: Path) -> None:
    (tmp_path / ".gitleaksignore").write_text(lines(repo))
    repo.git("rm", "-q", "a.ini")
    repo.commit()
    assert "took over 2 of 2" in run(repo.path, "baseline", "import", str(tmp_path / ".gitleaksignore"))
    assert "1 gone" not in run(repo.path, "baseline", "update")  # it covers the history now
    assert "1 finding" in run(repo.path, "history", "-b", NAME, code=1)  # b.ini


def test_what_stands_on_the_line_now_is_not_what_stood_there_in_the_commit(
    repo: repos.Repo, tmp_path: Path
) -> None:
    (tmp_path / ".gitleaksignore").write_text(lines(repo))
    repo.commit(**{"a.ini": ini(3)})
    run(repo.path, "baseline", "import", str(tmp_path / ".gitleaksignore"))
    assert "a.ini:2:21: HIGH" in run(repo.path, "scan", "-b", NAME, "a.ini", code=1)
    assert "2 findings (2 high) in" in (report := run(repo.path, "history", "-b", NAME, code=1))
    assert "1 accepted" in report


def test_a_pattern_that_takes_forever_allows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_secrets, "PATIENCE", 0.05)
    (claim,) = git_secrets.read(Given(".gitallowed", "(?:x|xx)+[yz]\n", None))
    assert not claim.accepts(Spot("a", None, 1, 1, "x", ("x" * 60,)))
    assert claim.accepts(Spot("a", None, 1, 1, "x", ("xy",)))


def test_an_import_adds_to_what_is_there(repo: repos.Repo, tmp_path: Path) -> None:
    run(repo.path, "baseline", "create")
    before = (repo.path / NAME).read_bytes()
    (tmp_path / "r.json").write_text(kingfisher())
    run(repo.path, "baseline", "import", str(tmp_path / "r.json"))
    assert (repo.path / NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param('{"a": 1, "b": 2}', "a JSON object with the fields 'a', 'b'", id="other JSON"),
        pytest.param('[{"x": 1}]', "a list of JSON objects with the fields 'x'", id="a list"),
        pytest.param("some words\n", "text of 1 lines", id="text"),
        pytest.param("", "an empty file", id="empty"),
        pytest.param(
            '{\n<<<<<<< a\n"results": {}}\n>>>>>>> b\n',
            "file:2: a merge conflict was left here; resolve it",
            id="conflict",
        ),
        pytest.param('{\n "results": {\n  "a": [\n', "file:4: this is JSON up to here", id="cut off"),
        pytest.param('{"DetectorName": "AWS"}\n\n{"Dete\n', "file:3: this is JSON up", id="a line cut off"),
        pytest.param(
            '{"keyguard":"baseline"}', "a baseline of keyguard already; name it with -", id="our own"
        ),
        pytest.param(
            '{"keyguard":"baseline"}\n{"hash":"x"}\n', "a baseline of keyguard already", id="our own, long"
        ),
        pytest.param(
            '{"results": {"a": [{"hashed_secret": "0"}, {}]}}',
            "not quite a baseline of detect-secrets (.secrets.baseline): its entry 2 has no 'hashed_secret'",
            id="by hand",
        ),
        pytest.param(
            '[{"RuleID": "aws", "StartLine": "x"}]', "entry 1 is not as it is written", id="another type"
        ),
        pytest.param("3", "JSON, but", id="a number"),
    ],
)
def test_a_file_of_the_wrong_kind(repo: repos.Repo, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "file").write_text(content)
    assert said in run(repo.path, "baseline", "import", str(tmp_path / "file"), code=2)
    assert not (repo.path / NAME).exists()


def test_the_kind_can_be_said(repo: repos.Repo, tmp_path: Path) -> None:
    (tmp_path / "patterns").write_text("a[.]ini\n")
    run(repo.path, "baseline", "import", "--from", "gitallowed", str(tmp_path / "patterns"))
    assert "1 accepted" in run(repo.path, "scan", "-b", NAME, "-v", code=1)
    wrong = run(repo.path, "baseline", "import", "--from", "trufflehog", str(tmp_path / "patterns"), code=2)
    assert "this is not what 'trufflehog --json' prints, but text of 1 lines" in wrong
