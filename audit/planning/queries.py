"""Reads about audits, scoped to the actor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation, Site
from accounts.people.models import Person
from audit.competence import queries as competence
from audit.competence import rules as competence_rules
from audit.planning.models import (
    AgendaItem,
    Audit,
    AuditSite,
    Engagement,
    EngagementSite,
    Plan,
    TeamMember,
    TeamObjection,
)
from audit.planning.rules import BEFORE_START, OVER, AuditKind, AuditState, SiteChoice, TeamRole
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.queries import rules_known
from checklists.schemes.rules import SchemeRules
from checklists.standards.models import StandardVersion
from core.clock import local_date, utc_now
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Permission, Role, allowed
from core.words import Text, Words


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
    """An audit with the names around it; names are ``Words`` (show them with ``say``).

    ``rules`` are those of its scheme version.
    """

    audit: Audit
    engagement: Engagement
    client: Words
    body: Words
    standard: Words
    scheme: Words
    client_code: str | None
    standard_version: str
    leader: str | None
    leader_id: int | None
    scheme_id: int
    rules: SchemeRules


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site in the scope; ``chosen`` says why it is visited, if it is."""

    site_id: int
    name: Words
    address: Words
    headcount: int
    is_central: bool
    chosen: SiteChoice | None


@dataclass(frozen=True, slots=True)
class SlotRow:
    """An entry of the agenda with the names around it."""

    item: AgendaItem
    person: str | None
    site: Words | None


_Member = aliased(TeamMember)  # made once: each new alias costs time


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
    if actor.roles != {Role.AUDITOR}:
        return own
    return own & exists().where(_Member.audit_id == Audit.id, _Member.person_id == actor.person_id)


def engagements_visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Engagement`` that holds for what the actor may see."""
    if actor.organisation_kind is OrganisationKind.REGULATOR:
        return true()
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return Engagement.client_id == actor.organisation_id
    own = Engagement.body_id == actor.organisation_id
    if actor.roles != {Role.AUDITOR}:
        return own
    seen, member = aliased(Audit), aliased(TeamMember)
    return own & exists().where(
        seen.engagement_id == Engagement.id,
        member.audit_id == seen.id,
        member.person_id == actor.person_id,
    )


def audit(session: Session, actor: Actor, audit_id: int) -> Audit:
    """Give an audit; ``NotFound`` for what is not there and for what is foreign."""
    found = session.scalar(select(Audit).where(Audit.id == audit_id, visible(actor)))
    if found is None:
        raise NotFound
    return found


def audit_head(session: Session, actor: Actor, audit_id: int, *, lock: bool = False) -> AuditHead:
    """Give an audit with the names around it; raises ``NotFound``.

    One statement, one more for a scheme version that this process meets for the first time.
    ``lock`` lets changes around the audit happen one after the other.
    """
    client, body = aliased(Organisation), aliased(Organisation)
    leader = aliased(Person)
    query = (
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
            client.credit_code,
            StandardVersion.version,
            leader.name,
            leader.id,
            SchemeVersion.scheme_id,
            SchemeVersion.content_sha256,
        )
        .join(Engagement, Engagement.id == Audit.engagement_id)
        .join(client, client.id == Audit.client_id)
        .join(body, body.id == Audit.body_id)
        .join(StandardVersion, StandardVersion.id == Audit.standard_version_id)
        .join(SchemeVersion, SchemeVersion.id == Audit.scheme_version_id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .outerjoin(
            TeamMember,
            (TeamMember.audit_id == Audit.id)
            & (TeamMember.role == TeamRole.LEADER)
            & TeamMember.left_at.is_(None),
        )
        .outerjoin(leader, leader.id == TeamMember.person_id)
        .where(Audit.id == audit_id, visible(actor))
    )
    row = session.execute(query.with_for_update(of=Audit) if lock else query).one_or_none()
    if row is None:
        raise NotFound
    return AuditHead(
        audit=row[0],
        engagement=row[1],
        client=Words(row[2], row[3]),
        body=Words(row[4], row[5]),
        standard=Words(row[6], row[7]),
        scheme=Words(row[8], row[9]),
        client_code=row[10],
        standard_version=row[11],
        leader=row[12],
        leader_id=row[13],
        scheme_id=row[14],
        rules=rules_known(session, row[0].scheme_version_id, row[15]),
    )


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


def leading(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Audit`` that the actor leads its team now."""
    return exists().where(
        TeamMember.audit_id == Audit.id,
        TeamMember.person_id == actor.person_id,
        TeamMember.role == TeamRole.LEADER,
        TeamMember.left_at.is_(None),
    )


def leads(session: Session, audit_id: int, actor: Actor) -> bool:
    """Say whether the actor leads the team now."""
    query = select(TeamMember.id).where(
        TeamMember.audit_id == audit_id,
        TeamMember.person_id == actor.person_id,
        TeamMember.role == TeamRole.LEADER,
        TeamMember.left_at.is_(None),
    )
    return session.scalar(query) is not None


