"""Reads of meetings; the caller found the audit for its actor."""

from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from accounts.organisations.models import Site
from audit.meetings.models import Attendance, Meeting
from audit.meetings.rules import MeetingKind, Planned, Spot
from audit.planning.models import AgendaItem, Audit, AuditSite
from core.words import Words


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


def planned(session: Session, audit: Audit, kind: MeetingKind) -> Planned:
    """Give what was planned for a meeting, in one statement.

    The agenda begins with the opening and ends with the closing: where it has one entry, that is the opening.
    """
    chosen = func.min if kind is MeetingKind.OPENING else func.max
    at = select(chosen(AgendaItem.starts_at)).where(AgendaItem.audit_id == audit.id)
    if kind is MeetingKind.CLOSING:
        at = at.having(func.count() > 1)
    rows = session.execute(
        select(at.scalar_subquery(), Site.name_zh, Site.name_en, Site.latitude, Site.longitude)
        .select_from(Audit)
        .outerjoin(AuditSite, AuditSite.audit_id == Audit.id)
        .outerjoin(Site, (Site.id == AuditSite.site_id) & Site.latitude.is_not(None))
        .where(Audit.id == audit.id)
    ).all()
    spots = tuple(
        Spot(Words(zh, en), north, east)
        for _, zh, en, north, east in rows
        if north is not None and east is not None
    )
    return Planned(audit.starts_on, audit.ends_on, rows[0][0], spots)


def _held(audit_id: int, kind: MeetingKind) -> ColumnElement[Any]:
    return (
        select(
            case((exists().where(Meeting.audit_id == audit_id, Meeting.kind == kind), 1), else_=0)
        )
        .scalar_subquery()
        .label(f"{kind}_held")
    )
