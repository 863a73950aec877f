"""Reads of meetings; the caller found the audit for its actor."""

from typing import Any

from sqlalchemy import ColumnElement, case, exists, select
from sqlalchemy.orm import Session

from audit.meetings.models import Attendance, Meeting
from audit.meetings.rules import MeetingKind


def held(audit_id: int) -> dict[str, ColumnElement[Any]]:
    """Give what the guards of an audit's steps ask about meetings, as columns to read along."""
    return {f"{kind}_held": _held(audit_id, kind) for kind in MeetingKind}


def of_audit(
    session: Session, audit_id: int
) -> dict[MeetingKind, tuple[Meeting, list[Attendance]]]:
    """Give the meetings held with who attended, in one statement."""
    query = (
        select(Meeting, Attendance)
        .outerjoin(Attendance, Attendance.meeting_id == Meeting.id)
        .where(Meeting.audit_id == audit_id)
        .order_by(Meeting.held_at, Attendance.id)
    )
    found: dict[MeetingKind, tuple[Meeting, list[Attendance]]] = {}
    for meeting, attendance in session.execute(query):
        people = found.setdefault(meeting.kind, (meeting, []))[1]
        if attendance is not None:
            people.append(attendance)
    return found


def _held(audit_id: int, kind: MeetingKind) -> ColumnElement[Any]:
    return (
        select(
            case((exists().where(Meeting.audit_id == audit_id, Meeting.kind == kind), 1), else_=0)
        )
        .scalar_subquery()
        .label(f"{kind}_held")
    )
