"""Members, invitations and registration, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.access import operations, queries
from accounts.access.operations import Invitee
from accounts.access.queries import MemberRow, Wanted
from accounts.access.rules import MembershipState
from accounts.organisations.models import Organisation
from accounts.people.models import Letter, Membership, MembershipRole, Person
from accounts.people.operations import password_matches
from core.db import write_kept
from core.errors import Invalid, NotAllowed, NotFound, Stale, StepRefused, TooMany
from core.events import Event
from core.jobs import Job
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, member, organisation, person, user

HERE = "203.0.113.7"


def later(**time):
    return NOW + timedelta(**time)


def body_with_administrator(session):
    body = organisation(session, OrganisationKind.BODY)
    _, actor = user(session, body, Role.ADMINISTRATOR, name="Chen Jing")
    session.commit()
    return body, actor


def invitee(email="new@example.org", *roles, language="en", name="Li Xiang"):
    return Invitee(email, name, language, frozenset(roles or {Role.AUDITOR}))


def events(session):
    session.commit()
    return list(session.scalars(select(Event.name).order_by(Event.id)))


def row_of(session, actor, person_id):
    session.commit()
    key = session.scalar(
        select(Membership.id).where(
            Membership.person_id == person_id, Membership.organisation_id == actor.organisation_id
        )
    )
    return queries.person(session, actor, key)


def test_members_with_their_roles(session):
    """S-32: who belongs to an organisation now, as what; ended and closed ones are left out."""
    body, actor = body_with_administrator(session)
    liu, _ = user(session, body, Role.PLANNER, Role.AUDITOR, name="Liu Yang")
    gone, _ = user(session, body, Role.AUDITOR)
    user(session, body, Role.AUDITOR, disabled_at=NOW)
    user(session, organisation(session), Role.MANAGER)
    row_of(session, actor, gone.id).membership.ended_at = NOW
    session.commit()
    found = queries.members(session, actor)
    assert [each.name for each in found] == ["Chen Jing", "Liu Yang"]
    roles = frozenset({Role.PLANNER, Role.AUDITOR})
    assert queries.members(session, body.id, Role.AUDITOR) == [
        MemberRow(liu.id, "Liu Yang", liu.email, roles)
    ]


def test_the_list_is_filtered_sorted_and_paged(session):
    """S-32: search in name and e-mail taken literally, by role, by state."""
    body, actor = body_with_administrator(session)
    for number in range(30):
        user(
            session, body, Role.AUDITOR, name=f"Auditor {number:02}", email=f"a{number}@example.net"
        )
    user(session, body, Role.DECIDER, name="100% sure", email="s_p@example.net")
    user(session, organisation(session), Role.MANAGER, name="Auditor of others")
    session.commit()

    def names(number=1, **wanted):
        page = queries.people(session, actor, Wanted(**wanted), number)
        return [row.name for row in page.items], page.total

    assert names()[1] == 32
    assert names(words="auditor 0")[1] == 10
    assert names(words="%")[0] == ["100% sure"]
    assert names(words="S_P@")[0] == ["100% sure"]
    assert names(role=Role.DECIDER)[0] == ["100% sure"]
    assert names(state=MembershipState.ENDED) == ([], 0)
    assert names(sort="-name")[0][0] == "Chen Jing"
    assert names(sort="nonsense")[0] == names()[0]
    assert len(names(2)[0]) == 7
    assert len(queries.all_people(session, actor, Wanted())) == 32


def test_an_invitation_becomes_a_letter_a_job_and_an_event(session):
    """S-32: inviting writes everything in one transaction."""
    body, actor = body_with_administrator(session)
    letter = operations.invite(session, actor, invitee(), now=NOW)
    assert events(session) == ["invitation:sent"]
    assert (letter.roles, letter.expires_at) == (["auditor"], later(days=14))
    assert session.scalars(select(Job.payload)).all() == [{"letter_id": letter.id}]
    row = session.scalars(select(Event)).one()
    assert (row.owner_id, row.within_kind, row.within_id) == (body.id, "organisation", body.id)
    assert [each.id for each in queries.invitations(session, actor)] == [letter.id]


def test_who_may_not_be_invited(session):
    """S-32: members, those invited already, and foreign roles are told beside the field."""
    body, actor = body_with_administrator(session)
    known, _ = user(session, body, Role.AUDITOR)
    operations.invite(session, actor, invitee(), now=NOW)
    session.commit()
    for who, field in (
        (invitee(known.email), "email"),
        (invitee("new@example.org"), "email"),
        (invitee("other@example.org", Role.MANAGER), "roles"),
        (Invitee("other@example.org", "", "en", frozenset()), "roles"),
    ):
        with pytest.raises(Invalid) as refused:
            operations.invite(session, actor, who, now=NOW)
        assert refused.value.field == field
        session.rollback()
    assert session.scalar(select(func.count(Letter.id))) == 1


def test_the_database_keeps_one_open_invitation(session):
    """S-32: where two people invite the same one at once, the second is told (named constraint)."""
    body, actor = body_with_administrator(session)
    operations.invite(session, actor, invitee(), now=NOW)
    session.commit()
    with pytest.raises(Invalid) as refused:
        operations.write_invitation(session, body.id, body.kind, invitee(), actor.person_id, NOW)
    assert refused.value.field == "email"
    assert session.scalar(select(func.count(Letter.id))) == 1  # the transaction lives on


def test_one_that_ran_out_is_replaced(session):
    """S-32: an invitation lasts 14 days; then the same person can be invited anew."""
    _, actor = body_with_administrator(session)
    old = operations.invite(session, actor, invitee(), now=NOW)
    session.commit()
    new = operations.invite(session, actor, invitee(), now=later(days=14))
    session.commit()
    session.refresh(old)
    assert old.withdrawn_at is not None
    assert new.expires_at == later(days=28)


@pytest.mark.parametrize("role", [Role.PLANNER, Role.AUDITOR, Role.DECIDER, Role.OFFICER])
def test_only_who_manages_people_invites(session, role):
    """S-32: least privilege."""
    _, actor = user(session, organisation(session, OrganisationKind.BODY), role)
    with pytest.raises(NotAllowed):
        operations.invite(session, actor, invitee(), now=NOW)


def test_invitations_of_others_are_not_there(session):
    """S-32: another organisation's invitation cannot be seen, sent or withdrawn."""
    _, actor = body_with_administrator(session)
    _, stranger = body_with_administrator(session)
    letter = operations.invite(session, actor, invitee(), now=NOW)
    session.commit()
    assert queries.invitations(session, stranger) == []
    with pytest.raises(NotFound):
        queries.invitation(session, stranger, letter.id)


