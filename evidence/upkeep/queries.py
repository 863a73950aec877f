"""Which contents rows claim, across organisations; for upkeep only, never for a person."""

from collections.abc import Collection

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from evidence.files.models import Blob
from evidence.files.storage import StoredFile
from evidence.issued.models import IssuedDocument

CLAIMANTS = (Blob, IssuedDocument)  # every table whose rows point into the store


def claimed(session: Session, digests: Collection[str]) -> set[str]:
    """Give which of some contents a row claims."""
    parts = (select(table.sha256).where(table.sha256.in_(digests)) for table in CLAIMANTS)
    return set(session.scalars(union(*parts)))


def contents(session: Session, after: str, most: int) -> list[StoredFile]:
    """Give the next contents that rows claim, in the order of their digests; start after ``""``."""
    parts = (select(table.sha256, table.size).where(table.sha256 > after) for table in CLAIMANTS)
    both = union(*parts).subquery()
    query = select(both.c.sha256, both.c.size).order_by(both.c.sha256).limit(most)
    return [StoredFile(sha256, size) for sha256, size in session.execute(query)]
