"""Applications, decisions, certificates, cases, the clock.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.events import protection

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("certificate_revisions", "certificate_statuses", "decisions")

GUARDS = {
    "decider_is_independent": {
        "sqlite": [
            "CREATE TRIGGER decider_is_independent BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM team_members JOIN audits ON audits.id = team_members.audit_id WHERE audits.engagement_id = NEW.engagement_id AND team_members.person_id = NEW.decided_by_id) BEGIN SELECT RAISE(ABORT, 'decider_is_independent'); END"
        ],
        "postgresql": [
            "CREATE OR REPLACE FUNCTION decider_is_independent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM team_members JOIN audits ON audits.id = team_members.audit_id WHERE audits.engagement_id = NEW.engagement_id AND team_members.person_id = NEW.decided_by_id) THEN RAISE EXCEPTION 'decider_is_independent' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decider_is_independent'; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER decider_is_independent BEFORE INSERT ON decisions FOR EACH ROW EXECUTE FUNCTION decider_is_independent()",
        ],
    }
}


def upgrade() -> None:
    op.create_table(
        "clock_runs",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "changed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_runs")),
        sa.UniqueConstraint("day", name=op.f("uq_clock_runs_day")),
    )
    op.create_table(
        "applications",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "in_review",
                "information_requested",
                "accepted",
                "contracted",
                "closed",
                "declined",
                "withdrawn",
                name="applicationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("level_sought", sa.Integer(), nullable=False),
        sa.Column("scope_zh", sa.Text(), nullable=False),
        sa.Column("scope_en", sa.Text(), nullable=False),
        sa.Column("outsourcing", sa.Text(), nullable=False),
        sa.Column("consultancy", sa.Text(), nullable=False),
        sa.Column("consultancy_ended_on", sa.Date(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("competence_ok", sa.Boolean(), nullable=False),
        sa.Column("competence_note", sa.Text(), nullable=False),
        sa.Column("impartiality_ok", sa.Boolean(), nullable=False),
        sa.Column("impartiality_note", sa.Text(), nullable=False),
        sa.Column("differences_note", sa.Text(), nullable=False),
        sa.Column("audit_days", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("time_note", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.Column("body_confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("body_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("client_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("engagement_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'declined' OR decline_reason <> ''",
            name=op.f("ck_applications_refusal_has_reasons"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL",
            name=op.f("ck_applications_submitted_has_date"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'contracted', 'closed') OR (competence_ok AND impartiality_ok AND audit_days > 0)",
            name=op.f("ck_applications_acceptance_was_reviewed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('contracted', 'closed') OR (body_confirmed_by_id IS NOT NULL AND client_confirmed_by_id IS NOT NULL)",
            name=op.f("ck_applications_contract_has_both_sides"),
        ),
        sa.ForeignKeyConstraint(
            ["body_confirmed_by_id"],
            ["people.id"],
            name=op.f("fk_applications_body_confirmed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_applications_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_confirmed_by_id"],
            ["people.id"],
            name=op.f("fk_applications_client_confirmed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["organisations.id"], name=op.f("fk_applications_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["people.id"], name=op.f("fk_applications_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_applications_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["people.id"], name=op.f("fk_applications_reviewer_id")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["scheme_versions.id"],
            name=op.f("fk_applications_scheme_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("engagement_id", name=op.f("uq_applications_engagement_id")),
        sa.UniqueConstraint("number", name=op.f("uq_applications_number")),
    )
    op.create_index(
        op.f("ix_applications_body_id_state"), "applications", ["body_id", "state"], unique=False
    )
    op.create_index(op.f("ix_applications_client_id"), "applications", ["client_id"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "suspended",
                "withdrawn",
                "cancelled",
                "expired",
                "superseded",
                name="certificatestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("renewal", sa.Integer(), nullable=False),
        sa.Column("current_revision", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("next_surveillance_due_on", sa.Date(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'suspended') = (suspended_until IS NOT NULL)",
            name=op.f("ck_certificates_suspension_has_end"),
        ),
        sa.CheckConstraint(
            "expires_on > effective_on", name=op.f("ck_certificates_expires_after_start")
        ),
        sa.CheckConstraint("length(token) >= 22", name=op.f("ck_certificates_token_is_long")),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_certificates_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["organisations.id"], name=op.f("fk_certificates_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_certificates_engagement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sa.UniqueConstraint("token", name=op.f("uq_certificates_token")),
    )
    op.create_index(
        op.f("ix_certificates_body_id_state"), "certificates", ["body_id", "state"], unique=False
    )
    op.create_index(op.f("ix_certificates_client_id"), "certificates", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_certificates_engagement_id"), "certificates", ["engagement_id"], unique=False
    )
    op.create_index(
        op.f("ix_certificates_state_expires_on"),
        "certificates",
        ["state", "expires_on"],
        unique=False,
    )
    op.create_index(
        "uq_certificates_one_active",
        "certificates",
        ["engagement_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('active', 'suspended')"),
        postgresql_where=sa.text("state IN ('active', 'suspended')"),
    )
    op.create_table(
        "application_services",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_services_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_application_services_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_services")),
        sa.UniqueConstraint(
            "application_id",
            "service_id",
            name=op.f("uq_application_services_application_id_service_id"),
        ),
    )
    op.create_table(
        "application_sites",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_sites_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_application_sites_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_sites")),
        sa.UniqueConstraint(
            "application_id", "site_id", name=op.f("uq_application_sites_application_id_site_id")
        ),
    )
    op.create_table(
        "information_requests",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)",
            name=op.f("ck_information_requests_answered_wholly"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people.id"], name=op.f("fk_information_requests_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_information_requests_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_information_requests_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_requests")),
    )
    op.create_index(
        op.f("ix_information_requests_application_id"),
        "information_requests",
        ["application_id"],
        unique=False,
    )
    op.create_table(
        "decisions",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=True),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "grant",
                "refuse",
                "maintain",
                "renew",
                "reduce",
                "suspend",
                "restore",
                "withdraw",
                name="decisionoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("rated_level", sa.Integer(), nullable=True),
        sa.Column("level_reason", sa.Text(), nullable=False),
        sa.Column("scope_zh", sa.Text(), nullable=False),
        sa.Column("scope_en", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column(
            "guards", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("rating_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome NOT IN ('grant', 'renew') OR audit_id IS NOT NULL",
            name=op.f("ck_decisions_positive_has_audit"),
        ),
        sa.CheckConstraint(
            "outcome NOT IN ('grant', 'renew') OR level > 0",
            name=op.f("ck_decisions_positive_has_level"),
        ),
        sa.CheckConstraint("reasons <> ''", name=op.f("ck_decisions_has_reasons")),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_decisions_audit_id")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_decisions_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_decisions_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_decisions_engagement_id")
        ),
        sa.ForeignKeyConstraint(["rating_id"], ["ratings.id"], name=op.f("fk_decisions_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("number", name=op.f("uq_decisions_number")),
    )
    op.create_index(
        op.f("ix_decisions_certificate_id"), "decisions", ["certificate_id"], unique=False
    )
    op.create_index(
        op.f("ix_decisions_decided_by_id"), "decisions", ["decided_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_decisions_engagement_id"), "decisions", ["engagement_id"], unique=False
    )
    op.create_index(
        "uq_decisions_one_for_an_audit",
        "decisions",
        ["audit_id"],
        unique=True,
        sqlite_where=sa.text("audit_id IS NOT NULL"),
        postgresql_where=sa.text("audit_id IS NOT NULL"),
    )
    op.create_table(
        "cases",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "appeal",
                "complaint",
                name="casekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "acknowledged",
                "validated",
                "rejected",
                "investigating",
                "decided",
                "notified",
                "closed",
                name="casestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=240), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("from_name", sa.String(length=240), nullable=False),
        sa.Column("from_email", sa.String(length=240), nullable=False),
        sa.Column("language", sa.String(length=80), nullable=False),
        sa.Column("lodged_by_id", sa.Integer(), nullable=True),
        sa.Column("code_sha256", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("investigation", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'appeal' OR decision_id IS NOT NULL",
            name=op.f("ck_cases_appeal_names_decision"),
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR outcome <> ''", name=op.f("ck_cases_rejection_has_reason")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> handler_id",
            name=op.f("ck_cases_approver_is_another"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_cases_approved_by_id")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["organisations.id"], name=op.f("fk_cases_body_id")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_cases_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["organisations.id"], name=op.f("fk_cases_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_cases_decision_id")
        ),
        sa.ForeignKeyConstraint(["handler_id"], ["people.id"], name=op.f("fk_cases_handler_id")),
        sa.ForeignKeyConstraint(
            ["lodged_by_id"], ["people.id"], name=op.f("fk_cases_lodged_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_cases_code_sha256")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index(op.f("ix_cases_body_id_state"), "cases", ["body_id", "state"], unique=False)
    op.create_index(op.f("ix_cases_certificate_id"), "cases", ["certificate_id"], unique=False)
    op.create_index(op.f("ix_cases_client_id"), "cases", ["client_id"], unique=False)
    op.create_index(op.f("ix_cases_decision_id"), "cases", ["decision_id"], unique=False)
    op.create_table(
        "certificate_revisions",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "effective_on >= decided_on", name=op.f("ck_certificate_revisions_not_before_decision")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_revisions_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_certificate_revisions_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_revisions")),
        sa.UniqueConstraint(
            "certificate_id", "number", name=op.f("uq_certificate_revisions_certificate_id_number")
        ),
    )
    op.create_index(
        op.f("ix_certificate_revisions_decision_id"),
        "certificate_revisions",
        ["decision_id"],
        unique=False,
    )
    op.create_table(
        "certificate_statuses",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "suspended",
                "withdrawn",
                "cancelled",
                "expired",
                "superseded",
                name="certificatestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_statuses_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_certificate_statuses_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_statuses")),
    )
    op.create_index(
        op.f("ix_certificate_statuses_certificate_id_from_on"),
        "certificate_statuses",
        ["certificate_id", "from_on"],
        unique=False,
    )
    for table in APPEND_ONLY:
        for statement in protection(op.get_bind().dialect.name, table):
            op.execute(sa.text(statement))
    for guard in GUARDS.values():
        for statement in guard[op.get_bind().dialect.name]:
            op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("certificate_statuses")
    op.drop_table("certificate_revisions")
    op.drop_table("cases")
    op.drop_table("decisions")
    op.drop_table("information_requests")
    op.drop_table("application_sites")
    op.drop_table("application_services")
    op.drop_table("certificates")
    op.drop_table("applications")
    op.drop_table("clock_runs")
    if op.get_bind().dialect.name == "postgresql":
        for name in GUARDS:
            op.execute(sa.text(f"DROP FUNCTION IF EXISTS {name}()"))
