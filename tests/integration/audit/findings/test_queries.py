"""Who sees which findings, what gates an audit, what waits for whom."""

import pytest

from audit.findings import queries
from audit.findings.rules import (
    FindingGrade,
    FindingState,
)
from core.errors import NotFound
from tests.factories import findings as made
from tests.factories.accounts import NOW
from tests.factories.audits import on_team, world

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


@pytest.mark.parametrize("state", list(S))
def test_the_client_sees_what_was_raised(session, stage, audit, state):
    """I-09: a draft is the body's own; another client, another body and another team see nothing."""
    one = made.finding_in(session, stage, audit, state)
    for who in (stage.manager, stage.member):
        if one.raised_at is None:
            with pytest.raises(NotFound):
                made.case(session, who, one)
        else:
            assert made.case(session, who, one).finding is one
    foreign = world(session)
    for who in (foreign.manager, foreign.leader, foreign.planner, foreign.decider):
        with pytest.raises(NotFound):
            made.case(session, who, one)


def test_an_auditor_outside_the_team_finds_nothing(session, stage, audit):
    """I-09: an auditor sees the audits they are on."""
    from core.permissions import Role
    from tests.factories.accounts import user

    one = made.finding_in(session, stage, audit, S.RAISED)
    _person, outside = user(session, stage.body, Role.AUDITOR)
    with pytest.raises(NotFound):
        made.case(session, outside, one)
    assert queries.of_audit(session, outside, audit.id) == []
    _person, both = user(session, stage.body, Role.AUDITOR, Role.PLANNER)
    assert not made.case(session, both, one).facts.on_team


def test_the_audits_facts_take_one_statement(session, stage, audit):
    """I-13: what gates a decision is counted from the findings."""
    for state in S:
        made.finding_in(session, stage, audit, state)
    for state in (S.RAISED, S.IMPLEMENTED, S.VERIFIED, S.CLOSED):
        made.finding_in(session, stage, audit, state, grade=G.MAJOR)
    assert queries.finding_facts_of_audit(session, audit.id) == {
        "finding_drafts": 1,
        "findings_total": 13,
        "findings_disputed": 1,
        "unverified_majors": 2,
        "minors_without_plan": 6,
    }
    assert [
        row.finding.number for row in queries.of_audit(session, stage.manager, audit.id)
    ] == sorted(
        row.finding.number
        for row in queries.of_audit(session, stage.leader, audit.id)
        if row.finding.raised_at
    )


def test_what_waits_for_whom(session, stage, audit):
    """S-24: everybody is told what waits for them."""
    for state in S:
        one = made.finding_in(session, stage, audit, state)
        if state is S.ACCEPTED:
            made.ask(session, stage, one)
    kinds = {
        name: sorted(task.kind.value for task in queries.waiting(session, getattr(stage, name)))
        for name in (
            "leader",
            "auditor",
            "manager",
            "member",
            "decider",
            "officer",
            "planner",
            "administrator",
        )
    }
    assert kinds == {
        "leader": ["close", "draft", "extension", "review", "verify"],
        "auditor": ["close", "draft", "review", "verify"],
        "manager": ["acknowledge", "implement", "respond", "respond_again"],
        "member": ["action"],
        "decider": ["settle"],
        "officer": ["settle"],
        "planner": [],
        "administrator": [],
    }
    tasks = queries.waiting(session, stage.manager)
    assert [task.due_on for task in tasks] == sorted(task.due_on for task in tasks)


def test_who_was_on_the_team_settles_nothing(session, stage, audit):
    """I-09: a dispute is not offered to who was on the team."""
    made.finding_in(session, stage, audit, S.DISPUTED)
    on_team(session, audit, stage.decider.person_id)
    assert queries.waiting(session, stage.decider) == []
