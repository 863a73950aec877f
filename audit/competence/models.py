"""Competences, declarations and interests as stored."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from audit.competence.rules import InterestKind
from core.db import Model, key_of, prose, short
from core.events import append_only


class Competence(Model):
    """What somebody may assess for a body: one technical area of a scheme.

    With its evidence and its last day; ended early, it stays on record with the reason (I-05).
    """

    __tablename__ = "competences"
    __table_args__ = (
        CheckConstraint("valid_until > valid_from", name="ends_after_start"),
        CheckConstraint("granted_by_id <> person_id", name="not_granted_to_oneself"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended_wholly"),
        Index(None, "body_id", "person_id"),
    )

    body_id: Mapped[int] = key_of("organisations", index=False)
    person_id: Mapped[int] = key_of("people")
    scheme_id: Mapped[int] = key_of("schemes")
    area: Mapped[short]
    evidence: Mapped[prose]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    granted_by_id: Mapped[int] = key_of("people", index=False)
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[prose | None]


class Declaration(Model):
    """The yearly declaration of interest of somebody who may be on teams."""

    __tablename__ = "declarations"
    __table_args__ = (Index(None, "body_id", "person_id", "declared_on"),)

    body_id: Mapped[int] = key_of("organisations", index=False)
    person_id: Mapped[int] = key_of("people")
    declared_on: Mapped[date]
    statement: Mapped[prose]


class Interest(Model):
    """A tie between a person and a client.

    ``until_on`` absent: it goes on. Work for the client bars for years after its end.
    """

    __tablename__ = "interests"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawal IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name="withdrawn_wholly",
        ),
        CheckConstraint("withdrawn_by_id <> person_id", name="not_withdrawn_by_oneself"),
        Index(None, "client_id", "person_id"),
    )

    body_id: Mapped[int] = key_of("organisations")
    person_id: Mapped[int] = key_of("people")
    client_id: Mapped[int] = key_of("organisations", index=False)
    kind: Mapped[InterestKind]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    note: Mapped[prose]
    declared_by_id: Mapped[int] = key_of("people", index=False)
    declared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = key_of("people", index=False)
    withdrawal: Mapped[prose | None]


append_only("declarations")
