"""Findings brought into a state by the product's own operations. Rows are flushed, not committed."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.assessment.models import Answer, AuditEvidence
from audit.casefile.models import CorrectiveAction, Finding
from audit.casefile.queries import Case, case_of
from audit.disputes import operations as disputes
from audit.extensions import operations as extensions
from audit.findings import operations as findings
from audit.findings.rules import Deadline, FindingGrade, FindingState
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from audit.responses import operations as responses
from audit.responses.operations import PlannedAction, Reply
from audit.responses.queries import ActionCase, action_of, planned
from core.permissions import Actor
from evidence.files.models import Blob, Evidence
from evidence.files.rules import EvidenceClass
from tests.factories.accounts import NOW
from tests.factories.audits import World, audit_in

S = FindingState
_WAY = (S.DRAFT, S.RAISED, S.ACKNOWLEDGED, S.RESPONSE_SUBMITTED, S.ACCEPTED)
_END = (S.IMPLEMENTED, S.VERIFIED, S.CLOSED)


def case(session: Session, actor: Actor, finding: Finding, today: date | None = None) -> Case:
    """Load the file of a finding for an actor."""
    session.flush()
    return case_of(session, actor, finding.audit_id, finding.id, today=today or NOW.date())


def finding_in(
    session: Session,
    stage: World,
    audit: Audit | None = None,
    state: FindingState = S.RAISED,
    *,
    grade: FindingGrade = FindingGrade.MINOR,
    now: datetime = NOW,
    **values: Any,
) -> Finding:
    """Bring a finding of an audit (by default one in progress) into a state, step by step.

    The leader drafts and reviews; the client's manager responds with one action, owned by its member.
    """
    within = audit or audit_in(session, AuditState.IN_PROGRESS, within=stage)
    kept, within.state = within.state, AuditState.IN_PROGRESS
    session.flush()
    made = findings.draft(
        session, stage.leader, within.id, draft_values(session, within, grade, **values), now=now
    )
    _bring(session, stage, made, state, now)
    within.state = kept
    session.flush()
    return made


def draft_values(
    session: Session, audit: Audit, grade: FindingGrade = FindingGrade.MINOR, **values: Any
) -> dict[str, Any]:
    """Give what a whole draft says."""
    criterion = session.scalars(
        select(Answer.criterion_id).where(Answer.audit_id == audit.id).order_by(Answer.position)
    ).first()
    return {
        "grade": grade,
        "criterion_id": criterion,
        "title": "Start of urgent requests is not recorded",
        "statement": "9 of 32 urgent requests were entered the next day.",
        "evidence": "32 tickets and the call log of October.",
    } | values


def reply(stage: World, *actions: PlannedAction, **values: Any) -> Reply:
    """Give a whole response with one action, or the ones named."""
    given: dict[str, Any] = {
        "correction": "The nine tickets were corrected and annotated.",
        "cause": "The form asks for fourteen fields, so it is filled in afterwards.",
        "actions": actions or (action(stage),),
    }
    return Reply(**(given | values))


def action(stage: World, **values: Any) -> PlannedAction:
    """Give an action owned by the client's member."""
    given: dict[str, Any] = {
        "measure": "One key creates the ticket when the call is answered.",
        "owner_id": stage.member.person_id,
        "due_on": NOW.date() + timedelta(30),
        "verification": "System log and a sample of thirty.",
    }
    return PlannedAction(**(given | values))


def evidence(
    session: Session, audit: Audit, by: Actor, *, sha256: str = "", **values: Any
) -> Evidence:
    """Add a piece of evidence to an audit's file, handed over by somebody."""
    count = len(session.scalars(select(Blob.id)).all())
    blob = Blob(
        organisation_id=audit.client_id,
        sha256=sha256 or f"{count + 1:064x}",
        size=64_000,
        media_type="application/pdf",
        stored_at=NOW,
    )
    session.add(blob)
    session.flush()
    given: dict[str, Any] = {
        "organisation_id": audit.client_id,
        "body_id": audit.body_id,
        "blob_id": blob.id,
        "title": f"Change order {count + 1}.pdf",
        "shows": "The right to edit the start was taken away.",
        "file_name": f"change-{count + 1}.pdf",
        "confidentiality": EvidenceClass.INTERNAL,
        "handed_over_by_id": by.person_id,
        "handed_over_by_organisation_id": by.organisation_id,
        "handed_over_at": NOW,
    }
    made = Evidence(**(given | values))
    session.add(made)
    session.flush()
    session.add(AuditEvidence(audit_id=audit.id, evidence_id=made.id))
    session.flush()
    return made


