"""Pages of a team: who sees what, what wrong input gives, from proposal to agreement."""

from datetime import date

import pytest
from sqlalchemy import select

from audit.competence.models import Interest
from audit.competence.rules import InterestKind
from audit.planning import queries
from audit.planning.models import Audit, TeamMember, TeamObjection
from audit.planning.rules import AuditKind, AuditState
from core.events import Event
from core.permissions import Role
from tests.factories.accounts import NOW, user
from tests.factories.audits import audit_in, competent, planned, world

S = AuditState


@pytest.fixture
def stage(app):
    """Give a world; ``stage.session`` stays open."""
    with app.extensions["sessions"]() as session:
        built = world(session)
        built.session, built.sessions = session, app.extensions["sessions"]
        session.commit()
        yield built


def enter(client, stage, who):
    email = stage.person(getattr(stage, who)).email
    stage.session.commit()  # no reader of the test's own keeps the product from writing
    return client.sign_in(email)


def seen(stage, query):
    """Read beside the test's own session, which would show what it knew before."""
    with stage.sessions() as session:
        return list(session.scalars(query))


def state_of(stage, audit):
    return seen(stage, select(Audit.state).where(Audit.id == audit.id))[0]


def in_state(stage, state, kind=AuditKind.STAGE_2):
    audit = audit_in(stage.session, state, kind, within=stage)
    stage.session.commit()
    return audit


def empty_audit(stage):
    audit = planned(stage.session, stage.engagement, AuditKind.STAGE_2)
    stage.session.commit()
    return audit


def tie(stage, who, kind=InterestKind.CONSULTANCY):
    stage.session.add(
        Interest(
            body_id=stage.body.id,
            person_id=who,
            client_id=stage.client.id,
            kind=kind,
            from_on=date(2024, 1, 1),
            note="Sold them the service desk.",
            declared_by_id=who,
            declared_at=NOW,
        )
    )
    stage.session.commit()


def test_a_team_from_nothing_to_agreement(client, stage):
    """I-05, I-06: the planner chooses, the page says what is missing, the client agrees."""
    audit = empty_audit(stage)
    enter(client, stage, "planner")
    client.get(f"/audits/{audit.id}/team")
    assert "The team has no leader" in client.page.text
    assert "4 technical areas are not covered" in client.page.text
    for who, role in ((stage.leader, "leader"), (stage.auditor, "auditor")):
        answer = client.send(
            f"/audits/{audit.id}/team/members", {"person_id": who.person_id, "role": role}
        )
        assert answer.status_code == 302
    client.get(f"/audits/{audit.id}/team")
    assert "The team covers every technical area" in client.page.text
    assert client.send(f"/audits/{audit.id}/steps/propose_team").status_code == 302
    enter(client, stage, "manager")
    client.get(f"/audits/{audit.id}/team")
    assert "Agree to the team" in client.page.text
    assert client.send(f"/audits/{audit.id}/steps/confirm_team").status_code == 302
    assert state_of(stage, audit) is S.TEAM_CONFIRMED


@pytest.mark.parametrize("roles", [(Role.PLANNER,), (Role.PLANNER, Role.ADMINISTRATOR), tuple(
    role for role in Role if role not in {Role.MANAGER, Role.MEMBER, Role.INSPECTOR}
)])  # fmt: skip
def test_nobody_passes_the_rules_of_a_team(client, stage, roles):
    """I-05: a person with a conflict cannot be put on the team by a form written by hand, by nobody."""
    audit = empty_audit(stage)
    boss = user(stage.session, stage.body, *roles)[0]
    tie(stage, stage.auditor.person_id)
    client.sign_in(boss.email)
    answer = client.send(
        f"/audits/{audit.id}/team/members",
        {"person_id": stage.auditor.person_id, "role": "auditor"},
    )
    assert answer.status_code == 409
    assert "Has a conflict of interest" in client.page.text
    assert "Consultancy" in client.page.text
    assert seen(stage, select(TeamMember)) == []
    names = seen(stage, select(Event.name))
    assert "team_member:joined" not in names


