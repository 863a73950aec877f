"""Reads across findings: lists, what an audit's steps need, what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from accounts.people.models import Person
from audit.actions.rules import UNDER_WAY, ResponseState
from audit.assessment.models import Answer, AuditEvidence
from audit.casefile.models import CorrectiveAction, Extension, Finding, FindingEvidence, Response
from audit.casefile.queries import Client, on_team, visible, was_on_team
from audit.casefile.rules import (
    BEFORE_RESPONSE,
    NEEDS_RESPONSE,
    OPEN,
    WITHOUT_PLAN,
    ExtensionState,
    FindingGrade,
    FindingState,
)
from audit.findings.rules import BADGES, GRADE_BADGES, due_now
from audit.planning import queries as planning
from audit.planning.models import Audit
from checklists.standards.models import Criterion
from core.clock import utc_now
from core.db import like
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind, Permission, allowed
from core.words import Badge, Words
from evidence.files import queries as files
from evidence.files.models import Evidence
from evidence.files.queries import Item


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in a list of one audit."""

    finding: Finding
    code: str
    criterion: Words
    raised_by: str | None

    @property
    def badge(self) -> Badge:
        """Say where it stands."""
        return BADGES[self.finding.state]

    @property
    def grade_badge(self) -> Badge:
        """Say how grave it is."""
        return GRADE_BADGES[self.finding.grade]

    @property
    def due_on(self) -> date | None:
        """Give the day until which the client has to act next."""
        return due_of(self.finding)


@dataclass(frozen=True, slots=True)
class Drafting:
    """What a draft chooses from: the checklist's criteria, the audit's evidence; ``linked`` is chosen."""

    audit: Audit
    criteria: list[tuple[int, str, Words]]
    files: list[Item]
    linked: frozenset[int]


class TaskKind(StrEnum):
    """What somebody has to do about a finding."""

    DRAFT = "draft"
    REVIEW = "review"
    VERIFY = "verify"
    CLOSE = "close"
    EXTENSION = "extension"
    SETTLE = "settle"
    ACKNOWLEDGE = "acknowledge"
    RESPOND = "respond"
    RESPOND_AGAIN = "respond_again"
    IMPLEMENT = "implement"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Task:
    """Something about a finding that waits for the actor; ``action_id`` only for an own action."""

    kind: TaskKind
    audit_id: int
    finding_id: int
    number: str
    title: str
    grade: FindingGrade
    audit_number: str
    client: Words
    due_on: date | None
    action_id: int | None = None


_BODY_TASKS = {
    FindingState.DRAFT: TaskKind.DRAFT,
    FindingState.RESPONSE_SUBMITTED: TaskKind.REVIEW,
    FindingState.IMPLEMENTED: TaskKind.VERIFY,
    FindingState.VERIFIED: TaskKind.CLOSE,
}
_CLIENT_TASKS = {
    FindingState.RAISED: TaskKind.ACKNOWLEDGE,
    FindingState.ACKNOWLEDGED: TaskKind.RESPOND,
    FindingState.RETURNED: TaskKind.RESPOND_AGAIN,
    FindingState.ACCEPTED: TaskKind.IMPLEMENT,
}


def listing(  # noqa: PLR0913 -- as many conditions as the page has
    actor: Actor,
    *,
    today: date,
    words: str = "",
    audit: str = "",
    grade: str = "",
    state: str = "",
    overdue: bool = False,
    sort: str = "",
) -> Any:
    """Build the list of findings with audit, client, criterion code and present due day."""
    due = due_column()
    query = (
        select(Finding, Audit, Client, Criterion.code, due.label("due"))
        .join(Audit, Audit.id == Finding.audit_id)
        .join(Client, Client.id == Audit.client_id)
        .join(Criterion, Criterion.id == Finding.criterion_id)
        .where(visible(actor))
    )
    if grade in set(FindingGrade):
        query = query.where(Finding.grade == grade)
    if state == "open":
        query = query.where(Finding.state.not_in([FindingState.CLOSED, FindingState.VOID]))
    elif state in set(FindingState):
        query = query.where(Finding.state == state)
    if audit:
        query = query.where(Audit.number == audit)
    if overdue:
        query = query.where(overdue_on(today))
    if words:
        pattern = like(words.lower())
        columns = (
            Finding.number, Finding.title, Criterion.code, Audit.number, Client.name_zh, Client.name_en,
        )  # fmt: skip
        query = query.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    weight = case((Finding.grade == "major", 0), (Finding.grade == "minor", 1), else_=2)
    orders = {
        "number": Finding.number, "grade": weight, "state": Finding.state, "due": due,
        "client": Client.name_en,
    }  # fmt: skip
    column = orders.get(sort.lstrip("-"))
    if column is None:
        return query.order_by(due.is_(None), due, Finding.id.desc())
    return query.order_by(column.desc() if sort.startswith("-") else column, Finding.id.desc())


