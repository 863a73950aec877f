"""Issued documents as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from core.db import Model, digest, line, short
from core.events import append_only


class IssuedDocument(Model):
    """The bytes (in the file store) of a report or certificate: one for each thing, kind and language."""

    __tablename__ = "issued_documents"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "kind", "language"),
        CheckConstraint("length(sha256) = 64", name="digest_is_whole"),
    )

    subject_kind: Mapped[short]
    subject_id: Mapped[int]
    kind: Mapped[short]
    language: Mapped[short]
    file_name: Mapped[line]
    media_type: Mapped[short]
    sha256: Mapped[digest]
    size: Mapped[int]
    created_at: Mapped[datetime]


append_only("issued_documents")
