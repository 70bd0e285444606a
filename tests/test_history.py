"""``keyguard history``: every key that any object holds, wherever it is, and where it came from."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import keys
import pytest
import repos
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from keyguard import pipeline
from keyguard.config import Config
from keyguard.git import Git
from keyguard.model import Document, Origin
from keyguard.sources import history
from keyguard.sources.files import document
from keyguard.tracing import traced

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Report

ID, SECRET = keys.pair(1)
INI = f"aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"


def scanned(repo: repos.Repo, jobs: int = 1, *, every: bool = False) -> Report:
    git = Git.at(str(repo.path))
    parts, skipped = history.objects(git, jobs)
    assert not skipped
    return traced(git, pipeline.scan(parts, pipeline.Scanner(Config()), jobs), every=every)


def run(repo: repos.Repo, *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    """Exit code, findings and standard error of the program itself."""
    command = [sys.executable, "-P", "-m", "keyguard", "history", "-f", "jsonl", *arguments]
    done = subprocess.run(command, cwd=repo.path, env=repos.environment(), capture_output=True, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, [row for row in rows if row["type"] == "finding"], done.stderr.decode()


def test_a_rule_of_others_may_want_what_a_commit_begins_with(tmp_path: Path) -> None:
    made = repos.init(tmp_path / "repo")
    made.commit("begin")
    rules = tmp_path / "rules.txt"
    rules.write_text("^tree [0-9a-f]{40}\n")
    code, found, _ = run(made, "--rules", str(rules))
    assert (code, [row["object"] for row in found]) == (1, ["commit"])


@pytest.fixture
def repo(tmp_path: Path) -> repos.Repo:
    """A key that was added in the second commit, changed place in the third, and is gone in the fourth."""
    made = repos.init(tmp_path / "repo")
    made.commit("begin", readme="hello\n")
    made.commit("add", **{"a.ini": INI})
    made.commit("move", **{"a.ini": "# moved\n" + INI, "b.ini": INI})
    made.git("rm", "-q", "a.ini", "b.ini")
    made.commit("remove")
    return made


def test_one_finding_for_a_key_with_the_commit_that_introduced_it(repo: repos.Repo) -> None:
    code, (finding,), said = run(repo)
    assert code == 1
    assert (finding["rule"], finding["key_id"], finding["path"], finding["line"]) == (
        "aws-access-key-pair",
        ID,
        "a.ini",
        1,
    )
    assert finding["commit"] == repo.oid("HEAD~2")
    assert (finding["author"], finding["date"]) == ("Ann Author <ann@example.org>", "2023-11-14T22:13:20Z")
    assert (finding["reachable"], finding["in_head"], finding["source"], finding["object"]) == (
        "head",
        False,
        "history",
        "blob",
    )
    assert [place["path"] for place in finding["occurrences"]] == ["a.ini", "b.ini"]  # type: ignore[attr-defined]  # JSON
    assert finding["occurrence_count"] == 3
    assert "Traceback" not in said


def test_every_occurrence_on_request(repo: repos.Repo) -> None:
    _, (finding,), _ = run(repo, "--all-occurrences")
    assert len(finding["occurrences"]) == finding["occurrence_count"] == 3  # type: ignore[arg-type]  # JSON


@pytest.mark.parametrize(
    ("prepare", "label"),
    [
        pytest.param([], "head", id="in HEAD's history"),
        pytest.param([["branch", "other"], ["reset", "-q", "--hard", "HEAD~3"]], "refs", id="on a branch"),
        pytest.param([["tag", "old"], ["reset", "-q", "--hard", "HEAD~3"]], "refs", id="on a tag"),
        pytest.param([["reset", "-q", "--hard", "HEAD~3"]], "reflog", id="only in the reflog"),
        pytest.param(
            [["reset", "-q", "--hard", "HEAD~3"], ["reflog", "expire", "--expire=now", "--all"]],
            "unreachable",
            id="reached by nothing",
        ),
    ],
)
def test_what_reaches_it_is_said(repo: repos.Repo, prepare: list[list[str]], label: str) -> None:
    for command in prepare:
        repo.git(*command)
    assert [finding.reachable for finding in scanned(repo).findings] == [label]


@pytest.mark.parametrize(
    "hide",
    [
        pytest.param(lambda repo: repo.git("tag", "-a", "v1", "-m", f"key {ID}"), id="a tag's message"),
        pytest.param(lambda repo: repo.commit(f"use {ID}"), id="a commit's message"),
        pytest.param(lambda repo: repo.git("notes", "add", "-m", f"see {ID}"), id="a note"),
        pytest.param(lambda repo: repo.commit("x", **{f"keys/{ID}.txt": "x\n"}), id="a file's name"),
        pytest.param(lambda repo: (repo.write("readme", ID), repo.git("stash")), id="a stash"),
        pytest.param(lambda repo: repos.blob(repo, ID.encode()), id="a blob of no commit"),
        pytest.param(lambda repo: repo.stage("s", ID), id="a blob of the index"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_wherever_it_is_hidden(tmp_path: Path, hide: object, *, packed: bool) -> None:
    repo = repos.init(tmp_path / "repo")
    repo.commit("begin", readme="hello\n")
    assert callable(hide)
    hide(repo)
    if packed:
        repo.git("repack", "-q", "-a", "-d", "--keep-unreachable")
    assert {finding.key_id for finding in scanned(repo).findings} == {ID}


@pytest.mark.parametrize("arguments", [["--object-format=sha256"], ["--bare"]], ids=["SHA-256", "bare"])
def test_kinds_of_repositories(tmp_path: Path, repo: repos.Repo, arguments: list[str]) -> None:
    other = repos.init(tmp_path / "other", *arguments)
    if "--bare" in arguments:
        repo.git("push", "-q", str(other.path), "main")
    else:
        other.commit("add", **{"a.ini": INI})
    code, findings, _ = run(other)
    assert (code, [finding["key_id"] for finding in findings]) == (1, [ID])


def test_replacements_and_grafts_hide_nothing(repo: repos.Repo) -> None:
    repo.git("replace", repo.oid("HEAD~2"), repo.oid("HEAD~3"))
    assert [finding.key_id for finding in scanned(repo).findings] == [ID]


def test_a_range_is_each_of_its_commits(repo: repos.Repo) -> None:
    assert run(repo, "--range", "HEAD~3..HEAD")[0] == 1
    assert run(repo, "--range", "HEAD~1..HEAD")[0] == 0
    code, (finding,), _ = run(repo, "--range", "HEAD~1..HEAD", "--range", "HEAD~3..HEAD~2")
    assert (code, finding["commit"]) == (1, repo.oid("HEAD~2"))
    assert run(repo, "--branch", "main")[0] == 1
    assert run(repo, "--since", "2030-01-01")[0] == 0


def test_a_date_that_git_would_take_for_today_is_refused(repo: repos.Repo) -> None:
    code, _, said = run(repo, "--since", "nonsense")
    assert (code, "'nonsense' is no date" in said) == (2, True)


def test_paths_that_are_left_out(repo: repos.Repo) -> None:
    assert run(repo, "--exclude", "*.ini")[0] == 0
    assert [finding["path"] for finding in run(repo, "--exclude", "a.ini")[1]] == ["b.ini"]


def test_an_unknown_revision_is_an_error(repo: repos.Repo) -> None:
    code, _, said = run(repo, "--range", "nowhere..HEAD")
    assert (code, "there is no revision 'nowhere'" in said) == (2, True)


def test_several_repositories_have_their_names_before_their_paths(tmp_path: Path, repo: repos.Repo) -> None:
    second = repos.init(tmp_path / "second")
    second.commit("add", **{"c.ini": INI.replace(ID, keys.key_id(2))})
    _, findings, _ = run(repo, str(repo.path), str(second.path))
    assert [finding["path"] for finding in findings] == [f"{repo.path}/a.ini", f"{second.path}/c.ini"]


def test_submodules_on_request(tmp_path: Path, repo: repos.Repo) -> None:
    inner = repos.init(tmp_path / "inner")
    inner.commit(**{"c.ini": INI})
    for name, url in (("libs/outer", repo.path), ("other", inner.path)):
        repo.git(
            "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "--name", name, str(url), name
        )
    assert run(repo)[1][0]["path"] == "a.ini"
    found = run(repo, "--submodules")[1]
    assert [row["path"] for row in found] == [
        "./a.ini",
        ".git/modules/libs/outer/a.ini",
        ".git/modules/other/c.ini",
    ]


def test_a_shallow_clone_is_incomplete(tmp_path: Path, repo: repos.Repo) -> None:
    repo.git("clone", "-q", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    code, findings, said = run(repos.Repo(tmp_path / "shallow"))
    assert (code, findings) == (2, [])
    assert "the clone is shallow" in said
    assert run(repos.Repo(tmp_path / "shallow"), "--range", "HEAD")[0] == 2


def test_a_damaged_object_is_named_and_the_rest_is_read(repo: repos.Repo) -> None:
    lost = repos.loose(repo, repo.oid("HEAD:readme"))
    lost.chmod(0o644)
    lost.write_bytes(b"garbage")
    code, findings, said = run(repo)
    assert (code, [finding["key_id"] for finding in findings]) == (1, [ID])
    assert repo.oid("HEAD:readme") in said


@pytest.mark.parametrize("where", ["nowhere", "plain"], ids=["no directory", "no repository"])
def test_what_is_no_repository(tmp_path: Path, repo: repos.Repo, where: str) -> None:
    (tmp_path / "plain").mkdir()
    code, _, said = run(repo, str(tmp_path / where))
    assert (code, said.count("\n")) == (2, 1)


def test_an_empty_repository_is_clean(tmp_path: Path) -> None:
    assert run(repos.init(tmp_path / "empty"))[0] == 0


def test_two_processes_report_what_one_does(repo: repos.Repo) -> None:
    repo.git("gc", "-q")
    assert scanned(repo, 2).findings == scanned(repo, 1).findings


def halves(text: str, cut: int) -> tuple[str, str]:
    return text[:cut], text[cut:]


def test_an_interruption_while_keys_are_traced_costs_no_finding(repo: repos.Repo) -> None:
    def interrupt(_: str) -> bool:
        raise KeyboardInterrupt

    git = Git.at(str(repo.path))
    parts, _ = history.objects(git, 1)
    report = traced(git, pipeline.scan(parts, pipeline.Scanner(Config())), interrupt)
    assert [finding.key_id for finding in report.findings] == [ID]
    assert report.interrupted
    assert report.summary.errors == ("where the keys came from is not known: interrupted",)


def test_a_key_that_only_an_edit_joins(tmp_path: Path) -> None:
    """Neither version's delta need hold the whole key: it is there when the delta is applied."""
    repo = repos.init(tmp_path / "repo")
    filler = "".join(f"line {number} of something long\n" for number in range(200))
    left, right = halves(f'key = "{ID}"\nsecret = "{SECRET}"\n', 70)
    repo.commit("two halves", a=f"{filler}{left}{filler[:60]}{right}{filler}")
    repo.commit("joined", a=f"{filler}{left}{right}{filler}")
    repo.commit("apart", a=f"{filler}{left}-{right}{filler}")
    repo.git("repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50")
    assert {finding.rule for finding in scanned(repo).findings} == {"aws-access-key-pair"}


