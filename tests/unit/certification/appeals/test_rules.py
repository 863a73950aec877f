"""The life of a case: every step, every role, every guard."""

from dataclasses import dataclass, replace

import pytest

from certification.appeals.rules import CASE, OVER, CaseFacts, CaseState
from core.errors import NotAllowed, StepRefused
from core.permissions import GRANTS, OrganisationKind, Role

S = CaseState
STEPS = {
    "acknowledge": (S.RECEIVED, S.ACKNOWLEDGED),
    "validate": (S.ACKNOWLEDGED, S.VALIDATED),
    "reject": (S.ACKNOWLEDGED, S.REJECTED),
    "investigate": (S.VALIDATED, S.INVESTIGATING),
    "record": (S.INVESTIGATING, S.INVESTIGATING),
    "approve": (S.INVESTIGATING, S.DECIDED),
    "send_back": (S.INVESTIGATING, S.INVESTIGATING),
    "notify": (S.DECIDED, S.NOTIFIED),
    "close": (S.NOTIFIED, S.CLOSED),
}
APPROVERS = {"approve": {Role.OFFICER, Role.DECIDER}, "send_back": {Role.OFFICER, Role.DECIDER}}
READY = CaseFacts(
    actor_is_handler=True, handler_name="Olga", investigation_written=True, outcome_written=True
)


@dataclass
class Somebody:
    roles: frozenset[Role]
    person_id: int = 1
    name: str = "Somebody"
    organisation_id: int = 1
    organisation_kind: OrganisationKind = OrganisationKind.BODY


def facts_for(action):
    return replace(READY, actor_is_handler=action not in APPROVERS)


def officer():
    return Somebody(frozenset({Role.OFFICER}))


@pytest.mark.parametrize("action", STEPS)
@pytest.mark.parametrize("state", list(S))
def test_steps_lead_where_the_table_says(action, state):
    """I-18: a case is acknowledged, admitted or not, investigated, decided, told and closed, in this order."""
    source, target = STEPS[action]
    if state is source:
        assert CASE.take(state, action, facts_for(action), officer()) is target
    else:
        with pytest.raises(StepRefused):
            CASE.take(state, action, facts_for(action), officer())


@pytest.mark.parametrize("action", STEPS)
@pytest.mark.parametrize("role", list(Role))
def test_only_officers_handle_and_deciders_may_approve(action, role):
    """I-18, S-32: who handles is the complaints officer; an outcome may be approved by a decider too."""
    may = APPROVERS.get(action, {Role.OFFICER})
    somebody = Somebody(frozenset({role}))
    if role in may:
        CASE.take(STEPS[action][0], action, facts_for(action), somebody)
    else:
        with pytest.raises(NotAllowed):
            CASE.take(STEPS[action][0], action, facts_for(action), somebody)


def test_the_clock_takes_no_step():
    """I-18: no case moves by itself."""
    for action, (source, _) in STEPS.items():
        with pytest.raises(NotAllowed):
            CASE.take(source, action, facts_for(action), None)


GUARDS = [
    *((action, {"actor_on_team": True}, "team") for action in STEPS if action not in {"notify", "close"}),
    *((action, {"actor_decided": True}, "decided") for action in STEPS if action not in {"notify", "close"}),
    *(
        (action, {"actor_is_handler": False}, "handler")
        for action in ("validate", "reject", "investigate", "record", "notify", "close")
    ),
    ("reject", {"reason_given": False}, "reason"),
    ("send_back", {"reason_given": False}, "reason"),
    ("approve", {"actor_is_handler": True}, "another"),
    ("send_back", {"actor_is_handler": True}, "another"),
    ("approve", {"investigation_written": False}, "outcome"),
    ("approve", {"outcome_written": False}, "outcome"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "wrong", "code"), GUARDS)
def test_no_guard_is_passed(action, wrong, code):
    """I-18: handled and approved by people not involved before, and by two of them."""
    with pytest.raises(StepRefused) as refused:
        CASE.take(STEPS[action][0], action, replace(facts_for(action), **wrong), officer())
    assert [reason.code for reason in refused.value.reasons] == [code]


def test_final_states_have_no_way_out():
    """I-18: what is closed or not admitted stays so."""
    for state in OVER:
        assert CASE.standings(state, READY, officer()) == []


def test_administrators_have_no_part_in_cases():
    """I-18: the administrator passes no guard and takes no step."""
    permissions = {str(one) for one in GRANTS[Role.ADMINISTRATOR]}
    assert not {one for one in permissions if one.startswith("appeal:")}
