"""Writes a finding, a path or a piece of advice as lines of text: what every text for people is made of.

Colour is written here as plain SGR codes: importing rich takes 68 ms, five times as long as the whole hook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.model import EXPIRED, NOT_CHECKED
from keyguard.reporters import counted
from keyguard.reporters.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyguard.model import Finding, Severity
    from keyguard.reporters import Style

LISTED: Final = 20
"""How many lines a list may have where the rest is only counted."""

FEW: Final = 3
COMMIT: Final = 12
"""Digits of a commit that are shown; enough in any repository."""

BOLD: Final = "1"
_COLOURS: Final[Mapping[Severity, str]] = {
    "critical": "1;31",
    "high": "1;31",
    "medium": "1;33",
    "low": "36",
    "info": "2",
}
_LABELS: Final[Mapping[str, str]] = {"last_used": "used", "administrator": "admin"}
"""What is shown of names that are too long for their column."""

_REACHED: Final[Mapping[str, str]] = {
    "head": "reachable from HEAD",
    "refs": "reachable from a branch, tag or stash",
    "reflog": "only in the reflog",
    "unreachable": "reachable from nothing any more",
}


def line(one: Finding, style: Style) -> str:
    """The first line, which editors make a link of; the rule's name stands on it if there is room."""
    where, severity, rule = place(one), one.severity.upper(), safe(one.rule)
    name = next((f": {safe(info.name)}" for info in style.rules if info.id == one.rule), "")
    if one.severity == "info":
        why = (
            f"expired on {one.expires[:10]}"
            if one.expires and one.status == EXPIRED
            else "an example or a placeholder"
        )
        name = f"{shown(one)} ({why})"
    elif len(f"{where}: {severity} {rule}{name}") > style.width:
        name = ""
    return f"{paint(where, BOLD, style)}: {paint(severity, _COLOURS[one.severity], style)} {rule}{name}"


def shown(one: Finding) -> str:
    """What tells it from others on one line: the ID, or what may be shown of the value."""
    value = one.secret or one.token
    name = one.key_id or (value.masked() if value else "")
    return f" {safe(name)}" if name else ""


def place(one: Finding) -> str:
    """``path:line:column``, or what stands for a path where there is none."""
    if one.path is not None:
        what = safe(one.path)
    elif one.object == "user":
        return safe(one.identity or "<account>")
    elif one.object == "blob":
        what = f"object {one.oid[:COMMIT]}" if one.oid else "<stdin>"
    else:
        what = f"{safe(one.object)} {safe(one.commit[:COMMIT]) if one.commit else 'message'}"
    return f"{what}:{one.line}:{one.column}"


def details(one: Finding, style: Style) -> Iterator[str]:
    """The lines under the first one: what its owner needs to know it by."""
    if one.message:
        yield from _folded("  ", safe(one.message), style.width)
    lines: dict[str, int] = {part.kind: part.line for part in one.parts}
    if one.key_id:
        yield f"  key      {safe(one.key_id)} ({one.key_type}), account {one.account or 'unknown'}"
    yield from _told(one)
    for kind, value in (("secret", one.secret), ("token", one.token)):
        if value:
            yield f"  {kind:<8} {safe(value.masked())} on line {lines.get(kind, one.line)}"
    if one.confidence != "high":
        yield f"  unsure   confidence is {one.confidence}: it may be something else"
    if one.encoding != "plain":
        yield f"  written  as {safe(one.encoding)}"
    if one.commit:
        yield f"  commit   {safe(', '.join(filter(None, (one.commit[:COMMIT], one.date, one.author))))}"
    if one.occurrence_count > 1 or one.reachable:
        places = counted(one.occurrence_count, "place")
        yield f"  history  {', '.join(filter(None, (places, _REACHED.get(one.reachable or ''))))}"
    if one.status not in {NOT_CHECKED, EXPIRED} or one.triage:
        yield f"  status   {safe(' '.join(filter(None, (one.status, one.identity))))}"
        yield from (f"  {_LABELS.get(name, name):<8} {safe(answer)}" for name, answer in one.triage)


def _told(one: Finding) -> Iterator[str]:
    """What it says about itself besides its ID: for whom it is, and until when."""
    told = {"account": None if one.key_id else one.account, "region": one.region}
    if any(told.values()):
        yield f"  for      {safe(', '.join(f'{what} {value}' for what, value in told.items() if value))}"
    if one.expires:
        yield f"  {'expired' if one.status == EXPIRED else 'expires'}  {safe(one.expires)}"


def step(indent: str, step: str, style: Style) -> Iterator[str]:
    """A piece of advice: its sentence, then its command, which stands between backticks.

    The command has a line of its own; one that needs more begins behind the sentence, to save a line.
    """
    sentence, _, command = (safe(part) for part in step.removesuffix("`").partition(" `"))
    lines = list(_folded(indent, sentence, style.width))
    deeper = " " * len(indent) + "  "
    if len(deeper) + len(command) > style.width:
        *lines, last = lines
        yield from (*lines, *_command(f"{last} ", deeper, command, style.width))
    else:
        yield from (*lines, *filter(str.strip, [f"{deeper}{command}"]))


def _folded(indent: str, text: str, width: int) -> Iterator[str]:
    line = indent
    for word in text.split(" "):
        if len(line) > len(indent) and len(line) + len(word) > width:
            yield line.rstrip()
            line = " " * len(indent)
        line += f"{word} "
    yield line.rstrip()


def _command(begun: str, indent: str, command: str, width: int) -> Iterator[str]:
    """A command to copy, behind what was ``begun``: where it is too long it goes on after a backslash."""
    cut = _cut(command, width - len(begun) - 2, width - len(indent))
    if len(begun) + len(command) <= width or (cut <= 0 and not begun.strip()):
        yield f"{begun}{command}"
    elif cut <= 0:
        yield begun.rstrip()
        yield from _command(indent, indent, command, width)
    else:
        yield f"{begun}{command[:cut]} \\"
        yield from _command(indent, indent, command[cut + 1 :], width)


def _cut(command: str, room: int, next_room: int) -> int:
    """Where to cut a command: before an option, unless what follows is then too long for a line."""
    option, word = command.rfind(" --", 0, room + 1), command.rfind(" ", 0, room + 1)
    long = len(command) - option > next_room and '"' not in command and "'" not in command
    return word if long else option


def paint(text: str, code: str, style: Style) -> str:
    """``text`` in the colour of the SGR ``code``, where colour is wanted."""
    return f"\x1b[{code}m{text}\x1b[0m" if style.colour else text
