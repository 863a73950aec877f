"""Steps of an audit with their events, and two people at once, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from audit.planning import operations, queries
from audit.planning.models import Audit, Plan
from audit.planning.rules import AUDIT, AuditFacts, AuditKind, AuditState
from core.clock import utc_now
from core.db import violated
from core.errors import NotAllowed, NotFound, StepRefused
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, on_team, planned, world

S = AuditState


@pytest.fixture
def stage(session):
    return world(session)


def facts(session, audit, actor, **more):
    return AuditFacts(**(queries.planning_facts(session, audit, actor) | more))


def events(session, audit):
    query = select(Event).where(Event.subject_kind == "audit", Event.subject_id == audit.id)
    return session.scalars(query.order_by(Event.id)).all()


def take(session, stage, audit, who, action, **options):
    more = {"checklist_size": 41} | options.pop("more", {})
    actor = getattr(stage, who)
    known = facts(session, audit, actor, **more)
    operations.move(session, actor, audit, action, known, now=NOW, **options)


def test_from_proposal_to_accepted_plan(session, stage):
    """I-05, I-06: planner, client, leader, client; one event for each step, with before and after."""
    audit = audit_in(session, S.PLANNED, within=stage)
    take(session, stage, audit, "planner", "propose_team")
    take(session, stage, audit, "manager", "confirm_team")
    known = facts(session, audit, stage.leader, checklist_size=41)
    plan = operations.issue_plan(session, stage.leader, audit, known, now=NOW)
    take(session, stage, audit, "manager", "accept_plan")
    session.commit()
    assert audit.state is S.PLAN_ACCEPTED
    assert (audit.team_proposed_at, audit.team_confirmed_at, audit.plan_accepted_at) == (NOW,) * 3
    told = events(session, audit)[1:]
    assert [event.name for event in told] == [
        "audit:team_proposed", "audit:team_confirmed", "audit:plan_issued", "audit:plan_accepted",
    ]  # fmt: skip
    assert [(event.before["state"], event.after["state"]) for event in told] == [
        ("planned", "team_proposed"),
        ("team_proposed", "team_confirmed"),
        ("team_confirmed", "plan_issued"),
        ("plan_issued", "plan_accepted"),
    ]
    assert told[2].after["version"] == plan.version == 1
    assert {event.owner_id for event in told} == {stage.body.id}
    assert [event.actor_id for event in told] == [
        actor.person_id for actor in (stage.planner, stage.manager, stage.leader, stage.manager)
    ]


def test_an_issued_plan_holds_everything_and_never_changes(session, stage):
    """S-21, I-06: objectives, criteria, scope, sites, dates, methods, team, agenda; kept for good."""
    audit = audit_in(session, S.TEAM_CONFIRMED, within=stage)
    audit.remote_share, audit.tools, audit.site_seed = 20, "A laptop", 20260903
    known = facts(session, audit, stage.leader, checklist_size=41)
    plan = operations.issue_plan(session, stage.leader, audit, known, now=NOW)
    session.commit()
    kept = plan.content
    assert kept["objectives"]
    assert kept["scope"] == {"zh": "托管与服务台", "en": "Managed hosting and service desk"}
    assert kept["standard"]["en"] == "IT service level 2025"
    assert kept["remote_share"] == 20
    assert (kept["starts_on"], kept["ends_on"]) == ("2026-11-30", "2026-12-02")
    assert kept["tools"] == "A laptop"
    assert kept["site_seed"] == 20260903
    assert [one["chosen"] for one in kept["sites"]] == ["central"]
    assert [(one["name"], one["role"]) for one in kept["team"]] == [
        ("Leader", "leader"),
        ("Auditor", "auditor"),
    ]
    assert len(kept["team"][0]["areas"]) == 4
    assert [one["topic"] for one in kept["agenda"]] == ["Opening meeting"]
    assert (kept["checklist_size"], kept["issued_by"]) == (41, "Leader")
    for statement in ("UPDATE plans SET version = 9", "DELETE FROM plans"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_a_returned_plan_comes_back_as_the_next_version(session, stage):
    """I-06: the client sends it back with a reason; what was issued before stays."""
    audit = audit_in(session, S.PLAN_ISSUED, within=stage)
    with pytest.raises(StepRefused):
        take(session, stage, audit, "manager", "return_plan", reason="  ")
    take(
        session,
        stage,
        audit,
        "manager",
        "return_plan",
        reason="The data centre is closed that day.",
    )
    assert audit.state is S.TEAM_CONFIRMED
    known = facts(session, audit, stage.leader, checklist_size=41)
    assert operations.issue_plan(session, stage.leader, audit, known, now=NOW).version == 2
    session.commit()
    assert session.scalars(select(Plan.version).order_by(Plan.id)).all() == [1, 2]
    assert events(session, audit)[-2].reason == "The data centre is closed that day."


def test_a_team_opened_again_needs_everything_anew(session, stage):
    """I-05: before the fieldwork the team may change, but only through proposal and agreement."""
    audit = audit_in(session, S.PLAN_ACCEPTED, within=stage)
    take(session, stage, audit, "planner", "reopen_team", reason="The leader is ill.")
    assert audit.state is S.PLANNED
    assert (audit.team_proposed_at, audit.team_confirmed_at, audit.plan_accepted_at) == (None,) * 3


def test_postponed_cancelled_resumed(session, stage):
    """I-07: before the fieldwork is done an audit is postponed or cancelled, with a reason that stays."""
    audit = audit_in(session, S.IN_PROGRESS, within=stage)
    take(session, stage, audit, "planner", "postpone", reason="A typhoon.")
    assert (audit.state, audit.stop_reason) == (S.POSTPONED, "A typhoon.")
    take(session, stage, audit, "planner", "resume")
    assert (audit.state, audit.stop_reason) == (S.PLANNED, None)
    take(session, stage, audit, "planner", "cancel", reason="The contract ended.")
    assert (audit.state, audit.stop_reason) == (S.CANCELLED, "The contract ended.")
    session.commit()
    assert [event.reason for event in events(session, audit)[-3:]] == [
        "A typhoon.", None, "The contract ended.",
    ]  # fmt: skip


def test_a_refused_step_leaves_no_event(session, stage):
    """S-05: nothing changes and nothing is recorded when a condition is missing."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    session.commit()
    before = len(events(session, audit))
    with pytest.raises(StepRefused) as refused:
        take(session, stage, audit, "planner", "propose_team")
    assert {reason.code for reason in refused.value.reasons} == {"one_leader", "covered"}
    with pytest.raises(NotAllowed):
        take(session, stage, audit, "administrator", "propose_team")
    session.commit()
    assert audit.state is S.PLANNED
    assert len(events(session, audit)) == before


