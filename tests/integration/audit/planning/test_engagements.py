"""Engagements and their cycles, on both databases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from audit.engagements import operations as outside
from audit.engagements import queries as engagements
from audit.planning import operations, queries
from audit.planning.models import Audit, Engagement, EngagementSite, Programme
from audit.planning.rules import AuditKind, AuditState, ProgrammeState
from core.db import violated
from core.errors import Invalid, NotAllowed, NotFound, StepRefused
from core.events import Event, verify
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, acting, organisation, person, site
from tests.factories.audits import audit_in, engagement, on_team, world
from tests.factories.checklists import published_scheme

K = AuditKind


@pytest.fixture
def stage(session):
    return world(session)


def audits(session, one):
    query = select(Audit).where(Audit.engagement_id == one.id).order_by(Audit.id)
    return session.scalars(query).all()


def test_an_engagement_opens_with_its_whole_cycle(session):
    """I-02: stage 1, stage 2, two surveillances and the recertification stand planned from the first day."""
    body, client = organisation(session, OrganisationKind.BODY), organisation(session)
    first, second = site(session, client, is_central=True), site(session, client)
    made = engagement(session, body, client, site_ids=[first.id, second.id, first.id])
    session.commit()
    found = audits(session, made)
    assert [one.kind for one in found] == [
        K.STAGE_1, K.STAGE_2, K.SURVEILLANCE, K.SURVEILLANCE, K.RECERTIFICATION,
    ]  # fmt: skip
    assert {one.state for one in found} == {AuditState.PLANNED}
    assert [one.number for one in found] == [f"A-2026-{n:04d}" for n in range(1, 6)]
    assert made.number == "E-2026-0001"
    assert found[0].days + found[1].days == made.audit_days == Decimal(8)
    assert {one.body_id for one in found} == {body.id}
    assert {one.client_id for one in found} == {client.id}
    assert found[2].due_on == date(2027, 11, 20)
    scope = session.scalars(select(EngagementSite.site_id)).all()
    assert sorted(scope) == [first.id, second.id]
    names = session.scalars(select(Event.name).order_by(Event.id)).all()
    assert names.count("engagement:opened") == 1
    assert names.count("audit:planned") == 5
    assert verify(session)[1] is None


def test_numbers_are_given_once_and_without_gaps(session):
    """I-02: a second engagement goes on where the first ended; an abandoned one leaves no gap."""
    body, client = organisation(session, OrganisationKind.BODY), organisation(session)
    version = published_scheme(session)
    central = site(session, client, is_central=True).id
    session.commit()
    engagement(session, body, client, version, site_ids=[central])
    session.rollback()
    one = engagement(session, body, client, version, site_ids=[central])
    two = engagement(session, body, client, version, site_ids=[central])
    assert (one.number, two.number) == ("E-2026-0001", "E-2026-0002")
    assert [each.number for each in audits(session, two)] == [
        f"A-2026-{n:04d}" for n in range(6, 11)
    ]


def test_the_cycle_begins_with_the_decision(session, stage):
    """I-02: the first positive decision dates surveillance and recertification; twice changes nothing."""
    one = stage.engagement
    decided = date(2027, 2, 10)
    programme = operations.renew_programme(session, one, decided, NOW + timedelta(days=82))
    assert (programme.cycle, programme.decided_on) == (1, decided)
    assert (programme.starts_on, programme.ends_on) == (decided, date(2030, 2, 9))
    dues = [each.due_on for each in audits(session, one) if each.due_on]
    assert dues == [date(2028, 2, 10), date(2029, 2, 10), date(2029, 11, 9)]
    again = operations.renew_programme(session, one, decided, NOW + timedelta(days=83))
    session.commit()
    assert again.id == programme.id
    assert session.scalars(select(Event.name)).all().count("programme:started") == 1
    assert len(audits(session, one)) == 5


def test_an_audit_under_way_keeps_its_date(session, stage):
    """I-02: only audits that are still planned take the new dates."""
    surveillance = audits(session, stage.engagement)[2]
    before = surveillance.due_on
    audit_in(session, AuditState.IN_PROGRESS, K.SURVEILLANCE, within=stage)
    operations.renew_programme(session, stage.engagement, date(2027, 2, 10), NOW)
    assert surveillance.due_on == before


def test_recertification_opens_the_next_cycle(session, stage):
    """I-02, I-14: after it the old cycle is closed and the next one has its own audits, without stages."""
    one = stage.engagement
    operations.renew_programme(session, one, date(2027, 2, 10), NOW)
    programme = operations.renew_programme(
        session, one, date(2029, 12, 1), NOW, actor=stage.decider
    )
    session.commit()
    assert (programme.cycle, programme.state) == (2, ProgrammeState.OPEN)
    first = session.scalars(select(Programme).where(Programme.cycle == 1)).one()
    assert first.state is ProgrammeState.CLOSED
    kinds = [each.kind for each in audits(session, one) if each.programme_id == programme.id]
    assert kinds == [K.SURVEILLANCE, K.SURVEILLANCE, K.RECERTIFICATION]
    cycles = engagements.cycles(session, one.id)
    assert [cycle.programme.cycle for cycle in cycles] == [2, 1]
    assert [len(cycle.audits) for cycle in cycles] == [3, 5]


def test_a_special_audit_has_its_reason(session, stage):
    """I-20: a severe incident, a complaint or a reported change can cause an audit at short notice."""
    audit = outside.plan_outside(
        session,
        stage.planner,
        stage.engagement,
        kind=K.SPECIAL,
        occasion="A complaint about lost tickets.",
        due_on=date(2026, 12, 1),
        days=Decimal(1),
        short_notice=True,
        now=NOW,
    )
    session.commit()
    assert (audit.kind, audit.short_notice, audit.state) == (K.SPECIAL, True, AuditState.PLANNED)
    event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.name, event.subject_id) == ("audit:planned", audit.id)
    assert event.reason == "A complaint about lost tickets."
    assert event.actor_id == stage.planner.person_id


@pytest.mark.parametrize(
    "who", ["leader", "decider", "administrator", "officer", "manager", "member"]
)
def test_only_planners_plan_audits(session, stage, who):
    """I-20: nobody else, the administrator included."""
    with pytest.raises(NotAllowed):
        plan_special(session, getattr(stage, who), stage.engagement)


def test_what_a_special_audit_is_not(session, stage):
    """I-20: no reason, no audit; the cycle's own audits are not planned by hand; nor after its end."""
    with pytest.raises(Invalid):
        plan_special(session, stage.planner, stage.engagement, occasion="  ")
    with pytest.raises(Invalid):
        plan_special(session, stage.planner, stage.engagement, kind=K.SURVEILLANCE)
    again = plan_special(session, stage.planner, stage.engagement, kind=K.STAGE_2)
    assert again.kind is K.STAGE_2
    stage.engagement.ended_at = NOW
    with pytest.raises(StepRefused):
        plan_special(session, stage.planner, stage.engagement)


