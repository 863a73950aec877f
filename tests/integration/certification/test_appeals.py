"""Cases with a database under them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from certification.appeals import operations, queries
from certification.appeals.models import Case
from certification.appeals.rules import CaseState
from core.clock import local_date
from core.db import write_kept
from core.errors import Invalid, NotFound, Stale, StepRefused, TooMany
from core.events import Event, history
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, organisation, user
from tests.factories.audits import on_team, world
from tests.factories.cases import appeal, certificate, complaint, decision, walk

DUE = local_date(NOW) + timedelta(days=30)


@pytest.fixture
def stage(session):
    return world(session)


def page_of(session, actor, case):
    return queries.page(session, actor, case.id)


def test_an_appeal_goes_its_way_with_two_people(session, stage):
    """I-18: acknowledged, investigated, approved by another person, told, closed; every step is an event."""
    one = appeal(session, stage)
    approver = user(session, stage.body, Role.OFFICER)[1]
    walk(session, stage, one, CaseState.CLOSED, approver)
    session.commit()
    assert one.state is CaseState.CLOSED
    assert (one.handler_id, one.approved_by_id) == (stage.officer.person_id, approver.person_id)
    assert one.closed_at is not None
    assert [event.name for event in reversed(history(session, one))] == [
        "case:lodged", "case:acknowledged", "case:validated", "case:investigation_started",
        "case:investigated", "case:decided", "case:notified", "case:closed",
    ]  # fmt: skip


def test_numbers_run_within_a_year(session, stage):
    """I-18: every case has a number of its own."""
    assert [complaint(session, stage)[0].number for _ in range(2)] == ["C-2026-0001", "C-2026-0002"]


def test_only_own_decisions_can_be_appealed(session, stage):
    """I-18, S-32: a provider cannot appeal against somebody else's decision."""
    made = decision(session, stage)
    stranger = user(session, organisation(session), Role.MANAGER)[1]
    assert queries.decisions(session, stranger) == []
    assert [row.id for row in queries.decisions(session, stage.manager)] == [made.id]
    with pytest.raises(Invalid):
        operations.appeal(session, stranger, decision_id=made.id, subject="No", text="No", now=NOW)


def test_whoever_was_on_the_team_may_not_handle(session, stage):
    """I-18: handled by people not involved before."""
    one = appeal(session, stage)
    audit = session.scalars(queries.select(queries.Audit)).first()
    on_team(session, audit, stage.officer.person_id).left_at = NOW
    page = page_of(session, stage.officer, one)
    assert page.facts.actor_on_team
    with pytest.raises(StepRefused):
        operations.acknowledge(session, stage.officer, page, due_on=DUE, revision=None, now=NOW)
    assert queries.waiting(session, stage.officer) == []


def test_whoever_decided_may_not_approve(session, stage):
    """I-18: the person who took a decision about the client approves no outcome."""
    one = appeal(session, stage)
    walk(session, stage, one, CaseState.INVESTIGATING)
    page = page_of(session, stage.decider, one)
    assert page.facts.actor_decided
    with pytest.raises(StepRefused):
        operations.take(session, stage.decider, page, "approve", now=NOW)
    assert queries.waiting(session, stage.decider) == []


def test_the_handler_cannot_approve_even_in_the_database(session, stage):
    """I-18: the database says so too."""
    one = appeal(session, stage)
    walk(session, stage, one, CaseState.INVESTIGATING)
    with pytest.raises(StepRefused):
        operations.take(
            session, stage.officer, page_of(session, stage.officer, one), "approve", now=NOW
        )
    one.approved_by_id = one.handler_id
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_returned_outcome_stays_on_record(session, stage):
    """I-18: what was sent back is not lost."""
    one = appeal(session, stage)
    approver = user(session, stage.body, Role.DECIDER)[1]
    walk(session, stage, one, CaseState.INVESTIGATING)
    page = page_of(session, approver, one)
    operations.take(session, approver, page, "send_back", now=NOW, reason="Look at annex B.")
    session.commit()
    assert (one.state, one.outcome) == (CaseState.INVESTIGATING, "")
    event = session.scalars(select(Event).where(Event.name == "case:outcome_returned")).one()
    assert (event.before["outcome"], event.reason) == ("The decision stands.", "Look at annex B.")


