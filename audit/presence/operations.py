"""Saying that somebody is here. It leaves no event: presence is no record of work."""

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from audit.presence.rules import PAUSE
from core.db import UTCDateTime
from core.permissions import Actor

_UPSERT = text(
    "INSERT INTO presences (audit_id, person_id, answer_id, seen_at) "
    "VALUES (:audit, :person, (SELECT id FROM answers WHERE id = :answer AND audit_id = :audit), :now) "
    "ON CONFLICT (audit_id, person_id) DO UPDATE SET "
    "before_at = CASE WHEN presences.seen_at < :pause THEN presences.seen_at ELSE presences.before_at END, "
    "answer_id = excluded.answer_id, seen_at = excluded.seen_at"
).bindparams(bindparam("now", type_=UTCDateTime), bindparam("pause", type_=UTCDateTime))


def look(
    session: Session, actor: Actor, audit_id: int, answer_id: int | None, *, now: datetime
) -> None:
    """Note that the actor looks at an answer of an audit now, in one statement."""
    values = {
        "audit": audit_id,
        "person": actor.person_id,
        "answer": answer_id,
        "now": now,
        "pause": now - PAUSE,
    }
    session.execute(_UPSERT, values)
