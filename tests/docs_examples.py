"""Reads the documentation as a reader does: writes its files, runs its commands, and sees what they print.

A comment before a code block, ``<!-- test: … -->``, says what is to be done with it:

=================  ====================================================================================
``setup NAME``     first make a new scratch directory, by the function ``NAME`` in :data:`SETUPS`
``run NAME``       first change that directory, by the function ``NAME`` in :data:`SETUPS`
``file NAME``      write the block to that file
``output``         it is what the last ``python`` block prints
``finds RULE S``   scanning it gives exactly these findings: rules, each with its severity
``finds nothing``  scanning it gives none
``skip REASON``    nothing: it cannot be run here
=================  ====================================================================================

Without one, a ``console`` block is typed into a terminal, line by line, and a ``python`` block is run after
all those before it on the page.  ``…`` stands for a made-up key where it follows the beginning of one (see
:data:`KEYS`), and for anything at all in an output; alone on a line, for any number of lines.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import account_rows
import keys
import repos

import keyguard
from keyguard import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parent.parent
DOCS = sorted(CHECKOUT.glob("docs/**/*.md"))
README = CHECKOUT / "README.md"

KEYS = {
    "AKIA…": keys.key_id(),
    "ASIA…": keys.key_id(prefix="ASIA"),
    "A3TX…": "A3TX" + keys.key_id()[4:],
    "w7Kd…": "w7Kd" + keys.secret()[4:],
    "IQoJ…": keys.session_token(),
    "ABSK…": keys.bedrock_key(),
    "da2-x…": samples.filled("{appsync}", 1),
    "amzn.mws.x…": samples.filled("amzn.mws.{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", 1),
    "k8s-…": samples.filled("{eks}", 1),
    "eyJw…": samples.filled("{ecr}", 1),
    "eyJ2…": samples.filled("{codeartifact}", 1),
    "aoaA…": samples.filled("{sso}", 1),
    "eyJr…": samples.filled("{ssoclient}", 1),
}
"""What stands for a key in the documentation, and the key."""

PIECES = {
    "BLxx…": samples.filled("{smtp}", 1),
    "k7Wd…": samples.filled("{password:url}", 1),
    "4f2a…": samples.filled("{hex:64}", 1),
}
"""What stands for something that is a key only beside something else."""

FENCE = re.compile(r"((?:^ *<!--[^\n]*-->\n)*)^( *)```(\w*)\n(.*?)^\2```$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"<!-- test: (\w+) ?(.*?) -->")
MARK = re.compile(r"\x01(\d+)\x01\n")
"""What a played script prints before each command."""

PROMPT, CONTINUATION, ANYTHING = "$ ", "> ", "…"
ROWS, COLUMNS = 24, 80
SWITCHES = ("SKIP", "NO_COLOR", "FORCE_COLOR", "KEYGUARD")
"""Variables of the one who runs the tests that would change what keyguard does."""


class Block(NamedTuple):
    """A code block: where it begins, its language, what to do with it, and what is in it."""

    page: Path
    line: int
    language: str
    directives: dict[str, str]
    text: str

    @property
    def place(self) -> str:
        """Where to look when something is wrong with it."""
        return f"{self.page.relative_to(CHECKOUT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page, without the indentation that they have in a list."""
    content = page.read_text()
    found = []
    for match in FENCE.finditer(content):
        comments, indent, language, text = match.groups()
        line = content.count("\n", 0, match.start(3)) + 1
        text = re.sub(f"^{indent}", "", text, flags=re.MULTILINE)
        found.append(Block(page, line, language, dict(DIRECTIVE.findall(comments)), text))
    return found


def filled(text: str) -> str:
    """``text`` with made-up keys in it."""
    for shown, key in (KEYS | PIECES).items():
        text = text.replace(shown, key)
    return text


def same(expected: str, actual: str) -> bool:
    """Whether the documentation shows what was printed; blanks at the ends, of lines too, do not count."""
    lines = [
        r"(?:.*\n)*?"
        if line.strip() == ANYTHING
        else ".*?".join(map(re.escape, line.split(ANYTHING))) + r"\n"
        for line in _stripped(expected)
    ]
    return re.fullmatch("".join(lines), "".join(f"{line}\n" for line in _stripped(actual))) is not None


def _stripped(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().lstrip("\n").splitlines()]


