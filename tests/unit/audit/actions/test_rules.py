"""Every step of a corrective action × every role × every guard."""

from dataclasses import replace

import pytest

from audit.actions.rules import (
    ACTION,
    BADGES,
    RESPONSE_BADGES,
    ActionFacts,
    ActionState,
    ResponseState,
)
from core.errors import NotAllowed, StepRefused
from core.permissions import GRANTS, OrganisationKind, Role

GOOD = ActionFacts(manages=True, accepted=True, reported=True, evidence=1, on_team=True)
BREAKS = {
    "theirs": {"manages": False},
    "plan_accepted": {"accepted": False},
    "reported": {"reported": False},
    "evidenced": {"evidence": 0},
    "on_team": {"on_team": False},
    "not_owner": {"owned": True},
    "awaits_verification": {"accepted": False},
    "noted": {"note_given": False},
}
ROWS = [(row, state) for row in ACTION.steps for state in sorted(row.sources)]


class Acting:
    """Somebody with one role."""

    person_id, name, organisation_id = 1, "Wang Jianguo", 1
    organisation_kind = OrganisationKind.PROVIDER

    def __init__(self, role: Role) -> None:
        self.roles = frozenset({role})


@pytest.mark.parametrize(("row", "state"), ROWS, ids=lambda one: getattr(one, "action", one))
def test_every_step_for_every_role(row, state):
    """S-24, I-10: the client's people report, the auditors judge, nobody else does anything."""
    for role in Role:
        if row.permission in GRANTS[role]:
            assert ACTION.take(state, row.action, GOOD, Acting(role)) is row.target
        else:
            with pytest.raises(NotAllowed):
                ACTION.take(state, row.action, GOOD, Acting(role))


@pytest.mark.parametrize(("row", "state"), ROWS, ids=lambda one: getattr(one, "action", one))
def test_every_guard_holds_alone(row, state):
    """S-24, I-10: each unmet condition alone refuses the step; owner and verifier are different people."""
    role = next(r for r in Role if row.permission in GRANTS[r])
    for guard in row.guards:
        code = guard(GOOD).code
        with pytest.raises(StepRefused) as refused:
            ACTION.take(state, row.action, replace(GOOD, **BREAKS[code]), Acting(role))
        assert code in {reason.code for reason in refused.value.reasons}


def test_no_step_out_of_order():
    """S-24: what the table does not list is refused, and nobody is the clock here."""
    possible = {(state, row.action) for row, state in ROWS}
    for state in ActionState:
        for action in {row.action for row in ACTION.steps}:
            if (state, action) not in possible:
                with pytest.raises(StepRefused):
                    ACTION.take(state, action, GOOD, Acting(Role.AUDITOR))
            else:
                with pytest.raises(NotAllowed):
                    ACTION.take(state, action, GOOD, None)


def test_every_state_is_shown():
    """S-24: every state has a badge."""
    assert set(BADGES) == set(ActionState)
    assert set(RESPONSE_BADGES) == set(ResponseState)
