"""Findings, responses, corrective actions, disputes and extensions as stored."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.actions.rules import ActionState, ResponseState
from audit.casefile.rules import (
    Deadline,
    DisputeOutcome,
    ExtensionState,
    FindingGrade,
    FindingState,
)
from core.db import Model, Versioned, key_of, line, prose, short


class Finding(Versioned, Model):
    """What the auditors raise; never deleted, a draft may be void with a reason (I-09).

    ``effective`` is judged once, in a later audit (I-10); an ineffective one is followed by a new
    finding, whose ``follows_id`` names this one. ``escalated_at`` stands while it is overdue.
    """

    __tablename__ = "findings"
    __table_args__ = (
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_date"),
        CheckConstraint("state <> 'void' OR void_reason IS NOT NULL", name="void_has_reason"),
        CheckConstraint(
            "state IN ('draft', 'void') OR raised_at IS NOT NULL", name="raised_has_date"
        ),
        CheckConstraint(
            "state IN ('draft', 'void') OR (statement <> '' AND evidence <> '')",
            name="raised_is_whole",
        ),
        CheckConstraint(
            "grade NOT IN ('minor', 'major') OR state <> 'closed' OR verified_by_id IS NOT NULL",
            name="closed_was_verified",
        ),
        CheckConstraint(
            "(effective IS NULL) = (judged_at IS NULL) AND (effective IS NULL) = (judged_by_id IS NULL) "
            "AND (effective IS NULL) = (judged_in_id IS NULL)",
            name="judged_wholly",
        ),
        CheckConstraint("effective IS NULL OR state = 'closed'", name="judged_when_closed"),
        CheckConstraint("escalated_at IS NULL OR grade = 'major'", name="escalated_is_major"),
        Index(None, "audit_id", "state"),
        Index(None, "state", "response_due_on"),
    )

    number: Mapped[short] = mapped_column(unique=True)
    audit_id: Mapped[int] = key_of("audits", index=False)
    criterion_id: Mapped[int] = key_of("criteria")
    grade: Mapped[FindingGrade]
    state: Mapped[FindingState] = mapped_column(default=FindingState.DRAFT)
    title: Mapped[line]
    statement: Mapped[prose] = mapped_column(default="")
    evidence: Mapped[prose] = mapped_column(default="")
    drafted_by_id: Mapped[int] = key_of("people", index=False)
    drafted_at: Mapped[datetime]
    raised_by_id: Mapped[int | None] = key_of("people", index=False)
    raised_at: Mapped[datetime | None]
    acknowledge_due_on: Mapped[date | None]
    response_due_on: Mapped[date | None]
    implementation_due_on: Mapped[date | None]
    upgraded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    implemented_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = key_of("people", index=False)
    verified_at: Mapped[datetime | None]
    verification: Mapped[prose] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    void_reason: Mapped[prose | None]
    effective: Mapped[bool | None]
    effectiveness: Mapped[prose] = mapped_column(default="")
    judged_in_id: Mapped[int | None] = key_of("audits", index=False)
    judged_by_id: Mapped[int | None] = key_of("people", index=False)
    judged_at: Mapped[datetime | None]
    follows_id: Mapped[int | None] = key_of("findings")


class FindingEvidence(Model):
    """Evidence that shows the finding."""

    __tablename__ = "finding_evidence"
    __table_args__ = (UniqueConstraint("finding_id", "evidence_id"),)

    finding_id: Mapped[int] = key_of("findings", index=False)
    evidence_id: Mapped[int] = key_of("evidence")


class Response(Versioned, Model):
    """One round of the client's answer: correction and cause; the actions stand beside it (I-10)."""

    __tablename__ = "responses"
    __table_args__ = (
        UniqueConstraint("finding_id", "round"),
        UniqueConstraint("id", "finding_id"),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="submitted_has_date"),
        CheckConstraint("state <> 'returned' OR review_note <> ''", name="return_has_reason"),
        CheckConstraint(
            "reviewed_by_id IS NULL OR reviewed_by_id <> submitted_by_id",
            name="reviewer_is_another",
        ),
    )

    finding_id: Mapped[int] = key_of("findings", index=False)
    round: Mapped[int]
    state: Mapped[ResponseState] = mapped_column(default=ResponseState.DRAFT)
    correction: Mapped[prose] = mapped_column(default="")
    cause: Mapped[prose] = mapped_column(default="")
    submitted_by_id: Mapped[int | None] = key_of("people", index=False)
    submitted_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = key_of("people", index=False)
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[prose] = mapped_column(default="")


