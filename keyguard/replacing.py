"""Writes a file in one step: whoever reads it sees what was there or what is new, and never a half of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


def replace(path: str, data: Iterable[bytes], mode: int, elsewhere: str) -> None:
    """Put ``data``, all its pieces, where the plain file at ``path`` is, or is to be; ``mode``: permissions.

    It is on the disk before its name is, and nothing is left behind on failure.  Raises :class:`UsageError`,
    with ``elsewhere`` as its advice.
    """
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - a hook writes no files

    try:
        with NamedTemporaryFile(dir=os.path.dirname(path) or ".", prefix=".keyguard-", delete=False) as file:
            try:
                file.writelines(data)
                file.flush()
                os.fsync(file.fileno())
                os.chmod(file.name, mode)
                file.close()
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", elsewhere) from None
