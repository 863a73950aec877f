"""Recording a meeting. It flushes; it does not commit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit.assessment import operations as assessment
from audit.assessment.queries import Place
from audit.meetings import queries
from audit.meetings.models import Attendance, Meeting
from audit.meetings.rules import (
    MeetingKind,
    Party,
    Position,
    check_meeting,
    check_position,
    check_signature,
    deviations,
)
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from core.db import expect
from core.errors import Invalid, NotFound, StepRefused
from core.events import record
from core.permissions import Actor
from core.words import N_, T_, Text
from evidence.files import operations as files
from evidence.files.rules import EvidenceClass
from evidence.files.storage import FileStore, Incoming

PHOTO_TITLES = {
    MeetingKind.OPENING: N_("Photo of the opening meeting"),
    MeetingKind.CLOSING: N_("Photo of the closing meeting"),
}


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who attended a meeting, as recorded; ``signature`` is a drawn line or empty."""

    name: str
    position: str
    party: Party
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the meeting as it came in."""

    store: FileStore
    incoming: Incoming
    file_name: str
    title: str


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
    position: Position | None = None,
    photo: Photo | None = None,
) -> Meeting:
    """Record the opening or closing meeting with its attendance (I-07); recording it again corrects it.

    Opening: once the plan is accepted. Closing: while the fieldwork runs. ``zone`` tells the day of ``held_at``.
    Where day, hour or place differ from the plan, that is kept with the record and needs ``deviation`` (I-24).
    """
    audit = place.audit
    _refuse_meeting(place, kind)
    check_position(position)
    for person in people:
        check_signature(person.signature)
    planned = queries.planned(session, audit, kind)
    found = deviations(held_at, zone, position, planned)
    check_meeting(found, deviation, {person.party for person in people})
    values: dict[str, Any] = {
        "held_at": held_at,
        "place": where,
        "latitude": position.latitude if position else None,
        "longitude": position.longitude if position else None,
        "accuracy_m": position.accuracy_m if position else None,
        "flags": [one.kept() for one in found],
        "deviation": deviation,
        "notes": notes,
    }
    meeting, past = _kept(session, actor, audit, kind, values, revision, now)
    if photo is not None:
        meeting.photo_id = keep_photo(session, actor, audit, photo, now=now)
    session.add_all(Attendance(meeting_id=meeting.id, **asdict(person)) for person in people)
    session.flush()
    after = values | {
        "kind": kind,
        "people": [person.name for person in people],
        "signed": [person.name for person in people if person.signature],
        "photo_id": meeting.photo_id,
    }
    record(
        session, actor, past, meeting, within=audit, owner_id=audit.body_id,
        label=audit.number, now=now, after=after,
    )  # fmt: skip
    return meeting


def keep_photo(session: Session, actor: Actor, audit: Audit, photo: Photo, *, now: datetime) -> int:
    """Keep the picture of a meeting as evidence of the audit; raises ``Invalid`` for what is no picture."""
    try:
        verdict = files.inspect(photo.incoming, photo.file_name)
    except Invalid as error:
        raise Invalid(error.text, "photo") from error
    if not verdict.media_type.startswith("image/"):
        raise Invalid(T_("A photo is a picture, such as a JPEG or PNG file."), "photo")
    made = assessment.hand_over_evidence(
        session, actor, photo.store, audit, photo.incoming,
        file_name=photo.file_name, title=photo.title, shows=photo.title,
        confidentiality=EvidenceClass.PERSONAL, answer_id=None, now=now,
    )  # fmt: skip
    return made.id


def photo_title(kind: MeetingKind) -> str:
    """Give the message id of what a meeting's photo is called."""
    return PHOTO_TITLES[kind]


def _kept(  # noqa: PLR0913, PLR0917 -- the row, its values, and what it was read with
    session: Session,
    actor: Actor,
    audit: Audit,
    kind: MeetingKind,
    values: Mapping[str, Any],
    revision: int | None,
    now: datetime,
) -> tuple[Meeting, str]:
    """Write the meeting's own row, new or corrected; the attendance is written anew by the caller."""
    meeting = session.scalar(
        select(Meeting).where(Meeting.audit_id == audit.id, Meeting.kind == kind)
    )
    if meeting is None:
        meeting = Meeting(
            audit_id=audit.id, kind=kind, recorded_by_id=actor.person_id, recorded_at=now, **values
        )
        session.add(meeting)
        session.flush()
        return meeting, "meeting:recorded"
    expect(meeting, revision)
    for name, value in values.items():
        setattr(meeting, name, value)
    session.flush()
    session.execute(delete(Attendance).where(Attendance.meeting_id == meeting.id))
    return meeting, "meeting:changed"


def _refuse_meeting(place: Place, kind: MeetingKind) -> None:
    if not place.on_team:
        raise StepRefused(T_("Only members of the team record the meetings."))
    refusal = too_early_or_late(place.audit.state, kind)
    if refusal is not None:
        raise StepRefused(refusal)


def too_early_or_late(state: AuditState, kind: MeetingKind) -> Text | None:
    """Say why a meeting cannot be recorded in a state of the audit; ``None`` where it can."""
    if kind is MeetingKind.OPENING and state is not AuditState.PLAN_ACCEPTED:
        return T_(
            "The opening meeting is recorded once the plan is accepted, before the fieldwork."
        )
    if kind is MeetingKind.CLOSING and state is not AuditState.IN_PROGRESS:
        return T_("The closing meeting is recorded while the fieldwork is running.")
    return None


def attach_photo(
    session: Session, actor: Actor, place: Place, kind: MeetingKind, photo: Photo, *, now: datetime
) -> Meeting:
    """Add a picture to a meeting recorded before; raises ``NotFound`` where there is none."""
    _refuse_meeting(place, kind)
    meeting = session.scalar(
        select(Meeting).where(Meeting.audit_id == place.audit.id, Meeting.kind == kind)
    )
    if meeting is None:
        raise NotFound
    before = meeting.photo_id
    meeting.photo_id = keep_photo(session, actor, place.audit, photo, now=now)
    session.flush()
    record(
        session, actor, "meeting:changed", meeting, within=place.audit, owner_id=place.audit.body_id,
        label=place.audit.number, now=now,
        before={"photo_id": before}, after={"photo_id": meeting.photo_id},
    )  # fmt: skip
    return meeting