class ResponseEvidence(Model):
    """Evidence that goes with a response."""

    __tablename__ = "response_evidence"
    __table_args__ = (UniqueConstraint("response_id", "evidence_id"),)

    response_id: Mapped[int] = key_of("responses", index=False)
    evidence_id: Mapped[int] = key_of("evidence")


class CorrectiveAction(Versioned, Model):
    """What removes the cause: owner, due date, and how it will be verified (S-24).

    An action belongs to one round of the response; a returned round keeps its own. Owner and
    verifier differ.
    """

    __tablename__ = "corrective_actions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["response_id", "finding_id"], ["responses.id", "responses.finding_id"]
        ),
        CheckConstraint(
            "verified_by_id IS NULL OR verified_by_id <> owner_id", name="verifier_is_not_owner"
        ),
        CheckConstraint(
            "state <> 'verified' OR verified_by_id IS NOT NULL", name="verified_by_somebody"
        ),
        Index(None, "owner_id", "state"),
    )

    finding_id: Mapped[int] = key_of("findings")
    response_id: Mapped[int] = mapped_column(index=True)
    measure: Mapped[prose]
    owner_id: Mapped[int] = key_of("people", index=False)
    due_on: Mapped[date]
    resources: Mapped[prose] = mapped_column(default="")
    verification: Mapped[prose]
    state: Mapped[ActionState] = mapped_column(default=ActionState.PLANNED)
    report: Mapped[prose] = mapped_column(default="")
    reported_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = key_of("people", index=False)
    verified_at: Mapped[datetime | None]
    review_note: Mapped[prose] = mapped_column(default="")
    created_at: Mapped[datetime]


class ActionEvidence(Model):
    """Evidence that an action was done."""

    __tablename__ = "action_evidence"
    __table_args__ = (UniqueConstraint("action_id", "evidence_id"),)

    action_id: Mapped[int] = key_of("corrective_actions", index=False)
    evidence_id: Mapped[int] = key_of("evidence")


class Dispute(Model):
    """The client disputes a finding; somebody outside the team settles it (I-09)."""

    __tablename__ = "disputes"
    __table_args__ = (
        Index(
            "uq_disputes_one_open",
            "finding_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        CheckConstraint("outcome IS NULL OR settled_by_id IS NOT NULL", name="settled_by_somebody"),
    )

    finding_id: Mapped[int] = key_of("findings")
    reason: Mapped[prose]
    raised_by_id: Mapped[int] = key_of("people", index=False)
    raised_at: Mapped[datetime]
    outcome: Mapped[DisputeOutcome | None]
    new_grade: Mapped[FindingGrade | None]
    settlement: Mapped[prose] = mapped_column(default="")
    settled_by_id: Mapped[int | None] = key_of("people", index=False)
    settled_at: Mapped[datetime | None]


class Extension(Model):
    """A request for more time; the history stays (I-11)."""

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("state = 'asked' OR decided_by_id IS NOT NULL", name="decided_by_somebody"),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="decider_is_another"
        ),
        CheckConstraint("asked_until > due_before", name="asks_for_later"),
        CheckConstraint("state <> 'refused' OR decision_note <> ''", name="refusal_has_reason"),
        Index(
            "uq_extensions_one_open",
            "finding_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    finding_id: Mapped[int] = key_of("findings")
    deadline: Mapped[Deadline]
    due_before: Mapped[date]
    asked_until: Mapped[date]
    reason: Mapped[prose]
    asked_by_id: Mapped[int] = key_of("people", index=False)
    asked_at: Mapped[datetime]
    state: Mapped[ExtensionState] = mapped_column(default=ExtensionState.ASKED)
    decided_by_id: Mapped[int | None] = key_of("people", index=False)
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[prose] = mapped_column(default="")
