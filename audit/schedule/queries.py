"""Reads about the agenda beyond the planning's own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.planning.models import AgendaItem, Audit
from core.errors import NotFound
from core.events import Event, kind_of


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed something last, and when."""

    who: str
    at: datetime | None


def item(session: Session, audit: Audit, item_id: int) -> AgendaItem:
    """Give an entry of an audit's agenda; raises ``NotFound``."""
    found = session.scalar(
        select(AgendaItem).where(AgendaItem.id == item_id, AgendaItem.audit_id == audit.id)
    )
    if found is None:
        raise NotFound
    return found


def last_change(session: Session, audit: Audit) -> Change:
    """Say who changed the audit last: the other side of a conflict."""
    event = session.scalar(
        select(Event)
        .where(Event.subject_kind == kind_of(audit), Event.subject_id == audit.id)
        .order_by(Event.id.desc())
        .limit(1)
    )
    return Change(event.actor_name, event.at) if event else Change("", None)
