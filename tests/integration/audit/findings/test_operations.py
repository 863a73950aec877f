"""Drafting, raising, verifying and judging findings, on both databases: one event each."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from audit.casefile.models import (
    Finding,
    FindingEvidence,
)
from audit.findings import operations, queries
from audit.findings.rules import (
    FindingGrade,
    FindingState,
)
from audit.planning.models import TeamMember
from audit.planning.rules import AuditKind, AuditState
from checklists.schemes.queries import rules
from core.errors import Invalid, NotAllowed, NotFound, Stale, StepRefused
from core.events import Event
from tests.factories import findings as made
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, on_team, world

S = FindingState
G = FindingGrade
TODAY = NOW.date()


def refused(error) -> set[str]:
    return {reason.code for reason in error.value.reasons}


def since(session, stage, audit, state, one_event, **values):
    """Bring a finding into a state and let the events of the way pass."""
    one = made.finding_in(session, stage, audit, state, **values)
    one_event.forget()
    return one


def test_a_draft_has_the_audits_number(session, stage, audit, one_event):
    """I-09: findings of an audit are numbered without gaps, within the audit."""
    rest = audit.number.removeprefix("A-")
    first = operations.draft(
        session, stage.auditor, audit.id, made.draft_values(session, audit), now=NOW
    )
    event = one_event()
    assert (first.number, first.state) == (f"F-{rest}-01", S.DRAFT)
    assert (event.name, event.within_id, event.owner_id) == (
        "finding:drafted",
        audit.id,
        audit.body_id,
    )
    second = operations.draft(
        session, stage.leader, audit.id, made.draft_values(session, audit), now=NOW
    )
    assert second.number == f"F-{rest}-02"


def test_only_the_team_drafts_and_only_in_the_fieldwork(session, stage, audit):
    """I-09: others of the body are refused, foreigners find nothing, and the fieldwork has to run."""
    values = made.draft_values(session, audit)
    for who in (stage.manager, stage.planner, stage.administrator, stage.decider):
        with pytest.raises(NotAllowed):
            operations.draft(session, who, audit.id, values, now=NOW)
    with pytest.raises(NotFound):
        operations.draft(session, world(session).leader, audit.id, values, now=NOW)
    audit.state = AuditState.FIELDWORK_DONE
    session.flush()
    with pytest.raises(StepRefused) as error:
        operations.draft(session, stage.leader, audit.id, values, now=NOW)
    assert refused(error) == {"fieldwork"}


def test_an_observer_drafts_nothing(session, stage, audit):
    """I-09: an observer is on the team and judges nothing."""
    from audit.planning.rules import TeamRole

    member = session.scalars(
        select(TeamMember).where(TeamMember.person_id == stage.auditor.person_id)
    ).all()
    for row in member:
        row.role = TeamRole.OBSERVER
    session.flush()
    with pytest.raises(StepRefused) as error:
        operations.draft(
            session, stage.auditor, audit.id, made.draft_values(session, audit), now=NOW
        )
    assert refused(error) == {"on_team"}


def test_a_criterion_of_the_checklist(session, stage, audit):
    """I-09: a finding names a criterion of the audit's checklist."""
    with pytest.raises(Invalid) as error:
        operations.draft(
            session, stage.leader, audit.id,
            made.draft_values(session, audit, criterion_id=999_999), now=NOW,
        )  # fmt: skip
    assert error.value.field == "criterion_id"


def test_a_draft_changes_and_a_late_change_is_refused(session, stage, audit, one_event):
    """I-09: what two people change at once is not lost."""
    one = since(session, stage, audit, S.DRAFT, one_event)
    case = made.case(session, stage.auditor, one)
    values = made.draft_values(session, audit, title="Urgent requests start late")
    operations.edit(session, stage.auditor, case, values, revision=one.revision, now=NOW)
    event = one_event()
    assert event.name == "finding:edited"
    assert event.after == {"title": "Urgent requests start late"}
    with pytest.raises(Stale):
        operations.edit(session, stage.leader, case, values, revision=1, now=NOW)
    operations.edit(session, stage.auditor, case, values, revision=one.revision, now=NOW)
    session.commit()
    assert session.scalar(select(func.count()).where(Event.name == "finding:edited")) == 1


def test_raising_begins_the_deadlines_of_the_grade(session, stage, audit, one_event):
    """I-11: the scheme says how many days each grade has."""
    scheme = rules(session, audit.scheme_version_id)
    for grade in (G.MINOR, G.MAJOR):
        one = since(session, stage, audit, S.DRAFT, one_event, grade=grade)
        piece = made.evidence(session, audit, stage.leader)
        session.add(FindingEvidence(finding_id=one.id, evidence_id=piece.id))
        operations.raise_(session, stage.leader, made.case(session, stage.leader, one), now=NOW)
        assert one_event().name == "finding:raised"
        days = scheme.deadlines_of(grade)
        assert one.acknowledge_due_on == TODAY + timedelta(days.acknowledge)
        assert one.response_due_on == TODAY + timedelta(days.response)
        assert one.implementation_due_on == TODAY + timedelta(days.implementation)
        page = made.case(session, stage.manager, one)
        from audit.casefile.queries import page as page_of

        assert [item.evidence.id for item in page_of(session, stage.manager, page).evidence] == [
            piece.id
        ]


