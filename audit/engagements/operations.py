"""Audits outside the rhythm of a cycle. Each operation flushes; none commits."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from audit.engagements import queries
from audit.planning.models import Audit, Engagement
from audit.planning.operations import plan_audits
from audit.planning.rules import AuditKind
from audit.programme.rules import Due
from core.errors import Invalid, NotAllowed, StepRefused
from core.permissions import Actor, Permission, allowed
from core.words import N_

OUTSIDE = frozenset({AuditKind.SPECIAL, AuditKind.STAGE_2})


def plan_outside(  # noqa: PLR0913 -- what such an audit consists of
    session: Session,
    actor: Actor,
    engagement: Engagement,
    *,
    kind: AuditKind,
    occasion: str,
    due_on: date | None,
    days: Decimal,
    short_notice: bool,
    now: datetime,
) -> Audit:
    """Plan a special audit, or a stage 2 once more, with the reason (I-20, I-13)."""
    if not allowed(actor, Permission.AUDIT_PLAN) or actor.organisation_id != engagement.body_id:
        raise NotAllowed(N_("Your role does not allow this step."))
    if engagement.ended_at is not None:
        raise StepRefused(N_("This engagement has ended."))
    if kind not in OUTSIDE:
        raise Invalid(N_("The cycle plans audits of this kind by itself."), "kind")
    if not occasion.strip():
        raise Invalid(N_("Say why this audit is held."), "occasion")
    return plan_audits(
        session,
        actor,
        engagement,
        queries.running(session, engagement.id),
        queries.standard_version(session, engagement),
        [Due(kind, due_on, days)],
        now=now,
        occasion=occasion,
        short_notice=short_notice,
    )[0]
