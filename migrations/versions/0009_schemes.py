"""The life of a scheme version: bodies with schemes of their own; who drafted, submitted, approved; only drafts change.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER scheme_version_is_settled BEFORE UPDATE ON scheme_versions WHEN (OLD.state <> 'draft' AND (NEW.content_sha256 <> OLD.content_sha256 OR CAST(NEW.content AS TEXT) <> CAST(OLD.content AS TEXT) OR NEW.standard_version_id <> OLD.standard_version_id)) OR NEW.scheme_id <> OLD.scheme_id OR NEW.version <> OLD.version OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'superseded')) OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') OR (OLD.published_at IS NOT NULL AND NEW.published_at <> OLD.published_at) BEGIN SELECT RAISE(ABORT, 'scheme_version_is_settled'); END",
        "CREATE TRIGGER scheme_version_stays BEFORE DELETE ON scheme_versions WHEN OLD.state <> 'draft' BEGIN SELECT RAISE(ABORT, 'scheme_version_stays'); END",
        "CREATE TRIGGER scheme_approver_wrote_nothing BEFORE UPDATE ON scheme_versions WHEN EXISTS (SELECT 1 FROM scheme_editors WHERE scheme_version_id = NEW.id AND person_id = NEW.approved_by_id) BEGIN SELECT RAISE(ABORT, 'scheme_approver_wrote_nothing'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION scheme_version_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (OLD.state <> 'draft' AND (NEW.content_sha256 <> OLD.content_sha256 OR CAST(NEW.content AS TEXT) <> CAST(OLD.content AS TEXT) OR NEW.standard_version_id <> OLD.standard_version_id)) OR NEW.scheme_id <> OLD.scheme_id OR NEW.version <> OLD.version OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'superseded')) OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') OR (OLD.published_at IS NOT NULL AND NEW.published_at <> OLD.published_at) THEN RAISE EXCEPTION 'scheme_version_is_settled' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'scheme_version_is_settled'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER scheme_version_is_settled BEFORE UPDATE ON scheme_versions FOR EACH ROW EXECUTE FUNCTION scheme_version_is_settled()",
        "CREATE OR REPLACE FUNCTION scheme_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'draft' THEN RAISE EXCEPTION 'scheme_version_stays' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'scheme_version_stays'; END IF; RETURN OLD; END $$",
        "CREATE TRIGGER scheme_version_stays BEFORE DELETE ON scheme_versions FOR EACH ROW EXECUTE FUNCTION scheme_version_stays()",
        "CREATE OR REPLACE FUNCTION scheme_approver_wrote_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM scheme_editors WHERE scheme_version_id = NEW.id AND person_id = NEW.approved_by_id) THEN RAISE EXCEPTION 'scheme_approver_wrote_nothing' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'scheme_approver_wrote_nothing'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER scheme_approver_wrote_nothing BEFORE UPDATE ON scheme_versions FOR EACH ROW EXECUTE FUNCTION scheme_approver_wrote_nothing()",
    ],
}

OLD_STATES = ("draft", "published", "superseded")
STATES = ("draft", "in_review", "approved", "published", "superseded")
OPEN = "state IN ('draft', 'in_review', 'approved')"
KEPT = "id, scheme_id, standard_version_id, version, state, content, content_sha256, created_at, published_at"
COLUMNS = (
    ("based_on_id", "scheme_versions"),
    ("drafted_by_id", "people"),
    ("submitted_by_id", "people"),
    ("submitted_at", ""),
    ("approved_by_id", "people"),
    ("approved_at", ""),
)
PUBLISHED_HAS_DATE = "state NOT IN ('published', 'superseded') OR published_at IS NOT NULL"
CHECKS = {
    "version_is_positive": "version > 0",
    "submitted_has_submitter": "state NOT IN ('in_review', 'approved') OR (submitted_by_id IS NOT NULL AND submitted_at IS NOT NULL)",
    "approved_has_approver": "state <> 'approved' OR (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
    "approver_is_not_submitter": "approved_by_id <> submitted_by_id",
    "approver_is_not_author": "approved_by_id <> drafted_by_id",
    "published_was_approved": "drafted_by_id IS NULL OR state NOT IN ('published', 'superseded') OR approved_by_id IS NOT NULL",
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.execute(
        "ALTER TABLE schemes ADD COLUMN body_id INTEGER "
        "CONSTRAINT fk_schemes_body_id REFERENCES organisations (id)"
    )
    op.create_index(op.f("ix_schemes_body_id"), "schemes", ["body_id"])
    if dialect == "sqlite":
        checks = {"published_has_date": PUBLISHED_HAS_DATE, **CHECKS}
        _rebuild(STATES, checks, [_column(*one) for one in COLUMNS], _added_keys(), revised=True)
    else:
        _alter()
    for name, condition in (("one_published", "state = 'published'"), ("one_open", OPEN)):
        where = sa.text(condition)
        op.create_index(
            f"uq_scheme_versions_{name}",
            "scheme_versions",
            ["scheme_id"],
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "scheme_editors",
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_version_id"],
            ["scheme_versions.id"],
            name=op.f("fk_scheme_editors_scheme_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_scheme_editors_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_editors")),
        sa.UniqueConstraint(
            "scheme_version_id",
            "person_id",
            name=op.f("uq_scheme_editors_scheme_version_id_person_id"),
        ),
    )
    for statement in TRIGGERS[dialect]:
        op.execute(sa.text(statement))


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    names = [one.split()[2] for one in TRIGGERS["sqlite"]]
    for name in names:
        op.execute(
            f"DROP TRIGGER {name}" if dialect == "sqlite" else f"DROP FUNCTION {name} CASCADE"
        )
    op.drop_table("scheme_editors")
    for name in ("one_open", "one_published"):
        op.drop_index(f"uq_scheme_versions_{name}", "scheme_versions")
    op.execute(
        "UPDATE scheme_versions SET state = 'draft' WHERE state IN ('in_review', 'approved')"
    )
    if dialect == "sqlite":
        checks = {"published_has_date": "state = 'draft' OR published_at IS NOT NULL"}
        _rebuild(OLD_STATES, checks, [], [], revised=False)
    else:
        for name in (*CHECKS, "published_has_date", "schemestate"):
            op.drop_constraint(op.f(f"ck_scheme_versions_{name}"), "scheme_versions", type_="check")
        for name, _table in reversed(COLUMNS):
            op.drop_column("scheme_versions", name)
        op.drop_column("scheme_versions", "revision")
        _check("schemestate", _among(OLD_STATES))
        _check("published_has_date", "state = 'draft' OR published_at IS NOT NULL")
    op.drop_index(op.f("ix_schemes_body_id"), "schemes")
    op.drop_column("schemes", "body_id")


def _alter() -> None:
    for name, table in COLUMNS:
        op.add_column("scheme_versions", _column(name, table))
        if table:
            key = op.f(f"fk_scheme_versions_{name}")
            op.create_foreign_key(key, "scheme_versions", table, [name], ["id"])
    op.add_column(
        "scheme_versions", sa.Column("revision", sa.Integer(), nullable=False, server_default="1")
    )
    for name in ("schemestate", "published_has_date"):
        op.drop_constraint(op.f(f"ck_scheme_versions_{name}"), "scheme_versions", type_="check")
    _check("schemestate", _among(STATES))
    _check("published_has_date", PUBLISHED_HAS_DATE)
    for name, condition in CHECKS.items():
        _check(name, condition)


def _rebuild(states, checks, columns, keys, *, revised: bool) -> None:
    """Make the table anew under its own name while others refer to its rows.

    SQLite cannot change a CHECK in place. The foreign keys wait for the commit: dropping the table leaves them
    open, and each row that comes back under its key settles those that point to it.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TEMPORARY TABLE kept_versions AS SELECT {KEPT} FROM scheme_versions")
    op.drop_table("scheme_versions")
    more = (
        [sa.Column("revision", sa.Integer(), nullable=False, server_default="1")] if revised else []
    )
    op.create_table(
        "scheme_versions",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column(
            "content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        *columns,
        *more,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(_among(states), name=op.f("ck_scheme_versions_schemestate")),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_scheme_versions_{name}"))
            for name, condition in checks.items()
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["schemes.id"], name=op.f("fk_scheme_versions_scheme_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_versions.id"],
            name=op.f("fk_scheme_versions_standard_version_id"),
        ),
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_versions")),
        sa.UniqueConstraint(
            "scheme_id", "version", name=op.f("uq_scheme_versions_scheme_id_version")
        ),
    )
    op.execute(f"INSERT INTO scheme_versions ({KEPT}) SELECT {KEPT} FROM kept_versions")
    op.execute("DROP TABLE kept_versions")
    op.create_index(
        op.f("ix_scheme_versions_standard_version_id"), "scheme_versions", ["standard_version_id"]
    )


def _column(name: str, table: str) -> sa.Column:
    return sa.Column(name, sa.Integer() if table else sa.DateTime(timezone=True), nullable=True)


def _added_keys() -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_scheme_versions_{name}"))
        for name, table in COLUMNS
        if table
    ]


def _check(name: str, condition: str) -> None:
    op.create_check_constraint(
        op.f(f"ck_scheme_versions_{name}"), "scheme_versions", sa.text(condition)
    )


def _among(states) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"
