"""Responses in rounds and the work on actions, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from audit.actions.rules import ActionState, ResponseState
from audit.casefile.models import ActionEvidence, CorrectiveAction, Response, ResponseEvidence
from audit.casefile.queries import page
from audit.findings import operations as findings
from audit.findings import queries
from audit.findings.rules import FindingState
from audit.planning.rules import AuditState
from audit.responses import operations
from core.errors import Invalid, NotAllowed, NotFound, Stale, StepRefused
from core.events import Event
from core.permissions import Role
from tests.factories import findings as made
from tests.factories.accounts import NOW, acting, user
from tests.factories.audits import audit_in, world

S = FindingState
A = ActionState


@pytest.fixture
def stage(session):
    built = world(session)
    built.audit = audit_in(session, AuditState.IN_PROGRESS, within=built)
    session.commit()
    return built


def finding(session, stage, state):
    one = made.finding_in(session, stage, stage.audit, state)
    session.commit()
    return one


def last_events(session, since: int) -> list[str]:
    session.commit()
    return list(session.scalars(select(Event.name).where(Event.id > since).order_by(Event.id)))


def mark(session) -> int:
    session.commit()
    return session.scalar(select(func.max(Event.id))) or 0


def refused(error) -> set[str]:
    return {reason.code for reason in error.value.reasons}


def save(session, stage, one, reply, revision=None, who=None):
    who = who or stage.manager
    return operations.save(
        session, who, made.case(session, who, one), reply, revision=revision, now=NOW
    )


def test_a_draft_is_kept_and_changed(session, stage):
    """I-10, S-24: correction, cause and actions are kept as a draft; each save leaves one event."""
    one = finding(session, stage, S.ACKNOWLEDGED)
    piece = made.evidence(session, stage.audit, stage.member)
    since = mark(session)
    first = save(session, stage, one, made.reply(stage, evidence_ids=[piece.id]))
    assert last_events(session, since) == ["finding:response_drafted"]
    assert (first.round, first.state, one.state) == (1, ResponseState.DRAFT, S.ACKNOWLEDGED)
    assert session.scalars(select(ResponseEvidence.evidence_id)).all() == [piece.id]
    since, revision = mark(session), first.revision
    two = made.reply(stage, made.action(stage), made.action(stage, measure="A second measure."))
    save(session, stage, one, two, revision)
    assert last_events(session, since) == ["finding:response_drafted"]
    assert first.revision > revision
    assert [row.measure for row in made.actions_of(session, stage, one)][1] == "A second measure."
    with pytest.raises(Stale):
        save(session, stage, one, made.reply(stage, cause="Another."), revision)
    since = mark(session)
    save(
        session,
        stage,
        one,
        made.reply(stage, made.action(stage, measure="Only this.")),
        first.revision,
    )
    assert [row.measure for row in made.actions_of(session, stage, one)] == ["Only this."]
    since = mark(session)
    save(
        session,
        stage,
        one,
        made.reply(stage, made.action(stage, measure="Only this.")),
        first.revision,
    )
    assert last_events(session, since) == []


def test_two_first_drafts_do_not_overwrite_each_other(session, stage):
    """I-10: who wrote beside another's first draft is told."""
    one = finding(session, stage, S.ACKNOWLEDGED)
    save(session, stage, one, made.reply(stage))
    with pytest.raises(Stale):
        save(session, stage, one, made.reply(stage, cause="Mine."), None)


def test_drafts_are_the_clients_own(session, stage):
    """I-10: the body does not read a response before it is submitted."""
    one = finding(session, stage, S.ACKNOWLEDGED)
    save(session, stage, one, made.reply(stage))
    session.commit()
    row = made.actions_of(session, stage, one)[0]
    assert page(session, stage.leader, made.case(session, stage.leader, one)).rounds == ()
    assert len(page(session, stage.manager, made.case(session, stage.manager, one)).rounds) == 1
    with pytest.raises(NotFound):
        made.action_case(session, stage.leader, row)


def test_owners_are_members_of_the_client(session, stage):
    """S-24: every action has an owner of the client's organisation, and evidence is the client's own."""
    one = finding(session, stage, S.ACKNOWLEDGED)
    with pytest.raises(Invalid) as error:
        save(
            session,
            stage,
            one,
            made.reply(stage, made.action(stage, owner_id=stage.leader.person_id)),
        )
    assert error.value.field == "actions"
    session.rollback()
    theirs = made.evidence(session, stage.audit, stage.leader)
    session.commit()
    with pytest.raises(NotFound):
        save(session, stage, one, made.reply(stage, evidence_ids=[theirs.id]))