def test_nobody_steps_in_a_foreign_audit(session, stage):
    """S-32: a planner of another body and a manager of another client find nothing."""
    audit = audit_in(session, S.TEAM_PROPOSED, within=stage)
    others = world(session)
    known = facts(session, audit, stage.planner)
    for actor, action in ((others.planner, "cancel"), (others.manager, "confirm_team")):
        with pytest.raises(NotFound):
            operations.move(session, actor, audit, action, known, now=NOW, reason="x")


def test_only_the_leader_issues_the_plan(session, stage):
    """S-23, I-06: another auditor of the team does not."""
    audit = audit_in(session, S.TEAM_CONFIRMED, within=stage)
    with pytest.raises(StepRefused) as refused:
        take(session, stage, audit, "auditor", "issue_plan")
    assert [reason.code for reason in refused.value.reasons] == ["leader_acts"]


def test_a_declaration_that_ran_out_stops_the_start(session, stage):
    """I-05: the conditions on the team are looked at once more before the plan and before the fieldwork."""
    audit = audit_in(session, S.PLAN_ACCEPTED, within=stage)
    more = {"opening_held": True, "stage1_closed": True, "stage1_concerns": False}
    for years, missing in (
        (0, set()),
        (2, {"declared"}),
        (40, {"declared", "competent", "covered"}),
    ):
        day = date(utc_now().year + years, 11, 1)
        known = queries.planning_facts(session, audit, stage.leader, today=day)
        reasons = AUDIT.standings(audit.state, AuditFacts(**(known | more)), stage.leader)
        start = next(one for one in reasons if one.step.action == "start")
        assert {reason.code for reason in start.reasons if not reason.met} == missing


