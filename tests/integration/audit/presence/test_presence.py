"""Who is at the desk, on both databases."""

from datetime import timedelta

from sqlalchemy import select

from audit.assessment.models import Answer
from audit.planning.rules import AuditState
from audit.presence import operations, queries
from audit.presence.models import Presence
from audit.presence.rules import PAUSE, PRESENT
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world


def test_two_at_one_criterion_see_each_other(session):
    """S-05: who looked a moment ago is here, with the criterion; who went is not; nobody sees themselves."""
    stage = world(session)
    audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    keys = session.scalars(select(Answer.id).where(Answer.audit_id == audit.id)).all()
    operations.look(session, stage.leader, audit.id, keys[0], now=NOW)
    operations.look(session, stage.auditor, audit.id, keys[1], now=NOW)
    operations.look(session, stage.auditor, audit.id, keys[0], now=NOW + timedelta(seconds=5))
    session.commit()
    mine = queries.around(session, stage.leader, audit.id, NOW + timedelta(seconds=10))
    assert [(one.name, one.answer_id) for one in mine.others] == [
        (stage.person(stage.auditor).name, keys[0])
    ]
    assert queries.around(session, stage.leader, audit.id, NOW + PRESENT * 2).others == []
    assert session.scalar(select(Event.id).where(Event.subject_kind == "presence")) is None


def test_the_visit_before_is_remembered(session):
    """S-06: after a pause the end of the visit before tells since when one has not looked."""
    stage = world(session)
    audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    assert queries.around(session, stage.leader, audit.id, NOW).since is None
    operations.look(session, stage.leader, audit.id, None, now=NOW)
    assert queries.around(session, stage.leader, audit.id, NOW).since is None
    back = NOW + PAUSE * 3
    assert queries.around(session, stage.leader, audit.id, back).since == NOW
    operations.look(session, stage.leader, audit.id, None, now=back)
    operations.look(session, stage.leader, audit.id, None, now=back + timedelta(seconds=9))
    assert queries.around(session, stage.leader, audit.id, back).since == NOW


def test_an_answer_of_another_audit_is_not_told(session):
    """I-32: a foreign key is not kept; the person counts as here, at no criterion."""
    stage, elsewhere = world(session), world(session)
    audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    other = audit_in(session, AuditState.IN_PROGRESS, within=elsewhere)
    foreign = session.scalars(select(Answer.id).where(Answer.audit_id == other.id)).first()
    operations.look(session, stage.leader, audit.id, foreign, now=NOW)
    assert session.scalars(select(Presence.answer_id)).all() == [None]
