"""The life of a finding: every step, its conditions, its deadlines, and how it is shown. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from audit.casefile import rules as needs
from audit.casefile.rules import (
    AWAITED,
    BEFORE_RESPONSE,
    NEEDS_RESPONSE,
    OPEN,
    Deadline,
    DisputeOutcome,
    ExtensionState,
    FindingFacts,
    FindingGrade,
    FindingState,
)
from checklists.schemes.rules import SchemeRules
from core.lifecycle import Lifecycle, step
from core.permissions import Permission
from core.words import N_, Badge, Saying

__all__ = [
    "BADGES",
    "FINDING",
    "GRADE_BADGES",
    "NEEDS_RESPONSE",
    "SAYINGS",
    "Deadline",
    "DisputeOutcome",
    "ExtensionState",
    "FindingFacts",
    "FindingGrade",
    "FindingState",
    "applies",
    "deadline_of",
    "deadlines",
    "due_now",
    "moved",
    "way",
]


S = FindingState
G = FindingGrade
P = Permission

FINDING: Lifecycle[FindingState, FindingFacts] = Lifecycle(
    "finding",
    (
        step(
            "raise", S.DRAFT, S.RAISED, P.FINDING_RAISE, N_("Raise the finding"),
            needs.on_team, needs.fieldwork_running, needs.needs_response, needs.criterion_chosen,
            needs.stated, needs.shown,
            effect=N_("The client sees it from then on; the deadlines of its grade begin."),
        ),
        step(
            "record", S.DRAFT, S.CLOSED, P.FINDING_RAISE, N_("Record the finding"),
            needs.on_team, needs.fieldwork_running, needs.needs_none, needs.criterion_chosen,
            needs.stated, needs.shown,
            effect=N_("The client sees it from then on. It needs no response."),
        ),
        step(
            "edit", S.DRAFT, None, P.FINDING_RAISE, N_("Change the draft"),
            needs.on_team, needs.fieldwork_running,
        ),
        step(
            "void", S.DRAFT, S.VOID, P.FINDING_RAISE, N_("Void the draft"), needs.on_team, needs.because,
            effect=N_("The draft stays on record with the reason."),
        ),
        step(
            "acknowledge", S.RAISED, S.ACKNOWLEDGED, P.FINDING_RESPOND, N_("Acknowledge the finding"),
            effect=N_("You confirm that you received it. The response follows."),
        ),
        step(
            "submit", (S.ACKNOWLEDGED, S.RETURNED), S.RESPONSE_SUBMITTED, P.FINDING_RESPOND,
            N_("Submit the response"), needs.corrected, needs.cause_found, needs.action_planned, needs.actions_in_time,
            effect=N_("The auditors accept it or return it with a reason."),
        ),
        step(
            "respond", (S.ACKNOWLEDGED, S.RETURNED), None, P.FINDING_RESPOND, N_("Write the response")
        ),
        step(
            "dispute", (S.RAISED, S.ACKNOWLEDGED), S.DISPUTED, P.FINDING_RESPOND,
            N_("Dispute the finding"), needs.not_settled, needs.because,
            effect=N_("Somebody outside the audit team settles it. Meanwhile the deadlines stand still."),
        ),
        step(
            "uphold", S.DISPUTED, S.ACKNOWLEDGED, P.FINDING_SETTLE, N_("Uphold the finding"),
            needs.outside_team, needs.because,
            effect=N_("The finding stands; its deadlines move by the days the dispute took."),
        ),
        step(
            "regrade", S.DISPUTED, S.ACKNOWLEDGED, P.FINDING_SETTLE, N_("Give another grade"),
            needs.outside_team, needs.because, needs.other_grade,
            effect=N_("The deadlines of the new grade begin today."),
        ),
        step(
            "lower", S.DISPUTED, S.CLOSED, P.FINDING_SETTLE, N_("Keep it as an opportunity"),
            needs.outside_team, needs.because, effect=N_("It needs no response any more."),
        ),
        step(
            "annul", S.DISPUTED, S.VOID, P.FINDING_SETTLE, N_("Void the finding"),
            needs.outside_team, needs.because, effect=N_("The finding does not stand. It stays on record."),
        ),
        step(
            "accept", S.RESPONSE_SUBMITTED, S.ACCEPTED, P.FINDING_VERIFY, N_("Accept the response"),
            needs.on_team, needs.not_own_response,
            effect=N_("Its actions are approved; the client carries them out."),
        ),
        step(
            "return", S.RESPONSE_SUBMITTED, S.RETURNED, P.FINDING_VERIFY, N_("Return the response"),
            needs.on_team, needs.not_own_response, needs.because,
            effect=N_("A new round begins; the deadline moves by the days you had the response."),
        ),
        step(
            "implement", S.ACCEPTED, S.IMPLEMENTED, P.FINDING_RESPOND,
            N_("Report the finding as implemented"), needs.all_evidenced,
            effect=N_("The auditors verify every action."),
        ),
        step("reopen", S.IMPLEMENTED, S.ACCEPTED, P.FINDING_VERIFY, N_("Reopen the actions"), needs.on_team),
        step(
            "verify", S.IMPLEMENTED, S.VERIFIED, P.FINDING_VERIFY, N_("Verify the finding"),
            needs.on_team, needs.owns_none, needs.all_verified, needs.noted,
            effect=N_("Correction and actions are in place."),
        ),
        step(
            "close", S.VERIFIED, S.CLOSED, P.FINDING_VERIFY, N_("Close the finding"),
            needs.on_team, needs.was_verified,
            effect=N_("Whether the actions last is judged at the next audit."),
        ),
        step(
            "find_effective", S.CLOSED, None, P.FINDING_VERIFY, N_("The actions are effective"),
            needs.needs_response, needs.at_later_audit, needs.not_judged,
            effect=N_("Seen at a later audit: it has not come back."),
        ),
        step(
            "find_ineffective", S.CLOSED, None, P.FINDING_VERIFY, N_("The actions are not effective"),
            needs.needs_response, needs.at_later_audit, needs.not_judged, needs.because,
            effect=N_("A new finding is drafted in the later audit; it names this one."),
        ),
        step(
            "approve_extension", OPEN, None, P.FINDING_VERIFY, N_("Approve the later date"),
            needs.request_open, needs.leads, needs.not_asker,
        ),
        step(
            "refuse_extension", OPEN, None, P.FINDING_VERIFY, N_("Refuse the later date"),
            needs.request_open, needs.leads, needs.not_asker, needs.because,
        ),
        step(
            "ask_extension", AWAITED, None, P.FINDING_EXTEND, N_("Ask for more time"),
            needs.no_request, needs.because,
            effect=N_("The team leader decides. Until then the deadline stays."),
        ),
        step("upgrade", AWAITED, None, None, N_("Becomes major"), needs.is_minor, needs.is_overdue),
        step(
            "escalate", AWAITED, None, None, N_("Is escalated"),
            needs.is_major, needs.is_overdue, needs.not_escalated,
        ),
    ),
)  # fmt: skip

SETTLING = {
    DisputeOutcome.UPHELD: "uphold",
    DisputeOutcome.REGRADED: "regrade",
    DisputeOutcome.VOID: "annul",
}


def applies(action: str, facts: FindingFacts) -> bool:
    """Say whether a step concerns a finding as it is at all, so that a page need not show it."""
    responds = facts.grade in NEEDS_RESPONSE
    return {
        "raise": responds,
        "record": not responds,
        "dispute": not facts.settled_before,
        "ask_extension": not facts.extension_open,
        "approve_extension": facts.extension_open,
        "refuse_extension": facts.extension_open,
        "find_effective": responds and facts.judging and not facts.judged,
        "find_ineffective": responds and facts.judging and not facts.judged,
    }.get(action, action != "reopen")


# -- deadlines (I-11) --------------------------------------------------------------------------


def due_now(
    state: FindingState, acknowledge: date | None, response: date | None, implement: date | None
) -> date | None:
    """Give the day until which the client has to act next; None where others have to."""
    if state is S.RAISED:
        return acknowledge
    if state in BEFORE_RESPONSE:
        return response
    return implement if state is S.ACCEPTED else None


def deadline_of(state: FindingState) -> Deadline | None:
    """Say which deadline's passing has consequences in a state."""
    if state in BEFORE_RESPONSE:
        return Deadline.RESPONSE
    return Deadline.IMPLEMENTATION if state is S.ACCEPTED else None