def test_the_page_says_who_may_not_go_and_why(client, stage):
    """I-05: those who may not go stand on the page with every reason, and are not offered."""
    audit = empty_audit(stage)
    short = user(stage.session, stage.body, Role.AUDITOR, name="Gao Feng")[0]
    competent(
        stage.session, short, stage.body, stage.scheme_version, "data-analysis",
        declared=False, valid_until=date(2026, 1, 31),
    )  # fmt: skip
    tie(stage, stage.auditor.person_id)
    enter(client, stage, "planner")
    client.get(f"/audits/{audit.id}/team")
    text = client.page.text
    assert "The last competence ended on 31 January 2026" in text
    assert "Has not declared their interests within a year" in text
    assert "Consultancy that goes on" in text
    offered = [each["value"] for tag, each in client.page.elements if tag == "option"]
    assert str(stage.leader.person_id) in offered
    assert str(short.id) not in offered
    assert str(stage.auditor.person_id) not in offered


@pytest.mark.parametrize("who", ["leader", "auditor", "decider", "administrator", "officer"])
def test_ties_are_not_told_to_colleagues(client, stage, who):
    """S-33, I-05: why somebody is in conflict is read by planners alone."""
    audit = in_state(stage, S.PLANNED)
    tie(stage, stage.auditor.person_id)
    enter(client, stage, who)
    for url in (f"/audits/{audit.id}/team", f"/audits/{audit.id}"):
        client.get(url)
        assert "Consultancy" not in client.page.text
        assert "1 member has a conflict of interest" in client.page.text


def test_the_client_sees_no_team_before_it_is_proposed(client, stage):
    """I-06: neither names nor candidates nor what is missing of whom."""
    audit = in_state(stage, S.PLANNED)
    tie(stage, stage.auditor.person_id)
    enter(client, stage, "manager")
    client.get(f"/audits/{audit.id}/team")
    assert "The team is not proposed yet" in client.page.text
    for hidden in ("Leader", "Consultancy", "Who could go"):
        assert hidden not in client.page.text
    assert client.get(f"/audits/{audit.id}/team/members/1/object").status_code == 404


def test_an_objection_from_both_sides(client, stage):
    """I-06: the client objects with a reason, the planner settles it with one, the client reads it."""
    audit = in_state(stage, S.TEAM_PROPOSED)
    member = queries.team(stage.session, audit.id)[1]
    url = f"/audits/{audit.id}/team/members/{member.member_id}/object"
    enter(client, stage, "manager")
    assert client.get(url).status_code == 200
    assert client.send(url, {"reason": " "}).status_code == 422
    assert client.send(url, {"reason": "Worked for a rival."}).status_code == 302
    client.get(f"/audits/{audit.id}/team")
    assert "1 objection to the team is open" in client.page.text
    assert client.send(f"/audits/{audit.id}/steps/confirm_team").status_code == 409
    (objection,) = seen(stage, select(TeamObjection))
    enter(client, stage, "planner")
    client.get(f"/audits/{audit.id}/team")
    assert "Worked for a rival." in client.page.text
    url = f"/audits/{audit.id}/team/objections/{objection.id}"
    assert client.get(url).status_code == 200
    assert client.send(url, {"outcome": "kept", "settlement": ""}).status_code == 422
    assert client.send(url, {"outcome": "maybe", "settlement": "x"}).status_code == 422
    answer = client.send(url, {"outcome": "replaced", "settlement": "We send somebody else."})
    assert answer.status_code == 302
    assert client.send(url, {"outcome": "kept", "settlement": "Once more."}).status_code == 409
    assert state_of(stage, audit) is S.PLANNED
    enter(client, stage, "manager")
    client.get(f"/audits/{audit.id}")
    assert client.page.title


