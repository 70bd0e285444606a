"""Makes repositories that try to run a program, one trap each, and finds out whether it ran.

A trap is a value in the configuration, a hook, an attribute, or a file in the work tree.  What it runs only
leaves a mark.  Most traps come with a control: a plain git command that does fall into it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import keys
import repos

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

KEYGUARD = os.path.join(os.path.dirname(sys.executable), "keyguard")

HOOKS = (
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
)

SHADOWED = ("rev-parse", "cat-file", "diff-index", "diff-tree", "rev-list", "ls-files", "hash-object")
"""The commands that keyguard uses, in a pager and as aliases."""

PGP = "-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----"
X509 = "-----BEGIN SIGNED MESSAGE-----\nMIA=\n-----END SIGNED MESSAGE-----"
SSH = "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----"


class Victim(NamedTuple):
    """A repository with keys everywhere, and the program that its traps run.

    ``first``, ``head`` and ``incoming`` are commits: what the remote has, what is pushed to it, and what is
    pushed to here, which no ref names yet.  ``lost`` are blobs that each of them, or the index, needs.
    """

    folder: Path
    first: str
    head: str
    incoming: str
    lost: tuple[str, ...]

    @property
    def repo(self) -> repos.Repo:
        """The repository."""
        return repos.Repo(self.folder / "repo")

    @property
    def program(self) -> Path:
        """What leaves the mark."""
        return self.folder / "program"

    @property
    def mark(self) -> Path:
        """What is there when the program ran."""
        return self.folder / "mark"

    def run(
        self,
        arguments: Sequence[str],
        stdin: str = "",
        *,
        below: str = ".",
        extra: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run keyguard in the work tree, as a user would."""
        return subprocess.run(
            [KEYGUARD, *arguments],
            cwd=self.repo.path / below,
            env=self.environment() | dict(extra or {}),
            input=stdin,
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

    def environment(self) -> dict[str, str]:
        """A user's environment."""
        return environment(self.folder / "home")


class Plant(NamedTuple):
    """A trap, and the git command that falls into it.

    In the values of ``settings``, ``{program}``, ``{hooks}`` (a directory of them) and ``{repo}`` are filled
    in.  ``missing`` takes the lost blobs away.  An empty ``control`` means that git does not fall into it
    either, or needs a server to do so.  ``terminal``: it does so only on a terminal.
    """

    name: str
    settings: tuple[tuple[str, str], ...] = ()
    prepare: Callable[[Victim], None] | None = None
    control: tuple[str, ...] = ()
    stdin: bytes = b""
    missing: bool = False
    terminal: bool = False
    below: str = "."

    def plant(self, victim: Victim) -> None:
        """Set the trap."""
        if self.missing:
            for oid in victim.lost:
                victim.repo.lose(oid)
        if self.prepare:
            self.prepare(victim)
        for key, value in self.settings:
            configure(victim, key, value)

    def fall(self, victim: Victim) -> None:
        """Run the control."""
        control = [word.format(lost=victim.lost[0]) for word in self.control]
        if self.terminal:
            on_a_terminal(["git", *control], victim.repo.path)
        else:
            repos.Repo(victim.repo.path / self.below).attempt(*control, stdin=self.stdin)


def environment(home: Path) -> dict[str, str]:
    """The environment of a user whose home directory is empty."""
    dropped = ("GIT", "PYTHON", "PRE_COMMIT", "XDG", "SKIP", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"HOME": str(home)}


def build(folder: Path) -> Victim:
    """The repository without any trap."""
    repo = repos.init(folder / "repo")
    (folder / "home").mkdir()
    repo.stage(".gitattributes", "* diff=evil filter=evil merge=evil\n")
    first = repo.commit(**{"app.py": numbered(40), "old.txt": numbered(60), "gone.txt": "gone\n"})
    repo.git("update-ref", "refs/remotes/origin/main", first)
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(**{"app.py": "side\n" + numbered(40)})
    repo.git("checkout", "-q", "main")
    head = repo.commit(**{"app.py": "main\n" + numbered(40), "lost.txt": "a\n", "committed.py": secret(1)})
    repo.git("checkout", "-q", "-b", "incoming")
    incoming = repo.commit(**{"incoming.py": secret(2), "also-lost.txt": "b\n"})
    lost = [repo.oid("HEAD:lost.txt"), repo.oid("HEAD:also-lost.txt")]
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-q", "-D", "incoming")
    repo.git("mv", "old.txt", "new.txt")
    repo.stage("new.txt", numbered(59))
    repo.stage("lost.txt", "c\n")
    repo.stage("staged.py", secret(3))
    repo.write(".git/COMMIT_EDITMSG", secret(4))
    shutil.rmtree(repo.path / ".git" / "hooks")
    lost.append(repo.oid(":lost.txt"))
    victim = Victim(folder, first, head, incoming, tuple(lost))
    victim.program.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{victim.mark}'\nexit 0\n")
    victim.program.chmod(0o755)
    return victim


def copied(victim: Victim, folder: Path) -> Victim:
    """The same once more, with another program and mark."""
    shutil.copytree(victim.folder, folder, symlinks=True, dirs_exist_ok=True)
    copy = victim._replace(folder=folder)
    copy.program.write_text(copy.program.read_text().replace(str(victim.mark), str(copy.mark)))
    return copy


def numbered(lines: int) -> str:
    """Some text."""
    return "".join(f"line {number}\n" for number in range(lines))


def secret(seed: int) -> str:
    """Text with a key."""
    found, value = keys.pair(seed)
    return f"aws_access_key_id = {found}\naws_secret_access_key = {value}\n"


def configure(victim: Victim, key: str, value: str) -> None:
    """Add a value to the repository's configuration; no git is run, which could fall into the trap."""
    hooks = victim.folder / "hooks"
    fill = {"program": victim.program, "hooks": hooks, "repo": victim.repo.path}
    section, _, name = key.format(**fill).rpartition(".")
    part, _, rest = section.partition(".")
    head = f'{part} "{rest}"' if rest else part
    with (victim.repo.path / ".git" / "config").open("a") as file:
        file.write(f'[{head}]\n\t{name} = "{value.format(**fill)}"\n')


def on_a_terminal(command: list[str], folder: Path) -> None:
    """Run a command whose output goes to a terminal."""
    ours, theirs = os.openpty()
    try:
        subprocess.run(
            command,
            cwd=folder,
            env=repos.environment({"TERM": "xterm"}),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            check=False,
            timeout=30,
        )
    finally:
        os.close(ours)
        os.close(theirs)


# What the traps need besides configuration.


def hooks_here(victim: Victim) -> None:
    """Every hook, where git looks first."""
    _hooks(victim, victim.repo.path / ".git" / "hooks")


def hooks_elsewhere(victim: Victim) -> None:
    """Every hook, somewhere else."""
    _hooks(victim, victim.folder / "hooks")


def _hooks(victim: Victim, folder: Path) -> None:
    folder.mkdir()
    for name in HOOKS:
        shutil.copy2(victim.program, folder / name)


def info_attributes(victim: Victim) -> None:
    """Attributes that stand above those of the work tree."""
    victim.repo.write(".git/info/attributes", "* diff=other filter=other merge=other\n")


def own_attributes(victim: Victim) -> None:
    """Attributes in a file of the work tree that only the configuration names."""
    victim.repo.write("attributes", "* diff=other filter=other merge=other\n")
    victim.repo.write(".gitattributes", "")


def alternate(victim: Victim) -> None:
    """A second store of objects."""
    other = repos.init(victim.folder / "other")
    other.commit()
    victim.repo.write(".git/objects/info/alternates", f"{other.path}/.git/objects\n")


def included(victim: Victim) -> None:
    """A configuration in the work tree."""
    victim.repo.write("config", f"[core]\n\tfsmonitor = {victim.program}\n")


def per_worktree(victim: Victim) -> None:
    """A configuration of this work tree alone."""
    victim.repo.write(".git/config.worktree", f"[core]\n\tfsmonitor = {victim.program}\n")


def signed(signature: str) -> Callable[[Victim], None]:
    """Make HEAD a signed commit."""

    def prepare(victim: Victim) -> None:
        head, _, body = victim.repo.git("cat-file", "commit", "HEAD").decode().partition("\n\n")
        indented = signature.replace("\n", "\n ")
        commit = f"{head}\ngpgsig {indented}\n\n{body}".encode()
        oid = victim.repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=commit).decode().strip()
        victim.repo.git("update-ref", "refs/heads/main", oid)

    return prepare


