"""Runs git such that it only reads, whatever the repository says; nothing else here runs a program.

A repository can name programs (hooks, a file system monitor, filters, external diffs, ways to fetch what
is missing) and can be somewhere else than it seems (environment, replaced objects, grafts).  Every call
therefore carries the same options and environment, and callers use only commands that read.
"""

# Annotations are not postponed here: a NamedTuple with postponed ones takes three times as long to make.

import os
import subprocess
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, Final, NamedTuple, Self, cast

from keyguard import giterrors, gitobjects, gitplace
from keyguard.errors import GitError
from keyguard.giterrors import NotARepositoryError
from keyguard.gitobjects import Object

OLDEST: Final = (2, 31)
"""The first version with every option used: ``rev-parse --path-format`` and ``ls-files --deduplicate``."""

_OPTIONS: Final = (
    "core.fsmonitor=false",  # else every reading of the index runs it
    "core.pager=cat",
    "core.alternateRefsCommand=true",
    "core.bigFileThreshold=8m",  # above this git streams a blob instead of holding it
    "diff.external=",
    "log.showSignature=false",
    "protocol.allow=never",
)
# Attributes are left alone: none of the commands used here runs what they name, and to
# replace one of their three files would not silence the other two.

_HOOKS: Final = "core.hooksPath=/dev/null"

_ENVIRONMENT: Final = {
    "LC_ALL": "C",  # errors are told apart by their text
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}

_CLONE: Final = (
    *("clone", "--mirror", "--quiet", "--no-local", "--template=", "--config=core.hooksPath=" + os.devnull),
    *("--config=gc.auto=0", "--config=maintenance.auto=false"),  # they would go on behind it
    *("--config=transfer.fsckObjects=false", "--config=fetch.fsckObjects=false"),  # read what others refuse
    *("--config=transfer.bundleURI=false", "--config=submodule.recurse=false"),
)
_NO_QUESTIONS: Final = {"GIT_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never", "GCM_INTERACTIVE": "never"}
_TOLD_TO_TRANSPORTS: Final = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
"""What a user, or a CI service, says of keys and certificates."""

_ALTERNATES: Final = "GIT_ALTERNATE_OBJECT_DIRECTORIES"
_TOLD_TO_HOOKS: Final = (
    _ALTERNATES,
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_WORK_TREE",
)
"""How git tells a hook where it is.  All other variables of git's are dropped."""

_MERGED: Final = "GITHEAD_"
"""``git merge`` names the commits it merges in variables; it writes MERGE_HEAD only after its hook."""

_BUFFER: Final = 1 << 16
_KILLED: Final = 9


