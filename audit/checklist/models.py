"""What a checklist was chosen from, and what the next audit has to look at, as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.checklist.rules import ConcernKind
from core.db import Model, Versioned, key_of, line, listing, prose, short


class Checklist(Versioned, Model):
    """From what the criteria of an audit were chosen; the criteria themselves are its answers.

    ``seed`` decided the order among what was last seen on the same day; with it anybody can draw again.
    """

    __tablename__ = "checklists"
    __table_args__ = (
        UniqueConstraint("audit_id"),
        CheckConstraint("level > 0", name="level_is_positive"),
    )

    audit_id: Mapped[int] = key_of("audits", index=False)
    level: Mapped[int]
    standard_version_ids: Mapped[listing]
    site_ids: Mapped[listing]
    service_ids: Mapped[listing]
    seed: Mapped[int]
    criteria: Mapped[int]
    chosen_by_id: Mapped[int] = key_of("people", index=False)
    chosen_at: Mapped[datetime]


class Concern(Model):
    """What a complaint, an incident or a change tells the next audit of an engagement to look at (I-18, I-20).

    ``dimension`` and ``area`` narrow it; empty means everything. ``taken_in_id`` names the audit whose checklist took
    it up.
    """

    __tablename__ = "concerns"
    __table_args__ = (CheckConstraint("text <> ''", name="says_what"),)

    engagement_id: Mapped[int] = key_of("engagements")
    kind: Mapped[ConcernKind]
    label: Mapped[line]
    text: Mapped[prose]
    dimension: Mapped[short] = mapped_column(default="")
    area: Mapped[short] = mapped_column(default="")
    raised_by_id: Mapped[int] = key_of("people", index=False)
    raised_at: Mapped[datetime]
    taken_in_id: Mapped[int | None] = key_of("audits")
