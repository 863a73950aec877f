"""Reports and comments as stored."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.conclusion.rules import Recommendation, ReportState
from core.db import Model, Versioned, digest, document, key_of, prose, short
from core.events import append_only


class Report(Versioned, Model):
    """The leader's text around what the audit holds; after the signature it does not change (I-12, S-23)."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name="signed_has_date"),
        CheckConstraint(
            "state = 'draft' OR (summary <> '' AND conclusion <> '' AND recommendation IS NOT NULL)",
            name="sent_is_whole",
        ),
    )

    audit_id: Mapped[int] = key_of("audits", index=False, unique=True)
    number: Mapped[short] = mapped_column(unique=True)
    state: Mapped[ReportState] = mapped_column(default=ReportState.DRAFT)
    summary: Mapped[prose] = mapped_column(default="")
    deviations: Mapped[prose] = mapped_column(default="")
    significant_changes: Mapped[prose] = mapped_column(default="")
    unresolved: Mapped[prose] = mapped_column(default="")
    sampling_note: Mapped[prose] = mapped_column(default="")
    use_of_marks: Mapped[prose] = mapped_column(default="")
    earlier_actions: Mapped[prose] = mapped_column(default="")
    advice: Mapped[prose] = mapped_column(default="")
    conclusion: Mapped[prose] = mapped_column(default="")
    recommendation: Mapped[Recommendation | None]
    recommended_level: Mapped[int | None]
    open_concerns: Mapped[bool] = mapped_column(default=False)
    comments_until: Mapped[date | None]
    comments_closed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = key_of("people", index=False)
    signed_at: Mapped[datetime | None]


class ReportComment(Model):
    """What the client says about the draft, and the leader's reply (S-07)."""

    __tablename__ = "report_comments"

    report_id: Mapped[int] = key_of("reports")
    person_id: Mapped[int] = key_of("people", index=False)
    text: Mapped[prose]
    made_at: Mapped[datetime]
    reply: Mapped[prose] = mapped_column(default="")
    replied_by_id: Mapped[int | None] = key_of("people", index=False)
    replied_at: Mapped[datetime | None]


class SignedReport(Model):
    """The whole report as signed: every fact it shows, with its digest. Never changed."""

    __tablename__ = "signed_reports"

    report_id: Mapped[int] = key_of("reports", index=False, unique=True)
    content: Mapped[document]
    content_sha256: Mapped[digest]
    rating_id: Mapped[int | None] = key_of("ratings", index=False)
    signed_by_id: Mapped[int] = key_of("people", index=False)
    signed_at: Mapped[datetime]


append_only("signed_reports")
