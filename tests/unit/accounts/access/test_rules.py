"""The life of a membership: each step with each role and each guard."""

from dataclasses import dataclass
from itertools import product

import pytest

from accounts.access.rules import (
    BADGES,
    HEADS,
    LIFECYCLE,
    MembershipFacts,
    MembershipState,
    roles_problem,
    somebody_manages,
)
from core.errors import NotAllowed, StepRefused
from core.permissions import GRANTS, ROLES_OF, OrganisationKind, Permission, Role


@dataclass
class Actor:
    roles: frozenset
    person_id: int = 1
    name: str = "X"
    organisation_id: int = 1
    organisation_kind: OrganisationKind = OrganisationKind.BODY


FREE = MembershipFacts(is_head=True, other_heads=1)


@pytest.mark.parametrize(
    ("state", "action", "role"), list(product(MembershipState, ("change_roles", "end"), Role))
)
def test_each_step_from_each_state_by_each_role(state, action, role):
    """Quality 1: only who manages people takes a step, and only while the membership lasts."""
    actor = Actor(frozenset({role}))
    if state is MembershipState.ENDED:
        with pytest.raises(StepRefused):
            LIFECYCLE.take(state, action, FREE, actor)
    elif Permission.PEOPLE_MANAGE not in GRANTS[role]:
        with pytest.raises(NotAllowed):
            LIFECYCLE.take(state, action, FREE, actor)
    else:
        expected = MembershipState.ENDED if action == "end" else state
        assert LIFECYCLE.take(state, action, FREE, actor) is expected


@pytest.mark.parametrize(
    ("is_head", "stays_head", "other_heads"), list(product((True, False), (True, False), (0, 1, 5)))
)
def test_somebody_who_manages_people_is_left(is_head, stays_head, other_heads):
    """S-32: no step leaves an organisation without anybody who can manage its people."""
    facts = MembershipFacts(is_head, stays_head, other_heads)
    met = somebody_manages(facts).met
    assert met is not (is_head and not stays_head and other_heads == 0)
    for action in ("change_roles", "end"):
        step = LIFECYCLE.find(MembershipState.CURRENT, action)
        assert [guard(facts).met for guard in step.guards] == [met]


def test_an_unmet_guard_refuses_even_the_administrator():
    """S-32: no role passes a guard."""
    with pytest.raises(StepRefused) as refused:
        LIFECYCLE.take(
            MembershipState.CURRENT,
            "end",
            MembershipFacts(is_head=True),
            Actor(frozenset({Role.ADMINISTRATOR})),
        )
    assert [reason.code for reason in refused.value.reasons] == ["somebody_manages"]


def test_the_clock_takes_no_step():
    """S-32: nobody's membership ends by itself."""
    with pytest.raises(NotAllowed):
        LIFECYCLE.take(MembershipState.CURRENT, "end", FREE, None)


@pytest.mark.parametrize(("kind", "role"), list(product(OrganisationKind, Role)))
def test_roles_fit_the_kind_of_organisation(kind, role):
    """S-32, S-17: each kind of organisation has its own roles; a foreign one is refused."""
    assert (roles_problem(kind, frozenset({role})) is None) is (role in ROLES_OF[kind])


@pytest.mark.parametrize("kind", OrganisationKind)
def test_no_roles_are_no_membership(kind):
    """S-32: whoever belongs somewhere does something there."""
    assert str(roles_problem(kind, frozenset())) == "Choose at least one role."
    assert HEADS[kind] in ROLES_OF[kind]


def test_each_state_is_shown():
    """Each state has its badge."""
    assert set(BADGES) == set(MembershipState)
