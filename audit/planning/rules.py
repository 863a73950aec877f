"""The life of an audit: every step from its planning to its closing, and how it is shown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from audit.conditions import rules as needs
from audit.conditions.rules import AuditFacts, AuditKind
from core.lifecycle import Lifecycle, step
from core.permissions import Permission
from core.words import N_, Badge, Saying

__all__ = [
    "AUDIT",
    "BADGES",
    "KIND_NAMES",
    "PHASES",
    "SAYINGS",
    "AuditFacts",
    "AuditKind",
    "AuditState",
    "ObjectionOutcome",
    "Phase",
    "ProgrammeState",
    "SiteChoice",
    "TeamRole",
    "applies",
    "past",
    "way",
]


class AuditState(StrEnum):
    """Where an audit stands."""

    PLANNED = "planned"
    TEAM_PROPOSED = "team_proposed"
    TEAM_CONFIRMED = "team_confirmed"
    PLAN_ISSUED = "plan_issued"
    PLAN_ACCEPTED = "plan_accepted"
    IN_PROGRESS = "in_progress"
    FIELDWORK_DONE = "fieldwork_done"
    REPORT_DRAFT = "report_draft"
    REPORT_ISSUED = "report_issued"
    UNDER_DECISION = "under_decision"
    DECIDED = "decided"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class ProgrammeState(StrEnum):
    """Whether a cycle is running."""

    OPEN = "open"
    CLOSED = "closed"


class TeamRole(StrEnum):
    """What somebody does on the team."""

    LEADER = "leader"
    AUDITOR = "auditor"
    EXPERT = "expert"
    OBSERVER = "observer"


class ObjectionOutcome(StrEnum):
    """How an objection of the client to a member was settled (I-06)."""

    KEPT = "kept"
    REPLACED = "replaced"


class SiteChoice(StrEnum):
    """Why a site is visited (I-04)."""

    CENTRAL = "central"
    NAMED = "named"
    RANDOM = "random"


S = AuditState
P = Permission
TEAM_OPEN = frozenset({S.PLANNED})
PLAN_OPEN = frozenset({S.PLANNED, S.TEAM_PROPOSED, S.TEAM_CONFIRMED})
BEFORE_START = PLAN_OPEN | {S.PLAN_ISSUED, S.PLAN_ACCEPTED}
BEFORE_FIELDWORK_DONE = BEFORE_START | {S.IN_PROGRESS}
WITH_REPORT = frozenset({S.REPORT_DRAFT, S.REPORT_ISSUED, S.UNDER_DECISION, S.DECIDED, S.CLOSED})
OVER = frozenset({S.CLOSED, S.CANCELLED})

_TEAM = (
    needs.one_leader,
    needs.all_competent,
    needs.areas_covered,
    needs.nobody_in_conflict,
    needs.everyone_declared,
)

AUDIT: Lifecycle[AuditState, AuditFacts] = Lifecycle(
    "audit",
    (
        step(
            "propose_team", S.PLANNED, S.TEAM_PROPOSED, P.AUDIT_PLAN, N_("Propose the team"), *_TEAM,
            effect=N_("The client sees the team and agrees, or objects to a member."),
        ),
        step(
            "confirm_team", S.TEAM_PROPOSED, S.TEAM_CONFIRMED, P.AUDIT_ACCEPT, N_("Agree to the team"),
            needs.no_objection,
            effect=N_("The team leader can then issue the plan."),
        ),
        step(
            "confirm_settled", S.TEAM_PROPOSED, S.TEAM_CONFIRMED, P.AUDIT_PLAN,
            N_("Confirm the team after the objection"),
            needs.objection_settled, needs.no_objection, *_TEAM,
            effect=N_("The objection was settled with a reason; the team stays as it is."),
        ),
        step(
            "reopen_team", BEFORE_START - TEAM_OPEN, S.PLANNED, P.AUDIT_PLAN, N_("Change the team"),
            needs.reason_given,
            effect=N_("The team is proposed anew, and the plan is issued and accepted anew."),
        ),
        step(
            "issue_plan", S.TEAM_CONFIRMED, S.PLAN_ISSUED, P.AUDIT_ASSESS, N_("Issue the plan"),
            needs.leader_acts, needs.dates_set, needs.objectives_set, needs.agenda_made,
            needs.checklist_chosen, *_TEAM,
            effect=N_("Keeps the plan as it stands under a new version and sends it to the client."),
        ),
        step(
            "accept_plan", S.PLAN_ISSUED, S.PLAN_ACCEPTED, P.AUDIT_ACCEPT, N_("Accept the plan"),
            effect=N_("The audit takes place as planned."),
        ),
        step(
            "return_plan", S.PLAN_ISSUED, S.TEAM_CONFIRMED, P.AUDIT_ACCEPT, N_("Return the plan"),
            needs.reason_given,
            effect=N_("The team leader changes the plan and issues it again."),
        ),
        step(
            "revise_plan", (S.PLAN_ISSUED, S.PLAN_ACCEPTED), S.TEAM_CONFIRMED, P.AUDIT_ASSESS,
            N_("Revise the plan"), needs.leader_acts, needs.reason_given,
            effect=N_("Opens the plan again; the client accepts the next version."),
        ),
        step(
            "start", S.PLAN_ACCEPTED, S.IN_PROGRESS, P.AUDIT_ASSESS, N_("Begin the fieldwork"),
            needs.leader_acts, needs.opening_held, needs.stage_1_is_behind, *_TEAM,
            effect=N_("Opens the checklist for answers and findings."),
        ),
        step(
            "end_fieldwork", S.IN_PROGRESS, S.FIELDWORK_DONE, P.AUDIT_ASSESS, N_("End the fieldwork"),
            needs.leader_acts, needs.all_answered, needs.exclusions_explained, needs.no_draft,
            needs.opening_held, needs.closing_held,
            effect=N_("Locks the answers and opens the way to the report."),
        ),
        step(
            "open_report", S.FIELDWORK_DONE, S.REPORT_DRAFT, P.REPORT_WRITE, N_("Write the report"),
            needs.leader_acts,
            effect=N_("Assembles the report from what the audit holds."),
        ),
        step(
            "issue_report", S.REPORT_DRAFT, S.REPORT_ISSUED, P.REPORT_WRITE, N_("Issue the report"),
            needs.leader_acts, needs.report_whole, needs.comments_closed, needs.comments_answered,
            needs.report_signed,
            effect=N_("The signed report goes to the client and never changes."),
        ),
        step(
            "conclude_stage_1", S.REPORT_ISSUED, S.CLOSED, P.AUDIT_ASSESS, N_("Conclude stage 1"),
            needs.leader_acts, needs.is_stage_1, needs.no_concern,
            effect=N_("Stage 2 can begin."),
        ),
        step(
            "settle_concerns", S.REPORT_ISSUED, S.CLOSED, P.AUDIT_ASSESS,
            N_("Conclude stage 1: its concerns are settled"),
            needs.leader_acts, needs.is_stage_1, needs.reason_given,
            effect=N_("Say how each concern was settled. Stage 2 can begin."),
        ),
        step(
            "send_to_decision", S.REPORT_ISSUED, S.UNDER_DECISION, P.REPORT_WRITE,
            N_("Send the file to decision"),
            needs.leader_acts, needs.is_decided_upon, needs.rated, needs.no_dispute,
            effect=N_("Somebody who was not on the team reviews the file and decides."),
        ),
        step(
            "pass_to_decision", S.REPORT_ISSUED, S.UNDER_DECISION, P.AUDIT_PLAN,
            N_("Send the file to decision for the leader"),
            needs.is_decided_upon, needs.rated, needs.no_dispute,
            effect=N_("Somebody who was not on the team reviews the file and decides."),
        ),
        step(
            "decide", S.UNDER_DECISION, S.DECIDED, P.DECISION_TAKE, N_("Decide"),
            needs.decision_taken,
            effect=N_("The decision and its reasons are kept and told to the client."),
        ),
        step(
            "close", S.DECIDED, S.CLOSED, P.AUDIT_PLAN, N_("Close the audit"), needs.decision_taken,
            effect=N_("Nothing in the audit changes any more, except what follows from its findings."),
        ),
        step(
            "postpone", BEFORE_FIELDWORK_DONE, S.POSTPONED, P.AUDIT_PLAN, N_("Postpone the audit"),
            needs.reason_given,
            effect=N_("Everything stays; taken up again, team and plan are agreed anew."),
        ),
        step(
            "resume", S.POSTPONED, S.PLANNED, P.AUDIT_PLAN, N_("Take the audit up again"),
            effect=N_("The audit is planned again, with the team it had."),
        ),
        step(
            "cancel", BEFORE_FIELDWORK_DONE | {S.POSTPONED}, S.CANCELLED, P.AUDIT_PLAN,
            N_("Cancel the audit"), needs.reason_given,
            effect=N_("The audit ends here. What it holds stays on record."),
        ),
    ),
)  # fmt: skip

_PAST = {
    "propose_team": "team_proposed",
    "confirm_team": "team_confirmed",
    "confirm_settled": "team_confirmed_after_objection",
    "reopen_team": "team_reopened",
    "issue_plan": "plan_issued",
    "accept_plan": "plan_accepted",
    "return_plan": "plan_returned",
    "revise_plan": "plan_reopened",
    "start": "started",
    "end_fieldwork": "fieldwork_ended",
    "open_report": "report_opened",
    "issue_report": "report_issued",
    "conclude_stage_1": "concluded",
    "settle_concerns": "concluded_with_concerns_settled",
    "send_to_decision": "sent_to_decision",
    "pass_to_decision": "passed_to_decision",
    "decide": "decided",
    "close": "closed",
    "postpone": "postponed",
    "resume": "resumed",
    "cancel": "cancelled",
}


def past(action: str) -> str:
    """Name the event that a step leaves."""
    return f"audit:{_PAST[action]}"


def applies(action: str, kind: AuditKind) -> bool:
    """Say whether a step concerns audits of a kind at all, so that a page need not show it."""
    if action in {"conclude_stage_1", "settle_concerns"}:
        return kind is AuditKind.STAGE_1
    if action in {"send_to_decision", "pass_to_decision"}:
        return kind is not AuditKind.STAGE_1
    return True


BADGES: dict[AuditState, Badge] = {
    S.PLANNED: Badge("", "draft", N_("Planned")),
    S.TEAM_PROPOSED: Badge("go", "wait", N_("Team proposed")),
    S.TEAM_CONFIRMED: Badge("go", "going", N_("Team confirmed")),
    S.PLAN_ISSUED: Badge("go", "wait", N_("Plan issued")),
    S.PLAN_ACCEPTED: Badge("good", "check", N_("Plan accepted")),
    S.IN_PROGRESS: Badge("go", "going", N_("In progress")),
    S.FIELDWORK_DONE: Badge("go", "going", N_("Fieldwork done")),
    S.REPORT_DRAFT: Badge("go", "draft", N_("Report in draft")),
    S.REPORT_ISSUED: Badge("go", "wait", N_("Report issued")),
    S.UNDER_DECISION: Badge("go", "wait", N_("Under decision")),
    S.DECIDED: Badge("good", "check", N_("Decided")),
    S.CLOSED: Badge("good", "check", N_("Closed")),
    S.POSTPONED: Badge("hold", "pause", N_("Postponed")),
    S.CANCELLED: Badge("", "over", N_("Audit cancelled")),
}

KIND_NAMES: dict[AuditKind, str] = {
    AuditKind.STAGE_1: N_("Stage 1 audit"),
    AuditKind.STAGE_2: N_("Stage 2 audit"),
    AuditKind.SURVEILLANCE: N_("Surveillance audit"),
    AuditKind.RECERTIFICATION: N_("Recertification audit"),
    AuditKind.SPECIAL: N_("Special audit"),
}

ROLE_NAMES: dict[TeamRole, str] = {
    TeamRole.LEADER: N_("Team leader"),
    TeamRole.AUDITOR: N_("Auditor"),
    TeamRole.EXPERT: N_("Technical expert"),
    TeamRole.OBSERVER: N_("Observer"),
}

DUTIES: dict[TeamRole, str] = {
    TeamRole.LEADER: N_("Leads the audit, assesses, signs the report"),
    TeamRole.AUDITOR: N_("Assesses the criteria and raises findings"),
    TeamRole.EXPERT: N_("Assesses technical questions with the auditors"),
    TeamRole.OBSERVER: N_("Observes and does not assess"),
}

CHOICE_NAMES: dict[SiteChoice, str] = {
    SiteChoice.CENTRAL: N_("Central function"),
    SiteChoice.NAMED: N_("Named by the planner"),
    SiteChoice.RANDOM: N_("Drawn at random"),
}


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of the state line: the states in it, and the column of ``Audit`` that dates it."""

    code: str
    label: str
    states: frozenset[AuditState]
    dated_by: str


