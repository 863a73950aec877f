"""What the database itself refuses, by the name of the constraint."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.casefile.models import (
    CorrectiveAction,
    Dispute,
    Extension,
    Response,
)
from audit.findings.rules import (
    Deadline,
    DisputeOutcome,
    ExtensionState,
    FindingGrade,
    FindingState,
)
from core.db import violated
from tests.factories import findings as made
from tests.factories.accounts import NOW

S = FindingState
G = FindingGrade
TODAY = NOW.date()


def refused(error) -> set[str]:
    return {reason.code for reason in error.value.reasons}


def since(session, stage, audit, state, one_event, **values):
    """Bring a finding into a state and let the events of the way pass."""
    one = made.finding_in(session, stage, audit, state, **values)
    one_event.forget()
    return one


def broken(session, change):
    change()
    with pytest.raises(IntegrityError) as error:
        session.flush()
    session.rollback()
    return violated(error.value)


@pytest.mark.parametrize(
    ("state", "changes", "name"),
    [
        (S.VERIFIED, {"state": S.CLOSED}, "ck_findings_closed_has_date"),
        (S.ACCEPTED, {"state": S.CLOSED, "closed_at": NOW}, "ck_findings_closed_was_verified"),
        (S.DRAFT, {"state": S.VOID}, "ck_findings_void_has_reason"),
        (S.DRAFT, {"state": S.RAISED}, "ck_findings_raised_has_date"),
        (S.RAISED, {"statement": ""}, "ck_findings_raised_is_whole"),
        (S.CLOSED, {"effective": True}, "ck_findings_judged_wholly"),
        (S.RAISED, {"escalated_at": NOW}, "ck_findings_escalated_is_major"),
    ],
)
def test_constraints_of_findings(session, stage, audit, state, changes, name):
    """I-09, I-10: the database repeats each invariant by name."""
    one = made.finding_in(session, stage, audit, state)
    session.commit()

    def change():
        for column, value in changes.items():
            setattr(one, column, value)

    assert name in broken(session, change)


def test_judged_only_when_closed(session, stage, audit):
    """I-10: effectiveness belongs to a closed finding."""
    one = made.finding_in(session, stage, audit, S.VERIFIED)
    session.commit()

    def change():
        one.effective, one.judged_at = True, NOW
        one.judged_by_id, one.judged_in_id = stage.leader.person_id, audit.id

    assert "judged_when_closed" in broken(session, change)


@pytest.mark.parametrize(
    ("state", "model", "changes", "name"),
    [
        (S.ACCEPTED, Response, {"reviewed_by_id": "manager"}, "reviewer_is_another"),
        (S.RETURNED, Response, {"review_note": ""}, "return_has_reason"),
        (S.IMPLEMENTED, CorrectiveAction, {"verified_by_id": "member"}, "verifier_is_not_owner"),
        (S.VERIFIED, CorrectiveAction, {"verified_by_id": None}, "verified_by_somebody"),
        (S.DISPUTED, Dispute, {"outcome": DisputeOutcome.UPHELD}, "settled_by_somebody"),
    ],
)
def test_constraints_of_answers(  # noqa: PLR0917 -- as many as the table has
    session, stage, audit, state, model, changes, name
):
    """I-10: owner and verifier, sender and reviewer are different people, and the database says so."""
    made.finding_in(session, stage, audit, state)
    session.commit()
    row = session.scalars(select(model)).one()

    def change():
        for column, value in changes.items():
            person = getattr(stage, value).person_id if value in ("manager", "member") else value
            setattr(row, column, person)

    assert name in broken(session, change)


def test_one_open_request_and_one_open_dispute(session, stage, audit):
    """I-09, I-11: only one dispute and one request for more time are open at a time."""
    one = made.finding_in(session, stage, audit, S.ACCEPTED)
    made.ask(session, stage, one)
    session.commit()
    values = {
        "finding_id": one.id, "deadline": Deadline.RESPONSE, "due_before": TODAY, "reason": "x",
        "asked_until": TODAY + timedelta(1), "asked_by_id": stage.manager.person_id, "asked_at": NOW,
    }  # fmt: skip
    told = broken(session, lambda: session.add(Extension(**values)))
    assert "uq_extensions_one_open" in told or "extensions.finding_id" in told
    backwards = values | {"asked_until": TODAY, "state": ExtensionState.REFUSED}
    backwards |= {"decided_by_id": stage.leader.person_id, "decision_note": "No."}
    assert "asks_for_later" in broken(session, lambda: session.add(Extension(**backwards)))
    silent = values | {"state": ExtensionState.REFUSED, "decided_by_id": stage.leader.person_id}
    assert "refusal_has_reason" in broken(session, lambda: session.add(Extension(**silent)))
    own = values | {"state": ExtensionState.APPROVED, "decided_by_id": stage.manager.person_id}
    assert "decider_is_another" in broken(session, lambda: session.add(Extension(**own)))
