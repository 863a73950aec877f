"""Choosing the criteria of an audit, on both databases."""

import pytest
from sqlalchemy import select

from audit.assessment import operations, queries
from audit.assessment.models import Answer
from audit.assessment.rules import Conformity, Judgement
from audit.planning.models import Audit
from audit.planning.rules import AuditKind, AuditState
from checklists.standards.models import Criterion
from checklists.standards.rules import Stage
from core.errors import StepRefused
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import planned, world


@pytest.fixture
def stage(session):
    """A body and a client with a programme of audits."""
    return world(session)


def chosen(session, audit):
    return session.scalars(
        select(Criterion)
        .join(Answer, Answer.criterion_id == Criterion.id)
        .where(Answer.audit_id == audit.id)
        .order_by(Answer.position)
    ).all()


def wanted(session, audit):
    return session.scalars(
        select(Criterion)
        .where(
            Criterion.standard_version_id == audit.standard_version_id,
            Criterion.level_from <= audit.level_sought,
        )
        .order_by(Criterion.position)
    ).all()


def choose(session, stage, audit):
    return operations.choose_checklist(session, stage.planner, audit, now=NOW)


@pytest.mark.parametrize("kind", [AuditKind.STAGE_2, AuditKind.RECERTIFICATION, AuditKind.SPECIAL])
def test_a_full_audit_looks_at_everything_up_to_the_level(session, stage, kind):
    """S-06: every criterion up to the level sought, none above."""
    audit = planned(session, stage.engagement, kind)
    count = choose(session, stage, audit)
    rows = chosen(session, audit)
    assert rows == wanted(session, audit)
    assert count == len(rows) > 0


def test_stage_1_looks_at_design_and_at_what_is_critical(session, stage):
    """I-07: stage 1 judges documents and readiness."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_1)
    choose(session, stage, audit)
    rows = chosen(session, audit)
    assert rows
    assert all(one.critical or one.stage == Stage.DESIGN for one in rows)
    assert [one for one in wanted(session, audit) if one.critical] == [
        one for one in rows if one.critical
    ]


def test_two_surveillances_together_see_every_criterion(session, stage):
    """S-11: a cycle's surveillances share the criteria; what is critical is seen each time."""
    both = session.scalars(
        select(Audit)
        .where(Audit.engagement_id == stage.engagement.id, Audit.kind == AuditKind.SURVEILLANCE)
        .order_by(Audit.id)
    ).all()
    assert len(both) == 2
    for audit in both:
        choose(session, stage, audit)
    first, second = (set(chosen(session, audit)) for audit in both)
    everything = set(wanted(session, both[0]))
    assert first | second == everything
    assert all(one.critical for one in first & second)
    assert first != everything != second


def test_choosing_again_replaces_the_list_until_the_plan_is_issued(session, stage):
    """S-21: the list follows the level sought while it is planned, then it stands."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    many = choose(session, stage, audit)
    audit.level_sought = 1
    few = choose(session, stage, audit)
    assert 0 < few < many
    assert len(chosen(session, audit)) == few
    for state in (AuditState.PLAN_ISSUED, AuditState.IN_PROGRESS, AuditState.FIELDWORK_DONE):
        audit.state = state
        with pytest.raises(StepRefused):
            choose(session, stage, audit)
    assert len(chosen(session, audit)) == few
    session.commit()
    events = session.scalars(
        select(Event.after).where(Event.name == "audit:checklist_chosen").order_by(Event.id)
    ).all()
    assert [one["criteria"] for one in events] == [many, few]


def test_an_audit_taken_up_again_keeps_its_answers(session, fieldwork):
    """S-05: no answer is ever deleted, not by planning a postponed audit anew either."""
    fieldwork.answer(Judgement(Conformity.CONFORMS, 3))
    fieldwork.audit.state = AuditState.PLANNED
    with pytest.raises(StepRefused):
        choose(session, fieldwork.world, fieldwork.audit)
    assert queries.progress(session, [fieldwork.audit.id])[fieldwork.audit.id][0] == 1