def of_audit(session: Session, actor: Actor, audit_id: int) -> list[FindingRow]:
    """List the findings of an audit the actor may see, by number, in one statement."""
    rows = session.execute(
        select(Finding, Criterion.code, Criterion.title_zh, Criterion.title_en, Person.name)
        .join(Audit, Audit.id == Finding.audit_id)
        .join(Criterion, Criterion.id == Finding.criterion_id)
        .outerjoin(Person, Person.id == Finding.raised_by_id)
        .where(Finding.audit_id == audit_id, visible(actor))
        .order_by(Finding.number)
    )
    return [FindingRow(one, code, Words(zh, en), who) for one, code, zh, en, who in rows]


def earlier(session: Session, actor: Actor, audit: Audit) -> list[FindingRow]:
    """List what earlier audits of the engagement raised and needs a response: its effect is told (I-12)."""
    rows = session.execute(
        select(Finding, Criterion.code, Criterion.title_zh, Criterion.title_en, Person.name)
        .join(Audit, Audit.id == Finding.audit_id)
        .join(Criterion, Criterion.id == Finding.criterion_id)
        .outerjoin(Person, Person.id == Finding.raised_by_id)
        .where(
            Audit.engagement_id == audit.engagement_id,
            Audit.id != audit.id,
            Finding.raised_at < (audit.fieldwork_started_at or utc_now()),
            Finding.grade.in_(NEEDS_RESPONSE),
            Finding.state != FindingState.VOID,
            visible(actor),
        )
        .order_by(Finding.number)
    )
    return [FindingRow(one, code, Words(zh, en), who) for one, code, zh, en, who in rows]


def finding_facts_of_audit(session: Session, audit_id: int) -> dict[str, Any]:
    """Give what the findings are for ``AuditFacts``, in one statement."""
    count, state, grade = func.count(), Finding.state, Finding.grade
    settled = (FindingState.VERIFIED, FindingState.CLOSED, FindingState.VOID)
    row = session.execute(
        select(
            count.filter(state == FindingState.DRAFT).label("finding_drafts"),
            count.filter(state.not_in([FindingState.DRAFT, FindingState.VOID])).label(
                "findings_total"
            ),
            count.filter(state == FindingState.DISPUTED).label("findings_disputed"),
            count.filter(grade == FindingGrade.MAJOR, state.not_in(settled)).label(
                "unverified_majors"
            ),
            count.filter(grade == FindingGrade.MINOR, state.in_(WITHOUT_PLAN)).label(
                "minors_without_plan"
            ),
        ).where(Finding.audit_id == audit_id)
    ).one()
    return dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name


def drafting(
    session: Session, actor: Actor, audit_id: int, finding_id: int | None = None
) -> Drafting:
    """Give what a draft chooses from, in three statements; ``NotFound`` for who is not on the team.

    ``finding_id``: the draft whose links are told.
    """
    row = session.execute(
        select(Audit, on_team(actor)).where(Audit.id == audit_id, planning.visible(actor))
    ).one_or_none()
    if row is None or not row[1]:
        raise NotFound
    criteria = session.execute(
        select(Criterion.id, Criterion.code, Criterion.title_zh, Criterion.title_en)
        .join(Answer, Answer.criterion_id == Criterion.id)
        .where(Answer.audit_id == audit_id)
        .order_by(Answer.position)
    )
    linked = exists().where(
        FindingEvidence.evidence_id == Evidence.id, FindingEvidence.finding_id == finding_id
    )
    held = (
        files.selected(actor)
        .join(AuditEvidence, AuditEvidence.evidence_id == Evidence.id)
        .add_columns(linked)
        .where(AuditEvidence.audit_id == audit_id, or_(Evidence.voided_at.is_(None), linked))
        .order_by(Evidence.id.desc())
    )
    found = [(Item(one, blob, who), on) for one, blob, who, on in session.execute(held)]
    return Drafting(
        audit=row[0],
        criteria=[(key, code, Words(zh, en)) for key, code, zh, en in criteria],
        files=[item for item, _on in found],
        linked=frozenset(item.evidence.id for item, on in found if on),
    )


def waiting(session: Session, actor: Actor) -> list[Task]:
    """List what waits for the actor, soonest first: two statements at most.

    Auditors: drafts, responses, evidence and requests for more time of their audits. Deciders and
    officers: disputes outside their own audits. The client's managers: what they have to answer;
    its people: their own actions.
    """
    tasks = _finding_tasks(session, actor) + _own_actions(session, actor)
    return sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or date.max))


