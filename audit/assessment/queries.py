"""Reads of the fieldwork. The provider does not see it; what concerns it stands in findings and report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from audit.assessment.models import (
    Answer,
    AnswerEvidence,
    AuditEvidence,
)
from audit.assessment.rules import Judgement, interviewees_of
from audit.planning import queries as planning
from audit.planning.models import Audit, TeamMember
from audit.planning.rules import TeamRole
from checklists.standards.models import Criterion
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind
from evidence.files import queries as files
from evidence.files.models import Evidence
from evidence.files.queries import Item

_CODES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where the actor stands towards an audit's fieldwork."""

    audit: Audit
    on_team: bool


def place(session: Session, actor: Actor, audit_id: int) -> Place:
    """Give the audit and whether the actor is on its team (observers do not count), in one statement."""
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        raise NotFound
    on_team = exists().where(
        TeamMember.audit_id == Audit.id,
        TeamMember.person_id == actor.person_id,
        TeamMember.left_at.is_(None),
        TeamMember.role != TeamRole.OBSERVER,
    )
    row = session.execute(
        select(Audit, on_team).where(Audit.id == audit_id, planning.visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    return Place(row[0], row[1])


def answer_place(
    session: Session, actor: Actor, audit_id: int, answer_id: int
) -> tuple[Place, Answer, str]:
    """Give audit, answer and the criterion's code in one statement, for a save; raises ``NotFound``."""
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        raise NotFound
    on_team = exists().where(
        TeamMember.audit_id == Audit.id,
        TeamMember.person_id == actor.person_id,
        TeamMember.left_at.is_(None),
        TeamMember.role != TeamRole.OBSERVER,
    )
    row = session.execute(
        select(Audit, on_team, Answer, Criterion.code)
        .join(Answer, Answer.audit_id == Audit.id)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(Audit.id == audit_id, Answer.id == answer_id, planning.visible(actor))
        .with_for_update(of=Answer)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Place(row[0], row[1]), row[2], row[3]


def answer_code(session: Session, audit_id: int, answer_id: int) -> str:
    """Give the code of an answer's criterion; the caller found the audit. Raises ``NotFound``."""
    code = session.scalar(
        select(Criterion.code)
        .join(Answer, Answer.criterion_id == Criterion.id)
        .where(Answer.audit_id == audit_id, Answer.id == answer_id)
    )
    if code is None:
        raise NotFound
    return code


def seen(
    session: Session, actor: Actor, audit_id: int, answer_id: int
) -> tuple[int, str, list[int]]:
    """Give an answer's criterion, what was seen and its linked evidence that counts; raises ``NotFound``."""
    rows = session.execute(
        select(Answer.criterion_id, Answer.notes, Evidence.id)
        .join(Audit, Audit.id == Answer.audit_id)
        .outerjoin(AnswerEvidence, AnswerEvidence.answer_id == Answer.id)
        .outerjoin(
            Evidence,
            and_(Evidence.id == AnswerEvidence.evidence_id, Evidence.voided_at.is_(None)),
        )
        .where(Audit.id == audit_id, Answer.id == answer_id, planning.visible(actor))
        .order_by(Evidence.id)
    ).all()
    if not rows or actor.organisation_kind is OrganisationKind.PROVIDER:
        raise NotFound
    return rows[0][0], rows[0][1], [key for _criterion, _notes, key in rows if key is not None]


def judgement_of(answer: Answer) -> Judgement:
    """Give an answer as it stands."""
    return Judgement(
        answer.conformity,
        answer.rating,
        tuple(answer.methods),
        answer.notes,
        answer.evidence_verified,
        answer.excluded,
        answer.exclusion_reason,
        interviewees_of(answer.interviewees),
    )


def assessment_facts(
    session: Session, audit_id: int, also: Mapping[str, ColumnElement[Any]] | None = None
) -> dict[str, Any]:
    """Give the fieldwork's part of ``AuditFacts`` in two statements, with facts of others read along (``also``)."""
    open_ = Answer.rating.is_(None) & ~Answer.excluded
    row = session.execute(
        select(
            func.count(),
            func.count().filter(open_),
            func.count().filter(open_, Criterion.critical),
            func.count().filter(Answer.excluded, Answer.exclusion_reason == ""),
            *(also or {}).values(),
        )
        .select_from(Answer)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(Answer.audit_id == audit_id)
    ).one()
    total, unanswered, critical, without_reason, *others = row
    codes: Sequence[str] = ()
    if critical:
        codes = session.scalars(
            select(Criterion.code)
            .join(Answer, Answer.criterion_id == Criterion.id)
            .where(Answer.audit_id == audit_id, open_, Criterion.critical)
            .order_by(Answer.position)
            .limit(_CODES_SHOWN)
        ).all()
    return {
        "checklist_size": total,
        "criteria_total": total,
        "unanswered": unanswered,
        "unanswered_critical": critical,
        "critical_codes": tuple(codes),
        "exclusions_without_reason": without_reason,
        **{name: bool(value) for name, value in zip(also or {}, others, strict=True)},
    }


def progress(session: Session, audit_ids: Iterable[int]) -> Mapping[int, tuple[int, int, int]]:
    """Give (answered, excluded, total) for each audit, in one statement."""
    query = (
        select(
            Answer.audit_id,
            func.count().filter(Answer.rating.is_not(None)),
            func.count().filter(Answer.excluded),
            func.count(),
        )
        .where(Answer.audit_id.in_(list(audit_ids)))
        .group_by(Answer.audit_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


def by_dimension(session: Session, audit_id: int) -> Sequence[Row[Any]]:
    """Give (dimension, answered, excluded, total, mean rating) of an audit in the order of the checklist."""
    query = (
        select(
            Criterion.dimension,
            func.count().filter(Answer.rating.is_not(None)).label("answered"),
            func.count().filter(Answer.excluded).label("excluded"),
            func.count().label("total"),
            func.avg(Answer.rating).label("mean"),
        )
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(Answer.audit_id == audit_id)
        .group_by(Criterion.dimension)
        .order_by(func.min(Answer.position))
    )
    return session.execute(query).all()


def answers(session: Session, audit_id: int) -> Sequence[Row[Answer, Criterion]]:
    """Give every answer with its criterion, in order: for rating and report."""
    query = (
        select(Answer, Criterion)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(Answer.audit_id == audit_id)
        .order_by(Answer.position)
    )
    return session.execute(query).all()


def evidence_of(
    session: Session, actor: Actor, audit_id: int, answer_id: int | None = None
) -> list[Item]:
    """List the evidence of an audit, or of one answer in it, newest first.

    A provider sees what its own people handed over and what a raised finding shows.
    The caller has found the audit for this actor.
    """
    query = (
        files.selected(actor)
        .join(AuditEvidence, AuditEvidence.evidence_id == Evidence.id)
        .where(AuditEvidence.audit_id == audit_id)
        .order_by(Evidence.id.desc())
    )
    if answer_id is not None:
        query = query.join(AnswerEvidence, AnswerEvidence.evidence_id == Evidence.id).where(
            AnswerEvidence.answer_id == answer_id
        )
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        query = query.where(_for_client(actor))
    return files.items(session, query)


def evidence_item(session: Session, actor: Actor, audit_id: int, evidence_id: int) -> Item:
    """Give one piece of evidence of an audit, authorised by a join on the audit; raises ``NotFound``."""
    query = (
        files.selected(actor)
        .join(AuditEvidence, AuditEvidence.evidence_id == Evidence.id)
        .join(Audit, Audit.id == AuditEvidence.audit_id)
        .where(Audit.id == audit_id, Evidence.id == evidence_id, planning.visible(actor))
    )
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        query = query.where(_for_client(actor))
    found = files.items(session, query)
    if not found:
        raise NotFound
    return found[0]


def _for_client(actor: Actor) -> ColumnElement[bool]:
    own = Evidence.handed_over_by_organisation_id == actor.organisation_id
    return or_(own, AuditEvidence.shown_to_client)
