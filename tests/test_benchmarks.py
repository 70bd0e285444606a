"""The benchmarks run, and their statistics are right; how fast anything is, no test asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import repos
import scanners

import keyguard
from benchmarks import (
    baseline,
    growth,
    history,
    hook,
    inputs,
    linear,
    log,
    machine,
    misses,
    own,
    parts,
    peers,
    staged,
    table,
    timing,
    tree,
    verify,
)
from benchmarks.growth import Point
from benchmarks.place import Place, place
from benchmarks.plan import Plan
from benchmarks.table import Figure, Line, Table
from benchmarks.timing import Program, Result, Sample
from keyguard.anchors import RUN, Anchors
from keyguard.owned import credentials

CHECKOUT = Path(__file__).parent.parent
MEGABYTE = 1 << 20
ONCE = Plan(runs=1, long_runs=1, peer_runs=1, limit=60)
FINDS = 'shift; ! grep -l AKIA "$@"'
"""A scanner in one line."""


def program(code: str, name: str = "a program", **more: object) -> Program:
    """A program in Python."""
    return Program(name, (sys.executable, "-c", code), os.getcwd(), os.environ)._replace(**more)


def result(*walls: float, cut: bool = False, code: int = 0, name: str = "a program") -> Result:
    """A program that took these times."""
    samples = tuple(Sample(wall, wall / 2, int(wall * 1e6), code, cut) for wall in walls)
    return Result(program("pass", name), samples)


class TestStatistics:
    """What is made of the runs."""

    def test_times_are_medians_and_memory_is_the_highest(self) -> None:
        many = result(3, 1, 50)
        assert (many.wall, many.cpu, many.memory) == (3, 1.5, 50_000_000)
        assert result(1, 2).wall == 1.5

    @pytest.mark.parametrize(
        ("of", "cut", "failed"),
        [
            pytest.param(result(1), False, False, id="it did its work"),
            pytest.param(result(1, code=3), False, True, id="another exit code"),
            pytest.param(result(1, cut=True, code=-9), True, False, id="it was ended"),
        ],
    )
    def test_what_went_wrong_is_not_measured(self, of: Result, *, cut: bool, failed: bool) -> None:
        assert (of.cut, of.failed, of.measured) == (cut, failed, not (cut or failed))

    @pytest.mark.parametrize(
        ("figure", "met"),
        [
            pytest.param(Figure("wall", 4.0, 4.0), True, id="at the limit"),
            pytest.param(Figure("wall", 4.1, 4.0), False, id="above it"),
            pytest.param(Figure("speed", 400.0, 400.0, at_least=True), True, id="as fast as the limit"),
            pytest.param(Figure("speed", 399.0, 400.0, at_least=True), False, id="slower"),
        ],
    )
    def test_a_figure_is_met_or_missed(self, figure: Figure, *, met: bool) -> None:
        assert figure.met is met
        assert str(figure).endswith("met" if met else "missed")


class TestTiming:
    """Programs that are run for real."""

    def test_all_are_run_once_to_warm_up_and_then_in_turns(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        writing = f"import sys; open({str(log)!r}, 'a').write"
        programs = [program(f"{writing}('A')", runs=3), program(f"{writing}('B')", runs=2)]
        results = timing.measure(programs)
        assert log.read_text() == "AB" + "AB" + "AB" + "A"
        assert [len(one.samples) for one in results] == [3, 2]

    def test_one_that_need_not_warm_up_is_run_no_more_often_than_it_counts(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        code = f"open({str(log)!r}, 'a').write('A')"
        (cold,) = timing.measure([program(code, runs=2, warm_up=False)])
        assert (log.read_text(), len(cold.samples)) == ("AA", 2)

    def test_what_fails_is_not_run_again(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        failing = program(f"import sys; open({str(log)!r}, 'a').write('A'); sys.exit(3)", runs=5)
        (failed,) = timing.measure([failing])
        assert (log.read_text(), failed.code, failed.failed) == ("A", 3, True)

    def test_the_exit_code_may_say_that_something_was_found(self) -> None:
        (found,) = timing.measure([program("import sys; sys.exit(3)", codes=(0, 3))])
        assert (found.code, found.measured) == (3, True)

    def test_what_takes_too_long_is_ended_with_its_children(self) -> None:
        code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
        (ended,) = timing.measure([program(code, runs=5, limit=0.3)])
        assert ended.cut
        assert len(ended.samples) == 1

    def test_a_program_that_is_not_there_has_failed(self) -> None:
        (missing,) = timing.measure([program("")._replace(argv=("no-such-program-anywhere",))])
        assert (missing.code, missing.failed) == (127, True)

    def test_the_children_use_processor_time_too(self) -> None:
        burning = "import time\nwhile time.process_time() < 0.2: pass"
        parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burning!r}])"
        assert timing.run(program(parent)).cpu >= 0.2

    def test_memory_is_that_of_the_largest_process_and_not_of_who_starts_it(self) -> None:
        held = bytearray(300 * MEGABYTE)
        holding = f"held = bytearray({60 * MEGABYTE})"
        parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {holding!r}])"
        assert 60 * MEGABYTE <= timing.run(program(parent)).memory < 150 * MEGABYTE < len(held)

    def test_what_it_prints_goes_to_its_output(self, tmp_path: Path) -> None:
        code = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
        timing.run(program(code, output=str(tmp_path / "printed")))
        assert (tmp_path / "printed").read_text() == "out\nerr\n"


class TestPlace:
    """Where everything happens."""

    @pytest.mark.parametrize("name", ["PYTHONDONTWRITEBYTECODE", "GIT_DIR", "SKIP", "PRE_COMMIT"])
    def test_what_would_change_the_measurement_is_dropped(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(name, "1")
        with place() as made:
            assert name not in made.environment

    def test_it_is_gone_in_the_end(self) -> None:
        with place() as made:
            inputs.repository(made, "app", {"file": "text"})
        assert not os.path.exists(made.folder)


class TestInputs:
    """What is scanned."""

    @pytest.mark.parametrize(
        ("middle", "rules", "anchors"),
        [
            pytest.param(inputs.CLEAN, [], set(), id="nothing to look at"),
            pytest.param(inputs.HASH, [], {RUN}, id="something to look at"),
            pytest.param(inputs.KEY, ["aws-access-key-pair"], {RUN, b"AKIA", b"secret"}, id="a key"),
        ],
    )
    def test_a_small_file_holds_what_it_should(
        self, middle: str, rules: list[str], anchors: set[bytes]
    ) -> None:
        text = inputs.small_file(200, middle)
        assert len(text.splitlines()) == 200
        assert [finding.rule for finding in keyguard.scan_text(text)] == rules
        assert Anchors().present(text.encode()) == anchors

    def test_many_files_hold_runs_but_no_key(self) -> None:
        files = inputs.many_files(20, 5000)
        assert len(files) == 20
        assert all(5000 <= len(text) < 5200 for text in files.values())
        together = "".join(files.values())
        assert RUN in Anchors().present(together.encode())
        assert not list(keyguard.scan_text(together))

    def test_they_are_the_same_every_time(self) -> None:
        assert inputs.many_files(3, 100) == inputs.many_files(3, 100)
        assert inputs.small_file(9, inputs.KEY) == inputs.small_file(9, inputs.KEY)

    def test_a_repository_has_a_commit_and_the_files_in_its_index(self, here: Place) -> None:
        folder = inputs.repository(here, "app", {"src/a.py": "a = 1\n"})
        assert inputs.git(here, folder, "diff", "--cached", "--name-only") == "src/a.py"
        assert inputs.git(here, folder, "rev-list", "--count", "HEAD") == "1"


class TestPeers:
    """Other scanners."""

    def test_a_command_has_its_words_filled_in(self, tmp_path: Path) -> None:
        (peer,) = scanners.builds(tmp_path, other="exit 0")
        program = str(tmp_path / "other")
        assert peer.command(peers.STAGED, names=["a", "b"]) == (program, "--strict-ignore", "a", "b")
        assert peer.command(peers.DIRECTORY, "src") == (program, "src")

    def test_what_it_cannot_do_it_has_no_command_for(self, tmp_path: Path) -> None:
        (peer,) = scanners.builds(tmp_path, other="exit 0")
        assert peer.command(peers.HISTORY, "app") == ()

    def test_one_that_is_not_there_has_no_command(self) -> None:
        peer = peers.PEERS[0]._replace(program="no-such-program-anywhere")
        assert peer.command(peers.DIRECTORY, "src") == ()

    def test_its_version_is_the_last_that_it_says(self, here: Place, tmp_path: Path) -> None:
        (peer,) = scanners.builds(tmp_path, other="echo other 1.2.3")
        assert peers.version(peer, here) == "1.2.3"


class TestSections:
    """Each table, on tiny inputs."""

    def test_the_hook(self, here: Place, tmp_path: Path) -> None:
        scripts = {
            "finds": FINDS,
            "misses": "exit 0",
            "cries": "echo settings.py; exit 1",
            "breaks": "exit 7",
        }
        made = hook.table(here, ONCE._replace(peers=scanners.builds(tmp_path, **scripts)))
        verdicts = {(line.result.program.name, line.on): line.cells[0] for line in made.lines}
        assert verdicts["keyguard hook pre-commit", inputs.CLEAN] == "none"
        assert verdicts["keyguard hook pre-commit", inputs.HASH] == "none"
        assert verdicts["keyguard hook pre-commit", inputs.KEY] == "found"
        assert (verdicts["finds", inputs.CLEAN], verdicts["finds", inputs.KEY]) == ("none", "found")
        assert (verdicts["misses", inputs.CLEAN], verdicts["misses", inputs.KEY]) == ("none", "missed")
        assert verdicts["cries", inputs.CLEAN] == "false alarm"
        assert verdicts["breaks", inputs.KEY] == table.EMPTY
        figures = {line.result.program.name for line in made.lines if line.figures}
        assert figures == {"keyguard --version", "keyguard hook pre-commit"}

    def test_a_large_commit(self, here: Place, tmp_path: Path) -> None:
        peer = scanners.builds(tmp_path, other="exit 0")
        made = staged.table(here, ONCE._replace(peers=peer), files=3, size=100)
        assert [line.result.program.name for line in made.lines] == ["keyguard hook pre-commit", "other"]
        assert all(line.result.measured for line in made.lines)
        assert made.lines[0].on == "3 files, 0.0 MB"

    def test_verification(self, here: Place) -> None:
        made = verify.table(here, ONCE, keys=3, files=2)
        (line,) = made.lines
        assert line.result.measured
        assert line.on == "6 findings, 3 keys"
        assert [figure.met for figure in line.figures] == [True, True]
        assert line.figures[1].value == 3

    def test_a_tree(self, here: Place, tmp_path: Path) -> None:
        app = repos.init(tmp_path / "app")
        app.commit(a=b"x" * 1000, b=b"y" * 500)
        (app.path / "link").symlink_to("a")
        made = tree.table(here, ONCE._replace(tree=str(app.path)))
        assert [line.on for line in made.lines] == ["2 files, 0 MB"] * 2
        assert [line.cells[-1] for line in made.lines] == ["found"] * 2
        assert all(line.result.measured for line in made.lines)

    def test_a_peer_that_reads_nothing_is_seen_through(self, here: Place, tmp_path: Path) -> None:
        scripts = {"reads": "grep -r AKIA .; exit 0", "sleeps": "exit 0"}
        made = tree.table(here, ONCE._replace(tree=str(tmp_path), peers=scanners.builds(tmp_path, **scripts)))
        verdicts = {line.result.program.name: line.cells[-1] for line in made.lines}
        assert (verdicts["reads"], verdicts["sleeps"]) == ("found", "missed")

    def test_a_history(self, here: Place, tmp_path: Path) -> None:
        app = repos.init(tmp_path / "app")
        for number in range(12):
            app.commit(file=f"{number}\n")
        (made,) = history.tables(here, ONCE._replace(histories=[str(app.path)]))
        assert "36 objects, 12 commits" in made.notes[0]
        assert [line.on for line in made.lines] == ["everything", "everything", "10 commits"]

    def test_a_history_that_nobody_named(self, here: Place) -> None:
        (made,) = history.tables(here, ONCE)
        assert "--history REPO" in table.render(made)

    def test_ever_more_of_a_history(self, here: Place, tmp_path: Path) -> None:
        app, plot = grown(tmp_path / "app & more", 16), tmp_path / "plot.svg"
        (made,) = linear.tables(here, ONCE._replace(histories=[str(app.path)], plot=str(plot)))
        assert [line.on for line in made.lines] == [
            "the first 1/8",
            "the first 1/4",
            "the first 1/2",
            "all of HEAD",
        ]
        assert [line.cells[1] for line in made.lines] == ["6", "12", "24", "48"]
        assert [line.cells[-2:] for line in made.lines][-1] == ("1.00", "found")
        assert [len(line.figures) for line in made.lines] == [0, 1, 1, 1]
        assert "app & more" in [one.text for one in ET.fromstring(plot.read_text())]  # noqa: S314 - made here

    def test_growth_that_nobody_named(self, here: Place, tmp_path: Path) -> None:
        plot = tmp_path / "plot.svg"
        (made,) = linear.tables(here, ONCE._replace(plot=str(plot)))
        assert "--history REPO" in table.render(made)
        assert not plot.exists()

    def test_shares_of_a_peer_that_was_cut_count_only_when_they_are_small_enough(self) -> None:
        ours = result(1.0, name=history.TWO)
        slow = result(90.0, cut=True, code=-9, name="gitleaks")
        slower = result(2.0, cut=True, code=-9, name="trufflehog")
        by_name = {one.program.name: one for one in (ours, result(1.5, name=history.ONE), slow, slower)}
        figures = [*history._figures(ours, by_name)]  # noqa: SLF001 - a real peer takes minutes
        assert {figure.what for figure in figures if not figure.met} == {f"wall of {history.ONE}"}
        assert "wall of gitleaks" in {figure.what for figure in figures}
        assert "wall of trufflehog" not in {figure.what for figure in figures}


def grown(folder: Path, commits: int) -> repos.Repo:
    """A repository where each commit brings three objects."""
    app = repos.init(folder)
    for number in range(commits):
        app.commit(file=f"{number}\n")
    return app


class TestParts:
    """The beginnings of a history."""

    def test_each_holds_its_commits_in_a_pack_of_its_own_and_nothing_is_written(
        self, here: Place, tmp_path: Path
    ) -> None:
        app = grown(tmp_path / "app", 16)
        before = repos.files_of(app.path)
        made = parts.parts(here, str(app.path), "part")
        assert repos.files_of(app.path) == before
        assert [(part.name, part.held.objects) for part in made] == [
            ("1/8", 6),
            ("1/4", 12),
            ("1/2", 24),
            ("all", 48),
        ]
        assert sorted(part.held.size for part in made) == [part.held.size for part in made]
        app.path.rename(tmp_path / "elsewhere")
        for part in made:
            assert inputs.git(here, part.folder, "fsck", "--full", "--strict") == ""

    def test_a_merge_brings_what_it_merged(self, here: Place, tmp_path: Path) -> None:
        app = grown(tmp_path / "app", 1)
        app.git("switch", "-qc", "other")
        app.commit(other="1\n")
        app.git("switch", "-q", "-")
        app.merge("other")
        assert [part.held.objects for part in parts.parts(here, str(app.path), "part")] == [3, 7]

    def test_of_a_short_history_only_what_differs(self, here: Place, tmp_path: Path) -> None:
        made = parts.parts(here, str(grown(tmp_path / "app", 2).path), "part")
        assert [part.name for part in made] == ["1/2", "all"]

    def test_hashes_may_be_long(self, here: Place, tmp_path: Path) -> None:
        app = repos.init(tmp_path / "app", "--object-format=sha256")
        app.commit(file="1\n")
        (only,) = parts.parts(here, str(app.path), "part")
        assert inputs.git(here, only.folder, "rev-parse", "HEAD") == app.oid()


class TestGrowth:
    """The figure of what ever more of a history costs."""

    LINE = (Point(50_000_000, 2.0), Point(100_000_000, 3.0))

    def test_it_is_the_same_every_time_and_has_all_points_and_names(self) -> None:
        picture = growth.drawn({"a & b": self.LINE, "c": self.LINE[:1], "none": ()})
        assert picture == growth.drawn({"a & b": self.LINE, "c": self.LINE[:1], "none": ()})
        root = ET.fromstring(picture)  # noqa: S314 - made here
        texts = [one.text for one in root]
        assert {"a & b", "c", "none", "dashed: linear", "MB stored"} <= set(texts)
        assert sum(one.tag.endswith("circle") for one in root) == 3

    def test_nothing_measured_is_an_empty_frame(self) -> None:
        assert "circle" not in growth.drawn({})

    @pytest.mark.parametrize(
        ("most", "marks"),
        [
            pytest.param(6, [0, 1, 2, 3, 4, 5, 6], id="ones"),
            pytest.param(318, [0, 100, 200, 300, 400], id="hundreds"),
            pytest.param(0.011, [0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.012], id="small"),
            pytest.param(13.9, [0, 5, 10, 15], id="fives"),
        ],
    )
    def test_an_axis_has_round_marks(self, most: float, marks: list[float]) -> None:
        assert growth.scale(most) == pytest.approx(marks)

    def test_a_byte_costs_its_share_of_the_time(self) -> None:
        assert Point(100, 2.0).cost == 0.02


class TestTables:
    """What is shown."""

    def made(self) -> Table:
        """A table with all that can happen to a program."""
        python, ours = result(0.01, name="python"), result(0.035, name="keyguard")
        lines = [
            Line(python, table.EMPTY, python, ("a",)),
            Line(ours, "x", python, ("b",), (Figure("wall", 3.5, 4, table.TIMES),)),
            Line(result(1.0, code=9), "x", python, ("c",)),
            Line(result(1.0, cut=True), "x", python, ("d",)),
        ]
        return Table("Title", "python", ("more",), lines, ("A note.",))

    def test_times_are_shown_as_multiples(self) -> None:
        cells = table.rows(self.made())[2]
        assert cells[2:6] == ("35.0 ms", "3.50", "17.5 ms", "3.50")
        assert cells[-2:] == ("b", f"wall ≤ 4{table.TIMES}: 3.5, met")

    def test_what_was_not_measured_has_no_times(self) -> None:
        _, _, _, failed, cut = table.rows(self.made())
        assert failed[2] == "failed (9)"
        assert cut[2] == "> 600 s"

    @pytest.mark.parametrize("markdown", [False, True])
    def test_columns_stand_below_each_other(self, *, markdown: bool) -> None:
        shown = table.render(self.made(), markdown=markdown).splitlines()
        assert shown[0] == ("### Title" if markdown else "Title")
        if markdown:
            assert len({len(line) for line in shown[4:]}) == 1
            assert {line.count("|") for line in shown[4:]} == {10}

    def test_all_runs_are_in_the_data(self) -> None:
        (data,) = table.data([self.made()])
        lines = json.loads(json.dumps(data))["lines"]
        assert [line["wall"] for line in lines] == [0.01, 0.035, None, None]
        assert lines[1]["runs"][0]["cpu"] == 0.0175
        assert lines[1]["figures"][0]["met"]

    def test_the_documentation_has_the_columns_that_are_printed(self) -> None:
        page = (CHECKOUT / "docs" / "reference" / "benchmarks.md").read_text()
        heads = {tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in page.splitlines()}
        for reference, columns in (
            ("`-c pass`", hook.COLUMNS),
            ("keyguard", ()),
            (tree.TWO, tree.COLUMNS),
            (linear.WHOLE, linear.COLUMNS),
        ):
            assert table.rows(Table("", reference, columns))[0] in heads


class TestBaseline:
    """The sections on what a team adds to the hook: a configuration, a baseline, and its own credentials."""

    def test_the_hook_and_pre_commit_do_their_work_in_every_case(self) -> None:
        with place() as here:
            hooks, runs = baseline.tables(here, Plan(runs=1), entries=100)
        assert [line.result.code for line in hooks.lines] == [0, 0, 1, 1]
        assert [line.result.code for line in runs.lines] == [0, 0, 0, 0, 1, 1, 1, 1]
        assert [line.on for line in runs.lines][5::2] == ["a key; 2 entries", "a key; 100 entries"]
        assert [len(line.figures) for line in runs.lines] == [0, 1, 0, 1, 0, 1, 0, 0]

    def test_credentials_are_there_to_be_looked_for(self) -> None:
        with place() as here:
            made = own.table(here, Plan(runs=1)).lines
            known = [len(credentials(line.result.program.environment)) for line in made]
        assert known == [0, 2, 20] * 2
        assert {line.result.code for line in made} == {0}
        assert [line.against for line in made] == [made[0].result] * 3 + [made[3].result] * 3


class TestMisses:
    """The section on what nearly is a key."""

    def test_nothing_is_found_in_any_text_and_each_is_compared_with_prose(self) -> None:
        with place() as here:
            prose, *others = misses.table(here, Plan(runs=1), size=1000).lines
            sizes = {Path(here.folder, line.result.program.argv[-1]).stat().st_size for line in others}
        assert {line.result.code for line in (prose, *others)} == {0}
        assert min(sizes) > 900
        assert all(line.against is prose.result for line in others)
        assert [line.figures[0].limit for line in others] == [1.0] * len(others)


class TestLog:
    """The section on logs."""

    def test_every_key_of_a_log_is_masked(self) -> None:
        with place() as here:
            bare, filtered = log.table(here, Plan(long_runs=1), lines=3000).lines
        assert (bare.cells, filtered.cells) == ((table.EMPTY,), ("3 masked",))
        assert [figure.what for figure in filtered.figures] == ["CPU for each line"]

    @pytest.mark.parametrize(
        ("last", "verdict"),
        [
            pytest.param("key AKIA************, zb6z************", "2 masked", id="all masked"),
            pytest.param("key AKIA{id}, zb6z************", "1 of 2 LEFT", id="an ID is left"),
            pytest.param("key AKIA************, {secret}", "1 of 2 LEFT", id="a secret is left"),
        ],
    )
    def test_a_key_that_is_left_is_told(self, tmp_path: Path, last: str, verdict: str) -> None:
        log_file = tmp_path / "log"
        text = "key AKIA************, zb6z************\n" + last
        log_file.write_text(text.format(id="A" * 16, secret="b" * 40) + "\nno such line\n")
        ran = result(1)
        made = log._verdict(ran._replace(program=ran.program._replace(output=str(log_file))))  # noqa: SLF001 - the filter leaves none
        assert made == verdict


def test_a_busy_machine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "cores", lambda: 8)
    assert machine.busy(6.0) == ""
    assert "load 6.1 on 8 cores" in machine.busy(6.1)


def test_the_command_prints_tables_and_writes_data(tmp_path: Path) -> None:
    output = tmp_path / "data.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "--only",
        "hook",
        "--runs",
        "1",
        "--no-peers",
        "--json",
        output,
    ]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "The hook" in done.stdout
    data = json.loads(output.read_text())
    assert data["machine"]["keyguard"] == keyguard.__version__
    assert {line["failed"] for line in data["tables"][0]["lines"]} == {False}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["--only", "nothing"], "there is no nothing", id="no such section"),
        pytest.param(["--runs", "0"], "is not a number of runs", id="no runs"),
        pytest.param(["--tree", "/no/such/place"], "is not a directory", id="no such tree"),
        pytest.param(["--peer", "gitleaks"], "is not the name of a scanner", id="no program"),
        pytest.param(
            ["--only", "history", "--no-peers", "--history", "/"], "not a git repository", id="no repository"
        ),
    ],
)
def test_a_wrong_argument_is_told(arguments: list[str], says: str) -> None:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
