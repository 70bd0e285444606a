"""The explanation of a line: what became of what rules found on it, and what each part was weighed with."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import keys
import pytest
import repos
from hypothesis import given
from hypothesis import strategies as st

from keyguard import explain, pipeline, rules
from keyguard.config import Config
from keyguard.model import Document, Origin
from keyguard.reporters import explanation as written
from keyguard.sources import Single, files

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.explain import Explanation, Judged

ID, SECRET = keys.pair()
WORDS = "nothing to see"


def of(text: str | bytes, line: int = 1, path: str = "app.py", **config: Any) -> Explanation:  # noqa: ANN401 - of any type
    """The explanation, from the report of a real scan."""
    data = text.encode() if isinstance(text, str) else text
    document = files.document(Origin(files.SOURCE, path), data)
    return explained(document._replace(chunks=tuple(document.chunks)), line, Config(**config))


def explained(document: Document, line: int, config: Config) -> Explanation:
    report = pipeline.scan([Single(lambda: iter([document]))], pipeline.Scanner(config))
    return explain.explain(document, line, rules.builtin(), report)


def only(explanation: Explanation) -> Judged:
    (one,) = explanation.judged
    return one


# What became of it.


@pytest.mark.parametrize(
    ("text", "line", "outcome", "why"),
    [
        pytest.param(f"key = {ID}", 1, "reported", "", id="an ID"),
        pytest.param(f"f({ID!r}, {SECRET!r})", 1, "reported", "", id="a pair"),
        pytest.param(f"{ID}\n{SECRET}\n", 2, "reported", "", id="the second line of a pair"),
        pytest.param(
            f"{ID} # keyguard: ignore -- mine", 1, "accepted", "keyguard: ignore: mine", id="comment"
        ),
        pytest.param(f"{ID} # gitleaks:allow", 1, "accepted", "gitleaks:allow", id="another tool's comment"),
        pytest.param(f"sha1: {SECRET}", 1, "nothing", "from a score of 0.5", id="a hash's name before it"),
        pytest.param(f"sha256-a_{SECRET}", 1, "nothing", "joined-before", id="a piece of something longer"),
    ],
)
def test_it_says_what_a_scan_made_of_it(text: str, line: int, outcome: str, why: str) -> None:
    one = only(of(text, line))
    assert one.outcome == outcome
    assert why in one.why
    assert bool(one.why) == (outcome != "reported")


def test_what_is_less_sure_than_asked_for_was_left_out() -> None:
    one = only(of(keys.EXAMPLE_ID, min_confidence="high"))
    assert (one.outcome, "options" in one.why) == ("left out", True)


@pytest.mark.parametrize(
    ("added", "outcome"),
    [
        pytest.param(frozenset({1}), "left out", id="another line is new"),
        pytest.param(frozenset({2}), "reported", id="the line is new"),
    ],
)
def test_only_lines_that_are_new_count_where_only_they_do(added: frozenset[int], outcome: str) -> None:
    document = files.document(Origin("staged", "app.py"), f"x\n{ID}\n".encode())
    one = only(explained(document._replace(added=lambda: added), 2, Config()))
    assert one.outcome == outcome
    assert ("add or change" in one.why) == (outcome == "left out")


def test_a_part_of_a_token_is_told_as_that() -> None:
    url = f"https://b.s3.amazonaws.com/k?X-Amz-Credential={keys.key_id(prefix='ASIA')}%2F20240101%2Fus-east-1"
    url += "%2Fs3%2Faws4_request&X-Amz-Date=20240101T000000Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host"
    found = of(f"{url}&X-Amz-Signature={'0123456789abcdef' * 4}").judged
    assert {one.outcome for one in found} >= {"nothing"}
    assert any("inside of a token" in one.why for one in found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(WORDS, 1, id="words"),
        pytest.param(f"{ID}\n{WORDS}\n{SECRET}", 2, id="between the parts of a pair"),
        pytest.param("", 1, id="an empty file"),
        pytest.param(f"{ID}\n", 2, id="behind the last line end"),
    ],
)
def test_a_line_with_nothing_has_nothing_to_explain(text: str, line: int) -> None:
    found = of(text, line)
    assert (found.judged, found.silences) == ((), ())
    assert "no run of 20 characters" in written.text(found)


def test_a_line_may_have_both_what_was_found_and_what_was_not() -> None:
    found = of(f"x\n{ID} x{ID}\n", 2)
    assert only(found).outcome == "reported"
    assert {one.column for one in found.silences} == {22, 23}


# What it was weighed with.


def test_the_parts_of_a_score_add_up_to_it() -> None:
    """Evidence for and against, of the line, of the file's path, as the scan itself has weighed it."""
    text = f"sha1: {SECRET}\naws_secret_access_key = {SECRET}\n"
    for line in (1, 2):
        (piece,) = only(of(text, line, path="tests/vectors.py")).pieces
        weights = [clue.weight for clue in piece.clues]
        assert explain.log_odds(piece.match.score) == pytest.approx(
            piece.odds + min(sum(w for w in weights if w > 0), 9.5) + sum(w for w in weights if w < 0),
            abs=1e-6,
        )


