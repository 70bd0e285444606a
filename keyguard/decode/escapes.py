"""Reads the escapes of URLs, strings, HTML and mails: which there are, and what each stands for."""

from __future__ import annotations

import re
from binascii import unhexlify
from typing import Final

PERCENT: Final = rb"%(?:u([0-9A-Fa-f]{4})|([0-9A-Fa-f]{2}))"
"""RFC 3986 §2.1, and what JavaScript's ``escape`` writes."""

BACKSLASH: Final = (
    rb"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u+([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})"
    rb"|([0-3]?[0-7]{1,2})|([/\\\"'`nrtfb=+]))"
)
"""JSON (RFC 8259 §7), and the languages that have its escapes and some more: C, Java, JavaScript, Python."""

HTML: Final = rb"&(?:#[xX]0{0,5}([0-9A-Fa-f]{1,5});?|#0{0,6}([0-9]{1,6});?|([A-Za-z]{2,16});)"
"""Character references; those that HTML knows by name, as far as a key's text may need them."""

QUOTED: Final = rb"=(?:(3D|2B|2F)|\r?\n)"
"""Quoted-printable (RFC 2045 §6.7), as far as a key needs it, and the end of a line that goes on."""

_CONTROLS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"f": b"\f", b"b": b"\b"}
_NAMES: Final = {
    b"sol": "/",
    b"plus": "+",
    b"equals": "=",
    b"amp": "&",
    b"AMP": "&",
    b"quot": '"',
    b"QUOT": '"',
    b"apos": "'",
    b"lt": "<",
    b"gt": ">",
    b"colon": ":",
    b"semi": ";",
    b"comma": ",",
    b"lowbar": "_",
    b"percnt": "%",
    b"bsol": "\\",
    b"num": "#",
    b"NewLine": "\n",
    b"Tab": "\t",
    b"nbsp": " ",
    b"shy": "\u00ad",
    b"ZeroWidthSpace": "\u200b",
    b"zwnj": "\u200c",
    b"zwj": "\u200d",
    b"NoBreak": "\u2060",
}
_LAST: Final = 0x10FFFF


def plain(text: bytes) -> bytes:
    """``text`` without percent-encoding."""
    return re.sub(PERCENT, percent, text)


def percent(match: re.Match[bytes]) -> bytes:
    """What a percent escape stands for."""
    unit, byte = match.groups()
    return unhexlify(byte) if byte else _character(int(unit, 16))


def backslash(match: re.Match[bytes]) -> bytes:
    """What a backslash escape stands for."""
    *units, byte, octal, plain = match.groups()
    if plain:
        return _CONTROLS.get(plain, plain)
    if octal:
        return bytes((int(octal, 8),))
    if byte:
        return unhexlify(byte)
    return _character(int(next(unit for unit in units if unit), 16))


def html(match: re.Match[bytes]) -> bytes | None:
    """What a character reference stands for; None for a name that is not known."""
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMES[name].encode() if name in _NAMES else None
    return _character(int(hexadecimal, 16) if hexadecimal else int(decimal))


def quoted(match: re.Match[bytes]) -> bytes:
    """What an escape of quoted-printable stands for; the end of a line for nothing."""
    return unhexlify(match[1]) if match[1] else b""


def _character(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass") if number <= _LAST else b"?"
