"""Certificates and decisions for tests. Rows are flushed, not committed."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from audit.planning.models import Audit, Engagement
from audit.planning.rules import AuditKind, AuditState
from certification.certificates import operations as certificates
from certification.certificates.models import Certificate
from certification.certificates.queries import newest
from certification.certificates.rules import CertificateState, Grounds
from certification.decisions import operations, queries
from certification.decisions.models import Decision
from certification.decisions.operations import Choice
from certification.decisions.rules import DecisionOutcome
from core.clock import local_date
from core.words import Words
from tests.factories.accounts import NOW, PASSWORD, TestActor, acting, person
from tests.factories.audits import World, audit_in, engagement, planned, world

REASONS = "The file is complete and the report bears the recommendation."


def granted(
    session: Session, *, now: datetime = NOW, within: World | None = None, **choice: Any
) -> tuple[World, Certificate]:
    """Bring a stage 2 to its positive decision through the product's own operations."""
    stage = within or world(session)
    audit = audit_in(session, AuditState.UNDER_DECISION, within=stage)
    decided(
        session, stage.decider, audit, DecisionOutcome.GRANT, now=now, **({"level": 3} | choice)
    )
    made = newest(session, audit.engagement_id)
    assert made is not None
    return stage, made


def decided(
    session: Session,
    decider: TestActor,
    audit: Audit,
    outcome: DecisionOutcome,
    *,
    now: datetime = NOW,
    **choice: Any,
) -> Decision:
    """Decide on an audit as a page would."""
    file = queries.file(session, decider, audit.id, now=now)
    given = Choice(outcome=outcome, **({"reasons": REASONS} | choice))
    return operations.decide(session, decider, file, given, password=PASSWORD, now=now)


def later_audit(
    session: Session, stage: World, kind: AuditKind, state: AuditState = AuditState.UNDER_DECISION
) -> Audit:
    """Bring the first planned audit of a kind into a state, after the certificate was granted."""
    return audit_in(session, state, kind, within=stage)


def certificate(
    session: Session,
    body: Organisation,
    client: Organisation,
    state: CertificateState = CertificateState.ACTIVE,
    level: int = 3,
    *,
    now: datetime = NOW,
    of: Engagement | None = None,
    **values: Any,
) -> Certificate:
    """Issue a certificate without the audits before it; ``values`` are columns set afterwards."""
    contract = of or engagement(session, body, client, now=now)
    decider = person(session)
    actor = acting(decider, body)
    today = local_date(now)
    grounds = Grounds(
        decision_id=bare_decision(session, contract, decider.id, level, now).id,
        engagement_id=contract.id,
        decided_on=today,
        effective_on=today,
        level=level,
        scope=Words(contract.scope_zh, contract.scope_en),
        reason=REASONS,
        signatory=decider.name,
    )
    made = certificates.issue(session, actor, grounds, now=now)
    made.state = state
    if state is CertificateState.SUSPENDED:
        made.suspended_until = today + timedelta(days=90)
    for name, value in values.items():
        setattr(made, name, value)
    session.flush()
    return made


def bare_decision(
    session: Session, contract: Engagement, decider_id: int, level: int, now: datetime
) -> Decision:
    """Write a positive decision on the engagement's stage 2 without looking at its file."""
    audit = planned(session, contract, AuditKind.STAGE_2)
    made = Decision(
        number=f"D-T-{contract.id}-{audit.id}",
        engagement_id=contract.id,
        audit_id=audit.id,
        outcome=DecisionOutcome.GRANT,
        level=level,
        rated_level=level,
        scope_zh=contract.scope_zh,
        scope_en=contract.scope_en,
        reasons=REASONS,
        guards={"conditions": []},
        decided_by_id=decider_id,
        decided_at=now,
        effective_on=local_date(now),
    )
    session.add(made)
    session.flush()
    return made


def day(text: str) -> date:
    """Read a day."""
    return date.fromisoformat(text)