def test_evidence_is_named_with_its_weight() -> None:
    (piece,) = only(of(f"aws_secret_access_key = {SECRET}")).pieces
    assert {"secret-key-name": 7.0}.items() <= {clue.name: clue.weight for clue in piece.clues}.items()


def test_an_example_is_told_as_one() -> None:
    (piece,) = only(of(keys.EXAMPLE_ID)).pieces
    assert piece.example == "documented example"


def test_a_file_of_utf_16_is_explained_in_its_own_lines() -> None:
    found = of(f"x\n{ID}\n".encode("utf-16"), 2)
    (piece,) = only(found).pieces
    assert (only(found).outcome, piece.match.place.column) == ("reported", 1)


def test_how_it_is_written_is_told() -> None:
    wide = b"\xff\x01" * 99 + b"\n" + ID.encode("utf-16-le") + b"\x01\xff"
    (piece,) = only(of(wide, 2)).pieces
    assert piece.match.encoding == "utf-16"
    assert "written as utf-16" in written.text(of(wide, 2))


def test_what_is_encoded_is_weighed_where_it_is_decoded() -> None:
    """The evidence is that of the decoded text, and its path is told from the outside in."""
    inner = f"aws_secret_access_key=%27{SECRET.replace('+', '%2B')}%27\n"
    found = of(f"data: {base64.b64encode(inner.encode()).decode()}")
    (piece,) = only(found).pieces
    assert piece.match.encoding.startswith("base64")
    assert "secret-key-name" in [clue.name for clue in piece.clues]
    assert f"written as {', in it '.join(piece.match.encoding.split('+'))}" in written.text(found)
    assert found.silences == ()


# How it is shown.

SHOWN = [
    pytest.param(f"f({ID!r}, {SECRET!r})", id="pair"),
    pytest.param(f"sha1: {SECRET}", id="unlikely"),
    pytest.param(f"{SECRET}x", id="too long"),
    pytest.param(f"{SECRET} = {ID}", id="as the name of something"),
    pytest.param(f"token = {keys.session_token()}", id="token"),
    pytest.param(f"{SECRET} # keyguard: ignore -- it is {SECRET}", id="in a reason"),
]


@pytest.mark.parametrize("text", SHOWN)
def test_no_secret_is_shown(text: str) -> None:
    for shown in (written.text(of(text)), written.json(of(text))):
        assert not re.search("|".join(SECRET[at : at + 8] for at in range(4, 32)), shown, re.IGNORECASE)
        assert keys.session_token()[8:16] not in shown


@given(st.text(max_size=60))
def test_any_line_can_be_explained_and_shown_harmlessly(text: str) -> None:
    found = of(text.encode("utf-8", "surrogatepass") + f"\n{ID}".encode(), 1)
    assert all(line.isprintable() for line in written.text(found).splitlines())
    json.loads(written.json(found))


# The command.


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keyguard", "explain", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=repos.environment({"HOME": str(folder)}),
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.mark.parametrize("place", ["a.py:2", "a.py:2:7", "a.py:2:7:"], ids=["line", "column", "as printed"])
def test_the_command_takes_a_place_as_reports_have_it(place: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"x\nkey = {ID}\n")
    done = run(tmp_path, place)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("a.py:2: aws-access-key-id: reported")


def test_the_command_writes_json(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"x\nkey = {ID}\n")
    done = run(tmp_path, "a.py:2", "-f", "json")
    told = json.loads(done.stdout)
    assert (told["path"], told["line"], told["candidates"][0]["parts"][0]["value"]) == ("a.py", 2, ID)


