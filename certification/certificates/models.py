"""Certificates, revisions and status history as stored."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from certification.certificates.rules import CertificateState
from core.db import Model, Versioned, digest, document, key_of, prose, short
from core.events import append_only

_LIVING = text("state IN ('active', 'suspended')")


class Certificate(Versioned, Model):
    """One certificate over its life. ``token`` is what the QR code carries; what it says stands in its revisions."""

    __tablename__ = "certificates"
    __table_args__ = (
        Index(
            "uq_certificates_one_active",
            "engagement_id",
            unique=True,
            sqlite_where=_LIVING,
            postgresql_where=_LIVING,
        ),
        CheckConstraint("expires_on > effective_on", name="expires_after_start"),
        CheckConstraint(
            "(state = 'suspended') = (suspended_until IS NOT NULL)", name="suspension_has_end"
        ),
        CheckConstraint("length(token) >= 22", name="token_is_long"),
        Index(None, "body_id", "state"),
        Index(None, "client_id"),
        Index(None, "state", "expires_on"),
    )

    number: Mapped[short] = mapped_column(unique=True)
    token: Mapped[short] = mapped_column(unique=True)
    engagement_id: Mapped[int] = key_of("engagements")
    body_id: Mapped[int] = key_of("organisations", index=False)
    client_id: Mapped[int] = key_of("organisations", index=False)
    state: Mapped[CertificateState] = mapped_column(default=CertificateState.ACTIVE)
    level: Mapped[int]
    renewal: Mapped[int] = mapped_column(default=0)
    current_revision: Mapped[int] = mapped_column(default=1)
    effective_on: Mapped[date]
    expires_on: Mapped[date]
    suspended_until: Mapped[date | None]
    next_surveillance_due_on: Mapped[date | None]
    search_text: Mapped[prose]
    issued_at: Mapped[datetime]


class CertificateRevision(Model):
    """What a certificate says from ``issued_at`` on: holder, sites, scope, level, dates as they were then (I-16)."""

    __tablename__ = "certificate_revisions"
    __table_args__ = (
        UniqueConstraint("certificate_id", "number"),
        CheckConstraint("effective_on >= decided_on", name="not_before_decision"),
    )

    certificate_id: Mapped[int] = key_of("certificates", index=False)
    number: Mapped[int]
    decision_id: Mapped[int] = key_of("decisions")
    decided_on: Mapped[date]
    effective_on: Mapped[date]
    expires_on: Mapped[date]
    level: Mapped[int]
    content: Mapped[document]
    content_sha256: Mapped[digest]
    reason: Mapped[prose]
    issued_at: Mapped[datetime]


class CertificateStatus(Model):
    """A change of state from a day on, with its reason: together they tell the status on any past day."""

    __tablename__ = "certificate_statuses"
    __table_args__ = (Index(None, "certificate_id", "from_on"),)

    certificate_id: Mapped[int] = key_of("certificates", index=False)
    state: Mapped[CertificateState]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    reason: Mapped[prose]
    decision_id: Mapped[int | None] = key_of("decisions", index=False)
    recorded_at: Mapped[datetime]


append_only("certificate_revisions")
append_only("certificate_statuses")
