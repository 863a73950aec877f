"""Issued documents as read. Who may read one is decided by the page of the thing it belongs to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import Recorded
from evidence.issued.models import IssuedDocument


def find(
    session: Session, subject: Recorded, kind: str, language: str = ""
) -> IssuedDocument | None:
    """Give the document of a thing, kind and language; ``language`` is empty for a bilingual one."""
    return session.scalar(
        select(IssuedDocument).where(
            IssuedDocument.subject_kind == subject.__tablename__,
            IssuedDocument.subject_id == subject.id,
            IssuedDocument.kind == kind,
            IssuedDocument.language == language,
        )
    )


def of(session: Session, subject: Recorded) -> list[IssuedDocument]:
    """List every document of a thing."""
    query = select(IssuedDocument).where(
        IssuedDocument.subject_kind == subject.__tablename__,
        IssuedDocument.subject_id == subject.id,
    )
    return list(session.scalars(query.order_by(IssuedDocument.id)))
