"""What must hold before a finding goes on: the facts, and one guard for each condition. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from core.lifecycle import Reason
from core.words import NT_, T_, Text


class FindingGrade(StrEnum):
    """How grave a finding is (I-09)."""

    STRENGTH = "strength"
    OPPORTUNITY = "opportunity"
    MINOR = "minor"
    MAJOR = "major"


class FindingState(StrEnum):
    """Where a finding stands. Strengths and opportunities go from draft to closed when they are raised."""

    DRAFT = "draft"
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    RESPONSE_SUBMITTED = "response_submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified"
    CLOSED = "closed"
    VOID = "void"


class DisputeOutcome(StrEnum):
    """How somebody outside the team settled a dispute."""

    UPHELD = "upheld"
    REGRADED = "regraded"
    VOID = "void"


class ExtensionState(StrEnum):
    """Where a request for more time stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class Deadline(StrEnum):
    """Which deadline of a finding is meant."""

    RESPONSE = "response"
    IMPLEMENTATION = "implementation"


S = FindingState
NEEDS_RESPONSE = (FindingGrade.MINOR, FindingGrade.MAJOR)
BEFORE_RESPONSE = (S.RAISED, S.ACKNOWLEDGED, S.RETURNED)
AWAITED = (*BEFORE_RESPONSE, S.ACCEPTED)  # the client has to act; only then a deadline can pass
WITHOUT_PLAN = (S.DRAFT, *BEFORE_RESPONSE, S.DISPUTED, S.RESPONSE_SUBMITTED)
OPEN = (*WITHOUT_PLAN[1:], S.ACCEPTED, S.IMPLEMENTED, S.VERIFIED)
RAISED_ONES = (*OPEN, S.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFacts:
    """What the guards look at; ``queries.case`` fills it for an actor.

    The response is the present round; actions are its actions. ``judging``: the actor assesses a
    later audit of the engagement. ``reason_given`` is true for a page, which asks for the words.
    """

    grade: FindingGrade
    on_team: bool = False
    leads: bool = False
    was_on_team: bool = False
    fieldwork_running: bool = False
    criterion_chosen: bool = False
    stated: bool = False
    shown: bool = False
    settled_before: bool = False
    new_grade: FindingGrade | None = None
    correction: bool = False
    cause: bool = False
    actions: int = 0
    actions_late: int = 0
    actions_unevidenced: int = 0
    actions_unverified: int = 0
    submitted_by_actor: bool = False
    owns_action: bool = False
    verified: bool = False
    extension_open: bool = False
    extension_by_actor: bool = False
    judging: bool = False
    judged: bool = False
    overdue: bool = False
    escalated: bool = False
    reason_given: bool = True


Guard = Callable[[FindingFacts], Reason]


def _whether(code: str, fact: Callable[[FindingFacts], bool], yes: Text, no: Text) -> Guard:
    def guard(facts: FindingFacts) -> Reason:
        met = fact(facts)
        return Reason(code, met, yes if met else no)

    return guard


def _none_left(code: str, count: Callable[[FindingFacts], int], none: Text, some: Text) -> Guard:
    def guard(facts: FindingFacts) -> Reason:
        n = count(facts)
        return Reason(code, not n, replace(some, values={"n": n}, count=n) if n else none)

    return guard


on_team = _whether(
    "on_team", lambda f: f.on_team,
    T_("You are on the team of this audit"), T_("Only members of this audit's team can do this"),
)  # fmt: skip
leads = _whether(
    "leads", lambda f: f.leads, T_("You lead this audit"), T_("Only the team leader can do this")
)
outside_team = _whether(
    "outside_team", lambda f: not f.was_on_team,
    T_("You were not on the team of this audit"),
    T_("Somebody who was not on the team of this audit has to do this"),
)  # fmt: skip
fieldwork_running = _whether(
    "fieldwork", lambda f: f.fieldwork_running,
    T_("The fieldwork is running"), T_("Findings are raised while the fieldwork is running"),
)  # fmt: skip
criterion_chosen = _whether(
    "criterion", lambda f: f.criterion_chosen,
    T_("The criterion stands on the checklist"), T_("The criterion is not on the checklist"),
)  # fmt: skip
stated = _whether(
    "statement", lambda f: f.stated,
    T_("The statement is written"), T_("The statement is not written"),
)  # fmt: skip
shown = _whether(
    "evidence", lambda f: f.shown,
    T_("The evidence is described"), T_("The evidence is not described"),
)  # fmt: skip
needs_response = _whether(
    "needs_response", lambda f: f.grade in NEEDS_RESPONSE,
    T_("The client has to respond to this grade"), T_("This grade needs no response"),
)  # fmt: skip
needs_none = _whether(
    "needs_none", lambda f: f.grade not in NEEDS_RESPONSE,
    T_("This grade needs no response"), T_("The client has to respond to this grade"),
)  # fmt: skip
not_settled = _whether(
    "not_settled", lambda f: not f.settled_before,
    T_("This finding was not disputed before"),
    T_("The dispute about this finding is settled; appeal against the decision instead"),
)  # fmt: skip
other_grade = _whether(
    "other_grade", lambda f: f.new_grade in NEEDS_RESPONSE and f.new_grade is not f.grade,
    T_("The new grade differs"), T_("Choose another grade than the present one"),
)  # fmt: skip
corrected = _whether(
    "correction", lambda f: f.correction,
    T_("The correction is described"), T_("The correction is not described"),
)  # fmt: skip
cause_found = _whether(
    "cause", lambda f: f.cause, T_("The cause is named"), T_("The cause is not named")
)
action_planned = _whether(
    "actions", lambda f: f.actions > 0,
    T_("Corrective actions are planned"), T_("No corrective action is planned"),
)  # fmt: skip
actions_in_time = _none_left(
    "in_time", lambda f: f.actions_late,
    T_("Every action ends before the implementation is due"),
    NT_(
        "%(n)s action ends after the implementation is due",
        "%(n)s actions end after the implementation is due", 0,
    ),
)  # fmt: skip
not_own_response = _whether(
    "not_own_response", lambda f: not f.submitted_by_actor,
    T_("Somebody else submitted the response"),
    T_("Who submitted a response does not review it"),
)  # fmt: skip
all_evidenced = _none_left(
    "evidenced", lambda f: f.actions_unevidenced,
    T_("Evidence is handed in for every action"),
    NT_("%(n)s action has no evidence yet", "%(n)s actions have no evidence yet", 0),
)  # fmt: skip
all_verified = _none_left(
    "actions_verified", lambda f: f.actions_unverified,
    T_("Every action is verified"),
    NT_("%(n)s action is not verified", "%(n)s actions are not verified", 0),
)  # fmt: skip
owns_none = _whether(
    "owns_none", lambda f: not f.owns_action,
    T_("You own none of the actions"), T_("The owner of an action does not verify the finding"),
)  # fmt: skip
was_verified = _whether(
    "verified", lambda f: f.verified,
    T_("The finding is verified"), T_("The finding is not verified"),
)  # fmt: skip
no_request = _whether(
    "no_request", lambda f: not f.extension_open,
    T_("No request for more time is open"), T_("A request for more time is open already"),
)  # fmt: skip
request_open = _whether(
    "request", lambda f: f.extension_open,
    T_("A request for more time is open"), T_("No request for more time is open"),
)  # fmt: skip
not_asker = _whether(
    "not_asker", lambda f: not f.extension_by_actor,
    T_("Somebody else asked for more time"), T_("Who asked for more time does not decide on it"),
)  # fmt: skip
at_later_audit = _whether(
    "later_audit", lambda f: f.judging,
    T_("You assess a later audit of this engagement"),
    T_("Effectiveness is judged by the team of a later audit, during its fieldwork"),
)  # fmt: skip
not_judged = _whether(
    "not_judged", lambda f: not f.judged,
    T_("The effectiveness has not been judged"), T_("The effectiveness has been judged"),
)  # fmt: skip
is_minor = _whether(
    "minor",
    lambda f: f.grade is FindingGrade.MINOR,
    T_("The finding is minor"),
    T_("The finding is not minor"),
)
is_major = _whether(
    "major",
    lambda f: f.grade is FindingGrade.MAJOR,
    T_("The finding is major"),
    T_("The finding is not major"),
)
is_overdue = _whether(
    "overdue", lambda f: f.overdue, T_("A deadline has passed"), T_("No deadline has passed")
)
not_escalated = _whether(
    "not_escalated", lambda f: not f.escalated,
    T_("It has not been escalated"), T_("It has been escalated"),
)  # fmt: skip
because = _whether(
    "reason", lambda f: f.reason_given, T_("The reason is kept with this step"), T_("Say why")
)
noted = _whether(
    "note", lambda f: f.reason_given,
    T_("How it was verified is kept with this step"), T_("Say how it was verified"),
)  # fmt: skip
