"""Asking for more time, and deciding on it (I-11). Each flushes; none commits."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from audit.casefile.models import Extension
from audit.casefile.queries import Case
from audit.findings import operations as findings
from audit.findings.rules import Deadline, ExtensionState, FindingState
from core.clock import local_date
from core.errors import Invalid
from core.permissions import Actor
from core.words import T_

COLUMNS = {
    Deadline.RESPONSE: "response_due_on",
    Deadline.IMPLEMENTATION: "implementation_due_on",
}


def ask(  # noqa: PLR0913 -- which deadline, until when, why
    session: Session,
    actor: Actor,
    case: Case,
    deadline: Deadline,
    *,
    until: date,
    reason: str,
    now: datetime,
) -> Extension:
    """Ask for a later date; raises ``Invalid`` where it is not later, or not a deadline that counts now."""
    due = getattr(case.finding, COLUMNS[deadline])
    if case.finding.state is FindingState.ACCEPTED and deadline is Deadline.RESPONSE:
        raise Invalid(T_("The response is accepted; only the implementation is due."), "deadline")
    if due is not None and until <= max(due, local_date(now)):
        raise Invalid(T_("Choose a day after the present deadline and after today."), "until")
    findings.take(
        session, actor, case, "ask_extension", "extension_asked", now=now, reason=reason,
        told={"deadline": deadline, "until": until},
    )  # fmt: skip
    made = Extension(
        finding_id=case.finding.id,
        deadline=deadline,
        due_before=due,
        asked_until=until,
        reason=reason,
        asked_by_id=actor.person_id,
        asked_at=now,
    )
    session.add(made)
    session.flush()
    return made


def decide(
    session: Session, actor: Actor, case: Case, *, approve: bool, note: str = "", now: datetime
) -> None:
    """Approve or refuse a later date; the request stays in the history."""
    asked, values = case.extension, dict[str, object]()
    if approve and asked is not None:
        values = {COLUMNS[asked.deadline]: asked.asked_until, "escalated_at": None}
    action = "approve_extension" if approve else "refuse_extension"
    past = "extension_approved" if approve else "extension_refused"
    findings.take(session, actor, case, action, past, now=now, reason=note, values=values)
    if asked is not None:
        asked.state = ExtensionState.APPROVED if approve else ExtensionState.REFUSED
        asked.decided_by_id, asked.decided_at, asked.decision_note = actor.person_id, now, note
        session.flush()
