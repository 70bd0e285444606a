"""The disguises by name, so that forms can be data."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from benchmarks.accuracy.drafts import base64_of, joined, only, within, wrapped, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.accuracy.drafts import Step

SIGNS: Final = "/+="
"""What is escaped most: the characters of base64 that are no letters or digits."""

NAMED: Final = {"/": "&sol;", "+": "&plus;", "=": "&equals;"}
INSIDE: Final = 7
"""Where an invisible character stands in a value."""

STEPS: Final[Mapping[str, Step]] = {
    "base64": base64_of(),
    "base64 url-safe": base64_of(safe=True),
    "base64 url-safe unpadded": base64_of(safe=True, padded=False),
    "base64 of utf-16": base64_of(codec="utf-16-le"),
    "a line end": within("", "\n"),
    "lines of 64": wrapped(64),
    "lines of 76": wrapped(76),
    "indented lines": wrapped(60, "    "),
    "percent": only(SIGNS, lambda one: quote(one, safe="")),
    "percent in small letters": only(SIGNS, lambda one: quote(one, safe="").lower()),
    "percent everywhere": written(lambda one: f"%{ord(one):02X}"),
    "slash": only("/", lambda _: "\\/"),
    "slash twice": only("/", lambda _: "\\\\/"),
    "unicode": only(SIGNS, lambda one: f"\\u{ord(one):04x}"),
    "unicode in capitals": only(SIGNS, lambda one: f"\\u{ord(one):04X}"),
    "unicode everywhere": written(lambda one: f"\\u{ord(one):04x}"),
    "unicode in braces": written(lambda one: f"\\u{{{ord(one):x}}}"),
    "x": written(lambda one: f"\\x{ord(one):02x}"),
    "octal": written(lambda one: f"\\{ord(one):03o}"),
    "entities": only(SIGNS, lambda one: f"&#{ord(one)};"),
    "entities in hex": only(SIGNS, lambda one: f"&#x{ord(one):X};"),
    "entities by name": only(SIGNS, NAMED.__getitem__),
    "entities everywhere": written(lambda one: f"&#{ord(one)};"),
    "entities of percent": only("%", lambda _: "&#37;"),
    "html": written(html.escape),
    "quoted-printable": only("=", lambda _: "=3D"),
    "hex": written(lambda one: f"{ord(one):02x}"),
    "hex in capitals": written(lambda one: f"{ord(one):02X}"),
    "hex with spaces": written(lambda one: f"{ord(one):02x} "),
    "zero-width space": joined("\u200b", INSIDE),
    "zero-width spaces": written(lambda one: one + "\u200b"),
    "zero-width joiner": joined("\u200d", INSIDE),
    "soft hyphen": joined("\u00ad", INSIDE),
    "word joiner": joined("\u2060", INSIDE),
}
