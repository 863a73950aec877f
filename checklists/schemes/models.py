"""Schemes and their versions as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from checklists.schemes.rules import SchemeState
from core.db import Model, Versioned, digest, document, key_of, line, short
from core.events import guard_trigger

_OPEN = "state IN ('draft', 'in_review', 'approved')"


class Scheme(Model):
    """A certification scheme over all its versions; without a body it is common, changed by the operator alone."""

    __tablename__ = "schemes"

    code: Mapped[short] = mapped_column(unique=True)
    title_zh: Mapped[line]
    title_en: Mapped[line]
    body_id: Mapped[int | None] = key_of("organisations")


class SchemeVersion(Versioned, Model):
    """Levels, weights, anchors, deadlines, tables: ``content`` is the pack that ``parse_scheme`` reads.

    Only a draft changes. A published version never does; every rating and certificate names the one it came from.
    """

    __tablename__ = "scheme_versions"
    __table_args__ = (
        UniqueConstraint("scheme_id", "version"),
        CheckConstraint("version > 0", name="version_is_positive"),
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
        CheckConstraint("approved_by_id <> submitted_by_id", name="approver_is_not_submitter"),
        CheckConstraint("approved_by_id <> drafted_by_id", name="approver_is_not_author"),
        CheckConstraint(
            "drafted_by_id IS NULL OR state NOT IN ('published', 'superseded') OR approved_by_id IS NOT NULL",
            name="published_was_approved",
        ),
        Index(
            "uq_scheme_versions_one_published",
            "scheme_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        Index(
            "uq_scheme_versions_one_open",
            "scheme_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    scheme_id: Mapped[int] = key_of("schemes", index=False)
    standard_version_id: Mapped[int] = key_of("standard_versions")
    version: Mapped[int]
    state: Mapped[SchemeState] = mapped_column(default=SchemeState.DRAFT)
    content: Mapped[document]
    content_sha256: Mapped[digest]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    based_on_id: Mapped[int | None] = key_of("scheme_versions", index=False)
    drafted_by_id: Mapped[int | None] = key_of("people", index=False)
    submitted_by_id: Mapped[int | None] = key_of("people", index=False)
    submitted_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = key_of("people", index=False)
    approved_at: Mapped[datetime | None]


class SchemeEditor(Model):
    """Somebody who wrote a part of a version, and so does not approve it."""

    __tablename__ = "scheme_editors"
    __table_args__ = (UniqueConstraint("scheme_version_id", "person_id"),)

    scheme_version_id: Mapped[int] = key_of("scheme_versions", index=False)
    person_id: Mapped[int] = key_of("people", index=False)


def _refusals(name: str, when: str, condition: str) -> dict[str, list[str]]:
    """Give the triggers by which both databases refuse a change of scheme_versions."""
    return {
        "sqlite": [
            f"CREATE TRIGGER {name} BEFORE {when} ON scheme_versions WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        ],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation', "
            f"CONSTRAINT = '{name}'; END IF; RETURN {'OLD' if when == 'DELETE' else 'NEW'}; END $$",
            f"CREATE TRIGGER {name} BEFORE {when} ON scheme_versions FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
    }


# What is under review, approved or published keeps its content; what was published stays and goes one way.
_SETTLED = (
    "(OLD.state <> 'draft' AND (NEW.content_sha256 <> OLD.content_sha256 OR "
    "CAST(NEW.content AS TEXT) <> CAST(OLD.content AS TEXT) OR "
    "NEW.standard_version_id <> OLD.standard_version_id)) OR NEW.scheme_id <> OLD.scheme_id OR "
    "NEW.version <> OLD.version OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'superseded')) OR "
    "(OLD.state = 'superseded' AND NEW.state <> 'superseded') OR "
    "(OLD.published_at IS NOT NULL AND NEW.published_at <> OLD.published_at)"
)
_WROTE = (
    "EXISTS (SELECT 1 FROM scheme_editors WHERE scheme_version_id = NEW.id "
    "AND person_id = NEW.approved_by_id)"
)
guard_trigger(
    "scheme_version_is_settled", **_refusals("scheme_version_is_settled", "UPDATE", _SETTLED)
)
guard_trigger(
    "scheme_version_stays", **_refusals("scheme_version_stays", "DELETE", "OLD.state <> 'draft'")
)
guard_trigger(
    "scheme_approver_wrote_nothing", **_refusals("scheme_approver_wrote_nothing", "UPDATE", _WROTE)
)