def test_sending_again_and_withdrawing(session):
    """S-32: an open invitation lasts anew when it is sent again, and ends when it is withdrawn."""
    _, actor = body_with_administrator(session)
    letter = operations.invite(session, actor, invitee(), now=NOW)
    session.commit()
    operations.send_again(session, actor, letter, now=later(days=20))
    session.commit()
    write_kept(session)
    assert letter.expires_at == later(days=34)
    assert session.scalar(select(func.count(Job.id))) == 2
    for _ in range(2):
        operations.send_again(session, actor, letter, now=later(days=20))
        session.commit()
        write_kept(session)
    with pytest.raises(TooMany):
        operations.send_again(session, actor, letter, now=later(days=20))
    session.rollback()
    operations.withdraw(session, actor, letter, now=later(days=21))
    assert events(session)[-1] == "invitation:withdrawn"
    with pytest.raises(NotFound):
        queries.invitation(session, actor, letter.id)


def test_joining_with_a_new_account(session):
    """S-32: the holder of the letter sets name and password and belongs to the organisation."""
    _, actor = body_with_administrator(session)
    letter = operations.invite(
        session, actor, invitee("new@example.org", Role.AUDITOR, Role.PLANNER), now=NOW
    )
    session.commit()
    who = operations.join_anew(session, letter, name="Li", password="a long sentence", now=NOW)
    assert events(session)[-1] == "membership:began"
    assert letter.used_at is not None
    assert password_matches(who.password_hash, "a long sentence")
    assert row_of(session, actor, who.id).roles == {Role.AUDITOR, Role.PLANNER}
    assert who.email == "new@example.org"


@pytest.mark.parametrize("password", ["short", "new@example.org"])
def test_a_weak_password_makes_no_account(session, password):
    """S-32: nothing is kept when the password is refused."""
    _, actor = body_with_administrator(session)
    letter = operations.invite(session, actor, invitee(), now=NOW)
    session.commit()
    with pytest.raises(Invalid) as refused:
        operations.join_anew(session, letter, name="Li", password=password, now=NOW)
    assert refused.value.field == "new_password"
    assert session.scalar(select(func.count(Person.id))) == 1


def test_an_account_that_came_to_be_meanwhile(session):
    """S-32: two letters to one address used at once make one account (named constraint)."""
    _, actor = body_with_administrator(session)
    letter = operations.invite(session, actor, invitee(), now=NOW)
    person(session, email="new@example.org")
    session.commit()
    with pytest.raises(Invalid) as refused:
        operations.join_anew(session, letter, name="Li", password="a long sentence", now=NOW)
    assert "by now" in str(refused.value)
    session.rollback()
    assert letter.used_at is None


