"""Long work, done outside the web: a row in the business transaction, a worker that takes it up.

A job is written with the change that needs it, so neither exists without the other. Handlers may run twice (a worker
can die after the work and before the mark) and must not mind. Handlers open their own short transactions: read, let
go, work, write; on SQLite a reader that lingers keeps every writer waiting.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from core.clock import utc_now
from core.db import Model, document, prose, short, writing
from core.errors import DomainError
from core.settings import Settings

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
SILENT_AFTER = timedelta(minutes=10)


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Model):
    """One piece of work; ``done`` of ``total`` units, or unknown where total is 0."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="failure_is_explained"),
        Index(None, "state", "run_after"),
        Index(None, "subject_kind", "subject_id"),
    )

    kind: Mapped[short]
    payload: Mapped[document]
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    subject_kind: Mapped[short | None]
    subject_id: Mapped[int | None]
    owner_id: Mapped[int | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    run_after: Mapped[datetime]
    beat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[prose | None]


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler gets."""

    sessions: sessionmaker[Session]
    settings: Settings
    payload: Mapping[str, Any]
    job_id: int

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that only reads; the rows stay readable after it."""
        with self.sessions() as session:
            yield session  # closing ends the transaction; a rollback would empty the rows

    @contextlib.contextmanager
    def changing(self) -> Iterator[Session]:
        """Open a transaction that commits at the end."""
        with self.sessions() as session:
            writing(session)
            yield session
            session.commit()

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is; call it outside ``changing``."""
        with self.changing() as session:
            session.execute(
                update(Job)
                .where(Job.id == self.job_id)
                .values(done=done, total=total, beat_at=utc_now())
            )


Handler = Callable[[Work], None]


def enqueue(  # noqa: PLR0913 -- a row has this many parts
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    subject: Any = None,
    owner_id: int | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Add a job to this transaction. ``subject`` is the row whose page shows the progress."""
    job = Job(
        kind=kind,
        payload=dict(payload),
        created_at=now,
        run_after=run_after or now,
        subject_kind=subject.__tablename__ if subject is not None else None,
        subject_id=subject.id if subject is not None else None,
        owner_id=owner_id,
    )
    session.add(job)
    return job


def latest(session: Session, subject: Any, kind: str) -> Job | None:
    """Give the newest job of a kind about a thing, for its page."""
    query = select(Job).where(
        Job.subject_kind == subject.__tablename__, Job.subject_id == subject.id, Job.kind == kind
    )
    return session.scalar(query.order_by(Job.id.desc()).limit(1))


def retry(session: Session, job: Job, *, now: datetime) -> None:
    """Put a failed job back into the queue."""
    job.state, job.attempts, job.run_after, job.error = JobState.QUEUED, 0, now, None
    session.flush()


def run_due(
    sessions: sessionmaker[Session],
    settings: Settings,
    handlers: Mapping[str, Handler],
    *,
    most: int = 100,
    kind: str = "",
) -> int:
    """Run what is due now (of one kind, where named), oldest first; give the number of jobs taken up."""
    for taken in range(most):
        job_id = _claim(sessions, kind)
        if job_id is None:
            return taken
        _run(sessions, settings, handlers, job_id)
    return most


def work(
    sessions: sessionmaker[Session],
    settings: Settings,
    handlers: Mapping[str, Handler],
    *,
    stop: threading.Event,
    also: Callable[[], object] = lambda: None,
    pause: float = 1.0,
) -> None:
    """Work until told to stop; ``also`` runs once a round (the fan-out of messages, the daily clock)."""
    while not stop.is_set():
        try:
            sweep(sessions)
            also()
            run_due(sessions, settings, handlers)
        except Exception:  # the worker must outlive a database that is locked or away
            log.exception("the worker's round failed; it tries again")
        stop.wait(pause)


def sweep(sessions: sessionmaker[Session]) -> int:
    """Queue again what a dead worker left running; give how many."""
    with sessions() as session:
        lost = list(
            session.scalars(
                select(Job).where(
                    Job.state == JobState.RUNNING, Job.beat_at < utc_now() - SILENT_AFTER
                )
            )
        )
        if not lost:
            return 0
        for job in lost:
            job.state = JobState.QUEUED
        session.commit()
        return len(lost)


def _claim(sessions: sessionmaker[Session], kind: str) -> int | None:
    now = utc_now()
    due = (
        select(Job)
        .where(Job.state == JobState.QUEUED, Job.run_after <= now)
        .order_by(Job.run_after, Job.id)
        .limit(1)
    )
    if kind:
        due = due.where(Job.kind == kind)
    with sessions() as session:
        if session.scalar(due.with_only_columns(Job.id)) is None:
            return None
        session.rollback()
        writing(session)
        job = session.scalar(due.with_for_update(skip_locked=True))
        if job is None:
            return None
        job.state, job.beat_at, job.attempts = JobState.RUNNING, now, job.attempts + 1
        session.commit()
        return job.id


def _run(
    sessions: sessionmaker[Session],
    settings: Settings,
    handlers: Mapping[str, Handler],
    job_id: int,
) -> None:
    with sessions() as session:
        job = session.get_one(Job, job_id)
        kind, payload, attempts = job.kind, job.payload, job.attempts
    try:
        handlers[kind](Work(sessions, settings, payload, job_id))
    except DomainError as error:
        _settle(sessions, job_id, JobState.FAILED, str(error))
    except Exception as error:
        log.exception("job %s (%s) failed", job_id, kind)
        if attempts >= MOST_ATTEMPTS:
            _settle(sessions, job_id, JobState.FAILED, repr(error))
        else:
            _settle(
                sessions,
                job_id,
                JobState.QUEUED,
                repr(error),
                wait=timedelta(seconds=10 * 3**attempts),
            )
    else:
        _settle(sessions, job_id, JobState.DONE, None)


def _settle(
    sessions: sessionmaker[Session],
    job_id: int,
    state: JobState,
    error: str | None,
    *,
    wait: timedelta = timedelta(),
) -> None:
    now = utc_now()
    with sessions() as session:
        writing(session)
        job = session.get_one(Job, job_id)
        job.state, job.error, job.run_after = state, error, now + wait
        job.finished_at = now if state in {JobState.DONE, JobState.FAILED} else None
        session.commit()
