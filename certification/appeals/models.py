"""Appeals and complaints as stored."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from certification.appeals.rules import CaseKind, CaseState
from core.db import Model, Versioned, digest, key_of, line, prose, short


class Case(Versioned, Model):
    """One appeal or complaint to a body. A complainant without an account follows it with a code (its SHA-256 here)."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("state <> 'rejected' OR outcome <> ''", name="rejection_has_reason"),
        CheckConstraint(
            "kind <> 'appeal' OR decision_id IS NOT NULL", name="appeal_names_decision"
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> handler_id", name="approver_is_another"
        ),
        Index(None, "body_id", "state"),
    )

    number: Mapped[short] = mapped_column(unique=True)
    kind: Mapped[CaseKind]
    state: Mapped[CaseState] = mapped_column(default=CaseState.RECEIVED)
    body_id: Mapped[int] = key_of("organisations", index=False)
    client_id: Mapped[int | None] = key_of("organisations")
    certificate_id: Mapped[int | None] = key_of("certificates")
    decision_id: Mapped[int | None] = key_of("decisions")
    subject: Mapped[line]
    text: Mapped[prose]
    from_name: Mapped[line] = mapped_column(default="")
    from_email: Mapped[line] = mapped_column(default="")
    language: Mapped[short] = mapped_column(default="zh_CN")
    lodged_by_id: Mapped[int | None] = key_of("people", index=False)
    code_sha256: Mapped[digest | None] = mapped_column(unique=True)
    received_at: Mapped[datetime]
    due_on: Mapped[date | None]
    handler_id: Mapped[int | None] = key_of("people", index=False)
    investigation: Mapped[prose] = mapped_column(default="")
    outcome: Mapped[prose] = mapped_column(default="")
    approved_by_id: Mapped[int | None] = key_of("people", index=False)
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
