"""Reads about engagements and their cycles, scoped to the actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, join, outerjoin

from accounts.organisations.models import Organisation, Service, Site
from accounts.people.models import Person
from audit.planning.models import (
    Audit,
    Engagement,
    EngagementService,
    EngagementSite,
    Programme,
    TeamMember,
)
from audit.planning.queries import engagements_visible
from audit.planning.rules import OVER, AuditKind, ProgrammeState, TeamRole
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.queries import rules_known
from checklists.schemes.rules import SchemeRules
from core.db import like
from core.errors import NotFound
from core.permissions import Actor
from core.words import Words

FIRST = date.min  # audits without a day come before the decision, so before all others
Client = aliased(Organisation, name="client")
Body = aliased(Organisation, name="body")


@dataclass(frozen=True, slots=True)
class EngagementHead:
    """An engagement with the names around it."""

    engagement: Engagement
    client: Words
    body: Words
    scheme: Words
    rules: SchemeRules


@dataclass(frozen=True, slots=True)
class Cycle:
    """A programme with its audits, each with its leader."""

    programme: Programme
    audits: Sequence[tuple[Audit, str | None]]


def listing(actor: Actor, *, words: str = "", kind: str = "") -> Any:
    """Build the select that lists engagements with their running cycle and the audit that comes next."""
    following = aliased(Audit, name="following")
    one = aliased(Audit, name="one")
    first = (
        select(one.id)
        .where(one.engagement_id == Engagement.id, one.state.not_in(list(OVER)))
        .order_by(func.coalesce(one.starts_on, one.due_on, FIRST), one.id)
        .limit(1)
        .correlate(Engagement)
        .scalar_subquery()
    )
    joined: Any = join(Engagement, Client, Client.id == Engagement.client_id)
    for other, condition in (
        (Body, Body.id == Engagement.body_id),
        (SchemeVersion, SchemeVersion.id == Engagement.scheme_version_id),
        (Scheme, Scheme.id == SchemeVersion.scheme_id),
        (
            Programme,
            (Programme.engagement_id == Engagement.id) & (Programme.state == ProgrammeState.OPEN),
        ),
    ):
        joined = join(joined, other, condition)
    query: Any = (
        select(
            Engagement,
            Client.name_zh.label("client_zh"),
            Client.name_en.label("client_en"),
            Body.name_zh.label("body_zh"),
            Body.name_en.label("body_en"),
            Scheme.title_zh,
            Scheme.title_en,
            Programme,
            following,
        )
        .select_from(outerjoin(joined, following, following.id == first))
        .where(engagements_visible(actor))
        .order_by(Engagement.id.desc())
    )
    if kind in set(AuditKind):
        query = query.where(following.kind == kind)
    if words:
        pattern = like(words.lower())
        columns = (Engagement.number, Client.name_zh, Client.name_en, Engagement.scope_en)
        query = query.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    return query


def head(session: Session, actor: Actor, engagement_id: int) -> EngagementHead:
    """Give an engagement with the names around it; raises ``NotFound``."""
    row: Any = session.execute(
        select(
            Engagement,
            Client.name_zh,
            Client.name_en,
            Body.name_zh,
            Body.name_en,
            Scheme.title_zh,
            Scheme.title_en,
            SchemeVersion.content_sha256,
        )
        .join(Client, Client.id == Engagement.client_id)
        .join(Body, Body.id == Engagement.body_id)
        .join(SchemeVersion, SchemeVersion.id == Engagement.scheme_version_id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(Engagement.id == engagement_id, engagements_visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    return EngagementHead(
        row[0],
        Words(row[1], row[2]),
        Words(row[3], row[4]),
        Words(row[5], row[6]),
        rules_known(session, row[0].scheme_version_id, row[7]),
    )


def cycles(session: Session, engagement_id: int) -> list[Cycle]:
    """List the cycles, the newest first, each with its audits in order of their days."""
    rows = session.execute(
        select(Programme, Audit, Person.name)
        .join(Audit, Audit.programme_id == Programme.id)
        .outerjoin(
            TeamMember,
            (TeamMember.audit_id == Audit.id)
            & (TeamMember.role == TeamRole.LEADER)
            & TeamMember.left_at.is_(None),
        )
        .outerjoin(Person, Person.id == TeamMember.person_id)
        .where(Programme.engagement_id == engagement_id)
        .order_by(
            Programme.cycle.desc(),
            func.coalesce(Audit.starts_on, Audit.due_on, FIRST),
            Audit.id,
        )
    )
    found: dict[int, tuple[Programme, list[tuple[Audit, str | None]]]] = {}
    for programme, audit, leader in rows:
        found.setdefault(programme.id, (programme, []))[1].append((audit, leader))
    return [Cycle(programme, audits) for programme, audits in found.values()]


def sites(session: Session, engagement_id: int) -> list[Site]:
    """List the sites in the scope, the central one first."""
    query = (
        select(Site)
        .join(EngagementSite, EngagementSite.site_id == Site.id)
        .where(EngagementSite.engagement_id == engagement_id)
    )
    return list(session.scalars(query.order_by(Site.is_central.desc(), Site.id)))


def services(session: Session, engagement_id: int) -> list[Service]:
    """List the services in the scope."""
    query = (
        select(Service)
        .join(EngagementService, EngagementService.service_id == Service.id)
        .where(EngagementService.engagement_id == engagement_id)
    )
    return list(session.scalars(query.order_by(Service.id)))


def running(session: Session, engagement_id: int) -> Programme:
    """Give the running cycle of an engagement."""
    return session.scalars(
        select(Programme)
        .where(Programme.engagement_id == engagement_id)
        .order_by(Programme.cycle.desc())
        .limit(1)
    ).one()


def standard_version(session: Session, engagement: Engagement) -> int:
    """Give the key of the standard version that the engagement is assessed against."""
    return session.scalars(
        select(SchemeVersion.standard_version_id).where(
            SchemeVersion.id == engagement.scheme_version_id
        )
    ).one()
