"""The clock on both databases: what time alone brings about, once, and the same after an absence (I-15)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from certification.certificates.models import Certificate, CertificateStatus
from certification.certificates.rules import CertificateState as S
from certification.clock import operations
from certification.clock.models import ClockRun
from core.events import Event
from core.permissions import OrganisationKind
from tests.factories.accounts import NOW, organisation
from tests.factories.certification import certificate

TODAY = NOW.date()


def told(session, on):
    return [(one.day.isoformat(), one.event) for one in operations.run(session, on, now=NOW)]


@pytest.fixture
def one(session) -> Certificate:
    body = organisation(session, OrganisationKind.BODY)
    return certificate(session, body, organisation(session))


def state(session):
    rows = session.execute(
        select(
            CertificateStatus.state, CertificateStatus.from_on, CertificateStatus.until_on
        ).order_by(CertificateStatus.certificate_id, CertificateStatus.id)
    ).all()
    held = session.execute(
        select(Certificate.id, Certificate.state, Certificate.suspended_until).order_by(
            Certificate.id
        )
    ).all()
    runs = session.execute(select(ClockRun.day, ClockRun.changed).order_by(ClockRun.day)).all()
    return [tuple(row) for row in rows], [tuple(row) for row in held], [tuple(row) for row in runs]


def test_overdue_surveillance_suspends_and_the_end_of_it_withdraws(session, one):
    """I-15: due 20 November 2027, 30 days of grace, six months of suspension, then withdrawn."""
    due = one.next_surveillance_due_on
    assert told(session, due + timedelta(days=30)) == []
    assert told(session, due + timedelta(days=31)) == [("2027-12-21", "certificate:suspended")]
    assert (one.state, one.suspended_until.isoformat()) == (S.SUSPENDED, "2028-06-21")
    assert told(session, one.suspended_until) == []
    assert told(session, one.suspended_until + timedelta(days=1)) == [
        ("2028-06-22", "certificate:withdrawn")
    ]
    assert (one.state, one.suspended_until) == (S.WITHDRAWN, None)


def test_the_validity_ends(session, one):
    """I-14: the last day of validity still counts; the next one does not."""
    one.next_surveillance_due_on = None
    session.flush()
    assert told(session, one.expires_on) == []
    assert told(session, one.expires_on + timedelta(days=1)) == [
        ("2029-11-20", "certificate:expired")
    ]
    assert one.state is S.EXPIRED


def test_twice_for_a_day_changes_nothing(session, one):
    """The clock: a second run for a day finds nothing to do and leaves no event."""
    on = one.next_surveillance_due_on + timedelta(days=31)
    operations.run(session, on, now=NOW)
    session.commit()
    before, events = state(session), len(session.scalars(select(Event)).all())
    assert told(session, on) == []
    assert told(session, on - timedelta(days=5)) == []
    session.commit()
    assert state(session) == before
    assert len(session.scalars(select(Event)).all()) == events


@pytest.mark.parametrize("absence", [2, 7, 200, 800, 1200])
def test_after_an_absence_all_is_as_after_daily_runs(session, absence):
    """The clock: one run after days away does what a run on each of them would have done."""
    body = organisation(session, OrganisationKind.BODY)
    made = [certificate(session, body, organisation(session)) for _ in range(4)]
    made[1].state, made[1].suspended_until = S.SUSPENDED, TODAY + timedelta(days=5)
    made[2].next_surveillance_due_on = TODAY - timedelta(days=28)
    made[3].expires_on, made[3].next_surveillance_due_on = TODAY + timedelta(days=3), None
    session.flush()
    operations.run(session, TODAY, now=NOW)
    start = session.begin_nested()
    for passed in range(1, absence + 1):
        operations.run(session, TODAY + timedelta(days=passed), now=NOW)
    daily = state(session)
    start.rollback()
    session.expire_all()
    operations.run(session, TODAY + timedelta(days=absence), now=NOW)
    assert state(session) == daily
    assert len(daily[2]) == absence + 1 or daily[2][0][0] < TODAY


def test_a_change_leaves_one_event_of_the_clock(session, one):
    """quality 3: one event for each change, without an actor, with its reason."""
    operations.run(session, one.next_surveillance_due_on + timedelta(days=31), now=NOW)
    session.commit()
    found = session.scalars(select(Event).where(Event.name == "certificate:suspended")).all()
    assert [(row.actor_id, row.actor_name) for row in found] == [(None, "")]
    assert "surveillance" in found[0].reason
    row = session.scalars(select(CertificateStatus).order_by(CertificateStatus.id.desc())).first()
    assert (row.state, row.from_on.isoformat(), row.until_on.isoformat()) == (
        S.SUSPENDED, "2027-12-21", "2028-06-21",
    )  # fmt: skip
