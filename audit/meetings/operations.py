"""Recording a meeting. It flushes; it does not commit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit.assessment.queries import Place
from audit.meetings.models import Attendance, Meeting
from audit.meetings.rules import MeetingKind, Party, check_meeting
from audit.planning.rules import AuditState
from core.clock import local_date
from core.db import expect
from core.errors import StepRefused
from core.events import record
from core.permissions import Actor
from core.words import T_


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who attended a meeting, as recorded."""

    name: str
    position: str
    party: Party


def record_meeting(  # noqa: PLR0913 -- a meeting has this many parts
    session: Session,
    actor: Actor,
    place: Place,
    kind: MeetingKind,
    *,
    held_at: datetime,
    where: str,
    deviation: str,
    notes: str,
    people: Sequence[Attendee],
    zone: str,
    revision: int | None,
    now: datetime,
) -> Meeting:
    """Record the opening or closing meeting with its attendance (I-07); recording it again corrects it.

    Opening: once the plan is accepted. Closing: while the fieldwork runs. ``zone`` tells the day of ``held_at``.
    """
    audit = place.audit
    _refuse_meeting(place, kind)
    parties = {person.party for person in people}
    held_on = local_date(held_at, zone)
    check_meeting(held_on, audit.starts_on, audit.ends_on, deviation, parties)
    values = {"held_at": held_at, "place": where, "deviation": deviation, "notes": notes}
    meeting = session.scalar(
        select(Meeting).where(Meeting.audit_id == audit.id, Meeting.kind == kind)
    )
    past = "meeting:changed" if meeting else "meeting:recorded"
    if meeting is None:
        meeting = Meeting(
            audit_id=audit.id, kind=kind, recorded_by_id=actor.person_id, recorded_at=now, **values
        )
        session.add(meeting)
    else:
        expect(meeting, revision)
        for name, value in values.items():
            setattr(meeting, name, value)
    session.flush()
    session.execute(delete(Attendance).where(Attendance.meeting_id == meeting.id))
    session.add_all(Attendance(meeting_id=meeting.id, **asdict(person)) for person in people)
    session.flush()
    after = values | {"kind": kind, "people": [person.name for person in people]}
    record(
        session, actor, past, meeting, within=audit, owner_id=audit.body_id,
        label=audit.number, now=now, after=after,
    )  # fmt: skip
    return meeting


def _refuse_meeting(place: Place, kind: MeetingKind) -> None:
    if not place.on_team:
        raise StepRefused(T_("Only members of the team record the meetings."))
    if kind is MeetingKind.OPENING and place.audit.state is not AuditState.PLAN_ACCEPTED:
        raise StepRefused(
            T_("The opening meeting is recorded once the plan is accepted, before the fieldwork.")
        )
    if kind is MeetingKind.CLOSING and place.audit.state is not AuditState.IN_PROGRESS:
        raise StepRefused(T_("The closing meeting is recorded while the fieldwork is running."))
