"""People, organisations, memberships.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column(
            "kind",
            sa.Enum(
                "body",
                "provider",
                "regulator",
                name="organisationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=80), nullable=True),
        sa.Column("name_zh", sa.String(length=240), nullable=False),
        sa.Column("name_en", sa.String(length=240), nullable=False),
        sa.Column("credit_code", sa.String(length=80), nullable=True),
        sa.Column("address_zh", sa.String(length=240), nullable=False),
        sa.Column("address_en", sa.String(length=240), nullable=False),
        sa.Column("contact_email", sa.String(length=240), nullable=False),
        sa.Column("contact_phone", sa.String(length=80), nullable=False),
        sa.Column("accreditation", sa.String(length=240), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'body' OR code IS NOT NULL", name=op.f("ck_organisations_body_has_code")
        ),
        sa.CheckConstraint(
            "name_zh <> '' OR name_en <> ''", name=op.f("ck_organisations_has_a_name")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organisations_credit_code")),
    )
    op.create_table(
        "people",
        sa.Column("email", sa.String(length=240), nullable=False),
        sa.Column("name", sa.String(length=240), nullable=False),
        sa.Column("password_hash", sa.String(length=240), nullable=True),
        sa.Column("language", sa.String(length=80), nullable=False),
        sa.Column("time_zone", sa.String(length=80), nullable=False),
        sa.Column("theme", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_is_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column(
            "kind",
            sa.Enum(
                "sign_in",
                "letter",
                "registration",
                "complaint",
                name="attemptkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=240), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(
        op.f("ix_sign_in_attempts_address_at"), "sign_in_attempts", ["address", "at"], unique=False
    )
    op.create_index(
        op.f("ix_sign_in_attempts_email_at"), "sign_in_attempts", ["email", "at"], unique=False
    )
    op.create_table(
        "client_links",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_client_links_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["organisations.id"], name=op.f("fk_client_links_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_links")),
        sa.UniqueConstraint("body_id", "client_id", name=op.f("uq_client_links_body_id_client_id")),
    )
    op.create_index(op.f("ix_client_links_client_id"), "client_links", ["client_id"], unique=False)
    op.create_table(
        "letters",
        sa.Column(
            "kind",
            sa.Enum(
                "invitation",
                "reset",
                name="letterkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=240), nullable=False),
        sa.Column("name", sa.String(length=240), nullable=False),
        sa.Column("language", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'invitation' OR organisation_id IS NOT NULL",
            name=op.f("ck_letters_invitation_has_organisation"),
        ),
        sa.CheckConstraint(
            "kind <> 'reset' OR person_id IS NOT NULL", name=op.f("ck_letters_reset_has_person")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["people.id"], name=op.f("fk_letters_invited_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_letters_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_letters_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index(
        op.f("ix_letters_organisation_id"), "letters", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_letters_person_id"), "letters", ["person_id"], unique=False)
    op.create_index(
        "uq_letters_one_open_invitation",
        "letters",
        ["organisation_id", "email"],
        unique=True,
        sqlite_where=sa.text("kind = 'invitation' AND used_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text(
            "kind = 'invitation' AND used_at IS NULL AND withdrawn_at IS NULL"
        ),
    )
    op.create_table(
        "memberships",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_memberships_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(
        op.f("ix_memberships_organisation_id"), "memberships", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_memberships_one_current",
        "memberships",
        ["person_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "services",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=240), nullable=False),
        sa.Column("name_en", sa.String(length=240), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_services_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_index(
        op.f("ix_services_organisation_id"), "services", ["organisation_id"], unique=False
    )
    op.create_table(
        "sites",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=240), nullable=False),
        sa.Column("name_en", sa.String(length=240), nullable=False),
        sa.Column("address_zh", sa.String(length=240), nullable=False),
        sa.Column("address_en", sa.String(length=240), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("is_central", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_sites_headcount_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_sites_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_index(op.f("ix_sites_organisation_id"), "sites", ["organisation_id"], unique=False)
    op.create_index(
        "uq_sites_one_central",
        "sites",
        ["organisation_id"],
        unique=True,
        sqlite_where=sa.text("is_central"),
        postgresql_where=sa.text("is_central"),
    )
    op.create_table(
        "membership_roles",
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "planner",
                "auditor",
                "decider",
                "officer",
                "manager",
                "member",
                "inspector",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_membership_roles_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_roles")),
        sa.UniqueConstraint(
            "membership_id", "role", name=op.f("uq_membership_roles_membership_id_role")
        ),
    )
    op.create_table(
        "sign_ins",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=80), nullable=False),
        sa.Column("agent", sa.String(length=240), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_sign_ins_membership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_ins_token_sha256")),
    )
    op.create_index(op.f("ix_sign_ins_membership_id"), "sign_ins", ["membership_id"], unique=False)
    op.create_index(op.f("ix_sign_ins_person_id"), "sign_ins", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("sign_ins")
    op.drop_table("membership_roles")
    op.drop_table("sites")
    op.drop_table("services")
    op.drop_table("memberships")
    op.drop_table("letters")
    op.drop_table("client_links")
    op.drop_table("sign_in_attempts")
    op.drop_table("people")
    op.drop_table("organisations")
