"""Imports of a body, and standards read as packs to be written out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, undefer

from accounts.people.models import Person
from checklists.interchange.models import StandardImport
from checklists.interchange.rules import OPEN
from checklists.standards.models import Criterion, Section, Standard, StandardVersion
from checklists.standards.queries import visible
from checklists.standards.rules import (
    Method,
    PackCitation,
    PackCriterion,
    PackSection,
    StandardPack,
)
from core.errors import NotFound
from core.permissions import Actor
from core.words import Words


def pending(session: Session, actor: Actor, import_id: int) -> StandardImport:
    """Give an import of the actor's body with its bytes; raises ``NotFound``."""
    found = session.scalar(
        select(StandardImport)
        .where(StandardImport.id == import_id, StandardImport.body_id == actor.organisation_id)
        .options(undefer(StandardImport.content))
    )
    if found is None:
        raise NotFound
    return found


def waiting(session: Session, actor: Actor) -> Sequence[Row[Any, str]]:
    """List the body's imports that are not finished, newest first, with who brought them."""
    query = (
        select(StandardImport, Person.name)
        .join(Person, Person.id == StandardImport.person_id)
        .where(StandardImport.body_id == actor.organisation_id, StandardImport.state.in_(OPEN))
        .order_by(StandardImport.id.desc())
    )
    return session.execute(query).all()


def pack_of(session: Session, version: StandardVersion) -> StandardPack:
    """Give a version whole, as the pack it could have come from."""
    code = session.scalars(select(Standard.code).where(Standard.id == version.standard_id)).one()
    query = (
        select(Section, Criterion)
        .join(Criterion, Criterion.section_id == Section.id)
        .where(Section.standard_version_id == version.id)
        .order_by(Section.position, Criterion.position)
    )
    sections: dict[int, tuple[Section, list[PackCriterion]]] = {}
    for section, one in session.execute(query):
        sections.setdefault(section.id, (section, []))[1].append(_criterion(one))
    return StandardPack(
        code=code,
        version=version.version,
        title=Words(version.title_zh, version.title_en),
        summary=Words(version.summary_zh, version.summary_en),
        sections=tuple(
            PackSection(section.code, Words(section.title_zh, section.title_en), tuple(criteria))
            for section, criteria in sections.values()
        ),
    )


def readable(session: Session, actor: Actor, version_id: int) -> StandardVersion:
    """Give a version that the actor may know of; raises ``NotFound``."""
    found = session.scalar(
        select(StandardVersion).where(StandardVersion.id == version_id, visible(actor))
    )
    if found is None:
        raise NotFound
    return found


def before(session: Session, actor: Actor, version: StandardVersion) -> int | None:
    """Give the key of the newest version of the same standard before one, of those the actor may know of."""
    query = select(StandardVersion.id).where(
        StandardVersion.standard_id == version.standard_id,
        StandardVersion.id < version.id,
        visible(actor),
    )
    return session.scalar(query.order_by(StandardVersion.id.desc()).limit(1))


def named(session: Session, code: str, version: str) -> StandardVersion:
    """Give a version by the codes it goes by; raises ``NotFound``. For the operator."""
    found = session.scalar(
        select(StandardVersion)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(Standard.code == code, StandardVersion.version == version)
    )
    if found is None:
        raise NotFound
    return found


def versions_of(session: Session, code: str) -> Sequence[str]:
    """List the versions a standard has, by its code."""
    return session.scalars(
        select(StandardVersion.version)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(Standard.code == code)
    ).all()


def _criterion(one: Criterion) -> PackCriterion:
    return PackCriterion(
        code=one.code,
        dimension=one.dimension,
        area=one.area,
        stage=one.stage,
        level_from=one.level_from,
        weight=one.weight,
        critical=one.critical,
        methods=tuple(Method(name) for name in one.methods),
        title=Words(one.title_zh, one.title_en),
        requirement=Words(one.requirement_zh, one.requirement_en),
        guidance=Words(one.guidance_zh, one.guidance_en),
        evidence=Words(one.evidence_zh, one.evidence_en),
        sources=tuple(one.sources),
        citations=tuple(
            PackCitation(cited["code"], cited["clause"], cited["verified"])
            for cited in one.citations
        ),
    )
