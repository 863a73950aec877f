"""Reads of presence. The caller found the audit for its actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from accounts.people.models import Person
from audit.presence.models import Presence
from audit.presence.rules import PAUSE, PRESENT
from core.permissions import Actor


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody else who is in the fieldwork, and the answer they look at."""

    name: str
    answer_id: int | None


@dataclass(frozen=True, slots=True)
class Around:
    """Who else is here, and until when the actor's visit before this one lasted."""

    others: Sequence[Here]
    since: datetime | None


def around(session: Session, actor: Actor, audit_id: int, now: datetime) -> Around:
    """Give who else is here and the end of the actor's visit before, in one statement."""
    query = (
        select(
            Presence.person_id,
            Person.name,
            Presence.answer_id,
            Presence.seen_at,
            Presence.before_at,
        )
        .join(Person, Person.id == Presence.person_id)
        .where(
            Presence.audit_id == audit_id,
            or_(Presence.seen_at > now - PRESENT, Presence.person_id == actor.person_id),
        )
        .order_by(Person.name)
    )
    others, since = [], None
    for person_id, name, answer_id, seen_at, before_at in session.execute(query):
        if person_id != actor.person_id:
            others.append(Here(name, answer_id))
        else:
            since = seen_at if seen_at < now - PAUSE else before_at
    return Around(others, since)
