"""The clock over findings: overdue minors become major, overdue majors escalate (I-11)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.casefile.models import Finding
from audit.findings import operations
from audit.findings.rules import FindingGrade, FindingState
from audit.planning.rules import AuditState
from audit.responses import operations as responses
from checklists.schemes.queries import rules
from core.events import Event
from tests.factories import findings as made
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world

S = FindingState
G = FindingGrade
TODAY = NOW.date()
STATES = (
    S.RAISED,
    S.ACKNOWLEDGED,
    S.DISPUTED,
    S.RETURNED,
    S.RESPONSE_SUBMITTED,
    S.ACCEPTED,
    S.IMPLEMENTED,
)


@pytest.fixture
def findings(session):
    """Give a minor and a major in every open state, by state and grade."""
    stage = world(session)
    audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    built = {
        (state, grade): made.finding_in(session, stage, audit, state, grade=grade)
        for state in STATES
        for grade in (G.MINOR, G.MAJOR)
    }
    session.commit()
    built["stage"], built["audit"] = stage, audit
    return built


def picture(session) -> list[tuple]:
    """Give what the clock may change, but the instant at which it did."""
    session.expire_all()
    return [
        (one.id, one.state, one.grade, one.response_due_on, one.implementation_due_on,
         one.acknowledge_due_on, one.upgraded_at is not None, one.escalated_at is not None)
        for one in session.scalars(select(Finding).order_by(Finding.id))
    ]  # fmt: skip


def clock_events(session) -> list[tuple[str, int]]:
    rows = session.execute(
        select(Event.name, Event.subject_id).where(
            Event.actor_id.is_(None), Event.name.like("finding:%")
        )
    )
    return sorted(tuple(row) for row in rows)


def test_nothing_happens_on_the_last_day(session, findings):
    """I-11: a deadline has passed the day after it."""
    major = findings[S.ACKNOWLEDGED, G.MAJOR]
    assert operations.run_clock(session, major.response_due_on, now=NOW) == {
        "upgraded": 0,
        "escalated": 0,
    }
    done = operations.run_clock(session, major.response_due_on + timedelta(1), now=NOW)
    assert done == {"upgraded": 0, "escalated": 3}


def test_an_overdue_minor_becomes_major(session, findings):
    """I-11: its new deadlines count from that day; what others have to do does not become overdue."""
    minor = findings[S.ACKNOWLEDGED, G.MINOR]
    day = minor.response_due_on + timedelta(1)
    waits = {due.finding.id: due.action for due in operations.due_list(session, day)}
    before = picture(session)
    assert operations.due_list(session, day)
    assert picture(session) == before
    done = operations.run_clock(session, day, now=NOW)
    session.commit()
    assert sum(done.values()) == len(waits)
    days = rules(session, findings["audit"].scheme_version_id).deadlines_of("major")
    for state in (S.RAISED, S.ACKNOWLEDGED, S.RETURNED):
        one = findings[state, G.MINOR]
        assert (one.grade, one.upgraded_at) == (G.MAJOR, NOW)
        assert one.response_due_on == day + timedelta(days.response)
        assert one.implementation_due_on == day + timedelta(days.implementation)
    for state in (S.DISPUTED, S.RESPONSE_SUBMITTED, S.ACCEPTED, S.IMPLEMENTED):
        assert findings[state, G.MINOR].grade is G.MINOR
    names = {name for name, _key in clock_events(session)}
    assert names == {"finding:upgraded", "finding:escalated"}


def test_implementation_overdue(session, findings):
    """I-11: an accepted plan that is not carried out in time has the same consequence."""
    minor = findings[S.ACCEPTED, G.MINOR]
    responded = minor.response_due_on
    day = minor.implementation_due_on + timedelta(1)
    operations.run_clock(session, day, now=NOW)
    days = rules(session, findings["audit"].scheme_version_id).deadlines_of("major")
    assert minor.grade is G.MAJOR
    assert minor.implementation_due_on == day + timedelta(days.implementation)
    assert minor.response_due_on == responded
    assert findings[S.IMPLEMENTED, G.MINOR].grade is G.MINOR


def test_twice_for_a_day_changes_nothing(session, findings):
    """I-11: a second run finds nothing."""
    day = TODAY + timedelta(200)
    first = operations.run_clock(session, day, now=NOW)
    session.commit()
    after, told = picture(session), clock_events(session)
    assert sum(first.values()) == 8
    assert operations.run_clock(session, day, now=NOW) == {"upgraded": 0, "escalated": 0}
    session.commit()
    assert (picture(session), clock_events(session)) == (after, told)


def test_catching_up_is_what_daily_runs_would_have_done(session, findings):
    """I-11: days made up for later, in order, give the same as runs on each day."""
    days = [TODAY + timedelta(n) for n in range(0, 200, 1)]
    start = picture(session)
    for day in days:
        operations.run_clock(session, day, now=NOW + (day - TODAY))
    session.flush()
    daily = picture(session)
    assert daily != start
    session.rollback()
    assert picture(session) == start
    for day in days:
        operations.run_clock(session, day, now=NOW + timedelta(365))
    session.flush()
    assert picture(session) == daily


def test_what_was_done_takes_the_escalation_away(session, findings):
    """I-11: an escalated finding is escalated until its client acts; a later deadline can escalate it again."""
    stage, one = findings["stage"], findings[S.ACKNOWLEDGED, G.MAJOR]
    operations.run_clock(session, one.response_due_on + timedelta(1), now=NOW)
    assert one.escalated_at == NOW
    case = made.case(session, stage.manager, one)
    responses.save_and_submit(
        session, stage.manager, case, made.reply(stage), revision=None, now=NOW
    )
    assert one.escalated_at is None
    responses.accept(session, stage.leader, made.case(session, stage.leader, one), now=NOW)
    done = operations.run_clock(session, one.implementation_due_on + timedelta(1), now=NOW)
    assert done["escalated"] >= 1
    assert one.escalated_at == NOW
