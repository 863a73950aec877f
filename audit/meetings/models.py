"""Meetings and who attended them, as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.meetings.rules import MeetingKind, Party
from core.db import Model, Versioned, key_of, line, listing, prose


class Meeting(Versioned, Model):
    """The opening or closing meeting as it was held.

    ``latitude``, ``longitude`` (degrees) and ``accuracy_m`` stand where the person allowed it. ``flags`` are the
    deviations from the plan as they were found when the meeting was recorded; ``deviation`` explains them.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("audit_id", "kind"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_in_range"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND "
            "(longitude IS NULL OR longitude BETWEEN -180 AND 180)",
            name="position_is_whole",
        ),
        CheckConstraint(
            "accuracy_m IS NULL OR (accuracy_m >= 0 AND latitude IS NOT NULL)",
            name="accuracy_has_position",
        ),
    )

    audit_id: Mapped[int] = key_of("audits", index=False)
    kind: Mapped[MeetingKind]
    held_at: Mapped[datetime]
    place: Mapped[line]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accuracy_m: Mapped[int | None]
    photo_id: Mapped[int | None] = key_of("evidence", index=False)
    flags: Mapped[listing] = mapped_column(default=list, server_default="[]")
    deviation: Mapped[prose] = mapped_column(default="")
    notes: Mapped[prose] = mapped_column(default="")
    recorded_by_id: Mapped[int] = key_of("people", index=False)
    recorded_at: Mapped[datetime]


class Attendance(Model):
    """Somebody who attended a meeting; ``signature`` is the drawn line as the path of a picture."""

    __tablename__ = "attendances"

    meeting_id: Mapped[int] = key_of("meetings")
    name: Mapped[line]
    position: Mapped[line] = mapped_column(default="")
    party: Mapped[Party]
    signature: Mapped[prose] = mapped_column(default="", server_default="")
