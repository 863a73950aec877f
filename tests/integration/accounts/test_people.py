"""Sign-in, sessions, passwords and letters, on both databases."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, func, select

from accounts.people import operations, queries
from accounts.people.models import SignIn, SignInAttempt
from accounts.people.operations import WrongPassword
from core.db import write_kept
from core.errors import Invalid, NotFound, TooMany
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, PASSWORD, acting, member, organisation, person

HERE = "203.0.113.7"
ELSEWHERE = "198.51.100.9"
KEY = "a key"


def later(**time):
    return NOW + timedelta(**time)


def signed_in(session, who, now=NOW, address=HERE):
    token = operations.sign_in(
        session, who.id, PASSWORD, address=address, agent="Firefox/1 Linux", now=now
    )
    session.commit()
    return token, queries.visitor(session, operations.token_digest(token), now)


def events(session):
    session.commit()
    return list(session.scalars(select(Event.name).order_by(Event.id)))


def fail(session, email, times, *, address=HERE, now=NOW):
    for _ in range(times):
        operations.note_failure(session, email, address, now=now)
    write_kept(session)


def test_the_token_is_kept_as_its_digest_only(session):
    """Quality 9, S-32: a session can be looked up by its token, but the token stands nowhere."""
    who = person(session)
    token, _ = signed_in(session, who)
    row = session.scalars(select(SignIn)).one()
    assert token not in {row.token_sha256, row.agent, row.address}
    assert row.token_sha256 == operations.token_digest(token)
    assert len(token) >= 43  # 256 bits
    assert events(session) == ["person:signed_in"]


def test_each_sign_in_gets_a_token_of_its_own(session):
    """Quality 9: no session is taken over from an earlier one."""
    who = person(session)
    tokens = {signed_in(session, who)[0] for _ in range(3)}
    assert len(tokens) == 3


def test_a_visitor_is_found_in_one_statement(session):
    """S-32: person, session, memberships and roles come together, whatever their number."""
    who = person(session, time_zone="Europe/Berlin", theme="dark")
    places = [
        organisation(session, kind) for kind in (OrganisationKind.BODY, OrganisationKind.PROVIDER)
    ]
    member(session, who, places[0], Role.PLANNER, Role.AUDITOR)
    member(session, who, places[1], Role.MANAGER)
    token, _ = signed_in(session, who)
    session.expire_all()
    sent, bind = [], session.get_bind()

    def note(*given):
        sent.append(given[2])

    event.listen(bind, "before_cursor_execute", note)
    found = queries.visitor(session, operations.token_digest(token), NOW)
    event.remove(bind, "before_cursor_execute", note)
    assert len([statement for statement in sent if statement.startswith("SELECT")]) == 1
    assert (found.organisation_id, found.roles) == (places[0].id, {Role.PLANNER, Role.AUDITOR})
    assert [place.organisation_id for place in found.memberships] == [row.id for row in places]
    assert (found.time_zone, found.theme, found.language) == ("Europe/Berlin", "dark", "en")


def test_who_does_not_count_as_signed_in(session):
    """Quality 9: ended, idle and old sessions and closed accounts give nobody."""
    who = person(session)
    token, visitor = signed_in(session, who)
    digest = operations.token_digest(token)

    def found(now):
        return queries.visitor(session, digest, now)

    assert found(later(hours=11)) is not None
    assert found(later(hours=12)) is None
    assert queries.visitor(session, operations.token_digest("guess"), NOW) is None
    who.disabled_at = NOW
    session.commit()
    assert found(NOW) is None
    who.disabled_at = None
    operations.sign_out(session, visitor, now=NOW)
    session.commit()
    assert found(NOW) is None


def test_a_session_ends_after_seven_days_even_in_use(session):
    """Quality 9: use keeps a session for a week, no longer."""
    token, visitor = signed_in(session, person(session))
    for hours in range(6, 7 * 24, 6):
        operations.touch(session, visitor.sign_in_id, now=later(hours=hours))
    session.commit()
    digest = operations.token_digest(token)
    assert queries.visitor(session, digest, later(days=7, seconds=-1)) is not None
    assert queries.visitor(session, digest, later(days=7)) is None


def test_touching_an_idle_session_does_not_wake_it(session):
    """Quality 9: a session that ran out stays ended."""
    token, visitor = signed_in(session, person(session))
    operations.touch(session, visitor.sign_in_id, now=later(hours=13))
    session.commit()
    assert queries.visitor(session, operations.token_digest(token), later(hours=13)) is None


def test_without_membership_nothing_is_open(session):
    """S-32: somebody who belongs nowhere has no role, and an organisation that owns nothing."""
    _, visitor = signed_in(session, person(session))
    assert (visitor.organisation_id, visitor.roles, visitor.memberships) == (0, frozenset(), ())


def test_an_ended_membership_is_not_acted_in(session):
    """S-32: whoever leaves an organisation no longer acts for it."""
    who = person(session)
    first, second = organisation(session), organisation(session)
    gone = member(session, who, first)
    member(session, who, second)
    token, visitor = signed_in(session, who)
    operations.act_for(session, visitor, gone.id, now=NOW)
    gone.ended_at = NOW
    session.commit()
    found = queries.visitor(session, operations.token_digest(token), NOW)
    assert [place.organisation_id for place in found.memberships] == [second.id]
    assert found.organisation_id == second.id


def test_acting_for_another_organisation(session):
    """Domain: a person acts for one organisation at a time, and only for their own ones."""
    who, stranger = person(session), person(session)
    member(session, who, organisation(session))
    wanted = member(session, who, organisation(session, OrganisationKind.BODY), Role.DECIDER)
    foreign = member(session, stranger, organisation(session))
    token, visitor = signed_in(session, who)
    operations.act_for(session, visitor, wanted.id, now=NOW)
    session.commit()
    found = queries.visitor(session, operations.token_digest(token), NOW)
    assert (found.organisation_id, found.roles) == (wanted.organisation_id, {Role.DECIDER})
    for key in (foreign.id, 0, 10**9):
        with pytest.raises(NotFound):
            operations.act_for(session, visitor, key, now=NOW)
    assert events(session) == ["person:signed_in", "person:acted_for"]


def test_unknown_email_and_wrong_password_answer_alike(session):
    """Quality 9: the same words, and the same work: a hash is compared in both cases."""
    known = person(session)
    session.commit()
    told = set()
    for email in (known.email, "nobody@example.org"):
        trial = queries.trial(session, email, HERE, NOW)
        with pytest.raises(WrongPassword) as refused:
            operations.prove(trial, "not the password", NOW)
        told.add(str(refused.value))
    assert told == {"E-mail address and password do not fit together."}


def test_the_dummy_hash_costs_as_much_as_a_real_one():
    """Quality 9: nobody learns from the time whether an e-mail is known."""
    dummy = operations._nobody()
    real = operations.hash_password("something")
    assert dummy.rpartition("$")[0].rpartition("$")[0] == real.rpartition("$")[0].rpartition("$")[0]
    assert operations.password_matches(None, "x") is False


def test_failures_slow_down_whoever_tries_this_email(session):
    """Quality 9: after five failures the next try has to wait, for known and unknown e-mails alike."""
    known = person(session)
    session.commit()
    for email in (known.email, "nobody@example.org"):
        fail(session, email, 5)
        trial = queries.trial(session, email, ELSEWHERE, NOW)
        with pytest.raises(TooMany) as refused:
            operations.prove(trial, PASSWORD, NOW)
        assert refused.value.seconds == 30
        assert trial.pause(later(seconds=31)) == timedelta()


def test_failures_slow_down_an_address(session):
    """Quality 9: whoever tries many e-mails from one address has to wait too."""
    for number in range(20):
        fail(session, f"person{number}@example.net", 1)
    assert queries.trial(session, "another@example.org", HERE, NOW).pause(NOW) > timedelta()
    assert queries.trial(session, "another@example.org", ELSEWHERE, NOW).pause(NOW) == timedelta()


def test_a_stranger_cannot_lock_the_person_out(session):
    """Quality 9: from where the person signed in before, only failures from there count."""
    who = person(session)
    signed_in(session, who, now=NOW - timedelta(days=1))
    fail(session, who.email, 50, address=ELSEWHERE)
    assert queries.trial(session, who.email, HERE, NOW).pause(NOW) == timedelta()
    assert queries.trial(session, who.email, ELSEWHERE, NOW).pause(NOW) > timedelta()


def test_a_success_forgets_the_failures_from_there(session):
    """Quality 9: whoever got in is not slowed down by their own slips."""
    who = person(session)
    session.commit()
    fail(session, who.email, 4)
    fail(session, who.email, 1, address=ELSEWHERE)
    signed_in(session, who)
    left = session.execute(select(SignInAttempt.address)).scalars().all()
    assert left == [ELSEWHERE]


def test_a_failure_outlives_the_rollback(session):
    """Quality 9: the answer to a failure changes nothing, but the failure counts."""
    operations.note_failure(session, "x@example.org", HERE, now=NOW)
    session.rollback()
    assert write_kept(session) == 1
    assert session.scalar(select(func.count(SignInAttempt.id))) == 1
    assert write_kept(session) == 0


def test_an_old_hash_is_renewed_at_the_sign_in(session):
    """S-32: when the recommended cost grows, the next sign-in renews the hash."""
    who = person(session, password=None)
    who.password_hash = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    old = who.password_hash
    session.commit()
    signed_in(session, who)
    assert who.password_hash != old
    assert operations.password_matches(who.password_hash, PASSWORD)
    kept = who.password_hash
    signed_in(session, who)
    assert who.password_hash == kept


def test_changing_the_password_ends_the_other_sessions(session):
    """Quality 9: a new password ends every session but the present one; the old one must be known."""
    who = person(session)
    _, first = signed_in(session, who)
    _, second = signed_in(session, who)
    with pytest.raises(Invalid) as refused:
        operations.change_password(session, second, "wrong", "a new sentence", now=NOW)
    assert refused.value.field == "password"
    operations.change_password(session, second, PASSWORD, "a new sentence", now=NOW)
    assert events(session)[-1] == "person:password_changed"
    live = queries.live_sessions(session, who.id, NOW)
    assert [row.id for row in live] == [second.sign_in_id] != [first.sign_in_id]
    assert operations.password_matches(who.password_hash, "a new sentence")


@pytest.mark.parametrize("new", ["short", PASSWORD, "1234567890"])
def test_a_bad_new_password_is_told_beside_its_field(session, new):
    """S-32: the rules of passwords hold where one is changed."""
    _, visitor = signed_in(session, person(session))
    with pytest.raises(Invalid) as refused:
        operations.change_password(session, visitor, PASSWORD, new, now=NOW)
    assert refused.value.field == "new_password"


def test_sessions_can_be_ended_one_by_one_and_all(session):
    """Quality 9: a person ends their own sessions, and nobody else's."""
    who, stranger = person(session), person(session)
    _, mine = signed_in(session, who)
    _, other = signed_in(session, who)
    _, foreign = signed_in(session, stranger)
    with pytest.raises(NotFound):
        operations.end_session(session, mine, foreign.sign_in_id, now=NOW)
    operations.end_session(session, mine, other.sign_in_id, now=NOW)
    with pytest.raises(NotFound):  # it is ended already
        operations.end_session(session, mine, other.sign_in_id, now=NOW)
    signed_in(session, who)
    signed_in(session, who)
    assert operations.end_other_sessions(session, mine, now=NOW) == 2
    assert operations.end_other_sessions(session, mine, now=NOW) == 0
    assert [row.id for row in queries.live_sessions(session, who.id, NOW)] == [mine.sign_in_id]
    assert len(queries.live_sessions(session, stranger.id, NOW)) == 1
    assert events(session).count("person:sessions_ended") == 2