def test_submitting_needs_correction_cause_and_actions_in_time(session, stage):
    """I-10, S-24: what is missing is told; nothing is half submitted."""
    one = finding(session, stage, S.ACKNOWLEDGED)
    late = made.action(stage, due_on=one.implementation_due_on + timedelta(1))
    for reply, codes in (
        (made.reply(stage, correction=""), {"correction"}),
        (made.reply(stage, cause=""), {"cause"}),
        (operations.Reply("c", "c", ()), {"actions"}),
        (made.reply(stage, late), {"in_time"}),
    ):
        with pytest.raises(StepRefused) as error:
            operations.save_and_submit(
                session,
                stage.manager,
                made.case(session, stage.manager, one),
                reply,
                revision=None,
                now=NOW,
            )
        assert refused(error) == codes
        session.rollback()
    save(session, stage, one, made.reply(stage, late))
    session.commit()
    with pytest.raises(StepRefused) as error:
        operations.submit(session, stage.manager, made.case(session, stage.manager, one), now=NOW)
    assert refused(error) == {"in_time"}


def test_a_kept_draft_is_submitted(session, stage):
    """I-10: the client submits what it kept, with one event; a member may not."""
    one = finding(session, stage, S.ACKNOWLEDGED)
    save(session, stage, one, made.reply(stage))
    since = mark(session)
    with pytest.raises(NotAllowed):
        operations.submit(session, stage.member, made.case(session, stage.member, one), now=NOW)
    operations.submit(session, stage.manager, made.case(session, stage.manager, one), now=NOW)
    assert last_events(session, since) == ["finding:response_submitted"]
    assert one.state is S.RESPONSE_SUBMITTED


def test_returned_and_answered_again(session, stage):
    """I-10, I-11: a return has a reason, keeps the round and begins another; the deadline stands still."""
    one = finding(session, stage, S.RESPONSE_SUBMITTED)
    due, later, since = one.response_due_on, NOW + timedelta(4), mark(session)
    case = made.case(session, stage.leader, one)
    with pytest.raises(StepRefused):
        operations.return_(session, stage.leader, case, reason=" ", now=later)
    operations.return_(session, stage.leader, case, reason="Ask further.", now=later)
    assert last_events(session, since) == ["finding:response_returned"]
    assert (one.state, one.response_due_on) == (S.RETURNED, due + timedelta(4))
    old = session.scalars(select(Response)).one()
    assert [row.state for row in session.scalars(select(CorrectiveAction))] == [A.RETURNED]
    case = made.case(session, stage.manager, one)
    with pytest.raises(StepRefused) as error:  # the old round cannot be sent once more
        operations.submit(session, stage.manager, case, now=later)
    assert "actions" in refused(error)
    new = save(session, stage, one, made.reply(stage, cause="The template was never reviewed."))
    session.commit()
    assert (old.round, old.cause, new.round) == (1, made.reply(stage).cause, 2)
    operations.submit(session, stage.manager, made.case(session, stage.manager, one), now=later)
    operations.accept(session, stage.leader, made.case(session, stage.leader, one), now=later)
    session.commit()
    states = session.execute(
        select(Response.round, CorrectiveAction.state).join(
            Response, Response.id == CorrectiveAction.response_id
        )
    )
    assert sorted(states) == [(1, A.RETURNED), (2, A.APPROVED)]


def test_accepting_approves_the_actions(session, stage):
    """I-10: acceptance is one event; who submitted does not review, whatever their roles."""
    one = finding(session, stage, S.RESPONSE_SUBMITTED)
    both = acting(stage.person(stage.manager), stage.body, Role.AUDITOR)
    from tests.factories.audits import on_team

    on_team(session, stage.audit, both.person_id)
    with pytest.raises(StepRefused) as error:
        operations.accept(session, both, made.case(session, both, one), now=NOW)
    assert refused(error) == {"not_own_response"}
    since = mark(session)
    operations.accept(session, stage.auditor, made.case(session, stage.auditor, one), now=NOW)
    assert last_events(session, since) == ["finding:response_accepted"]
    assert [row.state for row in made.actions_of(session, stage, one)] == [A.APPROVED]


def test_the_owner_reports_and_hands_in(session, stage):
    """S-24: the owner tells how far it is, then hands in evidence; each leaves one event."""
    one = finding(session, stage, S.ACCEPTED)
    row = made.actions_of(session, stage, one)[0]
    since = mark(session)
    case = made.action_case(session, stage.member, row)
    operations.report(
        session, stage.member, case, told="Half done.", revision=row.revision, now=NOW
    )
    assert last_events(session, since) == ["corrective_action:reported"]
    assert row.state is A.IN_PROGRESS
    with pytest.raises(Stale):
        operations.report(session, stage.member, case, told="Again.", revision=1, now=NOW)
    with pytest.raises(StepRefused) as error:
        operations.report(
            session, stage.member, made.action_case(session, stage.member, row), told="Done.",
            hand_in=True, revision=None, now=NOW,
        )  # fmt: skip
    assert refused(error) == {"evidenced"}
    piece = made.evidence(session, stage.audit, stage.member)
    since = mark(session)
    operations.report(
        session, stage.manager, made.action_case(session, stage.manager, row), told="Done.",
        evidence_ids=[piece.id], hand_in=True, revision=None, now=NOW,
    )  # fmt: skip
    assert last_events(session, since) == ["corrective_action:evidence_submitted"]
    assert row.state is A.EVIDENCE_SUBMITTED
    assert session.scalars(select(ActionEvidence.evidence_id)).all() == [piece.id]


