"""Reads for the response and for one corrective action."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.people.models import Membership
from audit.actions.rules import ActionFacts, ResponseState
from audit.assessment.models import AuditEvidence
from audit.casefile.models import ActionEvidence, CorrectiveAction, Finding, Response
from audit.casefile.queries import on_team, visible
from audit.findings.rules import FindingState
from audit.planning.models import Audit
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Permission, allowed
from evidence.files import queries as files
from evidence.files.models import Evidence
from evidence.files.queries import Item


@dataclass(frozen=True, slots=True)
class ActionCase:
    """A corrective action with what its guards look at, for one actor."""

    action: CorrectiveAction
    finding: Finding
    audit: Audit
    facts: ActionFacts


def action_of(
    session: Session, actor: Actor, audit_id: int, finding_id: int, action_id: int
) -> ActionCase:
    """Give one corrective action in one statement; raises ``NotFound``.

    Drafts are the client's own, and a member of it finds only the actions assigned to them.
    """
    client = actor.organisation_kind is OrganisationKind.PROVIDER
    manages = client and allowed(actor, Permission.FINDING_RESPOND)
    evidence = (
        select(func.count())
        .select_from(ActionEvidence)
        .where(ActionEvidence.action_id == CorrectiveAction.id)
        .scalar_subquery()
    )
    query = (
        select(CorrectiveAction, Finding, Audit, Response.state, on_team(actor), evidence)
        .join(Finding, Finding.id == CorrectiveAction.finding_id)
        .join(Response, Response.id == CorrectiveAction.response_id)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(
            CorrectiveAction.id == action_id,
            Finding.id == finding_id,
            Audit.id == audit_id,
            visible(actor),
        )
    )
    if not client:
        query = query.where(Response.state != ResponseState.DRAFT)
    elif not manages:
        query = query.where(CorrectiveAction.owner_id == actor.person_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    action, finding, audit, round_state, assessing, pieces = row
    facts = ActionFacts(
        owned=action.owner_id == actor.person_id,
        manages=manages,
        accepted=finding.state is FindingState.ACCEPTED and round_state is ResponseState.ACCEPTED,
        implemented=finding.state is FindingState.IMPLEMENTED,
        reported=bool(action.report),
        evidence=pieces,
        on_team=bool(assessing),
    )
    return ActionCase(action, finding, audit, facts)


def planned(session: Session, response_id: int) -> Sequence[CorrectiveAction]:
    """List the actions of one round, in order."""
    return session.scalars(
        select(CorrectiveAction)
        .where(CorrectiveAction.response_id == response_id)
        .order_by(CorrectiveAction.id)
    ).all()


def belong(session: Session, organisation_id: int, person_ids: set[int]) -> bool:
    """Say whether all these people are members of an organisation now, in one statement."""
    found = session.scalar(
        select(func.count(func.distinct(Membership.person_id))).where(
            Membership.organisation_id == organisation_id,
            Membership.person_id.in_(person_ids),
            Membership.ended_at.is_(None),
        )
    )
    return found == len(person_ids)


def own_evidence(
    session: Session,
    actor: Actor,
    audit_id: int,
    column: InstrumentedAttribute[int],
    thing_id: int,
) -> list[tuple[Item, bool]]:
    """List what the actor's organisation handed over for an audit, and whether a thing rests on it.

    ``column`` is the thing's key in its table of links. What is void stands only where it is linked.
    """
    table: Any = column.class_
    linked = exists().where(table.evidence_id == Evidence.id, column == thing_id)
    held = exists().where(
        AuditEvidence.evidence_id == Evidence.id, AuditEvidence.audit_id == audit_id
    )
    query = (
        files.selected(actor)
        .add_columns(linked)
        .where(
            held,
            Evidence.handed_over_by_organisation_id == actor.organisation_id,
            or_(Evidence.voided_at.is_(None), linked),
        )
        .order_by(Evidence.id.desc())
    )
    return [(Item(one, blob, who), bool(on)) for one, blob, who, on in session.execute(query)]


def evidence_of(session: Session, actor: Actor, action_id: int) -> list[Item]:
    """List the evidence of an action the caller has found for the actor."""
    query = (
        files.selected(actor)
        .join(ActionEvidence, ActionEvidence.evidence_id == Evidence.id)
        .where(ActionEvidence.action_id == action_id)
    )
    return files.items(session, query.order_by(Evidence.id))