class Git(NamedTuple):
    """git at one place, made by :meth:`at` or :meth:`here`; small to pickle."""

    directory: str
    told: tuple[tuple[str, str], ...] = ()
    """The variables of git's that are passed on."""
    merged: tuple[str, ...] = ()
    """The commits that ``git merge`` is about to merge, when this is its hook."""

    @classmethod
    def at(cls, directory: str | None = None) -> Self:
        """The repository around ``directory`` (None: the current one), whatever the environment says."""
        return cls(os.path.abspath(directory or _current()))

    @classmethod
    def here(cls) -> Self:
        """The repository that git called a hook for; without a hook, the one around the current directory."""
        told = tuple((name, os.environ[name]) for name in _TOLD_TO_HOOKS if name in os.environ)
        merged = tuple(name.removeprefix(_MERGED) for name in os.environ if name.startswith(_MERGED))
        return cls(_current(), told, merged)

    def writing_to(self, scratch: str) -> Self:
        """The same, but what git insists on writing goes to the directory ``scratch``."""
        told = dict(self.told)
        quoted = self.path("objects").replace("\\", "\\\\").replace('"', '\\"')
        others = [f'"{quoted}"', *told.get(_ALTERNATES, "").split(os.pathsep)]
        told |= {"GIT_OBJECT_DIRECTORY": scratch, _ALTERNATES: os.pathsep.join(others)}
        return self._replace(told=tuple(told.items()))

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What git prints.  Raises :class:`GitError` when its exit status is not 0."""
        return self._printed(arguments, stdin=stdin)

    def clone(self, url: str, protocols: str, seconds: float | None = None) -> bytes | None:
        """Put a bare copy of all that is at ``url`` into the directory, an empty one; None when that worked.

        Else what git says.  ``protocols`` are separated by colons.  Nobody is asked for anything.  Raises
        :class:`TimeoutError` after ``seconds``.  However it ends, no process is left that writes there.
        """
        own = {name: os.environ[name] for name in _TOLD_TO_TRANSPORTS if name in os.environ}
        around = {"GIT_CEILING_DIRECTORIES": os.path.dirname(self.directory), "GIT_ALLOW_PROTOCOL": protocols}
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell, and the URL stands behind --
                self._command((*_CLONE, "--", url, ".")),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=self.directory,
                env=self._environment() | own | _NO_QUESTIONS | around,
                start_new_session=True,  # without a terminal ssh cannot ask either
            )
        except OSError as error:
            raise self._unstarted(error) from None
        said = _said(process, seconds)
        return said if process.returncode else None

    def objects(self, oids: Iterable[str]) -> Iterator[Object]:
        """The objects with these full names, in this order; one that is missing or damaged is a result too.

        ``oids`` is read a little ahead; while it gives nothing, no process is started.  Closing the iterator
        ends git.  Raises :class:`GitError` when not the object but the repository is at fault.
        """
        more = iter(oids)
        waiting = deque(islice(more, 1))
        while waiting:
            lost, reason = None, ""
            with _Child(self._started("cat-file", "--batch")) as child:
                try:
                    yield from gitobjects.answers(child.ask, child.answer, waiting, more)
                except gitobjects.HungUpError as end:
                    lost, reason = end.oid, child.complaint()
            if lost is not None:
                self.git_dir()  # raises what is wrong, when it is wrong for every object
                yield gitobjects.absent(lost, gitobjects.UNREADABLE, reason)
            waiting.extend(islice(more, 0 if waiting else 1))

    def listed_files(self) -> list[str] | None:
        """The tracked files and the untracked ones that are not ignored; None outside of a work tree.

        Relative to the directory, which they are all below.  A submodule, and a repository that is not
        one, is one entry: a directory.  A tracked file need not exist.
        """
        listing = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
        if not self._anywhere():
            return None
        try:
            names = self.run(*listing, "--sparse")  # else it would write trees for a sparse index
        except NotARepositoryError:
            return None
        except GitError:
            names = self.run(*listing)  # --sparse is of 2.36
        return [os.fsdecode(name) for name in names.split(b"\0")[:-1]]

    def top_level(self) -> str | None:
        """The top of the work tree; None outside of any."""
        if not self._anywhere():
            return None
        try:
            return _line(self.run("rev-parse", "--show-toplevel"))
        except NotARepositoryError:
            return None

    def prefix(self) -> str:
        """Where the directory is below the top, with a slash at the end; empty at the top."""
        if self._at_top():
            return ""
        return _line(self.run("rev-parse", "--show-prefix"))

    def git_dir(self) -> str:
        """The directory of the repository (of this work tree, when it is a linked one)."""
        return _line(self.run("rev-parse", "--absolute-git-dir"))

    def path(self, name: str) -> str:
        """Where the repository has its file ``name``, e.g. ``MERGE_HEAD``."""
        return self._path("--git-path", name)

    def hooks_path(self) -> str:
        """Where git looks for hooks, core.hooksPath included."""
        return self._path("--git-path", "hooks", hooks=True)

    def index_path(self) -> str:
        """The file that the next commit is made from; it need not exist."""
        name = dict(self.told).get("GIT_INDEX_FILE")
        if name is None and self._at_top() and os.path.isdir(os.path.join(self.directory, ".git")):
            return os.path.join(self.directory, ".git", "index")
        if name is None:
            return self.path("index")
        return os.path.join(gitplace.enclosing(self.directory) or self.directory, name)

    def resolve(self, name: str) -> str | None:
        """The full name of the object that ``name`` stands for; None when there is none."""
        done = self._done(("rev-parse", "--quiet", "--verify", "--end-of-options", name))
        if done.returncode in (0, 1):  # 1: there is none
            return _line(done.stdout) or None
        raise self._failure("rev-parse", done)

    def empty_tree(self) -> str:
        """The name of the tree without entries, which git knows without having it."""
        return _line(self.run("hash-object", "-t", "tree", "--stdin"))

    def merge_heads(self) -> tuple[str, ...]:
        """The commits that the next commit will have as parents besides HEAD."""
        path = self.path("MERGE_HEAD")
        heads = self.merged
        if os.path.isfile(path):
            with open(path, encoding="ascii", errors="replace") as file:
                heads = tuple(file.read().split())
        if not all(map(gitobjects.is_oid, heads)):  # they become arguments
            raise GitError(f"{path} does not name commits", "finish or abort the merge")
        return heads

    def _path(self, *question: str, hooks: bool = False) -> str:
        """The one absolute path that git answers; a git that is too old says its options back instead."""
        path = _line(self._printed(("rev-parse", "--path-format=absolute", *question), hooks=hooks))
        if not os.path.isabs(path) or "\n" in path:
            raise giterrors.outdated(self._version(), OLDEST) or GitError(
                f"git gave no path for {question[-1]}"
            )
        return path

    def _printed(self, arguments: tuple[str, ...], *, stdin: bytes = b"", hooks: bool = False) -> bytes:
        done = self._done(arguments, stdin=stdin, hooks=hooks)
        if done.returncode:
            raise self._failure(arguments[0], done)
        return done.stdout

    def _done(
        self, arguments: tuple[str, ...], *, stdin: bytes = b"", hooks: bool = False
    ) -> subprocess.CompletedProcess[bytes]:
        command = self._command(arguments, hooks=hooks)
        try:
            return subprocess.run(  # noqa: S603 - no shell; callers keep what users say behind --end-of-options
                command,
                input=stdin,
                capture_output=True,
                check=False,
                cwd=self.directory,
                env=self._environment(),
            )
        except OSError as error:
            raise self._unstarted(error) from None

    def _started(self, *arguments: str) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603 - no shell, and no argument of a user's
                self._command(arguments),
                bufsize=_BUFFER,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.directory,
                env=self._environment(),
            )
        except OSError as error:
            raise self._unstarted(error) from None

    def _command(self, arguments: tuple[str, ...], *, hooks: bool = False) -> list[str]:
        """The whole command; with ``hooks``, the repository's core.hooksPath is left to be read."""
        bare = "safe.bareRepository=" + ("all" if self._bare() else "explicit")
        settings = (*_OPTIONS, bare) if hooks else (*_OPTIONS, bare, _HOOKS)
        options = [word for setting in settings for word in ("-c", setting)]
        program = gitplace.program(os.environ.get("PATH", os.defpath), gitplace.enclosing(self.directory))
        return [program, *options, *arguments]

    def _environment(self) -> dict[str, str]:
        """Ours without git's variables, but for what it tells hooks, and with what holds for every call."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        if self._bare():  # look nowhere but here
            kept["GIT_CEILING_DIRECTORIES"] = os.path.dirname(os.path.realpath(self.directory))
        return kept | dict(self.told) | _ENVIRONMENT

    def _bare(self) -> bool:
        """Whether the directory itself is a bare repository.

        The user named it, or stands in it, so it may be used.  GIT_DIR would do too, but would also make
        git trust a repository that belongs to someone else.
        """
        return "GIT_DIR" not in dict(self.told) and gitplace.is_bare(self.directory)

    def _at_top(self) -> bool:
        """Whether the directory is surely the top of a work tree; git need not be asked then."""
        told = dict(self.told)
        if "GIT_DIR" in told or "GIT_WORK_TREE" in told:
            return False
        return gitplace.enclosing(self.directory) == self.directory

    def _anywhere(self) -> bool:
        """Whether it is worth asking git, which need not be installed, for a work tree."""
        return "GIT_DIR" in dict(self.told) or gitplace.enclosing(self.directory) is not None

    def _failure(self, command: str, done: subprocess.CompletedProcess[bytes]) -> GitError:
        error = giterrors.known(done.stderr, self.directory)
        if error is None:
            error = giterrors.outdated(self._version(), OLDEST)
        return error or giterrors.other(command, done.returncode, done.stderr)

    def _version(self) -> bytes:
        return self._done(("version",)).stdout

    def _unstarted(self, error: OSError) -> GitError:
        return GitError(f"cannot run git in {self.directory}: {error.strerror}", "does the directory exist?")


class _Child:
    """A git that answers; leaving it ends it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.ask = cast("IO[bytes]", process.stdin)
        self.answer = cast("IO[bytes]", process.stdout)
        self._said = bytearray()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # it only reads, so there is nothing to lose
        self.ask.close()
        self.answer.close()
        self._process.wait()
        self._listener.join()

    def complaint(self) -> str:
        """The last that it said on standard error; ends it."""
        self._process.kill()
        self._listener.join()
        return giterrors.reason(bytes(self._said))

    def _listen(self) -> None:
        """Read standard error as it comes: a full pipe would stop git."""
        with cast("IO[bytes]", self._process.stderr) as stream:
            while said := stream.read(giterrors.KEPT):
                self._said += said
                del self._said[: -giterrors.KEPT]


def _said(process: subprocess.Popen[bytes], seconds: float | None) -> bytes:
    """What a process with a session of its own says until it ends; an exception ends the whole session."""
    try:
        return process.communicate(timeout=seconds)[1]
    except BaseException as error:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, _KILLED)
        process.communicate()  # ends when nobody is left to say anything
        if isinstance(error, subprocess.TimeoutExpired):
            raise TimeoutError from None
        raise


def allowed_protocols(ours: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """``ours``; where GIT_ALLOW_PROTOCOL is set, those of ``ours`` and ``asked`` that it names."""
    named = os.environ.get("GIT_ALLOW_PROTOCOL")
    return ours if named is None else tuple(one for one in (*ours, *asked) if one in named.split(":"))


def _current() -> str:
    try:
        return os.getcwd()
    except OSError as error:
        raise GitError(
            f"the current directory cannot be used: {error.strerror}", "change to another"
        ) from None


def _line(printed: bytes) -> str:
    return os.fsdecode(printed.removesuffix(b"\n"))
