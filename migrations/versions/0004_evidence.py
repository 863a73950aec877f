"""Evidence and issued documents.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from core.events import protection

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("blobs", "issued_documents")


def upgrade() -> None:
    op.create_table(
        "issued_documents",
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=240), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_issued_documents_digest_is_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_documents")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "kind",
            "language",
            name=op.f("uq_issued_documents_subject_kind_subject_id_kind_language"),
        ),
    )
    op.create_table(
        "blobs",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=240), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("media_type <> ''", name=op.f("ck_blobs_has_a_type")),
        sa.CheckConstraint(
            "length(sha256) = 64 AND sha256 = lower(sha256)", name=op.f("ck_blobs_digest_is_whole")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_blobs_is_not_empty")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_blobs_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
        sa.UniqueConstraint("id", "organisation_id", name=op.f("uq_blobs_id_organisation_id")),
        sa.UniqueConstraint(
            "organisation_id", "sha256", name=op.f("uq_blobs_organisation_id_sha256")
        ),
    )
    op.create_index(op.f("ix_blobs_sha256"), "blobs", ["sha256"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=240), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(length=240), nullable=False),
        sa.Column(
            "confidentiality",
            sa.Enum(
                "public",
                "internal",
                "confidential",
                "personal",
                name="evidenceclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("handed_over_by_id", sa.Integer(), nullable=False),
        sa.Column("handed_over_by_organisation_id", sa.Integer(), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "file_name <> '' AND length(file_name) <= 200", name=op.f("ck_evidence_file_name_fits")
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_evidence_has_a_title")),
        sa.CheckConstraint(
            "void_reason IS NULL OR void_reason <> ''",
            name=op.f("ck_evidence_void_reason_says_something"),
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)",
            name=op.f("ck_evidence_void_has_a_reason"),
        ),
        sa.CheckConstraint(
            "body_id <> organisation_id", name=op.f("ck_evidence_body_is_not_the_provider")
        ),
        sa.CheckConstraint(
            "handed_over_by_organisation_id IN (organisation_id, body_id)",
            name=op.f("ck_evidence_comes_from_a_party"),
        ),
        sa.CheckConstraint(
            "voided_at IS NULL OR voided_at >= handed_over_at",
            name=op.f("ck_evidence_void_follows_hand_over"),
        ),
        sa.ForeignKeyConstraint(
            ["blob_id", "organisation_id"],
            ["blobs.id", "blobs.organisation_id"],
            name=op.f("fk_evidence_blob_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_evidence_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["handed_over_by_id"], ["people.id"], name=op.f("fk_evidence_handed_over_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["handed_over_by_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_evidence_handed_over_by_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_evidence_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_blob_id"), "evidence", ["blob_id"], unique=False)
    op.create_index(
        op.f("ix_evidence_body_id_handed_over_at"),
        "evidence",
        ["body_id", "handed_over_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_evidence_organisation_id_handed_over_at"),
        "evidence",
        ["organisation_id", "handed_over_at"],
        unique=False,
    )
    for table in APPEND_ONLY:
        for statement in protection(op.get_bind().dialect.name, table):
            op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_table("blobs")
    op.drop_table("issued_documents")
