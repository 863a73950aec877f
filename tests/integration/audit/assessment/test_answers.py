"""Answers with their history, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from audit.assessment import operations, queries
from audit.assessment.models import Answer, AnswerEvidence, AnswerVersion
from audit.assessment.rules import Conformity, Interviewee, Judgement
from audit.meetings import queries as meetings
from audit.planning.rules import AuditState, TeamRole
from core.errors import Invalid, NotFound, Stale, StepRefused
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, organisation, user
from tests.factories.audits import audit_in, on_team, world
from tests.factories.findings import evidence

GOOD = Judgement(Conformity.CONFORMS, 3, ("interview",), "Seen in October.")


def versions(session, answer):
    return session.scalars(
        select(AnswerVersion)
        .where(AnswerVersion.answer_id == answer.id)
        .order_by(AnswerVersion.revision)
    ).all()


def test_every_change_leaves_one_version_and_one_event(session, fieldwork):
    """S-05: who judged what, when, stays; the newest version is what stands."""
    assert fieldwork.answer(GOOD)
    assert fieldwork.answer(Judgement(Conformity.PARTLY, 2, notes="One week is missing."))
    assert fieldwork.answer(Judgement(excluded=True, exclusion_reason="Not offered."))
    assert fieldwork.answer(Judgement(notes="Looked at again."))
    row = fieldwork.rows[0]
    kept = versions(session, row)
    assert [(one.rating, one.excluded) for one in kept] == [
        (3, False), (2, False), (None, True), (None, False),
    ]  # fmt: skip
    assert queries.judgement_of(kept[0]) == GOOD
    assert queries.judgement_of(kept[-1]) == queries.judgement_of(row)
    assert [one.revision for one in kept] == [2, 3, 4, 5]
    assert {one.by_id for one in kept} == {fieldwork.world.leader.person_id}
    assert fieldwork.told() == [
        "answer:given", "answer:changed", "answer:excluded", "answer:withdrawn",
    ]  # fmt: skip


def test_saving_the_same_again_leaves_nothing(session, fieldwork):
    """S-05: a second press on the button is no change, even from an old page."""
    fieldwork.answer(GOOD)
    assert not fieldwork.answer(GOOD)
    assert not fieldwork.answer(GOOD, revision=1)
    assert len(versions(session, fieldwork.rows[0])) == 1
    assert fieldwork.told() == ["answer:given"]


def test_a_stale_page_overwrites_nothing(session, fieldwork):
    """S-05: what another member saved meanwhile stays until somebody chose."""
    stage = fieldwork.world
    fieldwork.answer(GOOD, actor=stage.auditor)
    with pytest.raises(Stale):
        fieldwork.answer(Judgement(Conformity.NOT, 0), revision=1)
    session.expire_all()
    assert queries.judgement_of(fieldwork.rows[0]) == GOOD
    assert fieldwork.rows[0].answered_by_id == stage.auditor.person_id
    assert fieldwork.told() == ["answer:given"]


def test_the_history_cannot_be_changed(session, fieldwork):
    """S-05: nobody deletes or rewrites a version; the database refuses too."""
    fieldwork.answer(GOOD)
    session.commit()
    for statement in (update(AnswerVersion).values(rating=4), delete(AnswerVersion)):
        with pytest.raises(DBAPIError):
            session.execute(statement)
        session.rollback()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Judgement(excluded=True), "exclusion_reason"),
        (Judgement(Conformity.CONFORMS), "rating"),
        (Judgement(Conformity.CONFORMS, 0), "rating"),
    ],
)
def test_half_an_answer_changes_nothing(session, fieldwork, given, field):
    """S-05: an exclusion needs its reason, a judgement its rating."""
    with pytest.raises(Invalid) as refused:
        fieldwork.answer(given)
    assert refused.value.field == field
    session.expire_all()
    assert fieldwork.rows[0].revision == 1
    assert fieldwork.told() == []


@pytest.mark.parametrize("state", [AuditState.PLAN_ACCEPTED, AuditState.FIELDWORK_DONE])
def test_answers_are_given_while_the_fieldwork_runs(session, state):
    """I-07: before the opening and after the end of the fieldwork answers stand still, for the leader too."""
    stage = world(session)
    audit = audit_in(session, state, within=stage)
    row = session.scalars(select(Answer).where(Answer.audit_id == audit.id)).first()
    place, one, code = queries.answer_place(session, stage.leader, audit.id, row.id)
    with pytest.raises(StepRefused) as refused:
        operations.answer(
            session, stage.leader, place, one, code, Judgement(notes="Late."),
            revision=one.revision, now=NOW,
        )  # fmt: skip
    assert [reason.code for reason in refused.value.reasons] == ["running"]


def test_only_the_team_answers(session, fieldwork):
    """I-05: planner and decider of the body read, and do not write; an observer neither."""
    stage = fieldwork.world
    observer = user(session, stage.body, Role.AUDITOR)
    on_team(session, fieldwork.audit, observer[0], TeamRole.OBSERVER)
    for actor in (stage.planner, stage.decider, observer[1]):
        with pytest.raises(StepRefused) as refused:
            fieldwork.answer(GOOD, actor=actor)
        assert [reason.code for reason in refused.value.reasons] == ["team"]
    assert fieldwork.told() == []


def test_the_fieldwork_of_others_is_not_there(session, fieldwork):
    """I-32: another body, the client and an auditor outside the team find nothing; a regulator reads."""
    stage = fieldwork.world
    other = user(session, organisation(session, OrganisationKind.BODY), Role.PLANNER)[1]
    outside = user(session, stage.body, Role.AUDITOR)[1]
    key = fieldwork.rows[0].id
    for actor in (other, outside, stage.manager, stage.member):
        with pytest.raises(NotFound):
            queries.place(session, actor, fieldwork.audit.id)
        with pytest.raises(NotFound):
            queries.answer_place(session, actor, fieldwork.audit.id, key)
    inspector = user(session, organisation(session, OrganisationKind.REGULATOR), Role.INSPECTOR)[1]
    assert not queries.place(session, inspector, fieldwork.audit.id).on_team


def test_an_answer_is_found_in_its_own_audit_alone(session, fieldwork):
    """I-32: a key of another audit leads nowhere."""
    stage = fieldwork.world
    first = session.scalars(select(Answer).where(Answer.audit_id != fieldwork.audit.id)).first()
    with pytest.raises(NotFound):
        queries.answer_place(session, stage.leader, fieldwork.audit.id, first.id)
    with pytest.raises(NotFound):
        queries.answer_code(session, fieldwork.audit.id, first.id)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"rating": 5, "conformity": Conformity.CONFORMS, "answered_by_id": 1}, "rating_is_0_to_4"),
        ({"rating": 3, "answered_by_id": 1}, "answered_wholly"),
        ({"excluded": True, "answered_by_id": 1}, "exclusion_has_reason"),
        ({"rating": 3, "conformity": Conformity.CONFORMS}, "names_who_gave_it"),
    ],
)
def test_the_database_knows_what_an_answer_is(session, fieldwork, values, name):
    """S-05: each invariant stands in the database too, by name."""
    key = fieldwork.rows[0].id
    with pytest.raises(IntegrityError, match=name):
        session.execute(update(Answer).where(Answer.id == key).values(**values))
    session.rollback()


def test_an_answer_rests_on_evidence_of_its_own_audit(session, fieldwork):
    """S-05: evidence is linked within the audit; linked again it changes nothing, foreign it is not there."""
    stage = fieldwork.world
    mine = evidence(session, fieldwork.audit, stage.leader)
    elsewhere = world(session)
    other = audit_in(session, AuditState.IN_PROGRESS, within=elsewhere)
    foreign = evidence(session, other, elsewhere.leader)
    place, one, code = queries.answer_place(
        session, stage.leader, fieldwork.audit.id, fieldwork.rows[0].id
    )
    for _again in range(2):
        operations.link_evidence(session, stage.leader, place, one, code, [mine.id], now=NOW)
    with pytest.raises(NotFound):
        operations.link_evidence(
            session, stage.leader, place, one, code, [mine.id, foreign.id], now=NOW
        )
    linked = session.scalars(select(AnswerEvidence.evidence_id)).all()
    assert linked == [mine.id]
    assert fieldwork.told() == ["answer:evidence_linked"]


def test_progress_and_facts_count_the_same(session, fieldwork):
    """S-05: the numbers on the list, on the page and in the guards agree."""
    fieldwork.answer(GOOD, row=0)
    fieldwork.answer(Judgement(excluded=True, exclusion_reason="Not offered."), row=1)
    total = len(fieldwork.rows)
    assert queries.progress(session, [fieldwork.audit.id]) == {fieldwork.audit.id: (1, 1, total)}
    facts = queries.assessment_facts(session, fieldwork.audit.id, meetings.held(fieldwork.audit.id))
    assert (facts["criteria_total"], facts["unanswered"]) == (total, total - 2)
    assert facts["opening_held"]
    assert not facts["closing_held"]
    assert len(facts["critical_codes"]) <= 3 <= facts["unanswered_critical"]
    rows = queries.by_dimension(session, fieldwork.audit.id)
    assert sum(row.total for row in rows) == total
    assert sum(row.answered for row in rows) == 1
    assert sum(row.excluded for row in rows) == 1


def test_an_answer_keeps_who_was_talked_to_and_its_own_time(session, fieldwork):
    """S-05, I-32: functions, and a name only with consent; written without a network it keeps both times."""
    earlier = NOW - timedelta(hours=3)
    given = Judgement(
        Conformity.CONFORMS, 3, notes="Seen.",
        interviewees=(Interviewee("Head of shift"), Interviewee("Desk", "Li Wen", consent=True)),
    )  # fmt: skip
    place, one, code = queries.answer_place(
        session, fieldwork.world.leader, fieldwork.audit.id, fieldwork.rows[0].id
    )
    assert operations.answer(
        session, fieldwork.world.leader, place, one, code, given,
        revision=one.revision, now=NOW, captured_at=earlier,
    )  # fmt: skip
    session.commit()
    session.expire_all()
    assert queries.judgement_of(fieldwork.rows[0]) == given
    (kept,) = versions(session, fieldwork.rows[0])
    assert (kept.at, kept.captured_at) == (NOW, earlier)
    assert queries.judgement_of(kept) == given
    told = session.scalar(select(Event.after).where(Event.name == "answer:given"))
    assert told["captured_at"] == "2026" + earlier.isoformat(timespec="microseconds")[4:]
    with pytest.raises(Invalid):
        fieldwork.answer(Judgement(interviewees=(Interviewee("Desk", "Li Wen"),)))
