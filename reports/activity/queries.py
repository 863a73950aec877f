"""The log and the jobs, scoped to the organisation acted for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from accounts.people.models import Letter, Membership, Person
from core.db import like
from core.errors import NotFound
from core.events import Event
from core.jobs import Job, JobState
from core.permissions import Actor, OrganisationKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the log is asked for."""

    words: str = ""
    kind: str = ""
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Event``: a body's own and what its people did; the regulator all."""
    if actor.organisation_kind is OrganisationKind.REGULATOR:
        return true()
    if actor.organisation_kind is OrganisationKind.BODY:
        own = actor.organisation_id
        return or_(Event.owner_id == own, Event.actor_organisation_id == own)
    return false()


def listing(actor: Actor, wanted: Wanted) -> Select[Any]:
    """Build the list of events, newest first."""
    query: Any = select(Event).where(visible(actor)).order_by(Event.id.desc())
    if wanted.kind:
        query = query.where(Event.subject_kind == wanted.kind)
    if wanted.who:
        query = query.where(
            func.lower(Event.actor_name).like(like(wanted.who.lower()), escape="\\")
        )
    if wanted.since:
        query = query.where(Event.at >= wanted.since)
    if wanted.until:
        query = query.where(Event.at < wanted.until)
    if wanted.words:
        pattern = like(wanted.words.lower())
        columns = (Event.subject_label, Event.name, Event.reason)
        query = query.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    found: Select[Any] = query
    return found


def event(session: Session, actor: Actor, event_id: int) -> Event:
    """Give one event; raises ``NotFound``."""
    found = session.scalar(select(Event).where(Event.id == event_id, visible(actor)))
    if found is None:
        raise NotFound
    return found


def jobs(actor: Actor, state: str = "") -> Select[Any]:
    """Build the list of the organisation's jobs, newest first."""
    query: Any = select(Job).where(Job.owner_id == actor.organisation_id).order_by(Job.id.desc())
    if state in set(JobState):
        query = query.where(Job.state == state)
    found: Select[Any] = query
    return found


def job(session: Session, actor: Actor, job_id: int) -> Job:
    """Give one of the organisation's jobs; raises ``NotFound``."""
    found = session.scalar(jobs(actor).where(Job.id == job_id))
    if found is None:
        raise NotFound
    one: Job = found
    return one


def check(session: Session, actor: Actor) -> Job | None:
    """Give the organisation's newest check of the log."""
    query = jobs(actor).where(Job.kind == "events:verify").limit(1)
    found: Job | None = session.scalar(query)
    return found


def addresses(session: Session, actor: Actor) -> set[str]:
    """List the addresses whose mail an administrator may read: members and invitees of this organisation alone.

    Who belongs to another organisation too is left out: a reset link would open that one as well.
    """
    other = aliased(Membership)
    elsewhere = exists().where(
        other.person_id == Person.id,
        other.organisation_id != actor.organisation_id,
        other.ended_at.is_(None),
    )
    members = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
            ~elsewhere,
        )
    )
    foreign = exists().where(Person.email == Letter.email, elsewhere)
    invited = select(Letter.email).where(
        and_(Letter.organisation_id == actor.organisation_id, ~foreign)
    )
    return set(session.scalars(members.union(invited)))
