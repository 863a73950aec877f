"""Standards, their versions, sections and criteria as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from checklists.standards.rules import Area, Stage, StandardState
from core.db import Model, Versioned, digest, key_of, line, listing, prose, short
from core.events import guard_trigger


class Standard(Model):
    """What is assessed against, over all its versions."""

    __tablename__ = "standards"

    code: Mapped[short] = mapped_column(unique=True)
    title_zh: Mapped[line]
    title_en: Mapped[line]


class StandardVersion(Versioned, Model):
    """One edition. Only a draft changes; audits keep the version they began with.

    ``body_id`` is the certification body that drafted it; none where it shipped or the operator imported it.
    ``based_on_id`` is the version it was copied from.
    """

    __tablename__ = "standard_versions"
    __table_args__ = (
        UniqueConstraint("standard_id", "version"),
        CheckConstraint(
            "state NOT IN ('published', 'superseded') OR published_at IS NOT NULL",
            name="published_has_date",
        ),
        CheckConstraint(
            "state NOT IN ('in_review', 'approved') OR (submitted_by_id IS NOT NULL AND submitted_at IS NOT NULL)",
            name="submitted_has_submitter",
        ),
        CheckConstraint(
            "state <> 'approved' OR (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
            name="approved_has_approver",
        ),
        CheckConstraint(
            "body_id IS NULL OR state NOT IN ('published', 'superseded') OR approved_by_id IS NOT NULL",
            name="published_was_approved",
        ),
        CheckConstraint("approved_by_id <> submitted_by_id", name="approver_is_not_submitter"),
        CheckConstraint("approved_by_id <> drafted_by_id", name="approver_is_not_author"),
        CheckConstraint(
            "state <> 'superseded' OR superseded_at IS NOT NULL", name="superseded_has_date"
        ),
        Index(
            "uq_standard_versions_one_published",
            "standard_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    standard_id: Mapped[int] = key_of("standards", index=False)
    version: Mapped[short]
    state: Mapped[StandardState] = mapped_column(default=StandardState.DRAFT)
    title_zh: Mapped[line]
    title_en: Mapped[line]
    summary_zh: Mapped[prose] = mapped_column(default="")
    summary_en: Mapped[prose] = mapped_column(default="")
    source_sha256: Mapped[digest | None]
    criteria_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    body_id: Mapped[int | None] = key_of("organisations")
    based_on_id: Mapped[int | None] = key_of("standard_versions", index=False)
    drafted_by_id: Mapped[int | None] = key_of("people", index=False)
    submitted_by_id: Mapped[int | None] = key_of("people", index=False)
    submitted_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = key_of("people", index=False)
    approved_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = key_of("people", index=False)
    superseded_at: Mapped[datetime | None]


class StandardEditor(Model):
    """Somebody who changed a version's texts while it was a draft: they do not approve it."""

    __tablename__ = "standard_editors"
    __table_args__ = (UniqueConstraint("standard_version_id", "person_id"),)

    standard_version_id: Mapped[int] = key_of("standard_versions", index=False)
    person_id: Mapped[int] = key_of("people")


class Section(Versioned, Model):
    """A part of a standard version, in order of ``position``."""

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("standard_version_id", "code"),)

    standard_version_id: Mapped[int] = key_of("standard_versions", index=False)
    code: Mapped[short]
    title_zh: Mapped[line]
    title_en: Mapped[line]
    position: Mapped[int]


class Criterion(Versioned, Model):
    """One requirement; ``level_from`` is the lowest level at which it applies, ``weight`` counts in the rating.

    ``dimension`` is a code of the scheme, or empty where none is assigned: then it counts in no score.
    """

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("standard_version_id", "code"),
        CheckConstraint("weight > 0", name="weight_is_positive"),
        CheckConstraint("level_from > 0", name="level_is_positive"),
        Index(None, "section_id"),
    )

    standard_version_id: Mapped[int] = key_of("standard_versions", index=False)
    section_id: Mapped[int] = key_of("sections", index=False)
    code: Mapped[short]
    position: Mapped[int]
    dimension: Mapped[short]
    area: Mapped[Area]
    stage: Mapped[Stage]
    level_from: Mapped[int]
    weight: Mapped[int]
    critical: Mapped[bool]
    methods: Mapped[listing]
    title_zh: Mapped[line]
    title_en: Mapped[line]
    requirement_zh: Mapped[prose]
    requirement_en: Mapped[prose]
    guidance_zh: Mapped[prose]
    guidance_en: Mapped[prose]
    evidence_zh: Mapped[prose]
    evidence_en: Mapped[prose]
    sources: Mapped[listing]
    citations: Mapped[listing]


