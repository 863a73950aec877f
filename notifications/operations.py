"""Deliveries made from events, and sent."""

import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, sessionmaker

from accounts.people.models import Person
from core.db import writing
from core.errors import NotFound
from core.events import Event
from core.mail import Mail, Mailer
from core.permissions import Actor
from notifications import queries
from notifications.models import Delivery
from notifications.rules import AUDIENCES, MOST_ATTEMPTS, TOLD_WITHIN, DeliveryState, pause

log = logging.getLogger(__name__)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Message:
    """What the words of one message are made from; ``person_id`` ``None`` is somebody without an account."""

    event: Event
    email: str
    language: str
    name: str
    person_id: int | None


def fan_out(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Make a delivery for each event after the cursor and each address it is told to; give how many.

    Looks without a lock first; events and cursor move in one transaction, so nothing is told twice.
    """
    made = 0
    while True:
        with sessions() as session:
            if not queries.untold(session, queries.cursor(session), 1):
                return made
            session.rollback()
            writing(session)
            done, more = _fan_out(session, now)
            session.commit()
        made += done
        if not more:
            return made


def _fan_out(session: Session, now: datetime) -> tuple[int, bool]:
    session.execute(
        _KEEP, {"name": queries.CURSOR, "value": 0}
    )  # takes the row: one teller at a time
    events = queries.untold(session, queries.cursor(session), BATCH)
    made = 0
    for event in events:
        if event.name not in AUDIENCES or event.at < now - TOLD_WITHIN:
            continue
        for one in queries.recipients(session, event):
            session.add(
                Delivery(
                    event_id=event.id,
                    person_id=one.person_id,
                    organisation_id=one.organisation_id,
                    email=one.email,
                    language=one.language,
                    next_at=now,
                    created_at=now,
                )
            )
            made += 1
    if events:
        session.flush()
        session.execute(_KEEP, {"name": queries.CURSOR, "value": events[-1].id})
    return made, len(events) == BATCH


_KEEP = text(
    "INSERT INTO counters (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE "
    "SET value = CASE WHEN counters.value > :value THEN counters.value ELSE :value END"
)


def send_due(
    sessions: sessionmaker[Session],
    mailer: Mailer,
    compose: Callable[[Message], Mail],
    *,
    now: datetime,
    limit: int = 50,
) -> int:
    """Send what is due; give how many went out. No transaction is held while the server is spoken to."""
    with sessions() as session:
        keys = list(queries.due(session, now, limit))
    return sum(_send(sessions, mailer, compose, key, now) for key in keys)


def _send(
    sessions: sessionmaker[Session],
    mailer: Mailer,
    compose: Callable[[Message], Mail],
    key: int,
    now: datetime,
) -> bool:
    with sessions() as session:
        writing(session)
        claimed = _claim(session, key, now)
        session.commit()
    if claimed is None:
        return False
    message, attempts = claimed
    try:
        mailer.send(compose(message))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        log.warning("message %s was not sent: %r", key, error)
        _settle(sessions, key, {"error": repr(error)[:1000], "state": _after(attempts)})
        return False
    _settle(sessions, key, {"state": DeliveryState.SENT, "sent_at": now, "error": ""})
    return True


def _after(attempts: int) -> DeliveryState:
    return DeliveryState.FAILED if attempts >= MOST_ATTEMPTS else DeliveryState.WAITING


def _claim(session: Session, key: int, now: datetime) -> tuple[Message, int] | None:
    """Count the attempt and move the next one away before sending: another worker then leaves it alone."""
    row = session.execute(
        select(Delivery, Event, Person.name)
        .join(Event, Event.id == Delivery.event_id)
        .outerjoin(Person, Person.id == Delivery.person_id)
        .where(Delivery.id == key, Delivery.state == DeliveryState.WAITING, Delivery.next_at <= now)
        .with_for_update(of=Delivery, skip_locked=True)
    ).first()
    if row is None:
        return None
    one, event, name = row
    one.attempts += 1
    one.next_at = now + pause(one.attempts)
    session.flush()
    return Message(event, one.email, one.language, name or "", one.person_id), one.attempts


def _settle(sessions: sessionmaker[Session], key: int, values: dict[str, object]) -> None:
    with sessions() as session:
        writing(session)
        session.execute(update(Delivery).where(Delivery.id == key).values(**values))
        session.commit()


def opened(session: Session, actor: Actor, delivery_id: int, *, now: datetime) -> Event:
    """Mark one of one's own messages as read and give its event; ``NotFound`` for any other."""
    row = session.execute(queries.mine(actor).where(Delivery.id == delivery_id)).one_or_none()
    if row is None:
        raise NotFound
    one, event = row
    if one.read_at is None:
        one.read_at = now
        session.flush()
    found: Event = event
    return found