def actions_of(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """List the corrective actions under way with finding and owner, for the client's desk.

    A manager sees all of the organisation, a member those assigned to them.
    """
    if actor.organisation_kind is not OrganisationKind.PROVIDER:
        return []
    query = _actions(actor).order_by(Person.name, CorrectiveAction.due_on, CorrectiveAction.id)
    if not allowed(actor, Permission.FINDING_RESPOND):
        query = query.where(CorrectiveAction.owner_id == actor.person_id)
    return session.execute(query).all()


def due_of(one: Finding) -> date | None:
    """Give the day until which the client has to act next."""
    return due_now(
        one.state, one.acknowledge_due_on, one.response_due_on, one.implementation_due_on
    )


def any_open(session: Session, audit_id: int) -> bool:
    """Say whether a raised finding of an audit still has to be dealt with."""
    query = select(Finding.id).where(Finding.audit_id == audit_id, Finding.state.in_(OPEN))
    return session.scalar(query.limit(1)) is not None


def overdue_on(day: date) -> ColumnElement[bool]:
    """Give the condition that a deadline with consequences passed before a day."""
    return or_(
        and_(Finding.state.in_(BEFORE_RESPONSE), Finding.response_due_on < day),
        and_(Finding.state == FindingState.ACCEPTED, Finding.implementation_due_on < day),
    )


def due_column() -> Any:
    """Give the day until which the client has to act next, as ``rules.due_now``."""
    return case(
        (Finding.state == FindingState.RAISED, Finding.acknowledge_due_on),
        (Finding.state.in_(BEFORE_RESPONSE), Finding.response_due_on),
        (Finding.state == FindingState.ACCEPTED, Finding.implementation_due_on),
        else_=None,
    )


def _finding_tasks(session: Session, actor: Actor) -> list[Task]:
    wanted = _wanted(actor)
    if not wanted:
        return []
    asked = and_(Extension.finding_id == Finding.id, Extension.state == ExtensionState.ASKED)
    rows = session.execute(
        select(Finding, Audit.number, Client.name_zh, Client.name_en, due_column(), Extension.id)
        .join(Audit, Audit.id == Finding.audit_id)
        .join(Client, Client.id == Audit.client_id)
        .outerjoin(Extension, asked)
        .where(visible(actor), or_(*wanted))
        .order_by(Finding.id)
        .limit(200)
    )
    return [
        Task(
            _kind(actor, one, asked=extension is not None),
            one.audit_id, one.id, one.number, one.title, one.grade, number, Words(zh, en), due,
        )
        for one, number, zh, en, due, extension in rows
    ]  # fmt: skip


def _wanted(actor: Actor) -> list[ColumnElement[bool]]:
    """Give the conditions under which a finding waits for the actor, by what they may do."""
    wanted: list[ColumnElement[bool]] = []
    if allowed(actor, Permission.FINDING_VERIFY):
        wanted.append(and_(Finding.state.in_(_BODY_TASKS), on_team(actor)))
        wanted.append(and_(Extension.id.is_not(None), on_team(actor, leads=True)))
    if allowed(actor, Permission.FINDING_SETTLE):
        wanted.append(and_(Finding.state == FindingState.DISPUTED, ~was_on_team(actor)))
    if allowed(actor, Permission.FINDING_RESPOND):
        wanted.append(Finding.state.in_(_CLIENT_TASKS))
    return wanted


def _kind(actor: Actor, one: Finding, *, asked: bool) -> TaskKind:
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return _CLIENT_TASKS[one.state]
    if one.state is FindingState.DISPUTED and allowed(actor, Permission.FINDING_SETTLE):
        return TaskKind.SETTLE
    found = _BODY_TASKS.get(one.state)
    return TaskKind.EXTENSION if found is None and asked else found or TaskKind.REVIEW


def _own_actions(session: Session, actor: Actor) -> list[Task]:
    if not allowed(actor, Permission.ACTION_REPORT):
        return []
    rows = session.execute(
        _actions(actor)
        .where(CorrectiveAction.owner_id == actor.person_id)
        .order_by(CorrectiveAction.due_on, CorrectiveAction.id)
        .limit(200)
    )
    return [
        Task(
            TaskKind.ACTION, row.Finding.audit_id, row.Finding.id, row.Finding.number,
            row.CorrectiveAction.measure, row.Finding.grade, row.audit_number,
            Words(row.client_zh, row.client_en), row.CorrectiveAction.due_on, row.CorrectiveAction.id,
        )
        for row in rows
    ]  # fmt: skip


def _actions(actor: Actor) -> Any:
    return (
        select(
            CorrectiveAction,
            Finding,
            Person.name.label("owner"),
            Audit.number.label("audit_number"),
            Client.name_zh.label("client_zh"),
            Client.name_en.label("client_en"),
        )
        .join(Finding, Finding.id == CorrectiveAction.finding_id)
        .join(Response, Response.id == CorrectiveAction.response_id)
        .join(Audit, Audit.id == Finding.audit_id)
        .join(Client, Client.id == Audit.client_id)
        .join(Person, Person.id == CorrectiveAction.owner_id)
        .where(
            visible(actor),
            Response.state == ResponseState.ACCEPTED,
            CorrectiveAction.state.in_(UNDER_WAY),
        )
    )