def test_roles_change_and_members_leave(client, stage):
    """I-05: with a reason; wrong roles and members of other audits are refused."""
    audit = in_state(stage, S.PLANNED)
    member = queries.team(stage.session, audit.id)[1]
    enter(client, stage, "planner")
    url = f"/audits/{audit.id}/team/members/{member.member_id}"
    assert client.get(f"{url}/role").status_code == 200
    assert client.send(f"{url}/role", {"role": "king"}).status_code == 422
    assert client.send(f"{url}/role", {"role": "leader"}).status_code == 302
    with stage.sessions() as session:
        assert queries.leads(session, audit.id, stage.auditor)
    assert client.get(f"{url}/leave").status_code == 200
    assert client.send(f"{url}/leave", {}).status_code == 422
    assert client.send(f"{url}/leave", {"reason": "On leave."}).status_code == 302
    assert client.get(f"{url}/leave").status_code == 404  # has left
    client.get(f"/audits/{audit.id}/team")
    assert "Left the team" in client.page.text
    other = planned(stage.session, stage.engagement, AuditKind.SURVEILLANCE)
    present = queries.team(stage.session, audit.id)[0]
    stage.session.commit()
    wrong = f"/audits/{other.id}/team/members/{present.member_id}/role"
    assert client.get(wrong).status_code == 404


def test_a_second_leader_is_refused_beside_the_field(client, stage):
    """I-05: what is wrong stands in the form, and what was chosen is kept."""
    audit = in_state(stage, S.PLANNED)
    more = user(stage.session, stage.body, Role.AUDITOR)[0]
    competent(stage.session, more, stage.body, stage.scheme_version)
    stage.session.commit()
    enter(client, stage, "planner")
    url = f"/audits/{audit.id}/team/members"
    assert client.send(url, {"person_id": more.id, "role": "leader"}).status_code == 422
    assert "The team has a leader already" in client.page.text
    for wrong in ({}, {"person_id": "x", "role": "auditor"}, {"person_id": more.id, "role": "x"}):
        assert client.send(url, wrong).status_code == 422
    assert client.send(url, {"person_id": 99999, "role": "auditor"}).status_code == 404


@pytest.mark.parametrize("state", [state for state in S if state is not S.PLANNED])
def test_a_team_changes_only_while_it_is_planned(client, stage, state):
    """I-05: a form sent later is refused with 409."""
    audit = in_state(stage, state)
    enter(client, stage, "planner")
    more = user(stage.session, stage.body, Role.AUDITOR)[0]
    competent(stage.session, more, stage.body, stage.scheme_version)
    stage.session.commit()
    assert client.get(f"/audits/{audit.id}/team").status_code == 200
    answer = client.send(
        f"/audits/{audit.id}/team/members", {"person_id": more.id, "role": "auditor"}
    )
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "who", ["leader", "decider", "administrator", "officer", "manager", "member"]
)
def test_forms_of_the_planner_are_closed_to_others(client, stage, who):
    """I-05: 403 for whoever does not plan, whatever the address."""
    audit = in_state(stage, S.PLANNED)
    member = queries.team(stage.session, audit.id)[0]
    enter(client, stage, who)
    base = f"/audits/{audit.id}/team"
    assert client.send(f"{base}/members", {"person_id": 1, "role": "auditor"}).status_code == 403
    for rest in ("role", "leave"):
        assert client.get(f"{base}/members/{member.member_id}/{rest}").status_code == 403
    assert client.get(f"{base}/objections/1").status_code == 403


def test_the_page_needs_as_many_statements_for_a_large_team(client, stage, count_statements):
    """Quality: at most eight statements, with two members or with twenty candidates more."""
    audit = in_state(stage, S.PLANNED)
    enter(client, stage, "planner")
    url = f"/audits/{audit.id}/team"
    client.get(url)
    with count_statements() as few:
        client.get(url)
    for _ in range(20):
        more = user(stage.session, stage.body, Role.AUDITOR)[0]
        competent(stage.session, more, stage.body, stage.scheme_version)
    stage.session.commit()
    with count_statements() as many:
        client.get(url)
    assert len(few) == len(many) <= 8, many
