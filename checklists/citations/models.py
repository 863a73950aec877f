"""Checks of citations as stored: only added, never changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from checklists.citations.rules import CheckOutcome
from core.db import Model, key_of, line, prose
from core.events import append_only


class CitationCheck(Model):
    """Somebody looked a citation up. It serves every criterion that cites the same ``code`` and ``clause``."""

    __tablename__ = "citation_checks"
    __table_args__ = (
        CheckConstraint("code <> ''", name="has_code"),
        CheckConstraint("outcome <> 'doubtful' OR note <> ''", name="doubt_has_note"),
        Index(None, "code", "clause"),
    )

    code: Mapped[line]
    clause: Mapped[line]
    outcome: Mapped[CheckOutcome]
    note: Mapped[prose]
    checked_by_id: Mapped[int] = key_of("people")
    body_id: Mapped[int] = key_of("organisations", index=False)
    checked_at: Mapped[datetime]


append_only("citation_checks")
