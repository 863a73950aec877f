"""Imports of standards.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "standard_imports",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=240), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "oscal",
                "yaml",
                "csv",
                "xlsx",
                name="fileformat",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("columns", JSON, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "confirmed",
                "done",
                "discarded",
                "expired",
                name="importstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("standard_version_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('pending', 'confirmed') OR content IS NOT NULL",
            name=op.f("ck_standard_imports_open_has_content"),
        ),
        sa.CheckConstraint(
            "state <> 'done' OR standard_version_id IS NOT NULL",
            name=op.f("ck_standard_imports_done_has_version"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_standard_imports_size_is_positive")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_standard_imports_digest_is_whole")),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_standard_imports_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_standard_imports_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_versions.id"],
            name=op.f("fk_standard_imports_standard_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_imports")),
    )
    op.create_index(
        op.f("ix_standard_imports_body_id_state"), "standard_imports", ["body_id", "state"]
    )
    op.create_table(
        "known_columns",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_known_columns_body_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_columns")),
        sa.UniqueConstraint(
            "body_id", "signature", name=op.f("uq_known_columns_body_id_signature")
        ),
    )


def downgrade() -> None:
    op.drop_table("known_columns")
    op.drop_table("standard_imports")
