"""Engagements, programmes and audits as stored."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.planning.rules import (
    AuditKind,
    AuditState,
    ObjectionOutcome,
    ProgrammeState,
    SiteChoice,
    TeamRole,
)
from core.db import Model, Versioned, document, key_of, line, prose, short
from core.events import append_only


class Engagement(Versioned, Model):
    """The contract between a body and a client: what is certified, against which scheme."""

    __tablename__ = "engagements"

    number: Mapped[short] = mapped_column(unique=True)
    body_id: Mapped[int] = key_of("organisations")
    client_id: Mapped[int] = key_of("organisations")
    scheme_version_id: Mapped[int] = key_of("scheme_versions")
    scope_zh: Mapped[prose]
    scope_en: Mapped[prose]
    level_sought: Mapped[int]
    audit_days: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class EngagementSite(Model):
    """A site in the scope."""

    __tablename__ = "engagement_sites"
    __table_args__ = (UniqueConstraint("engagement_id", "site_id"),)

    engagement_id: Mapped[int] = key_of("engagements", index=False)
    site_id: Mapped[int] = key_of("sites")


class EngagementService(Model):
    """A service in the scope."""

    __tablename__ = "engagement_services"
    __table_args__ = (UniqueConstraint("engagement_id", "service_id"),)

    engagement_id: Mapped[int] = key_of("engagements", index=False)
    service_id: Mapped[int] = key_of("services")


class Programme(Model):
    """One cycle of an engagement. ``starts_on`` is the decision's day, or the planned one before it."""

    __tablename__ = "programmes"
    __table_args__ = (
        UniqueConstraint("engagement_id", "cycle"),
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
    )

    engagement_id: Mapped[int] = key_of("engagements", index=False)
    cycle: Mapped[int]
    state: Mapped[ProgrammeState] = mapped_column(default=ProgrammeState.OPEN)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    decided_on: Mapped[date | None]


class Audit(Versioned, Model):
    """One audit of a programme. Body and client are copied from the engagement and never change.

    ``occasion`` says why an audit outside the cycle's rhythm is held (I-20); ``site_seed`` is what
    the last random draw of sites started from (I-04).
    """

    __tablename__ = "audits"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("remote_share BETWEEN 0 AND 100", name="remote_share_is_percent"),
        CheckConstraint(
            "state NOT IN ('postponed', 'cancelled') OR stop_reason IS NOT NULL",
            name="stop_has_reason",
        ),
        CheckConstraint("kind <> 'special' OR occasion <> ''", name="special_has_occasion"),
        Index(None, "body_id", "state"),
        Index(None, "client_id", "state"),
    )

    number: Mapped[short] = mapped_column(unique=True)
    programme_id: Mapped[int] = key_of("programmes")
    engagement_id: Mapped[int] = key_of("engagements")
    body_id: Mapped[int] = key_of("organisations", index=False)
    client_id: Mapped[int] = key_of("organisations", index=False)
    scheme_version_id: Mapped[int] = key_of("scheme_versions")
    standard_version_id: Mapped[int] = key_of("standard_versions")
    kind: Mapped[AuditKind]
    state: Mapped[AuditState] = mapped_column(default=AuditState.PLANNED)
    level_sought: Mapped[int]
    objectives: Mapped[prose] = mapped_column(default="")
    methods: Mapped[prose] = mapped_column(default="")
    tools: Mapped[prose] = mapped_column(default="")
    logistics: Mapped[prose] = mapped_column(default="")
    remote_share: Mapped[int] = mapped_column(default=0)
    days: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    due_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    occasion: Mapped[prose] = mapped_column(default="")
    short_notice: Mapped[bool] = mapped_column(default=False)
    site_seed: Mapped[int | None]
    stop_reason: Mapped[prose | None]
    created_at: Mapped[datetime]
    team_proposed_at: Mapped[datetime | None]
    team_confirmed_at: Mapped[datetime | None]
    plan_accepted_at: Mapped[datetime | None]
    fieldwork_started_at: Mapped[datetime | None]
    fieldwork_ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class AuditSite(Model):
    """A site visited in an audit; ``chosen`` says why."""

    __tablename__ = "audit_sites"
    __table_args__ = (UniqueConstraint("audit_id", "site_id"),)

    audit_id: Mapped[int] = key_of("audits", index=False)
    site_id: Mapped[int] = key_of("sites")
    chosen: Mapped[SiteChoice]


class TeamMember(Model):
    """Somebody on the team.

    One who leaves stays on record: independence looks at everybody who ever was on it.
    """

    __tablename__ = "team_members"
    __table_args__ = (
        Index(
            "uq_team_members_once",
            "audit_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "uq_team_members_one_leader",
            "audit_id",
            unique=True,
            sqlite_where=text("role = 'leader' AND left_at IS NULL"),
            postgresql_where=text("role = 'leader' AND left_at IS NULL"),
        ),
        Index(None, "person_id"),
    )

    audit_id: Mapped[int] = key_of("audits")
    person_id: Mapped[int] = key_of("people", index=False)
    role: Mapped[TeamRole]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class TeamObjection(Model):
    """The client's objection to a member, and how it was settled (I-06)."""

    __tablename__ = "team_objections"
    __table_args__ = (
        CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL) AND (outcome IS NULL) = (settlement IS NULL)",
            name="settled_wholly",
        ),
    )

    audit_id: Mapped[int] = key_of("audits")
    member_id: Mapped[int] = key_of("team_members")
    reason: Mapped[prose]
    raised_by_id: Mapped[int] = key_of("people", index=False)
    raised_at: Mapped[datetime]
    outcome: Mapped[ObjectionOutcome | None]
    settlement: Mapped[prose | None]
    settled_by_id: Mapped[int | None] = key_of("people", index=False)
    settled_at: Mapped[datetime | None]


class AgendaItem(Model):
    """A slot of the agenda."""

    __tablename__ = "agenda_items"
    __table_args__ = (CheckConstraint("minutes > 0", name="lasts"),)

    audit_id: Mapped[int] = key_of("audits")
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    topic: Mapped[line]
    person_id: Mapped[int | None] = key_of("people", index=False)
    site_id: Mapped[int | None] = key_of("sites", index=False)


class Plan(Model):
    """A plan as it was issued: never changed; a new issue has the next version (S-21)."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("audit_id", "version"),)

    audit_id: Mapped[int] = key_of("audits", index=False)
    version: Mapped[int]
    content: Mapped[document]
    issued_by_id: Mapped[int] = key_of("people", index=False)
    issued_at: Mapped[datetime]


append_only("plans")
