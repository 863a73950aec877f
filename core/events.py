"""The append-only event log: who, what, on what, when, why, before and after.

Events are collected while an operation works and written once, just before the commit, each carrying the SHA-256 of
its predecessor and of its own canonical JSON; so a rollback leaves none, and the chain can be checked years later.
The database refuses UPDATE and DELETE on them (``APPEND_ONLY``).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Protocol

from sqlalchemy import CheckConstraint, Connection, Index, and_, event, insert, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Model, digest, document, line, prose, short
from core.permissions import Actor

GENESIS = "0" * 64
_CHAIN_LOCK = 7_302_551  # any constant; PostgreSQL writers of the chain queue on it
_PENDING = "pending_events"
_FIELDS = (
    "at",
    "name",
    "actor_id",
    "actor_name",
    "actor_organisation_id",
    "subject_kind",
    "subject_id",
    "subject_label",
    "within_kind",
    "within_id",
    "owner_id",
    "before",
    "after",
    "reason",
)


class Event(Model):
    """One past-tense fact, such as ``finding:closed``."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint(
            "length(sha256) = 64 AND length(previous_sha256) = 64", name="digests_are_whole"
        ),
        Index(None, "subject_kind", "subject_id"),
        Index(None, "within_kind", "within_id"),
        Index(None, "owner_id"),
    )

    at: Mapped[datetime]
    name: Mapped[short]
    actor_id: Mapped[int | None]
    actor_name: Mapped[line]
    actor_organisation_id: Mapped[int | None]
    subject_kind: Mapped[short]
    subject_id: Mapped[int]
    subject_label: Mapped[line]
    within_kind: Mapped[short | None]
    within_id: Mapped[int | None]
    owner_id: Mapped[int | None]
    before: Mapped[document]
    after: Mapped[document]
    reason: Mapped[prose | None]
    previous_sha256: Mapped[digest] = mapped_column(unique=True)
    sha256: Mapped[digest] = mapped_column(unique=True)


class Recorded(Protocol):
    """Anything an event can be about: a row with a table name and a key."""

    __tablename__: str
    id: Any


@dataclass(frozen=True, slots=True)
class _Pending:
    subject: Recorded
    within: Recorded | None
    values: dict[str, Any]
    savepoint: object | None


def kind_of(subject: Recorded) -> str:
    """Give the kind an event names: the table's name without its plural."""
    name = subject.__tablename__
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