def test_stage_2_waits_for_stage_1(session, stage):
    """I-07: planned or running it blocks; closed it does not; a second, running one blocks again."""
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    assert queries.planning_facts(session, audit)["stage1_closed"] is False
    assert queries.planning_facts(session, audit)["stage1_concerns"] is True
    first = planned(session, stage.engagement, AuditKind.STAGE_1)
    first.state = S.CLOSED
    session.flush()
    assert queries.planning_facts(session, audit)["stage1_closed"] is True
    assert queries.planning_facts(session, audit)["stage1_concerns"] is False
    again = planned(session, stage.engagement, AuditKind.SURVEILLANCE)
    again.kind = AuditKind.STAGE_1
    session.flush()
    assert queries.planning_facts(session, audit)["stage1_closed"] is False


def test_two_planners_at_once(session_factory):
    """I-05: of two steps taken on the same reading the second finds that somebody was faster."""
    with session_factory() as session:
        stage = world(session)
        audit_id = audit_in(session, S.PLANNED, within=stage).id
        session.commit()
    with session_factory() as one, session_factory() as two:
        first = queries.audit(one, stage.planner, audit_id)
        second = queries.audit(two, stage.planner, audit_id)
        known = facts(one, first, stage.planner)
        two.commit()  # it has read; what it read stays as it was
        operations.move(one, stage.planner, first, "propose_team", known, now=NOW)
        one.commit()
        with pytest.raises(StaleDataError):
            operations.move(
                two, stage.planner, second, "cancel", known, now=NOW, reason="No longer needed."
            )
        two.rollback()
    with session_factory() as session:
        assert session.get_one(Audit, audit_id).state is S.TEAM_PROPOSED


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("INSERT INTO team_members (audit_id, person_id, role, joined_at) "
         "SELECT audit_id, person_id, 'auditor', joined_at FROM team_members WHERE role = 'leader'",
         "uq_team_members_once"),
        ("UPDATE team_members SET role = 'leader'", "uq_team_members_one_leader"),
        ("INSERT INTO audit_sites (audit_id, site_id, chosen) "
         "SELECT audit_id, site_id, chosen FROM audit_sites", "uq_audit_sites_audit_id_site_id"),
        ("UPDATE agenda_items SET minutes = 0", "lasts"),
        ("INSERT INTO plans (audit_id, version, content, issued_by_id, issued_at) "
         "SELECT audit_id, version, content, issued_by_id, issued_at FROM plans",
         "uq_plans_audit_id_version"),
    ],
)  # fmt: skip
def test_the_database_refuses_it_too(session, stage, statement, constraint):
    """I-04, I-05, I-06: one leader, nobody twice, no site twice, no version twice: by named constraints."""
    audit_in(session, S.PLAN_ISSUED, within=stage)
    session.commit()
    with pytest.raises(IntegrityError) as refused:
        session.execute(text(statement))
    told = violated(refused.value)
    columns = constraint.removeprefix("uq_").split("_")[0]
    assert constraint in told or columns in told


def test_somebody_who_left_may_come_back(session, stage):
    """I-05: the past membership stays on record beside the new one."""
    audit = audit_in(session, S.PLANNED, within=stage)
    member = queries.team(session, audit.id)[1]
    session.execute(
        text("UPDATE team_members SET left_at = joined_at WHERE id = :key"),
        {"key": member.member_id},
    )
    on_team(session, audit, member.person_id)
    assert len(queries.team(session, audit.id)) == 2
    assert len(queries.team(session, audit.id, past=True)) == 3
