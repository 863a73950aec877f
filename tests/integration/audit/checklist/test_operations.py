"""Choosing the criteria of an audit, on both databases."""

import pytest
from sqlalchemy import select

from audit.assessment.models import Answer, AnswerVersion
from audit.casefile.rules import FindingState
from audit.checklist import operations, queries
from audit.checklist.rules import ConcernKind, evenly
from audit.planning.models import Audit
from audit.planning.rules import AuditKind, AuditState
from audit.rating.queries import inputs as rating_inputs
from checklists.standards import operations as standards
from checklists.standards.models import Criterion
from checklists.standards.rules import Stage
from core.errors import Invalid, StepRefused
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, planned, world
from tests.factories.checklists import standard_data
from tests.factories.findings import finding_in


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


def test_an_audit_taken_up_again_keeps_its_answers(session, stage):
    """S-05: no answer is ever deleted, not by planning a postponed audit anew either."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    many = choose(session, stage, audit)
    first = session.scalars(select(Answer).where(Answer.audit_id == audit.id)).first()
    session.add(
        AnswerVersion(
            answer_id=first.id, revision=2, methods=[], notes="Seen", evidence_verified=True,
            excluded=False, exclusion_reason="", by_id=stage.leader.person_id, at=NOW,
        )
    )  # fmt: skip
    session.flush()
    with pytest.raises(StepRefused):
        choose(session, stage, audit)
    assert len(chosen(session, audit)) == many


def test_every_criterion_says_why(session, stage):
    """S-05: reasons are kept with the answer, the choice with its seed."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    operations.choose_checklist(session, stage.planner, audit, now=NOW, seed=42)
    rows = session.execute(
        select(Answer.reasons, Criterion.critical)
        .join(Criterion)
        .where(Answer.audit_id == audit.id)
    ).all()
    for reasons, critical in rows:
        assert [code for code, _ in reasons] == (["critical"] if critical else []) + ["level"]
    kept, who = queries.chosen(session, audit.id)
    assert (kept.seed, kept.level, kept.criteria, who) == (42, 3, len(rows), "Planner")
    assert kept.standard_version_ids == [audit.standard_version_id]


def test_surveillance_begins_with_earlier_findings_and_complaints(session):
    """S-11 I-10 I-18: what an earlier audit found and what a complaint points at is on the list, with its number."""
    built = world(session)
    earlier = audit_in(session, AuditState.CLOSED, within=built)
    criterion = session.scalars(
        select(Criterion)
        .join(Answer, Answer.criterion_id == Criterion.id)
        .where(Answer.audit_id == earlier.id, ~Criterion.critical)
        .order_by(Criterion.position.desc())
    ).first()
    found = finding_in(session, built, earlier, FindingState.CLOSED, criterion_id=criterion.id)
    concern = operations.raise_concern(
        session, built.officer, built.engagement, kind=ConcernKind.COMPLAINT,
        label="C-2026-0001", text="Slow replies", dimension="satisfaction", area="people", now=NOW,
    )  # fmt: skip
    first, second = session.scalars(
        select(Audit)
        .where(Audit.engagement_id == built.engagement.id, Audit.kind == AuditKind.SURVEILLANCE)
        .order_by(Audit.id)
    ).all()
    choose(session, built, first)
    reasons = dict(
        session.execute(
            select(Answer.criterion_id, Answer.reasons).where(Answer.audit_id == first.id)
        ).all()
    )
    assert ["finding", found.number] in reasons[criterion.id]
    touched = session.scalars(
        select(Criterion.id).where(
            Criterion.standard_version_id == first.standard_version_id,
            Criterion.dimension == "satisfaction",
            Criterion.area == "people",
            Criterion.level_from <= first.level_sought,
        )
    ).all()
    assert touched
    assert all(["concern", "C-2026-0001"] in reasons[key] for key in touched)
    assert concern.taken_in_id == first.id
    choose(session, built, second)
    again = session.scalars(select(Answer.reasons).where(Answer.audit_id == second.id)).all()
    assert not any(code == "concern" for row in again for code, _label in row)
    assert any(["last", ""] in row for row in again)


def test_another_standard_is_looked_at_beside_and_does_not_rate(session, stage):
    """S-20: an audit may look at a second standard; only its own enters the rating."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    other = standards.import_pack(session, None, standard_data(40), now=NOW)
    own = choose(session, stage, audit)
    both = operations.choose_checklist(
        session, stage.planner, audit, operations.Choice(beside=(other.id,)), now=NOW
    )
    assert both > own
    rows = chosen(session, audit)
    assert {one.standard_version_id for one in rows[:own]} == {audit.standard_version_id}
    assert {one.standard_version_id for one in rows[own:]} == {other.id}
    assert len(rating_inputs(session, audit).answers) == own
    with pytest.raises(Invalid):
        operations.choose_checklist(
            session, stage.planner, audit, operations.Choice(beside=(987_654,)), now=NOW
        )


def test_sections_are_shared_by_the_leader_alone(session):
    """I-05: shares name members of the team; sharing the same again changes nothing."""
    built = world(session)
    audit = audit_in(session, AuditState.IN_PROGRESS, within=built)
    sections = queries.sections(session, audit.id)
    shares = evenly(
        [(row.section_id, row.criteria) for row in sections],
        [built.leader.person_id, built.auditor.person_id],
    )
    assert operations.share(session, built.leader, audit, shares, now=NOW)
    assert not operations.share(session, built.leader, audit, shares, now=NOW)
    assert queries.shares(session, audit.id) == shares
    assert {row.person for row in queries.sections(session, audit.id)} == {"Leader", "Auditor"}
    for actor in (built.auditor, built.planner, built.administrator):
        with pytest.raises(StepRefused):
            operations.share(session, actor, audit, {}, now=NOW)
    outsider = {sections[0].section_id: built.decider.person_id}
    with pytest.raises(Invalid):
        operations.share(session, built.leader, audit, outsider, now=NOW)
    session.commit()
    names = session.scalars(select(Event.name).where(Event.name == "audit:sections_shared")).all()
    assert len(names) == 1


def test_a_criterion_is_added_by_hand_with_a_reason(session, stage):
    """I-08: one above the level sought can be looked at too; twice is refused."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    choose(session, stage, audit)
    above = session.scalars(
        select(Criterion).where(
            Criterion.standard_version_id == audit.standard_version_id, Criterion.level_from == 5
        )
    ).first()
    operations.add_criterion(
        session, stage.planner, audit, above.code, reason="Claimed by the client", now=NOW
    )
    rows = chosen(session, audit)
    assert above in rows
    assert [one.position for one in rows] == sorted(one.position for one in rows)
    assert queries.chosen(session, audit.id)[0].criteria == len(rows)
    with pytest.raises(Invalid):
        operations.add_criterion(session, stage.planner, audit, above.code, reason="x", now=NOW)
    with pytest.raises(StepRefused):
        operations.add_criterion(session, stage.decider, audit, above.code, reason="x", now=NOW)


def test_nobody_else_chooses(session, stage):
    """S-21: neither the administrator nor a decider."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    for actor in (stage.administrator, stage.decider, stage.auditor):
        with pytest.raises(StepRefused):
            operations.choose_checklist(session, actor, audit, now=NOW)
