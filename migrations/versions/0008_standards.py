"""The life of a standard version: who drafted, submitted, approved; only drafts change; checks of citations.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from core.events import protection

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER approver_is_not_editor BEFORE UPDATE OF approved_by_id ON standard_versions WHEN EXISTS (SELECT 1 FROM standard_editors WHERE standard_version_id = NEW.id AND person_id = NEW.approved_by_id) BEGIN SELECT RAISE(ABORT, 'approver_is_not_editor'); END",
        "CREATE TRIGGER sections_of_drafts_insert BEFORE INSERT ON sections WHEN (SELECT state FROM standard_versions WHERE id = NEW.standard_version_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'only_drafts_change'); END",
        "CREATE TRIGGER sections_of_drafts_update BEFORE UPDATE ON sections WHEN (SELECT state FROM standard_versions WHERE id = OLD.standard_version_id) <> 'draft' OR (SELECT state FROM standard_versions WHERE id = NEW.standard_version_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'only_drafts_change'); END",
        "CREATE TRIGGER sections_of_drafts_delete BEFORE DELETE ON sections WHEN (SELECT state FROM standard_versions WHERE id = OLD.standard_version_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'only_drafts_change'); END",
        "CREATE TRIGGER criteria_of_drafts_insert BEFORE INSERT ON criteria WHEN (SELECT state FROM standard_versions WHERE id = NEW.standard_version_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'only_drafts_change'); END",
        "CREATE TRIGGER criteria_of_drafts_update BEFORE UPDATE ON criteria WHEN (SELECT state FROM standard_versions WHERE id = OLD.standard_version_id) <> 'draft' OR (SELECT state FROM standard_versions WHERE id = NEW.standard_version_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'only_drafts_change'); END",
        "CREATE TRIGGER criteria_of_drafts_delete BEFORE DELETE ON criteria WHEN (SELECT state FROM standard_versions WHERE id = OLD.standard_version_id) <> 'draft' BEGIN SELECT RAISE(ABORT, 'only_drafts_change'); END",
        "CREATE TRIGGER published_versions_stay BEFORE UPDATE ON standard_versions WHEN OLD.state IN ('published', 'superseded') AND (NEW.state NOT IN ('published', 'superseded') OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') OR NEW.standard_id <> OLD.standard_id OR NEW.version <> OLD.version OR NEW.title_zh <> OLD.title_zh OR NEW.title_en <> OLD.title_en OR NEW.summary_zh <> OLD.summary_zh OR NEW.summary_en <> OLD.summary_en OR NEW.criteria_count <> OLD.criteria_count) BEGIN SELECT RAISE(ABORT, 'published_versions_stay'); END",
        "CREATE TRIGGER published_versions_stay_here BEFORE DELETE ON standard_versions WHEN OLD.state IN ('published', 'superseded') BEGIN SELECT RAISE(ABORT, 'published_versions_stay'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION approver_is_not_editor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM standard_editors WHERE standard_version_id = NEW.id AND person_id = NEW.approved_by_id) THEN RAISE EXCEPTION 'approver_is_not_editor' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'approver_is_not_editor'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER approver_is_not_editor BEFORE UPDATE OF approved_by_id ON standard_versions FOR EACH ROW EXECUTE FUNCTION approver_is_not_editor()",
        "CREATE OR REPLACE FUNCTION only_drafts_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> 'INSERT' THEN IF (SELECT state FROM standard_versions WHERE id = OLD.standard_version_id) <> 'draft' THEN RAISE EXCEPTION 'only_drafts_change' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'only_drafts_change'; END IF; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; IF (SELECT state FROM standard_versions WHERE id = NEW.standard_version_id) <> 'draft' THEN RAISE EXCEPTION 'only_drafts_change' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'only_drafts_change'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER sections_of_drafts BEFORE INSERT OR UPDATE OR DELETE ON sections FOR EACH ROW EXECUTE FUNCTION only_drafts_change()",
        "CREATE TRIGGER criteria_of_drafts BEFORE INSERT OR UPDATE OR DELETE ON criteria FOR EACH ROW EXECUTE FUNCTION only_drafts_change()",
        "CREATE OR REPLACE FUNCTION published_versions_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'published_versions_stay' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'published_versions_stay'; END $$",
        "CREATE TRIGGER published_versions_stay BEFORE UPDATE ON standard_versions FOR EACH ROW WHEN (OLD.state IN ('published', 'superseded') AND (NEW.state NOT IN ('published', 'superseded') OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') OR NEW.standard_id <> OLD.standard_id OR NEW.version <> OLD.version OR NEW.title_zh <> OLD.title_zh OR NEW.title_en <> OLD.title_en OR NEW.summary_zh <> OLD.summary_zh OR NEW.summary_en <> OLD.summary_en OR NEW.criteria_count <> OLD.criteria_count)) EXECUTE FUNCTION published_versions_stay()",
        "CREATE TRIGGER published_versions_stay_here BEFORE DELETE ON standard_versions FOR EACH ROW WHEN (OLD.state IN ('published', 'superseded')) EXECUTE FUNCTION published_versions_stay()",
    ],
}

# On SQLite a column may bring its foreign key and checks along; rebuilding the table is not possible while others
# refer to it. So the checks stand with the last column there, and as constraints of the table on PostgreSQL.
COLUMNS = (
    ("body_id", "INTEGER", "organisations"),
    ("based_on_id", "INTEGER", "standard_versions"),
    ("drafted_by_id", "INTEGER", "people"),
    ("submitted_by_id", "INTEGER", "people"),
    ("submitted_at", "", ""),
    ("approved_by_id", "INTEGER", "people"),
    ("approved_at", "", ""),
    ("published_by_id", "INTEGER", "people"),
    ("superseded_at", "", ""),
)
CHECKS = {
    "ck_standard_versions_submitted_has_submitter": "state NOT IN ('in_review', 'approved') OR (submitted_by_id IS NOT NULL AND submitted_at IS NOT NULL)",
    "ck_standard_versions_approved_has_approver": "state <> 'approved' OR (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
    "ck_standard_versions_published_was_approved": "body_id IS NULL OR state NOT IN ('published', 'superseded') OR approved_by_id IS NOT NULL",
    "ck_standard_versions_approver_is_not_submitter": "approved_by_id <> submitted_by_id",
    "ck_standard_versions_approver_is_not_author": "approved_by_id <> drafted_by_id",
    "ck_standard_versions_superseded_has_date": "state <> 'superseded' OR superseded_at IS NOT NULL",
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    moment = "DATETIME" if dialect == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for name, kind, table in COLUMNS:
        refers = f"CONSTRAINT fk_standard_versions_{name} REFERENCES {table} (id)" if table else ""
        op.execute(f"ALTER TABLE standard_versions ADD COLUMN {name} {kind or moment} {refers}")
    op.create_index(op.f("ix_standard_versions_body_id"), "standard_versions", ["body_id"])
    _one_published()
    revision = "ADD COLUMN revision INTEGER DEFAULT 1 NOT NULL"
    checks = [f"CONSTRAINT {name} CHECK ({condition})" for name, condition in CHECKS.items()]
    if dialect == "sqlite":
        revision = f"{revision} {' '.join(checks)}"
    op.execute(f"ALTER TABLE standard_versions {revision}")
    if dialect != "sqlite":
        for check in checks:
            op.execute(f"ALTER TABLE standard_versions ADD {check}")
    for table in ("sections", "criteria"):
        op.add_column(
            table, sa.Column("revision", sa.Integer(), nullable=False, server_default="1")
        )
    op.create_table(
        "standard_editors",
        sa.Column("standard_version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["standard_version_id"],
            ["standard_versions.id"],
            name=op.f("fk_standard_editors_standard_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_standard_editors_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_editors")),
        sa.UniqueConstraint(
            "standard_version_id",
            "person_id",
            name=op.f("uq_standard_editors_standard_version_id_person_id"),
        ),
    )
    op.create_index(op.f("ix_standard_editors_person_id"), "standard_editors", ["person_id"])
    _citation_checks()
    for statement in [*protection(dialect, "citation_checks"), *TRIGGERS[dialect]]:
        op.execute(sa.text(statement))


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        names = [statement.split()[2] for statement in TRIGGERS["sqlite"]]
        for name in names:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name in ("only_drafts_change", "published_versions_stay", "approver_is_not_editor"):
            op.execute(f"DROP FUNCTION {name} CASCADE")
    op.drop_table("citation_checks")
    op.drop_table("standard_editors")
    for table in ("sections", "criteria"):
        op.drop_column(table, "revision")
    if dialect != "sqlite":
        for name in CHECKS:
            op.drop_constraint(op.f(name), "standard_versions", type_="check")
    op.execute("ALTER TABLE standard_versions DROP COLUMN revision")
    op.drop_index("uq_standard_versions_one_published", "standard_versions")
    op.drop_index(op.f("ix_standard_versions_body_id"), "standard_versions")
    for name, _kind, _table in reversed(COLUMNS):
        op.execute(f"ALTER TABLE standard_versions DROP COLUMN {name}")


def _one_published() -> None:
    """Of several published versions of a standard the last one stays; then the database sees to it."""
    op.execute(
        "UPDATE standard_versions SET superseded_at = published_at WHERE state = 'superseded'"
    )
    op.execute(
        "UPDATE standard_versions SET state = 'superseded', superseded_at = ("
        "SELECT min(later.published_at) FROM standard_versions AS later WHERE later.state = 'published' "
        "AND later.standard_id = standard_versions.standard_id AND later.id > standard_versions.id) "
        "WHERE state = 'published' AND EXISTS (SELECT 1 FROM standard_versions AS later "
        "WHERE later.state = 'published' AND later.standard_id = standard_versions.standard_id "
        "AND later.id > standard_versions.id)"
    )
    op.create_index(
        "uq_standard_versions_one_published",
        "standard_versions",
        ["standard_id"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )


def _citation_checks() -> None:
    op.create_table(
        "citation_checks",
        sa.Column("code", sa.String(length=240), nullable=False),
        sa.Column("clause", sa.String(length=240), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "confirmed",
                "doubtful",
                name="checkoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_citation_checks_has_code")),
        sa.CheckConstraint(
            "outcome <> 'doubtful' OR note <> ''", name=op.f("ck_citation_checks_doubt_has_note")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["people.id"], name=op.f("fk_citation_checks_checked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_citation_checks_body_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation_checks")),
    )
    op.create_index(op.f("ix_citation_checks_checked_by_id"), "citation_checks", ["checked_by_id"])
    op.create_index(op.f("ix_citation_checks_code_clause"), "citation_checks", ["code", "clause"])
