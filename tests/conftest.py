"""Plumbing of the rings; tests/README.md tells how to use it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from core.db import make_engine, make_sessions
from tests import database as databases

HERE = Path(__file__).parent
RINGS = ("unit", "integration", "web", "browser", "migrations", "house")
BOTH_DATABASES = ("integration", "migrations")


def ring_of(path: Path) -> str | None:
    """Name the ring a test file lies in."""
    parts = path.relative_to(HERE).parts if path.is_relative_to(HERE) else ()
    return parts[0] if parts and parts[0] in RINGS else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with its ring, so that ``-m web`` works."""
    for item in items:
        if ring := ring_of(item.path):
            item.add_marker(ring)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database on both engines in the rings that promise it, else on SQLite."""
    if "database_kind" in metafunc.fixturenames:
        both = ring_of(Path(metafunc.definition.path)) in BOTH_DATABASES
        kinds = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("database_kind", kinds, scope="session", indirect=True)


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """Name the engine under test: sqlite or postgresql."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_uri() -> Iterator[str]:
    """Run this worker's own PostgreSQL; started by the first test that asks."""
    with databases.postgres_server() as uri:
        yield uri


@pytest.fixture(scope="session")
def database(
    database_kind: str, request: pytest.FixtureRequest
) -> Iterator[databases.SQLiteDatabase | databases.PostgresDatabase]:
    """Hold this worker's test database with its template."""
    if database_kind == "postgresql":
        yield databases.PostgresDatabase(request.getfixturevalue("postgres_uri"), "assay")
        return
    with databases.fast_folder() as folder:
        yield databases.SQLiteDatabase(folder)


@pytest.fixture(scope="session")
def database_url(database: databases.SQLiteDatabase | databases.PostgresDatabase) -> str:
    """Give the SQLAlchemy address of the test database."""
    return database.url


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """Open the test database as the product opens it. It is not reset by itself: see ``fresh``."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def fresh(
    database: databases.SQLiteDatabase | databases.PostgresDatabase, engine: Engine
) -> Iterator[Engine]:
    """Reset the database to an empty, migrated one and give its engine."""
    engine.dispose()
    database.reset()
    yield engine
    engine.dispose()


@pytest.fixture
def session_factory(fresh: Engine) -> sessionmaker[Session]:
    """Give the maker of sessions on a fresh database, for tests that need more than one."""
    return make_sessions(fresh)


@pytest.fixture
def session(session_factory: sessionmaker[Session]) -> Iterator[Session]:
    """Open one session on a fresh, empty, migrated database; what it did not commit is rolled back."""
    with session_factory() as session:
        yield session
        session.rollback()
