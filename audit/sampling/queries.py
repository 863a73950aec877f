"""Reads of samples. The caller found the answer for its actor."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.assessment.models import Sample


def of_answer(session: Session, answer_id: int) -> Sequence[Sample]:
    """List the samples recorded for an answer."""
    query = select(Sample).where(Sample.answer_id == answer_id).order_by(Sample.id)
    return session.scalars(query).all()
