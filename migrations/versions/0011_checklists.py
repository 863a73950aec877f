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


def downgrade() -> None:
    op.drop_table("section_shares")
    op.drop_column("answers", "reasons")
