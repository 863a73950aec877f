"""How findings are played: drafted, raised, answered, verified, up to a state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from audit.assessment import operations as fieldwork
from audit.casefile.models import CorrectiveAction
from audit.casefile.queries import Case, case_of
from audit.casefile.rules import Deadline, FindingState
from audit.disputes import operations as disputes
from audit.extensions import operations as extensions
from audit.findings import operations as findings
from audit.responses import operations as responses
from audit.responses.operations import PlannedAction, Reply
from audit.responses.queries import ActionCase, action_of
from checklists.standards.models import Criterion
from core.clock import local_date
from core.permissions import Role
from demo import cast, files
from demo.audits import Visit, audit_of, person
from demo.stage import Acting, Line, Stage
from evidence.files.rules import EvidenceClass

S = FindingState
TEXTS: dict[str, dict[str, Any]] = cast.read("findings.yaml")
ORDER = [
    S.DRAFT,
    S.RAISED,
    S.ACKNOWLEDGED,
    S.RESPONSE_SUBMITTED,
    S.ACCEPTED,
    S.IMPLEMENTED,
    S.VERIFIED,
    S.CLOSED,
]
# Days from the draft until each step, when nothing presses.
PACE = (0, 1, 6, 9, 24, 27, 31, 32)


Act = Callable[..., None]


@dataclass(frozen=True)
class Matter:
    """One finding of an audit as it is to be played; ``by`` drafts it, ``pace`` dates its steps."""

    visit: Visit
    key: str
    day: int
    until: FindingState = S.CLOSED
    by: str = ""
    pace: tuple[int, ...] = PACE

    @property
    def text(self) -> dict[str, Any]:
        """Give what is said about it."""
        return TEXTS[self.key]

    @property
    def drafter(self) -> str:
        """Give who drafts it."""
        return self.by or self.visit.leader

    @property
    def owner(self) -> str:
        """Give who carries out its actions: a member of the provider where there is one."""
        found = [
            p
            for p in cast.PEOPLE.values()
            if p.at == self.visit.deal.client and Role.MEMBER in p.roles
        ]
        return found[0].key if found else self.visit.deal.manager


def matter(line: Line, one: Matter) -> None:
    """Play a finding up to its state."""
    days = [one.day + step for step in (*one.pace, *PACE[len(one.pace) :])]
    line.at(days[0], "10:35", _draft, one)
    if one.until is S.VOID:
        line.at(days[0] + 1, "11:20", _void, one)
    if one.until in (S.DRAFT, S.VOID):
        return
    line.at(days[0], "15:05", _raise, one)
    if one.text["grade"] in ("strength", "opportunity"):
        return
    for day, clock, act in _way(one.until, days):
        line.at(day, clock, act, one)


def _way(until: FindingState, days: list[int]) -> list[tuple[int, str, Act]]:
    """List the acts after a nonconformity was raised, with their days and hours."""
    received = (days[1], "09:05", _acknowledge)
    if until is S.DISPUTED:
        return [received, (days[2], "11:30", _dispute)]
    if until is S.RETURNED:
        return [received, (days[2], "16:10", _respond_first), (days[3], "16:20", _return)]
    whole: list[tuple[FindingState, tuple[int, str, Act]]] = [
        (S.ACKNOWLEDGED, received),
        (S.RESPONSE_SUBMITTED, (days[2], "16:10", _respond)),
        (S.ACCEPTED, (days[3], "10:25", _accept)),
        (S.IMPLEMENTED, (days[4], "14:10", report_all)),
        (S.IMPLEMENTED, (days[5], "09:45", _implement)),
        (S.VERIFIED, (days[6], "10:10", _verify)),
        (S.CLOSED, (days[7], "10:20", _close)),
    ]
    return [act for state, act in whole if ORDER.index(until) >= ORDER.index(state)]


def case(stage: Stage, one: Matter, who: Acting) -> Case:
    """Read the finding as somebody, on the day being played."""
    audit_id = one.visit.deal.audit_id(stage, one.visit.kind, one.visit.nth)
    finding_id = one.visit.deal.findings[one.key]
    return case_of(stage.session, who, audit_id, finding_id, today=local_date(stage.now))


def _auditor(stage: Stage, one: Matter) -> Acting:
    return person(stage, one.visit, one.visit.leader)


def _client(stage: Stage, one: Matter) -> Acting:
    return stage.actor(one.visit.deal.manager)


def _draft(stage: Stage, one: Matter) -> None:
    actor = person(stage, one.visit, one.drafter)
    audit = audit_of(stage, one.visit, actor)
    criterion = stage.session.scalars(
        select(Criterion.id).where(
            Criterion.standard_version_id == audit.standard_version_id,
            Criterion.code == one.text["code"],
        )
    ).one()
    proofs = [hand_over(stage, one, actor, name) for name in files.OF_FINDING.get(one.key, ())]
    values = {name: one.text[name] for name in ("grade", "title", "statement", "evidence")}
    made = findings.draft(
        stage.session,
        actor,
        audit.id,
        values | {"criterion_id": criterion},
        evidence_ids=proofs,
        now=stage.now,
    )
    one.visit.deal.findings[one.key] = made.id


def hand_over(stage: Stage, one: Matter, actor: Acting, name: str) -> int:
    """Hand over one of the demonstration's files; gives the evidence's key."""
    proof = files.FILES[name]
    incoming = stage.store.begin()
    incoming.write(proof.make())
    incoming.seal()
    made = fieldwork.hand_over_evidence(
        stage.session,
        actor,
        stage.store,
        audit_of(stage, one.visit, actor),
        incoming,
        file_name=name,
        title=proof.title,
        shows=proof.shows,
        confidentiality=EvidenceClass(proof.confidentiality),
        answer_id=None,
        now=stage.now,
    )
    return made.id


def _void(stage: Stage, one: Matter) -> None:
    actor = person(stage, one.visit, one.drafter)
    findings.void(
        stage.session, actor, case(stage, one, actor), reason=one.text["void"], now=stage.now
    )


def _raise(stage: Stage, one: Matter) -> None:
    actor = person(stage, one.visit, one.drafter)
    findings.raise_(stage.session, actor, case(stage, one, actor), now=stage.now)


def _acknowledge(stage: Stage, one: Matter) -> None:
    actor = _client(stage, one)
    findings.acknowledge(stage.session, actor, case(stage, one, actor), now=stage.now)


def _dispute(stage: Stage, one: Matter) -> None:
    actor = _client(stage, one)
    reason = one.text["dispute"]
    disputes.raise_dispute(
        stage.session, actor, case(stage, one, actor), reason=reason, now=stage.now
    )


def reply_to(stage: Stage, one: Matter, given: Case, *, first: bool = False) -> Reply:
    """Write the response as the provider would; the first one stops at the people."""
    due = given.finding.implementation_due_on or stage.day(60)
    text = one.text
    return Reply(
        correction=text["correction"],
        cause=text["cause_first"] if first else text["cause"],
        actions=[
            PlannedAction(measure, stage.people[one.owner], due, verification)
            for measure, verification in text["actions"]
        ],
    )


def _respond(stage: Stage, one: Matter, *, first: bool = False) -> None:
    actor = _client(stage, one)
    given = case(stage, one, actor)
    reply = reply_to(stage, one, given, first=first)
    responses.save_and_submit(stage.session, actor, given, reply, revision=None, now=stage.now)


def _respond_first(stage: Stage, one: Matter) -> None:
    _respond(stage, one, first=True)


def draft_again(stage: Stage, one: Matter) -> None:
    """Begin the next round after a return."""
    actor = _client(stage, one)
    given = case(stage, one, actor)
    responses.save(
        stage.session, actor, given, reply_to(stage, one, given), revision=None, now=stage.now
    )


def _accept(stage: Stage, one: Matter) -> None:
    actor = _auditor(stage, one)
    responses.accept(
        stage.session, actor, case(stage, one, actor), note="原因和措施相称。", now=stage.now
    )


def _return(stage: Stage, one: Matter) -> None:
    actor = _auditor(stage, one)
    reason = (
        "原因停在“责任心不足”。请继续追问：系统为什么允许补填，复核为什么没有发现。措施1可以保留。"
    )
    responses.return_(stage.session, actor, case(stage, one, actor), reason=reason, now=stage.now)


def actions_of(stage: Stage, one: Matter, who: Acting) -> list[ActionCase]:
    """Read the finding's corrective actions as somebody."""
    given = case(stage, one, who)
    keys = stage.session.scalars(
        select(CorrectiveAction.id)
        .where(CorrectiveAction.response_id == (given.response.id if given.response else 0))
        .order_by(CorrectiveAction.id)
    ).all()
    return [action_of(stage.session, who, given.audit.id, given.finding.id, key) for key in keys]


