"""Standards as read: what is published by everybody who has signed in, what is not yet by its body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true
from sqlalchemy.orm import Session

from checklists.standards.models import Criterion, Section, Standard, StandardVersion
from checklists.standards.rules import StandardState
from core.db import like
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Permission, allowed

AT_WORK = (Permission.STANDARD_EDIT, Permission.STANDARD_REVIEW, Permission.STANDARD_PUBLISH)


@dataclass(frozen=True, slots=True)
class Part:
    """A section with those of its criteria that fit the conditions."""

    section: Section
    criteria: list[Criterion]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a reader filters criteria by; empty fields filter nothing."""

    words: str = ""
    dimension: str = ""
    area: str = ""
    stage: str = ""
    level: int | None = None
    critical: bool = False


def visible(actor: Actor | None) -> ColumnElement[bool]:
    """Give the condition on ``StandardVersion`` for what an actor may know of (``None``: the operator, everything).

    Published and superseded versions are common to the installation. What stands before that is seen by people of the
    body that drafted it (of any body where it has none) who edit, review or publish.
    """
    if actor is None:
        return true()
    issued = StandardVersion.state.in_((StandardState.PUBLISHED, StandardState.SUPERSEDED))
    at_work = actor.organisation_kind is OrganisationKind.BODY and any(
        allowed(actor, permission) for permission in AT_WORK
    )
    if not at_work:
        return issued
    ours = StandardVersion.body_id == actor.organisation_id
    return or_(issued, StandardVersion.body_id.is_(None), ours)


def versions(session: Session, actor: Actor | None) -> Sequence[Row[StandardVersion, str]]:
    """List every version with its standard's code, newest first."""
    query = (
        select(StandardVersion, Standard.code.label("code"))
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(visible(actor))
        .order_by(Standard.code, StandardVersion.id.desc())
    )
    return session.execute(query).all()


def version(session: Session, actor: Actor | None, version_id: int) -> tuple[StandardVersion, str]:
    """Give a version with its standard's code; raises ``NotFound``."""
    row = session.execute(
        select(StandardVersion, Standard.code)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(StandardVersion.id == version_id, visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def criteria(session: Session, standard_version_id: int) -> Sequence[Criterion]:
    """Give all criteria of a version in order."""
    query = select(Criterion).where(Criterion.standard_version_id == standard_version_id)
    return session.scalars(query.order_by(Criterion.position)).all()


def parts(session: Session, standard_version_id: int, conditions: Conditions) -> list[Part]:
    """Give the sections with the criteria that fit, in order; sections without any are left out."""
    query = (
        select(Section, Criterion)
        .join(Criterion, Criterion.section_id == Section.id)
        .where(Section.standard_version_id == standard_version_id)
        .order_by(Criterion.position)
    )
    found: dict[int, Part] = {}
    for section, criterion in session.execute(_narrowed(query, conditions)):
        found.setdefault(section.id, Part(section, [])).criteria.append(criterion)
    return list(found.values())


def criterion(session: Session, version_id: int, code: str) -> tuple[Criterion, Section]:
    """Give one criterion by its code with its section; raises ``NotFound``."""
    row = session.execute(
        select(Criterion, Section)
        .join(Section, Section.id == Criterion.section_id)
        .where(Criterion.standard_version_id == version_id, Criterion.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def neighbours(session: Session, one: Criterion) -> Mapping[int, str]:
    """Give the codes of the criteria just before and after one, by position."""
    query = select(Criterion.position, Criterion.code).where(
        Criterion.standard_version_id == one.standard_version_id,
        Criterion.position.in_((one.position - 1, one.position + 1)),
    )
    return {row.position: row.code for row in session.execute(query)}


def _narrowed(
    query: Select[Section, Criterion], conditions: Conditions
) -> Select[Section, Criterion]:
    for column, value in (
        (Criterion.dimension, conditions.dimension),
        (Criterion.area, conditions.area),
        (Criterion.stage, conditions.stage),
    ):
        if value:
            query = query.where(column == value)
    if conditions.level is not None:
        query = query.where(Criterion.level_from <= conditions.level)
    if conditions.critical:
        query = query.where(Criterion.critical)
    if conditions.words:
        query = query.where(_says(conditions.words))
    return query


def _says(words: str) -> ColumnElement[bool]:
    pattern = like(words.lower())
    columns = (
        Criterion.code,
        Criterion.title_zh,
        Criterion.title_en,
        Criterion.requirement_zh,
        Criterion.requirement_en,
    )
    return or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