def record(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor | None,
    name: str,
    subject: Recorded,
    *,
    now: datetime,
    within: Recorded | None = None,
    owner_id: int | None = None,
    label: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Note one event; it is written with the commit of this session's transaction.

    ``actor`` ``None`` is the clock. ``within`` is the larger thing whose timeline also shows it (an audit for a
    finding). ``owner_id`` is the certification body concerned. ``label`` is what people call the subject (its number).
    """
    values = {
        "at": now.astimezone(UTC),
        "name": name,
        "actor_id": (actor.person_id or None) if actor else None,
        "actor_name": actor.name if actor else "",
        "actor_organisation_id": (actor.organisation_id or None) if actor else None,
        "subject_label": label or str(getattr(subject, "number", "") or ""),
        "owner_id": owner_id,
        "before": plain(before or {}),
        "after": plain(after or {}),
        "reason": reason,
    }
    if not session.in_transaction():
        session.begin()  # so that a rollback is one, and forgets the event
    savepoint = session.get_nested_transaction()
    pending = session.info.setdefault(_PENDING, [])
    pending.append(_Pending(subject, within, values, savepoint))


def changes(
    subject: object, new: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Set the new values on a row; give those that differ, before and after."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for name, value in new.items():
        old = getattr(subject, name)
        if old != value:
            before[name], after[name] = old, value
            setattr(subject, name, value)
    return before, after


def write(session: Session) -> int:
    """Append the pending events to the chain; called by the commit. Gives their number."""
    pending: list[_Pending] = session.info.get(_PENDING, [])
    if not pending:
        return 0
    session.flush()
    session.info[_PENDING] = []
    previous = _last_digest(session)
    rows = []
    for item in pending:
        values = item.values | {
            "subject_kind": kind_of(item.subject),
            "subject_id": item.subject.id,
        }
        values["within_kind"] = kind_of(item.within) if item.within is not None else None
        values["within_id"] = item.within.id if item.within is not None else None
        sha256 = digest_of(previous, values)
        rows.append(values | {"previous_sha256": previous, "sha256": sha256})
        previous = sha256
    session.execute(insert(Event), rows)
    return len(rows)


def digest_of(previous: str, values: Mapping[str, object]) -> str:
    """Compute an event's SHA-256 from its predecessor's and its canonical JSON."""
    body = {name: plain(values[name]) for name in _FIELDS}
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def verify(session: Session) -> tuple[int, int | None]:
    """Walk the whole chain: how many events, and the key of the first broken one (``None``: sound)."""
    previous, count = GENESIS, 0
    for row in _walk(session):
        if not sound(row, previous):
            return count, row.id
        previous, count = row.sha256, count + 1
    return count, None


def sound(row: Event, previous: str) -> bool:
    """Say whether an event follows the digest before it and still says what was written."""
    values = {name: getattr(row, name) for name in _FIELDS}
    return row.previous_sha256 == previous and row.sha256 == digest_of(previous, values)


def history(session: Session, *subjects: Recorded, limit: int = 20, offset: int = 0) -> list[Event]:
    """Give the events about a thing (or several) and everything within it, newest first."""
    tests = []
    for item in subjects:
        kind = kind_of(item)
        tests.append(and_(Event.subject_kind == kind, Event.subject_id == item.id))
        tests.append(and_(Event.within_kind == kind, Event.within_id == item.id))
    query = select(Event).where(or_(*tests)).order_by(Event.id.desc()).limit(limit).offset(offset)
    return list(session.scalars(query))


def plain(value: Any) -> Any:
    """Turn a value into what JSON keeps the same everywhere."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str | int | float) or value is None:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else str(value)


# -- append-only tables ------------------------------------------------------------------------------------------------

APPEND_ONLY: set[str] = {"events"}


def append_only(table: str) -> None:
    """Declare that rows of a table are never changed or removed; models call it beside their class."""
    APPEND_ONLY.add(table)


def protection(dialect: str, table: str) -> list[str]:
    """Give the statements that make the database refuse UPDATE and DELETE on a table."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]


GUARDS: dict[str, dict[str, list[str]]] = {}


def guard_trigger(name: str, *, sqlite: list[str], postgresql: list[str]) -> None:
    """Declare statements by which the database itself refuses a row; models call it beside their class."""
    GUARDS[name] = {"sqlite": sqlite, "postgresql": postgresql}


def protect(connection: Connection) -> None:
    """Install the protection of every append-only table, and every guard (tests; migrations name theirs)."""
    for table in sorted(APPEND_ONLY):
        for statement in protection(connection.dialect.name, table):
            connection.execute(text(statement))
    for name in sorted(GUARDS):
        for statement in GUARDS[name][connection.dialect.name]:
            connection.execute(text(statement))


def _last_digest(session: Session) -> str:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = session.scalar(select(Event.sha256).order_by(Event.id.desc()).limit(1))
    return last or GENESIS


def _walk(session: Session, batch: int = 2000) -> Iterator[Event]:
    after = 0
    while True:
        rows = list(
            session.scalars(select(Event).where(Event.id > after).order_by(Event.id).limit(batch))
        )
        yield from rows
        if len(rows) < batch:
            return
        after = rows[-1].id
        session.expunge_all()


def _write_at_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        write(session)


def _forget_at_rollback(session: Session, undone: object) -> None:
    if not session.in_nested_transaction() and not getattr(undone, "nested", False):
        session.info.pop(_PENDING, None)
        return
    pending: list[_Pending] = session.info.get(_PENDING, [])
    session.info[_PENDING] = [item for item in pending if item.savepoint is not undone]


event.listen(Session, "before_commit", _write_at_commit)
event.listen(Session, "after_soft_rollback", _forget_at_rollback)
