"""Which events are told to whom, in which words. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.words import N_, Badge


class DeliveryState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class To(StrEnum):
    """Somebody with a part in the thing an event is about."""

    MANAGERS = "managers"  # of the client
    PLANNERS = "planners"
    DECIDERS = "deciders"
    OFFICERS = "officers"
    ADMINISTRATORS = "administrators"  # of the body
    LEADER = "leader"
    TEAM = "team"
    REVIEWER = "reviewer"
    HANDLER = "handler"
    SENDER = "sender"  # of an appeal or complaint


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told, what, and where it leads: ``%(label)s`` is the thing, ``%(actor)s`` who acted."""

    to: tuple[To, ...]
    subject: str
    body: str
    endpoint: str


BADGES = {
    DeliveryState.WAITING: Badge("go", "wait", N_("Waiting")),
    DeliveryState.SENT: Badge("good", "check", N_("Sent")),
    DeliveryState.FAILED: Badge("bad", "cross", N_("Could not be sent")),
}
MOST_ATTEMPTS = 8
TOLD_WITHIN = timedelta(days=14)  # what lies longer behind is history, not news
_APPLICATION, _AUDIT, _REPORT = "applications.show", "workspace.show", "conclusion.show"
_FINDING, _CERTIFICATE, _CASE = "findings.show", "certificates.show", "appeals.show"
_SCHEME = "schemes.show"
FOLLOW = "appeals.follow"

