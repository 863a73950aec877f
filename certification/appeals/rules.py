"""The life of an appeal or complaint (I-18). Pure."""

from dataclasses import dataclass
from enum import StrEnum

from core.lifecycle import Lifecycle, Reason, met, step, unmet
from core.permissions import Permission
from core.words import N_, T_, Badge, Saying

USUAL_DAYS = 30  # proposed to the officer, who sets the day


class CaseKind(StrEnum):
    """An appeal is the client's against a decision; a complaint is anybody's."""

    APPEAL = "appeal"
    COMPLAINT = "complaint"


class CaseState(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    VALIDATED = "validated"
    REJECTED = "rejected"
    INVESTIGATING = "investigating"
    DECIDED = "decided"
    NOTIFIED = "notified"
    CLOSED = "closed"


S = CaseState
KIND_NAMES = {CaseKind.APPEAL: N_("Appeal"), CaseKind.COMPLAINT: N_("Complaint")}
BADGES = {
    S.RECEIVED: Badge("go", "wait", N_("Received")),
    S.ACKNOWLEDGED: Badge("go", "going", N_("Acknowledged")),
    S.VALIDATED: Badge("go", "going", N_("Admitted")),
    S.REJECTED: Badge("bad", "cross", N_("Not admitted")),
    S.INVESTIGATING: Badge("go", "going", N_("Being investigated")),
    S.DECIDED: Badge("good", "check", N_("Outcome approved")),
    S.NOTIFIED: Badge("good", "check", N_("Outcome told")),
    S.CLOSED: Badge("good", "check", N_("Closed")),
}
OVER = frozenset({S.REJECTED, S.CLOSED})
BEFORE_VALIDATION = frozenset({S.RECEIVED, S.ACKNOWLEDGED, S.REJECTED})
OUTCOME_TOLD = frozenset({S.REJECTED, S.NOTIFIED, S.CLOSED})
PHASES = (
    (S.RECEIVED,),
    (S.ACKNOWLEDGED,),
    (S.VALIDATED,),
    (S.INVESTIGATING,),
    (S.DECIDED,),
    (S.NOTIFIED, S.CLOSED),
)
SAYINGS = {
    "case:lodged": Saying(N_("%(actor)s lodged the appeal %(label)s"), key=True),
    "case:received": Saying(N_("The complaint %(label)s arrived"), key=True),
    "case:acknowledged": Saying(N_("%(actor)s acknowledged %(label)s"), key=True),
    "case:validated": Saying(N_("%(actor)s admitted %(label)s"), key=True),
    "case:rejected": Saying(N_("%(actor)s did not admit %(label)s"), key=True),
    "case:investigation_started": Saying(
        N_("%(actor)s began the investigation of %(label)s"), key=True
    ),
    "case:investigated": Saying(N_("%(actor)s recorded the investigation of %(label)s")),
    "case:outcome_returned": Saying(N_("%(actor)s sent the outcome of %(label)s back")),
    "case:decided": Saying(N_("%(actor)s approved the outcome of %(label)s"), key=True),
    "case:notified": Saying(N_("%(actor)s told the outcome of %(label)s"), key=True),
    "case:closed": Saying(N_("%(actor)s closed %(label)s"), key=True),
}
INSIDE = frozenset({"case:investigated", "case:outcome_returned"})
WAITING_FOR: dict[CaseState, tuple[str, str]] = {
    S.RECEIVED: (N_("Acknowledge the case"), N_("Read")),
    S.ACKNOWLEDGED: (N_("Admit the case, or say why not"), N_("Look")),
    S.VALIDATED: (N_("Begin the investigation"), N_("Begin")),
    S.INVESTIGATING: (N_("Investigate and propose an outcome"), N_("Continue")),
    S.DECIDED: (N_("Tell the outcome"), N_("Tell")),
    S.NOTIFIED: (N_("Close the case"), N_("Close")),
}
APPROVAL = (N_("Approve the outcome of the case"), N_("Review"))


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the guards look at. The actor is involved who was on a team or decided about this client."""

    actor_on_team: bool = False
    actor_decided: bool = False
    actor_is_handler: bool = False
    handler_name: str = ""
    investigation_written: bool = False
    outcome_written: bool = False
    reason_given: bool = True


def was_not_on_team(facts: CaseFacts) -> Reason:
    """The actor never was on a team that audited this client (I-18)."""
    if facts.actor_on_team:
        return unmet("team", T_("You were on the team of an audit of this client"))
    return met("team", T_("You were on no team that audited this client"))


def did_not_decide(facts: CaseFacts) -> Reason:
    """The actor never decided about this client (I-18)."""
    if facts.actor_decided:
        return unmet("decided", T_("You took a decision about this client"))
    return met("decided", T_("You took no decision about this client"))


def is_handler(facts: CaseFacts) -> Reason:
    """The handler goes on with what the handler began."""
    if facts.actor_is_handler:
        return met("handler", T_("You handle this case"))
    return unmet("handler", T_("%(name)s handles this case", name=facts.handler_name or "–"))


def is_another(facts: CaseFacts) -> Reason:
    """The outcome is approved by somebody else than the handler (I-18)."""
    if facts.actor_is_handler:
        return unmet("another", T_("You handled this case; somebody else approves the outcome"))
    return met("another", T_("Somebody else than you handled this case"))


def outcome_ready(facts: CaseFacts) -> Reason:
    """There is an investigation and an outcome to approve."""
    if facts.investigation_written and facts.outcome_written:
        return met("outcome", T_("Investigation and outcome are written"))
    return unmet("outcome", T_("Investigation and proposed outcome are not written yet"))


def has_reason(facts: CaseFacts) -> Reason:
    """Whoever refuses says why."""
    if facts.reason_given:
        return met("reason", T_("A reason is given"))
    return unmet("reason", T_("A reason has to be given"))


P = Permission
CASE: Lifecycle[CaseState, CaseFacts] = Lifecycle(
    "case",
    (
        step(
            "acknowledge", S.RECEIVED, S.ACKNOWLEDGED, P.APPEAL_HANDLE,
            N_("Acknowledge the case"), was_not_on_team, did_not_decide,
            effect=N_("You handle it from then on. The sender is told so, and by when to expect the outcome."),
        ),
        step(
            "validate", S.ACKNOWLEDGED, S.VALIDATED, P.APPEAL_HANDLE,
            N_("Admit the case"), was_not_on_team, did_not_decide, is_handler,
            effect=N_("A provider complained about can see the complaint from then on, never who sent it."),
        ),
        step(
            "reject", S.ACKNOWLEDGED, S.REJECTED, P.APPEAL_HANDLE,
            N_("Do not admit the case"), was_not_on_team, did_not_decide, is_handler, has_reason,
            effect=N_("The sender is told the reason. This is final."),
        ),
        step(
            "investigate", S.VALIDATED, S.INVESTIGATING, P.APPEAL_HANDLE,
            N_("Begin the investigation"), was_not_on_team, did_not_decide, is_handler,
            effect=N_("The sender is told that the investigation has begun."),
        ),
        step(
            "record", S.INVESTIGATING, None, P.APPEAL_HANDLE,
            N_("Record investigation and outcome"), was_not_on_team, did_not_decide, is_handler,
            effect=N_("Somebody else who was not involved approves the outcome you propose."),
        ),
        step(
            "approve", S.INVESTIGATING, S.DECIDED, P.APPEAL_APPROVE,
            N_("Approve the outcome"), outcome_ready, is_another, was_not_on_team, did_not_decide,
            effect=N_("The handler then tells the sender."),
        ),
        step(
            "send_back", S.INVESTIGATING, None, P.APPEAL_APPROVE,
            N_("Send the outcome back"), outcome_ready, is_another, was_not_on_team, did_not_decide,
            has_reason,
            effect=N_("The handler writes another outcome; the one sent back stays on record."),
        ),
        step(
            "notify", S.DECIDED, S.NOTIFIED, P.APPEAL_HANDLE,
            N_("Tell the outcome"), is_handler,
            effect=N_("The sender can read the outcome and gets a message, where there is an address."),
        ),
        step(
            "close", S.NOTIFIED, S.CLOSED, P.APPEAL_HANDLE, N_("Close the case"), is_handler,
            effect=N_("The case is put away with everything in it."),
        ),
    ),
)  # fmt: skip
