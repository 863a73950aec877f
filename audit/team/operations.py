"""What planner and client do to a team. Each flushes; none commits."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from audit.competence.queries import person_facts
from audit.planning.models import Audit, TeamMember, TeamObjection
from audit.planning.operations import move
from audit.planning.queries import AuditHead, assignment, team
from audit.planning.rules import (
    TEAM_OPEN,
    AuditFacts,
    AuditState,
    ObjectionOutcome,
    TeamRole,
)
from audit.team.queries import judged, name_of_member
from core.clock import local_date
from core.errors import Invalid, NotAllowed, NotFound, StepRefused
from core.events import record
from core.permissions import Actor, Permission, allowed
from core.words import N_, T_


def add_member(
    session: Session,
    actor: Actor,
    head: AuditHead,
    *,
    person_id: int,
    role: TeamRole,
    now: datetime,
) -> TeamMember:
    """Put somebody on the team who may go; nobody, the administrator included, passes the rules.

    Raises ``StepRefused`` with every reason against it (I-05).
    """
    audit = head.audit
    _open(actor, audit)
    found = person_facts(session, audit.body_id, [person_id])
    if not found:
        raise NotFound
    candidate = judged(found[0], assignment(head, local_date(now)))
    if not candidate.may_go:
        name = candidate.person.name
        raise StepRefused(T_("%(name)s cannot be on this team.", name=name), candidate.reasons)
    present = team(session, audit.id)
    if any(one.person_id == person_id for one in present):
        raise Invalid(N_("This person is on the team already."), "person_id")
    if role is TeamRole.LEADER and any(one.role is role for one in present):
        raise Invalid(N_("The team has a leader already. Change that role first."), "role")
    member = TeamMember(audit_id=audit.id, person_id=person_id, role=role, joined_at=now)
    session.add(member)
    _record_member(
        session, actor, "joined", audit, member, candidate.person.name, now=now, after=role
    )
    session.flush()
    return member


def change_role(
    session: Session,
    actor: Actor,
    audit: Audit,
    member: TeamMember,
    role: TeamRole,
    *,
    now: datetime,
) -> None:
    """Give a member another role; a new leader makes the present one an auditor."""
    _open(actor, audit)
    for one in team(session, audit.id) if role is TeamRole.LEADER else ():
        if one.role is TeamRole.LEADER and one.member_id != member.id:
            former = session.get_one(TeamMember, one.member_id)
            _set_role(session, actor, audit, former, TeamRole.AUDITOR, now=now)
    _set_role(session, actor, audit, member, role, now=now)


def remove_member(
    session: Session,
    actor: Actor,
    audit: Audit,
    member: TeamMember,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Take somebody off the team; they stay on record, and objections to them are settled."""
    _open(actor, audit)
    _leave(session, actor, audit, member, reason, now)
    waiting = select(TeamObjection).where(
        TeamObjection.member_id == member.id, TeamObjection.outcome.is_(None)
    )
    for objection in session.scalars(waiting):
        _settle(session, actor, audit, objection, ObjectionOutcome.REPLACED, reason, now=now)
    session.flush()


def object_to(
    session: Session,
    actor: Actor,
    audit: Audit,
    member: TeamMember,
    *,
    reason: str,
    now: datetime,
) -> TeamObjection:
    """Let the client object to a member of the proposed team (I-06)."""
    if not allowed(actor, Permission.AUDIT_ACCEPT) or actor.organisation_id != audit.client_id:
        raise NotAllowed(N_("Your role does not allow this step."))
    if audit.state is not AuditState.TEAM_PROPOSED:
        raise StepRefused(N_("An objection is possible while the team is proposed."))
    objection = TeamObjection(
        audit_id=audit.id,
        member_id=member.id,
        reason=reason,
        raised_by_id=actor.person_id,
        raised_at=now,
    )
    session.add(objection)
    _record_objection(session, actor, "raised", audit, objection, now=now, reason=reason)
    session.flush()
    return objection