def test_the_command_explains_what_is_staged_and_was_there_before(tmp_path: Path) -> None:
    repo = repos.init(tmp_path / "repository")
    repo.commit("Begin", **{"src/a.py": f"{ID}\n"})
    repo.stage("src/a.py", f"{ID}\nkey = {keys.key_id(2)}\n")
    repo.write("src/a.py", "the work tree is another matter\n")
    before, new = (run(repo.path / "src", "--staged", f"a.py:{line}").stdout for line in (1, 2))
    assert "left out" in before
    assert "does not add or change this line" in before
    assert "reported" in new


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["a.py"], "is not a file and a line", id="no line"),
        pytest.param(["a.py:0"], "is not a file and a line", id="lines begin at 1"),
        pytest.param(["a.py:9"], "a.py has 2 lines", id="behind the end"),
        pytest.param(["b.py:1"], "cannot read b.py: No such file", id="no file"),
        pytest.param([".:1"], "cannot read .: Is a directory", id="a directory"),
        pytest.param(["a.py:1", "--staged"], "is not in a git repository", id="nothing staged"),
        pytest.param(["a.py:1", "-f", "sarif"], "invalid choice", id="another format"),
    ],
)
def test_what_cannot_be_explained_is_an_error(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x\n")
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_what_a_baseline_knows_is_told_as_accepted(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"key = {ID}\n")
    command = [sys.executable, "-m", "keyguard", "baseline", "create", "-b", "known.jsonl"]
    subprocess.run(command, cwd=tmp_path, env=repos.environment(), check=True, capture_output=True)
    done = run(tmp_path, "-b", "known.jsonl", "a.py:1")
    assert done.stdout.startswith("a.py:1: aws-access-key-id: accepted"), done.stdout + done.stderr
    assert "by baseline" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "content", "why"),
    [
        pytest.param([], "exclude = ['src/']", "not read: exclude in keyguard.toml:1", id="excluded"),
        pytest.param(["--exclude", "a.py"], "", "not read: --exclude", id="excluded by an option"),
        pytest.param(["--staged"], "exclude = ['/src']", "read: exclude in keyguard.toml:1", id="staged"),
        pytest.param([], "max-file-size = 9", "not read: max-file-size in keyguard.toml:1", id="too large"),
        pytest.param(["--max-file-size", "9"], "", "not read: --max-file-size", id="larger than an option"),
        pytest.param([], "", "not read unless it is named: git ignores it", id="ignored"),
    ],
)
def test_that_the_file_is_not_read_is_told(
    arguments: list[str], content: str, why: str, tmp_path: Path
) -> None:
    repo = repos.init(tmp_path / "repository")
    if content or arguments:
        repo.stage("src/a.py", f"key = {ID}\n")
    else:
        repo.write("src/a.py", f"key = {ID}\n")
        repo.write(".gitignore", "a.py\n")
    repo.write("keyguard.toml", content)
    done = run(repo.path, *arguments, "src/a.py:1")
    assert done.stdout.startswith("src/a.py:1: aws-access-key-id: left out"), done.stdout + done.stderr
    assert why in done.stdout.splitlines()[1]


@pytest.mark.parametrize("content", ["", "exclude = ['other/']\nmax-file-size = '1M'", "no-gitignore = true"])
def test_a_file_that_is_read_is_reported(content: str, tmp_path: Path) -> None:
    repo = repos.init(tmp_path / "repository")
    repo.write("a.py", f"key = {ID}\n")
    repo.write("keyguard.toml", content)
    repo.write(".gitignore", "a.py\n" if "gitignore" in content else "")
    done = run(repo.path, "a.py:1")
    assert done.stdout.startswith("a.py:1: aws-access-key-id: reported"), done.stdout + done.stderr


def test_what_a_rule_of_the_configuration_finds_is_explained(tmp_path: Path) -> None:
    rule = """[[rule]]\nid = "corp-token"\ndescription = "A token"\npattern = 'corp_[a-z]{9}'\n"""
    (tmp_path / "keyguard.toml").write_text(rule)
    (tmp_path / "a.py").write_text('t = "corp_' + "z" * 9 + '"\n')
    done = run(tmp_path, "a.py:1")
    assert done.stdout.startswith("a.py:1: corp-token: reported, MEDIUM"), done.stdout + done.stderr
