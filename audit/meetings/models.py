"""Meetings and who attended them, as stored."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.meetings.rules import MeetingKind, Party
from core.db import Model, Versioned, key_of, line, prose


class Meeting(Versioned, Model):
    """The opening or closing meeting as it was held."""

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("audit_id", "kind"),)

    audit_id: Mapped[int] = key_of("audits", index=False)
    kind: Mapped[MeetingKind]
    held_at: Mapped[datetime]
    place: Mapped[line]
    deviation: Mapped[prose] = mapped_column(default="")
    notes: Mapped[prose] = mapped_column(default="")
    recorded_by_id: Mapped[int] = key_of("people", index=False)
    recorded_at: Mapped[datetime]


class Attendance(Model):
    """Somebody who attended a meeting."""

    __tablename__ = "attendances"

    meeting_id: Mapped[int] = key_of("meetings")
    name: Mapped[line]
    position: Mapped[line] = mapped_column(default="")
    party: Mapped[Party]
