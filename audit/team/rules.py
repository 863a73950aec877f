"""Objections to a member and how their state is shown. Pure."""

from audit.planning.rules import ObjectionOutcome
from core.words import N_, Badge, Saying

BADGES: dict[ObjectionOutcome | None, Badge] = {
    None: Badge("hold", "talk", N_("Open objection")),
    ObjectionOutcome.KEPT: Badge("", "check", N_("Settled: the member stays")),
    ObjectionOutcome.REPLACED: Badge("good", "check", N_("Settled: the member was replaced")),
}

OUTCOME_NAMES: dict[ObjectionOutcome, str] = {
    ObjectionOutcome.KEPT: N_("The member stays"),
    ObjectionOutcome.REPLACED: N_("The member is replaced"),
}

SAYINGS: dict[str, Saying] = {
    "team_member:joined": Saying(N_("%(actor)s put %(label)s on the team"), key=True),
    "team_member:left": Saying(N_("%(actor)s took %(label)s off the team"), key=True),
    "team_member:role_changed": Saying(N_("%(actor)s changed the role of %(label)s")),
    "team_objection:raised": Saying(N_("%(actor)s objected to %(label)s"), key=True),
    "team_objection:settled": Saying(N_("%(actor)s settled the objection to %(label)s"), key=True),
}
