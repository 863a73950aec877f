"""What people do to engagements and audits. Each flushes; none commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from audit.competence.queries import person_facts
from audit.competence.rules import areas_of
from audit.planning import queries
from audit.planning.documents import content_of
from audit.planning.models import (
    Audit,
    Engagement,
    EngagementService,
    EngagementSite,
    Plan,
    Programme,
)
from audit.planning.rules import (
    AUDIT,
    AuditFacts,
    AuditKind,
    AuditState,
    ProgrammeState,
    past,
)
from audit.programme.rules import Due, first_cycle, following, last_day
from checklists.schemes.models import SchemeVersion
from checklists.schemes.queries import rules_of
from checklists.schemes.rules import SchemeRules
from core.clock import local_date
from core.db import next_number, next_numbers
from core.errors import NotFound
from core.events import changes, record
from core.jobs import enqueue
from core.permissions import Actor

_STAMPS = {
    "propose_team": "team_proposed_at",
    "confirm_team": "team_confirmed_at",
    "confirm_settled": "team_confirmed_at",
    "accept_plan": "plan_accepted_at",
    "start": "fieldwork_started_at",
    "end_fieldwork": "fieldwork_ended_at",
    "conclude_stage_1": "closed_at",
    "settle_concerns": "closed_at",
    "close": "closed_at",
}
_UNDONE = {
    "reopen_team": ("team_proposed_at", "team_confirmed_at", "plan_accepted_at"),
    "resume": ("team_proposed_at", "team_confirmed_at", "plan_accepted_at", "stop_reason"),
    "revise_plan": ("plan_accepted_at",),
}


def move(  # noqa: PLR0913 -- a step has this many parts
    session: Session,
    actor: Actor | None,
    audit: Audit,
    action: str,
    facts: AuditFacts,
    *,
    now: datetime,
    reason: str | None = None,
    extra: Mapping[str, object] | None = None,
) -> None:
    """Take one step of an audit and record it; ``extra`` is kept with the event.

    Raises ``StepRefused`` or ``NotAllowed``; ``NotFound`` where the audit is not the actor's.
    """
    if actor is not None and actor.organisation_id not in (audit.body_id, audit.client_id):
        raise NotFound
    given = (reason or "").strip() or None
    known = replace(facts, reason_given=given is not None)
    state = AUDIT.take(audit.state, action, known, actor)
    new: dict[str, object] = {"state": state}
    new |= dict.fromkeys(_UNDONE.get(action, ()))
    if action in _STAMPS:
        new[_STAMPS[action]] = now
    if state in (AuditState.POSTPONED, AuditState.CANCELLED):
        new["stop_reason"] = given
    before, after = changes(audit, new)
    record(
        session,
        actor,
        past(action),
        audit,
        now=now,
        owner_id=audit.body_id,
        before=before,
        after=after | dict(extra or {}),
        reason=given,
    )
    session.flush()


def issue_plan(
    session: Session, actor: Actor, audit: Audit, facts: AuditFacts, *, now: datetime
) -> Plan:
    """Keep the plan as it stands under the next version and send it to the client (S-21)."""
    version = facts.plan_version + 1
    move(session, actor, audit, "issue_plan", facts, now=now, extra={"version": version})
    head = queries.audit_head(session, actor, audit.id)
    to = queries.assignment(head, local_date(now))
    members = queries.team(session, audit.id)
    known = person_facts(session, audit.body_id, [one.person_id for one in members])
    areas = {one.person_id: sorted(areas_of(one, to)) for one in known}
    plan = Plan(
        audit_id=audit.id,
        version=version,
        content=content_of(
            head,
            team=[(one, areas.get(one.person_id, [])) for one in members],
            sites=queries.sites(session, audit),
            agenda=queries.agenda(session, audit.id),
            more={"checklist_size": facts.checklist_size, "issued_by": actor.name},
        ),
        issued_by_id=actor.person_id,
        issued_at=now,
    )
    session.add(plan)
    session.flush()
    payload = {"plan_id": plan.id}
    enqueue(session, "plan:document", payload, now=now, subject=plan, owner_id=audit.body_id)
    session.flush()
    return plan


# -- engagement and cycle (I-02) ---------------------------------------------------------------


def open_engagement(  # noqa: PLR0913 -- an engagement has this many parts
    session: Session,
    actor: Actor | None,
    *,
    body_id: int,
    client_id: int,
    scheme_version_id: int,
    scope_zh: str,
    scope_en: str,
    level_sought: int,
    audit_days: Decimal,
    site_ids: Sequence[int],
    service_ids: Sequence[int],
    now: datetime,
) -> Engagement:
    """Open an engagement with its first programme and all audits of the cycle, planned (I-02).

    Until the decision the cycle runs from today; ``renew_programme`` sets the real dates.
    """
    scheme, standard_version_id = _scheme(session, scheme_version_id)
    today = local_date(now)
    engagement = Engagement(
        number=f"E-{today.year}-{next_number(session, f'engagement:{today.year}'):04d}",
        body_id=body_id,
        client_id=client_id,
        scheme_version_id=scheme_version_id,
        scope_zh=scope_zh,
        scope_en=scope_en,
        level_sought=level_sought,
        audit_days=Decimal(audit_days),
        opened_at=now,
    )
    session.add(engagement)
    session.flush()
    for model, column, keys in (
        (EngagementSite, "site_id", site_ids),
        (EngagementService, "service_id", service_ids),
    ):
        if keys:
            rows = [{"engagement_id": engagement.id, column: key} for key in dict.fromkeys(keys)]
            session.execute(insert(model), rows)
    record(session, actor, "engagement:opened", engagement, now=now, owner_id=body_id)
    programme = _programme(session, engagement, 1, today, scheme)
    dues = first_cycle(scheme, today, engagement.audit_days)
    plan_audits(session, actor, engagement, programme, standard_version_id, dues, now=now)
    return engagement


def plan_audits(  # noqa: PLR0913 -- where they belong, and when
    session: Session,
    actor: Actor | None,
    engagement: Engagement,
    programme: Programme,
    standard_version_id: int,
    dues: Iterable[Due],
    *,
    now: datetime,
    occasion: str = "",
    short_notice: bool = False,
) -> list[Audit]:
    """Add audits to a programme, planned, each with its number and event."""
    wanted = list(dues)
    year = local_date(now).year
    numbers = next_numbers(session, f"audit:{year}", len(wanted))
    audits = [
        Audit(
            number=f"A-{year}-{number:04d}",
            programme_id=programme.id,
            engagement_id=engagement.id,
            body_id=engagement.body_id,
            client_id=engagement.client_id,
            scheme_version_id=engagement.scheme_version_id,
            standard_version_id=standard_version_id,
            kind=due.kind,
            level_sought=engagement.level_sought,
            days=due.days,
            due_on=due.due_on,
            occasion=occasion,
            short_notice=short_notice,
            created_at=now,
        )
        for number, due in zip(numbers, wanted, strict=True)
    ]
    session.add_all(audits)
    session.flush()
    for audit in audits:
        record(
            session,
            actor,
            "audit:planned",
            audit,
            now=now,
            within=engagement,
            owner_id=engagement.body_id,
            after={"kind": audit.kind, "due_on": audit.due_on, "days": audit.days},
            reason=occasion or None,
        )
    return audits


def renew_programme(
    session: Session,
    engagement: Engagement,
    decided_on: date,
    now: datetime,
    *,
    actor: Actor | None = None,
) -> Programme:
    """Begin a cycle at a positive decision: the first one, or the next after a recertification.

    The first decision dates the surveillance and recertification audits of the running cycle; a
    later one closes that cycle and plans the next. Twice for one day changes nothing. Decisions on
    surveillance and special audits do not call this.
    """
    scheme, standard_version_id = _scheme(session, engagement.scheme_version_id)
    running = session.scalars(
        select(Programme)
        .where(Programme.engagement_id == engagement.id)
        .order_by(Programme.cycle.desc())
        .limit(1)
        .with_for_update()
    ).one()
    if running.decided_on == decided_on:
        return running
    if running.decided_on is None:
        _start_cycle(session, actor, engagement, running, scheme, decided_on=decided_on, now=now)
        return running
    running.state = ProgrammeState.CLOSED
    programme = _programme(session, engagement, running.cycle + 1, decided_on, scheme)
    programme.decided_on = decided_on
    dues = following(scheme, decided_on, engagement.audit_days)
    plan_audits(session, actor, engagement, programme, standard_version_id, dues, now=now)
    _record_cycle(session, actor, "programme:renewed", engagement, programme, now)
    return programme


def _start_cycle(  # noqa: PLR0913 -- what a decision starts
    session: Session,
    actor: Actor | None,
    engagement: Engagement,
    programme: Programme,
    scheme: SchemeRules,
    *,
    decided_on: date,
    now: datetime,
) -> None:
    programme.starts_on = programme.decided_on = decided_on
    programme.ends_on = last_day(scheme.cycle, decided_on)
    waiting = session.scalars(
        select(Audit)
        .where(Audit.programme_id == programme.id, Audit.state == AuditState.PLANNED)
        .order_by(Audit.id)
    ).all()
    dues = following(scheme, decided_on, engagement.audit_days)
    for kind in (AuditKind.SURVEILLANCE, AuditKind.RECERTIFICATION):
        planned = [audit for audit in waiting if audit.kind is kind]
        days = [due.due_on for due in dues if due.kind is kind]
        for audit, day in zip(planned, days, strict=False):
            audit.due_on = day
    session.flush()
    _record_cycle(session, actor, "programme:started", engagement, programme, now)


def _programme(
    session: Session, engagement: Engagement, cycle: int, starts_on: date, scheme: SchemeRules
) -> Programme:
    programme = Programme(
        engagement_id=engagement.id,
        cycle=cycle,
        starts_on=starts_on,
        ends_on=last_day(scheme.cycle, starts_on),
    )
    session.add(programme)
    session.flush()
    return programme


def _record_cycle(
    session: Session,
    actor: Actor | None,
    name: str,
    engagement: Engagement,
    programme: Programme,
    now: datetime,
) -> None:
    record(
        session,
        actor,
        name,
        programme,
        now=now,
        within=engagement,
        owner_id=engagement.body_id,
        label=engagement.number,
        after={
            "cycle": programme.cycle,
            "starts_on": programme.starts_on,
            "ends_on": programme.ends_on,
        },
    )
    session.flush()


def _scheme(session: Session, scheme_version_id: int) -> tuple[SchemeRules, int]:
    row = session.execute(
        select(
            SchemeVersion.content, SchemeVersion.content_sha256, SchemeVersion.standard_version_id
        ).where(SchemeVersion.id == scheme_version_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return rules_of(row.content_sha256, row.content), row.standard_version_id