def settle(  # noqa: PLR0913 -- how an objection is settled
    session: Session,
    actor: Actor,
    audit: Audit,
    objection: TeamObjection,
    *,
    outcome: ObjectionOutcome,
    settlement: str,
    now: datetime,
) -> None:
    """Settle an objection: the member stays, with a reason, or leaves and the team is made anew."""
    _plans(actor, audit)
    if objection.outcome is not None:
        raise StepRefused(N_("This objection is settled already."))
    if outcome is ObjectionOutcome.REPLACED:
        if audit.state not in TEAM_OPEN:
            facts = AuditFacts(kind=audit.kind)  # the step asks for nothing but the reason
            move(session, actor, audit, "reopen_team", facts, now=now, reason=settlement)
        member = session.get_one(TeamMember, objection.member_id)
        if member.left_at is None:
            _leave(session, actor, audit, member, settlement, now)
    _settle(session, actor, audit, objection, outcome, settlement, now=now)
    session.flush()


def _set_role(
    session: Session,
    actor: Actor,
    audit: Audit,
    member: TeamMember,
    role: TeamRole,
    *,
    now: datetime,
) -> None:
    if member.role is role:
        return
    before, member.role = member.role, role
    name = name_of_member(session, member.id)
    _record_member(
        session, actor, "role_changed", audit, member, name, now=now, before=before, after=role
    )
    session.flush()  # a former leader first: the database allows only one


def _leave(
    session: Session,
    actor: Actor,
    audit: Audit,
    member: TeamMember,
    reason: str,
    now: datetime,
) -> None:
    member.left_at = now
    name = name_of_member(session, member.id)
    _record_member(
        session, actor, "left", audit, member, name, now=now, before=member.role, reason=reason
    )


def _settle(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor,
    audit: Audit,
    objection: TeamObjection,
    outcome: ObjectionOutcome,
    settlement: str,
    *,
    now: datetime,
) -> None:
    objection.outcome, objection.settlement = outcome, settlement
    objection.settled_by_id, objection.settled_at = actor.person_id, now
    _record_objection(
        session, actor, "settled", audit, objection, now=now, reason=settlement, outcome=outcome
    )


def _record_member(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor,
    past: str,
    audit: Audit,
    member: TeamMember,
    name: str,
    *,
    now: datetime,
    before: TeamRole | None = None,
    after: TeamRole | None = None,
    reason: str | None = None,
) -> None:
    record(
        session,
        actor,
        f"team_member:{past}",
        member,
        now=now,
        within=audit,
        owner_id=audit.body_id,
        label=name,
        before={"role": before} if before else None,
        after={"role": after, "person_id": member.person_id} if after else None,
        reason=reason,
    )


def _record_objection(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor,
    past: str,
    audit: Audit,
    objection: TeamObjection,
    *,
    now: datetime,
    reason: str,
    outcome: ObjectionOutcome | None = None,
) -> None:
    record(
        session,
        actor,
        f"team_objection:{past}",
        objection,
        now=now,
        within=audit,
        owner_id=audit.body_id,
        label=name_of_member(session, objection.member_id),
        after={"outcome": outcome} if outcome else None,
        reason=reason,
    )


def _open(actor: Actor, audit: Audit) -> None:
    """Refuse unless the team can be changed now.

    The audit's revision grows with its team, so that nobody proposes a team that changes meanwhile.
    """
    _plans(actor, audit)
    if audit.state not in TEAM_OPEN:
        raise StepRefused(N_("The team is not open for changes. Open it again first."))
    flag_modified(audit, "state")


def _plans(actor: Actor, audit: Audit) -> None:
    if not allowed(actor, Permission.AUDIT_PLAN) or actor.organisation_id != audit.body_id:
        raise NotAllowed(N_("Your role does not allow this step."))
