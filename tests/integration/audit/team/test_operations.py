"""Teams: the rules nobody passes, and the client's objections, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from audit.competence.models import Interest
from audit.competence.rules import InterestKind
from audit.planning import operations as planning
from audit.planning import queries
from audit.planning.models import TeamMember, TeamObjection
from audit.planning.rules import AuditFacts, AuditKind, AuditState, ObjectionOutcome, TeamRole
from audit.team import operations
from audit.team import queries as teams
from core.errors import Invalid, NotAllowed, NotFound, StepRefused
from core.events import Event
from core.permissions import Role
from tests.factories.accounts import NOW, acting, user
from tests.factories.audits import audit_in, competent, planned, world

S = AuditState


@pytest.fixture
def stage(session):
    return world(session)


@pytest.fixture
def head(session, stage):
    audit = planned(session, stage.engagement, AuditKind.STAGE_2)
    return queries.audit_head(session, stage.planner, audit.id)


def auditor(session, stage, *, areas=(), declared=True, held=True, **values):
    who = user(session, stage.body, Role.AUDITOR)[0]
    if held:
        competent(
            session, who, stage.body, stage.scheme_version, *areas, declared=declared, **values
        )
    return who


def tie(session, stage, who, kind, until):
    session.add(
        Interest(
            body_id=stage.body.id,
            person_id=who.id,
            client_id=stage.client.id,
            kind=kind,
            from_on=date(2020, 1, 1),
            until_on=until,
            note="Known.",
            declared_by_id=who.id,
            declared_at=NOW,
        )
    )
    session.flush()


def add(session, stage, head, who, role=TeamRole.AUDITOR, actor=None):
    person_id = getattr(who, "person_id", None) or who.id
    return operations.add_member(
        session, actor or stage.planner, head, person_id=person_id, role=role, now=NOW
    )


def codes(refused):
    return {reason.code for reason in refused.value.reasons}


@pytest.mark.parametrize("role", TeamRole)
def test_without_competence_nobody_joins(session, stage, head, role):
    """I-05: a missing competence blocks the assignment, in whatever role."""
    who = auditor(session, stage, areas=("data-analysis",), valid_until=NOW.date() - timedelta(1))
    with pytest.raises(StepRefused) as refused:
        add(session, stage, head, who, role)
    assert codes(refused) == {"competent"}
    assert queries.team(session, head.audit.id) == []


@pytest.mark.parametrize(
    ("kind", "until", "barred"),
    [
        (InterestKind.CONSULTANCY, None, True),
        (InterestKind.CONSULTANCY, date(2024, 11, 20), True),
        (InterestKind.CONSULTANCY, date(2024, 11, 19), False),
        (InterestKind.EMPLOYMENT, date(2024, 11, 20), True),
        (InterestKind.EMPLOYMENT, date(2024, 11, 19), False),
        (InterestKind.RELATION, None, True),
        (InterestKind.RELATION, date(2026, 11, 20), True),
        (InterestKind.RELATION, date(2026, 11, 19), False),
    ],
)
def test_a_conflict_blocks_the_assignment(session, stage, head, kind, until, barred):
    """I-05: a consultant of the client is barred for two years, counted to the day of assignment."""
    who = auditor(session, stage)
    tie(session, stage, who, kind, until)
    if barred:
        with pytest.raises(StepRefused) as refused:
            add(session, stage, head, who)
        assert codes(refused) == {"impartial"}
    else:
        assert add(session, stage, head, who).person_id == who.id


def test_without_declaration_nobody_joins(session, stage, head):
    """I-05: a declaration of interests within a year is needed."""
    with pytest.raises(StepRefused) as refused:
        add(session, stage, head, auditor(session, stage, declared=False))
    assert codes(refused) == {"declared"}


def test_who_is_no_auditor_here_does_not_join(session, stage, head):
    """I-05, S-32: people of other bodies, deciders without the role, and keys of nobody."""
    other = world(session)
    with pytest.raises(StepRefused) as refused:
        add(session, stage, head, other.leader)
    assert "auditor" in codes(refused)
    competent(session, stage.person(stage.decider), stage.body, stage.scheme_version)
    with pytest.raises(StepRefused) as refused:
        add(session, stage, head, stage.decider)
    assert codes(refused) == {"auditor"}
    with pytest.raises(NotFound):
        operations.add_member(
            session, stage.planner, head, person_id=9999, role=TeamRole.AUDITOR, now=NOW
        )


@pytest.mark.parametrize(
    "who", ["leader", "auditor", "decider", "administrator", "officer", "manager"]
)
def test_nobody_but_planners_makes_a_team(session, stage, head, who):
    """I-05: the administrator has no way around, not even to the step."""
    with pytest.raises(NotAllowed):
        add(session, stage, head, stage.leader, actor=getattr(stage, who))


def test_no_role_passes_the_rules(session, stage, head):
    """I-05: nobody, the administrator included, can override: all roles together are refused as well."""
    everything = acting(stage.person(stage.administrator), stage.body, *Role)
    who = auditor(session, stage, held=False)
    with pytest.raises(StepRefused) as refused:
        add(session, stage, head, who, actor=everything)
    assert codes(refused) == {"competent", "declared"}


def test_a_foreign_planner_makes_no_team(session, stage, head):
    """S-32: not the planner of another body."""
    with pytest.raises(NotAllowed):
        add(session, stage, head, stage.leader, actor=world(session).planner)


def test_members_join_and_leave_with_events(session, stage, head):
    """I-05: who joined, in which role, who left and why; those who left stay on record."""
    member = add(session, stage, head, stage.leader, TeamRole.LEADER)
    add(session, stage, head, stage.auditor)
    operations.remove_member(
        session, stage.planner, head.audit, member, reason="On leave.", now=NOW
    )
    session.commit()
    events = session.scalars(
        select(Event).where(Event.subject_kind == "team_member").order_by(Event.id)
    ).all()
    assert [(event.name, event.subject_label, event.reason) for event in events] == [
        ("team_member:joined", "Leader", None),
        ("team_member:joined", "Auditor", None),
        ("team_member:left", "Leader", "On leave."),
    ]
    assert {event.within_id for event in events} == {head.audit.id}
    assert [one.name for one in queries.team(session, head.audit.id)] == ["Auditor"]
    past = queries.team(session, head.audit.id, past=True)
    assert {one.name for one in past} == {"Auditor", "Leader"}


def test_one_leader_and_nobody_twice(session, stage, head):
    """I-05: exactly one leader; one place for each person."""
    add(session, stage, head, stage.leader, TeamRole.LEADER)
    with pytest.raises(Invalid) as refused:
        add(session, stage, head, stage.auditor, TeamRole.LEADER)
    assert refused.value.field == "role"
    with pytest.raises(Invalid) as refused:
        add(session, stage, head, stage.leader)
    assert refused.value.field == "person_id"


def test_a_new_leader_relieves_the_present_one(session, stage, head):
    """I-05: at no moment two leaders, and both changes are told."""
    add(session, stage, head, stage.leader, TeamRole.LEADER)
    member = add(session, stage, head, stage.auditor)
    operations.change_role(session, stage.planner, head.audit, member, TeamRole.LEADER, now=NOW)
    session.commit()
    roles = {one.name: one.role for one in queries.team(session, head.audit.id)}
    assert roles == {"Auditor": TeamRole.LEADER, "Leader": TeamRole.AUDITOR}
    names = session.scalars(select(Event.name).where(Event.name == "team_member:role_changed"))
    assert len(names.all()) == 2
    assert queries.leads(session, head.audit.id, stage.auditor)
    assert not queries.leads(session, head.audit.id, stage.leader)


@pytest.mark.parametrize("state", [s for s in S if s is not S.PLANNED])
def test_a_proposed_team_does_not_change(session, stage, state):
    """I-05: a later change goes through proposal and agreement again; after the start not at all."""
    audit = audit_in(session, state, within=stage)
    head = queries.audit_head(session, stage.planner, audit.id)
    who = auditor(session, stage)
    with pytest.raises(StepRefused):
        add(session, stage, head, who)
    member = session.scalars(select(TeamMember).where(TeamMember.audit_id == audit.id)).first()
    with pytest.raises(StepRefused):
        operations.remove_member(session, stage.planner, audit, member, reason="x", now=NOW)
    with pytest.raises(StepRefused):
        operations.change_role(session, stage.planner, audit, member, TeamRole.EXPERT, now=NOW)


def test_a_team_that_changes_meanwhile_is_not_proposed(session, session_factory, stage, head):
    """I-05: the audit's revision grows with its team, so that a proposal on an older reading is refused."""
    before = head.audit.revision
    add(session, stage, head, stage.leader, TeamRole.LEADER)
    assert head.audit.revision == before + 1