def deadlines(scheme: SchemeRules, grade: FindingGrade, day: date) -> dict[str, date | None]:
    """Give the columns of the three deadlines of a grade, counted from a day by the scheme."""
    days = scheme.deadlines_of(grade)
    return {
        f"{name}_due_on": day + timedelta(getattr(days, name)) if days else None
        for name in ("acknowledge", "response", "implementation")
    }


def moved(due: date | None, since: date, until: date) -> date | None:
    """Move a deadline by the days others had the matter."""
    return due + max(until - since, timedelta(0)) if due else None


def way(
    state: FindingState, dates: Sequence[date | datetime | None]
) -> list[tuple[str, str, date | datetime | None]]:
    """Describe the state line: label, done, now or todo, and when; ``dates`` in the order of ``WAY``."""
    here = next((n for n, (_label, states) in enumerate(WAY) if state in states), -1)
    stations = []
    for number, ((label, _states), at) in enumerate(zip(WAY, dates, strict=True)):
        status = "done" if number <= here else "todo"
        if number == here and state is not S.CLOSED:
            status = "now"
        stations.append((label, status, at if status != "todo" else None))
    return stations


# -- how it is shown ---------------------------------------------------------------------------

BADGES: dict[FindingState, Badge] = {
    S.DRAFT: Badge("", "draft", N_("Draft")),
    S.RAISED: Badge("warn", "alert", N_("Raised")),
    S.ACKNOWLEDGED: Badge("go", "wait", N_("Awaits the response")),
    S.DISPUTED: Badge("hold", "talk", N_("Disputed")),
    S.RESPONSE_SUBMITTED: Badge("go", "wait", N_("Response submitted")),
    S.RETURNED: Badge("warn", "back", N_("Response returned")),
    S.ACCEPTED: Badge("go", "going", N_("Response accepted")),
    S.IMPLEMENTED: Badge("go", "wait", N_("Implemented")),
    S.VERIFIED: Badge("good", "check", N_("Verified")),
    S.CLOSED: Badge("good", "check", N_("Closed")),
    S.VOID: Badge("", "over", N_("Void")),
}
GRADE_BADGES: dict[FindingGrade, Badge] = {
    G.MAJOR: Badge("bad", "major", N_("Major nonconformity")),
    G.MINOR: Badge("warn", "minor", N_("Minor nonconformity")),
    G.OPPORTUNITY: Badge("go", "bulb", N_("Opportunity for improvement")),
    G.STRENGTH: Badge("good", "star", N_("Strength")),
}
OVERDUE = Badge("bad", "alert", N_("Overdue"))
ESCALATED = Badge("bad", "up", N_("Escalated"))
UPGRADED = Badge("bad", "up", N_("Became major: overdue"))
EXTENSION_BADGES: dict[ExtensionState, Badge] = {
    ExtensionState.ASKED: Badge("go", "wait", N_("Asked")),
    ExtensionState.APPROVED: Badge("good", "check", N_("Approved")),
    ExtensionState.REFUSED: Badge("bad", "cross", N_("Refused")),
}
OUTCOME_BADGES: dict[DisputeOutcome, Badge] = {
    DisputeOutcome.UPHELD: Badge("", "check", N_("Finding upheld")),
    DisputeOutcome.REGRADED: Badge("go", "pen", N_("Regraded")),
    DisputeOutcome.VOID: Badge("", "over", N_("Void")),
}
DEADLINE_NAMES: dict[Deadline, str] = {
    Deadline.RESPONSE: N_("Client's response"),
    Deadline.IMPLEMENTATION: N_("Implementation"),
}
WAY: tuple[tuple[str, tuple[FindingState, ...]], ...] = (
    (N_("Raised"), (S.RAISED, S.DISPUTED)),
    (N_("Client's response"), (S.ACKNOWLEDGED, S.RETURNED)),
    (N_("Review"), (S.RESPONSE_SUBMITTED,)),
    (N_("Implementation"), (S.ACCEPTED,)),
    (N_("Verification"), (S.IMPLEMENTED, S.VERIFIED)),
    (N_("Closed"), (S.CLOSED,)),
)

