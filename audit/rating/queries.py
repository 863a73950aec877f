"""Measures, answers and computed ratings as read. The caller found the audit for its actor."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from audit.assessment.models import Answer
from audit.level.rules import AnswerInput, MeasureInput, Rating, RatingInputs
from audit.planning.models import Audit
from audit.rating.models import Measure, RatingRecord
from checklists.standards.models import Criterion


def measures(session: Session, audit_id: int) -> dict[str, Measure]:
    """Give the measures entered for an audit by metric."""
    query = select(Measure).where(Measure.audit_id == audit_id)
    return {one.metric: one for one in session.scalars(query)}


def inputs(session: Session, audit: Audit) -> RatingInputs:
    """Gather everything a rating takes in, in two statements.

    Standards looked at beside the audit's own do not enter it.
    """
    entered = [_measure(one) for one in measures(session, audit.id).values()]
    rows = session.execute(
        select(
            Criterion.code,
            Criterion.dimension,
            Criterion.weight,
            Answer.rating,
            Answer.excluded,
            Answer.exclusion_reason,
            Answer.evidence_verified,
        )
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(
            Answer.audit_id == audit.id,
            Criterion.standard_version_id == audit.standard_version_id,
        )
        .order_by(Answer.position)
    )
    answers = tuple(
        AnswerInput(
            criterion=row.code,
            dimension=row.dimension,
            weight=float(row.weight),
            rating=row.rating,
            excluded=row.excluded,
            exclusion_reason=row.exclusion_reason,
            evidence_verified=row.evidence_verified,
        )
        for row in rows
    )
    longest = max((one.window_days or 0 for one in entered), default=0)
    return RatingInputs(tuple(entered), answers, longest)


def latest(session: Session, audit_id: int) -> RatingRecord | None:
    """Give the newest rating of an audit."""
    query = select(RatingRecord).where(RatingRecord.audit_id == audit_id)
    return session.scalar(query.order_by(RatingRecord.id.desc()).limit(1))


def before(session: Session, audit: Audit) -> RatingRecord | None:
    """Give the newest rating of an earlier audit of the same engagement."""
    query = (
        select(RatingRecord)
        .join(Audit, Audit.id == RatingRecord.audit_id)
        .where(Audit.engagement_id == audit.engagement_id, Audit.id != audit.id)
        .order_by(RatingRecord.computed_at.desc())
    )
    if audit.fieldwork_started_at is not None:
        query = query.where(RatingRecord.computed_at < audit.fieldwork_started_at)
    return session.scalar(query.limit(1))


def history(session: Session, audit_id: int) -> Sequence[RatingRecord]:
    """List every rating of an audit, newest first."""
    query = select(RatingRecord).where(RatingRecord.audit_id == audit_id)
    return session.scalars(query.order_by(RatingRecord.id.desc())).all()


def is_current(session: Session, record: RatingRecord) -> bool:
    """Say whether no answer and no measure changed after a rating was computed."""
    return not session.scalar(select(changed_since(record.computed_at, record.audit_id)))


def rating_facts(session: Session, audit_id: int) -> dict[str, Any]:
    """Give the rating's part of ``AuditFacts`` in one statement."""
    row = session.execute(
        select(RatingRecord.level, changed_since(RatingRecord.computed_at, audit_id))
        .where(RatingRecord.audit_id == audit_id)
        .order_by(RatingRecord.id.desc())
        .limit(1)
    ).one_or_none()
    return {} if row is None else {"rating_level": row[0], "rating_current": not row[1]}


def rating_of(record: RatingRecord) -> Rating:
    """Read a kept result."""
    return Rating.from_json(record.result)


def changed_since(moment: Any, audit_id: Any) -> ColumnElement[bool]:
    """Give the condition that an answer or a measure of an audit changed after a moment."""
    answers = exists().where(Answer.audit_id == audit_id, Answer.answered_at > moment)
    measured = exists().where(Measure.audit_id == audit_id, Measure.entered_at > moment)
    return or_(answers, measured)


def _measure(one: Measure) -> MeasureInput:
    return MeasureInput(
        metric=one.metric,
        value=None if one.value is None else float(one.value),
        successes=one.successes,
        total=one.total,
        promoters=one.promoters,
        passives=one.passives,
        detractors=one.detractors,
        census=one.census,
        window_days=(one.window_to - one.window_from).days + 1,
        source=one.source,
        population=one.population,
    )
