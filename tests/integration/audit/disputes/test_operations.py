"""Disputes: settled from outside the team, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.casefile.models import (
    Dispute,
)
from audit.disputes import operations as disputes
from audit.findings.rules import (
    DisputeOutcome,
    FindingGrade,
    FindingState,
)
from checklists.schemes.queries import rules
from core.errors import NotAllowed, StepRefused
from tests.factories import findings as made
from tests.factories.accounts import NOW
from tests.factories.audits import on_team

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


def test_a_dispute_is_upheld_and_the_deadlines_move(session, stage, audit, one_event):
    """I-09: somebody outside the team upholds; the client loses no day by it."""
    one = since(session, stage, audit, S.DISPUTED, one_event)
    due = one.response_due_on
    later = NOW + timedelta(6)
    for who in (stage.leader, stage.manager, stage.administrator):
        with pytest.raises(NotAllowed):
            disputes.settle(
                session,
                who,
                made.case(session, who, one),
                DisputeOutcome.UPHELD,
                words="No.",
                now=later,
            )
    disputes.settle(
        session, stage.decider, made.case(session, stage.decider, one), DisputeOutcome.UPHELD,
        words="The log does not show it.", now=later,
    )  # fmt: skip
    assert one_event().name == "finding:upheld"
    assert (one.state, one.response_due_on) == (S.ACKNOWLEDGED, due + timedelta(6))
    row = session.scalars(select(Dispute)).one()
    assert (row.outcome, row.settled_by_id) == (DisputeOutcome.UPHELD, stage.decider.person_id)
    with pytest.raises(StepRefused) as error:
        disputes.raise_dispute(
            session,
            stage.manager,
            made.case(session, stage.manager, one),
            reason="Again.",
            now=later,
        )
    assert refused(error) == {"not_settled"}


def test_a_dispute_is_regraded(session, stage, audit, one_event):
    """I-09, I-11: a new grade has its own deadlines, from the day of the settlement."""
    one = since(session, stage, audit, S.DISPUTED, one_event)
    later = NOW + timedelta(3)
    case = made.case(session, stage.officer, one)
    with pytest.raises(StepRefused) as error:
        disputes.settle(
            session,
            stage.officer,
            case,
            DisputeOutcome.REGRADED,
            grade=G.MINOR,
            words="So.",
            now=later,
        )
    assert refused(error) == {"other_grade"}
    disputes.settle(
        session,
        stage.officer,
        case,
        DisputeOutcome.REGRADED,
        grade=G.MAJOR,
        words="Graver.",
        now=later,
    )
    assert one_event().name == "finding:regraded"
    days = rules(session, audit.scheme_version_id).deadlines_of("major")
    assert (one.grade, one.state) == (G.MAJOR, S.ACKNOWLEDGED)
    assert one.response_due_on == later.date() + timedelta(days.response)


def test_a_dispute_ends_as_an_opportunity_or_void(session, stage, audit, one_event):
    """I-09: what does not stand stays on record."""
    one = since(session, stage, audit, S.DISPUTED, one_event)
    case = made.case(session, stage.officer, one)
    disputes.settle(
        session,
        stage.officer,
        case,
        DisputeOutcome.REGRADED,
        grade=G.OPPORTUNITY,
        words="Mild.",
        now=NOW,
    )
    assert one_event().name == "finding:regraded"
    assert (one.state, one.closed_at) == (S.CLOSED, NOW)
    two = since(session, stage, audit, S.DISPUTED, one_event)
    case = made.case(session, stage.officer, two)
    disputes.settle(
        session,
        stage.officer,
        case,
        DisputeOutcome.VOID,
        words="The log proves the client right.",
        now=NOW,
    )
    assert one_event().name == "finding:annulled"
    assert (two.state, two.void_reason) == (S.VOID, "The log proves the client right.")
    assert made.case(session, stage.manager, two).finding is two


def test_who_was_on_the_team_may_not_settle(session, stage, audit):
    """I-09: somebody outside the team settles, also outside of an earlier team."""
    one = made.finding_in(session, stage, audit, S.DISPUTED)
    member = on_team(session, audit, stage.decider.person_id)
    member.left_at = NOW
    with pytest.raises(StepRefused) as error:
        disputes.settle(
            session, stage.decider, made.case(session, stage.decider, one), DisputeOutcome.UPHELD,
            words="So.", now=NOW,
        )  # fmt: skip
    assert refused(error) == {"outside_team"}
