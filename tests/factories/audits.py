"""Engagements, audits and their teams for tests. Rows are flushed, not committed."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.organisations.models import ClientLink, Organisation
from accounts.people.models import Person
from audit.assessment.models import Answer
from audit.assessment.rules import Conformity
from audit.competence.models import Competence, Declaration
from audit.conclusion.models import Report, SignedReport
from audit.conclusion.rules import Recommendation, ReportState
from audit.meetings.models import Attendance, Meeting
from audit.meetings.rules import MeetingKind, Party
from audit.planning import operations
from audit.planning.models import (
    AgendaItem,
    Audit,
    AuditSite,
    Engagement,
    EngagementSite,
    Plan,
    TeamMember,
)
from audit.planning.rules import AuditKind, AuditState, SiteChoice, TeamRole
from audit.rating.models import RatingRecord
from checklists.schemes.models import SchemeVersion
from checklists.schemes.queries import rules_of
from checklists.standards.models import Criterion
from core.clock import utc_now
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, TestActor, organisation, person, site, user
from tests.factories.checklists import LONG_AGO, published_scheme

T = TypeVar("T")
S = AuditState
_ORDER = list(S)
_ACTIVE = _ORDER[: _ORDER.index(S.POSTPONED)]


@dataclass
class World:
    """A body with its people, a client with its own, an engagement between them."""

    body: Organisation
    client: Organisation
    scheme_version: SchemeVersion
    engagement: Engagement
    planner: TestActor
    leader: TestActor
    auditor: TestActor
    decider: TestActor
    administrator: TestActor
    officer: TestActor
    manager: TestActor
    member: TestActor
    people: dict[int, Person] = field(default_factory=dict)

    def person(self, actor: TestActor) -> Person:
        """Give the row of somebody who acts."""
        return self.people[actor.person_id]


def world(session: Session, **values: Any) -> World:
    """Build a body, a client and everybody in them; leader and auditor may go."""
    body = organisation(session, OrganisationKind.BODY)
    client = organisation(session)
    session.add(ClientLink(body_id=body.id, client_id=client.id, created_at=NOW))
    version = published_scheme(session)
    made = {}
    for name, where, role in (
        ("planner", body, Role.PLANNER),
        ("leader", body, Role.AUDITOR),
        ("auditor", body, Role.AUDITOR),
        ("decider", body, Role.DECIDER),
        ("administrator", body, Role.ADMINISTRATOR),
        ("officer", body, Role.OFFICER),
        ("manager", client, Role.MANAGER),
        ("member", client, Role.MEMBER),
    ):
        made[name] = user(session, where, role, name=name.capitalize())
    for name in ("leader", "auditor"):
        competent(session, made[name][0], body, version)
    return World(
        body=body,
        client=client,
        scheme_version=version,
        engagement=engagement(session, body, client, version, **values),
        people={who.id: who for who, _ in made.values()},
        **{name: actor for name, (_, actor) in made.items()},
    )


def engagement(
    session: Session,
    body: Organisation,
    client: Organisation,
    scheme_version: SchemeVersion | None = None,
    *,
    now: datetime = NOW,
    **values: Any,
) -> Engagement:
    """Open an engagement with its programme, as the product does; a central site unless given."""
    version = scheme_version or published_scheme(session)
    sites = values.pop("site_ids", None)
    if sites is None:
        sites = [site(session, client, is_central=True).id]
    given: dict[str, Any] = {
        "body_id": body.id,
        "client_id": client.id,
        "scheme_version_id": version.id,
        "scope_zh": "托管与服务台",
        "scope_en": "Managed hosting and service desk",
        "level_sought": 3,
        "audit_days": Decimal(8),
        "site_ids": sites,
        "service_ids": [],
    }
    return operations.open_engagement(session, None, now=now, **(given | values))


def competent(
    session: Session,
    who: Person,
    body: Organisation,
    scheme_version: SchemeVersion,
    *areas: str,
    declared: bool = True,
    **values: Any,
) -> None:
    """Make somebody competent in the areas (by default all of the scheme) and let them declare."""
    scheme = rules_of(scheme_version.content_sha256, scheme_version.content)
    granter = values.pop("granted_by_id", None) or person(session, password=None).id
    given: dict[str, Any] = {
        "valid_from": LONG_AGO.date(),
        "valid_until": NOW.date() + timedelta(days=9000),
        "evidence": "Assessed by the body.",
        "granted_at": NOW,
    }
    for area in areas or [one.code for one in scheme.competence_areas]:
        row = {"body_id": body.id, "person_id": who.id, "area": area, "granted_by_id": granter}
        session.add(Competence(scheme_id=scheme_version.scheme_id, **row, **(given | values)))
    if declared:
        declaration(session, who, body, max(NOW.date(), utc_now().date()))
    session.flush()


def declaration(session: Session, who: Person, body: Organisation, day: date) -> Declaration:
    """Let somebody declare their interests on a day."""
    text = "I have no interest in any client of this body."
    return _added(
        session,
        Declaration(body_id=body.id, person_id=who.id, declared_on=day, statement=text),
    )


def on_team(
    session: Session, audit: Audit, who: Person | int, role: TeamRole = TeamRole.AUDITOR
) -> TeamMember:
    """Put somebody on the team without any check."""
    person_id = who if isinstance(who, int) else who.id
    return _added(
        session, TeamMember(audit_id=audit.id, person_id=person_id, role=role, joined_at=NOW)
    )


def planned(session: Session, engagement: Engagement, kind: AuditKind) -> Audit:
    """Give the engagement's first audit of a kind; a special one is made."""
    found = session.scalar(
        select(Audit)
        .where(Audit.engagement_id == engagement.id, Audit.kind == kind)
        .order_by(Audit.id)
    )
    if found is not None:
        return found
    return _added(session, _special(session, engagement))


