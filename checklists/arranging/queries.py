"""The outline of a draft: its sections with their criteria, and what is wanting in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, true
from sqlalchemy.orm import Session

from checklists.arranging.rules import Show
from checklists.standards.models import Criterion, Section
from checklists.standards.queries import lacks, wordless
from core.db import like
from core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion in the outline: enough to name it and to see what is wanting."""

    id: int
    code: str
    title_zh: str
    title_en: str
    level_from: int
    critical: bool
    dimension: str
    lacks_zh: bool
    lacks_en: bool
    wordless: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section with the lines shown of it, and how many criteria it holds in all."""

    section: Section
    total: int
    lines: list[Line]


def chapters(
    session: Session, version_id: int, *, words: str = "", show: Show | None = None
) -> list[Chapter]:
    """Give all sections in order with the criteria that fit, in two statements."""
    totals = (
        select(Criterion.section_id, func.count().label("n"))
        .where(Criterion.standard_version_id == version_id)
        .group_by(Criterion.section_id)
        .subquery()
    )
    sections = session.execute(
        select(Section, func.coalesce(totals.c.n, 0))
        .outerjoin(totals, totals.c.section_id == Section.id)
        .where(Section.standard_version_id == version_id)
        .order_by(Section.position, Section.id)
    ).all()
    made = {section.id: Chapter(section, total, []) for section, total in sections}
    query = (
        select(
            Criterion.section_id,
            Criterion.id,
            Criterion.code,
            Criterion.title_zh,
            Criterion.title_en,
            Criterion.level_from,
            Criterion.critical,
            Criterion.dimension,
            lacks("zh"),
            lacks("en"),
            wordless(),
        )
        .where(Criterion.standard_version_id == version_id, *_fits(words, show))
        .order_by(Criterion.position)
    )
    for section_id, *rest in session.execute(query):
        made[section_id].lines.append(Line(*rest))
    return list(made.values())


def sections(session: Session, version_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """List the sections of a version in order: key, code, titles, and how many criteria each holds."""
    return session.execute(
        select(
            Section.id,
            Section.code,
            Section.title_zh,
            Section.title_en,
            func.count(Criterion.id).label("n"),
        )
        .outerjoin(Criterion, Criterion.section_id == Section.id)
        .where(Section.standard_version_id == version_id)
        .group_by(Section.id, Section.code, Section.title_zh, Section.title_en, Section.position)
        .order_by(Section.position, Section.id)
    ).all()


def section(session: Session, version_id: int, section_id: int) -> Section:
    """Give a section of a version; raises ``NotFound``."""
    found = session.scalar(
        select(Section).where(Section.id == section_id, Section.standard_version_id == version_id)
    )
    if found is None:
        raise NotFound
    return found


def criterion(session: Session, version_id: int, criterion_id: int) -> Criterion:
    """Give a criterion of a version; raises ``NotFound``."""
    found = session.scalar(
        select(Criterion).where(
            Criterion.id == criterion_id, Criterion.standard_version_id == version_id
        )
    )
    if found is None:
        raise NotFound
    return found


def _fits(words: str, show: Show | None) -> list[ColumnElement[bool]]:
    asked = {
        Show.CHINESE: lacks("zh"),
        Show.ENGLISH: lacks("en"),
        Show.WORDLESS: wordless(),
        Show.UNASSIGNED: Criterion.dimension == "",
    }
    conditions = [asked[show] if show else true()]
    if words:
        pattern = like(words.lower())
        columns = (Criterion.code, Criterion.title_zh, Criterion.title_en)
        conditions.append(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    return conditions
