"""Who is at the desk, as stored for a moment."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, key_of


class Presence(Model):
    """Where somebody was last seen in the fieldwork of an audit; ``before_at`` is the end of their visit before.

    It is no record of work: it says who is here now, and since when somebody has not looked.
    """

    __tablename__ = "presences"
    __table_args__ = (UniqueConstraint("audit_id", "person_id"),)

    audit_id: Mapped[int] = key_of("audits", index=False)
    person_id: Mapped[int] = key_of("people", index=False)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id", ondelete="SET NULL"))
    seen_at: Mapped[datetime]
    before_at: Mapped[datetime | None]
