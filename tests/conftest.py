"""Plumbing of the rings; tests/README.md tells how to use it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from core.db import make_engine, make_sessions
from core.settings import Settings
from tests import chromium
from tests import database as databases
from tests.pages import Reader

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
        if ring == "browser" and chromium.PATH is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is missing"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud that the browser ring did not run."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if report.nodeid.startswith("tests/browser/")
    ]
    if skipped and chromium.PATH is None:
        terminalreporter.section("THE BROWSER TESTS DID NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{len(skipped)} tests were skipped: Chromium is missing. apt-get install chromium"
        )


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
def database(database_kind: str, request: pytest.FixtureRequest) -> Iterator[databases.Database]:
    """Hold this worker's test database."""
    if database_kind == "postgresql":
        database = databases.PostgresDatabase(request.getfixturevalue("postgres_uri"))
        yield database
        database.close()
        return
    with databases.fast_folder() as folder:
        yield databases.SQLiteDatabase(folder)


@pytest.fixture(scope="session")
def database_url(database: databases.Database) -> str:
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
    database: databases.Database, engine: Engine, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """Reset the database to an empty, migrated one and give its engine.

    With the mark ``demonstration`` it holds the demonstration world instead (SQLite only).
    """
    engine.dispose()
    if request.node.get_closest_marker("demonstration"):
        request.getfixturevalue("demonstration_files")
        database.reset("demonstration")
    else:
        database.reset()
    yield engine
    engine.dispose()


@pytest.fixture
def blank_url(database: databases.Database) -> str:
    """Give the address of a new database without any table, for the migrations themselves."""
    return database.blank()


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


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give the settings of the application under test; ``dataclasses.replace`` makes others."""
    return Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        secret_key="a key for tests only",
        demo=False,
        base_url="http://localhost",
        testing=True,
    )


@pytest.fixture(scope="session")
def application(settings: Settings) -> Iterator[Flask]:
    """Build the application once for this worker, so that its templates are compiled once. Ask for ``app``."""
    from app import create_app

    application = create_app(settings)
    application.test_client_class = Reader
    yield application
    application.extensions["engine"].dispose()


@pytest.fixture(scope="session")
def demonstration_files(
    application: Flask,
    database: databases.Database,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Load the demonstration world once and keep it: the database as a template, the files here."""
    from demo import operations

    kept = tmp_path_factory.mktemp("demonstration") / "data"
    extensions = application.extensions
    extensions["engine"].dispose()
    database.reset()
    with application.app_context():
        operations.load(extensions["sessions"], settings, extensions["handlers"])
    extensions["engine"].dispose()
    database.keep("demonstration")
    shutil.copytree(settings.data_dir, kept)
    return kept


@pytest.fixture
def app(
    application: Flask, fresh: Engine, settings: Settings, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """Give the application on a fresh database and an empty data folder, or the demonstration's."""
    engine = application.extensions["engine"]
    engine.dispose()
    shutil.rmtree(settings.data_dir)
    if request.node.get_closest_marker("demonstration"):
        shutil.copytree(request.getfixturevalue("demonstration_files"), settings.data_dir)
    else:
        settings.data_dir.mkdir()
    yield application
    engine.dispose()


@pytest.fixture
def client(app: Flask) -> Reader:
    """Give a browser without a screen that reads every page; nobody is signed in."""
    return cast("Reader", app.test_client())
