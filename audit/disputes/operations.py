"""Disputing a finding, and settling it from outside the team (I-09). Each flushes; none commits."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from audit.casefile.models import Dispute
from audit.casefile.queries import Case
from audit.findings import operations as findings
from audit.findings.rules import (
    NEEDS_RESPONSE,
    SETTLING,
    DisputeOutcome,
    FindingGrade,
    deadlines,
    moved,
)
from core.clock import local_date
from core.permissions import Actor


def raise_dispute(
    session: Session, actor: Actor, case: Case, *, reason: str, now: datetime
) -> None:
    """Dispute a finding with a reason (I-09)."""
    findings.take(session, actor, case, "dispute", "disputed", now=now, reason=reason)
    session.add(
        Dispute(
            finding_id=case.finding.id,
            reason=reason,
            raised_by_id=actor.person_id,
            raised_at=now,
        )
    )
    session.flush()


def settle(  # noqa: PLR0913 -- the case, the outcome and its words
    session: Session,
    actor: Actor,
    case: Case,
    outcome: DisputeOutcome,
    *,
    grade: FindingGrade | None = None,
    words: str,
    now: datetime,
) -> None:
    """Settle a dispute from outside the team: upheld, regraded or void (I-09).

    Upheld, the deadlines move by the days the dispute took; regraded to minor or major, those of
    the new grade begin today; regraded to an opportunity, the finding is closed.
    """
    one, disputed = case.finding, case.dispute
    today = local_date(now)
    action, values = SETTLING[outcome], dict[str, object]()
    if outcome is DisputeOutcome.REGRADED:
        values = {"grade": grade, "escalated_at": None}
        if grade in NEEDS_RESPONSE:
            values |= deadlines(case.scheme, grade, today)
        else:
            action = "lower"
            values["closed_at"] = now
    elif outcome is DisputeOutcome.VOID:
        values = {"void_reason": words}
    elif disputed is not None:
        since = local_date(disputed.raised_at)
        values = {
            name: moved(getattr(one, name), since, today)
            for name in ("acknowledge_due_on", "response_due_on", "implementation_due_on")
        }
    facts = replace(case.facts, new_grade=grade)
    past = {"uphold": "upheld", "annul": "annulled"}.get(action, "regraded")
    given = replace(case, facts=facts)
    findings.take(session, actor, given, action, past, now=now, reason=words, values=values)
    if disputed is not None:
        disputed.outcome, disputed.settlement = outcome, words
        disputed.new_grade = grade if outcome is DisputeOutcome.REGRADED else None
        disputed.settled_by_id, disputed.settled_at = actor.person_id, now
        session.flush()
