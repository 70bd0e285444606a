"""Makes what is scanned, from a seed: text that looks like source code, and repositories with it staged."""

from __future__ import annotations

import base64
import os
import random
import subprocess
from typing import TYPE_CHECKING, Final

from keyguard.samples import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.place import Place

SEED: Final = 1
WORDS: Final = """
    account address batch block buffer cache call channel check client column commit config context
    count cursor data default device document element entry error event field file filter flag frame
    group handler header index input item job key label length level limit line list lock map message
    method model module name node number object offset option order output owner page parent part path
    pattern point pool port prefix process query queue range record region request response result root
    row schema scope secret section server session signal size source stack state status stream string
    table target task text thread time token total tree type unit update user value version view weight
    width window worker
"""
SHAPES: Final = {
    "": 120,
    "{a} = {b}.{c}_{d}({e}, {n})": 200,
    "def {a}_{b}({c}, {d}={n}):": 60,
    "# The {a} of the {b} is the {c} that the {d} was given.": 80,
    "return {a}_{b}[{c}] if {d} else {n}": 80,
    "from {a}.{b} import {c}_{d}": 40,
    "if {a}_{b} is not None and {c} > {n}:": 80,
    'raise ValueError(f"no {a} in {b}: {{{c}}}")': 40,
    '{a}_{b} = "https://example.org/{c}/{d}-{n}.tar.gz"': 20,
    '"{a}": {{"{b}": "{c}", "{d}": {n}}},': 60,
}
"""Lines, and how often each stands among them; none holds a run of 40 characters that a secret could be."""

RARE: Final = {'{a}_commit = "{hash}"': 2, "{base64}": 1}
"""Lines with such a run, about a hundred in a megabyte: somewhat more than in published packages."""

CLEAN, HASH, KEY = "no key", "no key, a hash", "a key"
MIDDLE: Final = {
    CLEAN: "",
    HASH: 'commit = "{hex:40}"\n',
    KEY: 'aws_access_key_id = "{id}"\naws_secret_access_key = "{secret}"\n',
}
"""What can stand in the middle of a small file."""

KEY_FILE: Final = "settings.py"
"""What the file with a key is called, which what was found must name."""


def lines(shapes: Mapping[str, int] = SHAPES, seed: int = SEED) -> Iterator[str]:
    """Lines of source code without end; the same seed gives the same ones."""
    source = random.Random(seed)  # noqa: S311 - the input must be the same in every run
    words = WORDS.split()
    pool = [_line(source, words, shape) for shape in source.choices([*shapes], [*shapes.values()], k=20_000)]
    while True:
        yield from source.choices(pool, k=1000)


def _line(source: random.Random, words: list[str], shape: str) -> str:
    names = dict(zip("abcde", source.choices(words, k=5), strict=True))
    hexadecimal = "".join(source.choices("0123456789abcdef", k=40))
    encoded = base64.b64encode(source.randbytes(57)).decode()
    text = shape.format(**names, n=source.randrange(1000), hash=hexadecimal, base64=encoded)
    return "    " * source.randrange(3) * bool(text) + text + "\n"


def small_file(count: int, middle: str) -> str:
    """A file of ``count`` lines, with a made-up key in the middle, or what else :data:`MIDDLE` has."""
    source = lines()
    middle = filled(MIDDLE[middle], SEED)
    text = [next(source) for _ in range(count - middle.count("\n"))]
    return "".join([*text[: count // 2], middle, *text[count // 2 :]])


def many_files(count: int, size: int) -> dict[str, str]:
    """``count`` files of ``size`` characters each, or a little more; none holds a key."""
    source = lines({**SHAPES, **RARE})
    files = {}
    for number in range(count):
        text: list[str] = []
        left = size
        while left > 0:
            text.append(next(source))
            left -= len(text[-1])
        files[f"src/part{number % 20}/module{number}.py"] = "".join(text)
    return files


def repository(place: Place, name: str, staged: Mapping[str, str]) -> str:
    """A repository with a first commit and ``staged`` in its index; gives its path."""
    folder = place.path(name)
    write(folder, {"README.md": "An app.\n"})
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "Begin")):
        git(place, folder, *command)
    write(folder, staged)
    git(place, folder, "add", ".")
    return folder


def write(folder: str, files: Mapping[str, str]) -> None:
    """Write files below ``folder``, by their names."""
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)


def git(place: Place, folder: str, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(
        ["git", "-C", folder, *arguments], env=place.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
