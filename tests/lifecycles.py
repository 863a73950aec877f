"""Proves a lifecycle's table: every state × action × role, and every guard alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from core.errors import NotAllowed, StepRefused
from core.lifecycle import Lifecycle
from core.permissions import GRANTS, ROLES_OF, OrganisationKind, Role


@dataclass(frozen=True)
class RoleActor:
    """Somebody with one role and nothing else."""

    roles: frozenset[Role]
    person_id: int = 1
    name: str = "Somebody"
    organisation_id: int = 1

    @property
    def organisation_kind(self) -> OrganisationKind:
        (role,) = self.roles
        return next(kind for kind, roles in ROLES_OF.items() if role in roles)


def every_role() -> Iterable[RoleActor | None]:
    """Give an actor for each role, and the clock."""
    return [RoleActor(frozenset({role})) for role in Role] + [None]


def prove(
    lifecycle: Lifecycle[Any, Any],
    states: Iterable[Any],
    good: Any,
    broken: Mapping[str, Mapping[str, Any]],
) -> int:
    """Walk the whole table; gives how many combinations were tried.

    ``good`` satisfies every guard; ``broken`` names for each guard's code the facts that break it alone.
    """
    tried = 0
    actions = {row.action for row in lifecycle.steps}
    for state in states:
        for action in actions:
            row = lifecycle.find(state, action)
            for actor in every_role():
                tried += 1
                tried += _one(lifecycle, state, action, row, actor, good, broken)
    guards = {guard(good).code for row in lifecycle.steps for guard in row.guards}
    assert guards == set(broken), "every guard is broken once, and nothing else"
    return tried


def _one(lifecycle, state, action, row, actor, good, broken) -> int:  # noqa: PLR0917
    if row is None:
        with pytest.raises(StepRefused):
            lifecycle.take(state, action, good, actor)
        return 0
    may = (
        actor is None
        if row.permission is None
        else (actor is not None and any(row.permission in GRANTS[role] for role in actor.roles))
    )
    if not may:
        with pytest.raises(NotAllowed):
            lifecycle.take(state, action, good, actor)
        return 0
    codes = [guard(good).code for guard in row.guards]
    assert all(guard(good).met for guard in row.guards), (action, codes)
    assert lifecycle.take(state, action, good, actor) == (row.target or state)
    for code in codes:
        facts = replace(good, **broken[code])
        with pytest.raises(StepRefused) as refused:
            lifecycle.take(state, action, facts, actor)
        unmet = [reason.code for reason in refused.value.reasons]
        assert code in unmet, (action, code)
        assert all(str(reason.text) for reason in refused.value.reasons)
    return len(codes)
