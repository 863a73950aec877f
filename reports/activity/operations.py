"""Checking the log, and doing failed work again. Each flushes; none commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from core import jobs
from core.errors import StepRefused
from core.events import record
from core.jobs import Job, JobState
from core.permissions import Actor
from core.words import T_
from reports.activity import queries

RUNNING = {JobState.QUEUED, JobState.RUNNING}


def check(session: Session, actor: Actor, *, now: datetime) -> Job:
    """Queue a check of the whole chain; one that is under way is enough."""
    before = queries.check(session, actor)
    if before is not None and before.state in RUNNING:
        return before
    job = jobs.enqueue(session, "events:verify", {}, now=now, owner_id=actor.organisation_id)
    session.flush()
    record(
        session, actor, "job:asked", job, now=now, owner_id=actor.organisation_id, label=job.kind
    )
    return job


def retry(session: Session, actor: Actor, job: Job, *, now: datetime) -> None:
    """Queue a failed job again; ``StepRefused`` for any other."""
    if job.state is not JobState.FAILED:
        raise StepRefused(T_("Only work that failed is done again."))
    error = job.error
    jobs.retry(session, job, now=now)
    record(
        session, actor, "job:retried", job,
        now=now, owner_id=actor.organisation_id, label=job.kind, before={"error": error},
    )  # fmt: skip
