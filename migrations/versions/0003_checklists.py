"""Standards and schemes.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schemes",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("title_zh", sa.String(length=240), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schemes")),
        sa.UniqueConstraint("code", name=op.f("uq_schemes_code")),
    )
    op.create_table(
        "standards",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("title_zh", sa.String(length=240), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standards")),
        sa.UniqueConstraint("code", name=op.f("uq_standards_code")),
    )
    op.create_table(
        "standard_versions",
        sa.Column("standard_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "approved",
                "published",
                "superseded",
                name="standardstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title_zh", sa.String(length=240), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.Column("criteria_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('published', 'superseded') OR published_at IS NOT NULL",
            name=op.f("ck_standard_versions_published_has_date"),
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["standards.id"], name=op.f("fk_standard_versions_standard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_versions")),
        sa.UniqueConstraint(
            "standard_id", "version", name=op.f("uq_standard_versions_standard_id_version")
        ),
    )
    op.create_table(
        "scheme_versions",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "superseded",
                name="schemestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL",
            name=op.f("ck_scheme_versions_published_has_date"),
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["schemes.id"], name=op.f("fk_scheme_versions_scheme_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_versions.id"],
            name=op.f("fk_scheme_versions_standard_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_versions")),
        sa.UniqueConstraint(
            "scheme_id", "version", name=op.f("uq_scheme_versions_scheme_id_version")
        ),
    )
    op.create_index(
        op.f("ix_scheme_versions_standard_version_id"),
        "scheme_versions",
        ["standard_version_id"],
        unique=False,
    )
    op.create_table(
        "sections",
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("title_zh", sa.String(length=240), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_versions.id"],
            name=op.f("fk_sections_standard_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
        sa.UniqueConstraint(
            "standard_version_id", "code", name=op.f("uq_sections_standard_version_id_code")
        ),
    )
    op.create_table(
        "criteria",
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(length=80), nullable=False),
        sa.Column(
            "area",
            sa.Enum(
                "indicators",
                "process",
                "people",
                "environment",
                name="area",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "design",
                "implementation",
                "delivery",
                "improvement",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("level_from", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column(
            "methods", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("title_zh", sa.String(length=240), nullable=False),
        sa.Column("title_en", sa.String(length=240), nullable=False),
        sa.Column("requirement_zh", sa.Text(), nullable=False),
        sa.Column("requirement_en", sa.Text(), nullable=False),
        sa.Column("guidance_zh", sa.Text(), nullable=False),
        sa.Column("guidance_en", sa.Text(), nullable=False),
        sa.Column("evidence_zh", sa.Text(), nullable=False),
        sa.Column("evidence_en", sa.Text(), nullable=False),
        sa.Column(
            "sources", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "citations", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("level_from > 0", name=op.f("ck_criteria_level_is_positive")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_criteria_weight_is_positive")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sections.id"], name=op.f("fk_criteria_section_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_versions.id"],
            name=op.f("fk_criteria_standard_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria")),
        sa.UniqueConstraint(
            "standard_version_id", "code", name=op.f("uq_criteria_standard_version_id_code")
        ),
    )
    op.create_index(op.f("ix_criteria_section_id"), "criteria", ["section_id"], unique=False)


def downgrade() -> None:
    op.drop_table("criteria")
    op.drop_table("sections")
    op.drop_table("scheme_versions")
    op.drop_table("standard_versions")
    op.drop_table("standards")
    op.drop_table("schemes")