def test_a_case_not_admitted_says_why(session, stage):
    """I-18: a refusal carries its reasons; without them neither rules nor database take it."""
    one, _ = complaint(session, stage)
    walk(session, stage, one, CaseState.ACKNOWLEDGED)
    page = page_of(session, stage.officer, one)
    with pytest.raises(StepRefused):
        operations.take(session, stage.officer, page, "reject", now=NOW)
    operations.take(session, stage.officer, page, "reject", now=NOW, reason="It is about a fee.")
    assert (one.state, one.outcome) == (CaseState.REJECTED, "It is about a fee.")
    one.outcome = ""
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_day_in_the_past_and_a_late_change_are_refused(session, stage):
    """I-18: progress is told by a day to come; nobody overwrites what another wrote."""
    one = appeal(session, stage)
    page = page_of(session, stage.officer, one)
    with pytest.raises(Invalid):
        operations.acknowledge(
            session, stage.officer, page, due_on=local_date(NOW) - timedelta(1), revision=None, now=NOW
        )  # fmt: skip
    walk(session, stage, one, CaseState.INVESTIGATING)
    page = page_of(session, stage.officer, one)
    with pytest.raises(Stale):
        operations.write(session, stage.officer, page, {"outcome": "x"}, revision=1, now=NOW)


def test_only_the_digest_of_a_code_is_kept(session, stage):
    """I-18, S-33: the code opens the progress; the database does not hold it."""
    one, code = complaint(session, stage)
    session.commit()
    assert one.code_sha256 != code
    assert code not in str(vars(one))
    found = queries.by_code(session, operations.code_digest(f" {code.lower().replace('-', ' ')} "))
    assert found is not None
    assert found[0].id == one.id
    assert queries.by_code(session, operations.code_digest("AAAA-BBBB")) is None


def test_events_do_not_name_the_complainant(session, stage):
    """I-18, I-32: name and address stay out of the log that others read."""
    one, _ = complaint(session, stage, from_name="Wang Fang", from_email="wang@example.org")
    walk(session, stage, one, CaseState.VALIDATED)
    session.commit()
    for event in session.scalars(select(Event)):
        said = f"{event.actor_name} {event.before} {event.after} {event.reason}"
        assert "Wang" not in said
        assert "wang@" not in said


def test_who_sees_which_case(session, stage):
    """I-18, S-32: a body its own, a provider its appeals and what was admitted about it, the regulator all."""
    mine = appeal(session, stage)
    about, _ = complaint(session, stage, certificate_number=certificate(session, stage).number)
    other = world(session)
    inspector = user(session, organisation(session, OrganisationKind.REGULATOR), Role.INSPECTOR)[1]

    def seen(actor):
        return {row[0].id for row in session.execute(queries.listing(actor))}

    assert seen(stage.officer) == seen(inspector) == {mine.id, about.id}
    assert seen(stage.manager) == {mine.id}
    assert seen(other.officer) == seen(other.manager) == set()
    for stranger in (other.officer, other.manager):
        with pytest.raises(NotFound):
            queries.page(session, stranger, mine.id)
    walk(session, stage, about, CaseState.VALIDATED)
    assert seen(stage.manager) == {mine.id, about.id}


def test_a_foreign_certificate_is_not_named(session, stage):
    """I-18: a complaint names a certificate of the body it goes to, or none."""
    foreign = certificate(session, world(session))
    for number in (foreign.number, "NOT-THERE"):
        with pytest.raises(Invalid) as refused:
            complaint(session, stage, certificate_number=number)
        assert refused.value.field == "certificate_number"


def test_complaints_from_one_address_are_slowed_down(session, stage):
    """I-18: a robot cannot bury the officers (quality.md item 9); the wait ends."""
    for _ in range(3):
        complaint(session, stage, from_email="robot@example.org")
        session.commit()
        write_kept(session)
    with pytest.raises(TooMany):
        complaint(session, stage, from_email="robot@example.org")
    later = NOW + timedelta(minutes=16)
    assert complaint(session, stage, now=later, from_email="robot@example.org")


def test_what_waits_for_whom(session, stage):
    """I-18: each step stands on the home page of who takes it, in one statement."""
    one = appeal(session, stage)
    approver = user(session, stage.body, Role.OFFICER)[1]

    def waits(actor):
        return [task.case_id for task in queries.waiting(session, actor)]

    assert waits(stage.officer) == waits(approver) == [one.id]
    walk(session, stage, one, CaseState.ACKNOWLEDGED)
    assert (waits(stage.officer), waits(approver)) == ([one.id], [])
    walk(session, stage, one, CaseState.INVESTIGATING)
    assert (waits(stage.officer), waits(approver)) == ([one.id], [one.id])
    walk(session, stage, one, CaseState.CLOSED, approver)
    assert waits(stage.officer) == waits(approver) == waits(stage.manager) == []


def test_an_appeal_without_decision_is_refused_by_the_database(session, stage):
    """I-18: an appeal is against a decision."""
    one = appeal(session, stage)
    session.flush()
    session.execute(select(Case))
    one.decision_id = None
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
