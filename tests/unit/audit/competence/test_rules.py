"""Who may be on a team, to the day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.competence.rules import (
    Assignment,
    Held,
    InterestKind,
    PersonFacts,
    Tie,
    areas_of,
    badge,
    barred_until,
    conflict,
    counts_until,
    declaration_badge,
    has_declared,
    uncovered,
    why_not,
)

CLIENT, OTHER, SCHEME = 11, 12, 3
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
days = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def to(today=TODAY, *, years=2, last_day=None):
    return Assignment(CLIENT, SCHEME, today, years, last_day)


def held(area="operations", *, scheme=SCHEME, since=date(2025, 1, 1), until=date(2027, 12, 31)):
    return Held(scheme, area, since, until)


def somebody(**values):
    given = {"is_auditor": True, "held": (held(),), "ties": (), "declared_on": TODAY}
    return PersonFacts(person_id=1, name="Chen Li", **(given | values))


def tie(kind=InterestKind.CONSULTANCY, *, client=CLIENT, since=date(2020, 1, 1), until=None):
    return Tie(client, kind, since, until)


def codes(person, assignment=None):
    return [reason.code for reason in why_not(person, assignment or to())]


def test_somebody_in_order_may_go():
    """I-05: competent, impartial, declared, an auditor of the body: nothing speaks against it."""
    assert why_not(somebody(), to()) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_auditor": False}, "auditor"),
        ({"held": ()}, "competent"),
        ({"held": (held(scheme=4),)}, "competent"),
        ({"held": (held(until=TODAY - DAY),)}, "competent"),
        ({"held": (held(since=TODAY + DAY),)}, "competent"),
        ({"ties": (tie(),)}, "impartial"),
        ({"declared_on": None}, "declared"),
        ({"declared_on": date(2025, 11, 19)}, "declared"),
    ],
)
def test_each_reason_alone_keeps_off_the_team(change, code):
    """I-05: a missing competence, a conflict or a missing declaration blocks the assignment."""
    assert codes(somebody(**change)) == [code]


def test_every_reason_is_told():
    """I-05: all reasons stand together, none hides another, and all are unmet."""
    person = somebody(is_auditor=False, held=(), ties=(tie(),), declared_on=None)
    reasons = why_not(person, to())
    assert [reason.code for reason in reasons] == ["auditor", "competent", "impartial", "declared"]
    assert not any(reason.met for reason in reasons)


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        (TODAY, TODAY + DAY, True),
        (TODAY + DAY, TODAY + 2 * DAY, False),
        (TODAY - 2 * DAY, TODAY, True),
        (TODAY - 2 * DAY, TODAY - DAY, False),
    ],
)
def test_both_days_of_a_competence_count(since, until, counts):
    """I-05: a competence holds on its first and on its last day."""
    person = somebody(held=(held(since=since, until=until),))
    assert bool(areas_of(person, to())) is counts


def test_competence_reaches_to_the_last_day_of_the_audit():
    """I-05: one that ends before the audit does is none, and the page says so."""
    last = date(2026, 12, 2)
    short = somebody(held=(held(until=last - DAY),))
    enough = somebody(held=(held(until=last),))
    assert codes(short, to(last_day=last)) == ["competent"]
    told = why_not(short, to(last_day=last))[0].detail
    assert "before the audit does" in str(told)
    assert codes(enough, to(last_day=last)) == []
    assert codes(short, to(last_day=TODAY - 30 * DAY)) == []  # a day that is past asks for today


@pytest.mark.parametrize("kind", [InterestKind.CONSULTANCY, InterestKind.EMPLOYMENT])
def test_cooling_off_to_the_day(kind):
    """I-05: work for the client that ended on 30 June 2024 bars to 30 June 2026, both days included."""
    ended = tie(kind, until=date(2024, 6, 30))
    person = somebody(ties=(ended,), declared_on=date(2026, 6, 1))
    assert barred_until(ended, 2) == date(2026, 6, 30)
    assert conflict(person, to(date(2024, 6, 30))) is not None
    assert conflict(person, to(date(2026, 6, 30))) is not None
    assert conflict(person, to(date(2026, 7, 1))) is None


def test_cooling_off_that_ends_on_a_leap_day():
    """I-05: two years after 29 February end on the last day of February."""
    ended = tie(until=date(2024, 2, 29))
    assert barred_until(ended, 2) == date(2026, 2, 28)
    assert conflict(somebody(ties=(ended,)), to(date(2026, 3, 1))) is None


def test_the_period_is_the_schemes():
    """S-02: the years of cooling off come from the scheme; none means until the end alone."""
    ended = somebody(ties=(tie(until=date(2024, 6, 30)),))
    assert conflict(ended, to(date(2027, 6, 30), years=3)) is not None
    assert conflict(ended, to(date(2027, 7, 1), years=3)) is None
    assert conflict(ended, to(date(2024, 7, 1), years=0)) is None


def test_a_relation_bars_while_it_lasts():
    """I-05: a relation leaves no cooling-off behind; one that goes on never ends by itself."""
    over = somebody(ties=(tie(InterestKind.RELATION, until=TODAY),))
    assert conflict(over, to(TODAY)) is not None
    assert conflict(over, to(TODAY + DAY)) is None
    going_on = somebody(ties=(tie(InterestKind.RELATION),))
    assert conflict(going_on, to(date(2099, 1, 1))) is not None


def test_a_tie_to_another_client_does_not_bar():
    """I-05: impartiality is judged for each client."""
    assert conflict(somebody(ties=(tie(client=OTHER),)), to()) is None


def test_a_tie_that_begins_before_the_audit_ends_bars():
    """I-05: somebody who will work for the client during the audit is not impartial in it."""
    person = somebody(ties=(tie(since=TODAY + 10 * DAY),))
    assert conflict(person, to()) is None
    assert conflict(person, to(last_day=TODAY + 9 * DAY)) is None
    assert conflict(person, to(last_day=TODAY + 10 * DAY)) is not None


def test_a_declaration_counts_for_a_year():
    """I-05: the same day a year later is the last one."""
    person = somebody(declared_on=date(2025, 11, 20))
    assert counts_until(date(2025, 11, 20)) == TODAY
    assert has_declared(person, TODAY)
    assert not has_declared(person, TODAY + DAY)
    assert not has_declared(somebody(declared_on=None), TODAY)


def test_a_team_covers_the_areas_together():
    """I-05: what one lacks another may hold; what none holds is named in the scheme's order."""
    areas = ["operations", "security", "data", "people"]
    first = somebody(held=(held("operations"), held("security", until=TODAY - DAY)))
    second = somebody(held=(held("data"),))
    assert uncovered(areas, [first, second], to()) == ["security", "people"]
    assert uncovered(areas, [], to()) == areas


