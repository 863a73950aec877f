"""Reads of what the page of captures shows beside them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people.models import Person
from audit.assessment.models import Answer
from audit.package.queries import answer_as_sent
from checklists.standards.models import Criterion
from core.words import Words


def answers(session: Session, audit_id: int, answer_ids: Collection[int]) -> dict[int, Any]:
    """Give answers as they stand now with code and title of their criterion, by key: one statement."""
    rows = session.execute(
        select(Answer, Criterion.code, Criterion.title_zh, Criterion.title_en, Person.name)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .outerjoin(Person, Person.id == Answer.answered_by_id)
        .where(Answer.audit_id == audit_id, Answer.id.in_(answer_ids))
    )
    return {
        answer.id: {"code": code, "title": Words(zh, en), **answer_as_sent(answer, who)}
        for answer, code, zh, en, who in rows
    }
