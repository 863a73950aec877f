"""Who is meant by an audience, and a person's own messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from accounts.people.models import Membership, MembershipRole, Person
from audit.planning.models import Audit, Engagement, TeamMember
from audit.planning.rules import TeamRole
from certification.appeals.models import Case
from certification.applications.models import Application
from certification.certificates.models import Certificate
from certification.decisions.models import Decision
from core.db import Counter
from core.events import Event
from core.permissions import Actor, Role
from notifications.models import Delivery
from notifications.rules import AUDIENCES, DeliveryState, To

CURSOR = "notifications"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom one message goes to; a complainant without account is no person here."""

    email: str
    language: str
    person_id: int | None
    organisation_id: int | None


@dataclass(frozen=True, slots=True)
class Context:
    """Whose thing an event is about."""

    body_id: int | None = None
    client_id: int | None = None
    audit_id: int | None = None
    person_id: int | None = None  # reviewer or handler
    sender_id: int | None = None
    sender_email: str = ""
    sender_language: str = "zh_CN"


ROLES = {
    To.PLANNERS: (Role.PLANNER, "body_id"),
    To.DECIDERS: (Role.DECIDER, "body_id"),
    To.OFFICERS: (Role.OFFICER, "body_id"),
    To.ADMINISTRATORS: (Role.ADMINISTRATOR, "body_id"),
    To.MANAGERS: (Role.MANAGER, "client_id"),
}


def cursor(session: Session) -> int:
    """Give the key of the last event that was looked at."""
    return session.scalar(select(Counter.value).where(Counter.name == CURSOR)) or 0


def untold(session: Session, after: int, limit: int) -> Sequence[Event]:
    """List the events after a key, oldest first."""
    query = select(Event).where(Event.id > after).order_by(Event.id).limit(limit)
    return session.scalars(query).all()


def recipients(session: Session, event: Event) -> list[Recipient]:
    """List everybody an event is told to, each address once; never who did it."""
    audience = AUDIENCES[event.name]
    context = _context(session, event)
    found: dict[str, Recipient] = {}
    for to in audience.to:
        for one in _people(session, to, context):
            if one.person_id is None or one.person_id != event.actor_id:
                found.setdefault(one.email, one)
    return list(found.values())


def due(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """List the keys of the messages to send now, oldest first."""
    query = select(Delivery.id).where(
        Delivery.state == DeliveryState.WAITING, Delivery.next_at <= now
    )
    return session.scalars(query.order_by(Delivery.next_at, Delivery.id).limit(limit)).all()


def mine(actor: Actor, *, unread: bool = False) -> Select[Any]:
    """Build the list of one's own messages for the organisation one acts for, newest first."""
    query: Any = (
        select(Delivery, Event)
        .join(Event, Event.id == Delivery.event_id)
        .where(
            Delivery.person_id == actor.person_id,
            Delivery.organisation_id == actor.organisation_id,
        )
        .order_by(Delivery.id.desc())
    )
    if unread:
        query = query.where(Delivery.read_at.is_(None))
    found: Select[Any] = query
    return found


def unread(session: Session, actor: Actor) -> int:
    """Count one's messages that were not opened yet."""
    query = mine(actor, unread=True).order_by(None)
    return session.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0


def _context(session: Session, event: Event) -> Context:
    kind, key = event.subject_kind, event.subject_id
    if kind == "audit" or event.within_kind == "audit":
        audit_id = key if kind == "audit" else event.within_id
        row = session.execute(
            select(Audit.body_id, Audit.client_id).where(Audit.id == audit_id)
        ).first()
        return Context(*row, audit_id=audit_id) if row else Context()
    query = _WHOSE.get(kind)
    row = session.execute(query(key)).first() if query else None
    return Context(**row._mapping) if row else Context(body_id=event.owner_id)  # noqa: SLF001


def _of_application(key: int) -> Any:
    return select(
        Application.body_id, Application.client_id, Application.reviewer_id.label("person_id")
    ).where(Application.id == key)


def _of_certificate(key: int) -> Any:
    return select(Certificate.body_id, Certificate.client_id).where(Certificate.id == key)


def _of_decision(key: int) -> Any:
    return (
        select(Engagement.body_id, Engagement.client_id)
        .join(Decision, Decision.engagement_id == Engagement.id)
        .where(Decision.id == key)
    )


def _of_case(key: int) -> Any:
    return select(
        Case.body_id,
        Case.client_id,
        Case.handler_id.label("person_id"),
        Case.lodged_by_id.label("sender_id"),
        Case.from_email.label("sender_email"),
        Case.language.label("sender_language"),
    ).where(Case.id == key)


_WHOSE = {
    "application": _of_application,
    "certificate": _of_certificate,
    "decision": _of_decision,
    "case": _of_case,
}


def _people(session: Session, to: To, context: Context) -> Iterable[Recipient]:
    if to in ROLES:
        role, side = ROLES[to]
        return _with_role(session, getattr(context, side), role)
    if to in {To.LEADER, To.TEAM}:
        return _team(session, context, leader=to is To.LEADER)
    if to is To.SENDER:
        return _sender(session, context)
    return _one(session, context.person_id, context.body_id)


def _members(organisation_id: int | None) -> Any:
    return (
        select(Person.email, Person.language, Person.id, Membership.organisation_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
    )


def _with_role(session: Session, organisation_id: int | None, role: Role) -> list[Recipient]:
    held = exists().where(
        MembershipRole.membership_id == Membership.id, MembershipRole.role == role
    )
    rows = session.execute(_members(organisation_id).where(held))
    return [Recipient(*row) for row in rows]


def _team(session: Session, context: Context, *, leader: bool) -> list[Recipient]:
    on_team = exists().where(
        TeamMember.audit_id == context.audit_id,
        TeamMember.person_id == Person.id,
        TeamMember.left_at.is_(None),
        *([TeamMember.role == TeamRole.LEADER] if leader else []),
    )
    rows = session.execute(_members(context.body_id).where(on_team))
    return [Recipient(*row) for row in rows]


def _sender(session: Session, context: Context) -> list[Recipient]:
    if context.sender_id is not None:
        return _one(session, context.sender_id, context.client_id)
    if not context.sender_email:
        return []
    return [Recipient(context.sender_email.lower(), context.sender_language, None, None)]


def _one(session: Session, person_id: int | None, organisation_id: int | None) -> list[Recipient]:
    rows = session.execute(_members(organisation_id).where(Person.id == person_id))
    return [Recipient(*row) for row in rows]