def plan_special(session, actor, one, kind=K.SPECIAL, occasion="A severe incident."):
    return outside.plan_outside(
        session,
        actor,
        one,
        kind=kind,
        occasion=occasion,
        due_on=None,
        days=Decimal(1),
        short_notice=False,
        now=NOW,
    )


def test_who_sees_which_audits_and_engagements(session, stage):
    """S-32: a body its own, an auditor those of their teams, a provider its own, a regulator all."""
    audit = audits(session, stage.engagement)[1]
    others = world(session)
    regulator = organisation(session, OrganisationKind.REGULATOR)
    inspector = acting(person(session), regulator, Role.INSPECTOR)
    for actor in (stage.planner, stage.decider, stage.administrator, stage.manager, inspector):
        assert queries.audit(session, actor, audit.id) is audit
        assert engagements.head(session, actor, stage.engagement.id).engagement is stage.engagement
        assert queries.audit_head(session, actor, audit.id).audit is audit
    strangers = (stage.auditor, others.planner, others.manager, others.leader)
    for actor in strangers:
        for ask in (queries.audit, queries.audit_head):
            with pytest.raises(NotFound):
                ask(session, actor, audit.id)
        with pytest.raises(NotFound):
            engagements.head(session, actor, stage.engagement.id)
    member = on_team(session, audit, stage.auditor.person_id)
    assert queries.audit(session, stage.auditor, audit.id) is audit
    member.left_at = NOW
    session.flush()
    assert queries.audit(session, stage.auditor, audit.id) is audit  # once on the team, still seen
    assert engagements.head(session, stage.auditor, stage.engagement.id)
    with pytest.raises(NotFound):
        queries.audit(session, stage.planner, 10_000)


