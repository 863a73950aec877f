"""Events become messages once, and go out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from certification.appeals.rules import CaseState
from core.events import record
from core.mail import Mail
from core.permissions import Role
from notifications import operations, queries
from notifications.models import Delivery
from notifications.rules import DeliveryState
from tests.factories.accounts import NOW, organisation, user
from tests.factories.audits import on_team, planned, world
from tests.factories.cases import appeal, complaint, walk


class Post:
    """A mail server that notes, or fails as often as told."""

    def __init__(self, failures=0):
        self.sent, self.failures = [], failures

    def send(self, mail):
        if self.failures:
            self.failures -= 1
            raise OSError("the server is away")
        self.sent.append(mail)


def plainly(message):
    return Mail(message.email, message.event.name, message.event.subject_label)


@pytest.fixture
def sessions(session_factory):
    return session_factory


@pytest.fixture
def stage(session):
    made = world(session)
    session.commit()
    return made


@pytest.fixture
def audit(session, stage):
    from audit.planning.rules import AuditKind

    return planned(session, stage.engagement, AuditKind.STAGE_2)


def happened(session, actor, name, audit, *, at=NOW):
    record(session, actor, name, audit, now=at, owner_id=audit.body_id)
    session.commit()


def tell(sessions, post, now=NOW):
    operations.fan_out(sessions, now=now)
    return operations.send_due(sessions, post, plainly, now=now)


def email(stage, actor):
    return stage.person(actor).email


def test_each_is_told_once_however_often_the_worker_turns(session, sessions, stage, audit):
    """S-25: never two messages about one event to one person."""
    happened(session, stage.planner, "audit:plan_issued", audit)
    post = Post()
    assert tell(sessions, post) == 1
    assert [mail.to for mail in post.sent] == [email(stage, stage.manager)]
    for _ in range(3):
        assert tell(sessions, post) == 0
    assert session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_the_database_refuses_a_second_message(session, sessions, stage, audit):
    """S-25: UNIQUE says so too."""
    happened(session, stage.planner, "audit:plan_issued", audit)
    tell(sessions, Post())
    one = session.scalars(select(Delivery)).one()
    session.add(
        Delivery(event_id=one.event_id, email=one.email, language="en", next_at=NOW, created_at=NOW)
    )
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_the_team_is_told_but_never_who_did_it(session, sessions, stage, audit):
    """S-25: people know what they did themselves; who left the team hears nothing."""
    from audit.planning.rules import TeamRole

    on_team(session, audit, stage.leader.person_id, TeamRole.LEADER)
    on_team(session, audit, stage.auditor.person_id)
    gone = user(session, stage.body, Role.AUDITOR)[0]
    on_team(session, audit, gone).left_at = NOW
    happened(session, stage.leader, "audit:plan_issued", audit)
    post = Post()
    tell(sessions, post)
    told = {mail.to for mail in post.sent}
    assert told == {email(stage, stage.manager), email(stage, stage.auditor)}


def test_nobody_of_another_organisation_is_told(session, sessions, stage, audit):
    """S-32: a message goes to the body's own people and the client's own managers."""
    other = world(session)
    user(session, organisation(session), Role.MANAGER)
    happened(session, None, "audit:sent_to_decision", audit)
    post = Post()
    tell(sessions, post)
    assert [mail.to for mail in post.sent] == [email(stage, stage.decider)]
    assert email(other, other.decider) not in {mail.to for mail in post.sent}


def test_ended_and_disabled_people_are_not_told(session, sessions, stage, audit):
    """S-32: who is no member any longer hears nothing."""
    from accounts.people.models import Membership

    disabled, _ = user(session, stage.client, Role.MANAGER)
    disabled.disabled_at = NOW
    ended, _ = user(session, stage.client, Role.MANAGER)
    place = session.scalars(select(Membership).where(Membership.person_id == ended.id)).one()
    place.ended_at = NOW
    happened(session, stage.planner, "audit:plan_issued", audit)
    post = Post()
    tell(sessions, post)
    assert [mail.to for mail in post.sent] == [email(stage, stage.manager)]


def test_a_rolled_back_event_is_told_to_nobody(session, sessions, stage, audit):
    """S-25: no mail precedes a rollback."""
    record(session, stage.planner, "audit:plan_issued", audit, now=NOW, owner_id=audit.body_id)
    session.rollback()
    assert tell(sessions, Post()) == 0


def test_history_is_not_news(session, sessions, stage, audit):
    """S-25: what lies weeks behind when the worker first looks is told to nobody."""
    happened(session, stage.planner, "audit:plan_issued", audit, at=NOW - timedelta(days=30))
    assert tell(sessions, Post()) == 0
    with sessions() as reading:
        assert queries.cursor(reading) > 0


def test_a_server_that_is_away_is_tried_again_with_growing_pauses(session, sessions, stage, audit):
    """S-25: a message waits for the server, and goes out once."""
    happened(session, stage.planner, "audit:plan_issued", audit)
    post = Post(failures=2)
    assert tell(sessions, post) == 0
    assert tell(sessions, post, NOW + timedelta(minutes=1)) == 0
    assert post.failures == 1
    assert tell(sessions, post, NOW + timedelta(minutes=2)) == 0
    assert tell(sessions, post, NOW + timedelta(minutes=6)) == 1
    one = session.scalars(select(Delivery)).one()
    assert (one.state, one.attempts, one.error) == (DeliveryState.SENT, 3, "")


def test_after_eight_failures_it_is_given_up_and_says_so(session, sessions, stage, audit):
    """S-25: what could not be sent is shown as such."""
    happened(session, stage.planner, "audit:plan_issued", audit)
    post, now = Post(failures=99), NOW
    for _ in range(12):
        tell(sessions, post, now)
        now += timedelta(hours=5)
    one = session.scalars(select(Delivery)).one()
    assert (one.state, one.attempts) == (DeliveryState.FAILED, 8)
    assert "away" in one.error
    assert post.failures == 91


def test_a_complainant_without_account_is_told(session, sessions, stage):
    """I-18: progress and outcome reach the address given; nothing else does."""
    one, _ = complaint(session, stage, from_email="Wang@Example.org", from_name="Wang Fang")
    approver = user(session, stage.body, Role.OFFICER)[1]
    walk(session, stage, one, CaseState.CLOSED, approver)
    session.commit()
    post = Post()
    tell(sessions, post)
    assert [mail.subject for mail in post.sent if mail.to == "wang@example.org"] == [
        "case:acknowledged", "case:validated", "case:investigation_started", "case:notified",
    ]  # fmt: skip


def test_an_appellant_is_told_as_a_person(session, sessions, stage):
    """I-18: whoever lodged the appeal hears how it goes on."""
    one = appeal(session, stage)
    walk(session, stage, one, CaseState.VALIDATED)
    session.commit()
    post = Post()
    tell(sessions, post)
    mine = [mail.subject for mail in post.sent if mail.to == email(stage, stage.manager)]
    assert mine == ["case:acknowledged", "case:validated"]


def test_two_workers_do_not_send_the_same(session, sessions, stage, audit):
    """S-25: a message another worker took up is left alone."""
    happened(session, stage.planner, "audit:plan_issued", audit)
    operations.fan_out(sessions, now=NOW)
    key = session.scalars(select(Delivery.id)).one()
    session.rollback()
    inner = Post()

    class Slow(Post):
        def send(self, mail):
            operations.send_due(sessions, inner, plainly, now=NOW)
            super().send(mail)

    post = Slow()
    assert operations.send_due(sessions, post, plainly, now=NOW) == 1
    assert (len(post.sent), len(inner.sent)) == (1, 0)
    assert session.get(Delivery, key).attempts == 1


def test_own_messages_are_those_of_the_organisation_acted_for(session, sessions, stage, audit):
    """S-32: acting for another organisation one does not read this one's messages."""
    happened(session, stage.planner, "audit:plan_issued", audit)
    tell(sessions, Post())
    elsewhere = replace(stage.manager, organisation_id=stage.body.id)
    assert queries.unread(session, stage.manager) == 1
    assert queries.unread(session, elsewhere) == 0
    assert queries.unread(session, stage.member) == 0
