"""Passwords, patience, sessions, devices."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.people import rules
from accounts.people.rules import OF_ADDRESS, OF_EMAIL, Patience, wait

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ago(**past):
    return NOW - timedelta(**past)


@pytest.mark.parametrize("failures", range(5))
def test_the_first_failures_cost_nothing(failures):
    """Quality 9: fewer than five failures within the window do not slow anybody down."""
    assert wait([ago(seconds=1)] * failures, OF_EMAIL, NOW) == timedelta()


@pytest.mark.parametrize(
    ("failures", "seconds"), [(5, 30), (6, 60), (7, 120), (8, 240), (9, 300), (40, 300)]
)
def test_the_wait_doubles_and_has_an_end(failures, seconds):
    """Quality 9: from the fifth failure on each one doubles the wait, up to five minutes."""
    assert wait([NOW] * failures, OF_EMAIL, NOW) == timedelta(seconds=seconds)


def test_the_wait_is_counted_from_the_last_failure():
    """Quality 9: waiting helps; after the wait the next try counts."""
    tried = [ago(minutes=3)] * 4 + [ago(seconds=20)]
    assert wait(tried, OF_EMAIL, NOW) == timedelta(seconds=10)
    assert wait([ago(seconds=31)] * 5, OF_EMAIL, NOW) == timedelta()


def test_old_failures_are_forgotten():
    """Quality 9: nobody is locked out for long; after a quarter of an hour a failure no longer counts."""
    assert wait([ago(minutes=15)] * 50, OF_EMAIL, NOW) == timedelta()


def test_an_address_has_more_patience_than_an_email():
    """Quality 9: an office behind one address is not slowed down by one forgetful colleague."""
    assert wait([NOW] * 19, OF_ADDRESS, NOW) == timedelta()
    assert wait([NOW] * 20, OF_ADDRESS, NOW) > timedelta()


@given(
    st.lists(st.integers(0, 3600), max_size=200),
    st.integers(1, 30),
)
def test_no_wait_is_longer_than_allowed_and_none_is_negative(seconds, free):
    """Quality 9: whatever was tried, the wait stays within its bounds."""
    patience = Patience(free, timedelta(seconds=30), timedelta(minutes=5))
    pause = wait([ago(seconds=each) for each in seconds], patience, NOW)
    assert timedelta() <= pause <= patience.longest


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "Use at least 10 characters."),
        ("123456789", "Use at least 10 characters."),
        ("x" * 201, "Use at most 200 characters."),
        ("1234567890", "This password is among the first that others would try. Choose another."),
        ("Password1234", "This password is among the first that others would try. Choose another."),
        ("aaaaaaaaaaaa", "This password is among the first that others would try. Choose another."),
        ("Person.One@example.org", "Do not use your e-mail address or the name of this product."),
        ("person.one", "Do not use your e-mail address or the name of this product."),
        ("assayassay", "Do not use your e-mail address or the name of this product."),
        ("Assay-2026!", "Do not use your e-mail address or the name of this product."),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password, problem):
    """S-32: length counts, and what others would try first is refused."""
    assert str(rules.password_problem(password, "person.one@example.org")) == problem


@pytest.mark.parametrize(
    "password",
    [
        "assay-demo",
        "correct horse",
        "我的密码是一句很长的话",
        "alllowercase",
        " " * 3 + "spaces ok",
    ],
)
def test_no_kind_of_character_is_demanded(password):
    """S-32: no composition rules; a sentence in any script is a good password."""
    assert rules.password_problem(password, "person.one@example.org") is None


@pytest.mark.parametrize(
    ("seen", "expires", "live"),
    [
        (timedelta(), timedelta(days=7), True),
        (timedelta(hours=11, minutes=59), timedelta(minutes=1), True),
        (timedelta(hours=12), timedelta(days=1), False),
        (timedelta(), timedelta(), False),
    ],
)
def test_a_session_ends_by_itself(seen, expires, live):
    """Quality 9: a session ends after 12 idle hours, and after seven days in any case."""
    assert rules.session_is_live(NOW - seen, NOW + expires, NOW) is live


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8.0", "A device that does not say what it is"),
        ("", "A device that does not say what it is"),
    ],
)
def test_a_device_is_named_in_words(agent, words):
    """Quality 9: a person recognises their sessions in the list."""
    assert str(rules.device(agent)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "Too many tries. Try again in 1 second."),
        (119, "Too many tries. Try again in 119 seconds."),
        (120, "Too many tries. Try again in 2 minutes."),
        (121, "Too many tries. Try again in 3 minutes."),
    ],
)
def test_the_wait_is_told_in_words(seconds, words):
    """Quality 9: a refusal says when to try again."""
    assert str(rules.waiting_words(timedelta(seconds=seconds))) == words
