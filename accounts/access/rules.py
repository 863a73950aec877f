"""When roles may change and a membership may end. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from core.lifecycle import Lifecycle, Reason, step
from core.permissions import ROLES_OF, OrganisationKind, Permission, Role
from core.words import N_, T_, Badge, Saying, Text

HEADS: dict[OrganisationKind, Role] = {
    OrganisationKind.BODY: Role.ADMINISTRATOR,
    OrganisationKind.PROVIDER: Role.MANAGER,
    OrganisationKind.REGULATOR: Role.INSPECTOR,
}


class MembershipState(StrEnum):
    """Whether somebody belongs to the organisation now."""

    CURRENT = "current"
    ENDED = "ended"


BADGES: dict[MembershipState, Badge] = {
    MembershipState.CURRENT: Badge("good", "check", N_("Belongs here")),
    MembershipState.ENDED: Badge("", "over", N_("Ended")),
}


@dataclass(frozen=True, slots=True)
class MembershipFacts:
    """What the steps of a membership look at.

    ``is_head`` whether this one can manage people before the step, ``stays_head`` after it; ``other_heads`` how many
    others can.
    """

    is_head: bool = False
    stays_head: bool = False
    other_heads: int = 0


def somebody_manages(facts: MembershipFacts) -> Reason:
    """Demand that somebody is left who can manage people (nobody locks an organisation out of itself)."""
    met = facts.other_heads > 0 or facts.stays_head or not facts.is_head
    text = (
        T_("Somebody is left who can manage the people here")
        if met
        else T_(
            "This is the only one who can manage the people here. Give that role to another first."
        )
    )
    return Reason("somebody_manages", met, text)


LIFECYCLE: Lifecycle[MembershipState, MembershipFacts] = Lifecycle(
    "membership",
    (
        step(
            "change_roles",
            MembershipState.CURRENT,
            None,
            Permission.PEOPLE_MANAGE,
            N_("Change the roles"),
            somebody_manages,
            effect=N_("What the person sees and can do here changes at once."),
        ),
        step(
            "end",
            MembershipState.CURRENT,
            MembershipState.ENDED,
            Permission.PEOPLE_MANAGE,
            N_("End the membership"),
            somebody_manages,
            effect=N_(
                "The person sees nothing of this organisation any more. What they did stays on record."
            ),
        ),
    ),
)


def roles_problem(kind: OrganisationKind, roles: frozenset[Role]) -> Text | None:
    """Say what is wrong with roles for a kind of organisation; ``None``: nothing."""
    if not roles:
        return Text(N_("Choose at least one role."))
    if not roles <= set(ROLES_OF[kind]):
        return Text(N_("This role does not exist in this kind of organisation."))
    return None


SAYINGS = {
    "invitation:sent": Saying(N_("%(actor)s invited %(label)s")),
    "invitation:sent_again": Saying(N_("%(actor)s sent the invitation of %(label)s again")),
    "invitation:withdrawn": Saying(N_("%(actor)s withdrew the invitation of %(label)s")),
    "membership:began": Saying(N_("%(label)s joined"), key=True),
    "membership:roles_changed": Saying(N_("%(actor)s changed the roles of %(label)s")),
    "membership:ended": Saying(N_("%(actor)s ended the membership of %(label)s"), key=True),
    "person:disabled": Saying(N_("The account of %(label)s was closed"), key=True),
    "person:enabled": Saying(N_("The account of %(label)s was opened again"), key=True),
}
