"""A store of its own for each test, and a world in the database."""

import pytest

from evidence.files.storage import DiskStore
from tests.integration.evidence.made import World


@pytest.fixture
def store(tmp_path) -> DiskStore:
    return DiskStore(tmp_path / "files", 1 << 20)


@pytest.fixture
def world(session) -> World:
    return World(session)
