"""The one screen of a developer whose commit or push was stopped: what, where, and what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.advice.files import ANYWHERE
from keyguard.advice.plan import is_known, place, revoke
from keyguard.advice.steps import DEACTIVATION
from keyguard.reporters import counted, lines
from keyguard.reporters.lines import COMMIT, FEW, LISTED
from keyguard.reporters.safe import shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from keyguard.model import Finding, Report
    from keyguard.reporters import Style

_EACH: Final = f"Deactivate each: {DEACTIVATION}".format(user="USER", id="ID")
_ANY: Final = "Find out whose each is, and revoke it."
_OUTSIDE: Final = "Keep it out of the code: in an environment variable, or in a store for secrets."
"""What goes for a secret that is not AWS's: a rule that was added knows no more than its own advice."""


class _Hook(NamedTuple):
    """What a hook did, why, how to undo that, who may have seen the key, and how to go on without the hook.

    ``managed`` is the way on when pre-commit runs it.
    """

    did: str
    because: str
    undo: Callable[[Sequence[Finding]], list[str]]
    seen: str
    skip: str
    managed: str


def screen(report: Report, style: Style) -> list[list[str]]:
    """Examples are shown only on request: a hook is not to be noticed until it matters."""
    stopping = [one for one in report.findings if one.at_least(style.fail_on)]
    passing = [one for one in report.findings if not one.at_least(style.fail_on)]
    noted = [one for one in passing if style.verbose or one.severity != "info"]
    sections = list(_screen(stopping, style)) if stopping else []
    if noted:
        sections.append(["keyguard lets this pass:", *_compact(noted, style)])
    return sections


def _screen(findings: Sequence[Finding], style: Style) -> Iterator[list[str]]:
    """What was found, and what to do: undo it, put the key elsewhere, revoke it; or say why not."""
    hook = hook_of(style, findings)
    yield [lines.paint(f"keyguard {hook.did}: {hook.because} {_what(findings)}.", lines.BOLD, style)]
    if len(findings) == 1:
        yield [lines.line(findings[0], style), *lines.details(findings[0], style)]
    else:
        yield list(_compact(findings, style))
    undo, *more = hook.undo(findings)
    steps = [("1. ", undo), *(("   ", step) for step in more)]
    steps += [("2. ", _home(findings)), ("3. ", f"{hook.seen} {_revoked(findings)}")]
    yield [line for indent, step in steps for line in lines.step(indent, step, style)]
    marker = f"Not a {_noun(findings)}? {_marked(findings)}: keyguard: ignore -- REASON"
    yield [*lines.step("", marker, style), *way_out(hook, style)]


def hook_of(style: Style, findings: Sequence[Finding] = ()) -> _Hook:
    """pre-commit can run its hook by hand, on files that no commit is about, or when nobody commits."""
    if style.hook == "pre-commit" and any(one.source == FILES for one in findings):
        return _HOOKS[FILES]
    if style.hook == "pre-commit" and not style.committing:
        return _HOOKS["index"]
    return _HOOKS.get(style.hook or "", _HOOKS["pre-commit"])


def _what(findings: Sequence[Finding]) -> str:
    """What was found, and how much of it: a rule that was added knows keys that are not AWS's."""
    number = len({one.key_id or one.fingerprint for one in findings})
    if all(map(is_known, findings)):
        return "an AWS key" if number == 1 else f"{number:,} AWS keys"
    return "a secret" if number == 1 else f"{number:,} secrets"


def _noun(findings: Sequence[Finding]) -> str:
    return "key" if all(map(is_known, findings)) else "secret"


def _compact(findings: Sequence[Finding], style: Style) -> Iterator[str]:
    """A line for each; a flood is cut, because the advice that follows must stay in sight."""
    shown = findings if style.verbose or len(findings) <= LISTED else findings[: LISTED - 1]
    for one in shown:
        account = f", account {one.account}" if one.account else ""
        line = lines.line(one, style._replace(rules=()))
        yield line if one.severity == "info" else f"{line}{lines.shown(one)}{account}"
    left = findings[len(shown) :]
    if left:
        files = counted(len({one.path for one in left}), "file")
        yield f"and {len(left):,} more in {files}; -v lists them"


def _home(findings: Sequence[Finding]) -> str:
    """Where keys belong; for the files at hand, if they are of one kind."""
    if not all(map(is_known, findings)):
        return _OUTSIDE
    homes = {place(one) for one in findings} - {ANYWHERE}
    return homes.pop() if len(homes) == 1 else ANYWHERE


