"""Reads about audits, scoped to the actor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from audit.competence import queries as competence
from audit.competence import rules as competence_rules
from audit.planning.models import (
    AgendaItem,
    Audit,
    Engagement,
    Plan,
    TeamMember,
    TeamObjection,
)
from audit.planning.rules import BEFORE_START, OVER, AuditKind, AuditState, TeamRole
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.queries import rules_of
from checklists.schemes.rules import SchemeRules
from checklists.standards.models import StandardVersion
from core.clock import local_date, utc_now
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Role
from core.words import Words


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is on a team, or was."""

    member_id: int
    person_id: int
    name: str
    role: TeamRole
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditHead:
    """An audit with the names around it; names are ``Words`` (show them with ``say``)."""

    audit: Audit
    engagement: Engagement
    client: Words
    body: Words
    standard: Words
    scheme: Words
    leader: str | None


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Audit`` that holds for what the actor may see.

    A body sees its audits, somebody who is only an auditor there those whose team they are or were
    on; a provider sees its own; a regulator all.
    """
    if actor.organisation_kind is OrganisationKind.REGULATOR:
        return true()
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return Audit.client_id == actor.organisation_id
    own = Audit.body_id == actor.organisation_id
    return own & _was_on_team(actor) if actor.roles == {Role.AUDITOR} else own


def engagements_visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Engagement`` that holds for what the actor may see."""
    if actor.organisation_kind is OrganisationKind.REGULATOR:
        return true()
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return Engagement.client_id == actor.organisation_id
    own = Engagement.body_id == actor.organisation_id
    if actor.roles != {Role.AUDITOR}:
        return own
    return own & exists().where(Audit.engagement_id == Engagement.id, _was_on_team(actor))


def audit(session: Session, actor: Actor, audit_id: int) -> Audit:
    """Give an audit; ``NotFound`` for what is not there and for what is foreign."""
    found = session.scalar(select(Audit).where(Audit.id == audit_id, visible(actor)))
    if found is None:
        raise NotFound
    return found


