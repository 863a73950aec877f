"""Decisions, certificates and cases for tests. Rows are flushed, not committed."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from certification.appeals import operations, queries
from certification.appeals.models import Case
from certification.appeals.rules import CaseState
from certification.certificates.models import Certificate, CertificateRevision, CertificateStatus
from certification.decisions.models import Decision
from certification.decisions.rules import DecisionOutcome
from core.clock import local_date
from core.permissions import Actor
from tests.factories.accounts import NOW
from tests.factories.audits import World

_numbers = count(1)
S = CaseState
_WAY = (
    (S.RECEIVED, "acknowledge"),
    (S.ACKNOWLEDGED, "validate"),
    (S.VALIDATED, "investigate"),
    (S.INVESTIGATING, "approve"),
    (S.DECIDED, "notify"),
    (S.NOTIFIED, "close"),
)


def decision(session: Session, stage: World, **values: Any) -> Decision:
    """Record a decision about the engagement of a world, taken by its decider."""
    n = next(_numbers)
    given: dict[str, Any] = {
        "number": f"D-2026-{n:04d}",
        "engagement_id": stage.engagement.id,
        "outcome": DecisionOutcome.REFUSE,
        "reasons": "The rating stays below the lowest level.",
        "guards": {},
        "decided_by_id": stage.decider.person_id,
        "decided_at": NOW,
        "effective_on": local_date(NOW),
    }
    made = Decision(**(given | values))
    session.add(made)
    session.flush()
    return made


def certificate(session: Session, stage: World, **values: Any) -> Certificate:
    """Issue a certificate with its first revision and status."""
    n = next(_numbers)
    ground = decision(session, stage, outcome=DecisionOutcome.MAINTAIN)
    day = local_date(NOW)
    given: dict[str, Any] = {
        "number": f"TST-2026-SL-{n:05d}",
        "token": f"{n:022d}",
        "engagement_id": stage.engagement.id,
        "body_id": stage.body.id,
        "client_id": stage.client.id,
        "level": 3,
        "effective_on": day,
        "expires_on": date(day.year + 3, day.month, day.day),
        "search_text": stage.client.name_en.lower(),
        "issued_at": NOW,
    }
    made = Certificate(**(given | values))
    session.add(made)
    session.flush()
    session.add(
        CertificateRevision(
            certificate_id=made.id,
            number=1,
            decision_id=ground.id,
            decided_on=day,
            effective_on=day,
            expires_on=made.expires_on,
            level=made.level,
            content={},
            content_sha256="0" * 64,
            reason="Granted.",
            issued_at=NOW,
        )
    )
    session.add(
        CertificateStatus(
            certificate_id=made.id,
            state=made.state,
            from_on=day,
            reason="Granted.",
            decision_id=ground.id,
            recorded_at=NOW,
        )
    )
    session.flush()
    return made


def appeal(session: Session, stage: World, *, now: datetime = NOW) -> Case:
    """Lodge the client's appeal against a new decision."""
    against = decision(session, stage)
    return operations.appeal(
        session,
        stage.manager,
        decision_id=against.id,
        subject="The rating is too low",
        text="The outage in March was not ours.",
        now=now,
    )


def complaint(
    session: Session, stage: World, *, now: datetime = NOW, **values: Any
) -> tuple[Case, str]:
    """Take somebody's complaint to the body of a world; give it with its code."""
    given: dict[str, Any] = {
        "body_id": stage.body.id,
        "certificate_number": "",
        "subject": "Nobody answers",
        "text": "The service desk did not answer for three days.",
        "from_name": "",
        "from_email": "",
    }
    address = f"192.0.2.{next(_numbers) % 250}"
    return operations.complain(session, given | values, address=address, language="en", now=now)


def walk(
    session: Session,
    stage: World,
    one: Case,
    goal: CaseState,
    approver: Actor | None = None,
    *,
    now: datetime = NOW,
) -> None:
    """Bring a case to a state by its steps; the officer handles it. Under investigation an outcome is proposed."""
    for state, action in _WAY:
        if one.state is goal:
            break
        if one.state is not state:
            continue
        who = stage.officer if action != "approve" or approver is None else approver
        page = queries.page(session, who, one.id)
        if action == "acknowledge":
            due = local_date(now) + timedelta(days=30)
            operations.acknowledge(session, who, page, due_on=due, revision=None, now=now)
        else:
            operations.take(session, who, page, action, now=now)
        if one.state is S.INVESTIGATING:
            page = queries.page(session, stage.officer, one.id)
            words = {"investigation": "We read the file.", "outcome": "The decision stands."}
            operations.write(session, stage.officer, page, words, revision=None, now=now)
