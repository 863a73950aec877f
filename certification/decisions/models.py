"""Decisions as stored: never changed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from certification.decisions.rules import DecisionOutcome
from core.db import Model, document, key_of, prose, short
from core.events import append_only, guard_trigger


class Decision(Model):
    """One decision with the guards as they stood. ``rating_id`` is the rating it rests on (I-13)."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("reasons <> ''", name="has_reasons"),
        CheckConstraint(
            "outcome NOT IN ('grant', 'renew') OR level > 0", name="positive_has_level"
        ),
        CheckConstraint(
            "outcome NOT IN ('grant', 'renew') OR audit_id IS NOT NULL", name="positive_has_audit"
        ),
        Index(
            "uq_decisions_one_for_an_audit",
            "audit_id",
            unique=True,
            sqlite_where=text("audit_id IS NOT NULL"),
            postgresql_where=text("audit_id IS NOT NULL"),
        ),
    )

    number: Mapped[short] = mapped_column(unique=True)
    engagement_id: Mapped[int] = key_of("engagements")
    audit_id: Mapped[int | None] = key_of("audits", index=False)
    certificate_id: Mapped[int | None] = key_of("certificates")
    outcome: Mapped[DecisionOutcome]
    level: Mapped[int | None]
    rated_level: Mapped[int | None]
    level_reason: Mapped[prose] = mapped_column(default="")
    scope_zh: Mapped[prose] = mapped_column(default="")
    scope_en: Mapped[prose] = mapped_column(default="")
    reasons: Mapped[prose]
    guards: Mapped[document]
    rating_id: Mapped[int | None] = key_of("ratings", index=False)
    decided_by_id: Mapped[int] = key_of("people")
    decided_at: Mapped[datetime]
    effective_on: Mapped[date]


append_only("decisions")

# Guard 1 once more: nobody decides about an engagement whose audits they were on a team of, now or ever.
_ON_A_TEAM = (
    "SELECT 1 FROM team_members JOIN audits ON audits.id = team_members.audit_id "
    "WHERE audits.engagement_id = NEW.engagement_id AND team_members.person_id = NEW.decided_by_id"
)
guard_trigger(
    "decider_is_independent",
    sqlite=[
        f"CREATE TRIGGER decider_is_independent BEFORE INSERT ON decisions WHEN EXISTS ({_ON_A_TEAM}) "
        "BEGIN SELECT RAISE(ABORT, 'decider_is_independent'); END"
    ],
    postgresql=[
        "CREATE OR REPLACE FUNCTION decider_is_independent() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF EXISTS ({_ON_A_TEAM}) THEN RAISE EXCEPTION 'decider_is_independent' "
        "USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decider_is_independent'; END IF; "
        "RETURN NEW; END $$",
        "CREATE TRIGGER decider_is_independent BEFORE INSERT ON decisions "
        "FOR EACH ROW EXECUTE FUNCTION decider_is_independent()",
    ],
)