def sites(session: Session, audit: Audit) -> list[SiteRow]:
    """List the sites in the engagement's scope, the central one first, with the audit's choice."""
    rows = session.execute(
        select(Site, AuditSite.chosen)
        .join(EngagementSite, EngagementSite.site_id == Site.id)
        .outerjoin(AuditSite, (AuditSite.site_id == Site.id) & (AuditSite.audit_id == audit.id))
        .where(EngagementSite.engagement_id == audit.engagement_id)
        .order_by(Site.is_central.desc(), Site.id)
    )
    return [
        SiteRow(
            site.id,
            Words(site.name_zh, site.name_en),
            Words(site.address_zh, site.address_en),
            site.headcount,
            site.is_central,
            chosen,
        )
        for site, chosen in rows
    ]


def agenda(session: Session, audit_id: int) -> list[SlotRow]:
    """List the agenda in order of time."""
    rows = session.execute(
        select(AgendaItem, Person.name, Site)
        .outerjoin(Person, Person.id == AgendaItem.person_id)
        .outerjoin(Site, Site.id == AgendaItem.site_id)
        .where(AgendaItem.audit_id == audit_id)
        .order_by(AgendaItem.starts_at, AgendaItem.id)
    )
    named = [(item, who, Words(at.name_zh, at.name_en) if at else None) for item, who, at in rows]
    return [SlotRow(*row) for row in named]


def issued_plan(
    session: Session, audit_id: int, version: int | None = None
) -> tuple[Plan, str] | None:
    """Give the plan issued last, or one version of it, and who issued it."""
    query = select(Plan, Person.name).join(Person, Person.id == Plan.issued_by_id)
    query = query.where(Plan.audit_id == audit_id).order_by(Plan.version.desc()).limit(1)
    if version is not None:
        query = query.where(Plan.version == version)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def planning_facts(
    session: Session,
    audit: Audit,
    actor: Actor | None = None,
    *,
    today: date | None = None,
    members: list[Member] | None = None,
) -> dict[str, Any]:
    """Give what the planning knows for ``AuditFacts``: two statements, three before the fieldwork.

    With an actor also ``leader_is_actor`` and ``on_team`` (observers do not count). ``members``:
    the present team, where the caller has read it.
    """
    row = session.execute(_counts(audit)).one()
    members = team(session, audit.id) if members is None else members
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
        given = rules_known(session, audit.scheme_version_id, row.content_sha256)
        to = _assignment(audit, given, row.scheme_id, today or local_date(utc_now()))
        facts |= _team_facts(session, audit, members, given, to)
        facts |= _withheld(facts, audit, actor)
    return facts


def assignment(head: AuditHead, today: date) -> competence_rules.Assignment:
    """Describe what a member of this audit's team is assigned to."""
    return _assignment(head.audit, head.rules, head.scheme_id, today)


def _assignment(
    audit: Audit, scheme: SchemeRules, scheme_id: int, today: date
) -> competence_rules.Assignment:
    return competence_rules.Assignment(
        audit.client_id, scheme_id, today, scheme.cooling_off_years, audit.ends_on
    )


def _team_facts(
    session: Session,
    audit: Audit,
    members: list[Member],
    scheme: SchemeRules,
    to: competence_rules.Assignment,
) -> Mapping[str, Any]:
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


def _withheld(facts: Mapping[str, Any], audit: Audit, actor: Actor | None) -> dict[str, Any]:
    """Keep from the client who falls short, and from all but planners who has which tie."""
    held: dict[str, Any] = {}
    if actor is not None and not allowed(actor, Permission.AUDIT_PLAN):
        held["members_in_conflict"] = (("", Text("")),) * len(facts["members_in_conflict"])
        if actor.organisation_id == audit.client_id:
            for name in ("members_without_competence", "undeclared"):
                held[name] = ("",) * len(facts[name])
    return held


def _counts(audit: Audit) -> Any:
    """Build the statement that counts what stands around an audit, with its scheme's content."""
    objections = (
        select(func.count())
        .select_from(TeamObjection)
        .join(TeamMember, TeamMember.id == TeamObjection.member_id)
        .where(TeamObjection.audit_id == audit.id, TeamMember.left_at.is_(None))
    )
    settled_since = TeamObjection.settled_at >= (audit.team_proposed_at or audit.created_at)
    stage_1 = select(Audit.id).where(
        Audit.engagement_id == audit.engagement_id, Audit.kind == AuditKind.STAGE_1
    )
    closed = stage_1.where(Audit.state == AuditState.CLOSED)
    running = stage_1.where(Audit.state.not_in(OVER))
    return select(
        objections.where(TeamObjection.outcome.is_(None)).scalar_subquery().label("open"),
        objections.where(settled_since).scalar_subquery().label("settled"),
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
        SchemeVersion.content_sha256,
    ).where(SchemeVersion.id == audit.scheme_version_id)
