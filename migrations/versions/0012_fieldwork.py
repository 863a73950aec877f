"""Fieldwork at the desk: own time of capture, who was talked to, how samples were chosen, who is here.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LISTING = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    for table in ("answers", "answer_versions"):
        op.add_column(
            table, sa.Column("interviewees", LISTING, nullable=False, server_default="[]")
        )
    op.add_column("answer_versions", sa.Column("captured_at", sa.DateTime(timezone=True)))
    # Columns with their CHECKs: SQLite adds no constraint later, and rebuilding the table would lose its triggers.
    op.execute(
        "ALTER TABLE samples ADD COLUMN chosen VARCHAR(40) DEFAULT 'judgement' NOT NULL "
        "CONSTRAINT ck_samples_samplechoice CHECK (chosen IN ('random', 'judgement', 'all')) "
        "CONSTRAINT ck_samples_all_is_the_population CHECK (chosen <> 'all' OR size = population)"
    )
    op.execute(
        "ALTER TABLE samples ADD COLUMN seed INTEGER "
        "CONSTRAINT ck_samples_random_keeps_its_seed CHECK ((seed IS NOT NULL) = (chosen = 'random'))"
    )
    op.create_table(
        "presences",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_presences_audit_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_presences_person_id")),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["answers.id"],
            name=op.f("fk_presences_answer_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presences")),
        sa.UniqueConstraint("audit_id", "person_id", name=op.f("uq_presences_audit_id_person_id")),
    )


def downgrade() -> None:
    op.drop_table("presences")
    op.drop_column("samples", "seed")
    op.drop_column("samples", "chosen")
    op.drop_column("answer_versions", "captured_at")
    op.drop_column("answer_versions", "interviewees")
    op.drop_column("answers", "interviewees")