def audit_head(session: Session, actor: Actor, audit_id: int) -> AuditHead:
    """Give an audit with the names around it in one statement; raises ``NotFound``."""
    client, body = aliased(Organisation), aliased(Organisation)
    row = session.execute(
        select(
            Audit,
            Engagement,
            client.name_zh,
            client.name_en,
            body.name_zh,
            body.name_en,
            StandardVersion.title_zh,
            StandardVersion.title_en,
            Scheme.title_zh,
            Scheme.title_en,
            _leader_name(),
        )
        .join(Engagement, Engagement.id == Audit.engagement_id)
        .join(client, client.id == Audit.client_id)
        .join(body, body.id == Audit.body_id)
        .join(StandardVersion, StandardVersion.id == Audit.standard_version_id)
        .join(SchemeVersion, SchemeVersion.id == Audit.scheme_version_id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(Audit.id == audit_id, visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    given, engagement, *texts = row
    client_, body_, standard, scheme = (Words(texts[n], texts[n + 1]) for n in (0, 2, 4, 6))
    return AuditHead(given, engagement, client_, body_, standard, scheme, texts[8])


def team(session: Session, audit_id: int, *, past: bool = False) -> list[Member]:
    """List the team, the leader first; ``past`` adds those who left."""
    query = (
        select(TeamMember, Person.name)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.audit_id == audit_id)
        .order_by(TeamMember.role != TeamRole.LEADER, TeamMember.joined_at, TeamMember.id)
    )
    if not past:
        query = query.where(TeamMember.left_at.is_(None))
    return [
        Member(row.id, row.person_id, name, row.role, row.joined_at, row.left_at)
        for row, name in session.execute(query)
    ]


def leads(session: Session, audit_id: int, actor: Actor) -> bool:
    """Say whether the actor leads the team now."""
    query = select(TeamMember.id).where(
        TeamMember.audit_id == audit_id,
        TeamMember.person_id == actor.person_id,
        TeamMember.role == TeamRole.LEADER,
        TeamMember.left_at.is_(None),
    )
    return session.scalar(query) is not None


def planning_facts(
    session: Session, audit: Audit, actor: Actor | None = None, *, today: date | None = None
) -> dict[str, Any]:
    """Give what the planning knows for ``AuditFacts``: two statements, three before the fieldwork.

    With an actor also ``leader_is_actor`` and ``on_team`` (observers do not count).
    """
    row = session.execute(_counts(audit)).one()
    members = team(session, audit.id)
    mine = {one.role for one in members if actor and one.person_id == actor.person_id}
    facts: dict[str, Any] = {
        "kind": audit.kind,
        "audit_id": audit.id,
        "leader_is_actor": TeamRole.LEADER in mine,
        "on_team": bool(mine - {TeamRole.OBSERVER}),
        "members": len(members),
        "leaders": sum(one.role is TeamRole.LEADER for one in members),
        "objections_open": row.open,
        "objections_settled": row.settled,
        "dates_set": audit.starts_on is not None and audit.ends_on is not None,
        "objectives_set": bool(audit.objectives),
        "agenda_items": row.agenda,
        "plan_version": row.plan_version or 0,
        "stage1_closed": row.stage_1_closed,
    }
    if audit.kind is AuditKind.STAGE_2:
        facts["stage1_concerns"] = not row.stage_1_closed  # stage 1 closes only without them
    if audit.state in BEFORE_START:
        scheme = rules_of(row.content_sha256, row.content)
        facts |= _team_facts(session, audit, members, scheme, row.scheme_id, today)
    return facts


def assignment(
    audit: Audit, scheme: SchemeRules, scheme_id: int, today: date
) -> competence_rules.Assignment:
    """Describe what a member of this audit's team is assigned to."""
    return competence_rules.Assignment(
        audit.client_id, scheme_id, today, scheme.cooling_off_years, audit.ends_on
    )


def _team_facts(
    session: Session,
    audit: Audit,
    members: list[Member],
    scheme: SchemeRules,
    scheme_id: int,
    today: date | None,
) -> Mapping[str, Any]:
    to = assignment(audit, scheme, scheme_id, today or local_date(utc_now()))
    people = competence.person_facts(session, audit.body_id, [one.person_id for one in members])
    assessing = {one.person_id for one in members if one.role is not TeamRole.OBSERVER}
    working = [person for person in people if person.person_id in assessing]
    areas = [area.code for area in scheme.competence_areas]
    missing = competence_rules.uncovered(areas, working, to)
    cases = [(person.name, competence_rules.conflict(person, to)) for person in people]
    return {
        "members_without_competence": tuple(
            person.name
            for person in people
            if not (person.is_auditor and competence_rules.areas_of(person, to))
        ),
        "members_in_conflict": tuple((name, why) for name, why in cases if why),
        "areas_uncovered": tuple(scheme.competence_area(code).title for code in missing),
        "undeclared": tuple(
            person.name for person in people if not competence_rules.has_declared(person, to.today)
        ),
    }


def _was_on_team(actor: Actor) -> ColumnElement[bool]:
    return exists().where(TeamMember.audit_id == Audit.id, TeamMember.person_id == actor.person_id)


def _leader_name() -> Any:
    return (
        select(Person.name)
        .join(TeamMember, TeamMember.person_id == Person.id)
        .where(
            TeamMember.audit_id == Audit.id,
            TeamMember.role == TeamRole.LEADER,
            TeamMember.left_at.is_(None),
        )
        .correlate(Audit)
        .scalar_subquery()
    )


def _counts(audit: Audit) -> Any:
    """Build the statement that counts what stands around an audit, with its scheme's content."""
    objections = select(func.count()).where(
        TeamObjection.audit_id == audit.id,
        TeamObjection.raised_at >= (audit.team_proposed_at or audit.created_at),
    )
    stage_1 = select(Audit.id).where(
        Audit.engagement_id == audit.engagement_id, Audit.kind == AuditKind.STAGE_1
    )
    closed = stage_1.where(Audit.state == AuditState.CLOSED)
    running = stage_1.where(Audit.state.not_in(OVER))
    return select(
        objections.where(TeamObjection.outcome.is_(None)).scalar_subquery().label("open"),
        objections.where(TeamObjection.outcome.is_not(None)).scalar_subquery().label("settled"),
        select(func.count())
        .where(AgendaItem.audit_id == audit.id)
        .scalar_subquery()
        .label("agenda"),
        select(func.max(Plan.version))
        .where(Plan.audit_id == audit.id)
        .scalar_subquery()
        .label("plan_version"),
        (closed.exists() & ~running.exists()).label("stage_1_closed"),
        SchemeVersion.scheme_id,
        SchemeVersion.content,
        SchemeVersion.content_sha256,
    ).where(SchemeVersion.id == audit.scheme_version_id)