@given(until=days, today=days, years=st.integers(0, 10))
def test_nobody_comes_back_before_the_period_is_over(until, today, years):
    """I-05: for any end and any day, barred exactly to the end of the period."""
    person = somebody(ties=(tie(since=date(1990, 1, 1), until=until),))
    last = barred_until(tie(until=until), years)
    assert last is not None
    assert last.year - until.year == years
    assert (conflict(person, to(today, years=years)) is not None) is (today <= last)


@given(since=days, until=days, today=days, last_day=st.none() | days)
def test_competence_never_counts_outside_its_days(since, until, today, last_day):
    """I-05: whoever counts as competent is so today and on the last day."""
    person = somebody(held=(held(since=since, until=until),))
    if areas_of(person, to(today, last_day=last_day)):
        assert since <= today <= until
        assert last_day is None or last_day <= until or last_day <= today


def test_badges_say_how_things_stand():
    """I-05: what runs out soon is seen before it does."""
    since = date(2025, 1, 1)
    assert badge(since, TODAY + 61 * DAY, TODAY, ended=False).kind == "good"
    assert badge(since, TODAY + 60 * DAY, TODAY, ended=False).kind == "warn"
    assert badge(since, TODAY, TODAY, ended=False).kind == "warn"
    assert badge(since, TODAY - DAY, TODAY, ended=False).kind == "bad"
    assert badge(TODAY + DAY, TODAY + 99 * DAY, TODAY, ended=False).word == "Not yet valid"
    assert badge(since, TODAY + 99 * DAY, TODAY, ended=True).word == "Ended"
    assert declaration_badge(None, TODAY).kind == "warn"
    assert declaration_badge(date(2025, 11, 20), TODAY).kind == "good"
    assert declaration_badge(date(2025, 11, 19), TODAY).kind == "bad"
