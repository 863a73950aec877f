"""Schemes and their versions as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checklists.schemes.rules import SchemeState
from core.db import Model, digest, document, key_of, line, short


class Scheme(Model):
    """A certification scheme over all its versions."""

    __tablename__ = "schemes"

    code: Mapped[short] = mapped_column(unique=True)
    title_zh: Mapped[line]
    title_en: Mapped[line]


class SchemeVersion(Model):
    """Levels, weights, anchors, deadlines, tables: ``content`` is the pack that ``parse_scheme`` reads.

    A published version never changes; every rating and certificate names the one it came from.
    """

    __tablename__ = "scheme_versions"
    __table_args__ = (
        UniqueConstraint("scheme_id", "version"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published_has_date"),
    )

    scheme_id: Mapped[int] = key_of("schemes", index=False)
    standard_version_id: Mapped[int] = key_of("standard_versions")
    version: Mapped[int]
    state: Mapped[SchemeState] = mapped_column(default=SchemeState.DRAFT)
    content: Mapped[document]
    content_sha256: Mapped[digest]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
