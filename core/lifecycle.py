"""Lifecycles as tables: who may take a step, from which states, under which conditions.

Pure. A feature's ``rules.py`` builds one ``Lifecycle`` from ``Step`` rows over a frozen *facts* dataclass that its
queries fill. A guard looks at the facts and gives a ``Reason``, met or not; nobody passes one that is not met.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from core.errors import NotAllowed, StepRefused
from core.permissions import ROLE_NAMES, Actor, Permission, allowed, holders
from core.words import N_, T_, Text

S = TypeVar("S", bound=StrEnum)
F = TypeVar("F")


Proof = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition of a step: ``text`` states it as it stands now; ``proof`` is an endpoint with its values."""

    code: str
    met: bool
    text: Text
    detail: Text | None = None
    proof: Proof | None = None


def met(code: str, text: Text, detail: Text | None = None, proof: Proof | None = None) -> Reason:
    """Give a condition that holds."""
    return Reason(code, met=True, text=text, detail=detail, proof=proof)


def unmet(code: str, text: Text, detail: Text | None = None, proof: Proof | None = None) -> Reason:
    """Give a condition that does not hold yet."""
    return Reason(code, met=False, text=text, detail=detail, proof=proof)


@dataclass(frozen=True, slots=True)
class Step(Generic[S, F]):
    """One row of a lifecycle.

    ``target`` is the state reached (``None``: the state stays). ``permission`` ``None`` is for the clock alone.
    ``title`` is a verb phrase for the button, ``effect`` one sentence on what it does.
    """

    action: str
    sources: frozenset[S]
    target: S | None
    permission: Permission | None
    title: str
    effect: str = ""
    guards: tuple[Callable[[F], Reason], ...] = ()
    past: str = ""


@dataclass(frozen=True, slots=True)
class Standing(Generic[S, F]):
    """How a step stands for a reader now: possible, or the reasons why not."""

    step: Step[S, F]
    reasons: tuple[Reason, ...]
    mine: bool

    @property
    def open(self) -> bool:
        """Whether the reader can take it now."""
        return self.mine and all(reason.met for reason in self.reasons)


def step(
    action: str,
    sources: Iterable[S] | S,
    target: S | None,
    permission: Permission | None,
    title: str,
    *guards: Callable[[F], Reason],
    effect: str = "",
) -> Step[S, F]:
    """Build a row; ``sources`` may be one state."""
    states = frozenset({sources}) if isinstance(sources, StrEnum) else frozenset(sources)
    return Step(action, states, target, permission, title, effect, guards)


@dataclass(frozen=True)
class Lifecycle(Generic[S, F]):
    """All steps of one kind of thing."""

    name: str
    steps: tuple[Step[S, F], ...]
    _by_action: dict[str, list[Step[S, F]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the rows; the same action may stand in several rows with different sources."""
        index: dict[str, list[Step[S, F]]] = {}
        for row in self.steps:
            index.setdefault(row.action, []).append(row)
        object.__setattr__(self, "_by_action", index)

    def find(self, state: S, action: str) -> Step[S, F] | None:
        """Give the row for an action in a state, if there is one."""
        for row in self._by_action.get(action, ()):
            if state in row.sources:
                return row
        return None

    def standings(self, state: S, facts: F, actor: Actor | None) -> list[Standing[S, F]]:
        """List every step out of a state with its conditions, those the actor may take first."""
        rows = [
            Standing(row, tuple(guard(facts) for guard in row.guards), _may(actor, row))
            for row in self.steps
            if state in row.sources
        ]
        return sorted(rows, key=lambda standing: not standing.mine)

    def take(self, state: S, action: str, facts: F, actor: Actor | None) -> S:
        """Give the state that follows, or refuse with every condition that is not met.

        ``actor`` ``None`` is the clock, which may take only its own rows. Raises ``NotAllowed`` for a wrong role and
        ``StepRefused`` for a wrong state or an unmet guard.
        """
        row = self.find(state, action)
        if row is None:
            raise StepRefused(T_("This step is not possible in the present state."), ())
        if not _may(actor, row):
            raise NotAllowed(N_("Your role does not allow this step."))
        unmet = [reason for reason in (guard(facts) for guard in row.guards) if not reason.met]
        if unmet:
            raise StepRefused(T_("This step is not possible yet."), unmet)
        return state if row.target is None else row.target


def who(row: Step[S, F]) -> tuple[str, ...]:
    """Name the roles that may take a step; empty for the clock."""
    return (
        ()
        if row.permission is None
        else tuple(ROLE_NAMES[role] for role in holders(row.permission))
    )


def _may(actor: Actor | None, row: Step[S, F]) -> bool:
    if row.permission is None:
        return actor is None
    return allowed(actor, row.permission)
