"""How an audit is played: team, plan, meetings, answers, measures, report, up to a state."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from audit.assessment import operations as fieldwork
from audit.assessment import queries as assessment
from audit.checklist import operations as checklist
from audit.checklist.queries import sections
from audit.checklist.rules import evenly
from audit.conclusion import operations as conclusion
from audit.conclusion import queries as reports
from audit.conditions.rules import RATED
from audit.meetings import operations as meetings
from audit.meetings.operations import Attendee
from audit.meetings.rules import MeetingKind, Party
from audit.planning import queries as planning
from audit.planning.models import Audit
from audit.planning.rules import AuditKind, AuditState, TeamRole
from audit.rating import operations as rating
from audit.rating import queries as ratings
from audit.sampling import operations as sampling
from audit.schedule import operations as schedule
from audit.team import operations as team
from audit.workspace import operations as workspace
from checklists.schemes import queries as schemes
from core.clock import DEFAULT_ZONE
from demo import cast, words
from demo.body import Deal
from demo.stage import Acting, Line, Stage

S = AuditState
ORDER = [
    S.PLANNED,
    S.TEAM_PROPOSED,
    S.TEAM_CONFIRMED,
    S.PLAN_ISSUED,
    S.PLAN_ACCEPTED,
    S.IN_PROGRESS,
    S.FIELDWORK_DONE,
    S.REPORT_DRAFT,
    S.REPORT_ISSUED,
    S.UNDER_DECISION,
    S.DECIDED,
    S.CLOSED,
]
SLOTS = ("10:10", "11:20", "14:30", "15:50")


@dataclass
class Visit:
    """One audit as it is to be played: ``first`` is the first day of the fieldwork, ``until`` where it stops."""

    deal: Deal
    kind: AuditKind
    first: int
    until: AuditState = S.CLOSED
    nth: int = 0
    days: int = 2
    leader: str = "zhoumin"
    member: str = "chenli"
    share: float = 1.0
    better: int = 0
    concerns: bool = False
    excluded: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    lead_time: int = 28

    def reaches(self, state: AuditState) -> bool:
        """Say whether the audit is played up to a state."""
        return ORDER.index(self.until) >= ORDER.index(state)

    @property
    def last(self) -> int:
        """Give the last day of the fieldwork."""
        return self.first + self.days - 1


def visit(line: Line, one: Visit) -> None:
    """Play an audit from its team to the end of its fieldwork."""
    start = one.first - one.lead_time
    if one.reaches(S.TEAM_PROPOSED):
        line.at(start, "09:10", _assemble, one)
        line.at(start, "09:40", step, one, "propose_team", one.deal.planner)
    if one.reaches(S.TEAM_CONFIRMED):
        line.at(start + 2, "14:05", step, one, "confirm_team", one.deal.manager)
        line.at(start + 4, "10:00", _plan, one)
    if one.reaches(S.PLAN_ISSUED):
        line.at(start + 4, "16:30", step, one, "issue_plan", one.leader)
    if one.reaches(S.PLAN_ACCEPTED):
        line.at(start + 7, "11:15", step, one, "accept_plan", one.deal.manager)
    if one.reaches(S.IN_PROGRESS):
        line.at(one.first, "09:00", _meet, one, MeetingKind.OPENING, "09:00")
        line.at(one.first, "09:45", step, one, "start", one.leader)
        _answers(line, one)
    if one.reaches(S.FIELDWORK_DONE):
        line.at(one.last, "16:50", _meet, one, MeetingKind.CLOSING, "16:30")
        line.at(one.last, "17:20", step, one, "end_fieldwork", one.leader)


def conclude(line: Line, one: Visit, *, comment: bool = True) -> None:
    """Play the report: written, commented, signed, and the file sent on."""
    day = one.last + 2
    if one.kind in RATED and one.reaches(S.FIELDWORK_DONE):
        line.at(one.last + 1, "10:30", _measure, one)
        line.at(one.last + 1, "11:30", _rate, one)
    if one.reaches(S.REPORT_DRAFT):
        line.at(day, "09:30", step, one, "open_report", one.leader)
        line.at(day, "15:10", _write, one)
        line.at(day, "16:00", _report, one, conclusion.send_for_comment, one.leader)
        if comment:
            line.at(day + 2, "10:20", _comment, one)
    if one.reaches(S.REPORT_ISSUED):
        if comment:
            line.at(day + 3, "09:50", _reply, one)
        line.at(day + 4, "14:00", _report, one, conclusion.close_comments, one.deal.manager)
        line.at(day + 5, "10:00", _sign, one)
    if one.kind is AuditKind.STAGE_1 and one.reaches(S.CLOSED):
        line.at(day + 6, "09:15", step, one, "conclude_stage_1", one.leader)
    elif one.reaches(S.UNDER_DECISION):
        line.at(day + 7, "09:15", step, one, "send_to_decision", one.leader)


def audit_of(stage: Stage, one: Visit, who: Acting) -> Audit:
    """Read the audit as somebody."""
    audit_id = one.deal.audit_id(stage, one.kind, one.nth)
    return planning.audit(stage.session, who, audit_id)


def person(stage: Stage, one: Visit, key: str) -> Acting:
    """Let somebody act; auditors act for the body of the audit."""
    return stage.actor(key, one.deal.body if key in (one.leader, one.member) else "")


def step(stage: Stage, one: Visit, action: str, who: str) -> None:
    """Take a step of the audit as somebody."""
    actor = person(stage, one, who)
    audit = audit_of(stage, one, actor)
    workspace.take(stage.session, actor, audit, action, now=stage.now)


def _assemble(stage: Stage, one: Visit) -> None:
    actor = person(stage, one, one.deal.planner)
    head = planning.audit_head(stage.session, actor, one.deal.audit_id(stage, one.kind, one.nth))
    for key, role in ((one.leader, TeamRole.LEADER), (one.member, TeamRole.AUDITOR)):
        if key:
            team.add_member(
                stage.session, actor, head, person_id=stage.people[key], role=role, now=stage.now
            )


def _plan(stage: Stage, one: Visit) -> None:
    actor = person(stage, one, one.leader)
    audit = audit_of(stage, one, actor)
    schedule.edit(
        stage.session,
        actor,
        audit,
        starts_on=stage.day(one.first),
        ends_on=stage.day(one.last),
        days=audit.days,
        remote_share=20 if one.kind is AuditKind.SURVEILLANCE else 0,
        texts=words.plan_of(one.kind),
        revision=None,
        now=stage.now,
    )
    rules = schemes.rules(stage.session, audit.scheme_version_id)
    schedule.choose_sites(
        stage.session,
        actor,
        audit,
        rules.site_sampling,
        named=[],
        now=stage.now,
        seed=audit.id * 7919,
    )
    _choose(stage, one, actor, audit)
    apart = one.days if stage.day(one.first) != stage.day(one.last) else 1
    for clock, minutes, topic, who in words.agenda_of(apart, one.leader, one.member):
        offset, _, hour = clock.partition(" ")
        at = stage.at(one.first if offset == "first" else one.last, hour)
        schedule.add_item(
            stage.session,
            actor,
            audit,
            starts_at=at,
            minutes=minutes,
            topic=topic,
            person_id=stage.people[who] if who else None,
            site_id=None,
            now=stage.now,
        )


def _choose(stage: Stage, one: Visit, actor: Acting, audit: Audit) -> None:
    """Choose the checklist by a seed that is the same in every demonstration, and what the story looks at besides."""
    checklist.choose_checklist(stage.session, actor, audit, now=stage.now, seed=audit.id * 104_729)
    held = {criterion.code for _, criterion in assessment.answers(stage.session, audit.id)}
    for code in sorted({*one.faults, *one.excluded} - held):
        checklist.add_criterion(
            stage.session, actor, audit, code, reason="客户请审核组一并核查。", now=stage.now
        )
    if one.member:
        sizes = [(row.section_id, row.criteria) for row in sections(stage.session, audit.id)]
        people = [stage.people[one.leader], stage.people[one.member]]
        checklist.share(stage.session, actor, audit, evenly(sizes, people), now=stage.now)


def _meet(stage: Stage, one: Visit, kind: MeetingKind, clock: str) -> None:
    actor = person(stage, one, one.leader)
    place = assessment.place(stage.session, actor, one.deal.audit_id(stage, one.kind, one.nth))
    held = stage.at(one.first if kind is MeetingKind.OPENING else one.last, clock)
    people = [
        Attendee(
            who.name,
            who.position,
            Party.BODY if who.key in (one.leader, one.member) else Party.CLIENT,
        )
        for who in cast.PEOPLE.values()
        if who.key in (one.leader, one.member) or who.at == one.deal.client
    ]
    meetings.record_meeting(
        stage.session,
        actor,
        place,
        kind,
        held_at=held,
        where=cast.ORGANISATIONS[one.deal.client].sites[0].zh,
        deviation="",
        notes=words.MEETING[kind],
        people=people,
        zone=DEFAULT_ZONE,
        revision=None,
        now=max(stage.now, held),
    )


def _answers(line: Line, one: Visit) -> None:
    """Answer the checklist in the slots of every day, the last one half; ``share`` leaves some open."""
    slots = [(day, clock) for day in range(one.first, one.last) for clock in SLOTS]
    slots += [(one.last, clock) for clock in SLOTS[:2]]
    if not one.reaches(S.FIELDWORK_DONE):
        slots = [slot for slot in slots if slot[0] < 0]
    for n, (day, clock) in enumerate(slots):
        line.at(day, clock, _answer, one, n, len(slots))


def _answer(stage: Stage, one: Visit, part: int, parts: int) -> None:
    actor = person(stage, one, one.leader)
    place = assessment.place(stage.session, actor, one.deal.audit_id(stage, one.kind, one.nth))
    rows = assessment.answers(stage.session, place.audit.id)
    whole = rows[: round(len(rows) * one.share)]
    size, rest = divmod(len(whole), parts)
    begin = part * size + min(part, rest)
    mine = whole[begin : begin + size + (part < rest)]
    both = [actor, person(stage, one, one.member)] if one.member else [actor]
    for n, (given, criterion) in enumerate(mine):
        judgement = words.judgement_of(criterion, one.excluded, one.faults, one.better)
        fieldwork.answer(
            stage.session,
            both[criterion.section_id % len(both)],
            place,
            given,
            criterion.code,
            judgement,
            revision=None,
            now=stage.now + timedelta(minutes=5 * n),
        )
        if criterion.code in words.SAMPLES:
            sampling.record(
                stage.session, actor, place, given, criterion.code, words.SAMPLES[criterion.code],
                now=stage.now + timedelta(minutes=5 * n),
            )  # fmt: skip


def _measure(stage: Stage, one: Visit) -> None:
    actor = person(stage, one, one.leader)
    place = assessment.place(stage.session, actor, one.deal.audit_id(stage, one.kind, one.nth))
    scheme = schemes.rules(stage.session, place.audit.scheme_version_id)
    window = (stage.day(one.first - 190), stage.day(one.first - 6))
    for metric, values in words.measures(one.better, window).items():
        rating.enter(
            stage.session, actor, place, scheme, metric, values, revision=None, now=stage.now
        )


def _rate(stage: Stage, one: Visit) -> None:
    actor = person(stage, one, one.leader)
    place = assessment.place(stage.session, actor, one.deal.audit_id(stage, one.kind, one.nth))
    scheme = schemes.rules(stage.session, place.audit.scheme_version_id)
    rating.compute(stage.session, actor, place, scheme, now=stage.now)


def report_page(stage: Stage, one: Visit, who: str) -> reports.ReportPage:
    """Read the report as somebody."""
    audit_id = one.deal.audit_id(stage, one.kind, one.nth)
    return reports.page(stage.session, person(stage, one, who), audit_id)


def _write(stage: Stage, one: Visit) -> None:
    page = report_page(stage, one, one.leader)
    latest = ratings.latest(stage.session, page.audit.id)
    level = min(latest.level or 0, one.deal.level) or None if latest else None
    values: dict[str, Any] = words.report_of(one.kind, level, concerns=one.concerns)
    conclusion.write(
        stage.session, person(stage, one, one.leader), page, values, revision=None, now=stage.now
    )


def _report(stage: Stage, one: Visit, operation: Any, who: str) -> None:
    operation(stage.session, person(stage, one, who), report_page(stage, one, who), now=stage.now)


def _comment(stage: Stage, one: Visit) -> None:
    page = report_page(stage, one, one.deal.manager)
    actor = person(stage, one, one.deal.manager)
    conclusion.comment(stage.session, actor, page, text=words.COMMENT, now=stage.now)


def _reply(stage: Stage, one: Visit) -> None:
    page = report_page(stage, one, one.leader)
    for comment, _name in page.comments:
        conclusion.reply(
            stage.session, person(stage, one, one.leader), page, comment.id, text=words.REPLY,
            now=stage.now,
        )  # fmt: skip


def _sign(stage: Stage, one: Visit) -> None:
    page = report_page(stage, one, one.leader)
    workspace.sign_report(
        stage.session, person(stage, one, one.leader), page, password=words.PASSWORD, now=stage.now
    )


def halt(line: Line, one: Visit, day: int, action: str, reason: str) -> None:
    """Postpone or cancel an audit."""
    line.at(day, "15:45", _halt, one, action, reason)


def _halt(stage: Stage, one: Visit, action: str, reason: str) -> None:
    actor = person(stage, one, one.deal.planner)
    audit = audit_of(stage, one, actor)
    workspace.take(stage.session, actor, audit, action, now=stage.now, reason=reason)
