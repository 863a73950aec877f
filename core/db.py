"""The base of every table, the engine and the session."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
    sessionmaker,
)

from core.errors import Stale
from core.words import N_

WAL_IS_SAFE_FROM = (3, 51, 3)
LOCK_WAIT_SECONDS = 10


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        if value is not None and value.tzinfo is None:
            msg = "naive datetime"
            raise ValueError(msg)
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back aware; SQLite keeps no zone, PostgreSQL answers in the server's."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")

short = Annotated[str, mapped_column(String(80))]
line = Annotated[str, mapped_column(String(240))]
prose = Annotated[str, mapped_column(Text)]
digest = Annotated[str, mapped_column(String(64))]
document = Annotated[dict[str, Any], mapped_column(Json)]
listing = Annotated[list[Any], mapped_column(Json)]


class Model(DeclarativeBase):
    """Integer key, named constraints, enums stored by value."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            length=40,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }
    id: Mapped[int] = mapped_column(primary_key=True)


class Counter(Model):
    """The last number given out in a series, such as ``audit:2026``."""

    __tablename__ = "counters"

    name: Mapped[short] = mapped_column(unique=True)
    value: Mapped[int]


def key_of(table: str, *, index: bool = True, **options: Any) -> Mapped[int]:
    """Declare a foreign key column onto ``table.id``; indexed unless a composite index leads with it."""
    return mapped_column(ForeignKey(f"{table}.id"), index=index, **options)


def next_number(session: Session, series: str) -> int:
    """Give the next number of a series: unique, and without gaps because a rollback gives it back."""
    return next_numbers(session, series, 1)[0]


def next_numbers(session: Session, series: str, count: int) -> range:
    """Give the next ``count`` numbers of a series in one statement."""
    statement = text(
        "INSERT INTO counters (name, value) VALUES (:name, :count) "
        "ON CONFLICT (name) DO UPDATE SET value = counters.value + :count RETURNING value"
    )
    last = int(session.execute(statement, {"name": series, "count": count}).scalar_one())
    return range(last - count + 1, last + 1)


def make_engine(url: str) -> Engine:
    """Open the database; SQLite gets the journal its version is safe with (docs/adr/0003)."""
    if not url.startswith("sqlite"):
        return create_engine(
            url, pool_pre_ping=True, pool_size=5, max_overflow=5, pool_timeout=LOCK_WAIT_SECONDS
        )
    engine = create_engine(
        url, connect_args={"timeout": LOCK_WAIT_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Give the maker of sessions; objects stay readable after a commit."""
    return sessionmaker(engine, expire_on_commit=False, autoflush=False)


def writing(session: Session) -> Session:
    """Say that this transaction will write, before its first statement.

    On SQLite the write lock is then taken at once: a transaction that reads first and writes later could not wait
    for another writer and would fail instead.
    """
    session.info["writing"] = True
    if session.get_bind().dialect.name == "sqlite" and not session.in_transaction():
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    return session


_KEPT = "kept_anyway"


def keep_anyway(session: Session, row: Any) -> None:
    """Ask for a row to be kept even if this transaction is rolled back: a failed try must count."""
    session.info.setdefault(_KEPT, []).append(row)


def write_kept(session: Session) -> int:
    """Write the rows of ``keep_anyway`` in a short transaction of their own; give their number.

    Called by whoever ended the transaction they were noted in.
    """
    rows: list[Any] = session.info.pop(_KEPT, [])
    if rows:
        writing(session).add_all(rows)
        session.commit()
    return len(rows)


class Versioned:
    """A row that several people may edit: ``revision`` grows with every change, and a late change is refused.

    A form carries the revision it was read with; ``expect`` compares it. SQLAlchemy checks once more at the flush.
    """

    revision: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 -- SQLAlchemy's way
        """Let the mapper keep the revision."""
        return {"version_id_col": cls.__table__.c.revision}  # type: ignore[attr-defined]


def expect(row: Versioned, revision: int | None) -> None:
    """Refuse when the row changed since it was read with ``revision`` (``None``: the caller did not read before)."""
    if revision is not None and row.revision != revision:
        raise Stale(N_("Somebody else changed this while you were working on it."))


def violated(error: IntegrityError) -> str:
    """Name the constraint an integrity error broke, as far as the database tells; else its own words."""
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or str(error.orig)


@contextmanager
def claiming(session: Session, constraint: str, refusal: Exception) -> Iterator[None]:
    """Write something that must be the only one of its kind; raise ``refusal`` where another came first.

    What the block adds is flushed inside a savepoint, so that the transaction lives on. ``constraint`` is the name
    of the unique constraint or index.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        if _breaks(error, constraint):
            raise refusal from error
        raise


def _breaks(error: IntegrityError, constraint: str) -> bool:
    told = violated(error)
    if constraint in told:
        return True
    for table in Model.metadata.tables.values():
        rules: list[Index | UniqueConstraint] = [
            *table.indexes,
            *(rule for rule in table.constraints if isinstance(rule, UniqueConstraint)),
        ]
        for rule in rules:
            if rule.name == constraint:  # SQLite names the columns instead
                columns = ", ".join(f"{table.name}.{column.name}" for column in rule.columns)
                return told.endswith(f"failed: {columns}")
    return False


def like(words: str) -> str:
    """Make a LIKE pattern (escape character ``\\``) that finds the words anywhere, taken literally."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def one_of(values: Iterable[StrEnum]) -> str:
    """Give the inside of an SQL ``IN (...)`` for a CHECK over enum values."""
    return ", ".join(f"'{value.value}'" for value in values)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins; the driver must not
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    if sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
    else:
        cursor.execute("PRAGMA synchronous = EXTRA")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
