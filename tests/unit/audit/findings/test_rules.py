"""Every step of a finding × every role × every guard, and its deadlines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from audit.casefile.rules import AWAITED, NEEDS_RESPONSE
from audit.findings.rules import (
    BADGES,
    FINDING,
    GRADE_BADGES,
    SAYINGS,
    FindingFacts,
    FindingGrade,
    FindingState,
    applies,
    deadline_of,
    deadlines,
    due_now,
    moved,
    way,
)
from core.errors import NotAllowed, StepRefused
from core.permissions import GRANTS, OrganisationKind, Role

S = FindingState
G = FindingGrade
TODAY = date(2026, 11, 20)


class Acting:
    """Somebody with one role."""

    person_id, name, organisation_id = 1, "Zhou Min", 1
    organisation_kind = OrganisationKind.BODY

    def __init__(self, role: Role) -> None:
        self.roles = frozenset({role})


# Facts with which every guard of every step holds, whatever the grade it asks for.
GOOD = FindingFacts(
    grade=G.MINOR,
    on_team=True,
    leads=True,
    was_on_team=False,
    fieldwork_running=True,
    criterion_chosen=True,
    stated=True,
    shown=True,
    new_grade=G.MAJOR,
    correction=True,
    cause=True,
    actions=2,
    verified=True,
    judging=True,
    overdue=True,
)
GIVEN = {
    "record": {"grade": G.STRENGTH},
    "escalate": {"grade": G.MAJOR},
    **{key: {"extension_open": True} for key in ("approve_extension", "refuse_extension")},
}
BREAKS = {
    "on_team": {"on_team": False},
    "leads": {"leads": False},
    "outside_team": {"was_on_team": True},
    "fieldwork": {"fieldwork_running": False},
    "criterion": {"criterion_chosen": False},
    "statement": {"stated": False},
    "evidence": {"shown": False},
    "needs_response": {"grade": G.OPPORTUNITY},
    "needs_none": {"grade": G.MAJOR},
    "not_settled": {"settled_before": True},
    "other_grade": {"new_grade": G.MINOR},
    "correction": {"correction": False},
    "cause": {"cause": False},
    "actions": {"actions": 0},
    "in_time": {"actions_late": 1},
    "not_own_response": {"submitted_by_actor": True},
    "evidenced": {"actions_unevidenced": 1},
    "actions_verified": {"actions_unverified": 2},
    "owns_none": {"owns_action": True},
    "verified": {"verified": False},
    "no_request": {"extension_open": True},
    "request": {"extension_open": False},
    "not_asker": {"extension_by_actor": True},
    "later_audit": {"judging": False},
    "not_judged": {"judged": True},
    "minor": {"grade": G.MAJOR},
    "major": {"grade": G.MINOR},
    "overdue": {"overdue": False},
    "not_escalated": {"escalated": True},
    "reason": {"reason_given": False},
    "note": {"reason_given": False},
}
ROWS = [(row, state) for row in FINDING.steps for state in sorted(row.sources)]
ACTIONS = sorted({row.action for row in FINDING.steps})


def good(action: str) -> FindingFacts:
    return replace(GOOD, **GIVEN.get(action, {}))


@pytest.mark.parametrize(("row", "state"), ROWS, ids=lambda one: getattr(one, "action", one))
def test_every_step_for_every_role(row, state):
    """I-09, I-10, I-11: a step is open to the roles of its permission, and to nobody else."""
    for role in Role:
        if row.permission is not None and row.permission in GRANTS[role]:
            reached = FINDING.take(state, row.action, good(row.action), Acting(role))
            assert reached == (row.target or state)
        else:
            with pytest.raises(NotAllowed):
                FINDING.take(state, row.action, good(row.action), Acting(role))


@pytest.mark.parametrize(("row", "state"), ROWS, ids=lambda one: getattr(one, "action", one))
def test_every_guard_holds_alone(row, state):
    """I-09, I-10, I-11: each unmet condition alone refuses the step and says so."""
    role = next((r for r in Role if row.permission in GRANTS[r]), None)
    actor = Acting(role) if role else None
    for guard in row.guards:
        code = guard(good(row.action)).code
        facts = replace(good(row.action), **BREAKS[code])
        with pytest.raises(StepRefused) as refused:
            FINDING.take(state, row.action, facts, actor)
        assert code in {reason.code for reason in refused.value.reasons}
        assert all(not reason.met and str(reason.text) for reason in refused.value.reasons)


def test_no_step_out_of_order():
    """S-24: what the table does not list is refused, whoever asks."""
    possible = {(state, row.action) for row, state in ROWS}
    for state in S:
        for action in ACTIONS:
            if (state, action) in possible:
                continue
            for role in Role:
                with pytest.raises(StepRefused):
                    FINDING.take(state, action, good(action), Acting(role))


def test_the_clock_takes_its_own_steps_and_no_other():
    """I-11: overdue minors become major and majors escalate by the clock; it does nothing else."""
    for row, state in ROWS:
        if row.action in {"upgrade", "escalate"}:
            assert state in AWAITED
            assert FINDING.take(state, row.action, good(row.action), None) is state
        else:
            with pytest.raises(NotAllowed):
                FINDING.take(state, row.action, good(row.action), None)


def test_administrators_pass_no_guard():
    """I-09: the administrator has no step at all."""
    for state in S:
        standings = FINDING.standings(state, GOOD, Acting(Role.ADMINISTRATOR))
        assert not any(standing.mine for standing in standings)


def test_final_states_stay():
    """I-09: nothing leads out of void; out of closed only the judgement of effectiveness, which stays."""
    assert not [row for row, state in ROWS if state is S.VOID]
    assert all(row.target is None for row, state in ROWS if state is S.CLOSED)


def test_nothing_closes_without_verification():
    """I-10: minors and majors reach closed through verified alone; the other ways are for other grades."""
    closing = {row.action for row in FINDING.steps if row.target is S.CLOSED}
    assert closing == {"record", "close", "lower"}
    assert {tuple(row.sources) for row in FINDING.steps if row.action == "close"} == {(S.VERIFIED,)}


def test_everything_is_shown_and_told():
    """I-09: every state and grade has a badge; every step that applies is told by its grade."""
    assert set(BADGES) == set(S)
    assert set(GRADE_BADGES) == set(G)
    assert all("%(label)s" in saying.message for saying in SAYINGS.values())
    assert applies("raise", good("raise"))
    assert not applies("record", good("raise"))
    assert applies("record", good("record"))
    assert not applies("reopen", GOOD)


@pytest.mark.parametrize(
    ("state", "due", "counted"),
    [
        (S.RAISED, 1, "response"),
        (S.ACKNOWLEDGED, 2, "response"),
        (S.RETURNED, 2, "response"),
        (S.ACCEPTED, 3, "implementation"),
        (S.DISPUTED, None, None),
        (S.RESPONSE_SUBMITTED, None, None),
        (S.IMPLEMENTED, None, None),
        (S.CLOSED, None, None),
    ],
)
def test_which_deadline_counts(state, due, counted):
    """I-11: while others have the matter no deadline runs."""
    days = [TODAY + timedelta(n) for n in (1, 2, 3)]
    assert due_now(state, *days) == (TODAY + timedelta(due) if due else None)
    assert deadline_of(state) == counted


def test_deadlines_come_from_the_scheme(scheme):
    """I-11: deadlines by grade are data of the scheme; strengths and opportunities have none."""
    for grade in NEEDS_RESPONSE:
        days = scheme.deadlines_of(grade)
        assert deadlines(scheme, grade, TODAY) == {
            "acknowledge_due_on": TODAY + timedelta(days.acknowledge),
            "response_due_on": TODAY + timedelta(days.response),
            "implementation_due_on": TODAY + timedelta(days.implementation),
        }
    assert set(deadlines(scheme, G.STRENGTH, TODAY).values()) == {None}


def test_deadlines_stand_still_while_others_have_the_matter():
    """I-11: a deadline moves by the days, never back."""
    assert moved(TODAY, TODAY, TODAY + timedelta(4)) == TODAY + timedelta(4)
    assert moved(TODAY, TODAY + timedelta(4), TODAY) == TODAY
    assert moved(None, TODAY, TODAY) is None


def test_the_state_line():
    """S-24: what is behind is dated, what is ahead is not."""
    dates = [TODAY] * 6
    line = way(S.ACCEPTED, dates)
    assert [status for _label, status, _at in line] == ["done"] * 3 + ["now"] + ["todo"] * 2
    assert [at for _label, _status, at in line][4:] == [None, None]
    assert {status for _label, status, _at in way(S.CLOSED, dates)} == {"done"}
    assert {status for _label, status, _at in way(S.DRAFT, dates)} == {"todo"}
