"""The event log: one chain, written with the commit, never changed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from core import events
from core.db import writing
from core.events import GENESIS, Event, history, record, verify
from tests.factories.accounts import acting, organisation, person

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def actor(session):
    body = organisation(session)
    who = acting(person(session), body)
    session.commit()
    return who


def note(session, actor, subject, name="thing:done", **parts):
    record(session, actor, name, subject, now=NOW, **parts)


def test_events_form_a_chain(session, actor):
    """S-05: each event carries the digest of its predecessor and of its own canonical JSON."""
    subject = organisation(session)
    for number in range(5):
        note(session, actor, subject, after={"n": number}, reason="因为")
        session.commit()
    rows = session.scalars(select(Event).order_by(Event.id)).all()
    assert rows[0].previous_sha256 == GENESIS
    assert [row.previous_sha256 for row in rows[1:]] == [row.sha256 for row in rows[:-1]]
    assert verify(session) == (5, None)


def test_several_events_of_one_transaction_keep_their_order(session, actor):
    """S-05: they are written together at the commit, in the order they were noted."""
    subject = organisation(session)
    for name in ("a:done", "b:done", "c:done"):
        note(session, actor, subject, name)
    assert session.scalar(select(func.count()).select_from(Event)) == 0
    session.commit()
    assert session.scalars(select(Event.name).order_by(Event.id)).all() == [
        "a:done",
        "b:done",
        "c:done",
    ]


def test_a_rollback_leaves_none(session, actor):
    """quality 3: a failed transaction leaves no event, and the next commit does not bring it back."""
    subject = organisation(session)
    session.commit()
    note(session, actor, subject)
    session.rollback()
    session.commit()
    assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_it_says_who_when_what_and_why(session, actor):
    """S-32: actor, time, object, before, after and reason stand in each."""
    subject = organisation(session)
    note(
        session, actor, subject, before={"day": NOW.date()}, after={"day": None, "at": NOW},
        reason="moved", owner_id=7, label="A-1",
    )  # fmt: skip
    session.commit()
    row = session.scalar(select(Event))
    assert (row.actor_id, row.actor_name) == (actor.person_id, actor.name)
    assert (row.subject_kind, row.subject_id, row.subject_label) == (
        "organisation",
        subject.id,
        "A-1",
    )
    assert row.at == NOW
    assert row.before == {"day": "2026-11-20"}
    assert row.after == {"day": None, "at": "2026-11-20T08:00:00.000000+00:00"}
    assert (row.reason, row.owner_id) == ("moved", 7)


def test_a_savepoint_undone_takes_its_events_along(session, actor):
    """quality 3: what a savepoint noted goes with it; what was noted before and after stays."""
    subject = organisation(session)
    note(session, actor, subject, "before:done")
    with pytest.raises(RuntimeError), session.begin_nested():  # noqa: PT012
        note(session, actor, subject, "within:done")
        raise RuntimeError
    note(session, actor, subject, "after:done")
    session.commit()
    assert session.scalars(select(Event.name).order_by(Event.id)).all() == [
        "before:done",
        "after:done",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET name = 'x'",
        "DELETE FROM events",
        "UPDATE events SET sha256 = previous_sha256",
    ],
)
def test_the_database_refuses_to_change_them(session, actor, statement):
    """Guard 5: no deletion and no change of an event, not even by hand."""
    note(session, actor, organisation(session))
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))
    session.rollback()
    assert verify(session) == (1, None)


@pytest.mark.parametrize("column", ["name", "reason", "actor_name", "after"])
def test_a_forged_event_is_found(session, actor, column):
    """S-05: where somebody got around the triggers, the chain tells at which event."""
    subject = organisation(session)
    for _ in range(4):
        note(session, actor, subject, reason="said")
        session.commit()
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite":
        session.execute(text("DROP TRIGGER events_no_update"))
    else:
        session.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
    value = "'{\"x\": 1}'" if column == "after" else "'forged'"
    session.execute(text(f"UPDATE events SET {column} = {value} WHERE id = 3"))  # noqa: S608
    session.commit()
    session.expire_all()
    assert verify(session) == (2, 3)


def test_a_missing_event_is_found(session, actor):
    """S-05: an event taken out of the middle breaks the chain where it was."""
    subject = organisation(session)
    for _ in range(4):
        note(session, actor, subject)
        session.commit()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER events_no_delete"))
    else:
        session.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
    session.execute(text("DELETE FROM events WHERE id = 2"))
    session.commit()
    assert verify(session) == (1, 3)


def test_the_chain_holds_when_many_write_at_once(session_factory):
    """quality 4: writers queue; nothing forks, nothing is lost."""
    import threading

    with session_factory() as session:
        subject = organisation(session)
        who = acting(person(session), subject)
        session.commit()
        key = subject.id
    failures = []

    def work(number):
        try:
            with session_factory() as mine:
                writing(mine)
                thing = mine.get(type(subject), key)
                record(mine, who, "thing:done", thing, now=NOW, after={"n": number})
                mine.commit()
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with session_factory() as session:
        assert verify(session) == (12, None)


def test_history_gives_what_is_within_too(session, actor):
    """I-09: the timeline of a larger thing shows what happened inside it, newest first."""
    audit, finding = organisation(session), person(session)
    note(session, actor, audit, "audit:planned")
    note(session, actor, finding, "finding:raised", within=audit)
    note(session, actor, person(session), "other:done")
    session.commit()
    assert [event.name for event in history(session, audit)] == ["finding:raised", "audit:planned"]
    assert [event.name for event in history(session, audit, limit=1)] == ["finding:raised"]


def test_the_kind_of_a_thing_is_its_singular():
    """house: an event names the thing in the singular."""

    class Thing:
        __tablename__ = "engagements"
        id = 1

    assert events.kind_of(Thing()) == "engagement"
    Thing.__tablename__ = "criteria"
    assert events.kind_of(Thing()) == "criteria"
    Thing.__tablename__ = "categories"
    assert events.kind_of(Thing()) == "category"