def test_raising_needs_statement_and_evidence(session, stage, audit):
    """I-09: each finding has a statement and evidence."""
    one = made.finding_in(session, stage, audit, S.DRAFT, statement="", evidence="")
    with pytest.raises(StepRefused) as error:
        operations.raise_(session, stage.leader, made.case(session, stage.leader, one), now=NOW)
    assert refused(error) == {"statement", "evidence"}
    assert one.state is S.DRAFT


def test_strengths_are_recorded(session, stage, audit, one_event):
    """I-09: strengths and opportunities need no response; they are closed when recorded."""
    for grade in (G.STRENGTH, G.OPPORTUNITY):
        one = since(session, stage, audit, S.DRAFT, one_event, grade=grade)
        operations.raise_(session, stage.leader, made.case(session, stage.leader, one), now=NOW)
        assert one_event().name == "finding:recorded"
        assert (one.state, one.closed_at, one.response_due_on) == (S.CLOSED, NOW, None)


def test_a_draft_is_voided_with_a_reason(session, stage, audit, one_event):
    """I-09: no deletion; a draft may be void with a reason."""
    one = since(session, stage, audit, S.DRAFT, one_event)
    case = made.case(session, stage.leader, one)
    with pytest.raises(StepRefused):
        operations.void(session, stage.leader, case, reason="  ", now=NOW)
    operations.void(session, stage.leader, case, reason="Raised twice.", now=NOW)
    assert one_event().reason == "Raised twice."
    assert session.get_one(Finding, one.id).void_reason == "Raised twice."


def test_verified_and_closed(session, stage, audit, one_event):
    """I-10: the auditor verifies with words, then closes."""
    one = since(session, stage, audit, S.VERIFIED, one_event)
    assert one.verified_by_id == stage.leader.person_id
    operations.close(session, stage.auditor, made.case(session, stage.auditor, one), now=NOW)
    assert one_event().name == "finding:closed"
    assert (one.state, one.closed_at) == (S.CLOSED, NOW)


def test_verification_waits_for_every_action(session, stage, audit):
    """I-10: nothing is verified before its actions are."""
    one = made.finding_in(session, stage, audit, S.IMPLEMENTED)
    with pytest.raises(StepRefused) as error:
        operations.verify(
            session, stage.leader, made.case(session, stage.leader, one), note="Seen.", now=NOW
        )
    assert refused(error) == {"actions_verified"}


def later_audit(session, stage, audit):
    """Close the audit and begin the surveillance a year later, with another auditor alone on its team."""
    audit.state = AuditState.CLOSED
    audit.closed_at = NOW
    later = audit_in(session, AuditState.IN_PROGRESS, AuditKind.SURVEILLANCE, within=stage)
    later.fieldwork_started_at = NOW + timedelta(300)
    session.flush()
    return later


def test_effectiveness_is_judged_at_a_later_audit(session, stage, audit, one_event):
    """I-10: the team of the next audit judges once whether it lasted."""
    one = since(session, stage, audit, S.CLOSED, one_event)
    with pytest.raises(StepRefused) as error:
        operations.judge(
            session, stage.leader, made.case(session, stage.leader, one), effective=True, now=NOW
        )
    assert refused(error) == {"later_audit"}
    later = later_audit(session, stage, audit)
    case = made.case(session, stage.leader, one)
    assert case.judging_in == later.id
    assert operations.judge(session, stage.leader, case, effective=True, now=NOW) is None
    assert one_event().name == "finding:found_effective"
    assert (one.effective, one.judged_in_id) == (True, later.id)
    with pytest.raises(StepRefused) as error:
        operations.judge(
            session, stage.leader, made.case(session, stage.leader, one), effective=True, now=NOW
        )
    assert refused(error) == {"not_judged"}
    told = queries.earlier(session, stage.leader, later)
    assert [row.finding.id for row in told] == [one.id]


def test_ineffective_reopens_as_a_new_finding(session, stage, audit):
    """I-10: what did not last becomes a new finding of the later audit that names the old one."""
    one = made.finding_in(session, stage, audit, S.CLOSED)
    later = later_audit(session, stage, audit)
    case = made.case(session, stage.leader, one)
    again = operations.judge(
        session, stage.leader, case, effective=False, note="Four of thirty again.", now=NOW
    )
    session.commit()
    assert (again.audit_id, again.follows_id, again.state) == (later.id, one.id, S.DRAFT)
    assert again.number.startswith(later.number.replace("A-", "F-"))
    assert (one.state, one.effective, one.effectiveness) == (
        S.CLOSED,
        False,
        "Four of thirty again.",
    )
    names = session.scalars(select(Event.name).order_by(Event.id.desc()).limit(2)).all()
    assert set(names) == {"finding:found_ineffective", "finding:drafted"}
    assert made.case(session, stage.leader, again).follows is one


def test_an_auditor_of_the_later_audit_reads_the_earlier_findings(session, stage, audit):
    """I-10: who judges the effectiveness sees the finding, though not the audit it stands in."""
    from core.permissions import Role
    from tests.factories.accounts import user

    one = made.finding_in(session, stage, audit, S.CLOSED)
    draft = made.finding_in(session, stage, audit, S.DRAFT)
    person, fresh = user(session, stage.body, Role.AUDITOR)
    later = later_audit(session, stage, audit)
    with pytest.raises(NotFound):
        made.case(session, fresh, one)
    on_team(session, later, person)
    case = made.case(session, fresh, one)
    assert case.facts.judging
    assert not case.audit_seen
    assert not case.facts.on_team
    with pytest.raises(NotFound):
        made.case(session, fresh, draft)