SAYINGS: dict[str, Saying] = {
    "finding:drafted": Saying(N_("%(actor)s drafted the finding %(label)s")),
    "finding:edited": Saying(N_("%(actor)s changed the draft of %(label)s")),
    "finding:raised": Saying(N_("%(actor)s raised the finding %(label)s"), key=True),
    "finding:recorded": Saying(N_("%(actor)s recorded the finding %(label)s"), key=True),
    "finding:voided": Saying(N_("%(actor)s voided the draft of %(label)s"), key=True),
    "finding:acknowledged": Saying(N_("%(actor)s acknowledged %(label)s"), key=True),
    "finding:disputed": Saying(N_("%(actor)s disputed %(label)s"), key=True),
    "finding:upheld": Saying(N_("%(actor)s upheld %(label)s"), key=True),
    "finding:regraded": Saying(N_("%(actor)s gave %(label)s another grade"), key=True),
    "finding:annulled": Saying(N_("%(actor)s voided %(label)s after the dispute"), key=True),
    "finding:response_drafted": Saying(N_("%(actor)s saved a draft of the response to %(label)s")),
    "finding:response_submitted": Saying(
        N_("%(actor)s submitted the response to %(label)s"), key=True
    ),
    "finding:response_accepted": Saying(
        N_("%(actor)s accepted the response to %(label)s"), key=True
    ),
    "finding:response_returned": Saying(
        N_("%(actor)s returned the response to %(label)s"), key=True
    ),
    "finding:implemented": Saying(N_("%(actor)s reported %(label)s as implemented"), key=True),
    "finding:verified": Saying(N_("%(actor)s verified %(label)s"), key=True),
    "finding:closed": Saying(N_("%(actor)s closed %(label)s"), key=True),
    "finding:found_effective": Saying(
        N_("%(actor)s found the actions of %(label)s effective"), key=True
    ),
    "finding:found_ineffective": Saying(
        N_("%(actor)s found the actions of %(label)s not effective"), key=True
    ),
    "finding:extension_asked": Saying(N_("%(actor)s asked for more time for %(label)s")),
    "finding:extension_approved": Saying(N_("%(actor)s gave more time for %(label)s")),
    "finding:extension_refused": Saying(N_("%(actor)s refused more time for %(label)s")),
    "finding:upgraded": Saying(N_("%(label)s became major: it was overdue"), key=True),
    "finding:escalated": Saying(N_("%(label)s was escalated: it is overdue"), key=True),
}
