"""Reads of the outline. The caller found the audit for its actor, who is not the provider."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from accounts.people.models import Person
from audit.assessment.models import Answer, SectionShare
from audit.outline.rules import Line
from checklists.standards.models import Criterion, Section
from core.db import like
from core.permissions import Actor


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the standard, and who of the team takes it first."""

    id: int
    code: str
    title_zh: str
    title_en: str
    person_id: int | None
    who: str | None


def lines(  # noqa: PLR0913 -- what the reader asks for
    session: Session,
    actor: Actor,
    audit_id: int,
    *,
    chinese: bool,
    words: str = "",
    since: datetime | None = None,
    all_changes: bool = False,
) -> list[Line]:
    """Give every criterion of the checklist in order, with the little the outline shows: one statement.

    ``words`` marks what the search found, ``since`` what was changed later (by others, unless ``all_changes``).
    """
    first, second = (
        (Criterion.title_zh, Criterion.title_en)
        if chinese
        else (Criterion.title_en, Criterion.title_zh)
    )
    query = (
        select(
            Answer.id,
            Criterion.code,
            func.coalesce(func.nullif(first, ""), second),
            Criterion.section_id,
            Criterion.critical,
            type_coerce(Answer.conformity, String),
            Answer.rating,
            Answer.excluded,
            Answer.answered_by_id,
            _changed(actor, since, all_changes=all_changes),
            _found(words),
        )
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(Answer.audit_id == audit_id)
        .order_by(Answer.position)
    )
    # Columns only, so the connection answers: the ORM would take as long again for a thousand rows.
    return [Line._make(row) for row in session.connection().execute(query).all()]


def parts(session: Session, audit_id: int, keys: Collection[int]) -> dict[int, Part]:
    """Give sections by key, each with who of the audit's team takes it: one statement."""
    query = (
        select(
            Section.id,
            Section.code,
            Section.title_zh,
            Section.title_en,
            SectionShare.person_id,
            Person.name,
        )
        .outerjoin(
            SectionShare,
            and_(SectionShare.section_id == Section.id, SectionShare.audit_id == audit_id),
        )
        .outerjoin(Person, Person.id == SectionShare.person_id)
        .where(Section.id.in_(keys))
    )
    return {row[0]: Part(*row) for row in session.execute(query)}


def changed(session: Session, audit_id: int, since: datetime) -> list[tuple[Any, ...]]:
    """List (key, conformity, rating, excluded, revision, name) of the answers changed since a moment."""
    query = (
        select(
            Answer.id,
            type_coerce(Answer.conformity, String),
            Answer.rating,
            Answer.excluded,
            Answer.revision,
            Person.name,
        )
        .join(Person, Person.id == Answer.answered_by_id)
        .where(Answer.audit_id == audit_id, Answer.answered_at >= since)
        .order_by(Answer.position)
    )
    return [tuple(row) for row in session.execute(query)]


def totals(session: Session, audit_id: int) -> tuple[int, int, int]:
    """Give how many criteria are answered, excluded, and there at all."""
    row = session.execute(
        select(
            func.count().filter(Answer.rating.is_not(None)),
            func.count().filter(Answer.excluded),
            func.count(),
        ).where(Answer.audit_id == audit_id)
    ).one()
    return row[0], row[1], row[2]


def _changed(actor: Actor, since: datetime | None, *, all_changes: bool) -> ColumnElement[bool]:
    later = Answer.answered_at.is_not(None) if since is None else Answer.answered_at > since
    if all_changes:
        return func.coalesce(later, False)
    return func.coalesce(later & (Answer.answered_by_id != actor.person_id), False)


def _found(words: str) -> ColumnElement[bool]:
    if not words:
        return true()
    pattern = like(words)
    texts = (
        Criterion.code,
        Criterion.title_zh,
        Criterion.title_en,
        Criterion.requirement_zh,
        Criterion.requirement_en,
        Answer.notes,
    )
    return or_(*(text.ilike(pattern, escape="\\") for text in texts))
