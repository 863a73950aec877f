"""Standards, their versions, sections and criteria as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checklists.standards.rules import Area, Stage, StandardState
from core.db import Model, digest, key_of, line, listing, prose, short


class Standard(Model):
    """What is assessed against, over all its versions."""

    __tablename__ = "standards"

    code: Mapped[short] = mapped_column(unique=True)
    title_zh: Mapped[line]
    title_en: Mapped[line]


class StandardVersion(Model):
    """One edition. A published one never changes; audits keep the version they began with."""

    __tablename__ = "standard_versions"
    __table_args__ = (
        UniqueConstraint("standard_id", "version"),
        CheckConstraint(
            "state NOT IN ('published', 'superseded') OR published_at IS NOT NULL",
            name="published_has_date",
        ),
    )

    standard_id: Mapped[int] = key_of("standards", index=False)
    version: Mapped[short]
    state: Mapped[StandardState] = mapped_column(default=StandardState.DRAFT)
    title_zh: Mapped[line]
    title_en: Mapped[line]
    summary_zh: Mapped[prose] = mapped_column(default="")
    summary_en: Mapped[prose] = mapped_column(default="")
    source_sha256: Mapped[digest | None]
    criteria_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Section(Model):
    """A part of a standard version, in order of ``position``."""

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("standard_version_id", "code"),)

    standard_version_id: Mapped[int] = key_of("standard_versions", index=False)
    code: Mapped[short]
    title_zh: Mapped[line]
    title_en: Mapped[line]
    position: Mapped[int]


class Criterion(Model):
    """One requirement; ``level_from`` is the lowest level at which it applies, ``weight`` counts in the rating."""

    __tablename__ = "criteria"
    __table_args__ = (
        UniqueConstraint("standard_version_id", "code"),
        CheckConstraint("weight > 0", name="weight_is_positive"),
        CheckConstraint("level_from > 0", name="level_is_positive"),
        Index(None, "section_id"),
    )

    standard_version_id: Mapped[int] = key_of("standard_versions", index=False)
    section_id: Mapped[int] = key_of("sections", index=False)
    code: Mapped[short]
    position: Mapped[int]
    dimension: Mapped[short]
    area: Mapped[Area]
    stage: Mapped[Stage]
    level_from: Mapped[int]
    weight: Mapped[int]
    critical: Mapped[bool]
    methods: Mapped[listing]
    title_zh: Mapped[line]
    title_en: Mapped[line]
    requirement_zh: Mapped[prose]
    requirement_en: Mapped[prose]
    guidance_zh: Mapped[prose]
    guidance_en: Mapped[prose]
    evidence_zh: Mapped[prose]
    evidence_en: Mapped[prose]
    sources: Mapped[listing]
    citations: Mapped[listing]