def audit_in(
    session: Session,
    state: AuditState,
    kind: AuditKind = AuditKind.STAGE_2,
    *,
    within: World | None = None,
    rating: int = 3,
) -> Audit:
    """Bring an audit of a world into a state with every row that state implies.

    Leader and auditor are on the team. In progress the checklist stands unanswered; from the end
    of the fieldwork every criterion is answered with ``rating``. Stage 1 lies behind a stage 2.
    """
    stage = within or world(session)
    audit = planned(session, stage.engagement, kind)
    if kind is AuditKind.STAGE_2 and _reached(state, S.IN_PROGRESS):
        _close_stage_1(session, stage)
    _prepare(session, audit, stage, state)
    _fieldwork(session, audit, stage, state, rating)
    _report(session, audit, stage, state)
    audit.state = state
    if state in (S.POSTPONED, S.CANCELLED):
        audit.stop_reason = "The client moved its data centre."
    if state is S.CLOSED:
        audit.closed_at = NOW
    session.flush()
    return audit


def answers(session: Session, audit: Audit, by: int, rating: int | None = None) -> list[Answer]:
    """Choose the checklist up to the level sought; answered when a rating is given."""
    criteria = session.scalars(
        select(Criterion)
        .where(
            Criterion.standard_version_id == audit.standard_version_id,
            Criterion.level_from <= audit.level_sought,
        )
        .order_by(Criterion.position)
    ).all()
    rows = [Answer(audit_id=audit.id, criterion_id=c.id, position=c.position) for c in criteria]
    for row in rows if rating is not None else ():
        row.rating, row.conformity = rating, Conformity.CONFORMS
        row.methods, row.notes = ["document_review"], "Seen in the records."
        row.answered_by_id, row.answered_at = by, NOW
    session.add_all(rows)
    session.flush()
    return rows


def _prepare(session: Session, audit: Audit, stage: World, state: AuditState) -> None:
    audit.objectives = "Judge conformity and the level that the evidence supports."
    audit.methods = "Interview, document review, system test"
    audit.starts_on, audit.ends_on = NOW.date() + timedelta(10), NOW.date() + timedelta(12)
    on_team(session, audit, stage.leader.person_id, TeamRole.LEADER)
    on_team(session, audit, stage.auditor.person_id)
    for site_id in session.scalars(
        select(EngagementSite.site_id).where(EngagementSite.engagement_id == audit.engagement_id)
    ):
        session.add(AuditSite(audit_id=audit.id, site_id=site_id, chosen=SiteChoice.CENTRAL))
    begins = datetime.combine(audit.starts_on, NOW.time(), NOW.tzinfo)
    session.add(
        AgendaItem(audit_id=audit.id, starts_at=begins, minutes=60, topic="Opening meeting")
    )
    if _reached(state, S.TEAM_PROPOSED):
        audit.team_proposed_at = NOW
    if _reached(state, S.TEAM_CONFIRMED):
        audit.team_confirmed_at = NOW
    if _reached(state, S.PLAN_ISSUED):
        plan = Plan(
            audit_id=audit.id,
            version=1,
            content={},
            issued_by_id=stage.leader.person_id,
            issued_at=NOW,
        )
        session.add(plan)
    if _reached(state, S.PLAN_ACCEPTED):
        audit.plan_accepted_at = NOW
    session.flush()


