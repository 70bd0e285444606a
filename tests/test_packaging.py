"""What is installed is whole: from a wheel, an sdist, editable, a bare checkout; and so is its interface."""

from __future__ import annotations

import doctest
import fcntl
import importlib
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import keys
import pytest
import repos

import keyguard

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).parent.parent
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
MODULES = sorted(path.relative_to(CHECKOUT).as_posix() for path in CHECKOUT.glob("keyguard/**/*.py"))
DATA = sorted(path.relative_to(CHECKOUT).as_posix() for path in CHECKOUT.glob("keyguard/data/*"))
RULES = sorted(path.relative_to(CHECKOUT).as_posix() for path in CHECKOUT.glob("patterns/*.toml"))

NO_PATH = {"PYTHONPATH": ""}
"""What is installed is what is found, not what happens to be on the path of whoever runs the tests."""


def python(*arguments: str | Path, program: str | Path = sys.executable, **variables: str) -> bytes:
    """What a Python prints; fails when it does."""
    environment = repos.environment(NO_PATH | variables)
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
    return done.stdout


def pip(*arguments: str | Path, wheels: Path | None = None) -> None:
    """Run pip; with ``wheels``, a directory, nothing else is asked for packages."""
    variables = {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if wheels is not None:
        variables |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    python("-m", "pip", "--quiet", *arguments, **variables)


def once(place: Path, make: Callable[[Path], object]) -> Path:
    """``place``, which ``make`` fills; whichever of pytest's processes comes first does it."""
    with open(f"{place}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            unfinished = place.with_name(f"{place.name}.{os.getpid()}")
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(place)
    return place


def shared(factory: pytest.TempPathFactory) -> Path:
    """A directory that all processes of this session have in common."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def wheelhouse(factory: pytest.TempPathFactory, config: pytest.Config) -> Path:
    """A directory with wheels of what keyguard needs to be built and to run.

    Kept from one session to the next, so that only the first asks the package index.
    """
    needed = [*PROJECT["build-system"]["requires"], "editables", *PROJECT["project"]["dependencies"]]
    cache: pytest.Cache | None = getattr(config, "cache", None)
    folder = shared(factory) if cache is None else cache.mkdir("wheelhouse")
    asked = repr((needed, sys.version, platform.machine())).encode()
    return once(
        folder / sha256(asked).hexdigest()[:16], lambda place: pip("wheel", "--wheel-dir", place, *needed)
    )


def snapshot(factory: pytest.TempPathFactory) -> repos.Repo:
    """A repository whose one commit is the checkout as it is now, committed or not."""

    def make(place: Path) -> None:
        listed = repos.Repo(CHECKOUT).git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        copy = repos.init(place)
        for name in listed.decode().split("\0")[:-1]:
            if (CHECKOUT / name).is_file():
                copy.write(name, (CHECKOUT / name).read_bytes())
        copy.git("add", "--force", ".")
        copy.commit()

    return repos.Repo(once(shared(factory) / "snapshot", make))


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    return wheelhouse(tmp_path_factory, pytestconfig)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """Keyguard's wheel, built from the checkout as pip builds it."""
    source = snapshot(tmp_path_factory).path
    built = once(
        shared(tmp_path_factory) / "wheel",
        lambda place: pip("wheel", "--no-deps", "--wheel-dir", place, source, wheels=wheels),
    )
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """Keyguard's sdist, from its build backend."""
    backend = once(
        shared(tmp_path_factory) / "backend",
        lambda place: pip("install", "--target", place, "hatchling", wheels=wheels),
    )
    script = "import os, sys, hatchling.build as build; os.chdir(sys.argv[1]); build.build_sdist(sys.argv[2])"
    built = once(
        shared(tmp_path_factory) / "sdist",
        lambda place: python("-c", script, snapshot(tmp_path_factory).path, place, PYTHONPATH=str(backend)),
    )
    (found,) = built.glob("*.tar.gz")
    return found


def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


class TestTheWheel:
    """What pip builds."""

    def test_it_has_every_module_the_rules_the_data_and_the_types(self, wheel: Path) -> None:
        inside = members(wheel)
        assert {*MODULES, *DATA, *(f"keyguard/{name}" for name in RULES), "keyguard/py.typed"} <= inside
        assert DATA
        assert RULES

    def test_it_has_nothing_else(self, wheel: Path) -> None:
        info = f"keyguard-{keyguard.__version__}.dist-info/"
        assert {name.split("/")[0] + "/" for name in members(wheel)} == {"keyguard/", info}
        assert not [name for name in members(wheel) if name.endswith((".pyc", ".orig", ".rej"))]

    def test_its_metadata(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
            found = importlib.metadata.PathDistribution(zipfile.Path(archive, name.removesuffix("METADATA")))
            assert found.version == keyguard.__version__
            assert found.metadata["Requires-Python"] == PROJECT["project"]["requires-python"]
            assert found.metadata["License-Expression"] == PROJECT["project"]["license"]
            assert found.metadata.get_payload() == (CHECKOUT / "README.md").read_text()
            assert [(one.name, one.value) for one in found.entry_points] == [
                ("keyguard", "keyguard.cli:main")
            ]

    def test_it_is_the_same_from_the_sdist(
        self, wheel: Path, sdist: Path, wheels: Path, tmp_path: Path
    ) -> None:
        pip("wheel", "--no-deps", "--wheel-dir", tmp_path, sdist, wheels=wheels)
        assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_sdist_has_the_rules_and_what_the_tests_need(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {*MODULES, *DATA, *RULES, "pyproject.toml", "README.md", "LICENSE", "keyguard/py.typed"} <= inside
    assert {".pre-commit-hooks.yaml", "Makefile", "tests/test_packaging.py", "docs/demo.sh"} <= inside


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a virtual environment that has what keyguard needs, but not keyguard; gives its Python."""

    def make(place: Path) -> None:
        python("-m", "venv", "--without-pip", "--symlinks", place)
        variables = {"base": str(place), "platbase": str(place)}
        packages = Path(sysconfig.get_path("purelib", "venv", variables))
        # A line of a .pth file adds a directory without reading the .pth files in it, such as keyguard's own.
        (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")

    return lambda name: once(shared(tmp_path_factory) / name, make) / "bin" / "python"


class Installation(NamedTuple):
    """A Python that has keyguard, the variables it needs for that, and where keyguard's files are."""

    program: Path
    variables: dict[str, str]
    place: Path


@pytest.fixture(params=["wheel", "editable", "checkout"])
def installed(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    environment: Callable[[str], Path],
    wheels: Path,
) -> Installation:
    """Keyguard in one of the ways to have it."""
    program = environment(f"venv-{request.param}")
    source = snapshot(tmp_path_factory).path
    if request.param == "checkout":
        return Installation(program, {"PYTHONPATH": str(source)}, source)
    what = ["--editable", source] if request.param == "editable" else [request.getfixturevalue("wheel")]
    done = program.parent.parent / "installed"
    once(
        done,
        lambda _: pip("--python", program, "install", "--no-deps", "--force-reinstall", *what, wheels=wheels),
    )
    return Installation(program, {}, source if request.param == "editable" else program.parent.parent)


class TestInstalled:
    """keyguard, however it was installed, does its work."""

    def run(
        self, installed: Installation, *arguments: str, stdin: str = ""
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [installed.program, "-P", *arguments],
            input=stdin.encode(),
            env=repos.environment(NO_PATH | installed.variables),
            cwd="/",
            capture_output=True,
            check=False,
        )

    def test_it_is_the_one_that_was_installed(self, installed: Installation) -> None:
        done = self.run(installed, "-c", "import keyguard; print(keyguard.__file__)")
        assert Path(done.stdout.decode().strip()).is_relative_to(installed.place)

    def test_it_finds_a_key(self, installed: Installation) -> None:
        text = f"id = {keys.key_id(1)}\nsecret = {keys.secret(1)}\n"
        done = self.run(installed, "-m", "keyguard", "scan", "--format", "json", "-", stdin=text)
        assert done.returncode == 1, done.stderr
        assert [one["rule"] for one in json.loads(done.stdout)["findings"]] == ["aws-access-key-pair"]

    def test_its_rules_do_what_they_say(self, installed: Installation) -> None:
        done = self.run(installed, "-m", "keyguard", "rules", "check")
        assert done.returncode == 0, done.stderr

    def test_its_version(self, installed: Installation) -> None:
        done = self.run(installed, "-m", "keyguard", "--version")
        assert done.stdout.decode() == f"keyguard {keyguard.__version__}\n"

    @pytest.mark.parametrize("installed", ["wheel", "editable"], indirect=True)
    def test_its_program_and_its_metadata(self, installed: Installation) -> None:
        script = installed.program.parent / "keyguard"
        assert python("--version", program=script).decode() == f"keyguard {keyguard.__version__}\n"
        code = "from importlib.metadata import version; print(version('keyguard'))"
        assert python("-c", code, program=installed.program).decode().strip() == keyguard.__version__


SNIPPET = """
import logging
from pathlib import Path
from collections.abc import Iterator

import keyguard
from keyguard import Config, Finding, KeyguardError, Scanner

scanner: Scanner = keyguard.Scanner(Config(min_confidence="high", max_file_size=1 << 20))


def places(text: str) -> Iterator[tuple[str | None, int, int, str]]:
    for finding in keyguard.scan_text(text, path="config.py"):
        yield finding.path, finding.line, finding.column, finding.severity


def everything(folder: Path) -> list[Finding]:
    try:
        return [*scanner.scan_bytes(b""), *keyguard.scan_path(folder), *keyguard.scan_staged(folder)]
    except KeyguardError as error:
        logging.warning(keyguard.redact(str(error)))
        return []
"""


@pytest.fixture(scope="session")
def checked(
    tmp_path_factory: pytest.TempPathFactory, environment: Callable[[str], Path], wheel: Path, wheels: Path
) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Runs mypy --strict on a text, with keyguard from its wheel."""
    program = environment("venv-mypy")
    once(
        program.parent.parent / "installed",
        lambda _: pip("--python", program, "install", "--no-deps", wheel, wheels=wheels),
    )
    folder = tmp_path_factory.mktemp("typed")

    def check(text: str) -> subprocess.CompletedProcess[str]:
        (folder / "snippet.py").write_text(text)
        command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", program, "snippet.py"]
        return subprocess.run(
            command, cwd=folder, env=repos.environment(NO_PATH), capture_output=True, text=True, check=False
        )

    return check


class TestInterface:
    """What programs use."""

    def test_the_whole_of_it(self) -> None:
        documented = {"Config", "Finding", "KeyguardError", "Report", "Scanner", "Secret", "redact"}
        assert documented | {"scan_bytes", "scan_path", "scan_staged", "scan_text"} <= {*keyguard.__all__}
        assert keyguard.__all__ == sorted(keyguard.__all__)

    @pytest.mark.parametrize("name", keyguard.__all__)
    def test_a_name_of_it_is_there_and_documented(self, name: str) -> None:
        value = getattr(keyguard, name)
        assert name == "__version__" or value.__doc__

    def test_all_of_it_can_be_imported_by_a_star(self) -> None:
        namespace: dict[str, object] = {}
        exec("from keyguard import *", namespace)  # noqa: S102 - there is no other way to say this in a function
        assert {*keyguard.__all__} <= namespace.keys()

    def test_what_is_not_there_is_an_attribute_error(self) -> None:
        assert not hasattr(keyguard, "nothing")
        with pytest.raises(AttributeError, match="module 'keyguard' has no attribute 'nothing'"):
            _ = keyguard.nothing
        with pytest.raises(ImportError):
            importlib.import_module("keyguard.nothing")

    def test_importing_it_does_nothing_and_costs_nothing(self) -> None:
        code = "import sys; before = set(sys.modules); import keyguard; print(set(sys.modules) - before)"
        assert python("-P", "-c", code).decode().strip() in (
            "{'keyguard', '__future__'}",
            "{'__future__', 'keyguard'}",
        )

    def test_it_is_typed(self, checked: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
        done = checked(SNIPPET)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_its_types_are_strict(self, checked: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
        done = checked(
            'import keyguard\nfor finding in keyguard.scan_text(b"bytes"):\n    reveal_type(finding.line)\n'
        )
        assert done.returncode == 1
        assert '"scan_text" has incompatible type "bytes"' in done.stdout
        assert 'Revealed type is "int"' in re.sub(r"builtins\.", "", done.stdout)


def with_examples() -> list[str]:
    """The modules with examples in their docstrings."""
    found = [name for name in MODULES if ">>> " in (CHECKOUT / name).read_text()]
    return [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in found]


@pytest.mark.parametrize("module", with_examples())
def test_the_examples_of_docstrings_are_true(module: str) -> None:
    outcome = doctest.testmod(importlib.import_module(module), raise_on_error=False)
    assert outcome.attempted
    assert not outcome.failed


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```$", (CHECKOUT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    script = tmp_path / "block.py"
    script.write_text("".join(blocks))
    assert blocks
    python("-P", "-W", "error", script)
