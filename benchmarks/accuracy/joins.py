"""Keys in several pieces, which the language puts together."""

from __future__ import annotations

from typing import Final

from benchmarks.accuracy.cases import Form
from benchmarks.accuracy.drafts import joined

GROUP: Final = "concatenation"
CUTS: Final = {"in two": (4,), "in three": (4, -7)}

TUNED: Final = {
    "python plus": ("py", '" + "', 'id = "«id»"\nsecret = "«secret»"\n'),
    "python adjacent": ("py", "' '", "id = '«id»'\nsecret = '«secret»'\n"),
    "python adjacent lines": ("py", "'\n     '", "id = ('«id»')\nsecret = ('«secret»')\n"),
    "javascript plus": ("js", "' + '", "const id = '«id»', secret = '«secret»';\n"),
    "java plus on lines": ("java", '"\n        + "', 'String id = "«id»";\nString secret = "«secret»";\n'),
    "php dot": ("php", "' . '", "$id = '«id»';\n$secret = '«secret»';\n"),
    "shell continuation": ("sh", "\\\n", "export ID=«id»\nexport SECRET=«secret»\n"),
    "c adjacent lines": ("c", '"\n    "', 'char *id = "«id»";\nchar *secret = "«secret»";\n'),
}
"""By name: suffix, what stands between the pieces, and the template."""

HELD_OUT: Final = {
    "go plus on lines": ("go", '" +\n\t"', 'id := "«id»"\nsecret := "«secret»"\n'),
    "perl dot": ("pl", '" . "', 'my $id = "«id»"; my $secret = "«secret»";\n'),
    "lua dots": ("lua", '" .. "', 'id = "«id»"\nsecret = "«secret»"\n'),
    "basic ampersand": ("vb", '" & "', 'id = "«id»"\nsecret = "«secret»"\n'),
    "sql bars": ("sql", "' || '", "SELECT '«id»', '«secret»';\n"),
    "ruby continuation": ("rb", "' \\\n  '", "id = '«id»'\nsecret = '«secret»'\n"),
    "javascript continuation": ("js", "\\\n", "id = '«id»'\nsecret = '«secret»'\n"),
    "shell quotes": ("sh", '""', 'ID="«id»"\nSECRET="«secret»"\n'),
    "properties continuation": ("properties", "\\\n    ", "id=«id»\nsecret=«secret»\n"),
    "yaml continuation": ("yaml", "\\\n  ", 'id: "«id»"\nsecret: "«secret»"\n'),
    "r paste0": ("R", '", "', 'id <- paste0("«id»")\nsecret <- paste0("«secret»")\n'),
    "javascript template": ("js", '${""}', "id = `«id»`; secret = `«secret»`\n"),
    "python join": ("py", '", "', 'id = "".join(["«id»"])\nsecret = "".join(["«secret»"])\n'),
}


def forms() -> list[Form]:
    """All of them."""
    return [
        Form(f"{name} {cut}", GROUP, template, (joined(joint, *at),), suffix=suffix, held_out=held_out)
        for table, held_out in ((TUNED, False), (HELD_OUT, True))
        for name, (suffix, joint, template) in table.items()
        for cut, at in CUTS.items()
    ]
