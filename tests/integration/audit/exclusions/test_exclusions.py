"""Many criteria excluded at once, on both databases."""

import pytest
from sqlalchemy import func, select

from audit.assessment import operations as assessment
from audit.assessment import queries as answers
from audit.assessment.models import Answer, AnswerVersion
from audit.assessment.rules import Conformity, Interviewee, Judgement
from audit.exclusions import operations, queries
from audit.planning.rules import AuditState
from core.errors import Invalid, NotFound, Stale, StepRefused
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world

GIVEN = Judgement(
    Conformity.CONFORMS, 3, ("interview",), "Seen.", interviewees=(Interviewee("Desk"),)
)


@pytest.fixture
def bulk(session):
    """A running audit with its first criterion answered, and a short way to exclude some of it."""
    stage = world(session)
    audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    keys = list(
        session.scalars(
            select(Answer.id).where(Answer.audit_id == audit.id).order_by(Answer.position)
        )
    )
    place, one, code = answers.answer_place(session, stage.leader, audit.id, keys[0])
    assessment.answer(session, stage.leader, place, one, code, GIVEN, revision=1, now=NOW)
    session.commit()

    def work(chosen, *, reason="Not offered.", revisions=None, actor=stage.leader):
        place, given = queries.chosen(session, actor, audit.id, chosen)
        read = {one.answer.id: one.answer.revision for one in given}
        return operations.exclude(
            session, actor, place, given, reason=reason, revisions=revisions or read, now=NOW
        )

    work.keys, work.audit, work.stage = keys, audit, stage
    return work


def test_each_leaves_its_version_and_its_event(session, bulk):
    """S-05: one reason for all, one event for each; what was answered before stays in the history."""
    assert bulk(bulk.keys[:4]) == 4
    session.commit()
    session.expire_all()
    rows = [session.get_one(Answer, key) for key in bulk.keys[:4]]
    assert {(one.excluded, one.rating, one.exclusion_reason) for one in rows} == {
        (True, None, "Not offered.")
    }
    assert (rows[0].revision, rows[0].notes) == (3, "Seen.")
    kept = session.scalars(
        select(AnswerVersion)
        .where(AnswerVersion.answer_id == bulk.keys[0])
        .order_by(AnswerVersion.revision)
    ).all()
    assert [(one.rating, one.excluded) for one in kept] == [(3, False), (None, True)]
    assert answers.judgement_of(kept[-1]) == answers.judgement_of(rows[0])
    told = session.scalars(select(Event).where(Event.name == "answer:excluded")).all()
    assert [one.subject_id for one in told] == bulk.keys[:4]
    assert {one.reason for one in told} == {"Not offered."}
    assert told[0].before["rating"] == 3
    assert bulk(bulk.keys[:4]) == 0


def test_what_somebody_changed_meanwhile_stops_all(session, bulk):
    """S-05: the list was read before; nothing is excluded, and the code is named."""
    revisions = dict.fromkeys(bulk.keys[:3], 1)  # the first one was answered since
    with pytest.raises(Stale, match="Somebody changed"):
        bulk(bulk.keys[:3], revisions=revisions)
    session.rollback()
    assert session.scalar(select(func.count()).where(Answer.excluded)) == 0


def test_only_the_team_and_only_its_own_audit(session, bulk):
    """I-05, I-32: a foreign key is not there, a reason is needed, and after the fieldwork nothing is excluded."""
    elsewhere = world(session)
    other = audit_in(session, AuditState.IN_PROGRESS, within=elsewhere)
    foreign = session.scalars(select(Answer.id).where(Answer.audit_id == other.id)).first()
    with pytest.raises(NotFound):
        bulk([bulk.keys[1], foreign])
    with pytest.raises(NotFound):
        bulk([])
    with pytest.raises(NotFound):
        bulk(bulk.keys[:2], actor=bulk.stage.manager)
    with pytest.raises(StepRefused):
        bulk(bulk.keys[:2], actor=bulk.stage.planner)
    with pytest.raises(Invalid):
        bulk(bulk.keys[:2], reason="")
    bulk.audit.state = AuditState.FIELDWORK_DONE
    session.flush()
    with pytest.raises(StepRefused):
        bulk(bulk.keys[:2])