def report_on(stage: Stage, one: Matter, action: ActionCase, *, hand_in: bool) -> None:
    """Tell how far an action is; with ``hand_in`` its evidence too."""
    actor = stage.actor(one.owner)
    proofs = [hand_over(stage, one, actor, files.OF_ACTIONS)] if hand_in else None
    told = one.text["told"] if hand_in else "方案已定，正在测试环境试运行，预计按期完成。"
    responses.report(
        stage.session, actor, action, told=told, evidence_ids=proofs, hand_in=hand_in,
        revision=None, now=stage.now,
    )  # fmt: skip


def report_all(stage: Stage, one: Matter) -> None:
    """Hand in the evidence of every action."""
    for action in actions_of(stage, one, stage.actor(one.owner)):
        report_on(stage, one, action, hand_in=True)


def _implement(stage: Stage, one: Matter) -> None:
    actor = _client(stage, one)
    responses.implement(stage.session, actor, case(stage, one, actor), now=stage.now)


def _verify(stage: Stage, one: Matter) -> None:
    actor = _auditor(stage, one)
    for action in actions_of(stage, one, actor):
        responses.verify_action(stage.session, actor, action, note="措施已落实。", now=stage.now)
    stage.session.expunge_all()
    findings.verify(
        stage.session, actor, case(stage, one, actor), note=one.text["verification"], now=stage.now
    )


def _close(stage: Stage, one: Matter) -> None:
    actor = _auditor(stage, one)
    findings.close(stage.session, actor, case(stage, one, actor), now=stage.now)


def ask_for_time(stage: Stage, one: Matter, days: int, reason: str) -> None:
    """Ask for a later day of implementation."""
    actor = _client(stage, one)
    given = case(stage, one, actor)
    deadline = Deadline.IMPLEMENTATION if given.finding.state is S.ACCEPTED else Deadline.RESPONSE
    until = stage.day(days)
    extensions.ask(stage.session, actor, given, deadline, until=until, reason=reason, now=stage.now)


def decide_on_time(stage: Stage, one: Matter, *, approve: bool, note: str) -> None:
    """Approve or refuse a later day."""
    actor = _auditor(stage, one)
    given = case(stage, one, actor)
    extensions.decide(stage.session, actor, given, approve=approve, note=note, now=stage.now)


def refuse_first(stage: Stage, one: Matter, reason: str) -> None:
    """Send the first action back."""
    actor = _auditor(stage, one)
    responses.refuse_action(
        stage.session, actor, actions_of(stage, one, actor)[0], reason=reason, now=stage.now
    )