def test_somebody_with_two_roles_sees_as_the_wider_one(session, stage):
    """S-32: an auditor who is also a planner sees every audit of the body."""
    both = acting(person(session), stage.body, Role.AUDITOR, Role.PLANNER)
    audit = audits(session, stage.engagement)[0]
    assert queries.audit(session, both, audit.id) is audit


def test_the_list_shows_what_comes_next(session, stage):
    """I-02: the first audit that is not over, and its date."""
    rows = session.execute(engagements.listing(stage.planner)).all()
    assert [(row.Engagement.id, row.following.kind) for row in rows] == [
        (stage.engagement.id, K.STAGE_1)
    ]
    audits(session, stage.engagement)[0].state = AuditState.CLOSED
    session.flush()
    rows = session.execute(engagements.listing(stage.manager, words="hosting")).all()
    assert [row.following.kind for row in rows] == [K.STAGE_2]
    assert session.execute(engagements.listing(stage.planner, words="100%")).all() == []
    assert session.execute(engagements.listing(stage.planner, kind="recertification")).all() == []


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("remote_share = 101", "remote_share_is_percent"),
        ("starts_on = '2026-12-02', ends_on = '2026-12-01'", "ends_after_start"),
        ("state = 'cancelled'", "stop_has_reason"),
        ("state = 'postponed'", "stop_has_reason"),
        ("kind = 'special'", "special_has_occasion"),
        ("state = 'finished'", "auditstate"),
        ("number = 'A-2026-0002'", "number"),
    ],
)
def test_the_database_refuses_what_an_audit_cannot_be(session, stage, change, constraint):
    """I-02, I-20: each rule is a named constraint, too."""
    session.commit()
    with pytest.raises(IntegrityError) as refused:
        session.execute(text(f"UPDATE audits SET {change} WHERE number = 'A-2026-0001'"))  # noqa: S608
    assert constraint in violated(refused.value)


def test_a_programme_is_one_for_each_cycle(session, stage):
    """I-02: two programmes of one cycle cannot be."""
    session.add(
        Programme(
            engagement_id=stage.engagement.id,
            cycle=1,
            starts_on=date(2026, 1, 1),
            ends_on=date(2028, 12, 31),
        )
    )
    with pytest.raises(IntegrityError, match="programmes"):
        session.flush()


def test_an_unknown_scheme_opens_nothing(session):
    """I-02: without a scheme version there is no cycle."""
    body, client = organisation(session, OrganisationKind.BODY), organisation(session)
    central = site(session, client, is_central=True)
    published_scheme(session)
    with pytest.raises(NotFound):
        operations.open_engagement(
            session,
            None,
            body_id=body.id,
            client_id=client.id,
            scheme_version_id=999,
            scope_zh="",
            scope_en="",
            level_sought=3,
            audit_days=Decimal(8),
            site_ids=[central.id],
            service_ids=[],
            now=NOW,
        )
    assert session.scalars(select(Engagement)).all() == []
