"""Audits as lists and as wholes: the facts of every feature together."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from audit.assessment.queries import assessment_facts
from audit.conclusion.queries import report_facts
from audit.findings.queries import FindingRow, finding_facts_of_audit
from audit.findings.rules import FindingState
from audit.meetings import queries as meetings
from audit.planning import queries as planning
from audit.planning.models import Audit, TeamMember
from audit.planning.rules import OVER, AuditFacts, AuditKind, AuditState, TeamRole
from audit.rating.queries import rating_facts
from core.db import like
from core.events import Event
from core.permissions import Actor, OrganisationKind

Client = aliased(Organisation, name="client")
Leader = aliased(Person, name="leader")
_OWN_HISTORY = ("answer", "sample", "measure")
_TOLD_KINDS = ("finding", "meeting", "report")
_DRAFTING = (
    "finding:drafted",
    "finding:edited",
    "finding:voided",
    "report:written",
    "report:taken_back",
)
_BEFORE_REPORT = frozenset(
    {
        AuditState.PLANNED,
        AuditState.TEAM_PROPOSED,
        AuditState.TEAM_CONFIRMED,
        AuditState.PLAN_ISSUED,
        AuditState.PLAN_ACCEPTED,
        AuditState.POSTPONED,
        AuditState.CANCELLED,
    }
)


def facts(
    session: Session, actor: Actor | None, audit: Audit, *, today: date | None = None
) -> AuditFacts:
    """Gather what the guards of an audit's steps look at, as far as its state can need it.

    ``today``: the day on which competence and declarations have to hold. Before the fieldwork two to
    five statements, later at most eight in all.
    """
    known: dict[str, Any] = planning.planning_facts(session, audit, actor, today=today)
    known |= assessment_facts(session, audit.id, meetings.held(audit.id))
    if audit.state not in _BEFORE_REPORT:
        known |= finding_facts_of_audit(session, audit.id)
        known |= report_facts(session, audit.id)
        known |= rating_facts(session, audit.id)
    known["decision_taken"] = audit.state in {AuditState.DECIDED, AuditState.CLOSED}
    return AuditFacts(**known)


def page_facts(
    session: Session, actor: Actor, audit: Audit, raised: Sequence[FindingRow]
) -> AuditFacts:
    """Gather what the page of an audit shows of its steps: only what the guards of its present state look at.

    ``raised`` are the findings the page shows anyway. Before the fieldwork at most five statements, then at most
    three; ``facts`` gathers the whole for a step that is taken.
    """
    if audit.state in _BEFORE_REPORT:
        return facts(session, actor, audit)
    team = planning.team(session, audit.id)
    mine = {one.role for one in team if one.person_id == actor.person_id}
    known: dict[str, Any] = {
        "kind": audit.kind,
        "audit_id": audit.id,
        "leader_is_actor": TeamRole.LEADER in mine,
        "on_team": bool(mine - {TeamRole.OBSERVER}),
        "members": len(team),
        "finding_drafts": sum(row.finding.state is FindingState.DRAFT for row in raised),
        "findings_disputed": sum(row.finding.state is FindingState.DISPUTED for row in raised),
        "report_exists": audit.state not in {AuditState.IN_PROGRESS, AuditState.FIELDWORK_DONE},
        "report_state": "signed",
        "decision_taken": audit.state in {AuditState.DECIDED, AuditState.CLOSED},
    }
    if audit.state is AuditState.IN_PROGRESS:
        known |= assessment_facts(session, audit.id, meetings.held(audit.id))
    if audit.state in {AuditState.REPORT_DRAFT, AuditState.REPORT_ISSUED}:
        known |= report_facts(session, audit.id)
    if audit.state is AuditState.REPORT_ISSUED:
        known |= rating_facts(session, audit.id)
    return AuditFacts(**known)


def listing(
    actor: Actor,
    *,
    words: str = "",
    state: str = "",
    kind: str = "",
    mine: bool = False,
    sort: str = "",
) -> Select[Audit, Organisation, str]:
    """Build the list of audits with client and leader."""
    query = (
        select(Audit, Client, Leader.name)
        .join(Client, Client.id == Audit.client_id)
        .outerjoin(
            TeamMember,
            (TeamMember.audit_id == Audit.id)
            & (TeamMember.role == TeamRole.LEADER)
            & TeamMember.left_at.is_(None),
        )
        .outerjoin(Leader, Leader.id == TeamMember.person_id)
        .where(planning.visible(actor))
    )
    if state in set(AuditState):
        query = query.where(Audit.state == state)
    elif state == "open":
        query = query.where(Audit.state.not_in(list(OVER)))
    if kind in set(AuditKind):
        query = query.where(Audit.kind == kind)
    if mine:
        on_team = select(TeamMember.audit_id).where(
            TeamMember.person_id == actor.person_id, TeamMember.left_at.is_(None)
        )
        query = query.where(Audit.id.in_(on_team))
    if words:
        pattern = like(words.lower())
        columns = (Audit.number, Client.name_zh, Client.name_en, Leader.name)
        query = query.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    return _sorted(query, sort)


def waiting(session: Session, actor: Actor, *, limit: int = 100) -> Sequence[Row[Any]]:
    """List the audits that are going on with what the home page says of them, soonest first."""
    on_team = (
        select(TeamMember.role)
        .where(
            TeamMember.audit_id == Audit.id,
            TeamMember.person_id == actor.person_id,
            TeamMember.left_at.is_(None),
        )
        .correlate(Audit)
        .scalar_subquery()
    )
    query = (
        select(Audit, Client, on_team.label("my_role"))
        .join(Client, Client.id == Audit.client_id)
        .where(planning.visible(actor), Audit.state.not_in(list(OVER)))
        .order_by(func.coalesce(Audit.starts_on, Audit.due_on), Audit.id)
        .limit(limit)
    )
    return session.execute(query).all()


def timeline(session: Session, actor: Actor, audit: Audit, *, limit: int = 20) -> Sequence[Event]:
    """Give what happened in an audit, newest first, for its page.

    Single answers, samples and measures have histories of their own. A provider reads of the audit's
    steps, of meetings and of what reached it: no draft, no fieldwork.
    """
    about = (Event.subject_kind == "audit") & (Event.subject_id == audit.id)
    within = (Event.within_kind == "audit") & (Event.within_id == audit.id)
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        within &= or_(
            Event.subject_kind.in_(_TOLD_KINDS) & Event.name.not_in(_DRAFTING),
            Event.actor_organisation_id == actor.organisation_id,
        )
    else:
        within &= Event.subject_kind.not_in(_OWN_HISTORY)
    query = select(Event).where(or_(about, within)).order_by(Event.id.desc()).limit(limit)
    return session.scalars(query).all()


def _sorted(query: Select[Audit, Organisation, str], sort: str) -> Select[Audit, Organisation, str]:
    orders: Mapping[str, Any] = {
        "client": Client.name_en,
        "number": Audit.number,
        "start": func.coalesce(Audit.starts_on, Audit.due_on),
        "state": Audit.state,
    }
    column = orders.get(sort.lstrip("-"), orders["start"])
    down = sort.startswith("-") or not sort
    return query.order_by(column.desc() if down else column.asc(), Audit.id.desc())
