"""The documentation is true: what it shows is what happens, and what there is, is in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from docs_examples import CHECKOUT, DOCS, KEYS, README, Block, Reader, blocks, filled, same

import keyguard
from keyguard import cli, rules
from keyguard.model import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [README, *DOCS]
COMMAND_LINE = CHECKOUT / "docs/reference/command-line.md"
RULES = CHECKOUT / "docs/reference/rules.md"
REPORTS = CHECKOUT / "docs/reference/reports.md"
DESIGN = CHECKOUT / "docs/explanation/design.md"
FROM_PYTHON = CHECKOUT / "docs/how-to/use-from-python.md"

FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")
CHOICES = re.compile(r"^  (-.*) \{([^{}]*)\}$", re.MULTILINE)
USED = re.compile(rf"keyguard ({'|'.join(cli.COMMANDS)})\b([^`|;&#]*)")
CODE = re.compile(r"`([^`\n]+)`")
READERS = {"json": json.loads, "yaml": yaml.safe_load, "toml": tomllib.loads}
RULE_PARTS = [
    "What it finds.",
    "Why it matters.",
    "Example.",
    "Severity.",
    "What to do.",
    "Sources.",
]


def name(page: Path) -> str:
    return page.relative_to(CHECKOUT).as_posix()


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return FENCED.sub("", page.read_text())


def sections(page: Path, level: int = 2) -> dict[str, str]:
    """What stands under each heading of that level, code blocks left out."""
    _, *parts = re.split(rf"^{'#' * level} (.+)\n", prose(page), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in a text, without their heads."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if re.fullmatch(r"\|(---\|)+", line):
            found.pop()
        elif line.startswith("|"):
            found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found


def having(*languages: str) -> list[Block]:
    """The code blocks in these languages, of all pages."""
    return [one for page in PAGES for one in blocks(page) if one.language in languages]


def place(block: Block) -> str:
    return block.place


def codes(cell: str) -> list[str]:
    return CODE.findall(cell)


class TestExamples:
    """Whatever a page shows was tried."""

    @pytest.mark.parametrize("page", DOCS, ids=name)
    def test_what_a_page_shows_is_what_happens(self, page: Path, tmp_path: Path) -> None:
        reader = Reader(tmp_path)
        for block in blocks(page):
            reader.follow(block)

    @pytest.mark.parametrize("block", having(*READERS), ids=place)
    def test_data_is_well_formed(self, block: Block) -> None:
        READERS[block.language](block.text)

    @pytest.mark.parametrize(
        "block", [one for one in having("yaml") if re.search("^repos:", one.text, re.MULTILINE)], ids=place
    )
    def test_a_configuration_of_pre_commit_is_valid(self, block: Block, tmp_path: Path) -> None:
        config = tmp_path / ".pre-commit-config.yaml"
        config.write_text(block.text)
        command = [sys.executable, "-m", "pre_commit", "validate-config", str(config)]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stdout

    @pytest.mark.parametrize("block", [one for one in having("python") if one.page == README], ids=place)
    def test_the_readme_runs(self, block: Block, tmp_path: Path) -> None:
        Reader(tmp_path).follow(block)

    @pytest.mark.parametrize(
        ("expected", "actual", "outcome"),
        [
            pytest.param("a\nb\n", "a  \nb", True, id="blanks at the ends of lines"),
            pytest.param("a\n", "\n\na\n\n", True, id="empty lines around"),
            pytest.param("a\nb\n", "a\n\nb\n", False, id="no empty line inside"),
            pytest.param("a … c\n", "a b c\n", True, id="anything on a line"),
            pytest.param("a … c\n", "a b\n c\n", False, id="not more than a line"),
            pytest.param("a\n…\nd\n", "a\nb\nc\nd\n", True, id="any lines"),
            pytest.param("a\n…\nd\n", "a\nd\n", True, id="no line"),
            pytest.param("a\n", "a\nb\n", False, id="a line too many"),
            pytest.param("", "a\n", False, id="nothing is shown"),
            pytest.param("a.b\n", "a+b\n", False, id="no pattern"),
        ],
    )
    def test_outputs_are_compared(self, expected: str, actual: str, *, outcome: bool) -> None:
        assert same(expected, actual) is outcome


class TestLinks:
    """Links between the pages lead to a page, and to a heading that it has."""

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_they_lead_somewhere(self, page: Path) -> None:
        assert [target for target in targets(page) if not exists(page, target)] == []

    def test_each_page_can_be_reached_from_the_readme(self) -> None:
        reached: set[Path] = set()
        waiting = [README]
        while waiting:
            page = waiting.pop()
            if page not in reached and page.is_file():
                reached.add(page)
                waiting += [(page.parent / target.partition("#")[0]).resolve() for target in targets(page)]
        assert [name(page) for page in DOCS if page not in reached] == []


def targets(page: Path) -> list[str]:
    """The pages, and the places in them, that a page has links to."""
    return [link for link in LINK.findall(prose(page)) if not re.match(r"[a-z]+:", link)]


def exists(page: Path, target: str) -> bool:
    path, _, heading = target.partition("#")
    there = (page.parent / path) if path else page
    return there.exists() and (not heading or heading in map(anchor, HEADING.findall(prose(there))))


def anchor(heading: str) -> str:
    """The name that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class TestCommandLine:
    """The reference of the command line and ``--help`` say the same."""

    def helped(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "keyguard", *command, "--help"], capture_output=True, check=True, text=True
        )
        return done.stdout

    def documented(self, command: str) -> list[list[str]]:
        """The rows of options of a command: those of its section, and of the ones that it refers to."""
        titled = sections(COMMAND_LINE)
        own = titled[f"keyguard {command}"]
        shared = [text for title, text in titled.items() if f"(#{anchor(title)})" in own]
        return [row for text in (own, *shared) for row in rows(text) if OPTION.match(row[0].strip("`"))]

    def test_every_command_has_a_section(self) -> None:
        named = [title for title in sections(COMMAND_LINE) if title.startswith("keyguard ")]
        assert named == [f"keyguard {command}" for command in cli.COMMANDS]

    @pytest.mark.parametrize("command", cli.COMMANDS)
    def test_every_option_is_documented_and_no_other(self, command: str) -> None:
        described = re.findall(r"^  (-.*?)(?:  |$)", self.helped(command), re.MULTILINE)
        real = {option for line in described for option in OPTION.findall(line)} - {"-h", "--help"}
        shown = {option for row in self.documented(command) for option in OPTION.findall(row[0])}
        assert shown == real

    @pytest.mark.parametrize("command", cli.COMMANDS)
    def test_every_choice_is_documented(self, command: str) -> None:
        for options, choices in CHOICES.findall(self.helped(command)):
            option = OPTION.findall(options)[-1]
            (row,) = (row for row in self.documented(command) if option in OPTION.findall(row[0]))
            assert set(choices.split(",")) <= {code for cell in row for code in codes(cell)}, option

    def test_exit_codes_are_those_of_the_help(self) -> None:
        said = re.findall(r"^  (\d+) +(.+)$", self.helped(), re.MULTILINE)
        shown = rows(sections(COMMAND_LINE)["Exit codes"])
        assert [(code, what.replace("`", "")) for code, what in shown] == said

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_options_that_a_page_uses_exist(self, page: Path) -> None:
        for line in page.read_text().splitlines():
            for command, rest in re.findall(USED, line):
                known = {option for row in self.documented(command) for option in OPTION.findall(row[0])}
                assert set(OPTION.findall(rest)) <= known | {"-h", "--help"}, line