def submodule(victim: Victim) -> None:
    """A submodule that is not at its recorded commit, in the work tree but not staged."""
    module = repos.init(victim.repo.path / "module")
    recorded = module.commit()
    module.commit()
    victim.repo.git("update-index", "--add", "--cacheinfo", f"160000,{recorded},module")
    victim.repo.write(".gitmodules", '[submodule "module"]\n\tpath = module\n\turl = ./nowhere\n')


def watched_submodule(victim: Victim) -> None:
    """A submodule with a trap of its own."""
    submodule(victim)
    repos.Repo(victim.repo.path / "module").git("config", "core.fsmonitor", str(victim.program))


def embedded(victim: Victim) -> None:
    """A repository below this one, which is no submodule."""
    inner = repos.init(victim.repo.path / "inner")
    inner.stage("inner.py", secret(5))
    inner.git("config", "core.fsmonitor", str(victim.program))


def embedded_bare(victim: Victim) -> None:
    """Files of the work tree that make a directory a repository of its own for whoever steps into it."""
    inner = victim.repo.path / "inner"
    repos.init(victim.folder / "inner").stage("inner.py", secret(5))
    (victim.folder / "inner" / ".git").rename(inner)
    for name in ("objects", "refs"):
        victim.repo.write(f"inner/{name}/keep", "")
    settings = (
        "repositoryFormatVersion = 0",
        "bare = false",
        "worktree = ..",
        f"fsmonitor = {victim.program}",
    )
    victim.repo.write("inner/config", "\n\t".join(["[core]", *settings]))
    victim.repo.git("add", "inner")


