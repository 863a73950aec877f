"""Samples as recorded, on both databases."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from audit.assessment import queries
from audit.assessment.models import Answer, Sample
from audit.assessment.rules import SampleChoice
from audit.fieldwork import queries as desk
from audit.planning.rules import AuditState
from audit.sampling import operations
from audit.sampling.rules import SEEDS, Taken, draw
from core.errors import Invalid, StepRefused
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world

RANDOM = Taken("Tickets", 320, 32, SampleChoice.RANDOM, "Enough for 90 %.")


@pytest.fixture
def record(session):
    stage = world(session)
    audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    key = session.scalars(select(Answer.id).where(Answer.audit_id == audit.id)).first()

    def work(taken):
        place, one, code = queries.answer_place(session, stage.leader, audit.id, key)
        return operations.record(session, stage.leader, place, one, code, taken, now=NOW)

    work.audit, work.key, work.leader = audit, key, stage.leader
    return work


def test_samples_are_recorded_for_good(session, record):
    """I-08: population, size, how chosen, why; several for an answer; a random one keeps a seed to draw it again."""
    drawn = record(RANDOM)
    record(Taken("Tickets", 320, 32, SampleChoice.RANDOM, "Again.", seed=7))
    record(Taken("Outages", 4, 4, SampleChoice.ALL, "There were four."))
    session.commit()
    kept = desk.samples(session, record.key)
    assert [(s.population, s.size, s.chosen) for s in kept] == [
        (320, 32, "random"), (320, 32, "random"), (4, 4, "all"),
    ]  # fmt: skip
    assert 0 <= drawn.seed < SEEDS
    assert [s.seed for s in kept] == [drawn.seed, 7, None]
    assert draw(320, 32, kept[1].seed) == draw(320, 32, 7)
    told = session.scalars(select(Event).where(Event.name == "sample:recorded")).all()
    assert len(told) == 3
    assert told[0].after["seed"] == drawn.seed
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(delete(Sample))
    session.rollback()


def test_a_sample_that_contradicts_itself_is_refused(session, record):
    """I-08: by the rules, and by the database behind them; after the fieldwork nothing is added."""
    with pytest.raises(Invalid):
        record(Taken("Tickets", 3, 4, SampleChoice.JUDGEMENT, "x"))
    about = {"answer_id": record.key, "what": "x", "rationale": "x", "recorded_at": NOW,
             "recorded_by_id": record.leader.person_id}  # fmt: skip
    session.commit()
    for name, values in (
        ("size_within_population", {"population": 1, "size": 2}),
        ("all_is_the_population", {"population": 3, "size": 2, "chosen": SampleChoice.ALL}),
        ("random_keeps_its_seed", {"population": 3, "size": 2, "chosen": SampleChoice.RANDOM}),
        ("random_keeps_its_seed", {"population": 3, "size": 2, "seed": 4}),
    ):
        session.add(Sample(**about, **values))
        with pytest.raises(IntegrityError, match=name):
            session.flush()
        session.rollback()
    record.audit.state = AuditState.FIELDWORK_DONE
    session.commit()
    with pytest.raises(StepRefused):
        record(RANDOM)
