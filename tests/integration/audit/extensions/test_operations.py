"""Requests for more time, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from audit.casefile.models import (
    Extension,
)
from audit.extensions import operations as extensions
from audit.findings.rules import (
    Deadline,
    ExtensionState,
    FindingGrade,
    FindingState,
)
from core.errors import Invalid, StepRefused
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


def test_more_time_is_asked_and_approved(session, stage, audit, one_event):
    """I-11: an extension is requested and approved by another person, and the history stays."""
    one = since(session, stage, audit, S.ACCEPTED, one_event)
    due = one.implementation_due_on
    case = made.case(session, stage.manager, one)
    with pytest.raises(Invalid):
        extensions.ask(
            session,
            stage.manager,
            case,
            Deadline.IMPLEMENTATION,
            until=due,
            reason="Late.",
            now=NOW,
        )
    with pytest.raises(Invalid):
        extensions.ask(
            session,
            stage.manager,
            case,
            Deadline.RESPONSE,
            until=due + timedelta(9),
            reason="Late.",
            now=NOW,
        )
    made.ask(session, stage, one)
    event = one_event()
    assert event.name == "finding:extension_asked"
    assert event.after == {"deadline": "implementation", "until": (due + timedelta(10)).isoformat()}
    with pytest.raises(StepRefused) as error:
        made.ask(session, stage, one)
    assert refused(error) == {"no_request"}
    with pytest.raises(StepRefused) as error:
        extensions.decide(
            session, stage.auditor, made.case(session, stage.auditor, one), approve=True, now=NOW
        )
    assert refused(error) == {"leads"}
    extensions.decide(
        session, stage.leader, made.case(session, stage.leader, one), approve=True, now=NOW
    )
    assert one_event().name == "finding:extension_approved"
    assert one.implementation_due_on == due + timedelta(10)
    row = session.scalars(select(Extension)).one()
    assert (row.state, row.due_before) == (ExtensionState.APPROVED, due)


def test_more_time_is_refused_with_a_reason(session, stage, audit, one_event):
    """I-11: a refusal says why and changes no date."""
    one = since(session, stage, audit, S.ACCEPTED, one_event)
    due = one.implementation_due_on
    made.ask(session, stage, one)
    one_event()
    case = made.case(session, stage.leader, one)
    with pytest.raises(StepRefused):
        extensions.decide(session, stage.leader, case, approve=False, note="", now=NOW)
    extensions.decide(session, stage.leader, case, approve=False, note="Too late.", now=NOW)
    assert one_event().name == "finding:extension_refused"
    assert one.implementation_due_on == due
    made.ask(session, stage, one)
    assert session.scalar(select(func.count()).select_from(Extension)) == 2
