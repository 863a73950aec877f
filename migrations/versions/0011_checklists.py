"""Why a criterion is on a checklist, and who takes which section.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "answers",
        sa.Column(
            "reasons",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            server_default="[]",
        ),
    )
    op.create_table(
        "section_shares",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audits.id"], name=op.f("fk_section_shares_audit_id")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_section_shares_section_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_section_shares_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_shares")),
        sa.UniqueConstraint(
            "audit_id", "section_id", name=op.f("uq_section_shares_audit_id_section_id")
        ),
    )
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "checklists",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("standard_version_ids", json, nullable=False),
        sa.Column("site_ids", json, nullable=False),
        sa.Column("service_ids", json, nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("criteria", sa.Integer(), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("level > 0", name=op.f("ck_checklists_level_is_positive")),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_checklists_audit_id")),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["people.id"], name=op.f("fk_checklists_chosen_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklists")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_checklists_audit_id")),
    )
    op.create_table(
        "concerns",
        sa.Column("engagement_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "complaint",
                "incident",
                "change",
                name="concernkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=240), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("dimension", sa.String(length=80), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_in_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_concerns_says_what")),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_concerns_engagement_id")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["people.id"], name=op.f("fk_concerns_raised_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_in_id"], ["audits.id"], name=op.f("fk_concerns_taken_in_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concerns")),
    )
    op.create_index(op.f("ix_concerns_engagement_id"), "concerns", ["engagement_id"], unique=False)
    op.create_index(op.f("ix_concerns_taken_in_id"), "concerns", ["taken_in_id"], unique=False)


def downgrade() -> None:
    op.drop_table("concerns")
    op.drop_table("checklists")
    op.drop_table("section_shares")
    op.drop_column("answers", "reasons")