def propose(session, stage):
    audit = audit_in(session, S.TEAM_PROPOSED, within=stage)
    members = queries.team(session, audit.id)
    return audit, teams.member(session, audit, members[1].member_id)


def object_to(session, stage, audit, member, actor=None):
    return operations.object_to(
        session, actor or stage.manager, audit, member, reason="He worked for our rival.", now=NOW
    )


def facts(session, audit, actor):
    return AuditFacts(**queries.planning_facts(session, audit, actor))


def settle(session, stage, audit, objection, outcome):
    operations.settle(
        session,
        stage.planner,
        audit,
        objection,
        outcome=outcome,
        settlement="There is no tie.",
        now=NOW,
    )


def test_the_client_objects_and_the_member_stays(session, stage):
    """I-06: an open objection stops the agreement; settled with a reason, either side may go on."""
    audit, member = propose(session, stage)
    objection = object_to(session, stage, audit, member)
    with pytest.raises(StepRefused):
        move(session, stage.manager, audit, "confirm_team")
    with pytest.raises(StepRefused):
        move(session, stage.planner, audit, "confirm_settled")
    settle(session, stage, audit, objection, ObjectionOutcome.KEPT)
    assert audit.state is S.TEAM_PROPOSED
    assert facts(session, audit, stage.planner).objections_settled == 1
    move(session, stage.planner, audit, "confirm_settled")
    session.commit()
    assert audit.state is S.TEAM_CONFIRMED
    names = session.scalars(select(Event.name).order_by(Event.id)).all()
    assert names[-3:] == [
        "team_objection:raised",
        "team_objection:settled",
        "audit:team_confirmed_after_objection",
    ]


