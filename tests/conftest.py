"""What holds for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_server
import pytest
from hypothesis import settings

from benchmarks.place import Place, place

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("keyguard", deadline=None)  # how long something takes is for benchmarks to say
settings.load_profile("keyguard")


CONNECTED = ("test_verify", "test_account", "test_progress", "test_benchmarks", "test_remote")
"""How the modules are called whose tests open sockets, to loopback; all others run without any."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Forbid sockets where nothing is verified, audited, measured or cloned: nothing else may ask anybody."""
    for item in items:
        if not item.path.name.startswith(CONNECTED):
            item.add_marker("disable_socket")


@pytest.fixture(scope="session")
def aws() -> Iterator[aws_server.Aws]:
    """An AWS on loopback."""
    yield from aws_server.started()


@pytest.fixture
def here() -> Iterator[Place]:
    """A place where benchmarks work."""
    with place() as made:
        yield made