# fmt: off
AUDIENCES: dict[str, Audience] = {
    "application:submitted": Audience((To.PLANNERS,),
        N_("Application %(label)s was submitted"),
        N_("%(actor)s submitted an application. It waits for somebody to take up the review."), _APPLICATION),
    "application:information_requested": Audience((To.MANAGERS,),
        N_("A question about your application %(label)s"),
        N_("The review goes on as soon as you have given the information asked for."), _APPLICATION),
    "application:information_given": Audience((To.REVIEWER,),
        N_("The information on %(label)s is there"),
        N_("%(actor)s gave the information asked for; the review can go on."), _APPLICATION),
    "application:accepted": Audience((To.MANAGERS,),
        N_("Your application %(label)s was accepted"),
        N_("Read what was agreed and confirm the contract."), _APPLICATION),
    "application:declined": Audience((To.MANAGERS,),
        N_("Your application %(label)s was declined"),
        N_("The reasons stand with the application."), _APPLICATION),
    "application:contracted": Audience((To.MANAGERS, To.PLANNERS),
        N_("The contract of %(label)s stands"),
        N_("Both sides confirmed; the programme of audits is open."), _APPLICATION),
    "application:withdrawn": Audience((To.REVIEWER,),
        N_("Application %(label)s was withdrawn"),
        N_("%(actor)s withdrew the application you reviewed."), _APPLICATION),
    "audit:team_proposed": Audience((To.MANAGERS, To.TEAM),
        N_("A team is proposed for audit %(label)s"),
        N_("The client agrees to the team, or objects to a member with reasons."), _AUDIT),
    "audit:team_confirmed": Audience((To.LEADER, To.PLANNERS),
        N_("The team of audit %(label)s is confirmed"),
        N_("The leader can issue the audit plan."), _AUDIT),
    "audit:team_confirmed_after_objection": Audience((To.LEADER, To.MANAGERS),
        N_("The team of audit %(label)s is confirmed"),
        N_("The leader can issue the audit plan."), _AUDIT),
    "audit:team_reopened": Audience((To.PLANNERS,),
        N_("The team of audit %(label)s is open again"),
        N_("Another team has to be proposed."), _AUDIT),
    "team_objection:raised": Audience((To.PLANNERS,),
        N_("An objection to the team: %(label)s"),
        N_("%(actor)s objects to a member of the team. The objection has to be settled."), _AUDIT),
    "team_objection:settled": Audience((To.MANAGERS,),
        N_("Your objection was settled: %(label)s"),
        N_("What was decided stands with the audit."), _AUDIT),
    "audit:plan_issued": Audience((To.MANAGERS, To.TEAM),
        N_("The plan of audit %(label)s is issued"),
        N_("The client reads and accepts it, or sends it back with reasons."), _AUDIT),
    "audit:plan_accepted": Audience((To.TEAM,),
        N_("The plan of audit %(label)s is accepted"),
        N_("The audit can begin as planned."), _AUDIT),
    "audit:plan_returned": Audience((To.LEADER,),
        N_("The plan of audit %(label)s came back"),
        N_("%(actor)s sent the plan back. The reasons stand with the audit."), _AUDIT),
    "audit:postponed": Audience((To.MANAGERS, To.TEAM),
        N_("Audit %(label)s is postponed"),
        N_("The reason stands with the audit."), _AUDIT),
    "audit:cancelled": Audience((To.MANAGERS, To.TEAM),
        N_("Audit %(label)s is cancelled"),
        N_("The reason stands with the audit."), _AUDIT),
    "audit:sent_to_decision": Audience((To.DECIDERS,),
        N_("Audit %(label)s waits for a decision"),
        N_("Somebody who was not on the team reviews the file and decides."), _AUDIT),
    "audit:passed_to_decision": Audience((To.DECIDERS,),
        N_("Audit %(label)s waits for a decision"),
        N_("Somebody who was not on the team reviews the file and decides."), _AUDIT),
    "report:sent_for_comment": Audience((To.MANAGERS,),
        N_("The report %(label)s is open for your comments"),
        N_("Read it and say what is wrong or missing before it is signed."), _REPORT),
    "report:commented": Audience((To.LEADER,),
        N_("A comment on the report %(label)s"),
        N_("%(actor)s commented. Every comment is answered before the report is signed."), _REPORT),
    "report:comment_answered": Audience((To.MANAGERS,),
        N_("Your comment on the report %(label)s was answered"),
        N_("The answer stands beside your comment."), _REPORT),
    "report:signed": Audience((To.MANAGERS, To.TEAM),
        N_("The report %(label)s is signed"),
        N_("It can be read and printed."), _REPORT),
    "finding:raised": Audience((To.MANAGERS,),
        N_("Finding %(label)s was raised"),
        N_(
            "Acknowledge it and answer with correction, cause and corrective actions, or dispute it."
        ), _FINDING),
    "finding:disputed": Audience((To.DECIDERS, To.OFFICERS),
        N_("Finding %(label)s is disputed"),
        N_("Somebody outside the team upholds, regrades or annuls it."), _FINDING),
    "finding:upheld": Audience((To.MANAGERS, To.LEADER),
        N_("Finding %(label)s was upheld"),
        N_("The dispute is settled; the reasons stand with the finding."), _FINDING),
    "finding:regraded": Audience((To.MANAGERS, To.LEADER),
        N_("Finding %(label)s was regraded"),
        N_("The dispute is settled; the reasons stand with the finding."), _FINDING),
    "finding:annulled": Audience((To.MANAGERS, To.LEADER),
        N_("Finding %(label)s was annulled"),
        N_("The dispute is settled; nothing has to be done."), _FINDING),
    "finding:response_submitted": Audience((To.LEADER,),
        N_("The response to finding %(label)s is there"),
        N_("%(actor)s answered. Accept the response or return it with reasons."), _FINDING),
    "finding:response_returned": Audience((To.MANAGERS,),
        N_("Your response to finding %(label)s came back"),
        N_("The reasons stand with the finding. Answer again."), _FINDING),
    "finding:response_accepted": Audience((To.MANAGERS,),
        N_("Your response to finding %(label)s was accepted"),
        N_("The corrective actions can be carried out as planned."), _FINDING),
    "finding:implemented": Audience((To.LEADER,),
        N_("Finding %(label)s waits for verification"),
        N_("%(actor)s reported the corrective actions as done."), _FINDING),
    "finding:verified": Audience((To.MANAGERS,),
        N_("The actions on finding %(label)s are verified"),
        N_("Whether they work is judged at the next audit."), _FINDING),
    "corrective_action:found_not_effective": Audience((To.MANAGERS,),
        N_("A corrective action on finding %(label)s is not enough"),
        N_("What is missing stands with the finding."), _FINDING),
    "finding:extension_asked": Audience((To.LEADER,),
        N_("More time is asked for finding %(label)s"),
        N_("%(actor)s asks for a later day. Approve or refuse it."), _FINDING),
    "finding:extension_approved": Audience((To.MANAGERS,),
        N_("More time is given for finding %(label)s"),
        N_("The new day stands with the finding."), _FINDING),
    "finding:extension_refused": Audience((To.MANAGERS,),
        N_("No more time is given for finding %(label)s"),
        N_("The day stays as it was."), _FINDING),
    "finding:upgraded": Audience((To.MANAGERS, To.LEADER),
        N_("Finding %(label)s became major"),
        N_("It was minor and is overdue."), _FINDING),
    "finding:escalated": Audience((To.MANAGERS, To.LEADER, To.DECIDERS),
        N_("Finding %(label)s is overdue and was escalated"),
        N_("The certificate is at risk until it is settled."), _FINDING),
    "decision:taken": Audience((To.MANAGERS, To.PLANNERS),
        N_("Decision %(label)s was taken"),
        N_("The outcome and its reasons can be read. An appeal against it is possible."), ""),
    "certificate:issued": Audience((To.MANAGERS,),
        N_("Certificate %(label)s was issued"),
        N_("It can be printed, and anybody can verify it."), _CERTIFICATE),
    "certificate:revised": Audience((To.MANAGERS,),
        N_("Certificate %(label)s has a new revision"),
        N_("The earlier revision is superseded."), _CERTIFICATE),
    "certificate:reduced": Audience((To.MANAGERS,),
        N_("Certificate %(label)s was reduced"),
        N_("The reasons stand with the certificate."), _CERTIFICATE),
    "certificate:suspended": Audience((To.MANAGERS, To.PLANNERS),
        N_("Certificate %(label)s is suspended"),
        N_("The reason and the end of the suspension stand with the certificate."), _CERTIFICATE),
    "certificate:restored": Audience((To.MANAGERS,),
        N_("Certificate %(label)s is active again"),
        N_("The suspension has ended."), _CERTIFICATE),
    "certificate:withdrawn": Audience((To.MANAGERS, To.PLANNERS),
        N_("Certificate %(label)s was withdrawn"),
        N_("The reasons stand with the certificate. It must not be used any longer."), _CERTIFICATE),
    "certificate:cancelled": Audience((To.MANAGERS, To.PLANNERS),
        N_("Certificate %(label)s was cancelled"),
        N_("It must not be used any longer."), _CERTIFICATE),
    "certificate:expired": Audience((To.MANAGERS, To.PLANNERS),
        N_("Certificate %(label)s has expired"),
        N_("It must not be used until it is restored or renewed."), _CERTIFICATE),
    "case:lodged": Audience((To.OFFICERS,),
        N_("Appeal %(label)s was lodged"),
        N_("%(actor)s appeals against a decision. It waits to be acknowledged."), _CASE),
    "case:received": Audience((To.OFFICERS,),
        N_("Complaint %(label)s has arrived"),
        N_("It waits to be acknowledged."), _CASE),
    "case:acknowledged": Audience((To.SENDER,),
        N_("%(label)s has arrived and is being handled"),
        N_("Somebody who was not involved handles it. You can read how it stands at any time."), _CASE),
    "case:validated": Audience(
        (To.SENDER,), N_("%(label)s was admitted"), N_("It will be investigated."), _CASE
    ),
    "case:rejected": Audience(
        (To.SENDER,), N_("%(label)s was not admitted"), N_("The reason can be read there."), _CASE
    ),
    "case:investigation_started": Audience((To.SENDER,),
        N_("The investigation of %(label)s has begun"),
        N_("The outcome is told as soon as it is approved."), _CASE),
    "case:outcome_returned": Audience((To.HANDLER,),
        N_("The outcome of %(label)s came back"),
        N_("%(actor)s sent the proposed outcome back. The reasons stand with the case."), _CASE),
    "case:decided": Audience((To.HANDLER,),
        N_("The outcome of %(label)s is approved"),
        N_("%(actor)s approved it. Tell the sender."), _CASE),
    "case:notified": Audience(
        (To.SENDER,), N_("The outcome of %(label)s"), N_("The outcome can be read there."), _CASE
    ),
    "scheme:submitted": Audience((To.DECIDERS,),
        N_("The scheme %(label)s waits for its review"),
        N_("%(actor)s sent it for review. Somebody who wrote nothing of it approves it or returns it."), _SCHEME),
    "scheme:returned": Audience((To.PLANNERS, To.ADMINISTRATORS),
        N_("The scheme %(label)s came back"),
        N_("%(actor)s returned it to its authors. The reason stands with the draft."), _SCHEME),
    "scheme:approved": Audience((To.ADMINISTRATORS,),
        N_("The scheme %(label)s is approved"),
        N_("%(actor)s approved it. An administrator may publish it."), _SCHEME),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Thing:
    """What an event is about, for the address of its page."""

    subject_kind: str
    subject_id: int
    within_kind: str | None
    within_id: int | None


def place(name: str, thing: Thing) -> tuple[str, dict[str, int]] | None:
    """Give endpoint and values of the page an event's message leads to; ``None``: nowhere."""
    endpoint = AUDIENCES[name].endpoint
    audit_id = thing.subject_id if thing.subject_kind == "audit" else thing.within_id
    inside = thing.subject_kind == "audit" or thing.within_kind == "audit"
    if endpoint == _FINDING and thing.subject_kind != "finding":
        endpoint = _AUDIT
    if endpoint in {_AUDIT, _REPORT}:
        return (endpoint, {"audit_id": audit_id}) if inside and audit_id else None
    if endpoint == _FINDING:
        values = {"audit_id": audit_id, "finding_id": thing.subject_id}
        return (endpoint, values) if inside and audit_id else None  # type: ignore[return-value]
    key = _KEYS.get(endpoint)
    return (endpoint, {key: thing.subject_id}) if key else None


_KEYS = {
    _APPLICATION: "application_id",
    _CERTIFICATE: "certificate_id",
    _CASE: "case_id",
    _SCHEME: "version_id",
}


def pause(attempts: int) -> timedelta:
    """Give how long to wait after so many attempts: 2, 4, 8 minutes and on, four hours at most."""
    return min(timedelta(minutes=2**attempts), timedelta(hours=4))
