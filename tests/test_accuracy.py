"""The benchmark of accuracy counts right: forms hold what they say, and reports are read."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import keys
import pytest
import scanners
from hypothesis import given
from hypothesis import strategies as st

import keyguard
from benchmarks import peers
from benchmarks.accuracy import (
    casefile,
    cases,
    chance,
    drafts,
    forms,
    found,
    hits,
    negatives,
    others,
    packages,
    plot,
    recall,
    report,
    steps,
)
from benchmarks.accuracy.__main__ import main
from benchmarks.accuracy.chance import Scores
from benchmarks.accuracy.drafts import Draft, Spot
from benchmarks.accuracy.hits import Hit
from keyguard import judge

if TYPE_CHECKING:
    from benchmarks.place import Place

CHECKOUT = Path(__file__).parent.parent
ALL = forms.forms()
PLAIN = [form for form in ALL if not form.how and not form.whole]
ELSEWHERE = ("base64", "lines", "indented", "a line", "zero-width space", "zero-width j", "soft", "word")
"""Beginnings of the names of steps that do not go character by character."""

INI = "aws_access_key_id = «id»\naws_secret_access_key = «secret»\n"


def case(template: str = INI, **more: object) -> cases.Case:
    """A file of a form of its own."""
    form = cases.Form("made", "a group", template)._replace(**more)
    (made,) = cases.cases([form], 1, 7, {})
    return made


def scanned(of: cases.Case) -> list[keyguard.Finding]:
    return list(keyguard.scan_bytes(of.data))


class TestDrafts:
    """Text that remembers where its values stand."""

    def test_a_template_is_filled(self) -> None:
        draft = drafts.render("a «id1»\nb «secret1»", {"id": "I", "secret": "SS"}.__getitem__)
        assert draft.text == "a I\nb SS"
        assert [(one.kind, one.number, draft.text[one.start : one.end]) for one in draft.spots] == [
            ("id", "1", "I"),
            ("secret", "1", "SS"),
        ]

    @pytest.mark.parametrize("name", [name for name in steps.STEPS if not name.startswith(ELSEWHERE)])
    def test_a_disguise_moves_the_places_along(self, name: str) -> None:
        """What stands at the place afterwards is what the value alone becomes."""
        step = steps.STEPS[name]
        value = "V/v+=w"
        after = step(Draft(f"x{value}z", (Spot("id", "", value, 1, 1 + len(value)),)))
        (spot,) = after.spots
        assert after.text[spot.start : spot.end] == step(Draft(value)).text

    @given(before=st.integers(0, 9), after=st.integers(0, 9), codec=st.sampled_from(["utf-8", "utf-16-le"]))
    def test_base64_of_a_value_holds_all_of_its_bits(self, before: int, after: int, codec: str) -> None:
        text = "x" * before + "VALUE" + "y" * after
        draft = drafts.base64_of(codec=codec)(Draft(text, (Spot("id", "", "VALUE", before, before + 5),)))
        (spot,) = draft.spots
        start = spot.start // 4 * 4
        quanta = draft.text[start : -(-spot.end // 4) * 4]
        assert "VALUE".encode(codec) in base64.b64decode(quanta)
        assert spot.start - start <= spot.slack

    def test_what_is_as_right_a_beginning_moves_along(self) -> None:
        """Two characters earlier is right in base64; these two become three each."""
        draft = Draft("abcdef", (Spot("id", "", "VALUE", 3, 6, slack=2),))
        (spot,) = steps.STEPS["percent everywhere"](draft).spots
        assert (spot.start, spot.end, spot.slack) == (9, 18, 6)

    def test_lines_are_wrapped_around_a_value(self) -> None:
        draft = drafts.wrapped(4, "  ")(Draft("abcdefghij", (Spot("id", "", "efg", 4, 7),)))
        assert draft.text == "  abcd\n  efgh\n  ij"
        assert draft.text[draft.spots[0].start : draft.spots[0].end] == "efg"

    def test_pieces_are_joined(self) -> None:
        draft = drafts.joined("+", 2, -1)(Draft("abcdef", (Spot("id", "", "abcdef", 0, 6),)))
        assert (draft.text, draft.spots[0].end) == ("ab+cde+f", 8)


class TestForms:
    """The files in which keys are hidden."""

    def test_names_are_distinct(self) -> None:
        assert [name for name, count in Counter(form.name for form in ALL).items() if count > 1] == []

    def test_a_third_or_more_is_held_out_in_each_group(self) -> None:
        groups = Counter(form.group for form in ALL)
        held_out = Counter(form.group for form in ALL if form.held_out)
        assert {name for name, count in groups.items() if held_out[name] * 3 < count} == set()

    @pytest.mark.parametrize("form", PLAIN, ids=lambda form: form.name)
    def test_values_stand_where_they_are_expected(self, form: cases.Form) -> None:
        (made,) = cases.cases([form], 1, 3, forms.tokens.kinds())
        lines = made.data.decode().split("\n")
        for expected in made.expected:
            shown = {lines[line - 1][column - 1 :] for _, line, column, _ in expected.places}
            assert all(any(rest.startswith(value) for rest in shown) for value in expected.values)

    def test_the_same_seed_gives_the_same_files_and_another_one_others(self) -> None:
        first, again, other = ([one.data for one in forms.files(1, seed)] for seed in (1, 1, 2))
        assert first == again
        assert not set(first) & set(other)

    def test_values_of_a_number_belong_together(self) -> None:
        made = case("«id1» «secret1»\n«id2»\n«secret3»")
        assert sorted(len(one.values) for one in made.expected) == [1, 1, 2]

    def test_a_mark_at_the_beginning_is_no_column(self) -> None:
        made = case("«id»", whole=(drafts.within("\ufeff"),))
        assert made.expected[0].places == (("id", 1, 1, 0),)

    def test_ids_are_of_both_generations(self) -> None:
        source = random.Random(1)
        assert {keyguard.keyid.account(cases.key_id(source).encode()) is None for _ in range(50)} == {
            True,
            False,
        }


class TestVerdicts:
    """What keyguard says of a file, against what it holds."""

    def test_all_is_right(self) -> None:
        made = case()
        assert found.judge(made, scanned(made)) == (True, True, True, 0)

    def test_nothing_is_found(self) -> None:
        assert found.judge(case(), []) == (False, False, False, 0)

    def test_half_of_a_pair_is_an_alarm_but_not_right(self) -> None:
        made = case()
        (pair,) = scanned(made)
        assert found.judge(made, [pair._replace(secret=None)]) == (True, False, False, 1)

    def test_an_id_that_is_read_off_a_token_is_no_mistake(self) -> None:
        (made,) = cases.cases(
            [form for form in ALL if form.name == "bedrock short-term"], 1, 7, forms.tokens.kinds()
        )
        assert found.judge(made, scanned(made)).right

    def test_another_column_is_right_but_not_exact(self) -> None:
        made = case()
        (pair,) = scanned(made)
        moved = tuple(part._replace(column=part.column + 1) for part in pair.parts)
        assert found.judge(made, [pair._replace(parts=moved)]) == (True, True, False, 0)

    def test_what_is_found_beyond_is_counted(self) -> None:
        made = case()
        assert found.judge(made, scanned(made) * 3).extra == 2

    @pytest.mark.parametrize("inside", [True, False], ids=["in the current directory", "elsewhere"])
    def test_paths_are_those_below_the_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, inside: bool
    ) -> None:
        (tmp_path / "a" / "b").mkdir(parents=True)
        (tmp_path / "a" / "b" / "file").write_bytes(case().data)
        monkeypatch.chdir(tmp_path if inside else "/")
        assert list(found.scan(str(tmp_path / "a"))) == [os.path.join("b", "file")]


FINDING = {"RuleID": "aws-access-token", "File": "./d/f", "StartLine": 3}
FILESYSTEM = {"SourceMetadata": {"Data": {"Filesystem": {"file": "f", "line": 2}}}, "DetectorName": "AWS"}


class TestHits:
    """What other scanners print."""

    @pytest.mark.parametrize(
        ("name", "printed", "expected"),
        [
            pytest.param("gitleaks", json.dumps([FINDING]), [Hit("d/f", 3, hits.ID)], id="gitleaks"),
            pytest.param("gitleaks", "", [], id="nothing printed"),
            pytest.param("gitleaks", "null", [], id="no findings"),
            pytest.param(
                "betterleaks",
                json.dumps([FINDING | {"RequiredSets": [{}]}]),
                [Hit("d/f", 3, hits.PAIR)],
                id="betterleaks, a pair",
            ),
            pytest.param(
                "trufflehog",
                "a log line\n" + json.dumps(FILESYSTEM) + '\n{"level": "info"}\n',
                [Hit("f", 2, hits.PAIR)],
                id="trufflehog",
            ),
            pytest.param(
                "kingfisher",
                json.dumps({"rule": {"id": "x.aws-access-token"}, "finding": {"path": "./f", "line": 1}})
                + '\n{"audit": {}}',
                [Hit("f", 1, hits.PAIR)],
                id="kingfisher",
            ),
            pytest.param(
                "detect-secrets",
                json.dumps({"results": {"f": [{"line_number": 4}, {"line_number": 4}]}}),
                [Hit("f", 4, hits.UNKNOWN)],
                id="detect-secrets, a place once",
            ),
            pytest.param(
                "git-secrets",
                "a/b c.txt:12:x:1:\n\nerror\n",
                [Hit("a/b c.txt", 12, hits.UNKNOWN)],
                id="lines",
            ),
        ],
    )
    def test_are_read(self, name: str, printed: str, expected: list[Hit]) -> None:
        assert hits.read(name, printed) == expected


class TestOthers:
    """Running other scanners."""

    def folders(self, tmp_path: Path) -> list[str]:
        made = [tmp_path / "large", tmp_path / "small"]
        for folder, text in zip(made, ("AKIA\n" * 9, "AKIA\n"), strict=True):
            folder.mkdir()
            (folder / "f").write_text(text)
        return [*map(str, made)]

    def test_all_folders_are_scanned(self, here: Place, tmp_path: Path) -> None:
        (peer,) = scanners.builds(tmp_path, finds="grep -rn AKIA . && exit 1")
        outcome = others.run(peer, here, self.folders(tmp_path), 60)
        assert (outcome.text, outcome.whole, len(outcome.hits)) == (50, True, 10)
        assert outcome.hits[0] == Hit("small/f", 1, hits.UNKNOWN)

    def test_what_takes_too_long_has_read_the_rest(self, here: Place, tmp_path: Path) -> None:
        (peer,) = scanners.builds(tmp_path, slow='case "$PWD" in *large) exec sleep 60;; esac')
        outcome = others.run(peer, here, self.folders(tmp_path), 1)
        assert (outcome.text, outcome.whole, outcome.error) == (5, False, "")

    @pytest.mark.parametrize("script", ["exit 9", "exit 0"], ids=["another exit code", "its report is none"])
    def test_what_fails_is_told(self, here: Place, tmp_path: Path, script: str) -> None:
        (peer,) = scanners.builds(tmp_path, broken=script)
        broken = peer if "9" in script else peer._replace(name="detect-secrets", commands=peer.commands)
        readers = hits.READERS if "9" in script else {**hits.READERS, "ripsecrets": hits.detect_secrets}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hits, "READERS", readers)
            outcome = others.run(broken, here, self.folders(tmp_path), 60)
        assert (outcome.whole, bool(outcome.error)) == (False, True)

    def test_only_those_that_scan_directories_take_part(self, tmp_path: Path) -> None:
        (peer,) = scanners.builds(tmp_path, other="exit 0")
        without = peer._replace(commands={peers.STAGED: peer.commands[peers.STAGED]})
        assert others.able([peer, without]) == [peer]
        assert others.kind(peer) == "ripsecrets"

    def test_only_the_report_is_printed(self) -> None:
        gitleaks = next(peer for peer in peers.PEERS if peer.name == "gitleaks")
        installed = gitleaks._replace(program=sys.executable)
        assert others.NOISE in installed.command(peers.DIRECTORY, ".")
        assert others.NOISE not in others.command(installed)
        assert others.command(installed)[-4:] == [*others.REPORT["gitleaks"]]

    @pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
    def test_the_report_of_each_can_be_read(self, peer: peers.Peer) -> None:
        assert peer.commands.get(peers.DIRECTORY) is None or others.kind(peer) in hits.READERS


class TestPackages:
    """What is fetched."""

    def test_the_list_is_whole(self) -> None:
        listed = packages.listed()
        assert {one.part for one in listed} == {packages.TUNING, packages.HELD_OUT}
        assert {one.registry for one in listed} == {"pypi", "npm"}
        assert all(len(bytes.fromhex(one.digest)) == 32 for one in listed)
        assert len({one.folder for one in listed}) == len(listed)

    def test_nothing_was_trained_on(self) -> None:
        script = (CHECKOUT / "tools" / "training_packages.py").read_text()
        training = {word for word in script.split() if "==" in word or "@" in word[1:]}
        named = {(word.partition("==")[0] if "==" in word else word.rpartition("@")[0]) for word in training}
        ours = {one.name for one in packages.listed() if one.registry == "pypi"}
        npm = {one.name for one in packages.listed() if one.registry == "npm"}
        assert ours & {word.strip('"').partition("==")[0] for word in training if "==" in word} == set()
        assert npm & named == set()

    def test_clients_are_told_the_version(self) -> None:
        pypi, npm = (packages.Package("p", kind, "n", "1.0", "") for kind in ("pypi", "npm"))
        assert packages.command(pypi, "d")[-1] == "n==1.0"
        assert "--only-binary=:all:" in packages.command(pypi, "d")
        assert packages.command(npm, "d")[3] == "n@1.0"

    def test_another_archive_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"something else")
        with pytest.raises(packages.WrongArchiveError, match=r"n 1\.0"):
            packages.check(packages.Package("p", "npm", "n", "1.0", "00"), str(tmp_path / "a"))

    def test_archives_are_unpacked_and_counted(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_bytes(b"text")
        (tmp_path / "bytes").write_bytes(b"\0" * 10)
        with (
            zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel,
            tarfile.open(tmp_path / "a.tgz", "w:gz") as tar,
        ):
            for name in ("text", "bytes"):
                wheel.write(tmp_path / name, f"d/{name}")
                tar.add(tmp_path / name, f"d/{name}")
        for name in ("a.whl", "a.tgz"):
            folder = tmp_path / f"of {name}"
            packages.unpack(str(tmp_path / name), str(folder))
            assert packages.content(str(folder)) == (2, 14, 4)

    def test_nothing_gets_out_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_bytes(b"text")
        with tarfile.open(tmp_path / "a.tgz", "w:gz") as tar:
            tar.add(tmp_path / "text", "../outside")
        with pytest.raises(tarfile.OutsideDestinationError):
            packages.unpack(str(tmp_path / "a.tgz"), str(tmp_path / "in"))

    def test_what_is_there_is_not_fetched_again(self, tmp_path: Path) -> None:
        package = packages.Package("part", "npm", "no-such", "1.0", "")
        (tmp_path / "part").mkdir()
        (tmp_path / "part" / f"{package.folder}{packages.MARK}").touch()
        assert packages.fetched([package], str(tmp_path)) == {"part": str(tmp_path / "part")}


class TestNegatives:
    """What is reported where there is nothing."""

    def measured(self, here: Place, tmp_path: Path) -> negatives.Silence:
        folder = tmp_path / "part" / "package"
        folder.mkdir(parents=True)
        (folder / "a").write_text(f"x = '{keys.secret(1)}'\n")
        (folder / "b").write_text(f"key = {keys.EXAMPLE_ID}\n")
        (folder / "c").write_text(f"y = {keys.key_id(1)}\n")
        (peer,) = scanners.builds(tmp_path, finds="grep -rn . . && exit 1")
        return negatives.measured("part", str(tmp_path / "part"), here, [peer], 60)

    def test_examples_are_counted_apart_for_everybody(self, here: Place, tmp_path: Path) -> None:
        silence = self.measured(here, tmp_path)
        counts = [negatives.counted(silence, outcome) for outcome in silence.outcomes]
        assert counts[0] == {hits.SECRET: 1, hits.ID: 1, negatives.EXAMPLE: 1}
        assert counts[1] == {hits.SECRET: 1, hits.ID: 1}, "without the example"
        assert counts[2] == {hits.UNKNOWN: 2, negatives.EXAMPLE: 1}
        assert [negatives.false(one) for one in counts] == [2, 2, 2]
        assert negatives.distinct(silence) == 2

    def test_places_are_told_without_the_key(self, here: Place, tmp_path: Path) -> None:
        silence = self.measured(here, tmp_path)
        told = "\n".join(report.places(silence))
        assert "part/package/a:1:6: aws-secret-access-key medium" in told
        assert keys.secret(1) not in told
        assert "/b:" not in told

    def test_real_keys_are_counted_apart(
        self, here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(negatives, "reviewed", lambda: [(("package/c", 1), "somebody's")])
        silence = self.measured(here, tmp_path)
        counts = [negatives.counted(silence, outcome) for outcome in silence.outcomes]
        assert [one[negatives.KEY] for one in counts] == [1, 1, 1]
        assert [negatives.false(one) for one in counts] == [1, 1, 1]
        assert not [place for place in report.places(silence) if "/c:" in place]

    def test_rates_are_for_100_megabytes(self) -> None:
        outcome = others.Outcome("x", (), 50_000_000, whole=True)
        assert negatives.rate(3, outcome) == 6
        assert negatives.rate(0, outcome._replace(text=0)) == 0

    def test_what_was_reviewed_is_in_the_packages_of_the_list(self) -> None:
        known = {one.folder for one in packages.listed()}
        assert {path.partition("/")[0] for (path, _), _ in negatives.reviewed()} <= known


class TestChance:
    """Random secrets, and what looks like them."""

    SCORES = Scores("x", [0.2, 0.8, 0.9, 1.0], [0.1, 0.5, 0.5, 0.85], 200_000_000)

    def test_recall_and_rate_at_a_threshold(self) -> None:
        assert (self.SCORES.recall(0.8), self.SCORES.rate(0.5)) == (0.75, 1.5)
        assert (self.SCORES.recall(2), self.SCORES.rate(2)) == (0, 0)

    @pytest.mark.parametrize(("rate", "recall_"), [(2, 1), (1, 0.75), (0.5, 0.75), (0, 0.5)])
    def test_the_best_recall_for_a_rate(self, rate: float, recall_: float) -> None:
        assert self.SCORES.best(rate) == recall_

    def test_secrets_in_a_text_are_seen_with_their_lines(self) -> None:
        made = chance.secrets(20, 1)
        assert len(set(made)) == 20
        assert chance.named(made) == 1
        engine = chance.Engine(keyguard.rules.builtin)
        assert [line for _, line in chance.scored(engine, b"\n" + made[0] + b"\n")] == [2]

    def test_secrets_that_are_not_seen_count_as_missed(self) -> None:
        engine = chance.Engine(keyguard.rules.builtin)
        unseen, seen = chance.placed(engine, [*chance.secrets(1, 1), b"a" * 40], chance.BARE)
        assert (unseen, seen >= judge.WEAK) == (0, True)

    def test_places_that_hold_a_secret_do_not_count(self, tmp_path: Path) -> None:
        (tmp_path / "f").write_text(f"x\n{keys.secret(3)}\n{keys.secret(4)}\n")
        scores = chance.by_finding([], str(tmp_path), {("f", 2)})
        assert len(scores.negatives) == 1
        assert len(chance.by_score([], str(tmp_path)).negatives) == 2

    def test_the_picture_is_the_same_every_time_and_inside_its_frame(self) -> None:
        picture = plot.drawn([self.SCORES, self.SCORES._replace(name="y")])
        assert picture == plot.drawn([self.SCORES, self.SCORES._replace(name="y")])
        root = ET.fromstring(picture)  # noqa: S314 - made here
        assert "x" in [one.text for one in root]
        assert "-" not in "".join(one.get("d", "") for one in root)

    def test_a_curve_falls_and_never_turns_back(self) -> None:
        points = plot.curve(self.SCORES)
        assert points == sorted(points, key=lambda one: (one.rate, -one.missed))
        assert len(points) == len(set(points)) > 1


class TestReport:
    """What is printed."""

    @pytest.mark.parametrize(("share", "shown"), [(1, "100"), (0.99999, "99.9"), (0.5, "50"), (0, "0")])
    def test_only_all_is_100_percent(self, share: float, shown: str) -> None:
        assert report.percent(share) == shown

    def test_forms_that_are_missed_are_listed(self, here: Place) -> None:
        some = [
            case(),
            case("a «id1» «secret1»\nb «id2» «secret2»\n"),
            case("«id»", how=(steps.STEPS["base64"],) * 5, held_out=True),
        ]
        named = [one._replace(path=f"{number}/f") for number, one in enumerate(some)]
        measured = recall.measured(named, here, [], 60)
        (line,) = report.misses(measured)
        assert line == "a group: made (held out): any 0, all 0, exact 0"
        table = report.by_group(measured, markdown=False)
        assert "100" in table
        met = {figure.what: figure.met for figure in report.figures(measured)}
        assert met == {
            "other forms: files with a key missed": True,
            "other forms: files with a wrong place": True,
            "held-out forms: files with a key missed": False,
            "held-out forms: files with a wrong place": False,
            "files with several keys, a wrong one": True,
            "findings that are wrong or half": True,
        }


class TestCases:
    """Cases from the tests of other scanners."""

    def line(self, text: str, expect: str, *values: str, source: str = "there:1") -> str:
        one = {"peer": "p", "source": source, "text": text, "expect": expect, "values": values}
        return json.dumps(one)

    @pytest.mark.parametrize(
        ("text", "expect", "values", "agrees"),
        [
            pytest.param("nothing", "none", [], True, id="nothing there"),
            pytest.param("{id}", "none", [], False, id="should not be reported"),
            pytest.param(keys.EXAMPLE_ID, "none", [], True, id="an example is reported as such"),
            pytest.param("{id}", "id", ["{id}"], True, id="an id"),
            pytest.param("x", "id", ["{id}"], False, id="a missed id"),
            pytest.param("{id} {secret}", "pair", ["{id}", "{secret}"], True, id="a pair"),
            pytest.param(
                "{id}" + "\n" * 900 + "{secret}", "pair", ["{id}", "{secret}"], False, id="two halves"
            ),
        ],
    )
    def test_are_compared(self, text: str, expect: str, values: list[str], *, agrees: bool) -> None:
        made = {"id": keys.key_id(5), "secret": keys.secret(5)}
        filled = [one.format(**made) for one in values]
        (compared,) = casefile.compared([self.line(text.format(**made), expect, *filled)])
        assert compared.agrees is agrees

    def test_the_summary_tells_what_is_wrong_and_no_key(self) -> None:
        peer, source = next(iter(casefile.differences()))
        known = json.loads(self.line(keys.key_id(6), "none", source=source)) | {"peer": peer}
        lines = [self.line(keys.key_id(6), "none"), json.dumps(known), self.line("", "none")]
        told = list(casefile.summary(casefile.compared(lines)))
        assert told[0] == "1 of 3 as expected, 1 rightly not, 1 wrong"
        assert told[1].endswith("WRONG")
        assert keys.key_id(6) not in "\n".join(told)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.accuracy", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_the_command_prints_tables() -> None:
    done = run("--only", "forms", "--count", "1", "--no-peers", "--markdown")
    assert done.returncode == 0, done.stderr
    assert "### Forms: " in done.stdout
    assert all(f" {form.name} " in done.stdout for form in ALL)


def test_the_command_measures_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = [packages.Package(part, "npm", part, "1", "") for part in (packages.TUNING, packages.HELD_OUT)]
    for one in listed:
        folder = tmp_path / one.part / one.folder
        folder.mkdir(parents=True)
        (folder / "file").write_text(f"a = '{keys.secret(8)}'\n")
        folder.with_name(folder.name + packages.MARK).touch()
    monkeypatch.setattr(packages, "listed", lambda: listed)
    monkeypatch.setattr(chance, "SECRETS", 100)
    sections = ["--only", "negatives,chance,speed", "--no-peers"]
    assert main([*sections, "--cache", str(tmp_path), "--plot", str(tmp_path / "plot.svg")]) == 0
    printed = capsys.readouterr().out
    assert "tuning/npm-tuning-1/file:1:6: aws-secret-access-key" in printed
    assert "100 random secrets" in printed
    assert "megabytes a second" in printed
    assert keys.secret(8) not in printed
    assert (tmp_path / "plot.svg").read_text().startswith("<svg")


def test_what_cannot_be_fetched_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = packages.Package("part", "npm", "x", "1", "")
    monkeypatch.setattr(packages, "listed", lambda: [broken])
    monkeypatch.setattr(packages, "command", lambda *_: [sys.executable, "-c", "raise SystemExit(3)"])
    assert main(["--only", "negatives", "--no-peers", "--cache", str(tmp_path)]) == 2
    assert not list(tmp_path.glob(f"part/*{packages.MARK}"))


def test_cases_are_compared(tmp_path: Path) -> None:
    (tmp_path / "cases").write_text(TestCases().line("", "none") + "\n")
    done = run("--cases", str(tmp_path / "cases"))
    assert done.stdout.startswith("1 of 1 as expected")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["--only", "nothing"], "there is no nothing", id="no such section"),
        pytest.param(["--cases", "/no/such/file"], "/no/such/file", id="no such file"),
        pytest.param(["--peer", "gitleaks"], "is not the name of a scanner", id="no program"),
    ],
)
def test_a_wrong_argument_is_told(arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