def _revoked(findings: Sequence[Finding]) -> str:
    known = all(map(is_known, findings))
    steps = {revoke(one) if is_known(one) else " ".join(one.advice) for one in findings}
    return steps.pop() if len(steps) == 1 else _EACH if known else _ANY


def _marked(findings: Sequence[Finding]) -> str:
    """Where a marker accepts the finding: a comment in a file, but the words alone in a message."""
    way = "Put this in a comment on" if any(one.path is not None for one in findings) else "Add this to"
    return f"{way} {_own_line(findings)}"


def _own_line(findings: Sequence[Finding]) -> str:
    """The line whose marker accepts the finding: that of the secret, else of the token, if there is one."""
    if len(findings) > 1:
        return (
            "the line of its secret (of its ID, if it has none)" if _noun(findings) == "key" else "its line"
        )
    lines_ = {part.kind: part.line for part in findings[0].parts}
    return f"line {lines_.get('secret') or lines_.get('token') or findings[0].line}"


def way_out(hook: _Hook, style: Style) -> Iterator[str]:
    """How to go on without the hook, once."""
    yield from filter(None, [hook.managed if style.pre_commit else hook.skip])


def _clean(_: Sequence[Finding]) -> list[str]:
    return ["Take it out of the file. If it was ever committed, it is in the history all the same."]


def _unstage(findings: Sequence[Finding]) -> list[str]:
    files = _files(findings)
    return [
        f"Take it out of the file, and stage the file again: `git add {files}`",
        f"Or leave the file out of this commit: `git restore --staged {files}`",
    ]


def _rewrite(findings: Sequence[Finding]) -> list[str]:
    commits = {one.commit[:COMMIT] for one in findings if one.commit}
    commit = commits.pop() if len(commits) == 1 else "COMMIT"
    amend = f"git add {_files(findings)} && git commit --amend"
    change, mark = f"change the file, then `{amend}`", "edit"
    if all(one.path is None for one in findings):
        change, mark = "change its message `git commit --amend`", "reword"
    return [
        "Take it out of the commit that has it; a later commit does not remove it.",
        f"In the last commit: {change}",
        f"In an earlier one: mark it '{mark}' here, then do the same: `git rebase -i {commit}~1`",
    ]


def _reword(_: Sequence[Finding]) -> list[str]:
    command = 'git commit -e -F "$(git rev-parse --git-path COMMIT_EDITMSG)"'
    return [f"Take it out of the message; what you wrote is not lost: `{command}`"]


_SEEN: Final = "If it was ever pushed, sent or pasted anywhere, others may have it."
_SENT: Final = "It has been sent to this server, so others may have it."
_ONCE: Final = "Skip this check once:"
_SERVER: Final = "Only the people who run this server can let it through."

FILES: Final = "files"
"""The source of files on the disk, which a commit is never about."""

_HOOKS: Final[Mapping[str, _Hook]] = {
    "pre-commit": _Hook(
        did="stopped this commit",
        because="it would record",
        undo=_unstage,
        seen=_SEEN,
        skip=f"{_ONCE} git commit --no-verify",
        managed=f"{_ONCE} SKIP=keyguard git commit",
    ),
    FILES: _Hook(
        did="failed this check",
        because="these files have",
        undo=_clean,
        seen=_SEEN,
        skip="",
        managed="",
    ),
    "index": _Hook(
        did="failed this check",
        because="what is staged has",
        undo=_unstage,
        seen=_SEEN,
        skip="",
        managed="",
    ),
    "commit-msg": _Hook(
        did="stopped this commit",
        because="its message has",
        undo=_reword,
        seen=_SEEN,
        skip=f"{_ONCE} git commit --no-verify",
        managed=f"{_ONCE} SKIP=keyguard-commit-msg git commit",
    ),
    "pre-push": _Hook(
        did="stopped this push",
        because="its commits have",
        undo=_rewrite,
        seen=_SEEN,
        skip=f"{_ONCE} git push --no-verify",
        managed=f"{_ONCE} SKIP=keyguard-push git push",
    ),
    "pre-receive": _Hook(
        did="stopped this push",
        because="its commits have",
        undo=_rewrite,
        seen=_SENT,
        skip=_SERVER,
        managed=_SERVER,
    ),
}


def _files(findings: Sequence[Finding]) -> str:
    """The files as arguments that git takes for just these files, and a shell for one word each."""
    paths = list(dict.fromkeys(one.path for one in findings if one.path is not None))
    return " ".join(map(_pathspec, paths)) if 0 < len(paths) <= FEW else "FILE..."


def _pathspec(path: str) -> str:
    literal = path.startswith(("-", ":")) or any(letter in path for letter in "*?[\\")
    return shell(f":(literal){path}" if literal else path)