def _fieldwork(
    session: Session, audit: Audit, stage: World, state: AuditState, rating: int
) -> None:
    if not _reached(state, S.PLAN_ISSUED):
        return
    done = _reached(state, S.FIELDWORK_DONE)
    answers(session, audit, stage.leader.person_id, rating if done else None)
    if _reached(state, S.IN_PROGRESS):
        audit.fieldwork_started_at = NOW
        _meeting(session, audit, stage, MeetingKind.OPENING)
    if done:
        audit.fieldwork_ended_at = NOW
        _meeting(session, audit, stage, MeetingKind.CLOSING)


def _meeting(session: Session, audit: Audit, stage: World, kind: MeetingKind) -> None:
    held = Meeting(
        audit_id=audit.id,
        kind=kind,
        held_at=NOW,
        place="Head office",
        recorded_by_id=stage.leader.person_id,
        recorded_at=NOW,
    )
    _added(session, held)
    for name, party in ((stage.leader.name, Party.BODY), (stage.manager.name, Party.CLIENT)):
        session.add(Attendance(meeting_id=held.id, name=name, party=party))
    session.flush()


def _report(session: Session, audit: Audit, stage: World, state: AuditState) -> None:
    if not _reached(state, S.REPORT_DRAFT):
        return
    recommendation = (
        Recommendation.PROCEED if audit.kind is AuditKind.STAGE_1 else Recommendation.CERTIFY
    )
    report = _added(
        session,
        Report(
            audit_id=audit.id,
            number=audit.number.replace("A-", "R-"),
            summary="What was seen.",
            conclusion="The requirements are met.",
            recommendation=recommendation,
            recommended_level=audit.level_sought,
        ),
    )
    if not _reached(state, S.REPORT_ISSUED):
        return
    by, record = stage.leader.person_id, None
    if audit.kind is not AuditKind.STAGE_1:
        record = _added(session, _rating(audit, by))
    report.state, report.signed_by_id, report.signed_at = ReportState.SIGNED, by, NOW
    report.comments_until, report.comments_closed_at = NOW.date(), NOW
    signed = SignedReport(
        report_id=report.id,
        content={},
        content_sha256="0" * 64,
        rating_id=record.id if record else None,
        signed_by_id=by,
        signed_at=NOW,
    )
    _added(session, signed)


def _rating(audit: Audit, by: int) -> RatingRecord:
    return RatingRecord(
        audit_id=audit.id,
        scheme_version_id=audit.scheme_version_id,
        level=audit.level_sought,
        total=Decimal("75.0"),
        inputs={},
        result={},
        inputs_sha256="0" * 64,
        computed_by_id=by,
        computed_at=NOW,
    )


def _close_stage_1(session: Session, stage: World) -> None:
    first = planned(session, stage.engagement, AuditKind.STAGE_1)
    if first.state is not S.CLOSED:
        audit_in(session, S.CLOSED, AuditKind.STAGE_1, within=stage)


def _special(session: Session, engagement: Engagement) -> Audit:
    other = session.scalars(select(Audit).where(Audit.engagement_id == engagement.id)).first()
    assert other is not None
    return Audit(
        number=f"{other.number}-S",
        programme_id=other.programme_id,
        engagement_id=engagement.id,
        body_id=engagement.body_id,
        client_id=engagement.client_id,
        scheme_version_id=engagement.scheme_version_id,
        standard_version_id=other.standard_version_id,
        kind=AuditKind.SPECIAL,
        level_sought=engagement.level_sought,
        days=Decimal(1),
        occasion="A severe incident was reported.",
        created_at=NOW,
    )


def _reached(state: AuditState, wanted: AuditState) -> bool:
    return state in _ACTIVE and _ACTIVE.index(state) >= _ACTIVE.index(wanted)


def _added(session: Session, row: T) -> T:
    session.add(row)
    session.flush()
    return row
