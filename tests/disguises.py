"""Writes keys in the ways in which people and programs write them, and says where they then stand.

``FORMS`` maps the name of a form to a function ``(pair, chance) -> Disguise``; the same pair and the same
chance give the same text.  A form is made of layers: each changes a text and keeps where the keys are in it.

The benchmark of accuracy has disguises of its own, and shares nothing with these on purpose: a place that
one of them works out wrong, or a form that was left out, must not be wrong or left out in both.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import NamedTuple

Pair = tuple[str, str]


class Mark(NamedTuple):
    """A key in a text: what it is, and where."""

    kind: str
    value: str
    start: int
    end: int


class Marked(NamedTuple):
    """A text and the keys in it."""

    text: str
    marks: tuple[Mark, ...]


class Place(NamedTuple):
    """What has to be found: a key, and where it begins and ends."""

    kind: str
    value: str
    line: int
    column: int
    end_line: int
    end_column: int


class Disguise(NamedTuple):
    """A file's content, what is to be found in it, and how that is said to be written (``|``: or)."""

    data: bytes
    places: tuple[Place, ...]
    encoding: str


Layer = Callable[[Marked], Marked]
Form = Callable[[Pair, random.Random], Disguise]


def plain(pair: Pair, template: str) -> Marked:
    """``template`` with ``{id}`` and ``{secret}`` filled in."""
    values = dict(zip(("id", "secret"), pair, strict=True))
    text, marks = "", []
    for piece in template.replace("{", "\0{").replace("}", "}\0").split("\0"):
        if piece in ("{id}", "{secret}"):
            value = values[piece[1:-1]]
            marks.append(Mark(piece[1:-1], value, len(text), len(text) + len(value)))
            text += value
        else:
            text += piece
    return Marked(text, tuple(marks))


def around(marked: Marked, before: str, after: str = "") -> Marked:
    """Other text before and behind."""
    size = len(before)
    moved = tuple(one._replace(start=one.start + size, end=one.end + size) for one in marked.marks)
    return Marked(before + marked.text + after, moved)


def each(marked: Marked, write: Callable[[str], str]) -> Marked:
    """Each character written as ``write`` says."""
    return _placed(marked, [write(one) for one in marked.text])


def inserted(marked: Marked, what: str, offsets: dict[str, list[int]]) -> Marked:
    """``what`` put into the keys of each kind, before the characters at these offsets."""
    pieces = list(marked.text)
    for mark in marked.marks:
        for offset in offsets.get(mark.kind, ()):
            pieces[mark.start + offset - 1] += what
    return _placed(marked, pieces)


def _placed(marked: Marked, pieces: list[str]) -> Marked:
    """The text of ``pieces``, one for each character."""
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    moved = [one._replace(start=starts[one.start], end=starts[one.end]) for one in marked.marks]
    return Marked("".join(pieces), tuple(moved))