def action_case(session: Session, actor: Actor, row: CorrectiveAction) -> ActionCase:
    """Load a corrective action for an actor."""
    session.flush()
    finding = session.get_one(Finding, row.finding_id)
    return action_of(session, actor, finding.audit_id, finding.id, row.id)


def actions_of(session: Session, stage: World, finding: Finding) -> list[CorrectiveAction]:
    """List the actions of the present round."""
    present = case(session, stage.manager, finding).response
    return list(planned(session, present.id)) if present else []


def hand_in(session: Session, stage: World, row: CorrectiveAction, *, now: datetime = NOW) -> None:
    """Let its owner hand in the evidence for an action."""
    audit = session.get_one(Audit, session.get_one(Finding, row.finding_id).audit_id)
    piece = evidence(session, audit, stage.member)
    responses.report(
        session, stage.member, action_case(session, stage.member, row),
        told="Done and tested.", evidence_ids=[piece.id], hand_in=True, revision=None, now=now,
    )  # fmt: skip
    session.flush()


def ask(session: Session, stage: World, finding: Finding, days: int = 10) -> None:
    """Let the client's manager ask for more time to implement."""
    due = finding.implementation_due_on or NOW.date()
    extensions.ask(
        session, stage.manager, case(session, stage.manager, finding), Deadline.IMPLEMENTATION,
        until=due + timedelta(days), reason="The supplier delivers late.", now=NOW,
    )  # fmt: skip


def _bring(
    session: Session, stage: World, made: Finding, state: FindingState, now: datetime
) -> None:
    if state is S.VOID:
        findings.void(
            session, stage.leader, case(session, stage.leader, made), reason="A slip.", now=now
        )
        return
    for step in (*_WAY[1:], *_END):
        if made.state in (state, S.CLOSED):
            return
        _STEPS[step](session, stage, made, now)
        if step is S.ACKNOWLEDGED and state is S.DISPUTED:
            given = case(session, stage.manager, made)
            disputes.raise_dispute(
                session, stage.manager, given, reason="The log shows it.", now=now
            )
            return
        if step is S.RESPONSE_SUBMITTED and state is S.RETURNED:
            given = case(session, stage.leader, made)
            responses.return_(
                session, stage.leader, given, reason="The cause stops at a person.", now=now
            )
            return


def _raise(session: Session, stage: World, made: Finding, now: datetime) -> None:
    findings.raise_(session, stage.leader, case(session, stage.leader, made), now=now)


def _acknowledge(session: Session, stage: World, made: Finding, now: datetime) -> None:
    findings.acknowledge(session, stage.manager, case(session, stage.manager, made), now=now)


def _submit(session: Session, stage: World, made: Finding, now: datetime) -> None:
    given = case(session, stage.manager, made)
    responses.save_and_submit(session, stage.manager, given, reply(stage), revision=None, now=now)


def _accept(session: Session, stage: World, made: Finding, now: datetime) -> None:
    responses.accept(session, stage.leader, case(session, stage.leader, made), now=now)


def _implement(session: Session, stage: World, made: Finding, now: datetime) -> None:
    for row in actions_of(session, stage, made):
        hand_in(session, stage, row, now=now)
    responses.implement(session, stage.manager, case(session, stage.manager, made), now=now)


def _verify(session: Session, stage: World, made: Finding, now: datetime) -> None:
    for row in actions_of(session, stage, made):
        responses.verify_action(
            session, stage.leader, action_case(session, stage.leader, row), now=now
        )
    given = case(session, stage.leader, made)
    findings.verify(session, stage.leader, given, note="Seen in the log of two weeks.", now=now)


def _close(session: Session, stage: World, made: Finding, now: datetime) -> None:
    findings.close(session, stage.leader, case(session, stage.leader, made), now=now)


_STEPS = {
    S.RAISED: _raise,
    S.ACKNOWLEDGED: _acknowledge,
    S.RESPONSE_SUBMITTED: _submit,
    S.ACCEPTED: _accept,
    S.IMPLEMENTED: _implement,
    S.VERIFIED: _verify,
    S.CLOSED: _close,
}