class TestRules:
    """The reference of the rules and ``patterns/aws.toml`` say the same."""

    def test_each_rule_has_a_section_and_a_row(self) -> None:
        ids = [rule.id for rule in rules.builtin().rules]
        assert [title for title in sections(RULES) if title.startswith("aws-")] == ids
        overview = re.split(r"^## ", prose(RULES), maxsplit=1, flags=re.MULTILINE)[0]
        shown = [(codes(row[0])[0], row[1]) for row in rows(overview)]
        assert shown == [(rule.id, rule.severity) for rule in rules.builtin().rules]

    @pytest.mark.parametrize("rule", rules.builtin().rules, ids=lambda rule: rule.id)
    def test_a_section_has_all_its_parts_and_the_severity(self, rule: rules.Rule) -> None:
        section = sections(RULES)[rule.id]
        assert re.findall(r"^\*\*(.+?)\*\*", section, re.MULTILINE) == RULE_PARTS
        assert re.findall(r"^\*\*Severity\.\*\* `(\w+)`", section, re.MULTILINE) == [rule.severity]

    @pytest.mark.parametrize("rule", rules.builtin().rules, ids=lambda rule: rule.id)
    def test_a_section_has_examples_of_hits_and_of_none(self, rule: rules.Rule) -> None:
        text = RULES.read_text().split(f"\n## {rule.id}\n")[1].split("\n## ")[0]
        found = re.findall(r"<!-- test: finds (\S+)", text)
        assert found[0] == rule.id
        assert found[-1] == "nothing"

    def test_all_evidence_is_listed(self) -> None:
        listed = [(codes(row[0])[0], *row[1:4]) for row in rows(sections(RULES)["Evidence"])]
        evidence = rules.builtin().evidence
        assert listed == [(one.name, one.kind, one.where, str(one.weight)) for one in evidence]