def behind_a_file(victim: Victim) -> None:
    """A ``.git`` that is a file, which leads to such a directory."""
    embedded_bare(victim)
    victim.repo.write("sub/.git", "gitdir: ../inner\n")
    victim.repo.write("sub/file.py", secret(6))


def providers(victim: Victim) -> None:
    """The scanner's own kind of trap: a file that git-secrets would read patterns from."""
    victim.repo.write(".gitallowed", ".*\n")


def _fetching(name: str, url: str, *more: tuple[str, str]) -> Plant:
    """A remote that is asked for what is missing."""
    promise = (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", url),
        ("protocol.allow", "always"),
    )
    return Plant(name, (*promise, *more), missing=True, control=("cat-file", "-p", "{lost}"))


def _driver(name: str, key: str, *control: str, prepare: Callable[[Victim], None] | None = None) -> Plant:
    """A program that an attribute names."""
    return Plant(name, ((key, "{program}"),), prepare, control)


def _other(name: str, key: str, *control: str) -> Plant:
    return _driver(f"{name} (info/attributes)", key, *control, prepare=info_attributes)


_RUN = "{program}"
_MERGE = ("merge-tree", "--write-tree", "main", "side")

PLANTS = (
    Plant("core.fsmonitor", (("core.fsmonitor", _RUN),), control=("status",)),
    Plant(
        "core.fsmonitor (a hook)",
        (("core.fsmonitor", ".git/hooks/fsmonitor-watchman"),),
        hooks_here,
        ("status",),
    ),
    Plant("hooks", (), hooks_here, ("commit", "-m", "x")),
    Plant("hooks: post-index-change", (), hooks_here, ("update-index", "--refresh")),
    Plant("hooks: reference-transaction", (), hooks_here, ("update-ref", "refs/heads/x", "main")),
    Plant("core.hooksPath", (("core.hooksPath", "{hooks}"),), hooks_elsewhere, ("status",)),
    Plant("core.pager", (("core.pager", _RUN),), control=("log",), terminal=True),
    Plant("pager.diff", (("pager.diff", _RUN),), control=("diff", "--cached"), terminal=True),
    Plant("pager.*", tuple((f"pager.{name}", _RUN) for name in SHADOWED)),
    Plant("diff.external", (("diff.external", _RUN),), control=("diff", "--cached")),
    _driver("diff.*.command", "diff.evil.command", "diff", "--cached"),
    _driver("diff.*.textconv", "diff.evil.textconv", "log", "-p"),
    _driver("filter.*.clean", "filter.evil.clean", "status"),
    _driver("filter.*.smudge", "filter.evil.smudge", "cat-file", "--filters", "HEAD:app.py"),
    _driver("filter.*.process", "filter.evil.process", "status"),
    _driver("merge.*.driver", "merge.evil.driver", *_MERGE),
    _other("diff.*.command", "diff.other.command", "diff", "--cached"),
    _other("diff.*.textconv", "diff.other.textconv", "log", "-p"),
    _other("filter.*.clean", "filter.other.clean", "status"),
    _other("filter.*.process", "filter.other.process", "status"),
    _other("merge.*.driver", "merge.other.driver", *_MERGE),
    Plant(
        "core.attributesFile",
        (("core.attributesFile", "{repo}/attributes"), ("diff.other.textconv", _RUN)),
        own_attributes,
        ("diff", "--cached"),
    ),
    _fetching("lazy fetch: ext::", "ext::{program}"),
    _fetching("lazy fetch: url.*.insteadOf", "harmless:x", ("url.ext::{program} .insteadOf", "harmless:")),
    _fetching("lazy fetch: core.sshCommand", "ssh://host/x", ("core.sshCommand", _RUN)),
    _fetching("lazy fetch: core.gitProxy", "git://host/x", ("core.gitProxy", _RUN)),
    _fetching("lazy fetch: remote.*.uploadpack", "{repo}", ("remote.origin.uploadpack", _RUN)),
    _fetching("lazy fetch: remote.*.vcs", _RUN, ("remote.origin.vcs", "ext")),
    Plant(
        "core.alternateRefsCommand",
        (("core.alternateRefsCommand", _RUN),),
        alternate,
        ("rev-list", "--alternate-refs"),
    ),
    Plant(
        "core.askPass",
        (("core.askPass", _RUN),),
        control=("credential", "fill"),
        stdin=b"protocol=https\nhost=example.org\n\n",
    ),
    Plant(
        "credential.helper",
        (("credential.helper", "!{program}"),),
        control=("credential", "reject"),
        stdin=b"protocol=https\nhost=example.org\nusername=x\n\n",
    ),
    Plant(
        "gpg.program",
        (("gpg.program", _RUN), ("log.showSignature", "true")),
        signed(PGP),
        ("log", "-1"),
    ),
    Plant(
        "gpg.x509.program",
        (("gpg.x509.program", _RUN), ("log.showSignature", "true")),
        signed(X509),
        ("log", "-1"),
    ),
    Plant(
        "gpg.ssh.program",
        (
            ("gpg.ssh.program", _RUN),
            ("gpg.ssh.allowedSignersFile", "{program}"),
            ("log.showSignature", "true"),
        ),
        signed(SSH),
        ("log", "-1"),
    ),
    Plant("alias.*", tuple((f"alias.{name}", "!{program}") for name in SHADOWED)),
    Plant("include.path", (("include.path", "../config"),), included, ("status",)),
    Plant("includeIf.*.path", (("includeIf.gitdir:**.path", "../config"),), included, ("status",)),
    Plant(
        "extensions.worktreeConfig",
        (("core.repositoryFormatVersion", "1"), ("extensions.worktreeConfig", "true")),
        per_worktree,
        ("status",),
    ),
    Plant("secrets.providers", (("secrets.providers", _RUN), ("secrets.allowed", ".*")), providers),
    Plant("core.editor", (("core.editor", _RUN),), control=("commit", "--no-verify")),
    Plant("sequence.editor", (("sequence.editor", _RUN),), control=("rebase", "-i", "--autostash", "HEAD~1")),
    Plant(
        "trailer.*.command",
        (("trailer.x.command", _RUN), ("trailer.x.key", "X")),
        control=("interpret-trailers", "--trailer", "X: 1"),
    ),
    Plant(
        "interactive.diffFilter",
        (("interactive.diffFilter", _RUN), ("color.ui", "always")),
        lambda victim: victim.repo.write("app.py", "changed\n"),
        ("add", "-p"),
        terminal=True,
    ),
    Plant(
        "difftool.*.cmd",
        (("diff.tool", "x"), ("difftool.x.cmd", _RUN)),
        control=("difftool", "-y", "--cached"),
    ),
    Plant("tar.*.command", (("tar.evil.command", _RUN),), control=("archive", "--format=evil", "HEAD")),
    Plant(
        "submodule.*.update",
        (
            ("submodule.module.update", "!{program}"),
            ("submodule.module.url", "{repo}"),
            ("submodule.module.active", "true"),
            ("protocol.file.allow", "always"),
        ),
        submodule,
        ("submodule", "update", "--recursive"),
    ),
    Plant("core.fsmonitor of a submodule", (), watched_submodule, ("status",), below="module"),
    Plant("core.fsmonitor of an embedded repository", (), embedded, ("status",), below="inner"),
    Plant("core.fsmonitor of an embedded bare repository", (), embedded_bare, ("status",), below="inner"),
    Plant("core.fsmonitor behind a .git file", (), behind_a_file, ("status",), below="sub"),
)
