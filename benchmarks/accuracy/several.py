"""Several keys in one file, where it matters which secret belongs to which ID."""

from __future__ import annotations

from typing import Final

from benchmarks.accuracy.cases import Form

GROUP: Final = "several keys"
FAR: Final = "\n" * 60
STRANGER: Final = "[other]\ntoken = '«secret9»'\n"
PROFILE: Final = "[p#]\naws_access_key_id = «id#»\naws_secret_access_key = «secret#»\n\n"
LINES: Final = "a = «id#»\nb = «secret#»\n"
OBJECT: Final = '  {"user": "u#", "SecretAccessKey": "«secret#»", "AccessKeyId": "«id#»"},\n'
FIVE: Final = "12345"


def forms() -> list[Form]:
    """All of them."""
    return [
        Form(name, GROUP, template, suffix=suffix, held_out=held_out)
        for table, held_out in ((_tuned(), False), (_held_out(), True))
        for name, (suffix, template) in table.items()
    ]


def _repeated(record: str, numbers: str) -> str:
    return "".join(record.replace("#", number) for number in numbers)


def _tuned() -> dict[str, tuple[str, str]]:
    return {
        "two profiles": ("ini", _repeated(PROFILE, "12")),
        "five profiles": ("ini", _repeated(PROFILE, FIVE)),
        "two calls": ("py", _repeated("client('s3', '«id#»', '«secret#»')\n", "12")),
        "five rows of a csv": ("csv", "user,id,secret\n" + _repeated("u#,«id#»,«secret#»\n", FIVE)),
        "a pair and a stranger's secret": ("ini", _repeated(PROFILE, "1") + FAR + STRANGER),
        "a stranger's secret before two pairs": ("ini", STRANGER + FAR + _repeated(PROFILE, "12")),
        "two with the secret first": ("yaml", _repeated("- secret: «secret#»\n  id: «id#»\n", "12")),
    }


def _held_out() -> dict[str, tuple[str, str]]:
    lists = _repeated("S#_ID=«id#»\n", "123") + _repeated("S#_SECRET=«secret#»\n", "123")
    apart = _repeated(LINES, "1") + FAR + "a = «id7»\n" + FAR + _repeated(LINES, "2")
    return {
        "five objects": ("json", "[\n" + _repeated(OBJECT, FIVE) + "]\n"),
        "ids first and then secrets": ("env", lists),
        "five elements": ("xml", _repeated("<k><id>«id#»</id>\n<s>«secret#»</s></k>\n", FIVE)),
        "a lone id between pairs": ("ini", apart),
    }