# Guard 4 once more, in the database: only a draft's texts change, and what was published stays as it is.
_REFUSE = "USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT"
_NOT_A_DRAFT = (
    "(SELECT state FROM standard_versions WHERE id = {row}.standard_version_id) <> 'draft'"
)
_VERBS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}
guard_trigger(
    "only_drafts_change",
    sqlite=[
        f"CREATE TRIGGER {table}_of_drafts_{verb} BEFORE {verb.upper()} ON {table} "
        f"WHEN {' OR '.join(_NOT_A_DRAFT.format(row=row) for row in rows)} "
        "BEGIN SELECT RAISE(ABORT, 'only_drafts_change'); END"
        for table in ("sections", "criteria")
        for verb, rows in _VERBS.items()
    ],
    postgresql=[
        "CREATE OR REPLACE FUNCTION only_drafts_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' THEN IF {_NOT_A_DRAFT.format(row='OLD')} THEN "
        f"RAISE EXCEPTION 'only_drafts_change' {_REFUSE} = 'only_drafts_change'; END IF; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; "
        f"IF {_NOT_A_DRAFT.format(row='NEW')} THEN "
        f"RAISE EXCEPTION 'only_drafts_change' {_REFUSE} = 'only_drafts_change'; END IF; "
        "RETURN NEW; END $$",
        *(
            f"CREATE TRIGGER {table}_of_drafts BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_drafts_change()"
            for table in ("sections", "criteria")
        ),
    ],
)
_ISSUED = "('published', 'superseded')"
_KEPT = ("standard_id", "version", "title_zh", "title_en", "summary_zh", "summary_en")
_BACK = (
    f"NEW.state NOT IN {_ISSUED} OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') OR "
    + " OR ".join(f"NEW.{name} <> OLD.{name}" for name in (*_KEPT, "criteria_count"))
)
guard_trigger(
    "published_versions_stay",
    sqlite=[
        "CREATE TRIGGER published_versions_stay BEFORE UPDATE ON standard_versions "
        f"WHEN OLD.state IN {_ISSUED} AND ({_BACK}) "
        "BEGIN SELECT RAISE(ABORT, 'published_versions_stay'); END",
        "CREATE TRIGGER published_versions_stay_here BEFORE DELETE ON standard_versions "
        f"WHEN OLD.state IN {_ISSUED} BEGIN SELECT RAISE(ABORT, 'published_versions_stay'); END",
    ],
    postgresql=[
        "CREATE OR REPLACE FUNCTION published_versions_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION 'published_versions_stay' {_REFUSE} = 'published_versions_stay'; END $$",
        "CREATE TRIGGER published_versions_stay BEFORE UPDATE ON standard_versions "
        f"FOR EACH ROW WHEN (OLD.state IN {_ISSUED} AND ({_BACK})) "
        "EXECUTE FUNCTION published_versions_stay()",
        "CREATE TRIGGER published_versions_stay_here BEFORE DELETE ON standard_versions "
        f"FOR EACH ROW WHEN (OLD.state IN {_ISSUED}) EXECUTE FUNCTION published_versions_stay()",
    ],
)
_EDITED = (
    "EXISTS (SELECT 1 FROM standard_editors WHERE standard_version_id = NEW.id "
    "AND person_id = NEW.approved_by_id)"
)
guard_trigger(
    "approver_is_not_editor",
    sqlite=[
        "CREATE TRIGGER approver_is_not_editor BEFORE UPDATE OF approved_by_id ON standard_versions "
        f"WHEN {_EDITED} BEGIN SELECT RAISE(ABORT, 'approver_is_not_editor'); END"
    ],
    postgresql=[
        "CREATE OR REPLACE FUNCTION approver_is_not_editor() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {_EDITED} THEN RAISE EXCEPTION 'approver_is_not_editor' "
        f"{_REFUSE} = 'approver_is_not_editor'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER approver_is_not_editor BEFORE UPDATE OF approved_by_id ON standard_versions "
        "FOR EACH ROW EXECUTE FUNCTION approver_is_not_editor()",
    ],
)
