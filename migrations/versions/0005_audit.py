"""Engagements, audits, answers, findings, reports.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.events import protection

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("answer_versions", "declarations", "plans", "ratings", "samples", "signed_reports")


def upgrade() -> None:
    op.create_table(
        "competences",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_competences_ended_wholly")
        ),
        sa.CheckConstraint(
            "granted_by_id <> person_id", name=op.f("ck_competences_not_granted_to_oneself")
        ),
        sa.CheckConstraint(
            "valid_until > valid_from", name=op.f("ck_competences_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_competences_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["people.id"], name=op.f("fk_competences_granted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_competences_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["schemes.id"], name=op.f("fk_competences_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competences")),
    )
    op.create_index(
        op.f("ix_competences_body_id_person_id"),
        "competences",
        ["body_id", "person_id"],
        unique=False,
    )
    op.create_index(op.f("ix_competences_person_id"), "competences", ["person_id"], unique=False)
    op.create_index(op.f("ix_competences_scheme_id"), "competences", ["scheme_id"], unique=False)
    op.create_table(
        "declarations",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_declarations_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_declarations_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
    )
    op.create_index(
        op.f("ix_declarations_body_id_person_id_declared_on"),
        "declarations",
        ["body_id", "person_id", "declared_on"],
        unique=False,
    )
    op.create_index(op.f("ix_declarations_person_id"), "declarations", ["person_id"], unique=False)
    op.create_table(
        "interests",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "relation",
                "consultancy",
                "employment",
                name="interestkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("declared_by_id", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawal", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawal IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_interests_withdrawn_wholly"),
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_interests_ends_after_start")
        ),
        sa.CheckConstraint(
            "withdrawn_by_id <> person_id", name=op.f("ck_interests_not_withdrawn_by_oneself")
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_interests_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["organisations.id"], name=op.f("fk_interests_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by_id"], ["people.id"], name=op.f("fk_interests_declared_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_interests_person_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["people.id"], name=op.f("fk_interests_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
    )
    op.create_index(op.f("ix_interests_body_id"), "interests", ["body_id"], unique=False)
    op.create_index(
        op.f("ix_interests_client_id_person_id"),
        "interests",
        ["client_id", "person_id"],
        unique=False,
    )
    op.create_index(op.f("ix_interests_person_id"), "interests", ["person_id"], unique=False)
    op.create_table(
        "engagements",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("scope_zh", sa.Text(), nullable=False),
        sa.Column("scope_en", sa.Text(), nullable=False),
        sa.Column("level_sought", sa.Integer(), nullable=False),
        sa.Column("audit_days", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_engagements_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["organisations.id"], name=op.f("fk_engagements_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["scheme_versions.id"],
            name=op.f("fk_engagements_scheme_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
        sa.UniqueConstraint("number", name=op.f("uq_engagements_number")),
    )
    op.create_index(op.f("ix_engagements_body_id"), "engagements", ["body_id"], unique=False)
    op.create_index(op.f("ix_engagements_client_id"), "engagements", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_engagements_scheme_version_id"), "engagements", ["scheme_version_id"], unique=False
    )
    op.create_table(
        "engagement_services",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_engagement_services_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_engagement_services_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_services")),
        sa.UniqueConstraint(
            "engagement_id",
            "service_id",
            name=op.f("uq_engagement_services_engagement_id_service_id"),
        ),
    )
    op.create_index(
        op.f("ix_engagement_services_service_id"),
        "engagement_services",
        ["service_id"],
        unique=False,
    )
    op.create_table(
        "engagement_sites",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_engagement_sites_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_engagement_sites_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_sites")),
        sa.UniqueConstraint(
            "engagement_id", "site_id", name=op.f("uq_engagement_sites_engagement_id_site_id")
        ),
    )
    op.create_index(
        op.f("ix_engagement_sites_site_id"), "engagement_sites", ["site_id"], unique=False
    )
    op.create_table(
        "programmes",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "closed",
                name="programmestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_programmes_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_programmes_engagement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint(
            "engagement_id", "cycle", name=op.f("uq_programmes_engagement_id_cycle")
        ),
    )
    op.create_table(
        "audits",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "stage_1",
                "stage_2",
                "surveillance",
                "recertification",
                "special",
                name="auditkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "team_proposed",
                "team_confirmed",
                "plan_issued",
                "plan_accepted",
                "in_progress",
                "fieldwork_done",
                "report_draft",
                "report_issued",
                "under_decision",
                "decided",
                "closed",
                "postponed",
                "cancelled",
                name="auditstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("level_sought", sa.Integer(), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("methods", sa.Text(), nullable=False),
        sa.Column("tools", sa.Text(), nullable=False),
        sa.Column("logistics", sa.Text(), nullable=False),
        sa.Column("remote_share", sa.Integer(), nullable=False),
        sa.Column("days", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("short_notice", sa.Boolean(), nullable=False),
        sa.Column("site_seed", sa.Integer(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fieldwork_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fieldwork_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'special' OR occasion <> ''", name=op.f("ck_audits_special_has_occasion")
        ),
        sa.CheckConstraint(
            "state NOT IN ('postponed', 'cancelled') OR stop_reason IS NOT NULL",
            name=op.f("ck_audits_stop_has_reason"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_audits_ends_after_start")
        ),
        sa.CheckConstraint(
            "remote_share BETWEEN 0 AND 100", name=op.f("ck_audits_remote_share_is_percent")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["organisations.id"], name=op.f("fk_audits_body_id")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["organisations.id"], name=op.f("fk_audits_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_audits_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_audits_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"], ["scheme_versions.id"], name=op.f("fk_audits_scheme_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_versions.id"],
            name=op.f("fk_audits_standard_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
        sa.UniqueConstraint("number", name=op.f("uq_audits_number")),
    )
    op.create_index(op.f("ix_audits_body_id_state"), "audits", ["body_id", "state"], unique=False)
    op.create_index(
        op.f("ix_audits_client_id_state"), "audits", ["client_id", "state"], unique=False
    )
    op.create_index(op.f("ix_audits_engagement_id"), "audits", ["engagement_id"], unique=False)
    op.create_index(op.f("ix_audits_programme_id"), "audits", ["programme_id"], unique=False)
    op.create_index(
        op.f("ix_audits_scheme_version_id"), "audits", ["scheme_version_id"], unique=False
    )
    op.create_index(
        op.f("ix_audits_standard_version_id"), "audits", ["standard_version_id"], unique=False
    )
    op.create_table(
        "agenda_items",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=240), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_agenda_items_lasts")),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_agenda_items_audit_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_agenda_items_person_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_agenda_items_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
    )
    op.create_index(op.f("ix_agenda_items_audit_id"), "agenda_items", ["audit_id"], unique=False)
    op.create_table(
        "answers",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "conformity",
            sa.Enum(
                "conforms",
                "partly",
                "not",
                name="conformity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column(
            "methods", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("evidence_verified", sa.Boolean(), nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("exclusion_reason", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT excluded OR (exclusion_reason <> '' AND rating IS NULL)",
            name=op.f("ck_answers_exclusion_has_reason"),
        ),
        sa.CheckConstraint(
            "(rating IS NULL AND NOT excluded) OR answered_by_id IS NOT NULL",
            name=op.f("ck_answers_names_who_gave_it"),
        ),
        sa.CheckConstraint(
            "(rating IS NULL) = (conformity IS NULL)", name=op.f("ck_answers_answered_wholly")
        ),
        sa.CheckConstraint(
            "rating IS NULL OR rating BETWEEN 0 AND 4", name=op.f("ck_answers_rating_is_0_to_4")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people.id"], name=op.f("fk_answers_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_answers_audit_id")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criteria.id"], name=op.f("fk_answers_criterion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint(
            "audit_id", "criterion_id", name=op.f("uq_answers_audit_id_criterion_id")
        ),
    )
    op.create_index(
        op.f("ix_answers_audit_id_position"), "answers", ["audit_id", "position"], unique=False
    )
    op.create_index(op.f("ix_answers_criterion_id"), "answers", ["criterion_id"], unique=False)
    op.create_table(
        "audit_evidence",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("shown_to_client", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audits.id"], name=op.f("fk_audit_evidence_audit_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_audit_evidence_evidence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_evidence")),
        sa.UniqueConstraint(
            "audit_id", "evidence_id", name=op.f("uq_audit_evidence_audit_id_evidence_id")
        ),
    )
    op.create_index(
        op.f("ix_audit_evidence_evidence_id"), "audit_evidence", ["evidence_id"], unique=False
    )
    op.create_table(
        "audit_sites",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column(
            "chosen",
            sa.Enum(
                "central",
                "named",
                "random",
                name="sitechoice",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_audit_sites_audit_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_audit_sites_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sites")),
        sa.UniqueConstraint("audit_id", "site_id", name=op.f("uq_audit_sites_audit_id_site_id")),
    )
    op.create_index(op.f("ix_audit_sites_site_id"), "audit_sites", ["site_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "strength",
                "opportunity",
                "minor",
                "major",
                name="findinggrade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "raised",
                "acknowledged",
                "disputed",
                "response_submitted",
                "returned",
                "accepted",
                "implemented",
                "verified",
                "closed",
                "void",
                name="findingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=240), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledge_due_on", sa.Date(), nullable=True),
        sa.Column("response_due_on", sa.Date(), nullable=True),
        sa.Column("implementation_due_on", sa.Date(), nullable=True),
        sa.Column("upgraded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("implemented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verification", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("effective", sa.Boolean(), nullable=True),
        sa.Column("effectiveness", sa.Text(), nullable=False),
        sa.Column("judged_in_id", sa.Integer(), nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_findings_closed_has_date")
        ),
        sa.CheckConstraint(
            "effective IS NULL OR state = 'closed'", name=op.f("ck_findings_judged_when_closed")
        ),
        sa.CheckConstraint(
            "escalated_at IS NULL OR grade = 'major'", name=op.f("ck_findings_escalated_is_major")
        ),
        sa.CheckConstraint(
            "grade NOT IN ('minor', 'major') OR state <> 'closed' OR verified_by_id IS NOT NULL",
            name=op.f("ck_findings_closed_was_verified"),
        ),
        sa.CheckConstraint(
            "state <> 'void' OR void_reason IS NOT NULL", name=op.f("ck_findings_void_has_reason")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'void') OR (statement <> '' AND evidence <> '')",
            name=op.f("ck_findings_raised_is_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'void') OR raised_at IS NOT NULL",
            name=op.f("ck_findings_raised_has_date"),
        ),
        sa.CheckConstraint(
            "(effective IS NULL) = (judged_at IS NULL) AND (effective IS NULL) = (judged_by_id IS NULL) AND (effective IS NULL) = (judged_in_id IS NULL)",
            name=op.f("ck_findings_judged_wholly"),
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_findings_audit_id")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criteria.id"], name=op.f("fk_findings_criterion_id")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["people.id"], name=op.f("fk_findings_drafted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["findings.id"], name=op.f("fk_findings_follows_id")
        ),
        sa.ForeignKeyConstraint(
            ["judged_by_id"], ["people.id"], name=op.f("fk_findings_judged_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["judged_in_id"], ["audits.id"], name=op.f("fk_findings_judged_in_id")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["people.id"], name=op.f("fk_findings_raised_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["people.id"], name=op.f("fk_findings_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("number", name=op.f("uq_findings_number")),
    )
    op.create_index(
        op.f("ix_findings_audit_id_state"), "findings", ["audit_id", "state"], unique=False
    )
    op.create_index(op.f("ix_findings_criterion_id"), "findings", ["criterion_id"], unique=False)
    op.create_index(op.f("ix_findings_follows_id"), "findings", ["follows_id"], unique=False)
    op.create_index(
        op.f("ix_findings_state_response_due_on"),
        "findings",
        ["state", "response_due_on"],
        unique=False,
    )
    op.create_table(
        "measures",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("successes", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("promoters", sa.Integer(), nullable=True),
        sa.Column("passives", sa.Integer(), nullable=True),
        sa.Column("detractors", sa.Integer(), nullable=True),
        sa.Column("census", sa.Boolean(), nullable=False),
        sa.Column("window_from", sa.Date(), nullable=False),
        sa.Column("window_to", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "successes IS NULL OR (successes >= 0 AND successes <= total)",
            name=op.f("ck_measures_share_within_total"),
        ),
        sa.CheckConstraint(
            "value IS NOT NULL OR successes IS NOT NULL OR promoters IS NOT NULL",
            name=op.f("ck_measures_has_a_figure"),
        ),
        sa.CheckConstraint(
            "window_to >= window_from", name=op.f("ck_measures_window_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_measures_audit_id")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people.id"], name=op.f("fk_measures_entered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint("audit_id", "metric", name=op.f("uq_measures_audit_id_metric")),
    )
    op.create_table(
        "meetings",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opening",
                "closing",
                name="meetingkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=240), nullable=False),
        sa.Column("deviation", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_meetings_audit_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_meetings_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("audit_id", "kind", name=op.f("uq_meetings_audit_id_kind")),
    )
    op.create_table(
        "plans",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_plans_audit_id")),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["people.id"], name=op.f("fk_plans_issued_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("audit_id", "version", name=op.f("uq_plans_audit_id_version")),
    )
    op.create_table(
        "ratings",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("total", sa.Numeric(precision=9, scale=4), nullable=True),
        sa.Column(
            "inputs", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("computed_by_id", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_ratings_audit_id")),
        sa.ForeignKeyConstraint(
            ["computed_by_id"], ["people.id"], name=op.f("fk_ratings_computed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"], ["scheme_versions.id"], name=op.f("fk_ratings_scheme_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_audit_id"), "ratings", ["audit_id"], unique=False)
    op.create_table(
        "reports",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "for_comment",
                "signed",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("deviations", sa.Text(), nullable=False),
        sa.Column("significant_changes", sa.Text(), nullable=False),
        sa.Column("unresolved", sa.Text(), nullable=False),
        sa.Column("sampling_note", sa.Text(), nullable=False),
        sa.Column("use_of_marks", sa.Text(), nullable=False),
        sa.Column("earlier_actions", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column(
            "recommendation",
            sa.Enum(
                "certify",
                "certify_after_correction",
                "do_not_certify",
                "proceed",
                "do_not_proceed",
                "maintain",
                "suspend",
                "withdraw",
                name="recommendation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("recommended_level", sa.Integer(), nullable=True),
        sa.Column("open_concerns", sa.Boolean(), nullable=False),
        sa.Column("comments_until", sa.Date(), nullable=True),
        sa.Column("comments_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'signed' OR signed_at IS NOT NULL", name=op.f("ck_reports_signed_has_date")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (summary <> '' AND conclusion <> '' AND recommendation IS NOT NULL)",
            name=op.f("ck_reports_sent_is_whole"),
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_reports_audit_id")),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["people.id"], name=op.f("fk_reports_signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_reports_audit_id")),
        sa.UniqueConstraint("number", name=op.f("uq_reports_number")),
    )
    op.create_table(
        "team_members",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "leader",
                "auditor",
                "expert",
                "observer",
                name="teamrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_team_members_audit_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_team_members_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_audit_id"), "team_members", ["audit_id"], unique=False)
    op.create_index(op.f("ix_team_members_person_id"), "team_members", ["person_id"], unique=False)
    op.create_index(
        "uq_team_members_once",
        "team_members",
        ["audit_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "uq_team_members_one_leader",
        "team_members",
        ["audit_id"],
        unique=True,
        sqlite_where=sa.text("role = 'leader' AND left_at IS NULL"),
        postgresql_where=sa.text("role = 'leader' AND left_at IS NULL"),
    )
    op.create_table(
        "answer_evidence",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_evidence_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_answer_evidence_evidence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_evidence")),
        sa.UniqueConstraint(
            "answer_id", "evidence_id", name=op.f("uq_answer_evidence_answer_id_evidence_id")
        ),
    )
    op.create_index(
        op.f("ix_answer_evidence_evidence_id"), "answer_evidence", ["evidence_id"], unique=False
    )
    op.create_table(
        "answer_versions",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "conformity",
            sa.Enum(
                "conforms",
                "partly",
                "not",
                name="conformity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column(
            "methods", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("evidence_verified", sa.Boolean(), nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("exclusion_reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_versions_answer_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_answer_versions_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_versions")),
        sa.UniqueConstraint(
            "answer_id", "revision", name=op.f("uq_answer_versions_answer_id_revision")
        ),
    )
    op.create_table(
        "attendances",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=240), nullable=False),
        sa.Column("position", sa.String(length=240), nullable=False),
        sa.Column(
            "party",
            sa.Enum(
                "body",
                "client",
                "other",
                name="party",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_attendances_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
    )
    op.create_index(op.f("ix_attendances_meeting_id"), "attendances", ["meeting_id"], unique=False)
    op.create_table(
        "disputes",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "upheld",
                "regraded",
                "void",
                name="disputeoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "new_grade",
            sa.Enum(
                "strength",
                "opportunity",
                "minor",
                "major",
                name="findinggrade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR settled_by_id IS NOT NULL",
            name=op.f("ck_disputes_settled_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_disputes_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["people.id"], name=op.f("fk_disputes_raised_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["people.id"], name=op.f("fk_disputes_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index(op.f("ix_disputes_finding_id"), "disputes", ["finding_id"], unique=False)
    op.create_index(
        "uq_disputes_one_open",
        "disputes",
        ["finding_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "extensions",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column(
            "deadline",
            sa.Enum(
                "response",
                "implementation",
                name="deadline",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("asked_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "approved",
                "refused",
                name="extensionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'refused' OR decision_note <> ''",
            name=op.f("ck_extensions_refusal_has_reason"),
        ),
        sa.CheckConstraint(
            "state = 'asked' OR decided_by_id IS NOT NULL",
            name=op.f("ck_extensions_decided_by_somebody"),
        ),
        sa.CheckConstraint("asked_until > due_before", name=op.f("ck_extensions_asks_for_later")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_extensions_decider_is_another"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_extensions_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_extensions_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_extensions_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_finding_id"), "extensions", ["finding_id"], unique=False)
    op.create_index(
        "uq_extensions_one_open",
        "extensions",
        ["finding_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "finding_evidence",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_finding_evidence_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_finding_evidence_finding_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_evidence")),
        sa.UniqueConstraint(
            "finding_id", "evidence_id", name=op.f("uq_finding_evidence_finding_id_evidence_id")
        ),
    )
    op.create_index(
        op.f("ix_finding_evidence_evidence_id"), "finding_evidence", ["evidence_id"], unique=False
    )
    op.create_table(
        "report_comments",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_by_id", sa.Integer(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_report_comments_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["replied_by_id"], ["people.id"], name=op.f("fk_report_comments_replied_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_comments_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_comments")),
    )
    op.create_index(
        op.f("ix_report_comments_report_id"), "report_comments", ["report_id"], unique=False
    )
    op.create_table(
        "responses",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "accepted",
                "returned",
                name="responsestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'returned' OR review_note <> ''", name=op.f("ck_responses_return_has_reason")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR submitted_at IS NOT NULL",
            name=op.f("ck_responses_submitted_has_date"),
        ),
        sa.CheckConstraint(
            "reviewed_by_id IS NULL OR reviewed_by_id <> submitted_by_id",
            name=op.f("ck_responses_reviewer_is_another"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_responses_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["people.id"], name=op.f("fk_responses_reviewed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["people.id"], name=op.f("fk_responses_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("finding_id", "round", name=op.f("uq_responses_finding_id_round")),
        sa.UniqueConstraint("id", "finding_id", name=op.f("uq_responses_id_finding_id")),
    )
    op.create_table(
        "samples",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=240), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "size > 0 AND size <= population", name=op.f("ck_samples_size_within_population")
        ),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name=op.f("fk_samples_answer_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_samples_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samples")),
    )
    op.create_index(op.f("ix_samples_answer_id"), "samples", ["answer_id"], unique=False)
    op.create_table(
        "signed_reports",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("rating_id", sa.Integer(), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["ratings.id"], name=op.f("fk_signed_reports_rating_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_signed_reports_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["people.id"], name=op.f("fk_signed_reports_signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_reports")),
        sa.UniqueConstraint("report_id", name=op.f("uq_signed_reports_report_id")),
    )
    op.create_table(
        "team_objections",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "kept",
                "replaced",
                name="objectionoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL) AND (outcome IS NULL) = (settlement IS NULL)",
            name=op.f("ck_team_objections_settled_wholly"),
        ),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audits.id"], name=op.f("fk_team_objections_audit_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["team_members.id"], name=op.f("fk_team_objections_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["people.id"], name=op.f("fk_team_objections_raised_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["people.id"], name=op.f("fk_team_objections_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_objections")),
    )
    op.create_index(
        op.f("ix_team_objections_audit_id"), "team_objections", ["audit_id"], unique=False
    )
    op.create_index(
        op.f("ix_team_objections_member_id"), "team_objections", ["member_id"], unique=False
    )
    op.create_table(
        "corrective_actions",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("resources", sa.Text(), nullable=False),
        sa.Column("verification", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "approved",
                "returned",
                "in_progress",
                "evidence_submitted",
                "verified",
                "not_effective",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'verified' OR verified_by_id IS NOT NULL",
            name=op.f("ck_corrective_actions_verified_by_somebody"),
        ),
        sa.CheckConstraint(
            "verified_by_id IS NULL OR verified_by_id <> owner_id",
            name=op.f("ck_corrective_actions_verifier_is_not_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_corrective_actions_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_corrective_actions_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["response_id", "finding_id"],
            ["responses.id", "responses.finding_id"],
            name=op.f("fk_corrective_actions_response_id_finding_id"),
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["people.id"], name=op.f("fk_corrective_actions_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_actions")),
    )
    op.create_index(
        op.f("ix_corrective_actions_finding_id"), "corrective_actions", ["finding_id"], unique=False
    )
    op.create_index(
        op.f("ix_corrective_actions_owner_id_state"),
        "corrective_actions",
        ["owner_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_corrective_actions_response_id"),
        "corrective_actions",
        ["response_id"],
        unique=False,
    )
    op.create_table(
        "response_evidence",
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_response_evidence_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_response_evidence_response_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_evidence")),
        sa.UniqueConstraint(
            "response_id", "evidence_id", name=op.f("uq_response_evidence_response_id_evidence_id")
        ),
    )
    op.create_index(
        op.f("ix_response_evidence_evidence_id"), "response_evidence", ["evidence_id"], unique=False
    )
    op.create_table(
        "action_evidence",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["corrective_actions.id"], name=op.f("fk_action_evidence_action_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_action_evidence_evidence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_evidence")),
        sa.UniqueConstraint(
            "action_id", "evidence_id", name=op.f("uq_action_evidence_action_id_evidence_id")
        ),
    )
    op.create_index(
        op.f("ix_action_evidence_evidence_id"), "action_evidence", ["evidence_id"], unique=False
    )
    for table in APPEND_ONLY:
        for statement in protection(op.get_bind().dialect.name, table):
            op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("action_evidence")
    op.drop_table("response_evidence")
    op.drop_table("corrective_actions")
    op.drop_table("team_objections")
    op.drop_table("signed_reports")
    op.drop_table("samples")
    op.drop_table("responses")
    op.drop_table("report_comments")
    op.drop_table("finding_evidence")
    op.drop_table("extensions")
    op.drop_table("disputes")
    op.drop_table("attendances")
    op.drop_table("answer_versions")
    op.drop_table("answer_evidence")
    op.drop_table("team_members")
    op.drop_table("reports")
    op.drop_table("ratings")
    op.drop_table("plans")
    op.drop_table("meetings")
    op.drop_table("measures")
    op.drop_table("findings")
    op.drop_table("audit_sites")
    op.drop_table("audit_evidence")
    op.drop_table("answers")
    op.drop_table("agenda_items")
    op.drop_table("audits")
    op.drop_table("programmes")
    op.drop_table("engagement_sites")
    op.drop_table("engagement_services")
    op.drop_table("engagements")
    op.drop_table("interests")
    op.drop_table("declarations")
    op.drop_table("competences")
