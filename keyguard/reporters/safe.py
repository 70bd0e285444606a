"""Makes text from outside harmless, because a file name or an author can hold any byte.

What a terminal could take for a command (control characters, escape sequences), what changes how other text
reads (bidirectional controls, invisible characters) and what is no text at all becomes a backslash escape.
"""

from __future__ import annotations

from typing import Final

_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BYTE: Final = 0xDC00
"""What ``os.fsdecode`` adds to a byte that is not UTF-8."""

_PLAIN_WORD: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_")


def safe(text: str) -> str:
    r"""``text`` for people: one line, every character of it printable.

    A byte that is not UTF-8 is shown as ``\xff``, a character as ``\n``, ``\x1b`` or ``\u202e``.

    >>> print(safe("a\x1b[2Jb\udcff\u202e\n"))
    a\x1b[2Jb\xff\u202e\n
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def well_formed(text: str) -> str:
    r"""``text`` for machines: a byte that is not UTF-8 is shown as ``\xff``, all else is as it was.

    >>> print(well_formed("caf\xe9 \udcff"))
    café \xff
    """
    return text if text.isascii() else "".join(map(_encodable, text))


def shell(word: str) -> str:
    r"""``word`` so that a shell reads it as one word, and a terminal as harmless text.

    >>> print(shell("a.py"), shell("it's"), shell("tab\t"))
    a.py 'it'\''s' $'tab\t'
    """
    if word and _PLAIN_WORD.issuperset(word):
        return word
    if word.isprintable():
        return "'" + word.replace("'", "'\\''") + "'"
    return "$'" + "".join(map(_shown, word.replace("\\", "\\\\").replace("'", "\\'"))) + "'"


def _shown(character: str) -> str:
    return character if character.isprintable() else _escape(character)


def _encodable(character: str) -> str:
    return _escape(character) if "\ud800" <= character <= "\udfff" else character


def _escape(character: str) -> str:
    code = ord(character)
    if 0x80 <= code - _BYTE <= 0xFF:  # noqa: PLR2004 - the bytes that are not ASCII
        return f"\\x{code - _BYTE:02x}"
    if code < 0x80:  # noqa: PLR2004 - ASCII: character and byte are the same
        return _NAMED.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - end of the first plane
