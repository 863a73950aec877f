"""Providers that register themselves, and accounts that are closed, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.access import operations, queries
from accounts.access.operations import Invitee
from accounts.organisations.models import Organisation
from accounts.organisations.operations import Registered, link_client
from accounts.people.models import Person, SignIn
from accounts.people.rules import LetterKind
from core.db import write_kept
from core.errors import Invalid, TooMany
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import CREDIT_CODES, NOW, member, organisation, person

HERE = "203.0.113.7"


def later(**time):
    return NOW + timedelta(**time)


def events(session):
    session.commit()
    return list(session.scalars(select(Event.name).order_by(Event.id)))


def register(session, code=CREDIT_CODES[0], email="boss@example.org", now=NOW, name="Yunfan"):
    try:
        letter = operations.register(
            session,
            Registered("云帆", name, code),
            Invitee(email, "Li Xiang", "en", frozenset({Role.MANAGER})),
            address=HERE,
            now=now,
        )
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        write_kept(session)
    return letter


def test_a_provider_registers_itself(session):
    """I-01, I-22: organisation, letter and event; the account comes with the letter."""
    letter = register(session)
    where = session.get_one(Organisation, letter.organisation_id)
    assert (where.kind, where.credit_code) == (OrganisationKind.PROVIDER, CREDIT_CODES[0])
    assert events(session) == ["organisation:registered"]
    told = session.scalars(select(Event)).one()
    assert (told.actor_id, told.actor_name) == (None, "Li Xiang")
    assert session.scalar(select(func.count(Person.id))) == 0
    who = operations.join_anew(session, letter, name="Boss", password="a long sentence", now=NOW)
    session.commit()
    assert [row.roles for row in queries.members(session, where.id)] == [{Role.MANAGER}]
    assert who.email == "boss@example.org"


def test_registering_tells_nothing_about_an_address(session):
    """Quality 9: a known address gets a letter like any other, and keeps its account."""
    known = person(session, email="boss@example.org", name="Known")
    session.commit()
    letter = register(session)
    operations.join(session, letter, known, now=NOW)
    session.commit()
    assert known.name == "Known"
    assert len(queries.members(session, letter.organisation_id)) == 1


@pytest.mark.parametrize("code", ["", "123", CREDIT_CODES[0][:-1] + "A"])
def test_a_wrong_code_registers_nothing(session, code):
    """I-22: the check digit is checked before anything is kept."""
    with pytest.raises(Invalid) as refused:
        register(session, code=code)
    assert refused.value.field == "credit_code"
    assert session.scalar(select(func.count(Organisation.id))) == 0


def test_a_code_stands_for_one_organisation(session):
    """I-22: a code that is taken leads to that organisation's manager; nothing else is disclosed."""
    letter = register(session)
    for _ in range(2):  # while the letter is open, and after it was used
        with pytest.raises(Invalid) as refused:
            register(session, email="other@example.org")
        assert refused.value.field == "credit_code"
        assert "Ask its manager" in str(refused.value)
        if letter.used_at is None:
            operations.join_anew(session, letter, name="B", password="a long sentence", now=NOW)
            session.commit()
    assert session.scalar(select(func.count(Organisation.id))) == 1


def test_an_unused_registration_lapses(session):
    """I-22: whoever registers a foreign code by mistake does not block it for ever."""
    first = register(session, name="Squatter")
    again = register(session, email="real@example.org", now=later(days=15), name="Yunfan")
    where = session.get_one(Organisation, again.organisation_id)
    assert (where.id, where.name_en) == (first.organisation_id, "Yunfan")
    session.refresh(first)
    assert first.withdrawn_at is not None


@pytest.mark.parametrize("bound", ["member", "client"])
def test_what_is_in_use_cannot_be_taken_over(session, bound):
    """I-22, I-32: a provider that ever had a member, or that a body serves, stays with its own."""
    letter = register(session)
    where = session.get_one(Organisation, letter.organisation_id)
    if bound == "member":
        member(session, person(session), where, Role.MANAGER).ended_at = NOW
    else:
        body = organisation(session, OrganisationKind.BODY)
        link_client(session, body.id, where.id, NOW)
    session.commit()
    with pytest.raises(Invalid):
        register(session, email="other@example.org", now=later(days=30))


def test_organisations_that_did_not_register_themselves_stay(session):
    """I-32: an organisation without any letter cannot be taken over by its code."""
    organisation(session, credit_code=CREDIT_CODES[0])
    session.commit()
    with pytest.raises(Invalid):
        register(session)


def test_guessing_codes_slows_down(session):
    """Quality 9: nobody walks through the codes to see which are taken."""
    organisation(session, credit_code=CREDIT_CODES[0])
    session.commit()
    for number in range(10):
        with pytest.raises(Invalid):
            register(session, email=f"x{number}@example.org")
    with pytest.raises(TooMany):
        register(session, email="y@example.org", code=CREDIT_CODES[1])


def test_closing_and_opening_an_account(session):
    """S-32: a closed account has no session and cannot sign in; it can be opened again."""
    who = person(session)
    session.add(
        SignIn(
            person_id=who.id,
            token_sha256="0" * 64,
            created_at=NOW,
            seen_at=NOW,
            expires_at=later(days=1),
        )
    )
    session.commit()
    for _ in range(2):
        operations.disable(session, who.email, now=NOW)
    session.commit()
    assert session.scalars(select(SignIn.ended_at)).all() == [NOW]
    for _ in range(2):
        operations.enable(session, who.email, now=NOW)
    assert who.disabled_at is None
    assert events(session) == ["person:disabled", "person:enabled"]
    with pytest.raises(Invalid):
        operations.disable(session, "nobody@example.org", now=NOW)


def test_letters_are_of_their_kind(session):
    """S-32: an invitation belongs to an organisation."""
    letter = register(session)
    assert letter.kind is LetterKind.INVITATION