def based(marked: Marked, *, url: bool = False, padded: bool = True) -> Marked:
    """Base64."""
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    text = encode(marked.text.encode("latin-1")).decode()
    moved = [one._replace(start=one.start * 4 // 3, end=-(-one.end * 4 // 3)) for one in marked.marks]
    return Marked(text if padded else text.rstrip("="), tuple(moved))


def wide(marked: Marked) -> Marked:
    """UTF-16 without a byte order mark, a character for each byte."""
    return each(marked, lambda one: one + "\0")


def hexed(marked: Marked, *, upper: bool = False) -> Marked:
    """Two digits for each character."""
    return each(marked, lambda one: f"{ord(one):02X}" if upper else f"{ord(one):02x}")


def listed(marked: Marked, write: str, gap: str, width: int = 1000) -> Marked:
    """A number for each character, ``width`` of them in a line."""
    last = len(marked.text) - 1
    numbers = [write.format(ord(one)) for one in marked.text]
    gaps = ["" if n == last else gap if (n + 1) % width else gap.rstrip() + "\n  " for n in range(last + 1)]
    starts, at = [], 0
    for number, space in zip(numbers, gaps, strict=True):
        starts.append(at)
        at += len(number) + len(space)
    moved = [
        one._replace(start=starts[one.start], end=starts[one.end - 1] + len(numbers[one.end - 1]))
        for one in marked.marks
    ]
    return Marked("".join(map("".join, zip(numbers, gaps, strict=True))), tuple(moved))


def wrapped(marked: Marked, width: int, indent: str = "", eol: str = "\n") -> Marked:
    """Broken into lines."""

    def moved(offset: int) -> int:
        return offset + offset // width * len(eol + indent) + len(indent)

    lines = [marked.text[at : at + width] for at in range(0, len(marked.text), width)]
    marks = [one._replace(start=moved(one.start), end=moved(one.end - 1) + 1) for one in marked.marks]
    return Marked("".join(f"{eol if n else ''}{indent}{line}" for n, line in enumerate(lines)), tuple(marks))


def done(marked: Marked, encoding: str) -> Disguise:
    """The content of a file."""
    places = tuple(_place(marked.text, one) for one in marked.marks)
    return Disguise(marked.text.encode(), places, encoding)


def _place(text: str, mark: Mark) -> Place:
    line, column = _line_and_column(text, mark.start)
    return Place(mark.kind, mark.value, line, column, *_line_and_column(text, mark.end))


def _line_and_column(text: str, at: int) -> tuple[int, int]:
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


ENV = "APP=web\nAWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\nAWS_REGION=eu-west-1\n"
BOTH = "{id}:{secret}"
CODE = 'key = "{id}"\nsecret_key = "{secret}"\n'
RESERVED = "/+="


def _slashed(marks: str, reserved: str = RESERVED) -> Callable[[str], str]:
    return lambda one: marks.format(ord(one)) if one in reserved else one


def _base64(template: str, before: str = "", after: str = "\n", **options: bool) -> Form:
    return lambda pair, _: done(around(based(plain(pair, template), **options), before, after), "base64")


def _wrapped(width: int, indent: str = "", eol: str = "\n", head: str = "", foot: str = "\n") -> Form:
    """A long text, in which the key stands anywhere."""

    def form(pair: Pair, chance: random.Random) -> Disguise:
        before, behind = "x" * chance.randrange(200) + "\n", "# " + "y" * chance.randrange(300)
        text = around(plain(pair, ENV), before, behind)
        return done(around(wrapped(based(text), width, indent, eol), head, eol + foot), "base64")

    return form


def _aligned(template: str, offset: int) -> Form:
    def form(pair: Pair, _: random.Random) -> Disguise:
        text = around(plain(pair, template), "#" * offset, "!")
        return done(around(based(text), "v: "), "base64")

    return form


def _all(write: str, encoding: str, template: str = "{id} {secret}") -> Form:
    """Every character escaped."""
    return lambda pair, _: done(
        around(each(plain(pair, template), lambda one: write.format(ord(one))), "x = '", "'\n"), encoding
    )


def _some(
    write: str, encoding: str, template: str = "id={id}&secret={secret}&x=1\n", reserved: str = RESERVED
) -> Form:
    """The characters escaped that have a meaning elsewhere; in the secret there is at least one."""

    def form(pair: Pair, chance: random.Random) -> Disguise:
        marked = _with_slash(pair, template, chance)
        marked = _in_marks(marked, _slashed(write, reserved))
        hidden = tuple(one for one in marked.marks if one.kind == "secret")
        return done(marked._replace(marks=hidden), encoding)

    return form


def _with_slash(pair: Pair, template: str, chance: random.Random) -> Marked:
    """The secret has something to be escaped, not first: where an escaped slash begins has two answers."""
    at = chance.randrange(1, len(pair[1]))
    return plain((pair[0], pair[1][:at] + "/" + pair[1][at + 1 :]), template)


def _array(width: int) -> Layer:
    """An array of C."""
    return lambda marked: around(listed(marked, "0x{:02x}", ", ", width), "a[] = {\n  ", "\n};\n")


def _reserved(write: str) -> Layer:
    return lambda marked: each(marked, _slashed(write))


def _in_marks(marked: Marked, write: Callable[[str], str]) -> Marked:
    inside = {at for one in marked.marks for at in range(one.start, one.end)}
    return _placed(marked, [write(one) if at in inside else one for at, one in enumerate(marked.text)])


def _joined(joint: str, template: str = CODE, pieces: int = 2) -> Form:
    """The ID and the secret broken in pieces, anywhere."""

    def form(pair: Pair, chance: random.Random) -> Disguise:
        cuts = {
            "id": sorted(chance.sample(range(1, 20), 1)),
            "secret": sorted(chance.sample(range(4, 37), pieces - 1)),
        }
        return done(inserted(plain(pair, template), joint, cuts), "joined")

    return form


def _invisible(mark: str) -> Form:
    def form(pair: Pair, chance: random.Random) -> Disguise:
        cuts = {"id": chance.sample(range(1, 20), 2), "secret": chance.sample(range(1, 40), 3)}
        return done(inserted(plain(pair, CODE), mark, cuts), "invisible")

    return form


def _plain(template: str) -> Form:
    return lambda pair, _: done(plain(pair, template), "plain")


def _wide(codec: str, mark: str = "") -> Form:
    def form(pair: Pair, _: random.Random) -> Disguise:
        text = plain(pair, ENV)
        disguise = done(text, "plain")
        return disguise._replace(data=(mark + text.text).encode(codec))

    return form


def _notebook(pair: Pair, _: random.Random) -> Disguise:
    """A cell of a Jupyter notebook: source in strings of JSON."""
    marked = plain(pair, 'import boto3\nc = boto3.client("s3", aws_access_key_id="{id}", x="{secret}")\n')
    quoted = each(marked, lambda one: json.dumps(one)[1:-1])
    return done(around(quoted, '{"cells": [{"cell_type": "code", "source": ["', '"]}]}\n'), "plain")


def _json_in_json(pair: Pair, chance: random.Random) -> Disguise:
    """What PHP writes, twice: a slash becomes three characters of which two are backslashes, and itself."""
    marked = _with_slash(pair, '{"key": "{id}", "secret": "{secret}"}', chance)

    def quoted(one: str) -> str:
        return "\\/" if one == "/" else json.dumps(one)[1:-1]

    marked = around(each(each(marked, lambda one: "\\/" if one == "/" else one), quoted), '{"a": "', '"}\n')
    hidden = tuple(one for one in marked.marks if one.kind == "secret")
    return done(marked._replace(marks=hidden), "backslash+backslash")


def _nested(encoding: str, *layers: Layer, template: str = ENV) -> Form:
    """Layer upon layer, the innermost first."""

    def form(pair: Pair, _: random.Random) -> Disguise:
        marked = plain(pair, template)
        for layer in layers:
            marked = layer(marked)
        return done(marked, encoding)

    return form


def _escaped_lines(marked: Marked) -> Marked:
    return each(marked, lambda one: json.dumps(one)[1:-1])


JOINTS = {
    "javascript": '" + "',
    "javascript, single quotes": "' + '",
    "minified": '"+"',
    "java, lines": '" +\n        "',
    "java, operator first": '"\n        + "',
    "java, append": '").append("',
    "javascript, concat": '".concat("',
    "python, adjacent": '" "',
    "python, adjacent lines": '"\n    "',
    "python, continued": '" \\\n    "',
    "python, prefix": '" b"',
    "go, lines": '" +\n\t\t"',
    "php": "' . '",
    "php, lines": "'\n    . '",
    "perl": '" . "',
    "vb": '" & "',
    "vb, lines": '" & _\r\n    "',
    "sql": "' || '",
    "lua": "' .. '",
    "elixir": '" <> "',
    "haskell": '" ++ "',
    "ocaml": '" ^ "',
    "ruby": "' << '",
    "shell, adjacent": '""',
    "powershell, lines": '" + `\n  "',
}
MARKS = {
    "zero width space": "\u200b",
    "zero width non-joiner": "\u200c",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\xad",
}
FORMS: dict[str, Form] = {
    "base64 of an ID": _base64("{id}", "id: "),
    "base64 of an ID, no padding": _base64("{id}", padded=False),
    "base64 of a secret, named": _base64("{secret}", "  AWS_SECRET_ACCESS_KEY: "),
    "base64 of a secret, no padding": _base64("{secret}", "aws_secret_access_key=", padded=False),
    "base64 of a secret and a line end": _base64("{secret}\n", "  AWS_SECRET_ACCESS_KEY: "),
    "base64 of a secret, nothing beside it": _base64("{secret}"),
    "base64 of a pair": _base64(BOTH),
    "basic authorization": _base64(BOTH, "Authorization: Basic "),
    "base64 of a file": _base64(ENV, 'env = "', '"\n'),
    "base64 of a file, URL-safe": _base64("~?>~~??" + ENV + "???>>~~~", "env = ", url=True, padded=False),
    "base64 in a data URL": _base64(ENV, '"data:text/plain;base64,', '"\n'),
    "base64 behind a path": _base64(ENV, "https://example.org/b64/", "\n"),
    **{f"base64, ID {n} behind": _aligned("{id}", n) for n in range(3)},
    **{f"base64, pair {n} behind": _aligned(BOTH, n) for n in range(3)},
    "base64 in lines of 64": _wrapped(64),
    "base64 in lines of 76": _wrapped(76),
    "base64 in lines, CRLF": _wrapped(76, eol="\r\n"),
    "base64 in a YAML block": _wrapped(64, "    ", head="data:\n  env: |\n"),
    "base64 in a folded YAML block": _wrapped(76, "    ", head="data:\n  env: >-\n"),
    "base64 like PEM": _wrapped(64, head="-----BEGIN DATA-----\n", foot="-----END DATA-----\n"),
    "base64 in a comment": _wrapped(64, "# "),
    "hex of an ID": _nested("hex", hexed, template="{id}"),
    "hex of a pair": _nested("hex", hexed, template=BOTH),
    "hex of a pair, capitals": _nested("hex", lambda one: hexed(one, upper=True), template=BOTH),
    "hex of a secret": _nested("hex", hexed, template="{secret}"),
    "hex of a file": _nested("hex", hexed),
    **{
        f"bytes in C, {width} a line": _nested("numbers", _array(width), template=BOTH)
        for width in (8, 12, 16)
    },
    "bytes in C, capitals": _nested("numbers", lambda one: listed(one, "0x{:02X}", ","), template=BOTH),
    "bytes in decimal": _nested("numbers", lambda one: listed(one, "{}", ", "), template="{id}\n{secret}"),
    "bytes of a dump": _nested("numbers", lambda one: listed(one, "{:02x}", " "), template=BOTH),
    "bytes with colons": _nested("numbers", lambda one: listed(one, "{:02X}", ":"), template=BOTH),
    "hex escapes": _all("\\x{:02x}", "backslash"),
    "hex escapes, capitals": _all("\\x{:02X}", "backslash"),
    "unicode escapes": _all("\\u{:04x}", "backslash"),
    "unicode escapes in braces": _all("\\u{{{:x}}}", "backslash"),
    "unicode escapes, capitals": _all("\\u{:04X}", "backslash"),
    "octal escapes": _all("\\{:03o}", "backslash"),
    "percent escapes": _all("%{:02X}", "percent"),
    "percent escapes, small": _all("%{:02x}", "percent"),
    "decimal references": _all("&#{};", "html"),
    "hexadecimal references": _all("&#x{:x};", "html"),
    "percent in a URL": _some("%{:02X}", "percent", "s3://{id}:{secret}@bucket/key\n"),
    "percent in a form": _some("%{:02x}", "percent"),
    "percent, secret named": _some("%{:02X}", "percent", "AWS_SECRET_ACCESS_KEY={secret}\n"),
    "quoted-printable": _some("={:02X}", "quoted-printable", "id: {id}, secret: {secret}\n"),
    "quoted-printable, a line goes on": _nested(
        "plain|quoted-printable", lambda one: inserted(one, "=\r\n", {"secret": [17]}), template=ENV
    ),
    "slash in JSON": _some("\\{:c}", "backslash", '{{"id": "{id}", "secret": "{secret}"}}\n', "/"),
    "slash in JSON, secret named": _some("\\{:c}", "backslash", '{{"SecretAccessKey": "{secret}"}}\n', "/"),
    "unicode escape in JSON": _some("\\u{:04x}", "backslash", '{{"id": "{id}", "secret": "{secret}"}}\n'),
    "hex escape in JavaScript": _some("\\x{:02x}", "backslash", "f('{id}', '{secret}')\n"),
    "reference in XML": _some("&#x{:X};", "html", "<id>{id}</id><secret>{secret}</secret>\n"),
    "decimal reference in HTML": _some("&#{};", "html", "<td>{id}</td><td>{secret}</td>\n"),
    **{f"joined, {name}": _joined(joint) for name, joint in JOINTS.items()},
    **{f"joined, {name}, three pieces": _joined(joint, pieces=3) for name, joint in JOINTS.items()},
    "joined, a secret by itself": _joined('" + "', 'aws_secret_access_key = "{secret}"\n'),
    "joined, a secret on lines": _joined('" +\n    "', 'String secretKey = "{secret}";\n', 4),
    "joined by a list": _joined('", "', 'k = ["{id}"].join(""); secret = ["{secret}"].join("")\n'),
    "joined by templates": _joined('${""}', "id = `{id}`; secret = `{secret}`\n", 3),
    "joined by markup": _joined(
        "</strong><strong>", "<b>Key</b> <strong>{id}</strong> <strong>{secret}</strong>\n"
    ),
    "joined by a place to break": _joined("<wbr>", "<td>{id}</td><td>{secret}</td>\n"),
    "joined by SQL": _joined("', '", "SELECT CONCAT('{id}'), CONCAT('{secret}')\n"),
    "line goes on": _joined("\\\n", 'a = "{id}"; secret = "{secret}"\n'),
    "line goes on, CRLF": _joined("\\\r\n", 'a = "{id}"; secret = "{secret}"\n'),
    "line goes on, YAML": _joined("\\\n    ", 'id: "{id}"\nsecret: "{secret}"\n'),
    **{f"invisible, {name}": _invisible(mark) for name, mark in MARKS.items()},
    "CSV": _plain("User name,Access key ID,Secret access key\nana,{id},{secret}\n"),
    "TSV": _plain("user\tkey\tsecret\nana\t{id}\t{secret}\n"),
    "XML": _plain("<AccessKeyId>{id}</AccessKeyId>\n<SecretAccessKey>{secret}</SecretAccessKey>\n"),
    "connection URL": _plain("s3://{id}:{secret}@bucket/path\n"),
    "presigned URL": _plain("https://b.s3.amazonaws.com/k?AWSAccessKeyId={id}&Signature=x%3D&Expires=1\n"),
    "authorization header": _plain(
        "Authorization: AWS4-HMAC-SHA256 Credential={id}/20260101/us-east-1/s3/aws4_request\n"
    ),
    "SQL credentials": _plain(
        "COPY t FROM 's3://b/k' CREDENTIALS 'aws_access_key_id={id};aws_secret_access_key={secret}';\n"
    ),
    "notebook": _notebook,
    "UTF-16, little end first, marked": _wide("utf-16-le", "\ufeff"),
    "UTF-16, big end first, marked": _wide("utf-16-be", "\ufeff"),
    "UTF-16, little end first": _wide("utf-16-le"),
    "UTF-16, big end first": _wide("utf-16-be"),
    "JSON in JSON": _json_in_json,
    "base64 of base64": _nested("base64+base64", based, based),
    "base64 of percent escapes": _nested(
        "base64+percent", lambda one: each(one, lambda char: f"%{ord(char):02X}"), based, template=BOTH
    ),
    "percent escapes of base64": _nested(
        "base64|percent+base64",
        based,
        _reserved("%{:02X}"),
        lambda one: around(one, "?env="),
        template=ENV + "~~",
    ),
    "percent escapes of percent escapes": _some(
        "%25{:02X}", "percent+percent", "?key={id}&secret={secret}\n"
    ),
    "base64 of UTF-16": _nested("base64+utf-16", wide, based),
    "base64 of hex": _nested("base64+hex", hexed, based, template=BOTH),
    "base64 in lines in a string": _nested(
        "base64|backslash+base64",
        based,
        lambda one: wrapped(one, 76),
        _escaped_lines,
        lambda one: around(one, '{"a": "', '\\n"}\n'),
    ),
    "base64 of base64 in lines": _nested("base64+base64", based, lambda one: wrapped(one, 64), based),
    "references to unicode escapes": _some("&#92;u{:04x}", "html+backslash", "<a>{id}</a><b>{secret}</b>\n"),
    "references to references": _some("&amp;#{};", "html+html", "<a>{id}</a><b>{secret}</b>\n"),
}
