"""Letters that set a new password, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from accounts.people import operations, queries
from accounts.people.models import AttemptKind, Letter, SignInAttempt
from accounts.people.rules import LetterKind
from core.db import write_kept
from core.errors import Invalid, TooMany
from core.events import Event
from core.jobs import Job
from tests.factories.accounts import NOW, PASSWORD, person

HERE = "203.0.113.7"
KEY = "a key"


def later(**time):
    return NOW + timedelta(**time)


def signed_in(session, who):
    token = operations.sign_in(session, who.id, PASSWORD, address=HERE, agent="", now=NOW)
    session.commit()
    return token


def events(session):
    session.commit()
    return list(session.scalars(select(Event.name).order_by(Event.id)))


def letters(session):
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def ask(session, email, now=NOW, address=HERE):
    operations.request_reset(session, email, address=address, now=now)
    session.commit()
    write_kept(session)


def open_letter(session, letter, now=NOW, kind=LetterKind.RESET, key=KEY):
    token = queries.letter_token(KEY, letter.kind, letter.id)
    return queries.letter(session, key, token, kind, now)


def test_a_reset_writes_a_letter_and_a_job_together(session):
    """S-32: the letter is queued with the change, and is about the person alone."""
    who = person(session)
    ask(session, who.email)
    letter = letters(session)[0]
    assert (letter.email, letter.person_id, letter.kind) == (who.email, who.id, LetterKind.RESET)
    job = session.scalars(select(Job)).one()
    assert (job.kind, job.payload) == ("letter:send", {"letter_id": letter.id})
    assert events(session) == ["person:reset_requested"]


def test_nothing_is_written_to_strangers_and_closed_accounts(session):
    """Quality 9: an unknown e-mail and a closed account look like any other, but get no letter."""
    person(session, email="closed@example.org", disabled_at=NOW)
    for email in ("nobody@example.org", "closed@example.org"):
        ask(session, email)
    assert letters(session) == []
    assert session.scalar(select(func.count(SignInAttempt.id))) == 2


def test_asking_for_letters_slows_down(session):
    """Quality 9: nobody's inbox is flooded; unknown e-mails are slowed down alike."""
    who = person(session)
    session.commit()
    for email in (who.email, "nobody@example.org"):
        for _ in range(3):
            ask(session, email)
        with pytest.raises(TooMany):
            ask(session, email)
    kinds = session.scalars(select(SignInAttempt.kind).distinct()).all()
    assert kinds == [AttemptKind.LETTER]  # they do not slow the sign-in down


def test_a_letter_sets_a_new_password_once(session):
    """Quality 9: the link works once and ends every session."""
    who = person(session)
    token = signed_in(session, who)
    ask(session, who.email)
    ask(session, who.email)
    first, second = letters(session)
    operations.reset_password(session, open_letter(session, first), "a new sentence", now=NOW)
    session.commit()
    assert operations.password_matches(who.password_hash, "a new sentence")
    assert queries.visitor(session, operations.token_digest(token), NOW) is None
    assert open_letter(session, first) is None
    assert open_letter(session, second) is None  # one reset ends the other letters
    assert events(session)[-1] == "person:password_reset"


def test_links_that_open_nothing(session):
    """Quality 9: too old, forged, for another purpose, with another key."""
    who = person(session)
    ask(session, who.email)
    letter = letters(session)[0]
    assert open_letter(session, letter) is letter
    assert open_letter(session, letter, later(minutes=59, seconds=59)) is letter
    assert open_letter(session, letter, later(hours=1)) is None
    assert open_letter(session, letter, kind=LetterKind.INVITATION) is None
    assert open_letter(session, letter, key="another key") is None
    for token in ("", "x", queries.letter_token(KEY, letter.kind, letter.id)[:-1], "1.aaaa", "é"):
        assert queries.letter(session, KEY, token, LetterKind.RESET, NOW) is None


def test_a_bad_password_leaves_the_letter_open(session):
    """Quality 9: who chooses a weak password may choose again."""
    who = person(session)
    ask(session, who.email)
    letter = open_letter(session, letters(session)[0])
    with pytest.raises(Invalid) as refused:
        operations.reset_password(session, letter, "short", now=NOW)
    assert refused.value.field == "new_password"
    assert letter.used_at is None