def move(session, actor, audit, action):
    planning.move(session, actor, audit, action, facts(session, audit, actor), now=NOW)


def test_the_client_objects_and_the_member_is_replaced(session, stage):
    """I-06: the member leaves, the team is open again, and must be proposed anew."""
    audit, member = propose(session, stage)
    objection = object_to(session, stage, audit, member)
    settle(session, stage, audit, objection, ObjectionOutcome.REPLACED)
    session.commit()
    assert audit.state is S.PLANNED
    assert audit.team_proposed_at is None
    assert [one.name for one in queries.team(session, audit.id)] == ["Leader"]
    assert facts(session, audit, stage.planner).objections_open == 0


def test_an_old_objection_does_not_let_the_planner_pass_the_client_again(session, stage):
    """I-06: what was settled before a new proposal does not count for it."""
    audit, member = propose(session, stage)
    settle(session, stage, audit, object_to(session, stage, audit, member), ObjectionOutcome.KEPT)
    known = facts(session, audit, stage.planner)
    planning.move(session, stage.planner, audit, "reopen_team", known, now=NOW, reason="Illness.")
    later = NOW + timedelta(days=1)
    known = facts(session, audit, stage.planner)
    planning.move(session, stage.planner, audit, "propose_team", known, now=later)
    assert facts(session, audit, stage.planner).objections_settled == 0
    with pytest.raises(StepRefused):
        move(session, stage.planner, audit, "confirm_settled")


def test_an_open_objection_lasts_until_it_is_settled(session, stage):
    """I-06: opening the team again does not silence it; taking the member off settles it."""
    audit, member = propose(session, stage)
    objection = object_to(session, stage, audit, member)
    known = facts(session, audit, stage.planner)
    planning.move(session, stage.planner, audit, "reopen_team", known, now=NOW, reason="Illness.")
    assert facts(session, audit, stage.planner).objections_open == 1
    operations.remove_member(session, stage.planner, audit, member, reason="Replaced.", now=NOW)
    session.flush()
    assert objection.outcome is ObjectionOutcome.REPLACED
    assert objection.settled_by_id == stage.planner.person_id
    assert facts(session, audit, stage.planner).objections_open == 0


@pytest.mark.parametrize("who", ["planner", "leader", "decider", "administrator", "member"])
def test_only_the_clients_manager_objects(session, stage, who):
    """I-06: the right of the client, held by its manager."""
    audit, member = propose(session, stage)
    with pytest.raises(NotAllowed):
        object_to(session, stage, audit, member, getattr(stage, who))


def test_objections_have_their_time_and_place(session, stage):
    """I-06: while the team is proposed; by this client; settled once, by the body's planner."""
    audit, member = propose(session, stage)
    with pytest.raises(NotAllowed):
        object_to(session, stage, audit, member, world(session).manager)
    objection = object_to(session, stage, audit, member)
    with pytest.raises(NotAllowed):
        operations.settle(
            session,
            stage.administrator,
            audit,
            objection,
            outcome=ObjectionOutcome.KEPT,
            settlement="No.",
            now=NOW,
        )
    settle(session, stage, audit, objection, ObjectionOutcome.KEPT)
    with pytest.raises(StepRefused):
        settle(session, stage, audit, objection, ObjectionOutcome.KEPT)
    move(session, stage.manager, audit, "confirm_team")
    with pytest.raises(StepRefused):
        object_to(session, stage, audit, member)
    assert [row.member for row in teams.objections(session, audit.id)] == ["Auditor"]
    assert session.scalars(select(TeamObjection)).one() is objection


def test_candidates_come_with_their_reasons(session, stage, head):
    """I-05: the planner sees who may go and, for the others, everything that speaks against it."""
    barred, bare = auditor(session, stage), auditor(session, stage, held=False)
    tie(session, stage, barred, InterestKind.EMPLOYMENT, None)
    to = queries.assignment(head, NOW.date())
    found = teams.candidates(session, stage.body.id, to)
    assert [one.may_go for one in found] == [True, True, False, False]
    reasons = {one.person.person_id: [r.code for r in one.reasons] for one in found}
    assert reasons[barred.id] == ["impartial"]
    assert reasons[bare.id] == ["competent", "declared"]


def test_reasons_are_told_discreetly(session, stage):
    """I-05, S-33: the client learns how many fall short, an auditor who, only the planner why."""
    audit = audit_in(session, S.PLANNED, within=stage)
    tie(session, stage, stage.person(stage.auditor), InterestKind.RELATION, None)
    assert facts(session, audit, stage.planner).members_in_conflict[0][0] == "Auditor"
    for actor in (stage.leader, stage.manager):
        told = facts(session, audit, actor).members_in_conflict
        assert [name for name, _ in told] == [""]
