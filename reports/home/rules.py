"""Which state of a thing waits for whom, and in which band of the home page it stands. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from audit.planning.rules import AuditState
from certification.applications.rules import ApplicationState
from checklists.schemes.rules import SchemeState
from checklists.standards.rules import StandardState
from core.permissions import Permission
from core.words import N_


class Band(StrEnum):
    """The parts of the home page, in order."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


BAND_NAMES = {
    Band.LATE: N_("Overdue"),
    Band.TODAY: N_("Today"),
    Band.SOON: N_("This week and next"),
    Band.LATER: N_("Later, or without a date"),
}
SOON_DAYS = 14
PLANNING_DAYS = 90


@dataclass(frozen=True, slots=True)
class Task:
    """What a state asks of whom. ``leader`` narrows it to the team leader, ``team`` to the team."""

    permission: Permission
    title: str
    button: str
    endpoint: str
    leader: bool = False
    team: bool = False


P = Permission
A = AuditState
AUDIT_TASKS: dict[AuditState, Task] = {
    A.PLANNED: Task(P.AUDIT_PLAN, N_("Propose the team"), N_("Choose"), "workspace.show"),
    A.TEAM_PROPOSED: Task(
        P.AUDIT_ACCEPT, N_("Agree to the audit team"), N_("Look"), "workspace.show"
    ),
    A.TEAM_CONFIRMED: Task(
        P.AUDIT_ASSESS, N_("Issue the audit plan"), N_("Write"), "workspace.show", leader=True
    ),
    A.PLAN_ISSUED: Task(P.AUDIT_ACCEPT, N_("Accept the audit plan"), N_("Read"), "workspace.show"),
    A.PLAN_ACCEPTED: Task(
        P.AUDIT_ASSESS,
        N_("Hold the opening meeting and begin"),
        N_("Open"),
        "workspace.show",
        leader=True,
    ),
    A.IN_PROGRESS: Task(
        P.AUDIT_ASSESS, N_("Continue the fieldwork"), N_("Open"), "workspace.show", team=True
    ),
    A.FIELDWORK_DONE: Task(
        P.REPORT_WRITE, N_("Begin the audit report"), N_("Begin"), "workspace.show", leader=True
    ),
    A.REPORT_DRAFT: Task(
        P.REPORT_WRITE,
        N_("Finish and sign the audit report"),
        N_("Open"),
        "conclusion.show",
        leader=True,
    ),
    A.REPORT_ISSUED: Task(
        P.REPORT_WRITE, N_("Hand on the audit file"), N_("Open"), "workspace.show", leader=True
    ),
    A.UNDER_DECISION: Task(
        P.DECISION_TAKE, N_("Decide on the certification"), N_("Review"), "decisions.file"
    ),
    A.DECIDED: Task(P.AUDIT_PLAN, N_("Close the audit"), N_("Close"), "workspace.show"),
}
S = ApplicationState
APPLICATION_TASKS: dict[tuple[ApplicationState, bool], tuple[str, str]] = {
    (S.DRAFT, True): (N_("Finish and submit the application"), N_("Continue")),
    (S.INFORMATION_REQUESTED, True): (N_("Give the information asked for"), N_("Answer")),
    (S.ACCEPTED, True): (N_("Confirm the contract"), N_("Read")),
    (S.SUBMITTED, False): (N_("Take up the review of the application"), N_("Take up")),
    (S.IN_REVIEW, False): (N_("Review the application"), N_("Review")),
    (S.ACCEPTED, False): (N_("Confirm the contract for the body"), N_("Confirm")),
}
FINDING_TASKS: dict[str, tuple[str, str]] = {
    "draft": (N_("Finish and raise the finding"), N_("Open")),
    "review": (N_("Review the response to the finding"), N_("Review")),
    "verify": (N_("Verify the correction of the finding"), N_("Verify")),
    "close": (N_("Close the finding"), N_("Close")),
    "extension": (N_("Decide on the request for more time"), N_("Decide")),
    "settle": (N_("Settle the dispute about the finding"), N_("Settle")),
    "acknowledge": (N_("Acknowledge the finding"), N_("Read")),
    "respond": (N_("Respond to the finding"), N_("Respond")),
    "respond_again": (N_("Respond again to the finding"), N_("Respond")),
    "implement": (N_("Carry out the actions on the finding"), N_("Open")),
    "action": (N_("Carry out your corrective action"), N_("Report")),
}
STANDARD_TASKS: dict[StandardState, tuple[str, str]] = {
    StandardState.IN_REVIEW: (N_("Review the new version of a standard"), N_("Review")),
    StandardState.APPROVED: (N_("Publish the new version of a standard"), N_("Publish")),
}
SCHEME_TASKS: dict[SchemeState, tuple[Permission, str, str]] = {
    SchemeState.DRAFT: (
        P.SCHEME_EDIT,
        N_("Finish the scheme and send it for review"),
        N_("Continue"),
    ),
    SchemeState.IN_REVIEW: (P.SCHEME_REVIEW, N_("Review the scheme"), N_("Review")),
    SchemeState.APPROVED: (P.SCHEME_PUBLISH, N_("Publish the scheme"), N_("Open")),
}
WAITS_FOR: dict[AuditState, str] = {
    A.PLANNED: N_("the planner"),
    A.TEAM_PROPOSED: N_("the client"),
    A.TEAM_CONFIRMED: N_("the team leader"),
    A.PLAN_ISSUED: N_("the client"),
    A.PLAN_ACCEPTED: N_("the team leader"),
    A.IN_PROGRESS: N_("the team"),
    A.FIELDWORK_DONE: N_("the team leader"),
    A.REPORT_DRAFT: N_("the team leader"),
    A.REPORT_ISSUED: N_("the team leader"),
    A.UNDER_DECISION: N_("a decider"),
    A.DECIDED: N_("the planner"),
}


def band(due: date | None, today: date) -> Band:
    """Say in which part of the page a task stands."""
    if due is None:
        return Band.LATER
    if due < today:
        return Band.LATE
    if due == today:
        return Band.TODAY
    return Band.SOON if due <= today + timedelta(days=SOON_DAYS) else Band.LATER


def not_yet(state: AuditState, due: date | None, today: date) -> bool:
    """Say whether a planned audit lies too far ahead to be a task already."""
    far = due is None or due > today + timedelta(days=PLANNING_DAYS)
    return state is AuditState.PLANNED and far