class Reader:
    """Somebody who follows a page from its beginning to its end, in a scratch directory."""

    def __init__(self, scratch: Path) -> None:
        """Begin in an empty directory."""
        self._scratch = scratch
        self._homes = count()
        self._written: list[str] = []
        self._printed = ""
        self._begin(SETUPS["empty"])

    def _begin(self, setup: Callable[[Path], None]) -> None:
        """Be somebody who has not been here before, in a directory that ``setup`` makes."""
        home = self._scratch / str(next(self._homes))
        home.mkdir()
        (home / ".gitconfig").touch()
        self._where = home / "work"
        setup(self._where)
        variables = {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(self._scratch / "pre-commit"),
            "TERM": "dumb",
            "GIT_EDITOR": "false",
            "GIT_PAGER": "cat",
            "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
            "GIT_COMMITTER_NAME": repos.NEUTRAL["GIT_AUTHOR_NAME"],  # else git tells both
            "GIT_COMMITTER_EMAIL": repos.NEUTRAL["GIT_AUTHOR_EMAIL"],
        }
        kept = repos.environment(variables).items()
        self._environment = {name: value for name, value in kept if not name.startswith(SWITCHES)}

    def follow(self, block: Block) -> None:
        """Do what the block shows; fails when something else comes of it."""
        if "skip" in block.directives:
            return
        if "setup" in block.directives:
            self._begin(SETUPS[block.directives["setup"]])
        if "run" in block.directives:
            SETUPS[block.directives["run"]](self._where)
        if "file" in block.directives:
            place = self._where / block.directives["file"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(filled(block.text))
        elif "finds" in block.directives:
            found = " ".join(f"{one.rule} {one.severity}" for one in keyguard.scan_text(filled(block.text)))
            assert block.directives["finds"] == (found or "nothing"), f"{block.place} holds {found}"
        elif "output" in block.directives:
            assert same(block.text, self._printed), differing(block, block.text, self._printed)
        elif block.language == "console":
            self._play(block)
        elif block.language == "python":
            self._run(block)

    def _run(self, block: Block) -> None:
        """Run a Python block after those before it, whose output is dropped."""
        print_mark = "print('\\x010\\x01', flush=True)\n"
        code = "".join([*self._written, print_mark, filled(block.text)])
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=self._where,
            env=self._environment,
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, f"{block.place}: {done.stderr}"
        self._written.append(filled(block.text))
        self._printed = MARK.split(done.stdout)[-1] + done.stderr

    def _play(self, block: Block) -> None:
        """Type the commands, and compare what comes after each."""
        turns = list(_turns(block.text))
        commands = "".join(f"mark {number}; {command}\n" for number, (command, _) in enumerate(turns))
        remembered = self._scratch / "where"
        script = (
            "mark() { local code=$?; printf '\\001%s\\001\\n' \"$1\"; return $code; }\n"
            f"{filled(commands)}pwd > '{remembered}'\n"
        )
        _, *parts = MARK.split(typed(script, self._where, self._environment))
        self._where = Path(remembered.read_text().removesuffix("\n"))
        assert len(parts) == 2 * len(turns), f"{block.place}: the shell gave up: {parts}"
        for (command, expected), printed in zip(turns, parts[1::2], strict=True):
            assert same(expected, printed), differing(block, f"$ {command}\n{expected}", printed)


def _turns(text: str) -> Iterator[tuple[str, str]]:
    """Each command, and what is shown below it."""
    for turn in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *output = turn.splitlines(keepends=True)
        while output and output[0].startswith(CONTINUATION):
            command += output.pop(0).removeprefix(CONTINUATION)
        yield command.rstrip("\n"), "".join(output)


def typed(script: str, where: Path, environment: dict[str, str]) -> str:
    """What appears on a terminal when a shell runs ``script``."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    shell = subprocess.Popen(
        ["bash", "-c", script],
        cwd=where,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        while piece := _piece(terminal.fileno()):
            seen += piece
    shell.wait()
    return seen.decode().replace("\r\n", "\n")


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # Linux says so when the other end is closed
        return b""


def differing(block: Block, expected: str, actual: str) -> str:
    """The message of a test that fails."""
    return f"{block.place} shows\n{expected}\nbut it is\n{actual}"


def _repository(place: Path) -> None:
    repos.init(place).commit("Begin", README=b"An app.\n")


def _server(place: Path) -> None:
    """A server's bare repository, ``app.git``, and a clone of it, ``app``."""
    repos.init(place / "app.git", "--bare")
    repos.init(place / "app").git("remote", "add", "origin", "../app.git")
    app = repos.Repo(place / "app")
    app.commit("Begin", README=b"An app.\n")
    app.git("push", "-q", "origin", "main")


def _add_settings(place: Path) -> None:
    """A key in a file that is tracked."""
    key = filled("[default]\naws_access_key_id = AKIA…\naws_secret_access_key = w7Kd…\n")
    repos.Repo(place).commit("Add the settings", **{"settings.ini": key})


def _add_and_remove_settings(place: Path) -> None:
    """A key that is in the history alone."""
    _add_settings(place)
    repos.Repo(place).git("rm", "-q", "settings.ini")
    repos.Repo(place).commit("Remove the settings")


def _clone(place: Path) -> None:
    """A clone of the repository, ``clone``."""
    repos.Repo(place).git("clone", "-q", place.as_uri(), "clone")


def _clone_shallowly(place: Path) -> None:
    """A clone that has the last commit alone, ``shallow``."""
    repos.Repo(place).git("clone", "-q", "--depth", "1", place.as_uri(), "shallow")


def _settings(place: Path) -> None:
    _repository(place)
    _add_settings(place)


def _credential_report(place: Path) -> None:
    """An account's credential report, and the report of a scan."""
    _settings(place)
    account_rows.write(
        place / "report.csv", account_rows.root(used="2020-03-01"), account_rows.user("deploy")
    )


SETUPS: dict[str, Callable[[Path], None]] = {
    "empty": Path.mkdir,
    "repository": _repository,
    "settings": _settings,
    "server": _server,
    "settings_come_and_go": _add_and_remove_settings,
    "credential_report": _credential_report,
    "clone": _clone,
    "clone_shallowly": _clone_shallowly,
}
"""What a page can begin with, or find changed."""
