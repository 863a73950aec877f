"""What the desk reads, on both databases."""

import pytest
from sqlalchemy import select

from audit.assessment import operations
from audit.assessment import queries as answers
from audit.assessment.models import Answer
from audit.assessment.rules import Conformity, Judgement
from audit.fieldwork import queries
from audit.findings.rules import FindingState
from audit.outline import queries as outline
from audit.planning.rules import AuditState
from core.errors import NotFound
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world
from tests.factories.findings import finding_in


@pytest.fixture
def desk(session):
    """A world with a running audit, and the keys of its answers in order."""
    stage = world(session)
    stage.audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    stage.keys = list(
        session.scalars(
            select(Answer.id).where(Answer.audit_id == stage.audit.id).order_by(Answer.position)
        )
    )
    return stage


def test_the_audit_before_is_shown_beside(session, desk):
    """S-04: what the last audit of the engagement found about a criterion stands beside it, and is not filled in."""
    sheet = queries.sheet(session, desk.leader, desk.audit.id, desk.keys[0])
    assert sheet.former is not None
    assert sheet.former.answer.rating == 3
    assert sheet.former.number != desk.audit.number
    assert sheet.former.audit_id != desk.audit.id
    assert sheet.answer.rating is None


def test_a_sheet_is_found_in_its_own_audit_alone(session, desk):
    """I-32: a key of another audit, and another organisation, find nothing."""
    first = session.scalars(select(Answer).where(Answer.audit_id != desk.audit.id)).first()
    elsewhere = world(session)
    for actor, key in (
        (desk.leader, first.id),
        (desk.manager, desk.keys[0]),
        (elsewhere.leader, desk.keys[0]),
    ):
        with pytest.raises(NotFound):
            queries.sheet(session, actor, desk.audit.id, key)
    assert queries.sheet(session, desk.leader, desk.audit.id, desk.keys[0]).place.on_team
    assert not queries.sheet(session, desk.planner, desk.audit.id, desk.keys[0]).place.on_team


def test_findings_on_the_criterion_stand_beside(session, desk):
    """I-10: those of this audit, drafts too; void ones not."""
    sheet = queries.sheet(session, desk.leader, desk.audit.id, desk.keys[0])
    criterion = sheet.criterion
    draft = finding_in(
        session, desk, desk.audit, state=FindingState.DRAFT, criterion_id=criterion.id
    )
    found = queries.findings(session, desk.audit, criterion)
    assert [one.id for one in found] == [draft.id]
    other = queries.sheet(session, desk.leader, desk.audit.id, desk.keys[1]).criterion
    assert queries.findings(session, desk.audit, other) == []


def test_lines_tell_what_changed_and_what_the_search_found(session, desk):
    """S-06: in the order of the checklist, in the reader's language, with what others changed since."""
    place, given, code = answers.answer_place(session, desk.auditor, desk.audit.id, desk.keys[1])
    operations.answer(
        session, desk.auditor, place, given, code, Judgement(Conformity.NOT, 1, notes="Zebra 100%"),
        revision=1, now=NOW,
    )  # fmt: skip
    session.commit()
    lines = outline.lines(session, desk.leader, desk.audit.id, chinese=False, words="zebra 100%")
    assert [line.id for line in lines] == desk.keys
    assert [line.id for line in lines if line.found] == [desk.keys[1]]
    assert [line.id for line in lines if line.changed] == [desk.keys[1]]
    assert lines[1].state == "not"
    own = outline.lines(session, desk.auditor, desk.audit.id, chinese=True)
    assert [line.id for line in own if line.changed] == []
    assert own[0].title != lines[0].title
    late = outline.lines(session, desk.leader, desk.audit.id, chinese=True, since=NOW)
    assert [line.id for line in late if line.changed] == []
    everything = outline.lines(session, desk.auditor, desk.audit.id, chinese=True, all_changes=True)
    assert [line.id for line in everything if line.changed] == [desk.keys[1]]
    parts = outline.parts(session, desk.audit.id, {line.section_id for line in lines})
    assert set(parts) == {line.section_id for line in lines}
    told = outline.changed(session, desk.audit.id, NOW)
    assert [row[0] for row in told] == [desk.keys[1]]
    assert outline.totals(session, desk.audit.id) == (1, 0, len(desk.keys))
