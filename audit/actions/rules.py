"""The life of a corrective action: planned, approved, done, proved (S-24, I-10). Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.lifecycle import Lifecycle, Reason, step
from core.permissions import Permission
from core.words import N_, T_, Badge, Saying, Text


class ResponseState(StrEnum):
    """Where one round of the client's response stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class ActionState(StrEnum):
    """Where a corrective action stands."""

    PLANNED = "planned"
    APPROVED = "approved"
    RETURNED = "returned"
    IN_PROGRESS = "in_progress"
    EVIDENCE_SUBMITTED = "evidence_submitted"
    VERIFIED = "verified"
    NOT_EFFECTIVE = "not_effective"


S = ActionState
P = Permission
UNDER_WAY = (S.APPROVED, S.IN_PROGRESS, S.NOT_EFFECTIVE)
EVIDENCED = (S.EVIDENCE_SUBMITTED, S.VERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFacts:
    """What the guards look at. ``owned`` by the actor; ``manages`` the owner's organisation."""

    owned: bool = False
    manages: bool = False
    accepted: bool = False
    implemented: bool = False
    reported: bool = False
    evidence: int = 0
    on_team: bool = False
    note_given: bool = True


def _whether(
    code: str, fact: Callable[[ActionFacts], bool], yes: Text, no: Text
) -> Callable[[ActionFacts], Reason]:
    """Make the guard that a fact is true."""

    def guard(facts: ActionFacts) -> Reason:
        met = fact(facts)
        return Reason(code, met, yes if met else no)

    return guard


theirs = _whether(
    "theirs",
    lambda facts: facts.owned or facts.manages,
    T_("You own this action or manage the organisation"),
    T_("Only its owner or a manager reports on this action"),
)
plan_accepted = _whether(
    "plan_accepted",
    lambda facts: facts.accepted,
    T_("The response is accepted"),
    T_("The response is not accepted at present"),
)
reported = _whether(
    "reported",
    lambda facts: facts.reported,
    T_("What was done is told"),
    T_("What was done is not told yet"),
)
evidenced = _whether(
    "evidenced",
    lambda facts: facts.evidence > 0,
    T_("Evidence shows that it was done"),
    T_("No evidence shows that it was done"),
)
on_team = _whether(
    "on_team",
    lambda facts: facts.on_team,
    T_("You are on the team of this audit"),
    T_("Only members of this audit's team judge the action"),
)
not_owner = _whether(
    "not_owner",
    lambda facts: not facts.owned,
    T_("You do not own this action"),
    T_("The owner of an action does not verify it"),
)
awaits_verification = _whether(
    "awaits_verification",
    lambda facts: facts.accepted or facts.implemented,
    T_("The finding waits for its actions"),
    T_("The finding does not wait for its actions at present"),
)
noted = _whether(
    "noted",
    lambda facts: facts.note_given,
    T_("The reason is kept with this step"),
    T_("Say what is still missing"),
)

ACTION: Lifecycle[ActionState, ActionFacts] = Lifecycle(
    "corrective action",
    (
        step("approve", S.PLANNED, S.APPROVED, P.FINDING_VERIFY, N_("Approve the action"), on_team),
        step("return", S.PLANNED, S.RETURNED, P.FINDING_VERIFY, N_("Return the action"), on_team),
        step(
            "report", UNDER_WAY, S.IN_PROGRESS, P.ACTION_REPORT, N_("Report on the action"),
            theirs, plan_accepted,
            effect=N_("Tells how far the action has come."),
        ),
        step(
            "submit", S.IN_PROGRESS, S.EVIDENCE_SUBMITTED, P.ACTION_REPORT,
            N_("Hand in the evidence"), theirs, plan_accepted, reported, evidenced,
            effect=N_("The auditors can then verify the action."),
        ),
        step(
            "verify", S.EVIDENCE_SUBMITTED, S.VERIFIED, P.FINDING_VERIFY, N_("Verify the action"),
            on_team, not_owner, awaits_verification,
            effect=N_("The evidence shows that the action was done and works."),
        ),
        step(
            "refuse", S.EVIDENCE_SUBMITTED, S.NOT_EFFECTIVE, P.FINDING_VERIFY,
            N_("Send the action back"), on_team, not_owner, awaits_verification, noted,
            effect=N_("The owner goes on with it and hands in new evidence."),
        ),
    ),
)  # fmt: skip

BADGES: dict[ActionState, Badge] = {
    S.PLANNED: Badge("", "draft", N_("Planned")),
    S.APPROVED: Badge("good", "check", N_("Approved")),
    S.RETURNED: Badge("warn", "back", N_("Action returned")),
    S.IN_PROGRESS: Badge("go", "going", N_("In progress")),
    S.EVIDENCE_SUBMITTED: Badge("go", "wait", N_("Evidence submitted")),
    S.VERIFIED: Badge("good", "check", N_("Verified")),
    S.NOT_EFFECTIVE: Badge("warn", "back", N_("Not effective")),
}
RESPONSE_BADGES: dict[ResponseState, Badge] = {
    ResponseState.DRAFT: Badge("", "draft", N_("Draft")),
    ResponseState.SUBMITTED: Badge("go", "wait", N_("Submitted")),
    ResponseState.ACCEPTED: Badge("good", "check", N_("Response accepted")),
    ResponseState.RETURNED: Badge("warn", "back", N_("Response returned")),
}
SAYINGS = {
    "corrective_action:reported": Saying(N_("%(actor)s reported on an action of %(label)s")),
    "corrective_action:evidence_submitted": Saying(
        N_("%(actor)s handed in the evidence for an action of %(label)s"), key=True
    ),
    "corrective_action:verified": Saying(N_("%(actor)s verified an action of %(label)s"), key=True),
    "corrective_action:found_not_effective": Saying(
        N_("%(actor)s sent an action of %(label)s back"), key=True
    ),
}
