"""Applications as stored."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from certification.applications.rules import ApplicationState
from core.db import Model, Versioned, key_of, prose, short


class Application(Versioned, Model):
    """A provider applies to a body: scope, sites, services, level, outsourcing, consultancy used (I-01)."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint(
            "state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL",
            name="submitted_has_date",
        ),
        CheckConstraint("state <> 'declined' OR decline_reason <> ''", name="refusal_has_reasons"),
        CheckConstraint(
            "state NOT IN ('accepted', 'contracted', 'closed') OR "
            "(competence_ok AND impartiality_ok AND audit_days > 0)",
            name="acceptance_was_reviewed",
        ),
        CheckConstraint(
            "state NOT IN ('contracted', 'closed') OR "
            "(body_confirmed_by_id IS NOT NULL AND client_confirmed_by_id IS NOT NULL)",
            name="contract_has_both_sides",
        ),
        Index(None, "body_id", "state"),
    )

    number: Mapped[short] = mapped_column(unique=True)
    body_id: Mapped[int] = key_of("organisations", index=False)
    client_id: Mapped[int] = key_of("organisations")
    scheme_version_id: Mapped[int] = key_of("scheme_versions", index=False)
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.DRAFT)
    level_sought: Mapped[int]
    scope_zh: Mapped[prose] = mapped_column(default="")
    scope_en: Mapped[prose] = mapped_column(default="")
    outsourcing: Mapped[prose] = mapped_column(default="")
    consultancy: Mapped[prose] = mapped_column(default="")
    consultancy_ended_on: Mapped[date | None]
    remarks: Mapped[prose] = mapped_column(default="")
    created_by_id: Mapped[int] = key_of("people", index=False)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = key_of("people", index=False)
    competence_ok: Mapped[bool] = mapped_column(default=False)
    competence_note: Mapped[prose] = mapped_column(default="")
    impartiality_ok: Mapped[bool] = mapped_column(default=False)
    impartiality_note: Mapped[prose] = mapped_column(default="")
    differences_note: Mapped[prose] = mapped_column(default="")
    audit_days: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(0))
    time_note: Mapped[prose] = mapped_column(default="")
    accepted_at: Mapped[datetime | None]
    decline_reason: Mapped[prose] = mapped_column(default="")
    body_confirmed_by_id: Mapped[int | None] = key_of("people", index=False)
    body_confirmed_at: Mapped[datetime | None]
    client_confirmed_by_id: Mapped[int | None] = key_of("people", index=False)
    client_confirmed_at: Mapped[datetime | None]
    engagement_id: Mapped[int | None] = key_of("engagements", unique=True, index=False)


class ApplicationSite(Model):
    """A site applied for."""

    __tablename__ = "application_sites"
    __table_args__ = (UniqueConstraint("application_id", "site_id"),)

    application_id: Mapped[int] = key_of("applications", index=False)
    site_id: Mapped[int] = key_of("sites", index=False)


class ApplicationService(Model):
    """A service applied for."""

    __tablename__ = "application_services"
    __table_args__ = (UniqueConstraint("application_id", "service_id"),)

    application_id: Mapped[int] = key_of("applications", index=False)
    service_id: Mapped[int] = key_of("services", index=False)


class InformationRequest(Model):
    """A question back to the applicant, and the answer."""

    __tablename__ = "information_requests"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_wholly"),
    )

    application_id: Mapped[int] = key_of("applications")
    question: Mapped[prose]
    asked_by_id: Mapped[int] = key_of("people", index=False)
    asked_at: Mapped[datetime]
    answer: Mapped[prose | None]
    answered_by_id: Mapped[int | None] = key_of("people", index=False)
    answered_at: Mapped[datetime | None]
