"""Text for people: a list of findings, or the one screen of a developer whose commit was stopped.

Colour is written here as plain SGR codes: importing rich takes 68 ms, five times as long as the whole hook.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.advice import ANYWHERE, belongs, revoke
from keyguard.reporters import counted
from keyguard.reporters.safe import safe, shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from keyguard.model import Finding, Report, Severity, Skipped
    from keyguard.reporters import Style

_LISTED: Final = 20
"""How many lines a list may have where the rest is only counted."""

_FEW: Final = 3
_COMMIT: Final = 12
"""Digits of a commit that are shown; enough in any repository."""

_BOLD: Final = "1"
_COLOURS: Final[Mapping[Severity, str]] = {
    "critical": "1;31",
    "high": "1;31",
    "medium": "1;33",
    "low": "36",
    "info": "2",
}
_REACHED: Final[Mapping[str, str]] = {
    "head": "reachable from HEAD",
    "refs": "reachable from a branch, tag or stash",
    "reflog": "only in the reflog",
    "unreachable": "reachable from nothing any more",
}
_EACH: Final = "Deactivate each: `aws iam update-access-key --access-key-id ID --status Inactive`"


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


def render(report: Report, style: Style) -> str:
    """What was found, or, in a hook that stops something, what to do now; nothing for a clean report."""
    if style.hook is None:
        sections = [list(section) for section in _listing(report.findings, style)]
    else:
        sections = _hooked(report, style)
    sections += [list(_accepted(report, style)), list(_unread(report, style))]
    return "\n".join("".join(f"{line}\n" for line in section) for section in sections if section)


# A list of findings.


def _listing(findings: Sequence[Finding], style: Style) -> Iterator[Iterator[str]]:
    """A block for each finding; examples that follow each other are one block, with a line for each."""
    first: dict[str, Finding] = {}
    for example, several in groupby(findings, lambda one: one.severity == "info"):
        if example:
            yield (_line(one, style) for one in several)
        else:
            yield from (_block(one, first.setdefault(one.fingerprint, one), style) for one in several)


def _block(one: Finding, first: Finding, style: Style) -> Iterator[str]:
    """All of a finding; what to do about a key is said only where it stands first."""
    yield _line(one, style)
    yield from _details(one)
    if first is not one:
        yield f"  the same as at {_place(first)}"
        return
    for number, step in enumerate(one.advice, 1):
        yield from _step(f"  {number}. ", step, style)


def _line(one: Finding, style: Style) -> str:
    """The first line, which editors make a link of; the rule's name stands on it if there is room."""
    place, severity, rule = _place(one), one.severity.upper(), safe(one.rule)
    name = next((f": {safe(info.name)}" for info in style.rules if info.id == one.rule), "")
    if one.severity == "info":
        name = f"{_shown(one)} (an example or a placeholder)"
    elif len(f"{place}: {severity} {rule}{name}") > style.width:
        name = ""
    return f"{_paint(place, _BOLD, style)}: {_paint(severity, _COLOURS[one.severity], style)} {rule}{name}"


def _shown(one: Finding) -> str:
    """What tells it from others on one line: the ID, or what may be shown of the value."""
    value = one.secret or one.token
    name = one.key_id or (value.masked() if value else "")
    return f" {safe(name)}" if name else ""


def _place(one: Finding) -> str:
    if one.path is not None:
        what = safe(one.path)
    elif one.object == "blob":
        what = "<stdin>"
    else:
        what = f"{safe(one.object)} {safe(one.commit[:_COMMIT]) if one.commit else 'message'}"
    return f"{what}:{one.line}:{one.column}"


def _details(one: Finding) -> Iterator[str]:
    """The lines under the first one: what its owner needs to know it by."""
    lines: dict[str, int] = {part.kind: part.line for part in one.parts}
    if one.key_id:
        yield f"  key      {safe(one.key_id)} ({one.key_type}), account {one.account or 'unknown'}"
    for kind, value in (("secret", one.secret), ("token", one.token)):
        if value:
            yield f"  {kind:<8} {safe(value.masked())} on line {lines.get(kind, one.line)}"
    if one.confidence != "high":
        yield f"  unsure   confidence is {one.confidence}: it may be something else"
    if one.encoding != "plain":
        yield f"  written  as {safe(one.encoding)}"
    if one.commit:
        yield f"  commit   {safe(', '.join(filter(None, (one.commit[:_COMMIT], one.date, one.author))))}"
    if len(one.occurrences) > 1 or one.reachable:
        places = counted(len(one.occurrences) or 1, "place")
        yield f"  history  {', '.join(filter(None, (places, _REACHED.get(one.reachable or ''))))}"
    if one.status != "not-checked":
        yield f"  status   {safe(' '.join(filter(None, (one.status, one.identity))))}"


# The screen of someone whose commit or push was stopped.


def _hooked(report: Report, style: Style) -> list[list[str]]:
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
    hook = _hook(style, findings[0].source)
    keys = len({one.key_id or one.fingerprint for one in findings})
    what = "an AWS key" if keys == 1 else f"{keys:,} AWS keys"
    yield [_paint(f"keyguard {hook.did}: {hook.because} {what}.", _BOLD, style)]
    if len(findings) == 1:
        yield [_line(findings[0], style), *_details(findings[0])]
    else:
        yield list(_compact(findings, style))
    undo, *more = hook.undo(findings)
    steps = [("1. ", undo), *(("   ", step) for step in more)]
    steps += [("2. ", _home(findings)), ("3. ", f"{hook.seen} {_revoked(findings)}")]
    yield [line for indent, step in steps for line in _step(indent, step, style)]
    marker = f"Not a key? Put this in a comment on {_own_line(findings)}: keyguard: ignore -- REASON"
    yield [marker, *_way_out(hook, style)]