def test_joining_with_an_account_one_has(session):
    """Domain: a person can belong to several organisations; roles held there already stay."""
    body, actor = body_with_administrator(session)
    who = person(session, email="new@example.org")
    letter = operations.invite(session, actor, invitee(), now=NOW)
    member(session, who, body, Role.PLANNER)  # somebody was faster another way
    session.commit()
    operations.join(session, letter, who, now=NOW)
    session.commit()
    assert row_of(session, actor, who.id).roles == {Role.AUDITOR, Role.PLANNER}
    assert session.scalar(select(func.count(Membership.id))) == 2


def test_a_closed_account_cannot_join(session):
    """S-32: a closed account stays closed."""
    _, actor = body_with_administrator(session)
    who = person(session, email="new@example.org", disabled_at=NOW)
    letter = operations.invite(session, actor, invitee(), now=NOW)
    session.commit()
    with pytest.raises(Invalid):
        operations.join(session, letter, who, now=NOW)


def test_who_left_can_come_back(session):
    """S-32: an ended membership stays on record beside the new one."""
    body, actor = body_with_administrator(session)
    who, _ = user(session, body, Role.AUDITOR, email="new@example.org")
    operations.end(session, actor, row_of(session, actor, who.id), reason="Left", now=NOW)
    session.commit()
    letter = operations.invite(session, actor, invitee(), now=NOW)
    operations.join(session, letter, who, now=NOW)
    session.commit()
    states = session.scalars(
        select(Membership.ended_at).where(Membership.person_id == who.id).order_by(Membership.id)
    ).all()
    assert [state is None for state in states] == [False, True]


def test_changing_roles(session):
    """S-32: roles change with one event that says what they were; the revision grows."""
    body, actor = body_with_administrator(session)
    who, _ = user(session, body, Role.AUDITOR)
    row = row_of(session, actor, who.id)
    new = frozenset({Role.PLANNER, Role.DECIDER})
    operations.change_roles(session, actor, row, new, revision=1, now=NOW)
    assert events(session) == ["membership:roles_changed"]
    told = session.scalars(select(Event)).one()
    assert (told.before, told.after) == ({"roles": ["auditor"]}, {"roles": ["decider", "planner"]})
    changed = row_of(session, actor, who.id)
    assert (changed.roles, changed.membership.revision) == (new, 2)
    operations.change_roles(session, actor, changed, new, revision=2, now=NOW)
    assert events(session) == ["membership:roles_changed"]  # the same again is no change
    with pytest.raises(Stale):
        operations.change_roles(session, actor, changed, new, revision=1, now=NOW)


@pytest.mark.parametrize(
    ("kind", "head", "other"),
    [
        (OrganisationKind.BODY, Role.ADMINISTRATOR, Role.AUDITOR),
        (OrganisationKind.PROVIDER, Role.MANAGER, Role.MEMBER),
    ],
)
def test_the_last_one_who_manages_people_stays(session, kind, head, other):
    """S-32: at least one administrator or manager remains; closed accounts do not count."""
    where = organisation(session, kind)
    who, actor = user(session, where, head)
    user(session, where, head, disabled_at=NOW)
    user(session, organisation(session, kind), head)
    row = row_of(session, actor, who.id)
    with pytest.raises(StepRefused):
        operations.change_roles(session, actor, row, frozenset({other}), revision=None, now=NOW)
    with pytest.raises(StepRefused):
        operations.end(session, actor, row, reason="Bye", now=NOW)
    operations.change_roles(session, actor, row, frozenset({head, other}), revision=None, now=NOW)
    session.commit()
    user(session, where, head)
    row = row_of(session, actor, who.id)
    operations.end(session, actor, row, reason="Bye", now=NOW)
    session.commit()
    assert row.membership.ended_at == NOW
    with pytest.raises(StepRefused):
        operations.end(session, actor, row, reason="Bye", now=NOW)


def test_members_of_others_are_not_there(session):
    """S-32: a membership of another organisation cannot be read."""
    _, actor = body_with_administrator(session)
    _, stranger = body_with_administrator(session)
    who, _ = user(session, session.get(Organisation, actor.organisation_id), Role.AUDITOR)
    key = row_of(session, actor, who.id).membership.id
    with pytest.raises(NotFound):
        queries.person(session, stranger, key)


def test_roles_are_kept_once(session):
    """S-32: the database keeps each role of a membership once."""
    _, actor = body_with_administrator(session)
    held = session.scalars(
        select(MembershipRole.role).join(Membership).where(Membership.person_id == actor.person_id)
    ).all()
    assert held == [Role.ADMINISTRATOR]
