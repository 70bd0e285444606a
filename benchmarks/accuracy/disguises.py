"""Keys that do not stand there as themselves: encoded, escaped, and both."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from benchmarks.accuracy.cases import Form
from benchmarks.accuracy.drafts import base64_of, joined, only, within, wrapped, written

if TYPE_CHECKING:
    from collections.abc import Iterator

ENV: Final = "DEBUG=1\nAWS_ACCESS_KEY_ID=«id»\nAWS_SECRET_ACCESS_KEY=«secret»\nREGION=eu-west-1\n"
PAIR: Final = "«id»:«secret»"
JSON: Final = '{"id": "«id»", "secret": "«secret»"}\n'
SECRET: Final = ("yaml", "apiVersion: v1\nkind: Secret\ndata:\n  access_key: «id»\n  secret_key: «secret»\n")
SIGNS: Final = "/+="

PERCENT: Final = only(SIGNS, lambda one: quote(one, safe=""))
ALL_PERCENT: Final = written(lambda one: f"%{ord(one):02X}")
UNICODE: Final = written(lambda one: f"\\u{ord(one):04x}")
HEXADECIMAL: Final = written(lambda one: f"{ord(one):02x}")
ENTITIES: Final = written(lambda one: f"&#{ord(one)};")


def forms() -> list[Form]:
    """All of them."""
    return [*_base64(), *_escapes(), *_hex(), *_encodings(), *_invisible(), *_nested()]


def _base64() -> Iterator[Form]:
    group = "base64"
    for shift in range(3):
        space = "\n" * shift
        yield Form(
            f"env at alignment {shift}", group, space + ENV, whole=(base64_of(), within("config: ", "\n"))
        )
        yield Form(
            f"pair at alignment {shift}",
            group,
            "x" * shift + " " + PAIR,
            whole=(base64_of(), within('"', '"\n')),
        )
        yield Form(
            f"id at alignment {shift}",
            group,
            " " * shift + "key=«id»",
            whole=(base64_of(), within("k = ", "\n")),
            held_out=True,
        )
        yield Form(
            f"secret at alignment {shift}",
            group,
            " " * shift + "secret=«secret»",
            whole=(base64_of(), within("k = ", "\n")),
            held_out=True,
        )
    yield Form("kubernetes data", group, SECRET[1], (base64_of(),), suffix="yaml")
    yield Form(
        "kubernetes data with line ends",
        group,
        SECRET[1],
        (within("", "\n"), base64_of()),
        suffix="yaml",
        held_out=True,
    )
    yield Form("wrapped at 64", group, ENV, whole=(base64_of(), wrapped(64), within("-----\n", "\n-----\n")))
    yield Form("wrapped at 76", group, ENV, whole=(base64_of(), wrapped(76)))
    yield Form(
        "wrapped and indented",
        group,
        ENV,
        whole=(base64_of(), wrapped(60, "    "), within("data: |\n", "\n")),
        held_out=True,
    )
    yield Form("url-safe", group, JSON, whole=(base64_of(safe=True), within("?state=", "\n")))
    yield Form(
        "url-safe without padding",
        group,
        ENV,
        whole=(base64_of(safe=True, padded=False), within("?c=", "&x=1\n")),
        held_out=True,
    )
    yield Form(
        "basic authorization",
        group,
        PAIR,
        whole=(base64_of(), within("Authorization: Basic ", "\n")),
        suffix="http",
        held_out=True,
    )
    yield Form(
        "data url",
        group,
        JSON,
        whole=(base64_of(), within("data:application/json;base64,", "\n")),
        suffix="html",
        held_out=True,
    )


# fmt: skip


def _escapes() -> Iterator[Form]:
    group = "escapes"
    query = "https://example.org/?id=«id»&secret=«secret»\n"
    yield Form("percent in a query", group, query, (PERCENT,))
    yield Form("percent in a url of s3", group, "s3n://«id»:«secret»@bucket/\n", (PERCENT,))
    yield Form("percent everywhere", group, query, (ALL_PERCENT,), held_out=True)
    yield Form(
        "percent in small letters",
        group,
        query,
        (only(SIGNS, lambda one: quote(one, safe="").lower()),),
        held_out=True,
    )
    yield Form("json slash", group, JSON, (only("/", lambda _: "\\/"),), suffix="json")
    yield Form("json u002f", group, JSON, (only(SIGNS, lambda one: f"\\u{ord(one):04x}"),), suffix="json")
    yield Form(
        "json u002F",
        group,
        JSON,
        (only(SIGNS, lambda one: f"\\u{ord(one):04X}"),),
        suffix="json",
        held_out=True,
    )
    yield Form("unicode everywhere", group, JSON, (UNICODE,), suffix="json", held_out=True)
    yield Form(
        "x escapes",
        group,
        "id = '«id»'\nsecret = '«secret»'\n",
        (written(lambda one: f"\\x{ord(one):02x}"),),
        suffix="py",
    )
    yield Form(
        "octal escapes",
        group,
        "id = '«id»'\nsecret = '«secret»'\n",
        (written(lambda one: f"\\{ord(one):03o}"),),
        suffix="sh",
        held_out=True,
    )
    yield Form(
        "html entities of signs",
        group,
        "<td>«id»</td><td>«secret»</td>\n",
        (only(SIGNS, lambda one: f"&#{ord(one)};"),),
        suffix="html",
    )
    yield Form(
        "html entities in hex",
        group,
        "<td>«id»</td><td>«secret»</td>\n",
        (only(SIGNS, lambda one: f"&#x{ord(one):X};"),),
        suffix="html",
        held_out=True,
    )
    yield Form(
        "html named entities",
        group,
        "<td>«id»</td><td>«secret»</td>\n",
        (only(SIGNS, lambda one: {"/": "&sol;", "+": "&plus;"}.get(one, one)),),
        suffix="html",
        held_out=True,
    )
    yield Form(
        "html entities everywhere", group, "<td>«id»</td><td>«secret»</td>\n", (ENTITIES,), suffix="html"
    )
    yield Form(
        "quotes as entities",
        group,
        JSON,
        whole=(written(lambda one: html.escape(one)), within("<p>", "</p>\n")),
        suffix="html",
    )
    yield Form(
        "quoted-printable", group, ENV, whole=(only("=", lambda _: "=3D"),), suffix="eml", held_out=True
    )


# fmt: skip


def _hex() -> Iterator[Form]:
    group = "hex"
    yield Form("hex of a pair", group, PAIR, whole=(HEXADECIMAL, within("blob = ", "\n")))
    yield Form("hex of values", group, "id = '«id»'\nsecret = '«secret»'\n", (HEXADECIMAL,))
    yield Form(
        "hex in capitals",
        group,
        ENV,
        whole=(written(lambda one: f"{ord(one):02X}"), within("0x", "\n")),
        held_out=True,
    )
    yield Form(
        "hex with spaces", group, PAIR, whole=(written(lambda one: f"{ord(one):02x} "),), held_out=True
    )


def _encodings() -> Iterator[Form]:
    group = "encodings"
    for codec in ("utf-16-le", "utf-16-be"):
        yield Form(f"{codec} with a mark", group, ENV, whole=(within("\ufeff"),), codec=codec)
        yield Form(f"{codec} without a mark", group, ENV, codec=codec, held_out=codec.endswith("be"))
    yield Form(
        "utf-8 with a mark",
        group,
        "Access key ID,Secret access key\r\n«id»,«secret»\r\n",
        whole=(within("\ufeff"),),
        suffix="csv",
    )
    yield Form("windows-1252", group, "clé = «id»\nsecret = «secret»\n", codec="cp1252", held_out=True)


def _invisible() -> Iterator[Form]:
    group = "invisible characters"
    for name, sign in (
        ("zero-width space", "\u200b"),
        ("soft hyphen", "\u00ad"),
        ("word joiner", "\u2060"),
        ("zero-width joiner", "\u200d"),
    ):
        yield Form(f"{name} inside", group, ENV, (joined(sign, 7),), held_out=sign in "\u2060\u200d")
    yield Form(
        "zero-width space everywhere", group, ENV, (written(lambda one: one + "\u200b"),), held_out=True
    )


# fmt: skip


def _nested() -> Iterator[Form]:
    group = "two levels"
    yield Form("base64 of base64", group, ENV, whole=(base64_of(), base64_of(), within("x: ", "\n")))
    yield Form(
        "base64 of json escapes",
        group,
        JSON,
        (only("/", lambda _: "\\/"),),
        (base64_of(), within("x: ", "\n")),
    )
    yield Form(
        "kubernetes data in base64",
        group,
        SECRET[1],
        (base64_of(),),
        (base64_of(), within("x: ", "\n")),
        held_out=True,
    )
    yield Form("percent of base64", group, JSON, whole=(base64_of(), PERCENT, within("?state=", "\n")))
    yield Form(
        "base64 of utf-16",
        group,
        ENV,
        whole=(base64_of(codec="utf-16-le"), within("powershell -EncodedCommand ", "\n")),
    )
    yield Form(
        "hex of base64", group, PAIR, whole=(base64_of(), HEXADECIMAL, within("x: ", "\n")), held_out=True
    )
    yield Form(
        "json in json",
        group,
        '{"body": "{\\"id\\": \\"«id»\\", \\"secret\\": \\"«secret»\\"}"}\n',
        (only("/", lambda _: "\\\\/"),),
        suffix="json",
    )
    yield Form(
        "entities of percent",
        group,
        "<a href='?id=«id»&amp;secret=«secret»'>\n",
        (PERCENT, only("%", lambda _: "&#37;")),
        suffix="html",
        held_out=True,
    )
    yield Form(
        "base64 in utf-16",
        group,
        ENV,
        whole=(base64_of(), within("\ufeffx: ", "\n")),
        codec="utf-16-be",
        held_out=True,
    )


# fmt: skip