STEPS = ("commit", "edit", "move", "delete", "branch", "merge", "amend", "reset", "stash", "repack", "gc")
Step = st.tuples(st.sampled_from(STEPS), st.integers(0, 9))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(Step, min_size=3, max_size=14), st.randoms(use_true_random=False))
def test_random_histories_hold_what_git_says(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], chance: random.Random
) -> None:
    """Against a slow oracle: scan the content of every object that git gives."""
    repo = repos.init(tmp_path_factory.mktemp("random") / "repo")
    repo.commit("begin", base="base\n")
    for number, (step, choice) in enumerate(steps):
        take(repo, step, choice, number, chance)
    assert found(repo) == expected(repo)


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate],
)
@given(st.sampled_from([100, 500, 3000]), st.randoms(use_true_random=False))
def test_versions_of_a_file_hold_what_git_says(
    tmp_path_factory: pytest.TempPathFactory, length: int, chance: random.Random
) -> None:
    """Of a version that is a delta only what is new is looked at; an oracle looks at all of it."""
    repo = repos.init(tmp_path_factory.mktemp("versions") / "repo")
    lines = [f"line {number} of {chance.randrange(50)}\n" for number in range(length)]
    kept = lines
    for number in range(30):
        lines.insert(chance.randrange(length), f"line {number} is new, and makes the file longer\n" * 4)
        version = list(kept if number % 10 > 5 and chance.random() < 0.8 else lines)
        for _ in range(number % 3):
            edit(version, number // 4, chance)
        kept = version
        repo.stage("file", "".join(version))
        repo.commit(str(number))
    repo.git("repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=10")
    assert found(repo) == expected(repo)


def edit(lines: list[str], seed: int, chance: random.Random) -> None:
    """Bring a key, a piece of one or what bears on it to a random place, or take something away."""
    value, secret = keys.pair(seed)
    cut = chance.randrange(1, 39)
    new = (
        [f"aws_access_key_id = {value}\n"],
        [f"aws_secret_access_key = {secret}\n"],
        [f"aws_secret_access_key = {secret[:cut]}\n", f"{secret[cut:]}\n"],
        [f"x = {secret}\n"],
        ["aws_secret_access_key =\n"],
        [f"{secret[:cut]}"],
        [f"{secret[cut:]}\n"],
        [],
    )
    at = chance.randrange(len(lines))
    for place in (at, at + 1) if chance.random() < 0.3 else (at,):
        lines[place : place + chance.randrange(3)] = chance.choice(new)


def take(repo: repos.Repo, step: str, choice: int, number: int, chance: random.Random) -> None:
    """One step of a random history; what git refuses just does not happen."""
    name = f"file{choice % 4}"
    text = "".join(f"line {chance.randrange(50)}\n" for _ in range(30)) + content(choice, number)
    if step in ("commit", "edit"):
        repo.commit(f"{step} {number}", **{name: text})
    elif step == "move":
        repo.attempt("mv", "-f", name, f"moved{choice}")
        repo.commit("moved")
    elif step == "delete":
        repo.attempt("rm", "-q", "-f", name)
        repo.commit("deleted")
    elif step == "branch":
        repo.attempt("checkout", "-q", "-B", f"branch{choice % 3}")
    elif step == "merge":
        repo.attempt(
            "merge", "-q", "-X", "ours", "-m", "merged", *(f"branch{one}" for one in range(choice % 3 + 1))
        )
        repo.attempt("merge", "--abort")
    elif step == "amend":
        repo.stage(name, text)
        repo.git("commit", "-q", "--amend", "--no-edit", "--no-verify")
    elif step == "reset":
        repo.attempt("reset", "-q", "--hard", "HEAD~1")
    elif step == "stash":
        repo.write("base", text)
        repo.attempt("stash")
    elif step == "repack":
        repo.git("repack", "-q", "-a", "-d", "-f", f"--depth={choice * 5}", f"--window={choice + 1}")
    else:
        repo.git("gc", "-q", "--prune=now" if choice % 2 else "--no-prune")


def content(choice: int, number: int) -> str:
    """What a step writes: now and then a key, a piece of one, or an example."""
    value, secret = keys.pair(number)
    forms = (
        f"aws_access_key_id = {value}\n",
        f"id = {value}\nsecret = {secret}\n",
        f"secret = '{secret}'\n",
        f"{value[:9]}\n{value[9:]}\n",
        f"commit {random.Random(number).randbytes(20).hex()}\n",
    )
    return forms[choice % len(forms)] if choice < 8 else ""


def found(repo: repos.Repo) -> set[tuple[str, str | None]]:
    git = Git.at(str(repo.path))
    parts, skipped = history.objects(git, 2)
    assert not skipped
    report = pipeline.scan(parts, pipeline.Scanner(Config()))
    assert report.complete
    return {(finding.fingerprint, finding.oid) for finding in report.findings}


def expected(repo: repos.Repo) -> set[tuple[str, str | None]]:
    scanner = pipeline.Scanner(Config())
    done = pipeline.Examined()
    for line in repo.git("cat-file", "--batch-all-objects", "--batch-check").decode().splitlines():
        oid, kind, _ = line.split()
        if kind != "tree":
            made = document(Origin("history", None, kind, oid=oid), repo.git("cat-file", kind, oid))
            assert isinstance(made, Document)
            scanner.document(made, done)
    return {(finding.fingerprint, finding.oid) for finding in done.findings}