class TestReports:
    """The reference of the reports has what real reports have."""

    def lines(self, tmp_path: Path) -> dict[str, dict[str, Any]]:
        """An object of each type, from a real report."""
        (tmp_path / "hit").write_text(filled("AKIA…"))
        (tmp_path / "accepted").write_text(filled("AKIA… # keyguard: ignore"))
        command = [sys.executable, "-m", "keyguard", "scan", "-vfjsonl", "hit", "accepted", "missing"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        objects = [json.loads(line) for line in done.stdout.splitlines()]
        return {one["type"]: one for one in objects}

    def documented(self, title: str) -> list[str]:
        section = sections(REPORTS, 3)[title].split("\n## ")[0]
        return [field for row in rows(section) for field in codes(row[0])]

    def test_every_field_is_documented_and_no_other(self, tmp_path: Path) -> None:
        lines = self.lines(tmp_path)
        finding = self.documented("finding")
        assert finding == list(lines["finding"])
        assert set(self.documented("suppressed")) | set(finding) == set(lines["suppressed"])
        assert self.documented("skipped") == list(lines["skipped"])
        assert self.documented("summary") == list(lines["summary"])

    def test_fields_of_parts_and_occurrences_are_documented(self, tmp_path: Path) -> None:
        described = {codes(row[0])[0]: codes(row[1]) for row in rows(sections(REPORTS, 3)["finding"])}
        for field in ("parts", "occurrences"):
            (inner,) = self.lines(tmp_path)["finding"][field]
            assert set(inner) <= set(described[field])

    def test_every_format_has_a_section_and_a_row(self) -> None:
        assert set(FORMATS) <= set(sections(REPORTS))
        first = [codes(row[0])[0] for row in rows(prose(REPORTS).split("\n## ")[0])]
        assert sorted(first) == sorted(FORMATS)


class TestDesign:
    """The page on the design knows the modules that there are."""

    def test_every_module_is_named(self) -> None:
        listed = {module for row in rows(sections(DESIGN)["Layers"]) for module in codes(row[0])}
        package = CHECKOUT / "keyguard"
        modules = {path.stem for path in package.glob("*.py") if not path.stem.startswith("__")}
        assert modules | {path.parent.name for path in package.glob("*/__init__.py")} <= listed


class TestFromPython:
    """The page on the library knows its names."""

    def test_every_setting_is_documented(self) -> None:
        table = rows(sections(FROM_PYTHON)["Scan many things, or in another way"])
        assert [codes(row[0])[0] for row in table] == list(keyguard.Config._fields)

    def test_every_public_name_is_mentioned(self) -> None:
        text = FROM_PYTHON.read_text()
        unmentioned = {"__version__", "Finding", "Report", "Secret"}
        assert [one for one in keyguard.__all__ if one not in text and one not in unmentioned] == []


class TestNoKeys:
    """The documentation holds no key."""

    @pytest.mark.parametrize("page", PAGES, ids=name)
    def test_a_page_holds_none(self, page: Path) -> None:
        assert [one.rule for one in keyguard.scan_path(page) if one.severity != "info"] == []

    def test_the_made_up_ones_are_found(self) -> None:
        assert all(list(keyguard.scan_text(key)) for key in KEYS.values())