PHASES: tuple[Phase, ...] = (
    Phase("planned", N_("Planned"), frozenset({S.PLANNED, S.TEAM_PROPOSED}), "created_at"),
    Phase("team", N_("Team confirmed"), frozenset({S.TEAM_CONFIRMED, S.PLAN_ISSUED}), "team_confirmed_at"),
    Phase("plan", N_("Plan accepted"), frozenset({S.PLAN_ACCEPTED}), "plan_accepted_at"),
    Phase("fieldwork", N_("Fieldwork"), frozenset({S.IN_PROGRESS}), "fieldwork_started_at"),
    Phase(
        "report", N_("Report"), frozenset({S.FIELDWORK_DONE, S.REPORT_DRAFT, S.REPORT_ISSUED}),
        "fieldwork_ended_at",
    ),
    Phase("decision", N_("Decision"), frozenset({S.UNDER_DECISION, S.DECIDED}), ""),
    Phase("closed", N_("Closed"), frozenset({S.CLOSED}), "closed_at"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Station:
    """A phase as the state line shows it; ``status`` is done, now or todo."""

    label: str
    status: str
    at: date | None


def way(kind: AuditKind, state: AuditState, dates: Mapping[str, date | None]) -> list[Station]:
    """Describe the state line; ``dates`` by column name. A stage 1 has no decision.

    A postponed or cancelled audit shows what was reached and no present phase.
    """
    phases = [one for one in PHASES if one.code != "decision" or kind is not AuditKind.STAGE_1]
    here = next((n for n, one in enumerate(phases) if state in one.states), None)
    if here is None:
        reached = [(one.label, dates.get(one.dated_by)) for one in phases]
        return [Station(label, "done" if at else "todo", at) for label, at in reached]
    return [
        Station(
            one.label,
            "now" if n == here and state not in OVER else "done" if n <= here else "todo",
            dates.get(one.dated_by) if n <= here else None,
        )
        for n, one in enumerate(phases)
    ]


SAYINGS: dict[str, Saying] = {
    "engagement:opened": Saying(N_("%(actor)s opened the engagement %(label)s"), key=True),
    "programme:started": Saying(N_("The cycle of %(label)s began with the decision"), key=True),
    "programme:renewed": Saying(N_("The next cycle of %(label)s began"), key=True),
    "audit:planned": Saying(N_("%(actor)s planned the audit %(label)s"), key=True),
    "audit:plan_changed": Saying(N_("%(actor)s changed the plan")),
    "audit:sites_chosen": Saying(N_("%(actor)s chose the sites to visit")),
    "agenda_item:added": Saying(N_("%(actor)s added “%(label)s” to the agenda")),
    "agenda_item:changed": Saying(N_("%(actor)s changed “%(label)s” on the agenda")),
    "agenda_item:removed": Saying(N_("%(actor)s took “%(label)s” from the agenda")),
    "audit:team_proposed": Saying(N_("%(actor)s proposed the team"), key=True),
    "audit:team_confirmed": Saying(N_("%(actor)s agreed to the team"), key=True),
    "audit:team_confirmed_after_objection": Saying(
        N_("%(actor)s confirmed the team after the objection"), key=True
    ),
    "audit:team_reopened": Saying(N_("%(actor)s opened the team again"), key=True),
    "audit:plan_issued": Saying(N_("%(actor)s issued the plan"), key=True),
    "audit:plan_accepted": Saying(N_("%(actor)s accepted the plan"), key=True),
    "audit:plan_returned": Saying(N_("%(actor)s returned the plan"), key=True),
    "audit:plan_reopened": Saying(N_("%(actor)s opened the plan again"), key=True),
    "audit:started": Saying(N_("%(actor)s began the fieldwork"), key=True),
    "audit:fieldwork_ended": Saying(N_("%(actor)s ended the fieldwork"), key=True),
    "audit:report_opened": Saying(N_("%(actor)s began the report"), key=True),
    "audit:report_issued": Saying(N_("%(actor)s issued the report"), key=True),
    "audit:concluded": Saying(N_("%(actor)s concluded stage 1"), key=True),
    "audit:concluded_with_concerns_settled": Saying(
        N_("%(actor)s concluded stage 1; its concerns are settled"), key=True
    ),
    "audit:sent_to_decision": Saying(N_("%(actor)s sent the file to decision"), key=True),
    "audit:passed_to_decision": Saying(
        N_("%(actor)s sent the file to decision for the leader"), key=True
    ),
    "audit:decided": Saying(N_("%(actor)s decided on %(label)s"), key=True),
    "audit:closed": Saying(N_("%(actor)s closed the audit"), key=True),
    "audit:postponed": Saying(N_("%(actor)s postponed the audit"), key=True),
    "audit:resumed": Saying(N_("%(actor)s took the audit up again"), key=True),
    "audit:cancelled": Saying(N_("%(actor)s cancelled the audit"), key=True),
}