def test_a_member_finds_only_own_actions(session, stage):
    """S-24: a member works on the actions assigned to them, and sees no other."""
    one = finding(session, stage, S.ACCEPTED)
    row = made.actions_of(session, stage, one)[0]
    _person, other = user(session, stage.client, Role.MEMBER)
    with pytest.raises(NotFound):
        made.action_case(session, other, row)
    assert queries.actions_of(session, other) == []
    assert len(queries.actions_of(session, stage.member)) == 1
    assert len(queries.actions_of(session, stage.manager)) == 1
    assert queries.actions_of(session, stage.leader) == []
    with pytest.raises(NotAllowed):
        operations.report(
            session,
            stage.leader,
            made.action_case(session, stage.leader, row),
            told="x",
            revision=None,
            now=NOW,
        )


def test_implemented_when_every_action_has_evidence(session, stage):
    """I-10: the client reports the finding as implemented once all evidence is in."""
    one = finding(session, stage, S.ACCEPTED)
    with pytest.raises(StepRefused) as error:
        operations.implement(
            session, stage.manager, made.case(session, stage.manager, one), now=NOW
        )
    assert refused(error) == {"evidenced"}
    made.hand_in(session, stage, made.actions_of(session, stage, one)[0])
    since = mark(session)
    operations.implement(session, stage.manager, made.case(session, stage.manager, one), now=NOW)
    assert last_events(session, since) == ["finding:implemented"]
    assert (one.state, one.implemented_at) == (S.IMPLEMENTED, NOW)


def test_an_action_that_does_not_work_goes_back(session, stage):
    """I-10: not effective, in progress again, verified at last; the days with the auditors are added."""
    one = finding(session, stage, S.IMPLEMENTED)
    row, due, later = (
        made.actions_of(session, stage, one)[0],
        one.implementation_due_on,
        NOW + timedelta(5),
    )
    since = mark(session)
    case = made.action_case(session, stage.leader, row)
    with pytest.raises(StepRefused):
        operations.refuse_action(session, stage.leader, case, reason="", now=later)
    operations.refuse_action(session, stage.leader, case, reason="Two of thirty again.", now=later)
    assert last_events(session, since) == ["corrective_action:found_not_effective"]
    assert (row.state, one.state, one.implemented_at) == (A.NOT_EFFECTIVE, S.ACCEPTED, None)
    assert one.implementation_due_on == due + timedelta(5)
    made.hand_in(session, stage, row, now=later)
    operations.implement(session, stage.manager, made.case(session, stage.manager, one), now=later)
    since = mark(session)
    case = made.action_case(session, stage.auditor, row)
    operations.verify_action(session, stage.auditor, case, note="None of thirty.", now=later)
    assert last_events(session, since) == ["corrective_action:verified"]
    assert (row.state, row.verified_by_id) == (A.VERIFIED, stage.auditor.person_id)


def test_the_owner_verifies_nothing(session, stage):
    """I-10: owner and verifier are different people, even where one person has both hats."""
    one = finding(session, stage, S.IMPLEMENTED)
    row = made.actions_of(session, stage, one)[0]
    both = acting(stage.person(stage.member), stage.body, Role.AUDITOR)
    from tests.factories.audits import on_team

    on_team(session, stage.audit, both.person_id)
    with pytest.raises(StepRefused) as error:
        operations.verify_action(session, both, made.action_case(session, both, row), now=NOW)
    assert refused(error) == {"not_owner"}
    operations.verify_action(
        session, stage.leader, made.action_case(session, stage.leader, row), now=NOW
    )
    with pytest.raises(StepRefused) as error:
        findings.verify(session, both, made.case(session, both, one), note="Seen.", now=NOW)
    assert refused(error) == {"owns_none"}


def test_foreign_actions_are_not_there(session, stage):
    """S-24: an action is found under its own finding and audit only."""
    from audit.responses.queries import action_of

    one, two = finding(session, stage, S.ACCEPTED), finding(session, stage, S.ACCEPTED)
    row = made.actions_of(session, stage, one)[0]
    for who in (stage.member, stage.leader):
        with pytest.raises(NotFound):
            action_of(session, who, two.audit_id, two.id, row.id)
    foreign = world(session)
    for who in (foreign.manager, foreign.leader, foreign.planner):
        with pytest.raises(NotFound):
            action_of(session, who, one.audit_id, one.id, row.id)