def _hook(style: Style, source: str) -> _Hook:
    """pre-commit can run its hook on files that no commit is about: ``pre-commit run --all-files``."""
    name = source if style.hook == "pre-commit" and source in _HOOKS else style.hook or ""
    return _HOOKS.get(name, _HOOKS["pre-commit"])


def _compact(findings: Sequence[Finding], style: Style) -> Iterator[str]:
    """A line for each; a flood is cut, because the advice that follows must stay in sight."""
    shown = findings if style.verbose or len(findings) <= _LISTED else findings[: _LISTED - 1]
    for one in shown:
        account = f", account {one.account}" if one.account else ""
        line = _line(one, style._replace(rules=()))
        yield line if one.severity == "info" else f"{line}{_shown(one)}{account}"
    left = findings[len(shown) :]
    if left:
        files = counted(len({one.path for one in left}), "file")
        yield f"and {len(left):,} more in {files}; -v lists them"


def _home(findings: Sequence[Finding]) -> str:
    """Where keys belong; for the files at hand, if they are of one kind."""
    homes = {belongs(one.rule, one.path) for one in findings} - {ANYWHERE}
    if len(homes) != 1:
        return ANYWHERE
    home = homes.pop()
    return home if home.startswith("Keep it in ") else f"{ANYWHERE} {home}"


def _revoked(findings: Sequence[Finding]) -> str:
    steps = {revoke(one.rule, one.key_id, one.key_type) for one in findings}
    return steps.pop() if len(steps) == 1 else _EACH


def _own_line(findings: Sequence[Finding]) -> str:
    """The line whose comment accepts the finding: that of the secret, if there is one."""
    if len(findings) > 1:
        return "its line"
    secrets = [part.line for part in findings[0].parts if part.kind == "secret"]
    return f"line {[*secrets, findings[0].line][0]}"


def _way_out(hook: _Hook, style: Style) -> Iterator[str]:
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
    commits = {one.commit[:_COMMIT] for one in findings if one.commit}
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

_HOOKS: Final[Mapping[str, _Hook]] = {
    "pre-commit": _Hook(
        did="stopped this commit",
        because="it would record",
        undo=_unstage,
        seen=_SEEN,
        skip=f"{_ONCE} git commit --no-verify",
        managed=f"{_ONCE} SKIP=keyguard git commit",
    ),
    "files": _Hook(
        did="failed this check",
        because="these files have",
        undo=_clean,
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
    return " ".join(map(_pathspec, paths)) if 0 < len(paths) <= _FEW else "FILE..."


def _pathspec(path: str) -> str:
    literal = path.startswith(("-", ":")) or any(letter in path for letter in "*?[\\")
    return shell(f":(literal){path}" if literal else path)


# What else a report has to say.


def _accepted(report: Report, style: Style) -> Iterator[str]:
    for one in report.suppressed if style.verbose else ():
        why = f": {safe(one.reason)}" if one.reason else ""
        yield f"{_place(one.finding)}: accepted {safe(one.finding.rule)} by {safe(one.by)}{why}"


def _unread(report: Report, style: Style) -> Iterator[str]:
    """What was left out; and, where it should not have been, that nobody knows what is in it."""
    yield from _skipped([one for one in report.skipped if not one.failed], _FEW, style)
    yield from _skipped([one for one in report.skipped if one.failed], _LISTED, style)
    yield from (f"error: {safe(error)}" for error in report.summary.errors)
    if report.complete:
        return
    why = "it was interrupted" if report.interrupted else "not everything could be read"
    yield f"INCOMPLETE: {why}; there may be more than is said here."
    if style.hook is not None and not any(one.at_least(style.fail_on) for one in report.findings):
        hook = _hook(style, "")
        yield f"keyguard {hook.did} for that reason."
        yield from _way_out(hook, style)


def _skipped(several: Sequence[Skipped], limit: int, style: Style) -> Iterator[str]:
    shown = several if style.verbose or len(several) <= limit else several[: limit - 1]
    yield from (f"not read: {safe(one.path)}: {safe(one.reason)}" for one in shown)
    if len(shown) < len(several):
        yield f"not read: {len(several) - len(shown):,} more; -v lists them"


# Lines.


def _step(indent: str, step: str, style: Style) -> Iterator[str]:
    """A piece of advice: its sentence, then its command, which stands between backticks, on its own line."""
    sentence, _, command = step.partition(" `")
    yield from _folded(indent, safe(sentence), style.width)
    if command:
        yield from _command(" " * len(indent) + "  ", safe(command.removesuffix("`")), style.width)


def _folded(indent: str, text: str, width: int) -> Iterator[str]:
    line = indent
    for word in text.split(" "):
        if len(line) > len(indent) and len(line) + len(word) > width:
            yield line.rstrip()
            line = " " * len(indent)
        line += f"{word} "
    yield line.rstrip()


def _command(indent: str, command: str, width: int) -> Iterator[str]:
    """A command to copy: where it is too long it goes on, after a backslash, with an option."""
    cut = command.rfind(" --", 0, width - len(indent) - 1)
    if len(indent) + len(command) > width and cut > 0:
        yield f"{indent}{command[:cut]} \\"
        yield from _command(f"{indent}  ", command[cut + 1 :], width)
    else:
        yield f"{indent}{command}"


def _paint(text: str, code: str, style: Style) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if style.colour else text
