"""Fieldwork without a network: devices and captures; sign-in at meetings: position, photo, signatures.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# The same words on both databases; a constraint stands with its column, so that nothing is rebuilt.
_ADDED = (
    (
        "sites",
        "latitude FLOAT CONSTRAINT ck_sites_latitude_in_range CHECK (latitude BETWEEN -90 AND 90)",
    ),
    (
        "sites",
        "longitude FLOAT CONSTRAINT ck_sites_position_is_whole CHECK "
        "((latitude IS NULL) = (longitude IS NULL) AND (longitude IS NULL OR longitude BETWEEN -180 AND 180))",
    ),
    (
        "meetings",
        "latitude FLOAT CONSTRAINT ck_meetings_latitude_in_range CHECK (latitude BETWEEN -90 AND 90)",
    ),
    (
        "meetings",
        "longitude FLOAT CONSTRAINT ck_meetings_position_is_whole CHECK "
        "((latitude IS NULL) = (longitude IS NULL) AND (longitude IS NULL OR longitude BETWEEN -180 AND 180))",
    ),
    (
        "meetings",
        "accuracy_m INTEGER CONSTRAINT ck_meetings_accuracy_has_position CHECK "
        "(accuracy_m IS NULL OR (accuracy_m >= 0 AND latitude IS NOT NULL))",
    ),
    ("attendances", "signature TEXT DEFAULT '' NOT NULL"),
)
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    for table, column in _ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {_typed(column)}")
    op.add_column("meetings", sa.Column("flags", _JSON, nullable=False, server_default="[]"))
    op.execute(
        "ALTER TABLE meetings ADD COLUMN photo_id INTEGER "
        "CONSTRAINT fk_meetings_photo_id REFERENCES evidence (id)"
    )
    _devices()
    _captures()


def _typed(column: str) -> str:
    """Call a figure with decimals as the database calls it."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    return column.replace(" FLOAT ", " DOUBLE " if on_sqlite else " DOUBLE PRECISION ")


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=240), nullable=False),
        sa.Column("agent", sa.String(length=240), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("wipe_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wipe_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_devices_waiting_is_not_negative")),
        sa.CheckConstraint(
            "(wipe_asked_at IS NULL) = (wipe_asked_by_id IS NULL)",
            name=op.f("ck_devices_wipe_names_who_asked"),
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_devices_audit_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_devices_person_id")),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_ins.id"], name=op.f("fk_devices_sign_in_id")
        ),
        sa.ForeignKeyConstraint(
            ["wipe_asked_by_id"], ["people.id"], name=op.f("fk_devices_wipe_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("token", "audit_id", name=op.f("uq_devices_token_audit_id")),
    )
    op.create_index(op.f("ix_devices_audit_id"), "devices", ["audit_id"])
    op.create_index(op.f("ix_devices_person_id"), "devices", ["person_id"])


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("uuid", sa.String(length=80), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "answer",
                "photo",
                "finding",
                "meeting",
                name="capturekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("clock", sa.String(length=80), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", _JSON, nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "applied",
                "same",
                "conflict",
                "refused",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("result", _JSON, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_how", sa.String(length=80), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL) AND (settled_at IS NULL) = (settled_how IS NULL)",
            name=op.f("ck_captures_settled_wholly"),
        ),
        sa.CheckConstraint(
            "settled_at IS NULL OR outcome IN ('conflict', 'refused')",
            name=op.f("ck_captures_only_open_ones_are_settled"),
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_captures_audit_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_captures_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_captures_person_id")),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["people.id"], name=op.f("fk_captures_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("uuid", name=op.f("uq_captures_uuid")),
    )
    op.create_index(op.f("ix_captures_audit_id_outcome"), "captures", ["audit_id", "outcome"])
    op.create_index(op.f("ix_captures_device_id"), "captures", ["device_id"])


def downgrade() -> None:
    op.drop_table("captures")
    op.drop_table("devices")
    for table_name, column in [
        ("meetings", "photo_id"),
        ("meetings", "flags"),
        *((table, column.split()[0]) for table, column in reversed(_ADDED)),
    ]:
        op.drop_column(table_name, column)
