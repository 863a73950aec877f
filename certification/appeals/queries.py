"""Cases as read, scoped to who asks: a complainant stays unknown to the provider concerned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from audit.planning.models import Audit, Engagement, TeamMember
from certification.appeals.models import Case
from certification.appeals.rules import (
    APPROVAL,
    BEFORE_VALIDATION,
    OVER,
    WAITING_FOR,
    CaseFacts,
    CaseKind,
    CaseState,
)
from certification.certificates.models import Certificate
from certification.decisions.models import Decision
from core.db import like
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Permission, allowed

Body = aliased(Organisation, name="body")
Client = aliased(Organisation, name="client")
Handler = aliased(Person, name="handler")
Approver = aliased(Person, name="approver")


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything the page of one case shows."""

    case: Case
    body: Organisation
    client: Organisation | None
    handler: str | None
    approver: str | None
    certificate: str | None
    decision: str | None
    decision_audit_id: int | None
    facts: CaseFacts


@dataclass(frozen=True, slots=True)
class Task:
    """A case whose next step is the reader's."""

    case_id: int
    number: str
    subject: str
    title: str
    button: str
    due_on: date | None


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Case``: a body's own; a provider's appeals, and complaints once admitted; all."""
    if actor.organisation_kind is OrganisationKind.REGULATOR:
        return true()
    if actor.organisation_kind is OrganisationKind.BODY:
        return Case.body_id == actor.organisation_id
    shown = or_(Case.kind == CaseKind.APPEAL, Case.state.not_in(list(BEFORE_VALIDATION)))
    return and_(Case.client_id == actor.organisation_id, shown)


def was_on_team(person_id: int) -> ColumnElement[bool]:
    """Give the condition on ``Case`` that the person was on a team that audited its client for its body."""
    return exists().where(
        TeamMember.person_id == person_id,
        TeamMember.audit_id == Audit.id,
        Audit.client_id == Case.client_id,
        Audit.body_id == Case.body_id,
    )


def has_decided(person_id: int) -> ColumnElement[bool]:
    """Give the condition on ``Case`` that the person decided about its client for its body."""
    return exists().where(
        Decision.decided_by_id == person_id,
        Decision.engagement_id == Engagement.id,
        Engagement.client_id == Case.client_id,
        Engagement.body_id == Case.body_id,
    )


def listing(
    actor: Actor, *, words: str = "", state: str = "", kind: str = "", sort: str = ""
) -> Select[Any]:
    """Build the list of cases with body, client and handler."""
    query: Any = (
        select(Case, Body, Client, Handler.name)
        .join(Body, Body.id == Case.body_id)
        .outerjoin(Client, Client.id == Case.client_id)
        .outerjoin(Handler, Handler.id == Case.handler_id)
        .where(visible(actor))
    )
    if state in set(CaseState):
        query = query.where(Case.state == state)
    elif state == "open":
        query = query.where(Case.state.not_in(list(OVER)))
    if kind in set(CaseKind):
        query = query.where(Case.kind == kind)
    if words:
        pattern = like(words.lower())
        columns = (Case.number, Case.subject, Client.name_zh, Client.name_en)
        query = query.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    orders: dict[str, Any] = {
        "number": Case.number,
        "due": Case.due_on,
        "state": Case.state,
        "received": Case.received_at,
    }
    column = orders.get(sort.lstrip("-"), Case.received_at)
    down = sort.startswith("-") or sort.lstrip("-") not in orders
    found: Select[Any] = query.order_by(column.desc() if down else column.asc(), Case.id.desc())
    return found


def page(session: Session, actor: Actor, case_id: int) -> CasePage:
    """Gather the page of one case in one statement; raises ``NotFound``."""
    row = session.execute(
        select(
            Case, Body, Client,
            Handler.name.label("handler"), Approver.name.label("approver"),
            Certificate.number.label("certificate"),
            Decision.number.label("decision"), Decision.audit_id.label("decision_audit_id"),
            was_on_team(actor.person_id).label("on_team"),
            has_decided(actor.person_id).label("has_decided"),
        )
        .join(Body, Body.id == Case.body_id)
        .outerjoin(Client, Client.id == Case.client_id)
        .outerjoin(Handler, Handler.id == Case.handler_id)
        .outerjoin(Approver, Approver.id == Case.approved_by_id)
        .outerjoin(Certificate, Certificate.id == Case.certificate_id)
        .outerjoin(Decision, Decision.id == Case.decision_id)
        .where(Case.id == case_id, visible(actor))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound
    one: Case = row[0]
    facts = CaseFacts(
        actor_on_team=bool(row.on_team),
        actor_decided=bool(row.has_decided),
        actor_is_handler=one.handler_id == actor.person_id,
        handler_name=row.handler or "",
        investigation_written=bool(one.investigation),
        outcome_written=bool(one.outcome),
    )
    return CasePage(
        one, row[1], row[2], row.handler, row.approver, row.certificate, row.decision,
        row.decision_audit_id, facts,
    )  # fmt: skip


def decisions(session: Session, actor: Actor) -> Sequence[Row[int, str, datetime, str]]:
    """List the decisions a client can appeal against, newest first, with the engagement's number."""
    return session.execute(
        select(Decision.id, Decision.number, Decision.decided_at, Engagement.number)
        .join(Engagement, Engagement.id == Decision.engagement_id)
        .where(Engagement.client_id == actor.organisation_id)
        .order_by(Decision.id.desc())
        .limit(200)
    ).all()


def by_code(session: Session, code_sha256: str) -> tuple[Case, Organisation] | None:
    """Find the complaint a tracking code belongs to, with the body that handles it."""
    row = session.execute(
        select(Case, Body)
        .join(Body, Body.id == Case.body_id)
        .where(Case.code_sha256 == code_sha256)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def waiting(session: Session, actor: Actor, *, limit: int = 50) -> list[Task]:
    """List the cases whose next step the actor may take, in one statement; none without a role for it."""
    handles = allowed(actor, Permission.APPEAL_HANDLE)
    approves = allowed(actor, Permission.APPEAL_APPROVE)
    if not (handles or approves):
        return []
    independent = and_(~was_on_team(actor.person_id), ~has_decided(actor.person_id))
    mine: list[ColumnElement[bool]] = [false()]
    if handles:
        mine += [
            and_(Case.state == CaseState.RECEIVED, independent),
            and_(Case.handler_id == actor.person_id, Case.state.not_in([*OVER])),
        ]
    if approves:
        mine.append(
            and_(
                Case.state == CaseState.INVESTIGATING,
                Case.investigation != "",
                Case.outcome != "",
                Case.handler_id != actor.person_id,
                independent,
            )
        )
    rows = session.scalars(
        select(Case)
        .where(visible(actor), or_(*mine))
        .order_by(Case.due_on.is_(None), Case.due_on, Case.id)
        .limit(limit)
    )
    return [_task(one, actor) for one in rows]


def _task(one: Case, actor: Actor) -> Task:
    foreign = one.state is CaseState.INVESTIGATING and one.handler_id != actor.person_id
    title, button = APPROVAL if foreign else WAITING_FOR[one.state]
    return Task(one.id, one.number, one.subject, title, button, one.due_on)


def engagement_of(session: Session, certificate_id: int) -> int:
    """Give the engagement a certificate stands in; the caller found the case."""
    return session.scalars(
        select(Certificate.engagement_id).where(Certificate.id == certificate_id)
    ).one()
