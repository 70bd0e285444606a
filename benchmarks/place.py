"""A temporary directory to work in, and the environment that every program is given.

What the user has configured must not change what is measured, and nothing of the user's is written to.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DROPPED: Final = (
    *("GIT_", "PYTHON", "KEYGUARD", "SKIP", "PRE_COMMIT", "HUSKY", "TRUFFLEHOG", "GITLEAKS"),
    *("AWS_", "BOTO_", "CI", "TF_BUILD", "JENKINS_", "BITBUCKET_"),
)
"""Beginnings of variables that change what is measured.

PYTHONDONTWRITEBYTECODE for one: with it, Python compiles every module again at each start.  With credentials
of the user's there is more to look for, but not in CI.
"""

CREDENTIALS: Final = ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "BOTO_CONFIG", "BOTO_PATH")
"""Variables that name files in which the user's own credentials are looked for; here these are not there."""

NOWHERE: Final = "http://127.0.0.1:9"
"""A proxy that is not there: nothing that is measured has business on the network."""

CONFIGURATION: Final = """\
[user]
\tname = Benchmark
\temail = benchmark@example.org
[safe]
\tdirectory = *
[gc]
\tauto = 0
"""


class Place(NamedTuple):
    """A directory for inputs, and the variables that programs see."""

    folder: str
    environment: Mapping[str, str]

    def path(self, name: str) -> str:
        """Where something called ``name`` belongs."""
        return os.path.join(self.folder, name)


@contextmanager
def place() -> Iterator[Place]:
    """A place that is removed in the end."""
    with tempfile.TemporaryDirectory(prefix="keyguard-benchmark-") as folder:
        configuration = os.path.join(folder, "gitconfig")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        yield Place(os.path.realpath(folder), environment(folder, configuration))


def environment(folder: str, configuration: str) -> dict[str, str]:
    """The user's variables, less those that matter here, with caches in ``folder`` and git configured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
    own = {
        "GIT_CONFIG_GLOBAL": configuration,
        "GIT_CONFIG_NOSYSTEM": "1",
        "XDG_CACHE_HOME": os.path.join(folder, "cache"),
        "XDG_CONFIG_HOME": os.path.join(folder, "config"),
    }
    proxies = {name: NOWHERE for scheme in ("http", "https", "all") for name in _proxy(scheme)}
    none = dict.fromkeys(CREDENTIALS, os.path.join(folder, "no credentials"))
    return kept | own | none | proxies


def _proxy(scheme: str) -> tuple[str, str]:
    return f"{scheme}_proxy", f"{scheme}_proxy".upper()
