"""Answers, their history and the evidence of an audit as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.assessment.rules import Conformity, SampleChoice
from core.db import Model, Versioned, key_of, line, listing, prose
from core.events import append_only


class Answer(Versioned, Model):
    """The judgement of one criterion in one audit. The row exists from the day the checklist is chosen.

    Answered: conformity and rating (0-4) stand. Excluded: a reason stands and neither of them. ``reasons`` says why
    the criterion is on the checklist, as codes of ``audit.checklist``.
    """

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("audit_id", "criterion_id"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 0 AND 4", name="rating_is_0_to_4"),
        CheckConstraint("(rating IS NULL) = (conformity IS NULL)", name="answered_wholly"),
        CheckConstraint(
            "NOT excluded OR (exclusion_reason <> '' AND rating IS NULL)",
            name="exclusion_has_reason",
        ),
        CheckConstraint(
            "(rating IS NULL AND NOT excluded) OR answered_by_id IS NOT NULL",
            name="names_who_gave_it",
        ),
        Index(None, "audit_id", "position"),
    )

    audit_id: Mapped[int] = key_of("audits", index=False)
    criterion_id: Mapped[int] = key_of("criteria")
    position: Mapped[int]
    reasons: Mapped[listing] = mapped_column(default=list, server_default="[]")
    conformity: Mapped[Conformity | None]
    rating: Mapped[int | None]
    methods: Mapped[listing] = mapped_column(default=list)
    interviewees: Mapped[listing] = mapped_column(default=list, server_default="[]")
    notes: Mapped[prose] = mapped_column(default="")
    evidence_verified: Mapped[bool] = mapped_column(default=True)
    excluded: Mapped[bool] = mapped_column(default=False)
    exclusion_reason: Mapped[prose] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = key_of("people", index=False)
    answered_at: Mapped[datetime | None]


class SectionShare(Model):
    """Who of the team takes a section first; nobody is locked out of it by that."""

    __tablename__ = "section_shares"
    __table_args__ = (UniqueConstraint("audit_id", "section_id"),)

    audit_id: Mapped[int] = key_of("audits", index=False)
    section_id: Mapped[int] = key_of("sections", index=False)
    person_id: Mapped[int] = key_of("people", index=False)


class AnswerVersion(Model):
    """An answer as it stood after one change; never changed itself.

    ``at`` is when the server took it, ``captured_at`` when it was written where there was no network.
    """

    __tablename__ = "answer_versions"
    __table_args__ = (UniqueConstraint("answer_id", "revision"),)

    answer_id: Mapped[int] = key_of("answers", index=False)
    revision: Mapped[int]
    conformity: Mapped[Conformity | None]
    rating: Mapped[int | None]
    methods: Mapped[listing]
    interviewees: Mapped[listing] = mapped_column(server_default="[]")
    notes: Mapped[prose]
    evidence_verified: Mapped[bool]
    excluded: Mapped[bool]
    exclusion_reason: Mapped[prose]
    by_id: Mapped[int] = key_of("people", index=False)
    at: Mapped[datetime]
    captured_at: Mapped[datetime | None]


class AuditEvidence(Model):
    """Evidence that belongs to an audit's file; the client sees its own and what a raised finding shows."""

    __tablename__ = "audit_evidence"
    __table_args__ = (UniqueConstraint("audit_id", "evidence_id"),)

    audit_id: Mapped[int] = key_of("audits", index=False)
    evidence_id: Mapped[int] = key_of("evidence")
    shown_to_client: Mapped[bool] = mapped_column(default=False)


class AnswerEvidence(Model):
    """Evidence that an answer rests on."""

    __tablename__ = "answer_evidence"
    __table_args__ = (UniqueConstraint("answer_id", "evidence_id"),)

    answer_id: Mapped[int] = key_of("answers", index=False)
    evidence_id: Mapped[int] = key_of("evidence")


class Sample(Model):
    """What was looked at out of how much, how it was chosen and why (I-08); a seed draws the same numbers again."""

    __tablename__ = "samples"
    __table_args__ = (
        CheckConstraint("size > 0 AND size <= population", name="size_within_population"),
        CheckConstraint("chosen <> 'all' OR size = population", name="all_is_the_population"),
        CheckConstraint("(seed IS NOT NULL) = (chosen = 'random')", name="random_keeps_its_seed"),
    )

    answer_id: Mapped[int] = key_of("answers")
    what: Mapped[line]
    population: Mapped[int]
    size: Mapped[int]
    chosen: Mapped[SampleChoice] = mapped_column(
        default=SampleChoice.JUDGEMENT, server_default="judgement"
    )
    seed: Mapped[int | None]
    rationale: Mapped[prose]
    recorded_by_id: Mapped[int] = key_of("people", index=False)
    recorded_at: Mapped[datetime]


append_only("answer_versions")
append_only("samples")
