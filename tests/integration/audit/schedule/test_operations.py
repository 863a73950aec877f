"""Dates, sites and agenda of a plan, on both databases."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from audit.planning import queries
from audit.planning.models import AgendaItem, AuditSite, EngagementSite
from audit.planning.rules import PLAN_OPEN, AuditKind, AuditState, SiteChoice
from audit.schedule import operations
from audit.schedule import queries as schedule
from core.errors import Invalid, NotAllowed, NotFound, Stale, StepRefused
from core.events import Event
from tests.factories.accounts import NOW, site
from tests.factories.audits import audit_in, planned, world

S = AuditState
TEXTS = {
    "objectives": "Judge the level.",
    "methods": "Interview, document review, system test",
    "tools": "A laptop",
    "logistics": "A room",
}
AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def stage(session):
    return world(session)


@pytest.fixture
def audit(session, stage):
    return audit_in(session, S.PLANNED, within=stage)


def edit(session, actor, audit, **changed):
    values = {
        "starts_on": date(2026, 11, 30),
        "ends_on": date(2026, 12, 2),
        "days": Decimal("5.5"),
        "remote_share": 20,
        "texts": TEXTS,
        "revision": audit.revision,
        "now": NOW,
    }
    operations.edit(session, actor, audit, **(values | changed))


def add(session, actor, audit, **changed):
    values = {
        "starts_at": AT,
        "minutes": 60,
        "topic": "Incident records",
        "person_id": None,
        "site_id": None,
        "now": NOW,
    }
    return operations.add_item(session, actor, audit, **(values | changed))


def test_planner_and_leader_make_the_plan(session, stage, audit):
    """S-21, I-06: dates, share done remotely, objectives, methods, tools; one event with what changed."""
    edit(session, stage.planner, audit)
    edit(session, stage.leader, audit, remote_share=30)
    edit(session, stage.leader, audit, remote_share=30)  # nothing changed: no event
    session.commit()
    events = session.scalars(select(Event).where(Event.name == "audit:plan_changed")).all()
    assert len(events) == 2
    assert events[1].before == {"remote_share": 20}
    assert events[1].after == {"remote_share": 30}


@pytest.mark.parametrize("who", ["auditor", "decider", "administrator", "manager", "member"])
def test_nobody_else_makes_the_plan(session, stage, audit, who):
    """I-06: a member of the team who does not lead, the client, the administrator: none of them."""
    with pytest.raises(NotAllowed):
        edit(session, getattr(stage, who), audit)
    with pytest.raises(NotAllowed):
        add(session, getattr(stage, who), audit)


@pytest.mark.parametrize("state", [state for state in S if state not in PLAN_OPEN])
def test_an_issued_plan_is_not_edited(session, stage, state):
    """I-06: after the issue the leader opens it again first; after the start never."""
    audit = audit_in(session, state, within=stage)
    item = session.scalars(select(AgendaItem).where(AgendaItem.audit_id == audit.id)).one()
    rule = queries.audit_head(session, stage.planner, audit.id).rules.site_sampling
    for change in (
        lambda: edit(session, stage.planner, audit),
        lambda: add(session, stage.planner, audit),
        lambda: operations.remove_item(session, stage.planner, audit, item, now=NOW),
        lambda: operations.choose_sites(session, stage.planner, audit, rule, named=[], now=NOW),
    ):
        with pytest.raises(StepRefused):
            change()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_on": None}, "ends_on"),
        ({"ends_on": None}, "ends_on"),
        ({"ends_on": date(2026, 11, 29)}, "ends_on"),
        ({"starts_on": date(2026, 12, 1)}, "starts_on"),
    ],
)
def test_dates_that_cannot_be(session, stage, audit, change, field):
    """I-06: both days or neither, in order, and never past an entry of the agenda (30 November)."""
    with pytest.raises(Invalid) as refused:
        edit(session, stage.planner, audit, **change)
    assert refused.value.field == field


def test_a_late_edit_is_refused(session, stage, audit):
    """S-05: somebody who read an older revision does not overwrite a newer one."""
    seen = audit.revision
    edit(session, stage.planner, audit)
    with pytest.raises(Stale):
        edit(session, stage.leader, audit, remote_share=90, revision=seen)


def test_sites_are_drawn_with_a_seed_that_is_kept(session, stage, audit):
    """I-04: central always, named ones besides, the rest at random; the seed draws them again."""
    for _ in range(8):
        extra = site(session, stage.client)
        session.add(EngagementSite(engagement_id=stage.engagement.id, site_id=extra.id))
    session.flush()
    head = queries.audit_head(session, stage.planner, audit.id)
    rule = head.rules.site_sampling
    scope = queries.sites(session, audit)
    named = scope[3].site_id
    drawn = operations.choose_sites(
        session, stage.planner, audit, rule, named=[named], now=NOW, seed=20260903
    )
    session.commit()
    chosen = dict(session.execute(select(AuditSite.site_id, AuditSite.chosen)).all())
    assert chosen[scope[0].site_id] is SiteChoice.CENTRAL
    assert chosen[named] is SiteChoice.NAMED
    assert [chosen[one] for one in drawn] == [SiteChoice.RANDOM]
    assert len(chosen) == 3  # the root of nine
    assert audit.site_seed == 20260903
    again = operations.choose_sites(
        session, stage.planner, audit, rule, named=[named], now=NOW, seed=audit.site_seed
    )
    assert again == drawn
    event = session.scalars(select(Event).where(Event.name == "audit:sites_chosen")).one()
    assert event.after["seed"] == 20260903


def test_foreign_sites_are_not_visited(session, stage, audit):
    """I-04: a site outside the scope is refused and nothing changes."""
    foreign = site(session, world(session).client)
    rule = queries.audit_head(session, stage.planner, audit.id).rules.site_sampling
    with pytest.raises(Invalid):
        operations.choose_sites(session, stage.planner, audit, rule, named=[foreign.id], now=NOW)
    with pytest.raises(Invalid) as refused:
        add(session, stage.planner, audit, site_id=foreign.id)
    assert refused.value.field == "site_id"


def test_a_seed_is_found_when_none_is_given(session, stage, audit):
    """I-04: a draw always has a seed, and another draw another one."""
    rule = queries.audit_head(session, stage.planner, audit.id).rules.site_sampling
    seeds = set()
    for _ in range(3):
        operations.choose_sites(session, stage.planner, audit, rule, named=[], now=NOW)
        seeds.add(audit.site_seed)
    assert None not in seeds
    assert len(seeds) == 3


def test_the_agenda_with_its_events(session, stage, audit):
    """S-21, I-06: added, changed, removed; each told with what it was."""
    item = add(session, stage.leader, audit, person_id=stage.auditor.person_id)
    change(session, stage, audit, item, minutes=90, topic="Incidents and requests")
    change(session, stage, audit, item, minutes=90, topic="Incidents and requests")
    operations.remove_item(session, stage.planner, audit, item, now=NOW)
    session.commit()
    events = session.scalars(
        select(Event).where(Event.subject_kind == "agenda_item").order_by(Event.id)
    ).all()
    assert [event.name for event in events] == [
        "agenda_item:added", "agenda_item:changed", "agenda_item:removed",
    ]  # fmt: skip
    assert events[1].before == {"minutes": 60, "topic": "Incident records"}
    assert events[2].before["topic"] == "Incidents and requests"
    assert {event.within_id for event in events} == {audit.id}
    with pytest.raises(NotFound):
        schedule.item(session, audit, item.id)


def change(session, stage, audit, item, **changed):
    values = {
        "starts_at": item.starts_at,
        "minutes": item.minutes,
        "topic": item.topic,
        "person_id": item.person_id,
        "site_id": item.site_id,
        "now": NOW,
    }
    operations.change_item(session, stage.planner, audit, item, **(values | changed))


def test_nobody_is_in_two_places_at_once(session, stage, audit):
    """I-06: overlap is judged for each person; the whole team is everybody; refused changes leave nothing."""
    one, two = stage.leader.person_id, stage.auditor.person_id
    item = add(session, stage.planner, audit, person_id=one)
    other = add(session, stage.planner, audit, person_id=two)
    for clash in (one, None):
        with pytest.raises(Invalid) as refused:
            add(
                session,
                stage.planner,
                audit,
                person_id=clash,
                starts_at=AT + timedelta(minutes=59),
            )
        assert refused.value.field == "time"
        assert "Incident records" in str(refused.value)
    with pytest.raises(Invalid):
        change(session, stage, audit, other, person_id=one)
    assert other.person_id == two
    change(session, stage, audit, item, minutes=45)  # an entry does not meet itself
    add(session, stage.planner, audit, person_id=None, starts_at=AT + timedelta(minutes=60))


@pytest.mark.parametrize(
    ("starts_at", "fits"),
    [
        (datetime(2026, 11, 29, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 29, 16, 0, tzinfo=UTC), True),  # midnight in China: the first day
        (datetime(2026, 12, 2, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 2, 16, 0, tzinfo=UTC), False),
    ],
)
def test_entries_lie_on_the_days_of_the_audit(session, stage, audit, starts_at, fits):
    """I-06: from 30 November to 2 December, where the audit takes place."""
    if fits:
        add(session, stage.planner, audit, starts_at=starts_at, minutes=5)
    else:
        with pytest.raises(Invalid) as refused:
            add(session, stage.planner, audit, starts_at=starts_at, minutes=5)
        assert refused.value.field == "day"


def test_only_members_stand_on_the_agenda(session, stage, audit):
    """I-06: the agenda names people of the team."""
    with pytest.raises(Invalid) as refused:
        add(session, stage.planner, audit, person_id=stage.decider.person_id)
    assert refused.value.field == "person_id"


def test_an_entry_of_another_audit_is_not_found(session, stage, audit):
    """S-32: a key of another audit's entry opens nothing."""
    other = planned(session, stage.engagement, AuditKind.SURVEILLANCE)
    item = session.scalars(select(AgendaItem)).first()
    with pytest.raises(NotFound):
        schedule.item(session, other, item.id)