def test_settings_leave_one_event_with_before_and_after(session):
    """Quality 3: a change leaves one event that says what it was; no change leaves none."""
    who = person(session, name="Before")
    _, visitor = signed_in(session, who)
    operations.change_settings(session, visitor, {"name": "After", "language": "en"}, now=NOW)
    operations.change_settings(session, visitor, {"name": "After", "language": "en"}, now=NOW)
    session.commit()
    row = session.scalars(select(Event).where(Event.name == "person:settings_changed")).one()
    assert (row.before, row.after) == ({"name": "Before"}, {"name": "After"})


def test_a_second_sign_in_confirms_a_decisive_step(session):
    """Quality 9: decisive steps ask again, and guessing there slows down as well."""
    who = person(session)
    session.commit()
    actor = acting(who, organisation(session))
    session.commit()
    operations.confirm(session, actor, PASSWORD, now=NOW)
    for _ in range(5):
        with pytest.raises(Invalid) as refused:
            operations.confirm(session, actor, "wrong", now=NOW)
        assert refused.value.field == "password"
        session.rollback()
        write_kept(session)
    with pytest.raises(Invalid) as refused:
        operations.confirm(session, actor, PASSWORD, now=NOW)
    assert str(refused.value) == "Too many tries. Try again in 30 seconds."
    assert queries.trial(session, who.email, HERE, NOW).pause(NOW) == timedelta()
    operations.confirm(session, actor, PASSWORD, now=later(seconds=31))


def test_names_come_in_one_statement(session):
    """Names of people by key; nobody for a key that is not there."""
    first, second = person(session, name="甲"), person(session, name="B")
    assert queries.names(session, [second.id, first.id, second.id, 10**6]) == {
        first.id: "甲",
        second.id: "B",
    }
    assert queries.names(session, []) == {}
